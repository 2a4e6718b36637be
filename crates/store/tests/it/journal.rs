//! The journal: every case over an empty store.

use tomoni_store::{Conflict, Draft, Entry, JOURNAL_PAGE_MAX, Op, Store, StoreError};

pub(crate) fn draft(uid: &str, version: i64) -> Draft {
    Draft {
        recorded_ms: 1_000 * version,
        effective_ms: 1_000 * version,
        actor: format!("ann-{version}"),
        origin: "specs:checkout.yaml".to_owned(),
        reason: String::new(),
        kind: "SLO".to_owned(),
        uid: uid.to_owned(),
        name: format!("name of {uid}"),
        version,
        op: Op::Put,
        body: format!("kind: SLO # 日本語 {uid} {version}\n"),
    }
}

fn places(entries: &[Entry]) -> Vec<(i64, &str, i64)> {
    let place = |entry: &'_ Entry| (entry.seq, entry.said.version);
    let mut places = Vec::new();
    for entry in entries {
        let (seq, version) = place(entry);
        places.push((seq, entry.said.uid.as_str(), version));
    }
    places
}

pub(crate) async fn what_was_said_is_there(store: Store) {
    assert_eq!(store.append(&[]).await.expect("appended"), []);
    assert_eq!(store.current().await.expect("current"), []);
    let mut gone = draft("a", 2);
    (gone.op, gone.body) = (Op::Delete, String::new());
    gone.reason = "checkout is \"retired\"; 'tis so".to_owned();
    let said = [draft("a", 1), draft("b", 1), gone];
    let first = store.append(&said[..2]).await.expect("appended");
    let second = store.append(&said[2..]).await.expect("appended");
    let written = [first, second].concat();
    assert_eq!(places(&written), [(1, "a", 1), (2, "b", 1), (3, "a", 2)]);
    let drafts: Vec<Draft> = written.iter().map(|entry| entry.said.clone()).collect();
    assert_eq!(drafts, said);
    assert_eq!(store.journal(0, 9).await.expect("read"), written);
    assert_eq!(store.journal(1, 1).await.expect("read"), written[1..2]);
    assert_eq!(store.journal(3, 9).await.expect("read"), []);
    assert_eq!(store.journal(0, -1).await.expect("read"), []);
    let versions = store.versions("a").await.expect("read");
    assert_eq!(places(&versions), [(1, "a", 1), (3, "a", 2)]);
    assert_eq!(store.versions("c").await.expect("read"), []);
    let current = store.current().await.expect("read");
    assert_eq!(places(&current), [(2, "b", 1), (3, "a", 2)]);
}

pub(crate) async fn the_second_writer_of_a_version_is_refused(store: Store) {
    store.append(&[draft("a", 1)]).await.expect("appended");
    let before = store.journal(0, 9).await.expect("read");
    // Too low, too high, and for an object that is not there; each time nothing is written.
    for (wrong, newest, actor) in [
        (draft("a", 1), 1, "ann-1"),
        (draft("a", 3), 1, "ann-1"),
        (draft("b", 2), 0, "nobody"),
        (draft("b", 0), 0, "nobody"),
    ] {
        let error = store.append(&[draft("c", 1), wrong.clone()]).await;
        let StoreError::Conflict(conflict) = error.expect_err("a conflict") else {
            panic!("another error");
        };
        let expected = Conflict {
            kind: "SLO".to_owned(),
            name: wrong.name,
            uid: wrong.uid,
            version: wrong.version,
            newest,
            actor: actor.to_owned(),
            recorded_ms: 1_000 * newest,
        };
        assert_eq!(*conflict, expected);
        assert_eq!(store.journal(0, 9).await.expect("read"), before);
    }
    let error = store.append(&[draft("a", 1)]).await.expect_err("conflict");
    assert_eq!(
        error.to_string(),
        "SLO name of a is at version 1, written by ann-1, so version 1 cannot be written; read it \
         again, and repeat the change on what it is now"
    );
}

pub(crate) async fn versions_may_follow_each_other_in_one_call(store: Store) {
    let many: Vec<Draft> = (1..=700)
        .flat_map(|n| [draft("a", n), draft(&format!("x{n}"), 1)])
        .collect();
    assert_eq!(store.append(&many).await.expect("appended").len(), 1_400);
    assert_eq!(store.versions("a").await.expect("read").len(), 700);
    assert_eq!(store.current().await.expect("read").len(), 701);
    let all = store.journal(0, JOURNAL_PAGE_MAX).await.expect("read");
    let said: Vec<Draft> = all.into_iter().map(|entry| entry.said).collect();
    assert_eq!(said, many);
}

/// The instants of recording and of effect are two axes.
pub(crate) async fn the_past_can_be_asked_for(store: Store) {
    let at = |uid, version, recorded_ms, effective_ms| Draft {
        recorded_ms,
        effective_ms,
        ..draft(uid, version)
    };
    store
        .append(&[
            at("a", 1, 10, 10),
            at("b", 1, 20, 5), // Taken from git's history: true before it was known.
            at("a", 2, 30, 100), // Announced: known before it is true.
            at("a", 3, 40, 40), // Said later, so it counts over the announcement.
        ])
        .await
        .expect("appended");
    for (effective, known, expected) in [
        (4, 99, vec![]),
        (10, 10, vec![(1, "a", 1)]),
        (5, 20, vec![(2, "b", 1)]),
        (99, 30, vec![(1, "a", 1), (2, "b", 1)]),
        (100, 30, vec![(2, "b", 1), (3, "a", 2)]),
        (39, 40, vec![(1, "a", 1), (2, "b", 1)]),
        (100, 40, vec![(2, "b", 1), (4, "a", 3)]),
    ] {
        let held = store.as_of(effective, known).await.expect("read");
        assert_eq!(places(&held), expected, "{effective} {known}");
    }
    let newest = store.as_of(i64::MAX, i64::MAX).await.expect("read");
    assert_eq!(newest, store.current().await.expect("read"));
}

pub(crate) async fn texts_that_one_database_cannot_keep_are_refused_by_all(store: Store) {
    let mut bad = draft("a", 1);
    bad.body.push('\0');
    let error = store.append(&[bad]).await.expect_err("refused");
    assert_eq!(
        error.to_string(),
        "the body of SLO name of a holds the character U+0000, which cannot be kept; leave it out"
    );
    assert_eq!(store.current().await.expect("read"), []);
}

/// Eight writers want the same next version, again and again: one has it each time.
pub(crate) async fn many_writers_one_version(store: Store) {
    for version in 1..=5 {
        let mut writing = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let store = store.clone();
            writing.spawn(async move { store.append(&[draft("a", version)]).await });
        }
        let done = writing.join_all().await;
        assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1);
    }
    assert_eq!(store.versions("a").await.expect("read").len(), 5);
}
