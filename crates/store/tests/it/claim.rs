//! One server serves from a PostgreSQL database, whatever happens to its connection.

use tomoni_ledger::Span;
use tomoni_store::{Store, StoreError};

use crate::journal::draft;
use crate::support::{DAY, POSTGRES, harvest, key};

/// Whose connection writes.
const WRITERS: &str = "SELECT pid FROM pg_stat_activity \
                       WHERE datname = current_database() AND application_name LIKE 'tomoni serve%'";

fn database() -> String {
    POSTGRES.database().expect("a database")
}

async fn claimed(url: &str) -> Store {
    let store = Store::connect(url).await.expect("a store");
    store.claim().await.expect("the right");
    store
}

async fn refused(url: &str) -> StoreError {
    let store = Store::connect(url).await.expect("a store");
    store.claim().await.expect_err("refused")
}

async fn keep(store: &Store, at: usize) -> Result<(), StoreError> {
    let span = Span::ending_at(DAY.minute(at), 1);
    store.keep(&[harvest(1, span, 1)]).await
}

async fn minutes(store: &Store) -> i64 {
    store.known(&[key(1)]).await.expect("known")[0]
        .settled
        .len()
}

/// The connection that has the right is ended from outside.
fn cut(url: &str) {
    let end = WRITERS.replace("SELECT pid", "SELECT pg_terminate_backend(pid, 5000)");
    let ended = POSTGRES.sql(url, &end).expect("ended");
    assert_eq!(ended.trim(), "t", "one connection writes");
}

#[tokio::test]
async fn a_second_server_is_refused_until_the_first_has_gone() {
    tomoni_testkit::require!("postgres", "initdb", "psql");
    let url = database();
    let first = claimed(&url).await;
    first.claim().await.expect("it has the right already");
    keep(&first, 1).await.expect("kept");
    let error = refused(&url).await;
    assert!(matches!(error, StoreError::Served { .. }), "{error}");
    let text = error.to_string();
    let me = format!(
        "(tomoni serve, process {}, from 127.0.0.1, since ",
        std::process::id()
    );
    assert!(text.contains(&me), "{text}");
    assert!(text.contains("stop it, or name another database"), "{text}");
    // What does not serve may read beside it, and take a backup.
    let beside = Store::connect(&url).await.expect("a store");
    assert_eq!(minutes(&beside).await, 1);
    first.close().await;
    claimed(&url).await.close().await;
}

#[tokio::test]
async fn another_schema_is_another_database() {
    tomoni_testkit::require!("postgres", "initdb", "psql");
    let url = database();
    let first = claimed(&url).await;
    keep(&first, 1).await.expect("kept");
    // Also names that must be quoted, of which one is another's but for a capital.
    for (name, encoded) in [
        ("other", "other"),
        ("Other", "Other"),
        ("a.b\"c", "a.b%22%22c"),
    ] {
        let quoted = name.replace('"', "\"\"");
        let make = format!("CREATE SCHEMA \"{quoted}\"");
        POSTGRES.sql(&url, &make).expect("made");
        let other = format!("{url}?options=-c%20search_path%3D%22{encoded}%22");
        let second = claimed(&other).await;
        keep(&second, 2).await.expect("kept");
        assert_eq!((minutes(&first).await, minutes(&second).await), (1, 1));
        assert!(matches!(refused(&other).await, StoreError::Served { .. }));
    }
}

#[tokio::test]
async fn a_write_that_is_refused_does_not_end_the_right() {
    tomoni_testkit::require!("postgres", "initdb", "psql");
    let url = database();
    let store = claimed(&url).await;
    store.append(&[draft("a", 1)]).await.expect("written");
    let writer = POSTGRES.sql(&url, WRITERS).expect("asked");
    for _ in 0..3 {
        let error = store
            .append(&[draft("a", 1)])
            .await
            .expect_err("a conflict");
        assert!(matches!(error, StoreError::Conflict(_)), "{error}");
        assert!(matches!(refused(&url).await, StoreError::Served { .. }));
    }
    keep(&store, 1).await.expect("kept");
    let same = POSTGRES.sql(&url, WRITERS).expect("asked");
    assert_eq!(same, writer, "the connection is the same");
}

#[tokio::test]
async fn the_right_is_taken_again_unless_another_has_written() {
    tomoni_testkit::require!("postgres", "initdb", "psql");
    let url = database();
    let first = claimed(&url).await;
    keep(&first, 1).await.expect("kept");
    cut(&url);
    keep(&first, 2).await.expect("kept over a new connection");
    assert!(matches!(refused(&url).await, StoreError::Served { .. }));

    // Another one has taken it meanwhile: it writes, and the first one does not.
    cut(&url);
    let second = claimed(&url).await;
    let error = keep(&first, 3).await.expect_err("served by another");
    assert!(matches!(error, StoreError::Served { .. }), "{error}");
    assert!(error.is_transient());
    // That one ends and has written nothing.
    second.close().await;
    keep(&first, 3).await.expect("nobody was there");

    cut(&url);
    let second = claimed(&url).await;
    keep(&second, 4).await.expect("kept");
    second.close().await;
    for _ in 0..2 {
        let error = keep(&first, 5).await.expect_err("overtaken");
        assert!(matches!(error, StoreError::Overtaken { .. }), "{error}");
        assert!(!error.is_transient());
    }
    assert_eq!(minutes(&first).await, 4, "it may still be read");
    claimed(&url).await.close().await;
}
