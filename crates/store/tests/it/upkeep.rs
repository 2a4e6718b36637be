//! Dropping, measuring, backing up: every case over an empty store.

use tempfile::TempDir;
use tomoni_engine::Keep;
use tomoni_ledger::{DAY_MINUTES, Day, Span};
use tomoni_slo::LedgerKey;
use tomoni_store::{Pushed, Retained, Sizes, Store, StoreError, Target, restore};

use crate::journal::draft;
use crate::pushes::{batch, push};
use crate::support::{DAY, Model, POSTGRES, harvest, key};

/// Three ledgers with days of blocks and a tail.
async fn fill(store: &Store) -> Model {
    let mut model = Model::default();
    let days = Span::ending_at(DAY.minute(600), 70 * DAY_MINUTES);
    let tick = Span::ending_at(DAY.minute(602), 4);
    for span in [days, tick] {
        let keeps: Vec<Keep> = (0..3).map(|n| harvest(n, span, n as u64)).collect();
        store.keep(&keeps).await.expect("kept");
        model.keep(&keeps);
    }
    model
}

pub(crate) async fn old_days_are_dropped_and_not_read_again(store: Store) {
    fill(&store).await;
    let keys = [key(0), key(1), key(2)];
    let before = store.known(&keys).await.expect("known");
    let since = Day::from_index(DAY.index() - 3);
    let all: Vec<Day> = before[0].totals.iter().map(|(day, _)| *day).collect();
    let wanted: Vec<_> = keys.iter().map(|key| (key.clone(), all.clone())).collect();
    let mut rest = store.days(&wanted).await.expect("days");
    for (_, days) in &mut rest {
        days.retain(|day| day.day() >= since);
    }
    let retained = store.retain(since).await.expect("retained");
    let dropped = 3 * all.iter().filter(|day| **day < since).count() as u64;
    assert_eq!(
        retained,
        Retained {
            days: dropped,
            is_more: false
        }
    );
    assert!(dropped > 3 * 64, "{dropped}");
    let known = store.known(&keys).await.expect("known");
    for (now, then) in known.iter().zip(&before) {
        assert_eq!(now.settled, then.settled);
        let old = Span::new(now.settled.spans()[0].after, since.first());
        assert!(now.closed.gaps(old).len() <= 1, "{:?}", now.closed);
        let kept = then.totals.iter().filter(|(day, _)| *day >= since);
        assert_eq!(now.totals, kept.copied().collect::<Vec<_>>());
    }
    assert_eq!(store.days(&wanted).await.expect("days"), rest);
    assert_eq!(
        store.retain(since).await.expect("retained"),
        Retained::default()
    );
    // What arrives for a dropped day is dropped again, from the tail, too.
    let late = harvest(
        1,
        Span::ending_at(Day::from_index(DAY.index() - 9).last(), 3),
        1,
    );
    store.keep(&[late]).await.expect("kept");
    let days = store.retain(since).await.expect("retained").days;
    assert_eq!(days, 1);
    assert_eq!(
        store.known(&keys).await.expect("known")[1].totals,
        known[1].totals
    );
    // Many days are dropped in several calls.
    for n in 10..31 {
        let history = harvest(n, Span::ending_at(DAY.last(), 100 * DAY_MINUTES), 1);
        store.keep(&[history]).await.expect("kept");
    }
    let mut calls = Vec::new();
    loop {
        let retained = store.retain(DAY.next()).await.expect("retained");
        calls.push(retained.days);
        if !retained.is_more {
            break;
        }
    }
    assert_eq!(calls, [2_000, 21 * 100 + 3 * 4 - 2_000]);
    assert_eq!(store.sizes().await.expect("sizes").blocks, 0);
}

pub(crate) async fn closed_minutes_can_be_opened(store: Store) {
    fill(&store).await;
    let keys = [key(0), key(1), key(2)];
    let before = store.known(&keys).await.expect("known");
    let span = Span::ending_at(DAY.minute(500), 3 * DAY_MINUTES);
    let said = [draft("refill", 1)];
    let opened = [key(0), key(2), key(9)];
    let entries = store.reopen(&opened, span, &said).await.expect("opened");
    assert_eq!(entries[0].said, said[0]);
    let known = store.known(&keys).await.expect("known");
    for (now, then) in known.iter().zip(&before) {
        let mut closed = then.closed.clone();
        if now.key != key(1) {
            closed.remove(span);
            assert_ne!(closed, then.closed);
        }
        assert_eq!(now.closed, closed);
        assert_eq!((&now.settled, &now.totals), (&then.settled, &then.totals));
    }
    // What the journal refuses is not done.
    for refused in [
        store.reopen(&keys, DAY.span(), &said).await,
        store.forget(&keys, &said).await,
    ] {
        let error = refused.expect_err("a conflict");
        assert!(matches!(error, StoreError::Conflict(_)), "{error}");
    }
    assert_eq!(store.known(&keys).await.expect("known"), known);
    let said = [draft("forget", 1)];
    store.forget(&keys, &said).await.expect("forgotten");
    let written = store.versions("forget").await.expect("read");
    assert_eq!(written.len(), 1);
}

pub(crate) async fn what_there_is_can_be_measured(store: Store) {
    let empty = store.sizes().await.expect("sizes");
    assert!(empty.bytes > 0);
    assert_eq!(
        empty,
        Sizes {
            bytes: empty.bytes,
            ..Sizes::default()
        }
    );
    fill(&store).await;
    store
        .append(&[draft("a", 1), draft("a", 2)])
        .await
        .expect("appended");
    push(&store, &batch("one", &[(DAY.minute(9), 0, 1)]))
        .await
        .expect("pushed");
    let sizes = store.sizes().await.expect("sizes");
    assert!(sizes.bytes > empty.bytes + 100_000, "{}", sizes.bytes);
    let expected = Sizes {
        bytes: sizes.bytes,
        ledgers: 3,
        blocks: 3 * 71,
        tail_minutes: 3 * 4 + 1,
        journal_entries: 2,
        pushes: 1,
    };
    assert_eq!(sizes, expected);
}

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
    let sizes = store.sizes().await.expect("sizes");
    let sizes = Sizes { bytes: 0, ..sizes };
    format!("{known:?}{days:?}{journal:?}{server:?}{sizes:?}")
}

pub(crate) async fn a_backup_is_the_way_from_any_database_to_any(store: Store) {
    fill(&store).await;
    let keys: Vec<LedgerKey> = (0..4).map(key).collect();
    let many: Vec<_> = (1..600).map(|n| draft("a", n)).collect();
    store.append(&many).await.expect("appended");
    store.set_server("http://one").await.expect("written");
    let pushed = batch("one", &[(DAY.minute(9), 0, 1)]);
    push(&store, &pushed).await.expect("pushed");
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
                assert!(!target.join(tomoni_store::DATABASE).exists(), "{at}");
            }
        }
    }
    assert!(refused > 25, "{refused}");
    for (bytes, said) in [
        (&b""[..], "there is nothing in it"),
        (
            b"not a database, but a file of some length",
            "is not an SQLite database",
        ),
    ] {
        std::fs::write(&file, bytes).expect("written");
        let error = restore(&file, Target::Folder(&target)).await;
        let error = error.expect_err("refused").to_string();
        assert!(error.contains(said), "{error}");
    }
    let nowhere = restore(&place.path().join("nothing"), Target::Folder(&target)).await;
    let error = nowhere.expect_err("no file").to_string();
    assert!(error.starts_with("cannot open "), "{error}");
}
