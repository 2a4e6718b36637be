//! Groups: every case over an empty store.

use std::collections::HashSet;

use tomoni_ledger::{Day, Minute, Span};
use tomoni_slo::{Generation, GroupLabels, LedgerKey, Op, Threshold};
use tomoni_store::{AskedGroups, KeptGroups, SeenGroup, Store};

use crate::journal::draft;
use crate::support::{DAY, harvest, key};

/// Before anything.
const EVER: Minute = Minute::from_index(i64::MIN);

fn labels(value: &str) -> GroupLabels {
    let pairs = [("handler", value), ("method", "GET")];
    GroupLabels::new(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())))
}

fn of(n: u128) -> Generation {
    key(n).generation
}

/// A group of what a ledger counts, there for an hour.
fn group(n: u128, value: &str) -> SeenGroup {
    SeenGroup {
        whole: of(n),
        labels: labels(value),
        seen: Span::ending_at(DAY.minute(600), 60),
    }
}

/// These groups, and that they were asked for.
pub(crate) fn kept(groups: impl IntoIterator<Item = (u128, String)>) -> KeptGroups {
    let groups = groups.into_iter();
    let seen: Vec<SeenGroup> = groups.map(|(n, value)| group(n, &value)).collect();
    let mut whole: Vec<Generation> = seen.iter().map(|group| group.whole).collect();
    whole.sort_unstable();
    whole.dedup();
    let asked = |whole| AskedGroups {
        whole,
        names: ["handler", "method"].map(str::to_owned).to_vec(),
        asked: Span::ending_at(DAY.minute(600), 7_000),
    };
    KeptGroups {
        asked: whole.into_iter().map(asked).collect(),
        seen,
    }
}

/// A value that no compression makes shorter.
fn noise(bytes: usize) -> String {
    let mut state = 1_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b'!' + (state % 90) as u8)
    };
    (0..bytes).map(|_| next()).collect()
}

async fn seen(store: &Store, of: &[Generation]) -> Vec<SeenGroup> {
    store.groups(of, EVER).await.expect("read").seen
}

pub(crate) async fn groups_are_remembered(store: Store) {
    let nothing = store.groups(&[of(1), of(2)], EVER).await.expect("read");
    assert!(nothing.is_empty(), "{nothing:?}");
    store.keep_groups(&nothing).await.expect("kept");
    let long = noise(4_096);
    let values = ["", "/", "\"\\\n\0'", "戸口", "a", &long];
    let groups = values.map(|value| (1, value.to_owned()));
    let mut all = kept(groups.into_iter().chain([(2, "a".to_owned())]));
    store.keep_groups(&all).await.expect("kept");
    all.seen
        .sort_by(|a, b| (a.whole, &a.labels).cmp(&(b.whole, &b.labels)));
    let asked = [of(2), of(1), of(1), of(7)];
    assert_eq!(store.groups(&asked, EVER).await.expect("read"), all);
    assert_eq!(seen(&store, &[of(2)]).await, [group(2, "a")]);
    // A group was there from the first to the last time; of two that have one name in two places each
    // is its own.
    let span = |after, until| Span::new(DAY.minute(after), DAY.minute(until));
    for (told, known) in [
        (span(560, 700), span(540, 700)),
        (span(500, 600), span(500, 700)),
    ] {
        let mut later = kept([(1, "a".to_owned())]);
        later.seen[0].seen = told;
        later.asked[0].asked = told;
        store.keep_groups(&later).await.expect("kept");
        for group in &mut all.seen {
            if group.whole == of(1) && group.labels == labels("a") {
                group.seen = known;
            }
        }
        all.asked[0].asked = told;
        assert_eq!(store.groups(&asked, EVER).await.expect("read"), all);
    }
    // Only those that were there after a minute.
    let after = store.groups(&asked, DAY.minute(600)).await.expect("read");
    assert_eq!((after.seen.len(), &after.asked), (1, &all.asked));
    // More than one statement takes.
    let many = kept((0..700).map(|n: usize| (3, n.to_string())));
    store.keep_groups(&many).await.expect("kept");
    assert_eq!(seen(&store, &[of(3)]).await.len(), 700);
}

/// The ledger of a group, with some minutes in it.
async fn count(store: &Store, key: &LedgerKey, until: Minute) {
    let mut keep = harvest(1, Span::ending_at(until, 30), 1);
    keep.key = key.clone();
    store.keep(&[keep]).await.expect("kept");
}

fn ledger_of(group: &SeenGroup, threshold: Option<Threshold>) -> LedgerKey {
    LedgerKey {
        generation: group.labels.generation_within(group.whole),
        threshold,
    }
}

async fn forget(store: &Store, key: &LedgerKey, n: i64) {
    let drafts = [draft("forget", n)];
    let forgotten = store.forget(std::slice::from_ref(key), &drafts).await;
    forgotten.expect("forgotten");
}

pub(crate) async fn groups_leave_with_the_last_of_their_ledgers(store: Store) {
    let groups = ["a", "b"].map(|value| (1, value.to_owned()));
    let groups = kept(groups.into_iter().chain([(2, "a".to_owned())]));
    store.keep_groups(&groups).await.expect("kept");
    // Two objectives over one gauge: two ledgers of all, and two of a group.
    let lt = |value| Some(Threshold { op: Op::Lt, value });
    let whole = |value| LedgerKey {
        generation: of(1),
        threshold: lt(value),
    };
    let a = |value| ledger_of(&groups.seen[0], lt(value));
    for key in [whole(3.0), whole(5.0), a(3.0)] {
        count(&store, &key, DAY.minute(600)).await;
    }
    let left = async || {
        let kept = store.groups(&[of(1), of(2)], EVER).await.expect("read");
        (kept.seen.len(), kept.asked.len())
    };
    forget(&store, &whole(3.0), 1).await;
    assert_eq!(left().await, (3, 2), "the other objective has them, too");
    forget(&store, &whole(5.0), 2).await;
    assert_eq!(left().await, (2, 1), "one of them still has a ledger");
    assert_eq!(seen(&store, &[of(1)]).await, [group(1, "a")]);
    forget(&store, &a(3.0), 3).await;
    assert_eq!(left().await, (1, 1));
    // A ledger that was never kept may have groups all the same.
    forget(&store, &key(2), 4).await;
    assert_eq!(left().await, (0, 0));
}

pub(crate) async fn groups_that_have_gone_leave_with_their_minutes(store: Store) {
    let day = |ago: i64| Day::from_index(DAY.index() - ago);
    let names = ["counted", "empty", "never"].map(|name| (1, name.to_owned()));
    let mut groups = kept(names.into_iter().chain([(1, "there".to_owned())]));
    for gone in &mut groups.seen[..3] {
        gone.seen = Span::ending_at(day(9).last(), 60);
    }
    store.keep_groups(&groups).await.expect("kept");
    let ledgers: Vec<LedgerKey> = groups.seen.iter().map(|g| ledger_of(g, None)).collect();
    count(&store, &ledgers[0], day(2).last()).await;
    count(&store, &ledgers[1], day(9).last()).await;
    count(&store, &key(1), day(9).last()).await;
    count(&store, &key(2), day(9).last()).await;

    let wanted = HashSet::from([key(1)]);
    let retained = store.retain(day(5), &wanted).await.expect("retained");
    assert_eq!((retained.days, retained.ledgers), (3, 2));
    assert_eq!(store.sizes().await.expect("sizes").ledgers, 2);
    let known = store.known(&[key(1), key(2)]).await.expect("known");
    let settled: Vec<i64> = known.iter().map(|known| known.settled.len()).collect();
    assert_eq!(settled, [30, 0], "what is wanted is not read again");
    let left: Vec<SeenGroup> = seen(&store, &[of(1)]).await;
    assert_eq!(left, [groups.seen[0].clone(), groups.seen[3].clone()]);
    // The numbers of the ledgers that are gone are free for others.
    count(&store, &key(2), DAY.minute(600)).await;
    let known = store.known(&[key(2), ledgers[1].clone()]).await;
    let known = known.expect("known");
    assert_eq!((known[0].settled.len(), known[1].settled.len()), (30, 0));
    // What is in the tail only is there.
    let retained = store.retain(day(5), &wanted).await.expect("retained");
    assert_eq!((retained.days, retained.ledgers), (0, 0));
    // When the last minutes have gone, nothing is left of a group.
    store.retain(DAY, &wanted).await.expect("retained");
    assert_eq!(seen(&store, &[of(1)]).await, [group(1, "there")]);
}
