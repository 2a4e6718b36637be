//! Dropping, opening again, measuring: every case over an empty store.

use std::collections::HashSet;

use tomoni_engine::Keep;
use tomoni_ledger::{DAY_MINUTES, Day, Span};
use tomoni_store::{Retained, Sizes, Store, StoreError, UPKEEP_STEP_MS};

use crate::journal::draft;
use crate::pushes::{batch, push};
use crate::support::{DAY, Model, harvest, key};

/// Three ledgers with days of blocks and a tail.
pub(crate) async fn fill(store: &Store) -> Model {
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
    let in_force = HashSet::from(keys.clone());
    let before = store.known(&keys).await.expect("known");
    let since = Day::from_index(DAY.index() - 3);
    let all: Vec<Day> = before[0].totals.iter().map(|(day, _)| *day).collect();
    let wanted: Vec<_> = keys.iter().map(|key| (key.clone(), all.clone())).collect();
    let mut rest = store.days(&wanted).await.expect("days");
    for (_, days) in &mut rest {
        days.retain(|day| day.day() >= since);
    }
    let retained = store.retain(since, &in_force).await.expect("retained");
    let dropped = 3 * all.iter().filter(|day| **day < since).count() as u64;
    assert_eq!(
        retained,
        Retained {
            days: dropped,
            ..Retained::default()
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
        store.retain(since, &in_force).await.expect("retained"),
        Retained::default()
    );
    // What arrives for a dropped day is dropped again, from the tail, too.
    let late = harvest(
        1,
        Span::ending_at(Day::from_index(DAY.index() - 9).last(), 3),
        1,
    );
    store.keep(&[late]).await.expect("kept");
    let days = store.retain(since, &in_force).await.expect("retained").days;
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
        let retained = store.retain(DAY.next(), &in_force).await.expect("retained");
        calls.push((retained.days, retained.ledgers));
        if !retained.is_more {
            break;
        }
    }
    let days = 21 * 100 + 3 * 4;
    assert_eq!(calls, [(2_000, 0), (days - 2_000, 21)]);
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

pub(crate) async fn the_instant_of_upkeep_goes_on_slowly(store: Store) {
    let (start, step) = (1_795_338_000_000, UPKEEP_STEP_MS);
    let month = 30 * 86_400_000;
    for (clock, expected) in [
        (start, start),
        (start + step - 1, start + step - 1),
        (start + month, start + 2 * step - 1),
        (start + month, start + 3 * step - 1),
        // It is never later than the clock, and one that was wrong for an hour costs nothing after it.
        (start - month, start - month),
        (start + 4 * step, start + 4 * step - 1),
        (start + 4 * step, start + 4 * step),
    ] {
        assert_eq!(store.upkeep_at(clock).await.expect("written"), expected);
    }
}
