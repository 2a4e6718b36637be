//! Counting from raw samples: what is fetched, in which pieces, and what is told.

use std::sync::Mutex;

use insta::assert_snapshot;
use serde_json::json;
use tomoni_ledger::{DAY_MINUTES, Events, Fact, Marks, Span};
use tomoni_slo::{Op, Part};
use tomoni_sources::prometheus::{ApproximateReason, Observation, Progress, Prometheus, Want};
use tomoni_sources::simulator::proof::{self, Claim, Pick};
use tomoni_sources::simulator::{Metric, Scraping, Series, scenarios};

use crate::support::{
    Held, START, events, facts, first, gauge, ratio, read, ready_made, rising, sums, told,
};

const API: &str = "requests_total{job=\"api\",code=\"200\"}";
const API_500: &str = "requests_total{job=\"api\",code=\"500\"}";

fn api(bad: &str) -> Want {
    ratio(
        Part::Bad,
        &format!("requests_total{{job=\"api\",{bad}}}"),
        "requests_total{job=\"api\"}",
    )
}

/// An hour of a service of which every tenth request fails.
fn hour() -> Held {
    Held::default()
        .series(API, 0, &rising(9.0, 120))
        .series(API_500, 0, &rising(1.0, 120))
}

/// The same from ten minutes earlier on, so that midnight tells how much there is.
fn hour_and_more() -> Held {
    Held::default()
        .series(API, -10, &rising(9.0, 140))
        .series(API_500, -10, &rising(1.0, 140))
}

fn send<T: Send>(value: T) -> T {
    value
}

#[tokio::test]
async fn reads_can_be_spawned_and_tell_how_far_they_are() {
    let fake = hour().serve().await;
    let reader = Prometheus::new(fake.config()).unwrap();
    let (wants, seen) = (
        vec![api("code=\"500\""), api("code=~\"4..\"")],
        Mutex::new(Vec::new()),
    );
    let note = |progress: Progress| seen.lock().unwrap().push(progress);
    let harvests = send(reader.read(&wants, first(60), &note)).await;
    assert!(harvests.iter().all(Result::is_ok));
    let seen = seen.into_inner().unwrap();
    assert_eq!(
        seen.first(),
        Some(&Progress {
            done: 0,
            total: 120,
            samples: 0
        })
    );
    assert_eq!(
        seen.last(),
        Some(&Progress {
            done: 120,
            total: 120,
            samples: 240
        })
    );
    assert!(seen.iter().is_sorted_by_key(|progress| progress.done));
}

#[tokio::test]
async fn nothing_wanted_is_nothing_read() {
    let fake = hour().serve().await;
    assert!(fake.read(&[], first(60)).await.is_empty());
    let harvests = fake.read(&[api("code=\"500\"")], first(0)).await;
    assert!(harvests[0].facts.is_empty());
    assert!(fake.asked().is_empty());
}

#[tokio::test]
async fn good_and_bad_and_totals_are_counted() {
    let fake = hour().serve().await;
    let wants = [
        api("code=\"500\""),
        ratio(
            Part::Good,
            API,
            "sum(rate(requests_total{job=\"api\"}[5m]))",
        ),
        ratio(Part::Bad, API_500, &format!("{API} + {API_500}")),
    ];
    for harvest in fake.read(&wants, first(61)).await {
        let facts = facts(&harvest);
        // The first sample only sets the base: nobody was looking before.
        assert_eq!((facts[0], facts[1]), (events(1.0, 10.0), events(2.0, 20.0)));
        assert_eq!((facts[59], facts[60]), (events(2.0, 20.0), Fact::UNKNOWN));
        assert_eq!(sums(&harvest).total, Events::whole(1_190));
        assert!(!harvest.is_partial());
    }
    // One fetch serves all of them.
    assert_eq!(fake.fetched(), ["requests_total{job=\"api\"}"]);
}

#[tokio::test]
async fn fetches_are_shared_where_that_saves_something() {
    let shared = |count: usize| {
        let mut held = hour_and_more();
        for i in 0..count {
            let selector = format!("requests_total{{job=\"other-{i}\"}}");
            held = held.series(&selector, -10, &rising(1.0, 140));
        }
        held.serve()
    };
    let wants = [
        api("code=\"500\""),
        ratio(
            Part::Bad,
            "requests_total{job=\"other-0\",code=\"500\"}",
            "requests_total{job=\"other-0\"}",
        ),
    ];
    // Three series of four are needed: they are read at once.
    let fake = shared(2).await;
    let together = fake.read(&wants, first(60)).await;
    assert_eq!(fake.fetched(), ["requests_total"]);
    // Three of fifty: they are not.
    let fake = shared(48).await;
    let apart = fake.read(&wants, first(60)).await;
    assert_eq!(
        fake.fetched(),
        [
            "requests_total{job=\"api\"}",
            "requests_total{job=\"other-0\"}"
        ]
    );
    assert_eq!(together, apart);
    // Nor where the server has more series than may be read together.
    let fake = shared(2).await;
    let mut config = fake.config();
    config.limits.shared_series = 3;
    let limited = read(config, &wants, first(60)).await;
    assert_eq!(
        fake.fetched(),
        [
            "requests_total{job=\"api\"}",
            "requests_total{job=\"other-0\"}"
        ]
    );
    assert_eq!(
        limited.into_iter().map(Result::unwrap).collect::<Vec<_>>(),
        together
    );
}

#[tokio::test]
async fn a_server_that_answers_only_small_queries_is_asked_for_less() {
    let held = || {
        let mut held = hour();
        // Born later; it counts from zero, since others were looking.
        held = held.series(
            "requests_total{job=\"api\",code=\"503\"}",
            20,
            &rising(2.0, 60),
        );
        held.series("volts", 0, &rising(1.0, 100))
    };
    let wants = [api("code=~\"5..\""), gauge("volts", Op::Lt, 50.0)];
    let whole = held().serve().await.read(&wants, first(70)).await;
    let mut small = held();
    small.samples_max = Some(12);
    let fake = small.serve().await;
    assert_eq!(fake.read(&wants, first(70)).await, whole);
    assert_eq!(sums(&whole[0]).bad, Events::whole(119 + 2 * 59));
    assert_eq!(sums(&whole[1]).bad, Events::whole(25));
}

#[tokio::test]
async fn the_size_of_queries_follows_the_limit() {
    let fake = hour_and_more().serve().await;
    let mut config = fake.config();
    config.limits.samples_per_query = 40;
    let wants = [api("code=\"500\"")];
    let harvest = read(config, &wants, first(60)).await.remove(0).unwrap();
    // Eleven samples of each series were in five minutes: nine minutes at once, and a second.
    let asked = fake.asked();
    let longest = asked.iter().filter_map(|query| {
        query
            .strip_suffix("s]")?
            .rsplit_once('[')?
            .1
            .parse::<i64>()
            .ok()
    });
    assert_eq!(longest.max(), Some(541), "{asked:#?}");
    assert_eq!(harvest, fake.read(&wants, first(60)).await.remove(0));
}

#[tokio::test]
async fn minute_by_minute_is_the_same_as_at_once() {
    // Nine hours with a deploy, restarts and the forty minutes without scrapes.
    let start = START + 9 * DAY_MINUTES;
    let world = scenarios::hard_to_count(42, START);
    let service = world.service("unlock-api").unwrap();
    let scraping = Scraping {
        interval_ms: 30_000,
        from_ms: (start - 180).end_ms(),
        until_ms: (start + 540).end_ms(),
    };
    let metrics = world.scraped(service, scraping);
    let series: Vec<Series> = metrics.iter().flat_map(Metric::series).collect();
    let fake = Held::scraped(&series).serve().await;
    let job = "http_requests_total{job=\"unlock-api\"";
    let wants = [ratio(
        Part::Bad,
        &format!("{job},code=~\"5..\"}}"),
        &format!("{job}}}"),
    )];
    let reader = Prometheus::new(fake.config()).unwrap();
    let span = Span::new(start, start + 540);
    let whole = reader.read(&wants, span, &|_| {}).await.remove(0).unwrap();

    let total = Pick::named("http_requests_total").with("job", &["unlock-api"]);
    let bad = total.clone().with("code", &["500", "504"]);
    let part = proof::Part::Bad(vec![(1, bad)]);
    let claim = Claim {
        job: "unlock-api".to_owned(),
        total: vec![(1, total)],
        part,
    };
    assert_eq!(facts(&whole), proof::of_counters(&series, &claim, span));

    let (mut pieces, mut samples) = (Vec::new(), 0);
    for minute in span.minutes() {
        let last = Mutex::new(Progress::default());
        let note = |progress: Progress| *last.lock().unwrap() = progress;
        let piece = reader
            .read(&wants, Span::ending_at(minute, 1), &note)
            .await
            .remove(0);
        pieces.extend(facts(&piece.unwrap()));
        samples += last.into_inner().unwrap().samples;
    }
    assert_eq!(pieces, facts(&whole));
    // Hardly any of the reads needed the two hours before it, which hold some two thousand samples.
    let each = samples / 540;
    assert!(each < 250, "{each} samples a minute");
}

#[tokio::test]
async fn too_much_to_count_is_estimated_day_by_day() {
    // The second day has more samples than may be counted.
    let selector = |i: usize| format!("requests_total{{job=\"api\",pod=\"{i}\"}}");
    let mut held = Held::default().series(&selector(0), 0, &rising(1.0, 3 * 2_880));
    for i in 1..4 {
        held = held.series(&selector(i), DAY_MINUTES - 60, &rising(1.0, 2_880 - 60));
    }
    let (bad, total) = (
        "requests_total{code=\"500\",job=\"api\"}",
        "requests_total{job=\"api\"}",
    );
    let held = held
        .canned(&format!("sum(increase({bad}[5m]))"), &[10.0])
        .canned(&format!("sum(increase({total}[5m]))"), &[40.0]);
    let fake = held.serve().await;
    let mut config = fake.config();
    config.limits.samples_per_minute = 5;
    let wants = [api("code=\"500\"")];
    let span = first(3 * DAY_MINUTES);
    let reader = Prometheus::new(config).unwrap();
    let harvest = reader.read(&wants, span, &|_| {}).await.remove(0).unwrap();
    let marked = |harvest: &[Fact]| {
        let is_approximate = |fact: &&Fact| fact.marks.has(Marks::APPROXIMATE);
        harvest.iter().filter(is_approximate).count() as i64
    };
    let whole = facts(&harvest);
    assert_eq!(marked(&whole), DAY_MINUTES);
    assert_eq!(marked(&whole[1_440..2_880]), DAY_MINUTES);
    assert_eq!(whole[1_500], events(2.0, 8.0).marked(Marks::APPROXIMATE));
    assert_eq!(whole[3_000], events(0.0, 2.0));
    let reason = ApproximateReason::TooManySamples {
        per_minute: 8,
        limit: 5,
    };
    assert_eq!(harvest.observations[0], Observation::Approximate { reason });
    // However it is cut, and whoever reads it.
    let cuts = [0, 1_000, 1_441, 1_444, 2_000, 2_881, 3 * DAY_MINUTES];
    let mut pieces = Vec::new();
    for pair in cuts.windows(2) {
        let piece = Span::new(START + pair[0], START + pair[1]);
        let mut read = reader.read_as_of(&wants, piece, span.until, &|_| {}).await;
        pieces.extend(facts(&read.remove(0).unwrap()));
    }
    assert_eq!(pieces, whole);
}

#[tokio::test]
async fn idle_is_not_unknown() {
    // The requests end after half an hour, the process after an hour and a half.
    let held = Held::default()
        .series(API, 0, &rising(1.0, 60))
        .series("process_start_time_seconds{job=\"api\"}", 0, &[7.0; 180])
        .series("up{job=\"api\"}", 0, &[1.0; 400]);
    let wants = || {
        [
            api("code=\"500\""),
            ratio(Part::Bad, API_500, "requests_total"),
        ]
    };
    let harvests = held.clone().serve().await.read(&wants(), first(120)).await;
    let facts_of = facts(&harvests[0]);
    assert_eq!(facts_of[29], events(0.0, 2.0));
    assert_eq!(
        (facts_of[30], facts_of[89]),
        (events(0.0, 0.0), events(0.0, 0.0))
    );
    assert_eq!(facts_of[90], Fact::UNKNOWN, "`up` says nothing of the job");
    assert_eq!(
        facts(&harvests[1])[30],
        Fact::UNKNOWN,
        "a selector without a job"
    );

    // Another series of the job is as good.
    let held = held.series("queue_length{job=\"api\"}", 95, &[0.0; 10]);
    let harvests = held.serve().await.read(&wants(), first(120)).await;
    assert_eq!(
        (facts(&harvests[0])[94], facts(&harvests[0])[95]),
        (Fact::UNKNOWN, events(0.0, 0.0))
    );
}

#[tokio::test]
async fn one_that_cannot_be_read_does_not_keep_the_others_from_it() {
    let mut held = hour().series("volts", 0, &[12.0; 120]);
    held.refused = Some("refused_total");
    let wants = [
        api("code=\"500\""),
        ratio(Part::Bad, "refused_total{code=\"500\"}", "refused_total"),
        gauge("volts", Op::Gte, 11.0),
        ratio(
            Part::Bad,
            "refused_total{code=\"500\"}",
            "requests_total{job=\"api\"}",
        ),
        ready_made("avg(refused_total)", true),
    ];
    let fake = held.serve().await;
    let results = read(fake.config(), &wants, first(60)).await;
    assert_eq!(facts(results[0].as_ref().unwrap())[1], events(2.0, 20.0));
    assert_eq!(facts(results[2].as_ref().unwrap())[1], events(0.0, 1.0));
    let uri = fake.server.uri();
    let error = |i: usize| {
        let error = results.get(i).unwrap().as_ref().unwrap_err();
        error.to_string().replace(&uri, "SERVER")
    };
    assert_snapshot!([error(1), error(3), error(4)].join("\n"));
}

#[tokio::test]
async fn what_the_server_says_beside_its_answers_is_told() {
    let mut held = hour();
    held.beside = vec![
        ("warnings", json!(["a store is away"])),
        ("isPartial", json!(true)),
    ];
    let harvest = held
        .serve()
        .await
        .read(&[api("code=\"500\"")], first(60))
        .await
        .remove(0);
    assert!(harvest.is_partial());
    assert_eq!(facts(&harvest)[1], events(2.0, 20.0));
    assert_snapshot!(told(&harvest.observations));
}

#[tokio::test]
async fn what_was_met_is_told() {
    let mut values = rising(1.0, 119);
    values[20] = f64::NAN;
    values[60..].iter_mut().for_each(|value| *value -= 60.0);
    let held = Held::default()
        .series(API, 10, &values)
        // Born with more than anybody believes; then with what can be.
        .series(
            "requests_total{job=\"api\",code=\"201\"}",
            26,
            &[50_000.0; 40],
        )
        .series("requests_total{job=\"api\",code=\"202\"}", 25, &[30.0; 40])
        .series(API_500, 25, &[2.0; 40])
        .series("other_total{job=\"api\"}", 10, &rising(2.0, 119));
    let wants = [
        api("code=\"500\""),
        ratio(
            Part::Bad,
            "other_total{job=\"api\"}",
            "requests_total{job=\"api\"}",
        ),
    ];
    let harvests = held.serve().await.read(&wants, first(90)).await;
    let told = harvests.iter().map(|harvest| told(&harvest.observations));
    assert_snapshot!(told.collect::<Vec<_>>().join("\n\n"));
}

#[tokio::test]
async fn a_nan_of_victoria_metrics_is_the_end_of_a_series_and_no_sample() {
    let mut values = rising(1.0, 60);
    values.push(f64::NAN);
    let mut held = Held::default()
        .series(API, 0, &values)
        .series("volts", 0, &[9.0, f64::NAN]);
    let wants = [api("code=\"500\""), gauge("volts", Op::Gte, 8.0)];
    let prometheus = held.clone().serve().await.read(&wants, first(32)).await;
    held.is_victoria = true;
    let fake = held.serve().await;
    let victoria = fake.read(&wants, first(32)).await;
    let invalid = Fact::UNKNOWN.marked(Marks::INVALID);
    assert_eq!(
        (facts(&prometheus[0])[30], facts(&victoria[0])[30]),
        (invalid, Fact::UNKNOWN)
    );
    assert_eq!(
        (facts(&prometheus[1])[0], facts(&victoria[1])[0]),
        (invalid, events(0.0, 1.0))
    );
    let dialect = fake
        .asked()
        .into_iter()
        .filter(|query| query.contains("label_set"));
    assert_eq!(dialect.count(), 1);
}

#[tokio::test]
async fn what_is_not_found_is_told() {
    let fake = hour().serve().await;
    let wants = [
        ratio(
            Part::Bad,
            "nowhere_total{code=\"500\"}",
            "sum(rate(nowhere_total[5m]))",
        ),
        // No failure is no finding, but no success among requests is one.
        api("code=\"599\""),
        ratio(
            Part::Good,
            "requests_total{job=\"api\",code=\"2xx\"}",
            "requests_total{job=\"api\"}",
        ),
        gauge("no_volts", Op::Gte, 1.0),
    ];
    let harvests = fake.read(&wants, first(60)).await;
    let told = harvests.iter().map(|harvest| told(&harvest.observations));
    assert_snapshot!(told.collect::<Vec<_>>().join("\n---\n"));
}

#[tokio::test]
async fn gauges_are_judged_by_the_last_sample_of_each_minute() {
    let held = Held::default()
        .series(
            "volts{hub=\"a\"}",
            0,
            &[12.0, 9.0, 9.0, 12.0, f64::NAN, f64::NAN],
        )
        .series("volts{hub=\"b\"}", 1, &[9.0, 12.0, 9.0, 12.0]);
    let wants = [
        gauge("volts{hub=\"a\"}", Op::Gte, 10.0),
        gauge("volts", Op::Gte, 10.0),
    ];
    let harvests = held.serve().await.read(&wants, first(4)).await;
    let (good, bad) = (events(0.0, 1.0), events(1.0, 1.0));
    let invalid = Fact::UNKNOWN.marked(Marks::INVALID);
    assert_eq!(facts(&harvests[0]), [bad, good, invalid, Fact::UNKNOWN]);
    assert_eq!(
        facts(&harvests[1])[2],
        Fact::UNKNOWN,
        "two hubs, and nobody says which"
    );
    assert_snapshot!(told(&harvests[1].observations));
}
