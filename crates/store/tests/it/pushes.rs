//! Pushes: every case over an empty store.

use tomoni_ledger::{Counts, Day, Events, Fact, Marks, Minute};
use tomoni_store::{Batch, PUSHES_REMEMBERED_MS, Pushed, PushedAll, Store, StoreError};

use crate::support::{DAY, fact, key};

pub(crate) fn batch(id: &str, counts: &[(Minute, i64, i64)]) -> Batch {
    let of = |(minute, bad, total): &(Minute, i64, i64)| {
        let (bad, total) = (Events::whole(*bad), Events::whole(*total));
        (*minute, Counts { bad, total })
    };
    Batch {
        key: key(1),
        sli: "locks".to_owned(),
        id: id.to_owned(),
        digest: format!("{counts:?}").into_bytes(),
        counts: counts.iter().map(of).collect(),
        received_ms: 1_000,
    }
}

/// Pushes one batch.
pub(crate) async fn push(store: &Store, batch: &Batch) -> Result<Pushed, StoreError> {
    let PushedAll { done, refused } = store.push(std::slice::from_ref(batch)).await?;
    match refused {
        Some(error) => Err(error),
        None => Ok(done[0].clone()),
    }
}

async fn held(store: &Store, minute: Minute) -> Fact {
    let days = store.days(&[(key(1), vec![minute.day()])]).await;
    let days = days.expect("days");
    days[0]
        .1
        .first()
        .map_or(Fact::UNKNOWN, |day| day.facts()[minute.place_in_day()])
}

pub(crate) async fn a_batch_counts_once(store: Store) {
    let (a, b, old) = (DAY.minute(3), DAY.minute(700), Day::from_index(-9).last());
    let first = batch("one", &[(b, 0, 5), (a, 1, 10), (old, 0, 0), (a, 1, 2)]);
    let counted = |facts: &[(Minute, Fact)]| Pushed::Counted {
        facts: facts.to_vec(),
    };
    let done = push(&store, &first).await.expect("pushed");
    assert_eq!(
        done,
        counted(&[(old, fact(0, 0)), (a, fact(2, 12)), (b, fact(0, 5))])
    );
    for _ in 0..2 {
        assert_eq!(push(&store, &first).await.expect("pushed"), Pushed::Already);
    }
    let digest = store.pushed(&first.sli, "one").await.expect("read");
    assert_eq!(digest.as_deref(), Some(first.digest.as_slice()));
    assert_eq!(store.pushed(&first.sli, "two").await.expect("read"), None);
    assert_eq!(store.pushed("other", "one").await.expect("read"), None);
    let other = batch("one", &[(a, 9, 9)]);
    assert_eq!(
        push(&store, &other).await.expect("pushed"),
        Pushed::Different
    );
    assert_eq!(held(&store, a).await, fact(2, 12));
    assert_eq!(held(&store, old).await, fact(0, 0));
    assert_eq!(held(&store, DAY.minute(4)).await, Fact::UNKNOWN);
    // Another id adds; the same id under another name is another batch.
    let second = batch("two", &[(a, 0, 8)]);
    let done = push(&store, &second).await.expect("pushed");
    assert_eq!(done, counted(&[(a, fact(2, 20))]));
    let mut named = batch("one", &[(a, 1, 1)]);
    named.sli = "doors".to_owned();
    let done = push(&store, &named).await.expect("pushed");
    assert_eq!(done, counted(&[(a, fact(3, 21))]));
    // A minute that was no count counts from nothing; marks of one that was are kept.
    let invalid = Fact::UNKNOWN.marked(Marks::INVALID);
    let approximate = fact(1, 4).marked(Marks::APPROXIMATE);
    let keep = tomoni_engine::Keep {
        key: key(1),
        facts: vec![(a, invalid), (b, approximate)],
        settled: [].into_iter().collect(),
        closed: [].into_iter().collect(),
    };
    store.keep(&[keep]).await.expect("kept");
    let done = push(&store, &batch("three", &[(a, 1, 1), (b, 1, 1)])).await;
    let marked = fact(2, 5).marked(Marks::APPROXIMATE);
    assert_eq!(
        done.expect("pushed"),
        counted(&[(a, fact(1, 1)), (b, marked)])
    );
    // What one minute cannot hold is refused as a whole; its id is free.
    let most = Events::MINUTE_MAX.parts() / Events::whole(1).parts();
    let error = push(
        &store,
        &batch("four", &[(DAY.minute(4), 0, 1), (a, 0, most)]),
    )
    .await;
    let error = error.expect_err("too much");
    assert!(
        matches!(error, StoreError::TooMuch { minute, .. } if minute == a),
        "{error}"
    );
    assert_eq!(held(&store, DAY.minute(4)).await, Fact::UNKNOWN);
    let done = push(&store, &batch("four", &[(a, 0, 1)])).await;
    assert_eq!(done.expect("pushed"), counted(&[(a, fact(1, 2))]));
    // Nothing in it, and still counted once.
    let empty = batch("empty", &[]);
    assert_eq!(push(&store, &empty).await.expect("pushed"), counted(&[]));
    assert_eq!(push(&store, &empty).await.expect("pushed"), Pushed::Already);
    // With the ledger its ids are forgotten.
    store.forget(&[key(1)], &[]).await.expect("forgotten");
    let done = push(&store, &first).await.expect("pushed");
    assert!(matches!(done, Pushed::Counted { .. }), "{done:?}");
}

pub(crate) async fn ids_are_remembered_for_three_days(store: Store) {
    let mut early = batch("early", &[(DAY.minute(3), 0, 1)]);
    early.received_ms = 1_000;
    let mut late = batch("late", &[(DAY.minute(3), 0, 1)]);
    late.received_ms = 1_001;
    for batch in [&early, &late] {
        push(&store, batch).await.expect("pushed");
    }
    let now = 1_000 + PUSHES_REMEMBERED_MS;
    assert_eq!(store.prune(now).await.expect("pruned"), 0);
    assert_eq!(store.prune(now + 1).await.expect("pruned"), 1);
    assert_eq!(push(&store, &late).await.expect("pushed"), Pushed::Already);
    let done = push(&store, &early).await.expect("pushed");
    assert!(matches!(done, Pushed::Counted { .. }), "{done:?}");
}

pub(crate) async fn batches_that_come_together_are_counted_together(store: Store) {
    let minute = DAY.minute(3);
    let one = |id: &str, total| batch(id, &[(minute, 0, total)]);
    let together = [one("a", 1), one("b", 2), one("a", 1), one("c", 4)];
    let pushed = store.push(&together).await.expect("pushed");
    let counted = |total| Pushed::Counted {
        facts: vec![(minute, fact(0, total))],
    };
    let done = [counted(1), counted(3), Pushed::Already, counted(7)];
    assert_eq!(pushed.done, done);
    assert!(pushed.refused.is_none());
    // The first that cannot be counted ends it, and those before it are counted.
    let pushed = store.push(&[one("d", 8), one("a", 9), one("e", 16)]).await;
    let pushed = pushed.expect("pushed");
    assert_eq!(pushed.done, [counted(15), Pushed::Different]);
    let most = Events::MINUTE_MAX.parts() / Events::whole(1).parts();
    let pushed = store
        .push(&[one("f", 32), one("g", most), one("h", 64)])
        .await;
    let pushed = pushed.expect("pushed");
    assert_eq!(pushed.done, [counted(47)]);
    let refused = pushed.refused.expect("too much");
    assert!(matches!(refused, StoreError::TooMuch { .. }), "{refused}");
    assert_eq!(held(&store, minute).await, fact(0, 47));
    for (id, is_counted) in [
        ("d", true),
        ("e", false),
        ("f", true),
        ("g", false),
        ("h", false),
    ] {
        let seen = store.pushed("locks", id).await.expect("read");
        assert_eq!(seen.is_some(), is_counted, "{id}");
    }
}
