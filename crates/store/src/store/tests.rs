//! What only tests within the crate can bring about.

use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use tomoni_ledger::{Events, Fact, Minute, Span, SpanSet};
use tomoni_slo::Generation;

use super::*;
use crate::faults::Point;

async fn store_with(
    folder: &Path,
    set: impl FnOnce(SqliteConnectOptions) -> SqliteConnectOptions,
) -> Store {
    let (path, options) = sqlite::options(folder).expect("a folder");
    let place = Place::File(path);
    let connections = sqlite::connections(&place, set(options), Upkeep::Migrate).await;
    Store::over(place, Pool::Sqlite(connections.expect("connections")))
}

/// A minute each of so many ledgers.
fn keeps(ledgers: u128, at: i64) -> Vec<Keep> {
    let minute = Minute::from_index(at);
    let keep = |n| Keep {
        key: LedgerKey {
            generation: Generation::from_bits(n),
            threshold: None,
        },
        facts: vec![(minute, Fact::counted(Events::ZERO, Events::whole(at)))],
        settled: SpanSet::from_iter([Span::ending_at(minute, 1)]),
        closed: SpanSet::new(),
    };
    (0..ledgers).map(keep).collect()
}

async fn minutes(store: &Store) -> i64 {
    let known = store
        .known(&[keeps(1, 1)[0].key.clone()])
        .await
        .expect("known");
    known[0].settled.len()
}

#[tokio::test]
async fn a_full_disk_is_said_and_nothing_is_half() {
    let folder = tempfile::tempdir().expect("a folder");
    Store::open(folder.path())
        .await
        .expect("a store")
        .close()
        .await;
    let store = store_with(folder.path(), |o| o.pragma("max_page_count", "60")).await;
    let mut kept = 0;
    let error = loop {
        match store.keep(&keeps(500, kept + 1)).await {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::Full { .. }), "{error}");
    assert!(error.to_string().starts_with("the disk is full"), "{error}");
    assert_eq!(minutes(&store).await, kept);
    // With room again it goes on.
    store.close().await;
    let store = Store::open(folder.path()).await.expect("a store");
    store.keep(&keeps(500, kept + 1)).await.expect("kept");
    assert_eq!(minutes(&store).await, kept + 1);
}

#[tokio::test]
async fn another_writer_is_named_after_a_while() {
    let folder = tempfile::tempdir().expect("a folder");
    let soon = |o: SqliteConnectOptions| o.busy_timeout(Duration::from_millis(20));
    let store = store_with(folder.path(), soon).await;
    store.keep(&keeps(2, 1)).await.expect("kept");
    let other = store_with(folder.path(), soon).await;
    let writing = other.inner.database.write("test").await;
    let writing = writing.expect("a transaction");
    let error = store.keep(&keeps(2, 2)).await.expect_err("busy");
    assert!(matches!(error, StoreError::Busy { .. }), "{error}");
    assert!(
        error
            .to_string()
            .contains("another process has been writing"),
        "{error}"
    );
    // Readers do not wait, and opening neither.
    assert_eq!(minutes(&store).await, 1);
    assert_eq!(minutes(&store_with(folder.path(), soon).await).await, 1);
    drop(writing);
    store.keep(&keeps(2, 2)).await.expect("kept");
    assert_eq!(minutes(&store).await, 2);
}

#[tokio::test]
async fn a_call_can_be_killed_before_and_after_its_commit() {
    let folder = tempfile::tempdir().expect("a folder");
    for (point, at, kept) in [(Point::BeforeCommit, 1, 0), (Point::AfterCommit, 2, 1)] {
        let store = Store::open(folder.path()).await.expect("a store");
        store.set_faults(Some(Arc::new(move |call, here| {
            call == "keep" && here == point
        })));
        store.append(&[]).await.expect("not asked");
        let error = store.keep(&keeps(2, at)).await.expect_err("killed");
        assert!(matches!(error, StoreError::Killed { .. }), "{error}");
        drop(store);
        let store = Store::open(folder.path()).await.expect("a store");
        assert_eq!(minutes(&store).await, kept);
    }
}
