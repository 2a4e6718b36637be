//! The loop over a simulated source and a real SQLite: step by step, without a clock.

use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tomoni_app::live::{Handle, Live, LiveOptions};
use tomoni_app::source::{Origins, SimulatedSource};
use tomoni_app::status::Filter;
use tomoni_app::world::{InForce, QueryCheck};
use tomoni_ledger::{DAY_MINUTES, Events, Minute, Span};
use tomoni_slo::Promise;
use tomoni_sources::prometheus::Want;
use tomoni_sources::simulated::Simulated;
use tomoni_sources::simulator::scenarios;
use tomoni_store::Store;

use crate::support::{NOW_MS, documents, failures_of};

const DAYS: i64 = 30;

fn world() -> Simulated {
    let now = Minute::ended_by_ms(NOW_MS);
    let mut lab = scenarios::lab(1, now - DAYS * DAY_MINUTES, now);
    lab.services.retain(|service| service.name == "unlock-api");
    Simulated::new(lab)
}

fn in_force(promises: &[Promise]) -> InForce {
    InForce::read(documents(promises, &[]), NOW_MS)
}

async fn open(folder: &TempDir, promises: &[Promise], now_ms: i64) -> (Live, Handle) {
    let store = Store::open(folder.path()).await.unwrap();
    let clock = Arc::new(move || now_ms);
    let mut options = LiveOptions::new(store, clock, Arc::new(|| Duration::ZERO));
    options.origins = Some(Origins::One(Arc::new(SimulatedSource::new(world(), "lab"))));
    options.in_force = in_force(promises);
    Live::open(options).await
}

/// Ticks once and takes in all that comes of it.
async fn settle(live: &mut Live, now_ms: i64) {
    live.tick(now_ms).await;
    while live.answers().await {}
}

/// What really happened in a span.
fn truth(promise: &Promise, span: Span) -> (Events, Events) {
    let want = Want {
        key: promise.key.clone(),
        indicator: promise.indicator.clone(),
        resolution_minutes: promise.resolution_minutes,
    };
    let harvests = world().read(&[want], span);
    let counts = harvests[0].facts.iter().filter_map(|(_, fact)| fact.counts);
    counts.fold((Events::ZERO, Events::ZERO), |(bad, total), counts| {
        (bad + counts.bad, total + counts.total)
    })
}

#[tokio::test]
async fn a_world_is_drawn_from_what_sources_say_and_survives_a_restart() {
    let folder = TempDir::new().unwrap();
    let promises = [failures_of("unlock-api", None)];
    let (mut live, handle) = open(&folder, &promises, NOW_MS).await;
    let first = handle.world();
    assert_eq!((first.version, first.standings.len()), (1, 1));
    assert_eq!(first.standings[0].check, QueryCheck::NotYet);
    assert_eq!(first.standings[0].measures.figures.known_minutes, 0);

    settle(&mut live, NOW_MS).await;
    let world = handle.world();
    let standing = &world.standings[0];
    let watermark = Minute::ended_by_ms(NOW_MS - 60_000);
    assert_eq!(standing.watermark, Some(watermark));
    assert_eq!(standing.check, QueryCheck::Found { newest: watermark });
    let figures = &standing.measures.figures;
    assert_eq!(figures.window, Span::ending_at(watermark, 7 * DAY_MINUTES));
    assert!(figures.total > Events::ZERO);
    assert_eq!(
        (figures.bad, figures.total),
        truth(&promises[0], figures.window)
    );
    assert_eq!(standing.backfill, None);
    let remaining = standing.spark.last().copied().flatten();
    assert_eq!(remaining, Some(figures.budget.remaining()));
    assert_eq!(standing.spark.len(), 8);
    assert!(standing.spark.iter().all(Option::is_some));

    // Two minutes later it has gone on, in one write.
    let writes = handle.health().counters.writes;
    let later_ms = NOW_MS + 120_000;
    settle(&mut live, later_ms).await;
    let gone_on = handle.world();
    assert!(gone_on.version > world.version);
    let figures = &gone_on.standings[0].measures.figures;
    assert_eq!(figures.window.until, watermark + 2);
    assert_eq!(
        (figures.bad, figures.total),
        truth(&promises[0], figures.window)
    );
    assert_eq!(handle.health().counters.writes, writes + 1);
    // Nothing is due, nothing happens.
    settle(&mut live, later_ms + 15_000).await;
    assert_eq!(handle.world().version, gone_on.version);
    assert_eq!(handle.health().counters.ticks.count(), 3);

    // Another process draws the same before it has asked anybody.
    drop(live);
    let (_live, again) = open(&folder, &promises, later_ms).await;
    let restarted = again.world();
    assert_eq!(
        restarted.standings[0].measures,
        gone_on.standings[0].measures
    );
    assert_eq!(restarted.standings[0].spark, gone_on.standings[0].spark);
    let report = restarted.status(Filter::default()).unwrap();
    assert_eq!(report, gone_on.status(Filter::default()).unwrap());
    assert_eq!(
        report.slos[0].state,
        gone_on.standings[0].measures.figures.state.as_str()
    );
}
