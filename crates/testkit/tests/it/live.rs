//! Scraped live: processes that come and go while Prometheus looks on every second.

use std::sync::Arc;

use tomoni_ledger::{Events, Minute, Span};
use tomoni_sources::simulator::proof::{self, Claim, Part, Pick};
use tomoni_sources::simulator::{Life, Meter, Series, World, scenarios};
use tomoni_testkit::{
    Prometheus, PrometheusOptions, Served, SimulatedTargets, VictoriaMetrics, http, present_ms,
    require,
};

use crate::support::{bad_of, harvest, raw, sums, wait_for};

const JOB: &str = "restless-api";

/// How long the world is watched, in milliseconds: some eight deaths.
const WATCHED_MS: i64 = 25_000;

fn claim() -> Claim {
    let total = Pick::named("http_requests_total").with("job", &[JOB]);
    let bad = total.clone().with("code", &["500"]);
    Claim {
        job: JOB.to_owned(),
        total: vec![(1, total)],
        part: Part::Bad(vec![(1, bad)]),
    }
}

/// Events of all classes and of failures that a process had counted by an instant.
fn counted(world: &World, life: &Life, at_ms: i64) -> (i64, i64) {
    let service = &world.services[0];
    let counts = Meter::new(world, service, life).at(service, at_ms);
    (counts[0] + counts[1], counts[1])
}

/// Events that the answered scrapes cannot prove.
#[derive(Debug, Default)]
struct Unseen {
    /// What the world's first scrapes found; Prometheus begins to scrape after five seconds.
    before: i64,
    /// What came after a process' last scrape.
    tails: i64,
    /// What a restarted process had counted when it was first seen.
    hidden: i64,
}

fn unseen(world: &World, lives: &[Life], served: &[Served], end_ms: i64) -> Unseen {
    let mut unseen = Unseen::default();
    for (i, life) in lives.iter().enumerate() {
        let (all, _) = counted(world, life, end_ms);
        let Some(seen) = served
            .iter()
            .find(|s| s.life.served_ms.0 == life.served_ms.0)
        else {
            unseen.tails += all;
            continue;
        };
        unseen.tails += all - counted(world, life, seen.last_ms).0;
        let (found, _) = counted(world, life, seen.first_ms);
        if i == 0 || lives[i - 1].slot != life.slot {
            unseen.before += found;
        } else if lives[i - 1].instance == life.instance {
            unseen.hidden += found;
        }
    }
    unseen
}

/// The world's targets, and a Prometheus that has watched them for a while and now looks away.
async fn watched(world: &World) -> (SimulatedTargets, Prometheus) {
    let targets = SimulatedTargets::start(world.clone(), Arc::new(present_ms))
        .await
        .unwrap();
    let scrape_configs = targets.foreseen_config(1, world.start_ms + 120_000);
    let options = PrometheusOptions {
        scrape_configs,
        ..PrometheusOptions::default()
    };
    let prometheus = Prometheus::start(options).await.unwrap();
    let url = prometheus.url().to_owned();
    wait_for("25 seconds of live scrapes", || async {
        let asked = "max(timestamp(http_requests_total))";
        let newest = http::query(&url, asked, present_ms()).await.unwrap();
        let newest_s: f64 = newest[0]["value"][1].as_str()?.parse().ok()?;
        (newest_s * 1_000.0 > (world.start_ms + WATCHED_MS) as f64).then_some(())
    })
    .await;
    prometheus.stop_scraping().await.unwrap();
    (targets, prometheus)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_live_prometheus_proves_is_within_the_bound() {
    require!("prometheus");
    let world = scenarios::restless(7, present_ms());
    let (targets, prometheus) = watched(&world).await;
    let url = prometheus.url();
    let end_ms = present_ms();
    let served = targets.served();
    let series = raw(url, "{job=~\".+\"}", 120, end_ms).await;

    let span = Span::new(
        Minute::ended_by_ms(world.start_ms),
        Minute::holding_ms(end_ms),
    );
    let facts = proof::of_counters(&series, &claim(), span);
    let want = bad_of(
        "sum(rate(http_requests_total{job=\"restless-api\",code=~\"5..\"}[1m]))",
        "sum(rate(http_requests_total{job=\"restless-api\"}[1m]))",
    );
    let read = harvest(url, vec![want], span).await.remove(0);
    assert!(
        read.facts
            .iter()
            .map(|(_, fact)| *fact)
            .eq(facts.iter().copied()),
        "{read:#?}"
    );
    let (bad, total) = sums(&facts);
    let service = &world.services[0];
    let lives = world.lives(service, end_ms);
    let deaths = lives
        .iter()
        .filter(|life| life.served_ms.1 < end_ms)
        .count();
    let happened = lives.iter().map(|life| counted(&world, life, end_ms));
    let (true_total, true_bad) =
        happened.fold((0, 0), |sum, life| (sum.0 + life.0, sum.1 + life.1));
    let unseen = unseen(&world, &lives, &served, end_ms);
    let (bad, total) = (bad.parts() / 1_024, total.parts() / 1_024);
    println!(
        "live, {deaths} deaths, {} processes scraped: bad {bad} of {true_bad}, \
         total {total} of {true_total}; {unseen:?}",
        served.len()
    );
    assert!(deaths >= 4, "{lives:#?}");
    let bound = unseen.before + unseen.tails + unseen.hidden;
    assert!(
        (0..=bound).contains(&(true_total - total)),
        "{total} of {true_total}"
    );
    assert!(
        (0..=bound).contains(&(true_bad - bad)),
        "{bad} of {true_bad}"
    );
    // A scrape interval of a second for each death, twice that where the machine is busy.
    let a_second = true_total * 1_000 / (end_ms - world.start_ms);
    assert!(
        unseen.tails <= (deaths as i64 + 2) * 2 * a_second,
        "{a_second} a second"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_live_victoria_metrics_holds_is_counted() {
    require!("victoria-metrics");
    let world = scenarios::restless(11, present_ms());
    let clock = Arc::new(present_ms);
    let targets = SimulatedTargets::start(world.clone(), clock).await.unwrap();
    let scrapes = targets.foreseen_config(1, world.start_ms + 120_000);
    let victoria = VictoriaMetrics::start_scraping(&scrapes).await.unwrap();
    let url = victoria.url();
    // Deaths begin after nine seconds.
    let deaths = wait_for("a series to end", || async {
        victoria.flush().await.unwrap();
        let all = raw(url, "http_requests_total", 120, present_ms()).await;
        let ends = all
            .iter()
            .flat_map(|s| &s.samples)
            .filter(|(_, value)| value.is_nan());
        Some(ends.count()).filter(|ends| *ends > 0)
    });
    deaths.await;
    // Now all of them end.
    drop(targets);
    let ended = wait_for("all series to end", || async {
        victoria.flush().await.unwrap();
        let all = raw(url, "http_requests_total", 120, present_ms()).await;
        let has_ended = |s: &Series| s.samples.last().is_some_and(|(_, value)| value.is_nan());
        all.iter().all(has_ended).then_some(all)
    });
    let mut series = ended.await;
    for series in &mut series {
        series.samples.retain(|(_, value)| value.is_finite());
    }
    let span = Span::new(
        Minute::ended_by_ms(world.start_ms),
        Minute::holding_ms(present_ms()),
    );
    let want = bad_of(
        "sum(rate(http_requests_total{job=\"restless-api\",code=~\"5..\"}[1m]))",
        "sum(rate(http_requests_total{job=\"restless-api\"}[1m]))",
    );
    let read = harvest(url, vec![want], span).await.remove(0);
    let facts: Vec<_> = read.facts.iter().map(|(_, fact)| *fact).collect();
    assert!(sums(&facts).1 > Events::ZERO);
    assert_eq!(facts, proof::of_counters(&series, &claim(), span));
}
