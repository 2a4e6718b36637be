//! The loop over a simulated source and a real SQLite: step by step, without a clock.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use tempfile::TempDir;
use tomoni_app::live::{Handle, Live, LiveOptions};
use tomoni_app::source::{Harvests, Origins, SimulatedSource, Source};
use tomoni_app::status::{Filter, Measures};
use tomoni_app::world::{InForce, QueryCheck, Standing};
use tomoni_engine::Keep;
use tomoni_ledger::{DAY_MINUTES, Events, Fact, Minute, Series, Span, SpanSet};
use tomoni_slo::{Generation, Indicator, LedgerKey, Method, Promise};
use tomoni_sources::prometheus::{Progress, Want};
use tomoni_sources::simulated::Simulated;
use tomoni_sources::simulator::scenarios;
use tomoni_store::faults::Hook;
use tomoni_store::{Draft, Op, Store};

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

/// What the store holds of a minute.
async fn held(handle: &Handle, key: &LedgerKey, minute: Minute) -> Fact {
    let day = [(key.clone(), vec![minute.day()])];
    let days = handle.store().days(&day).await.unwrap();
    days[0].1[0].facts()[minute.place_in_day()]
}

/// A minute that was counted wrongly, and is closed.
async fn count_wrong(handle: &Handle, key: &LedgerKey, minute: Minute) {
    let span = SpanSet::from_iter([Span::ending_at(minute, 1)]);
    let wrong = Keep {
        key: key.clone(),
        facts: vec![(minute, Fact::counted(Events::whole(1), Events::whole(1)))],
        settled: span.clone(),
        closed: span,
    };
    handle.store().keep(&[wrong]).await.unwrap();
}

/// What somebody says in the journal.
fn said(uid: &str) -> Draft {
    Draft {
        recorded_ms: NOW_MS,
        effective_ms: NOW_MS,
        actor: "ann".to_owned(),
        origin: "api".to_owned(),
        reason: "it was wrong".to_owned(),
        kind: "Refill".to_owned(),
        uid: uid.to_owned(),
        name: "unlock-api".to_owned(),
        version: 1,
        op: Op::Put,
        body: "{}".to_owned(),
    }
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
    let before = handle.health().counters;
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
    let after = handle.health().counters;
    assert_eq!(after.writes, before.writes + 1);
    assert_eq!(after.intakes.count(), before.intakes.count() + 1);
    // A quarter of an hour was read again, and said what was known.
    assert_eq!(after.minutes_kept, before.minutes_kept + 2);
    // Nothing is due, nothing happens; but it is known to be so now.
    settle(&mut live, later_ms + 15_000).await;
    assert_eq!(handle.world().version, gone_on.version);
    assert_eq!(handle.world().now_ms, later_ms + 15_000);
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

/// Days whose slices were judged leave memory; figures are those of all minutes all the same, over a
/// midnight and a restart.
#[tokio::test]
async fn slices_are_those_of_all_minutes() {
    let folder = TempDir::new().unwrap();
    let mut promise = failures_of("unlock-api", None);
    promise.objective.method = Method::Timeslices {
        target: 0.99,
        width_minutes: 5,
    };
    let promises = [promise];
    let first_ms = NOW_MS - 20 * 3_600_000;
    let (mut live, mut handle) = open(&folder, &promises, first_ms).await;
    for step in 0..10 {
        let now_ms = first_ms + step * 2 * 3_600_000;
        if step == 5 {
            drop(live);
            (live, handle) = open(&folder, &promises, now_ms).await;
        }
        settle(&mut live, now_ms).await;
        let end = Minute::ended_by_ms(now_ms - 60_000);
        let minutes = Span::ending_at(end, 20 * DAY_MINUTES);
        let want = Want {
            key: promises[0].key.clone(),
            indicator: promises[0].indicator.clone(),
            resolution_minutes: promises[0].resolution_minutes,
        };
        let mut series = Series::new();
        series
            .put(&world().read(&[want], minutes)[0].facts)
            .unwrap();
        let measures = Measures::of(&series, &promises[0].objective, end).unwrap();
        assert!(measures.figures.bad > Events::ZERO);
        assert_eq!(handle.world().standings[0].measures, measures, "{step}");
    }
}

#[tokio::test]
async fn what_was_to_be_read_again_is_read_after_a_crash() {
    let folder = TempDir::new().unwrap();
    let promises = [failures_of("unlock-api", None)];
    let key = promises[0].key.clone();
    let (mut live, handle) = open(&folder, &promises, NOW_MS).await;
    settle(&mut live, NOW_MS).await;
    let now = Minute::ended_by_ms(NOW_MS);
    let recent = now - DAY_MINUTES;
    let right = held(&handle, &key, recent).await;
    // Another one is older than any history that is wanted.
    let old = now - 29 * DAY_MINUTES;
    for minute in [recent, old] {
        count_wrong(&handle, &key, minute).await;
    }
    drop(live);

    let (mut live, handle) = open(&folder, &promises, NOW_MS).await;
    settle(&mut live, NOW_MS).await;
    assert_ne!(held(&handle, &key, recent).await, right, "it is closed");
    for (minute, uid) in [(recent, "refill-1"), (old, "refill-2")] {
        let span = Span::ending_at(minute, 1);
        let refill = handle.refill(vec![key.clone()], span, said(uid));
        let (told, ()) = tokio::join!(refill, live.tick(NOW_MS));
        told.unwrap();
    }
    assert!(live.under_way() > 0, "nothing has come back yet");
    drop(live);

    let (mut live, handle) = open(&folder, &promises, NOW_MS).await;
    settle(&mut live, NOW_MS).await;
    for minute in [recent, old] {
        let (bad, total) = truth(&promises[0], Span::ending_at(minute, 1));
        assert_eq!(held(&handle, &key, minute).await, Fact::counted(bad, total));
    }
    // Once it was read it is closed for good.
    assert_eq!(live.under_way(), 0);
    live.tick(NOW_MS + 15_000).await;
    assert_eq!(live.under_way(), 0);
}

#[tokio::test]
async fn nothing_is_opened_while_what_waits_would_close_it_again() {
    let folder = TempDir::new().unwrap();
    let promises = [failures_of("unlock-api", None)];
    let key = promises[0].key.clone();
    let (mut live, handle) = open(&folder, &promises, NOW_MS).await;
    settle(&mut live, NOW_MS).await;
    let later = NOW_MS + 60_000;
    let unkept: Hook = Arc::new(|call, _| call == "keep");
    handle.store().set_faults(Some(unkept));
    settle(&mut live, later).await;
    let span = Span::ending_at(Minute::ended_by_ms(NOW_MS) - DAY_MINUTES, 1);
    let refill = handle.refill(vec![key.clone()], span, said("refill-1"));
    let (told, ()) = tokio::join!(refill, live.tick(later));
    assert!(told.is_err(), "it would not be done");
    assert!(handle.store().journal(0, 9).await.unwrap().is_empty());

    handle.store().set_faults(None);
    let refill = handle.refill(vec![key], span, said("refill-1"));
    let (told, ()) = tokio::join!(refill, live.tick(later));
    assert_eq!(told.unwrap(), 1);
}

#[tokio::test]
async fn what_was_seen_last_is_known_after_a_restart() {
    let folder = TempDir::new().unwrap();
    let promises = [failures_of("unlock-api", None)];
    let (mut live, handle) = open(&folder, &promises, NOW_MS).await;
    settle(&mut live, NOW_MS).await;
    let newest = Minute::ended_by_ms(NOW_MS - 60_000);
    assert_eq!(
        handle.world().standings[0].check,
        QueryCheck::Found { newest }
    );
    drop(live);

    // Soon after, hours after, and on another day: nothing was asked since.
    let check_after = async |hours: i64| {
        let now_ms = NOW_MS + hours * 3_600_000;
        let (_live, handle) = open(&folder, &promises, now_ms).await;
        handle.world().standings[0].check.clone()
    };
    assert_eq!(check_after(0).await, QueryCheck::Found { newest });
    assert_eq!(check_after(2).await, QueryCheck::NotYet);
    let to_midnight = 24 - (NOW_MS / 3_600_000).rem_euclid(24);
    assert_eq!(check_after(to_midnight).await, QueryCheck::NotYet);
    // What was seen stays so when the clock is set back.
    let (mut live, handle) = open(&folder, &promises, NOW_MS).await;
    settle(&mut live, NOW_MS).await;
    live.tick(NOW_MS - 5 * 60_000).await;
    assert_eq!(
        handle.world().standings[0].check,
        QueryCheck::Found { newest }
    );
}

/// Days whose slices were judged are not read again after a restart.
#[tokio::test]
async fn judged_days_are_not_read_again_after_a_restart() {
    let folder = TempDir::new().unwrap();
    let mut sliced = failures_of("unlock-api", None);
    sliced.objective.method = Method::Timeslices {
        target: 0.99,
        width_minutes: 1,
    };
    let promises = [sliced];
    let (mut live, handle) = open(&folder, &promises, NOW_MS).await;
    settle(&mut live, NOW_MS).await;
    // Within the hour what was judged is kept.
    settle(&mut live, NOW_MS + 3_660_000).await;
    let before = handle.world().standings[0].measures.clone();
    assert!(before.figures.known_minutes > 0);
    drop(live);

    let (live, handle) = open(&folder, &promises, NOW_MS + 3_660_000).await;
    assert_eq!(handle.world().standings[0].measures, before);
    let read = handle.health().counters.days_read;
    // The window's edges, today, and those around for burn rates; not its seven days.
    assert!((1..=4).contains(&read), "{read}");
    drop(live);
    // By another rule nothing of it holds.
    let mut other = promises;
    other[0].objective.method = Method::RatioTimeslices { width_minutes: 1 };
    let (_live, handle) = open(&folder, &other, NOW_MS + 3_660_000).await;
    let read = handle.health().counters.days_read;
    assert!(read >= 8, "{read}");
}

/// A source that never answers.
#[derive(Debug)]
struct Silent;

impl Source for Silent {
    fn name(&self) -> &str {
        "silent"
    }

    fn read<'a>(
        &'a self,
        _: &'a [Want],
        _: Span,
        _: Minute,
        _: &'a (dyn Fn(Progress) + Sync),
    ) -> BoxFuture<'a, Harvests> {
        std::future::pending().boxed()
    }
}

fn never_pushed() -> Promise {
    let mut pushed = failures_of("unlock-api", None);
    pushed.indicator = Indicator::Pushed {
        sli: "never".to_owned(),
    };
    pushed.key.generation = Generation::from_bits(7);
    pushed
}

/// A tick without news looks at nothing, whatever waits for its first minute.
#[tokio::test]
async fn a_tick_without_news_looks_at_nothing() {
    let folder = TempDir::new().unwrap();
    let promises = [failures_of("unlock-api", None), never_pushed()];
    let (mut live, handle) = open(&folder, &promises, NOW_MS).await;
    settle(&mut live, NOW_MS).await;
    settle(&mut live, NOW_MS + 60_000).await;
    let looks = handle.health().counters.looks;
    assert!(looks >= 4, "{looks}");
    settle(&mut live, NOW_MS + 75_000).await;
    settle(&mut live, NOW_MS + 90_000).await;
    assert_eq!(handle.health().counters.looks, looks);
    settle(&mut live, NOW_MS + 120_000).await;
    assert!(handle.health().counters.looks > looks);
}

/// While history is to come, those are looked at whose history it is, and no others.
#[tokio::test]
async fn a_tick_while_history_comes_looks_at_those_it_is_of() {
    let folder = TempDir::new().unwrap();
    let promises = [failures_of("unlock-api", None), never_pushed()];
    let store = Store::open(folder.path()).await.unwrap();
    let mut options = LiveOptions::new(store, Arc::new(|| NOW_MS), Arc::new(|| Duration::ZERO));
    options.origins = Some(Origins::One(Arc::new(Silent)));
    options.in_force = in_force(&promises);
    let (mut live, handle) = Live::open(options).await;
    live.tick(NOW_MS).await;
    let looks = || handle.health().counters.looks;
    let before = looks();
    for tick in 1..=2 {
        live.tick(NOW_MS + tick * 15_000).await;
        assert_eq!(looks(), before + tick as u64);
    }
    let world = handle.world();
    let is_coming = |standing: &Arc<Standing>| standing.backfill.is_some();
    let coming: Vec<bool> = world.standings.iter().map(is_coming).collect();
    assert_eq!(coming, [true, false]);
}

#[tokio::test]
async fn what_was_measured_stands_when_others_come_while_the_store_is_away() {
    let folder = TempDir::new().unwrap();
    let mut sliced = failures_of("unlock-api", None);
    sliced.objective.method = Method::Timeslices {
        target: 0.99,
        width_minutes: 1,
    };
    let (mut live, handle) = open(&folder, std::slice::from_ref(&sliced), NOW_MS).await;
    settle(&mut live, NOW_MS).await;
    let before = handle.world().standings[0].measures.clone();
    assert!(before.figures.known_minutes > 0);

    // Its days are judged and not in memory any more; they cannot be had now.
    handle.store().clone().close().await;
    let other = failures_of("another-api", None);
    let changed = handle.documents(in_force(&[sliced, other]));
    let (changed, ()) = tokio::join!(changed, live.tick(NOW_MS));
    changed.unwrap();
    let world = handle.world();
    let standing = world.standings.iter().find(|s| s.slo.value.name == "slo-0");
    assert_eq!(standing.unwrap().measures, before);
}

#[tokio::test]
async fn a_loop_that_runs_carries_out_what_it_is_told() {
    let folder = TempDir::new().unwrap();
    let promises = [failures_of("unlock-api", None)];
    let key = promises[0].key.clone();
    let (mut live, handle) = open(&folder, &promises, NOW_MS).await;
    settle(&mut live, NOW_MS).await;
    let before = handle.world().standings[0].measures.clone();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(live.run(async {
        let _ = stopped.await;
    }));

    // Nobody speaks of it, and again somebody does: its minutes were not lost.
    handle.documents(in_force(&[])).await.unwrap();
    assert!(handle.world().standings.is_empty());
    handle.documents(in_force(&promises)).await.unwrap();
    assert_eq!(handle.world().standings[0].measures, before);

    // A closed minute that is wrong is read again.
    let minute = Minute::ended_by_ms(NOW_MS) - DAY_MINUTES;
    let right = held(&handle, &key, minute).await;
    count_wrong(&handle, &key, minute).await;
    assert_ne!(held(&handle, &key, minute).await, right);
    let writes = handle.health().counters.writes;
    let span = Span::ending_at(minute, 1);
    let refilled = handle.refill(vec![key.clone()], span, said("refill-1"));
    assert_eq!(refilled.await.unwrap(), 1);
    let mut changes = handle.changes();
    while handle.health().counters.writes == writes {
        tokio::time::timeout(Duration::from_millis(20), changes.changed())
            .await
            .ok();
    }
    assert_eq!(held(&handle, &key, minute).await, right);

    // It is deleted, and begins anew with what its source still knows.
    let kept = handle.health().counters.minutes_kept;
    let forgotten = handle.forget(vec![key], said("forget-1"));
    assert_eq!(forgotten.await.unwrap(), 2);
    let is_whole = |_: &u64| {
        let world = handle.world();
        let standing = &world.standings[0];
        standing.backfill.is_none() && standing.measures == before
    };
    let is_read_again =
        |version: &u64| handle.health().counters.minutes_kept > kept + 1_000 && is_whole(version);
    handle.changes().wait_for(is_read_again).await.unwrap();
    let again = handle.health().counters.minutes_kept - kept;
    assert!(again >= 28 * DAY_MINUTES as u64 - 2, "{again}");

    stop.send(()).unwrap();
    running.await.unwrap();
    assert!(
        handle.forget(Vec::new(), said("forget-2")).await.is_err(),
        "the loop has ended"
    );
}
