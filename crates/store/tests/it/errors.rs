//! What goes wrong is said clearly, and nothing wrong is ever answered.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tempfile::TempDir;
use tomoni_ledger::block::BlockError;
use tomoni_ledger::{DAY_MINUTES, Day, Span};
use tomoni_store::{DATABASE, Store, StoreError, Target};

use crate::support::{DAY, Model, harvest, key, temporary};

async fn raw(folder: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(folder.join(DATABASE));
    options
        .create_if_missing(true)
        .connect()
        .await
        .expect("a connection")
}

async fn change(folder: &Path, sql: &'static str) {
    let mut db = raw(folder).await;
    let done = sqlx::query(sql).execute(&mut db).await.expect(sql);
    assert!(
        done.rows_affected() > 0 || !sql.starts_with("UPDATE"),
        "{sql}"
    );
    db.close().await.expect("closed");
}

async fn said(folder: &Path) -> String {
    let error = Store::open(folder).await.expect_err("an error").to_string();
    error.replace(&*folder.to_string_lossy(), "FOLDER")
}

#[tokio::test]
async fn a_file_that_is_no_database() {
    let folder = TempDir::new().expect("a folder");
    for junk in [
        b"minutes: none\n".repeat(500),
        vec![0; 8_192],
        vec![0xff; 100],
    ] {
        fs::write(folder.path().join(DATABASE), junk).expect("written");
        assert_eq!(
            said(folder.path()).await,
            "FOLDER/tomoni.db is not an SQLite database; name another folder, or move the file away"
        );
    }
}

#[tokio::test]
async fn a_database_of_another_program() {
    let folder = TempDir::new().expect("a folder");
    change(folder.path(), "CREATE TABLE ledger (id INTEGER)").await;
    assert_eq!(
        said(folder.path()).await,
        "FOLDER/tomoni.db is a database of another program; name another folder for tomoni's data"
    );
}

#[tokio::test]
async fn a_newer_schema() {
    let (folder, store) = temporary().await;
    store.close().await;
    change(
        folder.path(),
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (7, 'later', TRUE, x'00', 1)",
    )
    .await;
    assert_eq!(
        said(folder.path()).await,
        "FOLDER/tomoni.db has schema 7, and this version of tomoni knows schemas up to 4; use the \
         version that wrote it, or a newer one"
    );
}

#[tokio::test]
async fn who_only_looks_changes_nothing() {
    let folder = TempDir::new().expect("a folder");
    let look = async || {
        let error = Store::look(Target::Folder(folder.path())).await;
        error.map(|_| ()).expect_err("an error")
    };
    let error = look().await;
    assert!(matches!(error, StoreError::CannotOpen { .. }), "{error}");
    assert!(!folder.path().join(DATABASE).exists());
    raw(folder.path()).await.close().await.expect("closed");
    assert!(matches!(look().await, StoreError::Nothing { .. }));
    let store = Store::open(folder.path()).await.expect("a store");
    store.close().await;
    change(
        folder.path(),
        "DELETE FROM _sqlx_migrations WHERE version >= 2",
    )
    .await;
    let error = look().await;
    assert!(
        matches!(error, StoreError::NotUpToDate { found: 1, .. }),
        "{error}"
    );
    let mut db = raw(folder.path()).await;
    let steps = sqlx::query_scalar("SELECT count(*) FROM _sqlx_migrations");
    assert_eq!(steps.fetch_one(&mut db).await.ok(), Some(1_i64));
}

#[tokio::test]
async fn a_file_where_the_folder_should_be() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("data");
    fs::write(&path, "").expect("written");
    let error = Store::open(&path).await.expect_err("an error");
    assert!(matches!(error, StoreError::Folder { .. }), "{error}");
    let begins = format!("cannot make the folder {}: ", path.display());
    assert!(error.to_string().starts_with(&begins), "{error}");
}

/// Two ledgers, three days of blocks and a tail.
async fn filled() -> (TempDir, Store, Model) {
    let (folder, store) = temporary().await;
    let mut model = Model::default();
    let old = Span::ending_at(DAY.last(), 3 * DAY_MINUTES);
    let new = Span::ending_at(DAY.last() - 9, 4);
    for keeps in [
        [harvest(1, old, 1), harvest(2, old, 2)],
        [harvest(1, new, 3), harvest(2, new, 4)],
    ] {
        store.keep(&keeps).await.expect("kept");
        model.keep(&keeps);
    }
    (folder, store, model)
}

#[tokio::test]
async fn a_damaged_block_is_named_and_the_rest_is_read() {
    let (folder, store, mut model) = filled().await;
    let mut db = raw(folder.path()).await;
    let sql = "SELECT block FROM block WHERE ledger = 2 AND day = 20599";
    let mut block: Vec<u8> = sqlx::query_scalar(sql).fetch_one(&mut db).await.expect(sql);
    block[100] ^= 1;
    let sql = "UPDATE block SET block = $1 WHERE ledger = 2 AND day = 20599";
    sqlx::query(sql)
        .bind(block)
        .execute(&mut db)
        .await
        .expect(sql);
    db.close().await.expect("closed");
    let days = |n, days: &[i64]| vec![(key(n), days.iter().map(|d| Day::from_index(*d)).collect())];
    let error = store
        .days(&days(2, &[20_598, 20_599]))
        .await
        .expect_err("damage");
    let StoreError::DamagedBlock {
        key: named,
        day,
        source,
        ..
    } = &error
    else {
        panic!("{error}");
    };
    let day = *day;
    assert_eq!((named, day.index()), (&key(2), 20_599));
    assert_eq!(*source, BlockError::BodyDamaged { day });
    let said = error.to_string();
    let begins = "2026-05-26 of the ledger 00000000000000000000000000000002 is damaged in ";
    assert!(
        said.starts_with(begins) && said.contains("the other days can be read"),
        "{said}"
    );
    for rest in [
        days(2, &[20_598, 20_600]),
        days(1, &[20_598, 20_599, 20_600]),
    ] {
        assert_eq!(store.days(&rest).await.expect("days"), model.days(&rest));
    }
    // What would have to be merged into it is refused as a whole; the whole day again mends it.
    let (part, whole) = (Span::ending_at(day.last(), 700), day.span());
    let keeps = [harvest(1, part, 8), harvest(2, part, 8)];
    let refused = store.keep(&keeps).await.expect_err("damage");
    assert!(
        matches!(refused, StoreError::DamagedBlock { .. }),
        "{refused}"
    );
    assert_eq!(
        store.known(&[key(1)]).await.expect("known"),
        [model.known(&key(1))]
    );
    let keeps = [harvest(2, whole, 9)];
    store.keep(&keeps).await.expect("kept");
    model.keep(&keeps);
    model.check(&store, &[key(1), key(2)]).await;
}

#[tokio::test]
async fn rows_that_are_not_what_was_written() {
    for (sql, what) in [
        (
            "UPDATE tail SET batch = substr(batch, 1, 20)",
            "batch 1 of the tail in FOLDER",
        ),
        (
            "UPDATE totals SET totals = x'0000000001' WHERE ledger = 1",
            "the day totals from 2026-04-01 on of ledger number 1 in FOLDER",
        ),
        (
            "UPDATE ledger SET closed = x'00' WHERE id = 1",
            "the closed spans of ledger 00000000000000000000000000000001 in FOLDER",
        ),
    ] {
        let (folder, store, _) = filled().await;
        change(folder.path(), sql).await;
        let error = store.known(&[key(1)]).await.expect_err(sql);
        assert!(matches!(error, StoreError::DamagedRow { .. }), "{error}");
        let said = error
            .to_string()
            .replace(&*folder.path().to_string_lossy(), "FOLDER");
        assert!(
            said.starts_with(what) && said.contains("restore it from a backup"),
            "{said}"
        );
    }
    // A block in another day's place is not that day.
    let (folder, store, _) = filled().await;
    let sql = "UPDATE block SET block = (SELECT block FROM block WHERE ledger = 1 AND day = 20598) \
               WHERE ledger = 1 AND day = 20599";
    change(folder.path(), sql).await;
    let wanted = [(key(1), vec![Day::from_index(20_599)])];
    let said = store
        .days(&wanted)
        .await
        .expect_err("another day")
        .to_string();
    assert!(
        said.contains("the block of 2026-05-26 is one of 2026-05-25"),
        "{said}"
    );
}

/// Wherever the file is cut: an error, or everything; never a part of it as if it were all.
#[tokio::test]
async fn a_truncated_database_never_answers_less() {
    let (folder, store, model) = filled().await;
    store.close().await;
    let path = folder.path().join(DATABASE);
    let whole = fs::read(&path).expect("read");
    let keys = [key(1), key(2)];
    let (mut refused, mut pages) = (0, 0);
    for len in (100..whole.len()).step_by(2_000) {
        let cut = TempDir::new().expect("a folder");
        fs::write(cut.path().join(DATABASE), &whole[..len]).expect("written");
        pages += 1;
        let answer = async {
            let store = Store::open(cut.path()).await?;
            let known = store.known(&keys).await?;
            let of = |days: &[(Day, _)]| days.iter().map(|(day, _)| *day).collect();
            let wanted: Vec<_> = known
                .iter()
                .map(|k| (k.key.clone(), of(&k.totals)))
                .collect();
            let days = store.days(&wanted).await?;
            Ok::<_, StoreError>((known, wanted, days))
        };
        match answer.await {
            Ok((known, wanted, days)) => {
                assert_eq!(known, [model.known(&keys[0]), model.known(&keys[1])]);
                assert_eq!(days, model.days(&wanted));
            }
            Err(StoreError::Damaged { .. } | StoreError::NotADatabase { .. }) => refused += 1,
            Err(other) => panic!("cut at {len}: {other}"),
        }
    }
    assert!(refused * 2 > pages, "{refused} of {pages}");
}

const READ_ONLY: &str = "TOMONI_TEST_OPEN";

/// Not a test of its own: opens a store as a user who may not write.
#[tokio::test]
#[ignore = "run by `folders_that_cannot_be_written` as another user"]
async fn somebody() {
    let folder = std::env::var_os(READ_ONLY).expect("run by another test");
    let error = Store::open(Path::new(&folder)).await.expect_err("an error");
    println!("said {error}");
}

fn as_somebody(test: &Path, folder: &Path) -> String {
    let mut command = Command::new(test);
    command.args(["--ignored", "--exact", "errors::somebody", "--nocapture"]);
    command.env(READ_ONLY, folder);
    // Permissions do not bind the superuser; "nobody" is bound.
    let is_root =
        fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0);
    if is_root {
        command.uid(65_534).gid(65_534);
    }
    let output = command.current_dir("/").output().expect("a child");
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = out
        .lines()
        .find_map(|line| line.split_once("said ").map(|(_, said)| said.to_owned()));
    let said = said.unwrap_or_else(|| panic!("{out}{}", String::from_utf8_lossy(&output.stderr)));
    said.replace(&*folder.to_string_lossy(), "FOLDER")
}

#[tokio::test]
async fn folders_that_cannot_be_written() {
    let place = TempDir::new().expect("a folder");
    let mode = |path: &PathBuf, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("permissions");
    };
    mode(&place.path().to_owned(), 0o755);
    let test = place.path().join("test");
    fs::copy(std::env::current_exe().expect("this test"), &test).expect("a copy");
    mode(&test, 0o755);

    let empty = place.path().join("empty");
    fs::create_dir(&empty).expect("a folder");
    mode(&empty, 0o555);
    let said = as_somebody(&test, &empty.join("data"));
    assert_eq!(
        said,
        "cannot make the folder FOLDER: Permission denied (os error 13)"
    );
    let said = as_somebody(&test, &empty);
    assert!(said.starts_with("cannot open FOLDER/tomoni.db: "), "{said}");
    assert!(
        said.ends_with("may this user write to the file and its folder?"),
        "{said}"
    );

    let (folder, store, _) = filled().await;
    store.close().await;
    let held = place.path().join("held");
    fs::create_dir(&held).expect("a folder");
    fs::copy(folder.path().join(DATABASE), held.join(DATABASE)).expect("a copy");
    mode(&held.join(DATABASE), 0o444);
    mode(&held, 0o555);
    let said = as_somebody(&test, &held);
    assert!(
        said.contains("FOLDER/tomoni.db") && said.contains("write to the file"),
        "{said}"
    );
    mode(&held, 0o755);
    mode(&empty, 0o755);
}
