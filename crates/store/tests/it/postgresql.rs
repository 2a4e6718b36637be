//! What goes wrong with a PostgreSQL is said clearly, and passes when it passes.

use std::process::Command;
use std::sync::Arc;

use tokio::task::JoinSet;
use tomoni_engine::Keep;
use tomoni_ledger::{DAY_MINUTES, Span};
use tomoni_slo::LedgerKey;
use tomoni_store::{Store, StoreError, Target};
use tomoni_testkit::Postgres;

use crate::support::{DAY, Model, POSTGRES, harvest, key};

/// A database of its own, with its address.
fn database() -> String {
    POSTGRES.database().expect("a database")
}

fn sql(url: &str, statement: &str) -> String {
    POSTGRES.sql(url, statement).expect(statement)
}

async fn said(url: &str) -> (StoreError, String) {
    let error = Store::connect(url).await.expect_err("an error");
    let text = error.to_string();
    assert!(!text.contains("between"), "the password: {text}");
    (error, text)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_new_database_can_be_opened_by_many_at_once() {
    tomoni_testkit::require!("postgres", "initdb", "psql");
    let url = database();
    let mut opening = JoinSet::new();
    for _ in 0..8 {
        let url = url.clone();
        opening.spawn(async move { Store::connect(&url).await });
    }
    for store in opening.join_all().await {
        store.expect("a store").close().await;
    }
}

fn span(writer: i64, n: i64) -> Span {
    let len = if n % 4 == 3 { DAY_MINUTES / 3 } else { 2 };
    Span::ending_at(DAY.first() + 700 * writer + 20 * n, len)
}

fn keeps(writer: i64, n: i64) -> Vec<Keep> {
    let first = (writer as u128 % 3) * 2;
    let ledgers = first..first + 4;
    ledgers
        .map(|ledger| harvest(ledger, span(writer, n), ledger as u64))
        .collect()
}

/// Four processes' worth of writers, two of them on the same ledgers, and readers that never see
/// half a batch. The tail is folded meanwhile: with a state from before the lock, what others wrote
/// would be undone.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_never_undo_each_other() {
    tomoni_testkit::require!("postgres", "initdb", "psql");
    let url = database();
    let keys: Vec<LedgerKey> = (0..8).map(key).collect();
    let mut model = Model::default();
    let mut writing = JoinSet::new();
    for writer in 0..4 {
        for n in 0..12 {
            model.keep(&keeps(writer, n));
        }
        let url = url.clone();
        writing.spawn(async move {
            let store = Store::connect(&url).await.expect("a store");
            for n in 0..12 {
                let keeps = keeps(writer, n);
                store.keep(&keeps).await.expect("kept");
                let ends = [keeps[0].key.clone(), keeps[3].key.clone()];
                for known in store.known(&ends).await.expect("known") {
                    let minutes = span(writer, n).minutes();
                    assert!({ minutes }.all(|minute| known.settled.contains(minute)));
                }
            }
            store.close().await;
        });
    }
    writing.join_all().await;
    let store = Store::connect(&url).await.expect("a store");
    model.check(&store, &keys).await;
}

/// The server ends all of its processes when one of them was killed, and begins anew.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_writing_process_of_the_server_may_be_killed() {
    tomoni_testkit::require!("postgres", "initdb", "psql");
    let postgres = Postgres::start().expect("a PostgreSQL");
    let url = postgres.database().expect("a database");
    let store = Store::connect(&url).await.expect("a store");
    store.claim().await.expect("the right");
    let writer = "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'tomoni serve%'";
    let keep = |n: i64| [harvest(1, Span::ending_at(DAY.first() + 3 * n, 3), 1)];
    let mut model = Model::default();
    let mut n = 0;
    for _ in 0..3 {
        let pid = postgres.sql(&url, writer).expect("asked");
        let killing = std::thread::spawn(move || {
            let killed = Command::new("kill").args(["-KILL", pid.trim()]).status();
            assert!(killed.expect("a kill").success());
        });
        let error = loop {
            n += 1;
            match store.keep(&keep(n)).await {
                Ok(()) => model.keep(&keep(n)),
                Err(error) => break error,
            }
        };
        killing.join().expect("killed");
        assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
        // What was under way was acknowledged to nobody: it is written again until it is taken.
        while let Err(error) = store.keep(&keep(n)).await {
            assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
        }
        model.keep(&keep(n));
        model.check(&store, &[key(1)]).await;
    }
}

#[tokio::test]
async fn who_only_looks_changes_nothing() {
    tomoni_testkit::require!("postgres", "initdb", "psql");
    let url = database();
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
    let look = async || Store::look(Target::Url(&url)).await;
    let error = look().await.expect_err("nothing");
    assert!(matches!(error, StoreError::Nothing { .. }), "{error}");
    assert_eq!(sql(&url, tables).trim(), "0");
    Store::connect(&url).await.expect("a store").close().await;
    look().await.expect("a store").close().await;
    sql(
        &url,
        "DELETE FROM _sqlx_migrations WHERE version >= 2; \
         DROP TABLE push, journal, slo_group, slo_grouping",
    );
    let error = look().await.expect_err("an older schema");
    assert!(
        matches!(error, StoreError::NotUpToDate { found: 1, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("has schema 1"), "{error}");
    let found = sql(&url, "SELECT max(version) FROM _sqlx_migrations");
    assert_eq!(found.trim(), "1");
}

#[tokio::test]
async fn who_may_not_is_told() {
    tomoni_testkit::require!("postgres", "initdb", "psql");
    let url = database();
    let (error, text) = said(&url.replace("between%20us", "between%20them")).await;
    assert!(matches!(error, StoreError::CannotOpen { .. }), "{error}");
    assert!(text.contains("is the password right"), "{text}");
    let (error, text) = said(&url.replace("/test_", "/no_")).await;
    assert!(matches!(error, StoreError::CannotOpen { .. }), "{error}");
    assert!(text.contains("does not exist"), "{text}");
    for (url, why) in [
        ("mysql://ann:between@127.0.0.1/x", "it begins with neither"),
        ("postgres://ann:between@127.0.0.1:port/x", "invalid port"),
    ] {
        let (error, text) = said(url).await;
        assert!(matches!(error, StoreError::Address { .. }), "{error}");
        assert!(text.contains(why) && text.contains("write it as"), "{text}");
    }
}

#[tokio::test]
async fn tables_of_others_and_of_newer_versions_are_left_alone() {
    tomoni_testkit::require!("postgres", "initdb", "psql");
    let url = database();
    sql(&url, "CREATE TABLE ledger (account TEXT)");
    let (error, _) = said(&url).await;
    assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
    let url = database();
    sql(&url, "CREATE TABLE accounts (account TEXT)");
    Store::connect(&url)
        .await
        .expect("beside others")
        .close()
        .await;
    sql(
        &url,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (7, 'later', TRUE, '', 1)",
    );
    let (error, text) = said(&url).await;
    assert!(
        matches!(error, StoreError::Newer { found: 7, .. }),
        "{error}"
    );
    assert!(text.contains("has schema 7"), "{text}");
    let url = database();
    let name = url.rsplit('/').next().expect("a name");
    sql("postgres", "SELECT 1");
    let latin = format!("{name}_latin");
    let made = "ENCODING 'LATIN1' TEMPLATE template0";
    sql("postgres", &format!("CREATE DATABASE {latin} {made}"));
    let (error, text) = said(&url.replace(name, &latin)).await;
    assert!(matches!(error, StoreError::Encoding { .. }), "{error}");
    assert!(text.contains("LATIN1"), "{text}");
}

/// A full disk and a damaged page are raised by a trigger here: the codes are the server's own.
#[tokio::test]
async fn a_full_disk_and_a_read_only_server_are_said_and_pass() {
    tomoni_testkit::require!("postgres", "initdb", "psql");
    let url = database();
    let store = Store::connect(&url).await.expect("a store");
    let keep = |at| [harvest(1, Span::ending_at(DAY.minute(at), 3), 1)];
    store.keep(&keep(9)).await.expect("kept");
    for (code, is) in [
        (
            "53100",
            (|e| matches!(e, StoreError::Full { .. })) as fn(&StoreError) -> bool,
        ),
        ("XX001", |e| matches!(e, StoreError::Damaged { .. })),
        ("57014", |e| matches!(e, StoreError::Unavailable { .. })),
        ("40001", |e| matches!(e, StoreError::Busy { .. })),
    ] {
        let body = format!("BEGIN RAISE EXCEPTION 'as asked' USING ERRCODE = '{code}'; END");
        sql(
            &url,
            &format!(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $${body}$$; \
                 CREATE TRIGGER refuse BEFORE INSERT ON tail EXECUTE FUNCTION refuse()"
            ),
        );
        let error = store.keep(&keep(20)).await.expect_err(code);
        assert!(is(&error), "{code}: {error}");
        sql(&url, "DROP FUNCTION refuse CASCADE");
    }
    let name = url.rsplit('/').next().expect("a name");
    let read_only = |on| {
        let set = format!("ALTER DATABASE {name} SET default_transaction_read_only = {on}");
        sql("postgres", &set);
    };
    read_only("on");
    let standby = Store::connect(&url).await.expect("to read");
    let error = standby.keep(&keep(20)).await.expect_err("read only");
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
    assert!(error.is_transient());
    assert_eq!(
        standby.known(&[key(1)]).await.expect("read")[0]
            .settled
            .len(),
        3
    );
    read_only("off");
    store.keep(&keep(9)).await.expect("kept");
}

#[tokio::test]
async fn another_writer_is_named_after_a_while() {
    tomoni_testkit::require!("postgres", "initdb", "psql");
    let url = database();
    let store = Store::connect(&url).await.expect("a store");
    let held = url.clone();
    let holding = std::thread::spawn(move || {
        sql(
            &held,
            "BEGIN; SELECT pg_advisory_xact_lock(1953459567), pg_sleep(8)",
        )
    });
    let looks = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database \
                 WHERE locktype = 'advisory' AND granted AND datname = current_database()";
    while sql(&url, looks).trim() == "0" {}
    let keep = [harvest(1, Span::ending_at(DAY.minute(9), 3), 1)];
    let error = store.keep(&keep).await.expect_err("busy");
    assert!(matches!(error, StoreError::Busy { .. }), "{error}");
    assert_eq!(store.known(&[key(1)]).await.expect("read")[0].totals, []);
    holding.join().expect("held");
    store.keep(&keep).await.expect("kept");
}

/// A server of its own, which vanishes in the middle of writing and comes back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_vanishes_is_said_and_used_again() {
    tomoni_testkit::require!("postgres", "initdb", "psql");
    vanishing(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_serves_from_a_server_that_vanishes_goes_on() {
    tomoni_testkit::require!("postgres", "initdb", "psql");
    vanishing(true).await;
}

async fn vanishing(is_claimed: bool) {
    let mut postgres = Postgres::start().expect("a PostgreSQL");
    let url = postgres.database().expect("a database");
    let store = Store::connect(&url).await.expect("a store");
    if is_claimed {
        store.claim().await.expect("the right");
    }
    let keys = [key(1)];
    let keep = |n: usize| {
        [harvest(
            1,
            Span::ending_at(DAY.first() + 3 * n as i64, 3),
            1,
        )]
    };
    let mut model = Model::default();
    for round in 0..3 {
        let writing = Arc::new(store.clone());
        let begun = tokio::sync::Notify::new();
        let begun = Arc::new(begun);
        let (tell, from) = (Arc::clone(&begun), round * 10_000);
        let writer = tokio::spawn(async move {
            let mut kept = Vec::new();
            for n in from.. {
                match writing.keep(&keep(n)).await {
                    Ok(()) => kept.push(n),
                    Err(error) => return (kept, n, error),
                }
                if kept.len() == 20 {
                    tell.notify_one();
                }
            }
            unreachable!("it ends with an error")
        });
        begun.notified().await;
        postgres.vanish();
        let (kept, failed, error) = writer.await.expect("an end");
        assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
        let text = error.to_string();
        assert!(
            text.contains("is the server running") && !text.contains("between"),
            "{text}"
        );
        let error = store.known(&keys).await.expect_err("gone");
        assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
        let (_, text) = said(&url).await;
        assert!(text.contains("refused"), "{text}");
        postgres.come_back().expect("back");
        for n in kept {
            model.keep(&keep(n));
        }
        // What was acknowledged is there; what was under way is there as a whole or not at all.
        let known = store.known(&keys).await.expect("known");
        if known[0] != model.known(&keys[0]) {
            model.keep(&keep(failed));
        }
        model.check(&store, &keys).await;
        store.keep(&keep(failed)).await.expect("kept");
        model.keep(&keep(failed));
        model.check(&store, &keys).await;
    }
}
