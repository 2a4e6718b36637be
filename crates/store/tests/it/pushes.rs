//! Pushes: every case over an empty store.

use tomoni_ledger::{Counts, Day, Events, Fact, Marks, Minute};
use tomoni_store::{Batch, PUSHES_REMEMBERED_MS, Pushed, Store, StoreError};

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
    let done = store.push(&first).await.expect("pushed");
    assert_eq!(
        done,
        counted(&[(old, fact(0, 0)), (a, fact(2, 12)), (b, fact(0, 5))])
    );
    for _ in 0..2 {
        assert_eq!(store.push(&first).await.expect("pushed"), Pushed::Already);
    }
    let digest = store.pushed(&first.sli, "one").await.expect("read");
    assert_eq!(digest.as_deref(), Some(first.digest.as_slice()));
    assert_eq!(store.pushed(&first.sli, "two").await.expect("read"), None);
    assert_eq!(store.pushed("other", "one").await.expect("read"), None);
    let other = batch("one", &[(a, 9, 9)]);
    assert_eq!(store.push(&other).await.expect("pushed"), Pushed::Different);
    assert_eq!(held(&store, a).await, fact(2, 12));
    assert_eq!(held(&store, old).await, fact(0, 0));
    assert_eq!(held(&store, DAY.minute(4)).await, Fact::UNKNOWN);
    // Another id adds; the same id under another name is another batch.
    let second = batch("two", &[(a, 0, 8)]);
    let done = store.push(&second).await.expect("pushed");
    assert_eq!(done, counted(&[(a, fact(2, 20))]));
    let mut named = batch("one", &[(a, 1, 1)]);
    named.sli = "doors".to_owned();
    let done = store.push(&named).await.expect("pushed");
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
    let done = store.push(&batch("three", &[(a, 1, 1), (b, 1, 1)])).await;
    let marked = fact(2, 5).marked(Marks::APPROXIMATE);
    assert_eq!(
        done.expect("pushed"),
        counted(&[(a, fact(1, 1)), (b, marked)])
    );
    // What one minute cannot hold is refused as a whole; its id is free.
    let most = Events::MINUTE_MAX.parts() / Events::whole(1).parts();
    let error = store
        .push(&batch("four", &[(DAY.minute(4), 0, 1), (a, 0, most)]))
        .await;
    let error = error.expect_err("too much");
    assert!(
        matches!(error, StoreError::TooMuch { minute, .. } if minute == a),
        "{error}"
    );
    assert_eq!(held(&store, DAY.minute(4)).await, Fact::UNKNOWN);
    let done = store.push(&batch("four", &[(a, 0, 1)])).await;
    assert_eq!(done.expect("pushed"), counted(&[(a, fact(1, 2))]));
    // Nothing in it, and still counted once.
    let empty = batch("empty", &[]);
    assert_eq!(store.push(&empty).await.expect("pushed"), counted(&[]));
    assert_eq!(store.push(&empty).await.expect("pushed"), Pushed::Already);
    // With the ledger its ids are forgotten.
    store.forget(&[key(1)], &[]).await.expect("forgotten");
    let done = store.push(&first).await.expect("pushed");
    assert!(matches!(done, Pushed::Counted { .. }), "{done:?}");
}

pub(crate) async fn ids_are_remembered_for_three_days(store: Store) {
    let mut early = batch("early", &[(DAY.minute(3), 0, 1)]);
    early.received_ms = 1_000;
    let mut late = batch("late", &[(DAY.minute(3), 0, 1)]);
    late.received_ms = 1_001;
    for batch in [&early, &late] {
        store.push(batch).await.expect("pushed");
    }
    let now = 1_000 + PUSHES_REMEMBERED_MS;
    assert_eq!(store.prune(now).await.expect("pruned"), 0);
    assert_eq!(store.prune(now + 1).await.expect("pruned"), 1);
    assert_eq!(store.push(&late).await.expect("pushed"), Pushed::Already);
    let done = store.push(&early).await.expect("pushed");
    assert!(matches!(done, Pushed::Counted { .. }), "{done:?}");
}
