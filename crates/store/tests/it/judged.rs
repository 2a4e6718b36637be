//! What slices of days add up to: every case over an empty store.

use std::collections::HashSet;

use tomoni_ledger::{DAY_MINUTES, Day, Series, Span, SpanSet};
use tomoni_slo::{
    DaySlices, JudgedDay, JudgingRule, Method, MissingData, Objective, Target, Window,
};
use tomoni_store::{Judged, Store};

use crate::support::{DAY, harvest, key};

const DAYS: i64 = 4;

fn objective(width_minutes: i64) -> Objective {
    Objective {
        target: Target::new(0.9).expect("a target"),
        method: Method::RatioTimeslices { width_minutes },
        window: Window::rolling("4d").expect("a window"),
        missing_data: MissingData::Ignore,
        exclusions: SpanSet::new(),
    }
}

/// What the slices of a ledger's days add up to, from the minutes that the store holds.
async fn judge(store: &Store, n: u128, width_minutes: i64) -> (JudgingRule, Vec<JudgedDay>) {
    let days: Vec<Day> = Span::ending_at(DAY.last(), DAYS * DAY_MINUTES)
        .days()
        .collect();
    let held = store.days(&[(key(n), days)]).await.expect("days");
    let mut series = Series::new();
    held[0].1.iter().for_each(|facts| series.load(facts));
    let objective = objective(width_minutes);
    let mut judged = DaySlices::default();
    judged.judge(&series, &objective, DAY.last());
    let rule = JudgingRule::of(&objective).expect("it has slices");
    (rule, judged.judged(&series, &objective))
}

/// What is recalled of a ledger.
async fn recalled(store: &Store, n: u128) -> Judged {
    let all = store.recall(&[key(7), key(n)]).await.expect("read");
    assert_eq!((all.len(), &all[0].1), (2, &Judged::new()));
    let known = store.known(&[key(n)]).await.expect("read");
    assert_eq!(all[1].0, known[0]);
    let mut judged = all[1].1.clone();
    judged.sort_by(|a, b| a.0.cmp(&b.0));
    judged
}

pub(crate) async fn what_was_judged_holds_until_its_minutes_change(store: Store) {
    let all = Span::ending_at(DAY.last(), DAYS * DAY_MINUTES);
    store
        .keep(&[harvest(1, all, 7), harvest(2, all, 8)])
        .await
        .expect("kept");
    let judged: Judged = vec![judge(&store, 1, 1).await, judge(&store, 1, 30).await];
    assert_eq!(judged[0].1.len(), DAYS as usize);
    let other: Judged = vec![judge(&store, 2, 1).await];
    assert_eq!(recalled(&store, 1).await, Judged::new());
    // A ledger that nobody knows is passed over.
    let keep = [
        (key(1), judged.clone()),
        (key(2), other.clone()),
        (key(9), other.clone()),
    ];
    store.keep_judged(&keep).await.expect("kept");
    assert_eq!(recalled(&store, 1).await, judged);
    assert_eq!(recalled(&store, 2).await, other);

    // A minute changes: in the tail, then in the block.
    let changed = Day::from_index(DAY.index() - 1);
    let without = |judged: &Judged| -> Judged {
        let mut judged = judged.clone();
        for (_, days) in &mut judged {
            days.retain(|of| of.day != changed);
        }
        judged
    };
    store
        .keep(&[harvest(1, Span::ending_at(changed.minute(70), 1), 99)])
        .await
        .expect("kept");
    assert_eq!(recalled(&store, 1).await, without(&judged));
    let later = Day::from_index(DAY.index() + 1);
    store
        .keep(&[harvest(2, later.span(), 5)])
        .await
        .expect("folded");
    assert_eq!(recalled(&store, 1).await, without(&judged));
    assert_eq!(recalled(&store, 2).await, other);

    // What is kept anew is in place of all that was.
    let again: Judged = vec![judge(&store, 1, 30).await];
    assert_ne!(again[0], judged[1]);
    store
        .keep_judged(&[(key(1), again.clone())])
        .await
        .expect("kept");
    assert_eq!(recalled(&store, 1).await, again);
    assert_eq!(recalled(&store, 2).await, other);

    // A minute that is read again and says the same changes nothing.
    store
        .keep(&[harvest(1, Span::ending_at(DAY.last(), DAY_MINUTES), 7)])
        .await
        .expect("kept");
    assert_eq!(recalled(&store, 1).await, again);

    store.forget(&[key(1)], &[]).await.expect("forgotten");
    store.keep(&[harvest(3, all, 7)]).await.expect("kept");
    assert_eq!(recalled(&store, 1).await, Judged::new());
    assert_eq!(recalled(&store, 3).await, Judged::new());
    assert_eq!(recalled(&store, 2).await, other);
    let in_force = HashSet::from([key(2), key(3)]);
    store.retain(DAY, &in_force).await.expect("dropped");
    let rest: Vec<JudgedDay> = other[0]
        .1
        .iter()
        .filter(|of| of.day >= DAY)
        .copied()
        .collect();
    assert_eq!(recalled(&store, 2).await, [(other[0].0.clone(), rest)]);
}
