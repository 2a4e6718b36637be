//! Backups, and the way back from them.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tempfile::TempDir;
use tomoni_ledger::{Minute, Span};
use tomoni_slo::LedgerKey;
use tomoni_store::{DATABASE, Pushed, Sizes, Store, StoreError, Target, restore};

use crate::groups::kept;
use crate::journal::draft;
use crate::pushes::{batch, push};
use crate::support::{DAY, POSTGRES, harvest, key};
use crate::upkeep::fill;

/// All that can be seen of a store.
async fn seen(store: &Store, keys: &[LedgerKey]) -> String {
    let known = store.known(keys).await.expect("known");
    let wanted: Vec<_> = known
        .iter()
        .map(|k| {
            (
                k.key.clone(),
                k.totals.iter().map(|(day, _)| *day).collect(),
            )
        })
        .collect();
    let days = store.days(&wanted).await.expect("days");
    let (journal, server) = (store.journal(0, 9_999).await, store.server().await);
    let (journal, server) = (journal.expect("read"), server.expect("read"));
    let of: Vec<_> = keys.iter().map(|key| key.generation).collect();
    let ever = Minute::from_index(i64::MIN);
    let groups = store.groups(&of, ever).await.expect("read");
    let sizes = store.sizes().await.expect("sizes");
    let sizes = Sizes { bytes: 0, ..sizes };
    format!("{known:?}{days:?}{journal:?}{server:?}{groups:?}{sizes:?}")
}

pub(crate) async fn a_backup_is_the_way_from_any_database_to_any(store: Store) {
    fill(&store).await;
    let keys: Vec<LedgerKey> = (0..4).map(key).collect();
    let many: Vec<_> = (1..600).map(|n| draft("a", n)).collect();
    store.append(&many).await.expect("appended");
    store.set_server("http://one").await.expect("written");
    let pushed = batch("one", &[(DAY.minute(9), 0, 1)]);
    push(&store, &pushed).await.expect("pushed");
    let many = kept((0..600).map(|n| (n % 4, n.to_string())));
    store.keep_groups(&many).await.expect("kept");
    let expected = seen(&store, &keys).await;

    let place = TempDir::new().expect("a folder");
    let file = place.path().join("backup.db");
    store.backup(&file).await.expect("a backup");
    let error = store.backup(&file).await.expect_err("there already");
    assert!(matches!(error, StoreError::Exists { .. }), "{error}");
    let files = std::fs::read_dir(place.path()).expect("a folder").count();
    assert_eq!(files, 1, "nothing else is left beside it");
    // What is written afterwards is not in it.
    store.append(&[draft("b", 1)]).await.expect("appended");

    let folder = place.path().join("restored");
    let mut restored = vec![Target::Folder(&folder)];
    let url;
    if tomoni_testkit::can_run("restoring", &["postgres", "initdb", "psql"]) {
        url = POSTGRES.database().expect("a database");
        restored.push(Target::Url(&url));
    }
    // What an earlier database left behind would be written into the restored one.
    for left in ["tomoni.db-wal", "tomoni.db-shm", "tomoni.db-journal"] {
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(left), b"a log").expect("written");
        let refused = restore(&file, Target::Folder(&folder)).await;
        let refused = refused.expect_err("something is there").to_string();
        assert!(refused.contains(left), "{refused}");
        assert!(!folder.join("tomoni.db").exists());
        std::fs::remove_file(folder.join(left)).expect("removed");
    }
    for target in restored {
        restore(&file, target).await.expect("restored");
        let again = restore(&file, target).await.expect_err("not empty");
        assert!(matches!(again, StoreError::NotEmpty { .. }), "{again}");
        let store = match target {
            Target::Folder(folder) => Store::open(folder).await,
            Target::Url(url) => Store::connect(url).await,
        };
        let store = store.expect("a store");
        assert_eq!(seen(&store, &keys).await, expected);
        assert_eq!(
            push(&store, &pushed).await.expect("pushed"),
            Pushed::Already
        );
        // It goes on where it was.
        let entries = store.append(&[draft("a", 600)]).await.expect("appended");
        assert_eq!(entries[0].seq, 600);
        let more = harvest(3, Span::ending_at(DAY.minute(700), 3), 1);
        store.keep(&[more]).await.expect("kept");
        store.close().await;
    }
}

#[tokio::test]
async fn a_damaged_backup_is_not_restored() {
    let place = TempDir::new().expect("a folder");
    let store = Store::open(&place.path().join("data"))
        .await
        .expect("a store");
    fill(&store).await;
    store.append(&[draft("a", 1)]).await.expect("appended");
    let file = place.path().join("backup.db");
    store.backup(&file).await.expect("a backup");
    let whole = std::fs::read(&file).expect("read");
    let target = place.path().join("restored");
    let mut refused = 0;
    // A bit anywhere: it is found out, or it lies where nothing is read. Nothing wrong is restored.
    let expected = seen(&store, &[key(0), key(1), key(2)]).await;
    for at in (0..whole.len()).step_by(whole.len() / 40) {
        let mut damaged = whole.clone();
        damaged[at] ^= 16;
        std::fs::write(&file, damaged).expect("written");
        match restore(&file, Target::Folder(&target)).await {
            Ok(()) => {
                let store = Store::open(&target).await.expect("a store");
                assert_eq!(
                    seen(&store, &[key(0), key(1), key(2)]).await,
                    expected,
                    "{at}"
                );
                store.close().await;
                std::fs::remove_dir_all(&target).expect("removed");
            }
            Err(_) => {
                refused += 1;
                assert!(!target.join(DATABASE).exists(), "{at}");
            }
        }
    }
    assert!(refused > 25, "{refused}");
}

/// What is said of a file that is to be restored, without its folder.
async fn said(file: &Path) -> String {
    let place = TempDir::new().expect("a folder");
    let target = place.path().join("restored");
    let error = restore(file, Target::Folder(&target)).await;
    assert!(!target.join(DATABASE).exists(), "nothing is restored");
    let folder = file.parent().expect("a folder").to_string_lossy();
    let said = error.expect_err("refused").to_string();
    said.replace(&*folder, "FOLDER")
}

#[tokio::test]
async fn what_is_no_backup_is_said_of_the_file() {
    let place = TempDir::new().expect("a folder");
    let file = place.path().join("backup.db");
    assert_eq!(
        said(&file).await,
        "cannot read the backup FOLDER/backup.db: No such file or directory (os error 2); nothing was \
         restored. Name a file that `tomoni backup` has written and that this user may read"
    );
    let is_no_backup = async |why: &str| {
        let expected = format!(
            "FOLDER/backup.db is not a backup of Tomoni: {why}; nothing was restored. Name a file \
             that `tomoni backup` has written"
        );
        assert_eq!(said(&file).await, expected);
    };
    std::fs::create_dir(&file).expect("a folder");
    is_no_backup("it is not a file").await;
    std::fs::remove_dir(&file).expect("removed");
    std::fs::write(&file, b"").expect("written");
    is_no_backup("there is nothing in it").await;
    std::fs::write(&file, b"not a database, but a file of some length").expect("written");
    is_no_backup("it is not an SQLite database").await;
    std::fs::remove_file(&file).expect("removed");
    change(&file, "CREATE TABLE ledger (id INTEGER)").await;
    is_no_backup("it is a database of another program").await;
}

async fn change(file: &Path, sql: &'static str) {
    let options = SqliteConnectOptions::new().filename(file);
    let connected = options.create_if_missing(true).connect().await;
    let mut db = connected.expect("a connection");
    sqlx::query(sql).execute(&mut db).await.expect(sql);
    db.close().await.expect("closed");
}

#[tokio::test]
async fn what_is_damaged_in_a_backup_is_said_of_the_file() {
    let place = TempDir::new().expect("a folder");
    let store = Store::open(&place.path().join("data")).await;
    let store = store.expect("a store");
    fill(&store).await;
    for (n, sql, what) in [
        (
            1,
            "UPDATE block SET block = substr(block, 1, 50) WHERE ledger = 2 AND day = 20599",
            "2026-05-26 of the ledger 00000000000000000000000000000001: ",
        ),
        (
            2,
            "UPDATE tail SET batch = substr(batch, 1, 20)",
            "batch 1 of the tail cannot be read: ",
        ),
        (
            3,
            "DROP TABLE journal",
            "error returned from database: (code: 1) no such table: journal",
        ),
    ] {
        let file = place.path().join(format!("{n}.db"));
        store.backup(&file).await.expect("a backup");
        change(&file, sql).await;
        let said = said(&file).await;
        let begins = format!("the backup FOLDER/{n}.db is damaged: {what}");
        assert!(said.starts_with(&begins), "{said}");
        let ends = "; nothing was restored. Use another backup";
        assert!(said.ends_with(ends), "{said}");
    }
}

#[tokio::test]
async fn nobody_serves_from_where_a_backup_goes() {
    tomoni_testkit::require!("postgres", "initdb", "psql");
    let place = TempDir::new().expect("a folder");
    let file = place.path().join("backup.db");
    let url = POSTGRES.database().expect("a database");
    // A backup of one server's database says nothing of who serves from the other.
    let store = Store::connect(&url).await.expect("a store");
    store.claim().await.expect("the right");
    store.append(&[draft("a", 1)]).await.expect("appended");
    store.backup(&file).await.expect("a backup");
    store.close().await;

    let url = POSTGRES.database().expect("a database");
    let server = Store::connect(&url).await.expect("a store");
    server.claim().await.expect("the right");
    let served = restore(&file, Target::Url(&url)).await;
    let served = served.expect_err("somebody serves");
    assert!(matches!(served, StoreError::Served { .. }), "{served}");
    // Its connection is cut, and what it has in memory is of an empty database.
    let end = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity \
               WHERE datname = current_database() AND application_name LIKE 'tomoni serve%'";
    assert_eq!(POSTGRES.sql(&url, end).expect("ended").trim(), "t");
    restore(&file, Target::Url(&url)).await.expect("restored");
    let error = server.probe(1).await.expect_err("overtaken");
    assert!(matches!(error, StoreError::Overtaken { .. }), "{error}");
    let next = Store::connect(&url).await.expect("a store");
    next.claim().await.expect("the right");
    assert_eq!(next.journal(0, 9).await.expect("read").len(), 1);
}

/// What the writer does in round `n`: a minute of three ledgers in one write, and then an entry.
async fn round(store: &Store, n: i64) {
    let minute = Span::ending_at(DAY.first() + n, 1);
    let keeps: Vec<_> = (10..13).map(|key| harvest(key, minute, 1)).collect();
    store.keep(&keeps).await.expect("kept");
    store.append(&[draft("a", n)]).await.expect("appended");
}

/// The state is of one instant, also between the tables: the ledger and the journal are of one round.
pub(crate) async fn a_backup_beside_a_writer_is_one_of_its_states(store: Store) {
    fill(&store).await;
    round(&store, 1).await;
    let done = Arc::new(AtomicI64::new(1));
    let (writer, count) = (store.clone(), Arc::clone(&done));
    let writing = tokio::spawn(async move {
        for n in 2.. {
            round(&writer, n).await;
            count.store(n, Ordering::SeqCst);
        }
    });
    let keys: Vec<LedgerKey> = (10..13).map(key).collect();
    let place = TempDir::new().expect("a folder");
    let mut beside = 0;
    for n in 0..40 {
        let file = place.path().join(format!("{n}.db"));
        let before = done.load(Ordering::SeqCst);
        store.backup(&file).await.expect("a backup");
        let after = done.load(Ordering::SeqCst);
        // Every block and row of it is checked.
        let folder = place.path().join(format!("{n}"));
        let restored = restore(&file, Target::Folder(&folder)).await;
        restored.expect("it is whole");
        let restored = Store::open(&folder).await.expect("a store");
        let known = restored.known(&keys).await.expect("known");
        let minutes = known[0].settled.len();
        assert!(known.iter().all(|k| k.settled == known[0].settled));
        let entries = restored.journal(0, 9_999).await.expect("read");
        restored.close().await;
        let rounds = entries.last().expect("an entry").said.version;
        assert_eq!(entries.len() as i64, rounds, "none is missing");
        assert!((before..=after + 1).contains(&rounds), "{rounds}");
        assert!([rounds, rounds + 1].contains(&minutes), "{minutes}");
        beside += i64::from(after > before);
        if beside == 3 {
            break;
        }
    }
    writing.abort();
    assert_eq!(beside, 3, "rounds were written while backups were taken");
}
