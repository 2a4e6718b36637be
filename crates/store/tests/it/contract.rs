//! What must be true over any database: each case takes an empty store.

use tomoni_engine::Keep;
use tomoni_ledger::{DAY_MINUTES, Day, DayFacts, Minute, Span, SpanSet, Sums};
use tomoni_slo::LedgerKey;
use tomoni_store::{Known, Store};

use crate::backup::{
    a_backup_beside_a_writer_is_one_of_its_states, a_backup_is_the_way_from_any_database_to_any,
};
use crate::groups::{
    groups_are_remembered, groups_leave_with_the_last_of_their_ledgers,
    groups_that_have_gone_leave_with_their_minutes,
};
use crate::journal::{
    many_writers_one_version, texts_that_one_database_cannot_keep_are_refused_by_all,
    the_past_can_be_asked_for, the_second_writer_of_a_version_is_refused,
    versions_may_follow_each_other_in_one_call, what_was_said_is_there,
};
use crate::judged::what_was_judged_holds_until_its_minutes_change;
use crate::pushes::{
    a_batch_counts_once, batches_that_come_together_are_counted_together,
    ids_are_remembered_for_three_days,
};
use crate::support::{DAY, Model, POSTGRES, fact, harvest, key, temporary};
use crate::upkeep::{
    closed_minutes_can_be_opened, old_days_are_dropped_and_not_read_again,
    the_instant_of_upkeep_goes_on_slowly, what_there_is_can_be_measured,
};

/// Runs each case over SQLite and over PostgreSQL, each time over an empty store.
macro_rules! over_both {
    ($($case:ident),* $(,)?) => {
        mod over_sqlite {
            $(
                #[tokio::test]
                async fn $case() {
                    let (folder, _) = super::temporary().await;
                    let url = format!("sqlite:{}", folder.path().display());
                    super::$case(super::Store::connect(&url).await.expect("a store")).await;
                }
            )*
        }
        mod over_postgresql {
            $(
                #[tokio::test]
                async fn $case() {
                    tomoni_testkit::require!("postgres", "initdb", "psql");
                    let url = super::POSTGRES.database().expect("a database");
                    super::$case(super::Store::connect(&url).await.expect("a store")).await;
                }
            )*
        }
    };
}

over_both!(
    nothing_is_known_at_first,
    its_server_is_remembered,
    what_was_kept_is_there,
    a_minute_put_again_is_replaced,
    spans_add_up,
    a_tick_of_many_ledgers,
    history_arrives_newest_first,
    days_are_answered_as_asked,
    nothing_changes_nothing,
    a_day_passes_tick_by_tick,
    a_forgotten_ledger_begins_anew,
    what_was_said_is_there,
    the_second_writer_of_a_version_is_refused,
    versions_may_follow_each_other_in_one_call,
    the_past_can_be_asked_for,
    texts_that_one_database_cannot_keep_are_refused_by_all,
    many_writers_one_version,
    a_batch_counts_once,
    batches_that_come_together_are_counted_together,
    ids_are_remembered_for_three_days,
    old_days_are_dropped_and_not_read_again,
    the_instant_of_upkeep_goes_on_slowly,
    closed_minutes_can_be_opened,
    what_there_is_can_be_measured,
    groups_are_remembered,
    groups_leave_with_the_last_of_their_ledgers,
    groups_that_have_gone_leave_with_their_minutes,
    what_was_judged_holds_until_its_minutes_change,
    a_backup_is_the_way_from_any_database_to_any,
    a_backup_beside_a_writer_is_one_of_its_states,
);

async fn nothing_is_known_at_first(store: Store) {
    let keys = [key(1), key(2), key(1)];
    let known = store.known(&keys).await.expect("known");
    let nothing = |key: &LedgerKey| Known {
        key: key.clone(),
        totals: Vec::new(),
        settled: SpanSet::new(),
        closed: SpanSet::new(),
    };
    assert_eq!(known, keys.each_ref().map(nothing));
    assert_eq!(store.known(&[]).await.expect("known"), []);
    let days = store.days(&[(key(1), vec![DAY]), (key(2), vec![])]).await;
    assert_eq!(days.expect("days"), [(key(1), vec![]), (key(2), vec![])]);
}

async fn its_server_is_remembered(store: Store) {
    assert_eq!(store.server().await.expect("read"), None);
    for name in ["http://one", "http://other"] {
        store.set_server(name).await.expect("written");
        assert_eq!(store.server().await.expect("read").as_deref(), Some(name));
    }
}

async fn what_was_kept_is_there(store: Store) {
    let span = Span::ending_at(DAY.minute(500), 30);
    let keeps = [harvest(1, span, 7), harvest(3, span, 8)];
    store.keep(&keeps).await.expect("kept");
    let known = store.known(&[key(3)]).await.expect("known");
    assert_eq!(known[0].settled.spans(), [span]);
    assert_eq!(known[0].closed.len(), 15);
    let sums: Sums = keeps[1].facts.iter().map(|(_, fact)| Sums::of(*fact)).sum();
    assert_eq!(known[0].totals, [(DAY, sums)]);
    let mut model = Model::default();
    model.keep(&keeps);
    model.check(&store, &[key(1), key(2), key(3)]).await;
}

async fn a_minute_put_again_is_replaced(store: Store) {
    let mut model = Model::default();
    let minute = DAY.minute(3);
    let again = |bad| Keep {
        key: key(1),
        facts: vec![(minute, fact(9, 9)), (minute, fact(bad, 20))],
        settled: SpanSet::new(),
        closed: SpanSet::new(),
    };
    // In the tail; then in the block; then in the tail over the block; then in the block again.
    let whole = [harvest(1, DAY.span(), 5)];
    for keeps in [
        [again(1)].as_slice(),
        &[again(2)],
        &whole,
        &[again(3)],
        &[again(4)],
        &whole,
    ] {
        store.keep(keeps).await.expect("kept");
        model.keep(keeps);
        model.check(&store, &[key(1)]).await;
    }
    store.keep(&[again(0), again(6)]).await.expect("kept");
    let days = store.days(&[(key(1), vec![DAY])]).await.expect("days");
    assert_eq!(days[0].1[0].facts()[3], fact(6, 20));
}

async fn spans_add_up(store: Store) {
    let span = |from, until| Span::new(DAY.minute(from), DAY.minute(until));
    let mut model = Model::default();
    for (settled, closed) in [
        (span(0, 50), span(0, 0)),
        (span(60, 90), span(0, 9)),
        (span(40, 70), span(9, 20)),
    ] {
        let keep = Keep {
            key: key(5),
            facts: vec![],
            settled: SpanSet::from_iter([settled]),
            closed: SpanSet::from_iter([closed]),
        };
        store.keep(std::slice::from_ref(&keep)).await.expect("kept");
        model.keep(&[keep]);
        model.check(&store, &[key(5)]).await;
    }
    // Folding into blocks keeps them.
    let keeps = [harvest(4, DAY.span(), 1)];
    store.keep(&keeps).await.expect("kept");
    model.keep(&keeps);
    model.check(&store, &[key(4), key(5)]).await;
    let known = store.known(&[key(5)]).await.expect("known");
    assert_eq!(known[0].settled.spans(), [span(0, 90)]);
    assert_eq!(known[0].totals, []);
}

async fn a_tick_of_many_ledgers(store: Store) {
    let keys: Vec<LedgerKey> = (0..700).map(key).collect();
    let mut model = Model::default();
    for tick in 0..3 {
        let span = Span::ending_at(DAY.minute(100 + tick), 2);
        let keeps: Vec<Keep> = (0..700).map(|n| harvest(n, span, n as u64)).collect();
        store.keep(&keeps).await.expect("kept");
        model.keep(&keeps);
    }
    model.check(&store, &keys).await;
}

async fn history_arrives_newest_first(store: Store) {
    let mut model = Model::default();
    let now = DAY.minute(600);
    for back in 0..5 {
        let span = Span::ending_at(now - back * 2 * DAY_MINUTES, 2 * DAY_MINUTES);
        let keeps: Vec<Keep> = (0..4).map(|n| harvest(n, span, n as u64)).collect();
        store.keep(&keeps).await.expect("kept");
        model.keep(&keeps);
        model.check(&store, &[key(0), key(3)]).await;
    }
    let known = store.known(&[key(2)]).await.expect("known");
    assert_eq!(
        known[0].settled.spans(),
        [Span::ending_at(now, 10 * DAY_MINUTES)]
    );
    assert_eq!(known[0].totals.len(), 11);
}

async fn days_are_answered_as_asked(store: Store) {
    let old = Day::from_index(-3);
    let (a, b) = (harvest(1, DAY.span(), 3), harvest(1, old.span(), 4));
    let c = harvest(2, Span::ending_at(DAY.minute(9), 5), 5);
    store.keep(&[a, b, c]).await.expect("kept");
    let next = DAY.next();
    let wanted = [
        (key(2), vec![DAY, old]),
        (key(7), vec![DAY]),
        (key(1), vec![DAY, next, old, DAY]),
        (key(2), vec![DAY]),
    ];
    let days = store.days(&wanted).await.expect("days");
    let held: Vec<(LedgerKey, Vec<Day>)> = days
        .iter()
        .map(|(key, days)| (key.clone(), days.iter().map(DayFacts::day).collect()))
        .collect();
    let expected = [
        (key(2), vec![DAY]),
        (key(7), vec![]),
        (key(1), vec![DAY, old, DAY]),
        (key(2), vec![DAY]),
    ];
    assert_eq!(held, expected);
}

async fn nothing_changes_nothing(store: Store) {
    store.keep(&[]).await.expect("kept");
    let empty = Keep {
        key: key(1),
        facts: vec![],
        settled: SpanSet::new(),
        closed: SpanSet::new(),
    };
    store.keep(&[empty]).await.expect("kept");
    Model::default().check(&store, &[key(1)]).await;
}

/// Ticks through two midnights, each minute read once more when it closes; the tail is folded by
/// its length and by the new days.
async fn a_day_passes_tick_by_tick(store: Store) {
    let mut model = Model::default();
    let start = DAY.first().index() - 40;
    let keys = [key(1), key(2), key(3)];
    for minute in (start..start + 2 * DAY_MINUTES)
        .step_by(5)
        .map(Minute::from_index)
    {
        let keeps: Vec<Keep> = [1, 2, 3]
            .iter()
            .flat_map(|n| {
                let (fresh, close) = (Span::ending_at(minute, 5), Span::ending_at(minute - 15, 5));
                [harvest(*n, fresh, 1), harvest(*n, close, 2)]
            })
            .collect();
        store.keep(&keeps).await.expect("kept");
        model.keep(&keeps);
        if minute.index() % 100 == 0 {
            model.check(&store, &keys).await;
        }
    }
    model.check(&store, &keys).await;
}

async fn a_forgotten_ledger_begins_anew(store: Store) {
    let mut model = Model::default();
    let keys: Vec<LedgerKey> = (0..5).map(key).collect();
    let days = Span::ending_at(DAY.minute(700), DAY_MINUTES);
    let history: Vec<Keep> = (0..4).map(|n| harvest(n, days, n as u64)).collect();
    let tick = |n: u128, at: usize| harvest(n, Span::ending_at(DAY.minute(at), 3), 9);
    for keeps in [history, (0..4).map(|n| tick(n, 710)).collect()] {
        store.keep(&keeps).await.expect("kept");
        model.keep(&keeps);
    }
    store
        .forget(&[key(4), key(1), key(3)], &[])
        .await
        .expect("forgotten");
    model.ledgers.remove(&key(1));
    model.ledgers.remove(&key(3));
    model.check(&store, &keys).await;
    // Their numbers may be given to others: nothing of theirs comes back, and nothing is mixed up.
    for (n, at) in [(4, 720), (3, 721), (1, 722), (0, 723)] {
        let keeps = [tick(n, at)];
        store.keep(&keeps).await.expect("kept");
        model.keep(&keeps);
        model.check(&store, &keys).await;
    }
    store.forget(&keys, &[]).await.expect("forgotten");
    store.forget(&keys, &[]).await.expect("forgotten");
    Model::default().check(&store, &keys).await;
}
