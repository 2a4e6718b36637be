use std::collections::BTreeSet;

use tomoni_ledger::{DAY_MINUTES, Events, Fact, Marks, Minute, Span};

use super::proof::{self, Claim, Part, Pick};
use super::*;

const DAYS: i64 = 30;

fn start() -> Minute {
    // 2026-03-01T00:00:00Z, a Sunday.
    Minute::ended_by_ms(1_772_323_200_000)
}

fn month() -> Span {
    Span::new(start(), start() + DAYS * DAY_MINUTES)
}

fn world() -> World {
    scenarios::hard_to_count(42, start())
}

fn scraping(interval_ms: i64) -> Scraping {
    Scraping {
        interval_ms,
        from_ms: start().end_ms(),
        until_ms: month().until.end_ms(),
    }
}

fn is_error(class: &Class) -> bool {
    class
        .labels
        .iter()
        .any(|(name, value)| *name == "code" && value.starts_with('5'))
}

fn series(world: &World, service: &str, interval_ms: i64) -> Vec<Series> {
    let metrics = world.scraped(world.service(service).unwrap(), scraping(interval_ms));
    metrics.iter().flat_map(Metric::series).collect()
}

fn requests(job: &str) -> Pick {
    Pick::named("http_requests_total").with("job", &[job])
}

fn errors_claim(job: &str) -> Claim {
    Claim {
        job: job.to_owned(),
        total: vec![(1, requests(job))],
        part: Part::Bad(vec![(1, requests(job).with("code", &["500", "504"]))]),
    }
}

fn sums(facts: &[Fact]) -> (i64, i64) {
    let known = facts.iter().filter_map(|fact| fact.counts);
    let (bad, total) = known.fold((Events::ZERO, Events::ZERO), |(bad, total), counts| {
        (bad + counts.bad, total + counts.total)
    });
    (bad.parts() / 1_024, total.parts() / 1_024)
}

#[test]
fn the_same_seed_is_the_same_world_and_another_is_not() {
    let text = |seed: u64| {
        let world = scenarios::hard_to_count(seed, start());
        let service = &world.services[0];
        let life = world.lives(service, start().end_ms() + 1).remove(0);
        let mut meter = Meter::new(&world, service, &life);
        world.exposition(service, &life, &mut meter, start().end_ms() + 3_600_000)
    };
    assert_eq!(text(1), text(1));
    assert_ne!(text(1), text(2));
}

#[test]
fn lives_do_not_depend_on_how_far_one_looks() {
    let world = world();
    for service in &world.services {
        let far = world.lives(service, month().until.end_ms());
        let near_ms = start().end_ms() + 9 * DAY_MINUTES * 60_000;
        for life in world.lives(service, near_ms) {
            let same = far
                .iter()
                .find(|other| other.pod == life.pod && other.up_ms.0 == life.up_ms.0);
            let same = same.unwrap_or_else(|| panic!("{life:?} is not there from afar"));
            assert_eq!(same.up_ms.1.min(near_ms), life.up_ms.1.min(near_ms));
        }
    }
}

#[test]
fn one_slot_serves_one_process_at_a_time() {
    let world = world();
    for service in &world.services {
        let lives = world.lives(service, month().until.end_ms());
        for pair in lives.windows(2).filter(|pair| pair[0].slot == pair[1].slot) {
            assert!(pair[0].served_ms.1 <= pair[1].served_ms.0, "{pair:?}");
        }
        for life in &lives {
            assert!(life.up_ms.0 <= life.served_ms.0 && life.served_ms.1 <= life.up_ms.1);
            assert!(life.served_ms.0 < life.served_ms.1, "{life:?}");
        }
    }
}

#[test]
fn a_meter_says_the_same_in_any_order_and_ends_at_the_truth() {
    let world = world();
    let service = &world.services[0];
    let lives = world.lives(service, month().until.end_ms());
    let life = lives
        .iter()
        .find(|life| life.served_ms.1 < i64::MAX)
        .unwrap();
    let (from, until) = life.served_ms;
    let until = until.min(from + 40 * 3_600_000);
    let moments = [from, from + 1, from + 61_001, (from + until) / 2, until];
    let mut once = Meter::new(&world, service, life);
    let forward: Vec<_> = moments.iter().map(|ms| once.at(service, *ms)).collect();
    let back: Vec<_> = moments
        .iter()
        .rev()
        .map(|ms| once.at(service, *ms))
        .collect();
    assert!(forward.iter().eq(back.iter().rev()));
    assert!(forward[0].iter().all(|count| *count == 0));

    let alone = [Life {
        served_ms: (from, until),
        ..life.clone()
    }];
    let minutes = Span::new(Minute::ended_by_ms(from), Minute::holding_ms(until)).minutes();
    let happened: i64 = minutes
        .map(|m| world.happened(service, &alone, m, |_| true))
        .sum();
    assert_eq!(happened, forward[4].iter().sum::<i64>());
    assert!(happened > 1_000);
}

#[test]
fn everything_that_makes_counting_hard_does_happen() {
    let world = world();
    let lives = world.lives(&world.services[0], month().until.end_ms());
    let pods: BTreeSet<&str> = lives.iter().map(|life| life.pod.as_str()).collect();
    assert!(pods.len() > 10, "rolling deploys: {} pods", pods.len());
    let restarts = lives.windows(2).filter(|pair| pair[0].pod == pair[1].pod);
    let gaps: Vec<i64> = restarts
        .clone()
        .map(|pair| pair[1].up_ms.0 - pair[0].up_ms.1)
        .collect();
    assert!(
        gaps.iter().filter(|gap| **gap < 2_000).count() > 10,
        "quick restarts: {gaps:?}"
    );
    assert!(
        gaps.iter().filter(|gap| **gap > 20_000).count() > 5,
        "slow restarts: {gaps:?}"
    );
    let twice = restarts.filter(|pair| pair[1].up_ms.1.saturating_sub(pair[0].up_ms.1) < 15_000);
    assert!(twice.count() > 3, "restarts twice in one scrape interval");
}

#[test]
fn what_is_missing_from_the_proof_is_within_the_bound() {
    let mut world = world();
    // Without hours in which nothing was scraped: they are unknown, not missing.
    world.unscraped_ms.clear();
    let service = world.service("unlock-api").unwrap();
    let lives = world.lives(service, month().until.end_ms());
    let happened = |chosen: &dyn Fn(&Class) -> bool| -> i64 {
        month()
            .minutes()
            .map(|m| world.happened(service, &lives, m, chosen))
            .sum()
    };
    let (true_bad, true_total) = (happened(&is_error), happened(&|_| true));
    for interval_ms in [15_000, 30_000, 60_000] {
        let series = series(&world, "unlock-api", interval_ms);
        let facts = proof::of_counters(&series, &errors_claim("unlock-api"), month());
        let (bad, total) = sums(&facts);
        let unseen_total = world.unseen(service, scraping(interval_ms), |_| true);
        let unseen_bad = world.unseen(service, scraping(interval_ms), is_error);
        println!(
            "{interval_ms} ms: bad {bad} of {true_bad} (unseen {unseen_bad}), \
             total {total} of {true_total} (unseen {unseen_total})"
        );
        assert!((0..=unseen_total).contains(&(true_total - total)), "total");
        assert!((0..=unseen_bad).contains(&(true_bad - bad)), "bad");
        assert!(unseen_total < true_total / 500, "the bound says something");
    }
}

#[test]
fn every_kind_of_minute_occurs() {
    let world = world();
    let facts = |service: &str, claim: &Claim| {
        proof::of_counters(&series(&world, service, 60_000), claim, month())
    };
    let unlock = facts("unlock-api", &errors_claim("unlock-api"));
    assert!(
        unlock.iter().any(|fact| fact.counts.is_none()),
        "unknown minutes"
    );
    let cold = Pick::named("cold_requests_total").with("job", &["cold-api"]);
    let part = Part::Bad(vec![(1, cold.clone().with("code", &["503"]))]);
    let claim = Claim {
        job: "cold-api".to_owned(),
        total: vec![(1, cold)],
        part,
    };
    let idle = facts("cold-api", &claim);
    let zero = |fact: &&Fact| {
        fact.counts
            .is_some_and(|counts| counts.total == Events::ZERO)
    };
    assert!(idle.iter().filter(zero).count() > 20_000, "idle minutes");
    assert!(sums(&idle).1 > 5_000, "and busy ones: {:?}", sums(&idle));

    let received = Pick::named("orders_received_total").with("job", &["order-worker"]);
    let done = Pick::named("orders_done_total").with("job", &["order-worker"]);
    let job = "order-worker".to_owned();
    let claim = Claim {
        job,
        total: vec![(1, received)],
        part: Part::Good(vec![(1, done)]),
    };
    let orders = facts("order-worker", &claim);
    assert!(
        orders.iter().any(|fact| fact.marks.has(Marks::CLAMPED)),
        "good above total"
    );

    let volts = Pick::named("battery_volts").with("job", &["vehicle-beacon"]);
    let series = series(&world, "vehicle-beacon", 60_000);
    let gauge = proof::of_gauge(&series, &volts, |value| value >= 11.5, month());
    assert!(
        gauge
            .iter()
            .any(|fact| fact.counts.is_some_and(|c| c.bad > Events::ZERO))
    );
    assert!(gauge.contains(&Fact::UNKNOWN));
    assert!(gauge.iter().any(|fact| fact.marks.has(Marks::INVALID)));
}

#[test]
fn a_changed_label_is_not_a_flood() {
    let world = world();
    let claim = errors_claim("report-api");
    let series = series(&world, "report-api", 30_000);
    let (_, total) = sums(&proof::of_counters(&series, &claim, month()));
    let service = world.service("report-api").unwrap();
    let lives = world.lives(service, month().until.end_ms());
    let happened: i64 = month()
        .minutes()
        .map(|m| world.happened(service, &lives, m, |_| true))
        .sum();
    let base = |code: &str| -> i64 {
        let mut born = series.iter().filter(|s| s.labels.contains_key("zone"));
        let born = born.find(|s| s.labels.get("code").is_some_and(|c| c == code));
        born.map_or(0, |s| s.samples[0].1 as i64)
    };
    assert!(
        base("200") > 500,
        "the label came on a counter that stood high: {}",
        base("200")
    );
    // Nor do its few failures count anew.
    assert!((20..200).contains(&base("500")));
    assert!(
        (0..20).contains(&(happened - total)),
        "{total} of {happened}"
    );
}

#[test]
fn openmetrics_is_grouped_and_ends() {
    let world = world();
    let until_ms = start().end_ms() + 300_000;
    let scraping = Scraping {
        until_ms,
        ..scraping(60_000)
    };
    let metrics: Vec<Metric> = world
        .services
        .iter()
        .flat_map(|service| world.scraped(service, scraping))
        .collect();
    let mut text = Vec::new();
    write_openmetrics(&metrics, &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    assert!(text.ends_with("\n# EOF\n"));
    let types: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("# TYPE"))
        .collect();
    let once: BTreeSet<&&str> = types.iter().collect();
    assert_eq!(types.len(), once.len(), "each family once: {types:?}");
    assert!(types.contains(&"# TYPE http_request_duration_seconds histogram"));
    assert!(
        text.lines()
            .any(|line| line.contains("le=\"+Inf\"") && line.contains("1772323"))
    );
}

/// Worked by hand: each line of semantics.md's counting rules, once.
mod by_hand {
    use super::*;

    fn series(labels: &[(&str, &str)], samples: &[(i64, f64)]) -> Series {
        let labels = labels
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        let samples = samples
            .iter()
            .map(|(s, value)| (s * 1_000, *value))
            .collect();
        Series {
            name: "x_total".to_owned(),
            labels,
            samples,
        }
    }

    fn totals(series: &[Series], minutes: i64) -> Vec<Option<i64>> {
        let total = vec![(1, Pick::named("x_total"))];
        let part = Part::Bad(vec![(1, Pick::named("x_total").with("code", &["500"]))]);
        let claim = Claim {
            job: "j".to_owned(),
            total,
            part,
        };
        let span = Span::new(Minute::from_index(0), Minute::from_index(minutes));
        let facts = proof::of_counters(series, &claim, span);
        facts
            .iter()
            .map(|f| f.counts.map(|c| c.total.parts() / 1_024))
            .collect()
    }

    #[test]
    fn deltas_belong_to_the_later_sample_and_a_drop_is_a_reset() {
        let one = series(&[], &[(30, 5.0), (60, 7.0), (90, 10.0), (120, 4.0)]);
        assert_eq!(totals(&[one], 3), [Some(2), Some(3 + 4), None]);
    }

    #[test]
    fn a_birth_counts_from_zero_beside_a_witness_and_else_sets_the_base() {
        let early = series(&[("code", "404")], &[(320, 8.0), (340, 9.0)]);
        let old = series(&[], &[(30, 50.0), (300, 50.0), (330, 50.0)]);
        let born = series(&[("code", "500")], &[(350, 3.0), (351, 4.0)]);
        let unseen = series(&[("code", "501")], &[(3_931, 9.0), (3_940, 10.0)]);
        let facts = totals(&[old, early, born, unseen], 66);
        assert_eq!(
            facts[5],
            Some(1 + 4),
            "witnessed, and when only two scrapes were before"
        );
        assert_eq!(facts[65], Some(1), "an hour after the first of three");
    }

    #[test]
    fn short_gaps_are_known_and_an_hour_forgets_the_predecessor() {
        let one = series(
            &[],
            &[
                (60, 1.0),
                (210, 3.0),
                (361, 4.0),
                (3_961, 6.0),
                (7_562, 9.0),
            ],
        );
        let facts = totals(&[one], 127);
        assert_eq!(
            facts[..8],
            [
                Some(0),
                Some(0),
                Some(0),
                Some(2),
                None,
                None,
                Some(1),
                None
            ]
        );
        assert_eq!(facts[66], Some(2), "exactly an hour");
        assert_eq!(facts[126], Some(0), "an hour and a second");
    }

    #[test]
    fn a_flood_at_birth_only_sets_the_base() {
        let old = series(&[], &[(30, 0.0), (40, 1.0), (60, 2.0)]);
        let born = |value| series(&[("code", "500")], &[(90, value)]);
        let also = |value| series(&[("code", "501")], &[(90, value)]);
        assert_eq!(totals(&[old.clone(), born(200.0)], 2)[1], Some(200));
        assert_eq!(totals(&[old.clone(), born(201.0)], 2)[1], Some(0));
        assert_eq!(
            totals(&[old.clone(), born(150.0), also(50.0)], 2)[1],
            Some(200)
        );
        assert_eq!(
            totals(&[old, born(150.0), also(51.0)], 2)[1],
            Some(0),
            "together"
        );
    }
}
