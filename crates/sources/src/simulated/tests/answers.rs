//! What is answered, and what is not.

use proptest::prelude::*;
use tomoni_ledger::{Events, Fact, Marks, Minute, Span};
use tomoni_slo::{Op, Part, Threshold};
use tomoni_spec::promql::{narrow, selectors};

use super::{NOW, days, gauge, ratio, raw, want};
use crate::prometheus::{Grouping, Harvest, Observation, Want};
use crate::simulated::Simulated;
use crate::simulator::scenarios;

fn tobira() -> Simulated {
    Simulated::new(scenarios::tobira(7, NOW - days(30), NOW))
}

fn read(source: &Simulated, want: Want, span: Span) -> Harvest {
    source.read(&[want], span).remove(0)
}

fn day() -> Span {
    Span::ending_at(NOW, days(1))
}

fn known(harvest: &Harvest) -> usize {
    let known = harvest.facts.iter().filter(|(_, f)| f.counts.is_some());
    known.count()
}

fn sums(harvest: &Harvest) -> (Events, Events) {
    let known = harvest.facts.iter().filter_map(|(_, fact)| fact.counts);
    known.fold((Events::ZERO, Events::ZERO), |(bad, total), counts| {
        (bad + counts.bad, total + counts.total)
    })
}

fn warnings(harvest: &Harvest) -> Vec<&str> {
    let mut texts = Vec::new();
    for observation in &harvest.observations {
        if let Observation::Warning { text } = observation {
            texts.push(text.as_str());
        }
    }
    texts
}

const ABOVE_FIVE: Threshold = Threshold {
    op: Op::Gt,
    value: 5.0,
};

#[test]
fn what_is_not_understood_is_unknown_and_says_why() {
    let source = tobira();
    let all = r#"http_requests_total{job="unlock-api"}"#;
    let ready = |text: &str| raw(text);
    let cases = [
        (
            ratio(Part::Bad, "histogram_quantile(0.9, a)", all),
            "does not evaluate",
        ),
        (ratio(Part::Bad, all, "sum("), "not PromQL"),
        (
            ratio(Part::Bad, r#"http_requests_total{pod="unlock-api-1"}"#, all),
            "single processes",
        ),
        (
            ratio(
                Part::Bad,
                all,
                r#"http_request_duration_seconds_sum{job="unlock-api"}"#,
            ),
            "adds seconds",
        ),
        (
            ratio(Part::Bad, all, r#"lock_battery_volts{job="lock-battery"}"#),
            "no counter",
        ),
        (gauge("a / b", ABOVE_FIVE), "does not evaluate"),
        (
            gauge("min by (job) (lock_battery_volts)", ABOVE_FIVE),
            "does not evaluate",
        ),
        (gauge(all, ABOVE_FIVE), "no reading"),
        (
            ready(&format!("sum({all}) / sum({all}) + sum({all})")),
            "does not evaluate",
        ),
        (
            ready(&format!("1 - sum({all}) / sum({all})")),
            "does not evaluate",
        ),
        (
            ready(&format!("sum(rate({all}[5m])) / sum({all})")),
            "does not evaluate",
        ),
    ];
    for (want, why) in cases {
        let harvest = read(&source, want.clone(), Span::ending_at(NOW, 5));
        assert!(
            harvest.facts.iter().all(|(_, f)| *f == Fact::UNKNOWN),
            "{want:?}"
        );
        assert_eq!(harvest.facts.len(), 5);
        let warnings = warnings(&harvest);
        assert!(
            warnings.len() == 1 && warnings[0].contains(why),
            "{warnings:?}"
        );
    }
}

#[test]
fn the_same_events_are_found_by_every_way_to_ask() {
    let source = tobira();
    let by = |part, text: &str, total: &str| {
        let harvest = read(&source, ratio(part, text, total), day());
        assert_eq!(harvest.observations, []);
        sums(&harvest)
    };
    let all = r#"sum by (path) (rate(http_requests_total{job="unlock-api"}[5m]))"#;
    let bad = by(
        Part::Bad,
        r#"http_requests_total{job="unlock-api",code=~"5.."}"#,
        all,
    );
    assert!(
        bad.0 > Events::whole(20) && bad.1 > Events::whole(300_000),
        "{bad:?}"
    );
    let good = r#"sum(increase(http_requests_total{code!~"5..",job="unlock-api"}[1h]))"#;
    assert_eq!(bad, by(Part::Good, good, all));
    let difference = r#"http_requests_total{job="unlock-api"}
        - http_requests_total{job="unlock-api",code!~"5.."}"#;
    assert_eq!(bad, by(Part::Bad, difference, all));
    let count = r#"http_request_duration_seconds_count{job="unlock-api"}"#;
    assert_eq!(bad.1, by(Part::Good, count, count).1);
    let bucket =
        |le: &str| format!(r#"http_request_duration_seconds_bucket{{job="unlock-api",le="{le}"}}"#);
    assert_eq!(by(Part::Good, &bucket("+Inf"), count).0, Events::ZERO);
    let [slow, slower] = ["0.25", "1"].map(|le| by(Part::Good, &bucket(le), count).0);
    assert!(
        slow > slower && slower > Events::ZERO,
        "{slow:?} {slower:?}"
    );
}

#[test]
fn a_query_that_finds_nothing_is_told_and_idleness_is_no_ignorance() {
    let source = tobira();
    let typo = r#"http_request_total{job="unlock-api"}"#;
    let harvest = read(&source, ratio(Part::Bad, typo, typo), day());
    assert_eq!(
        known(&harvest),
        harvest.facts.len(),
        "the job has other series"
    );
    assert_eq!(sums(&harvest).1, Events::ZERO);
    let query = typo.to_owned();
    assert!(
        harvest
            .observations
            .contains(&Observation::NothingFound { query })
    );
    let nobody = r#"http_requests_total{job="nobody"}"#;
    assert_eq!(
        known(&read(&source, ratio(Part::Bad, nobody, nobody), day())),
        0
    );
    let nothing = read(&source, gauge("nothing_volts", ABOVE_FIVE), day());
    assert_eq!((known(&nothing), nothing.observations.len()), (0, 1));
}

#[test]
fn what_cannot_be_reached_is_unknown() {
    let source = tobira();
    let commands = r#"edge_commands_total{job="edge-controller"}"#;
    let month = Span::ending_at(NOW, days(20));
    let harvest = read(&source, ratio(Part::Good, commands, commands), month);
    let unknown = harvest.facts.iter().filter(|(_, f)| f.counts.is_none());
    assert_eq!(unknown.count(), 47, "it died together with its metrics");

    // Before the world began.
    let early = Span::ending_at(NOW - days(30), 3);
    assert_eq!(
        known(&read(&source, ratio(Part::Good, commands, commands), early)),
        0
    );

    let mut world = source.world().clone();
    let (from, until) = (NOW - 500, NOW - 490);
    world.unscraped_ms = vec![(from.end_ms() - 1, until.end_ms())];
    let harvest = read(
        &Simulated::new(world),
        ratio(Part::Good, commands, commands),
        day(),
    );
    let unknown: Vec<Minute> = harvest
        .facts
        .iter()
        .filter_map(|(minute, fact)| fact.counts.is_none().then_some(*minute))
        .collect();
    assert_eq!(
        unknown,
        Span::new(from, until).minutes().collect::<Vec<_>>()
    );
}

#[test]
fn a_gauge_is_one_reading_or_an_aggregate() {
    let source = tobira();
    let volts = r#"lock_battery_volts{job="lock-battery"}"#;
    let several = read(&source, gauge(volts, ABOVE_FIVE), day());
    assert_eq!(known(&several), 0);
    assert!(
        matches!(several.observations[..], [Observation::Ambiguous { minutes, .. }] if minutes > 1_300)
    );
    let of = |text: &str, op, value| {
        let harvest = read(&source, gauge(text, Threshold { op, value }), day());
        assert!(
            harvest
                .facts
                .iter()
                .all(|(_, f)| f.counts.is_none() || f.marks == Marks::APPROXIMATE)
        );
        (known(&harvest), sums(&harvest).0)
    };
    let (minutes, none) = of(&format!("min({volts})"), Op::Gte, 4.4);
    assert!(
        minutes > 1_300 && minutes < 1_440,
        "{minutes}: some are out of reach"
    );
    assert_eq!(none, Events::ZERO);
    assert_eq!(
        of(&format!("max ( {volts} )"), Op::Lt, 4.4).1,
        Events::whole(minutes as i64)
    );
    assert_eq!(
        of(&format!("count({volts})"), Op::Gte, 6.0),
        (minutes, Events::ZERO)
    );
    let between = |fold: &str, least: f64, most: f64| {
        let text = format!("{fold}({volts})");
        let outside = (of(&text, Op::Gte, least).1, of(&text, Op::Lte, most).1);
        assert_eq!(outside, (Events::ZERO, Events::ZERO), "{fold}");
    };
    between("avg", 5.0, 6.4);
    between("sum", 30.0, 38.4);
}

#[test]
fn a_ready_made_ratio_counts_a_minute_as_sixty() {
    let source = tobira();
    let rated = |more: &str| {
        format!(r#"sum(rate(ingested_batches_total{{job="metrics-pipeline"{more}}}[5m]))"#)
    };
    let text = format!("{} / {}", rated(r#",result="stored""#), rated(""));
    let harvest = read(&source, raw(&text), day());
    let counts = |fact: &Fact| fact.counts.map(|c| c.total);
    let sixty = Some(Events::whole(60));
    assert!(
        harvest
            .facts
            .iter()
            .all(|(_, f)| counts(f) == sixty && f.marks.has(Marks::APPROXIMATE))
    );
    let steps: Vec<&[(Minute, Fact)]> = harvest.facts.chunk_by(|a, b| a.1 == b.1).collect();
    assert!(
        steps.iter().all(|step| step.len() % 5 == 0),
        "whole steps of five minutes"
    );
    let counted = ratio(Part::Good, &rated(r#",result="stored""#), &rated(""));
    let (bad, total) = sums(&read(&source, counted, day()));
    let exact = bad.as_f64() / total.as_f64();
    let (bad, total) = sums(&harvest);
    assert!((bad.as_f64() / total.as_f64() - exact).abs() < 1e-5);

    let idle = raw(
        r#"http_requests_total{job="legacy-unlock-api"} / http_requests_total{job="legacy-unlock-api"}"#,
    );
    let harvest = read(&source, idle, Span::ending_at(NOW, 10));
    let invalid = Fact::UNKNOWN.marked(Marks::INVALID);
    assert!(
        harvest.facts.iter().all(|(_, f)| *f == invalid),
        "nothing by nothing"
    );
}

#[test]
fn a_world_goes_on_and_a_seed_is_a_world() {
    let all = r#"http_requests_total{job="entry-api"}"#;
    let later = Span::new(NOW, NOW + days(2));
    let one = read(&tobira(), ratio(Part::Good, all, all), later);
    assert!(known(&one) > 2_870 && sums(&one).1 > Events::whole(100_000));
    assert_eq!(one, read(&tobira(), ratio(Part::Good, all, all), later));
    let other = Simulated::new(scenarios::tobira(8, NOW - days(30), NOW));
    assert_ne!(one, read(&other, ratio(Part::Good, all, all), later));
}

fn some_wants() -> Vec<Want> {
    let loss = r#"uplink_loss_percent{job="building-hub"}"#;
    let done = r#"calendar_syncs_total{job="calendar-sync",result="done"}"#;
    let syncs = r#"calendar_syncs_total{job="calendar-sync"}"#;
    let mut wants = vec![
        ratio(Part::Good, done, syncs),
        raw(&format!("{done} / {syncs}")),
        gauge(loss, ABOVE_FIVE),
        want(
            ratio(Part::Bad, "edge_commands_total", "edge_commands_total").indicator,
            None,
        ),
    ];
    wants[1].resolution_minutes = 7;
    wants
}

#[test]
fn groups_are_the_values_of_a_worlds_labels() {
    let source = tobira();
    let all = r#"http_requests_total{job="unlock-api"}"#;
    let grouping = Grouping {
        selectors: selectors(all).unwrap(),
        labels: vec!["code".to_owned(), "job".to_owned()],
    };
    let groups = source.groups(&grouping, day());
    assert!(groups.len() > 1, "{groups:?}");
    let total = |query: &str| sums(&read(&source, ratio(Part::Bad, query, query), day())).1;
    let each = groups.keys().map(|group| {
        let counted = total(&narrow(all, group).unwrap());
        assert!(group.to_string().ends_with(", job=unlock-api"), "{group}");
        counted
    });
    let sum = each.fold(Events::ZERO, |sum, counted| sum + counted);
    assert_eq!(sum, total(all));
    assert!(sum > Events::ZERO);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn facts_depend_neither_on_cuts_nor_on_company(
        from in -days(19)..0, first in 0..400_i64, second in 0..400_i64,
    ) {
        let source = tobira();
        let (a, b, c) = (NOW + from, NOW + from + first, NOW + from + first + second);
        let whole = source.read(&some_wants(), Span::new(a, c));
        for (i, want) in some_wants().into_iter().enumerate() {
            let mut facts = read(&source, want.clone(), Span::new(a, b)).facts;
            facts.extend(read(&source, want, Span::new(b, c)).facts);
            prop_assert_eq!(&facts, &whole[i].facts);
        }
    }
}
