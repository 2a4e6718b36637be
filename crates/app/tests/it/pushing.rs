//! Batches over a real SQLite: each counts once, whatever happens in between.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tempfile::TempDir;
use tomoni_app::documents::Documents;
use tomoni_app::live::{Live, LiveOptions};
use tomoni_app::push::{Batch, Count, Done, OPEN_MINUTES, count, ledger};
use tomoni_app::register::{Register, Request};
use tomoni_app::status::{Filter, Sources, status};
use tomoni_ledger::{Events, Minute};
use tomoni_slo::{Generation, LedgerKey};
use tomoni_spec::{SourceFile, read};
use tomoni_store::Store;
use tomoni_store::faults::Point;
use tomoni_testkit::PUSHED;

use crate::support::NOW_MS;

const SLI: &str = "firmware";

fn key() -> LedgerKey {
    LedgerKey {
        generation: Generation::from_bits(7),
        threshold: None,
    }
}

fn batch(id: &str, minutes_ago: i64, bad: i64, total: i64) -> Batch {
    let count = Count {
        minute: Minute::ended_by_ms(NOW_MS) - minutes_ago,
        bad: Events::whole(bad),
        total: Events::whole(total),
    };
    Batch::new(id, vec![count]).unwrap()
}

/// What the ledger holds, by minutes ago.
async fn held(store: &Store) -> BTreeMap<i64, (f64, f64)> {
    let now = Minute::ended_by_ms(NOW_MS);
    let days = (0..=3).rev().map(|n| (now - n * 1_440).day()).collect();
    let read = store.days(&[(key(), days)]).await.unwrap();
    let facts = read.iter().flat_map(|(_, days)| days).flat_map(|day| {
        day.day()
            .span()
            .minutes()
            .zip(day.facts().iter().copied())
            .collect::<Vec<_>>()
    });
    let known = facts.filter_map(|(minute, fact)| {
        let counts = fact.counts?;
        Some((
            now.index() - minute.index(),
            (counts.bad.as_f64(), counts.total.as_f64()),
        ))
    });
    known.collect()
}

#[tokio::test]
async fn a_batch_counts_once_and_batches_add_up() {
    let folder = TempDir::new().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    let both = [batch("1", 5, 1, 20), batch("2", 5, 2, 10)];
    let first = count(&store, &key(), SLI, &both, NOW_MS).await;
    assert!(first.refused.is_none(), "{:?}", first.refused);
    let done: Vec<Done> = first.outcomes.iter().map(|o| o.outcome).collect();
    assert_eq!(done, [Done::Counted, Done::Counted]);
    assert_eq!(
        first.outcomes[1].facts[0].1.counts.unwrap().total,
        Events::whole(30)
    );
    let again = count(&store, &key(), SLI, &both, NOW_MS + 1).await;
    let done: Vec<Done> = again.outcomes.iter().map(|o| o.outcome).collect();
    assert_eq!(done, [Done::AlreadyCounted, Done::AlreadyCounted]);
    assert_eq!(held(&store).await, BTreeMap::from([(5, (3.0, 30.0))]));

    // The same id for other counts; what came before it is counted.
    let other = [
        batch("3", 6, 0, 1),
        batch("1", 5, 1, 21),
        batch("4", 6, 0, 1),
    ];
    let refused = count(&store, &key(), SLI, &other, NOW_MS).await;
    assert_eq!(refused.outcomes.len(), 1);
    assert_eq!(refused.refused.unwrap().code(), "push/conflict");
    assert_eq!(held(&store).await[&6], (0.0, 1.0));
}

#[tokio::test]
async fn closed_minutes_change_no_more_but_may_be_told_again() {
    let folder = TempDir::new().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    let late = [batch("1", OPEN_MINUTES - 1, 0, 1)];
    let later_ms = NOW_MS + 120_000;
    let mixed = [batch("0", 5, 0, 1), late[0].clone()];
    let refused = count(&store, &key(), SLI, &mixed, later_ms).await;
    assert!(refused.outcomes.is_empty(), "nothing is counted");
    assert_eq!(refused.refused.unwrap().code(), "push/closed");
    assert_eq!(
        count(&store, &key(), SLI, &late, NOW_MS)
            .await
            .outcomes
            .len(),
        1
    );
    let again = count(&store, &key(), SLI, &late, later_ms).await;
    assert_eq!(again.outcomes[0].outcome, Done::AlreadyCounted);
    let changed = [batch("1", OPEN_MINUTES - 1, 1, 1)];
    let refused = count(&store, &key(), SLI, &changed, later_ms).await;
    assert_eq!(refused.refused.unwrap().code(), "push/closed");
}

#[tokio::test]
async fn a_process_that_dies_loses_nothing_and_counts_nothing_twice() {
    for point in [Point::BeforeCommit, Point::AfterCommit] {
        let folder = TempDir::new().unwrap();
        for n in 0..20 {
            let batch = [batch(&n.to_string(), n % 3, 1, 2)];
            let store = Store::open(folder.path()).await.unwrap();
            let is_armed = AtomicBool::new(true);
            store.set_faults(Some(Arc::new(move |_, at| {
                at == point && is_armed.swap(false, Ordering::Relaxed)
            })));
            let killed = count(&store, &key(), SLI, &batch, NOW_MS).await;
            assert_eq!(killed.refused.unwrap().code(), "push/store");
            store.close().await;
            // Whoever heard no answer sends it again.
            let store = Store::open(folder.path()).await.unwrap();
            let told = count(&store, &key(), SLI, &batch, NOW_MS).await;
            assert!(told.refused.is_none());
            store.close().await;
        }
        let store = Store::open(folder.path()).await.unwrap();
        let wanted = BTreeMap::from([(0, (7.0, 14.0)), (1, (7.0, 14.0)), (2, (6.0, 12.0))]);
        assert_eq!(held(&store).await, wanted, "{point:?}");
    }
}

#[test]
fn a_name_leads_to_its_ledger() {
    let catalog = read(&[SourceFile {
        name: "a.yaml".into(),
        bytes: PUSHED.as_bytes().to_vec(),
    }]);
    let key = ledger(&catalog, SLI).unwrap();
    assert_eq!(key, catalog.slos[0].value.promises[0].key);
    let error = ledger(&catalog, "fimware").unwrap_err();
    assert!(error.to_string().contains(": is it `firmware`?"), "{error}");
}

#[tokio::test]
async fn what_is_applied_and_pushed_is_on_the_picture_and_stays_there() {
    let folder = TempDir::new().unwrap();
    let open = async || {
        let store = Store::open(folder.path()).await.unwrap();
        let register = Register::open(store.clone(), NOW_MS).await.unwrap();
        let clock = Arc::new(|| NOW_MS);
        let mut options = LiveOptions::new(store, clock, Arc::new(|| Duration::ZERO));
        options.in_force = register.in_force().await.into();
        (register, Live::open(options).await)
    };
    let (register, (live, handle)) = open().await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(live.run(async {
        let _ = stopped.await;
    }));
    let unknown = handle.push(SLI, vec![batch("1", 5, 1, 20)]).await.unwrap();
    assert_eq!(unknown.refused.unwrap().code(), "push/unknown-sli");

    let request = Request {
        origin: "api".to_owned(),
        ..Request::of_text("stdin", PUSHED).unwrap()
    };
    register.apply(&request, NOW_MS).await.unwrap();
    handle
        .documents(register.in_force().await.into())
        .await
        .unwrap();
    let counted = handle
        .push(SLI, vec![batch("1", 5, 1, 20), batch("2", 6, 0, 20)])
        .await
        .unwrap();
    assert!(counted.refused.is_none());
    let world = handle.world();
    let figures = &world.standings[0].measures.figures;
    assert_eq!(
        (figures.bad, figures.total),
        (Events::whole(1), Events::whole(40))
    );
    assert_eq!(figures.known_minutes, 2);
    let again = handle.push(SLI, vec![batch("1", 5, 1, 20)]).await.unwrap();
    assert_eq!(again.outcomes[0].outcome, Done::AlreadyCounted);
    stop.send(()).unwrap();
    running.await.unwrap();

    let (_, (_, restarted)) = open().await;
    let figures = restarted.world().standings[0].measures.figures.clone();
    assert_eq!(
        (figures.bad, figures.total),
        (Events::whole(1), Events::whole(40))
    );

    // Who asks the store alone is told the same.
    let documents = Documents {
        files: Vec::new(),
        catalog: read(&[SourceFile {
            name: "a.yaml".into(),
            bytes: PUSHED.as_bytes().to_vec(),
        }]),
    };
    let sources = Sources {
        documents: &documents,
        servers: None,
        store: Some(restarted.store()),
        at_ms: NOW_MS,
        now_ms: NOW_MS,
        on_progress: Arc::new(|_| {}),
    };
    let report = status(&sources, Filter::default()).await.unwrap();
    let total = report.slos[0].total.map(|count| count.0);
    assert_eq!(total, Some(Events::whole(40)));
}

#[tokio::test]
async fn an_outage_ends_by_itself_where_nothing_is_read_that_would_show_it() {
    let folder = TempDir::new().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    let documents = read(&[SourceFile {
        name: "a.yaml".into(),
        bytes: PUSHED.as_bytes().to_vec(),
    }]);
    let mut options = LiveOptions::new(
        store.clone(),
        Arc::new(|| NOW_MS),
        Arc::new(|| Duration::ZERO),
    );
    options.in_force.catalog = Arc::new(documents);
    let (mut live, handle) = Live::open(options).await;
    let is_away = Arc::new(AtomicBool::new(true));
    let away = Arc::clone(&is_away);
    store.set_faults(Some(Arc::new(move |_, at| {
        at == Point::BeforeCommit && away.load(Ordering::SeqCst)
    })));
    let first = vec![batch("1", 5, 1, 20)];
    let (refused, ()) = tokio::join!(handle.push(SLI, first.clone()), live.tick(NOW_MS));
    assert_eq!(refused.unwrap().refused.unwrap().code(), "push/store");
    assert!(handle.health().database.is_some());
    // It can be read, but not written.
    live.tick(NOW_MS + 15_000).await;
    assert!(handle.health().database.is_some());
    is_away.store(false, Ordering::SeqCst);
    live.tick(NOW_MS + 30_000).await;
    assert_eq!(handle.health().database, None);
    let (told, ()) = tokio::join!(handle.push(SLI, first), live.tick(NOW_MS + 45_000));
    assert_eq!(told.unwrap().outcomes[0].outcome, Done::Counted);

    // A minute that is too full is the sender's matter.
    let full = Count {
        minute: Minute::ended_by_ms(NOW_MS) - 5,
        bad: Events::ZERO,
        total: Events::MINUTE_MAX,
    };
    let full = vec![Batch::new("2", vec![full]).unwrap()];
    let (refused, ()) = tokio::join!(handle.push(SLI, full), live.tick(NOW_MS + 60_000));
    assert_eq!(refused.unwrap().refused.unwrap().code(), "push/store");
    assert_eq!(handle.health().database, None);
}

#[tokio::test]
async fn a_batch_whose_answer_was_lost_is_shown_once_it_is_sent_again() {
    let folder = TempDir::new().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    let mut options = LiveOptions::new(
        store.clone(),
        Arc::new(|| NOW_MS),
        Arc::new(|| Duration::ZERO),
    );
    options.in_force.catalog = Arc::new(read(&[SourceFile {
        name: "a.yaml".into(),
        bytes: PUSHED.as_bytes().to_vec(),
    }]));
    let (mut live, handle) = Live::open(options).await;
    let shown = || handle.world().standings[0].measures.figures.total;
    let first = vec![batch("1", 5, 1, 20)];
    let (told, ()) = tokio::join!(handle.push(SLI, first), live.tick(NOW_MS));
    assert_eq!(told.unwrap().outcomes[0].outcome, Done::Counted);
    assert_eq!(shown(), Events::whole(20));

    // It is counted, and nobody hears of it.
    store.set_faults(Some(Arc::new(|call, at| {
        call == "push" && at == Point::AfterCommit
    })));
    let second = vec![batch("2", 4, 0, 30)];
    let (lost, ()) = tokio::join!(handle.push(SLI, second.clone()), live.tick(NOW_MS + 15_000));
    assert_eq!(lost.unwrap().refused.unwrap().code(), "push/store");
    store.set_faults(None);
    let (told, ()) = tokio::join!(handle.push(SLI, second), live.tick(NOW_MS + 30_000));
    assert_eq!(told.unwrap().outcomes[0].outcome, Done::AlreadyCounted);
    assert_eq!(shown(), Events::whole(50));
}
