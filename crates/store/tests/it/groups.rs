//! Groups: every case over an empty store.

use tomoni_ledger::{Day, Span};
use tomoni_slo::{Generation, GroupLabels};
use tomoni_store::{SeenGroup, Store};

use crate::journal::draft;
use crate::support::{DAY, key};

fn labels(value: &str) -> GroupLabels {
    let pairs = [("handler", value), ("method", "GET")];
    GroupLabels::new(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())))
}

fn of(n: u128) -> Generation {
    key(n).generation
}

/// A group of what a ledger counts, there for an hour.
pub(crate) fn group(n: u128, value: &str) -> SeenGroup {
    SeenGroup {
        of: of(n),
        labels: labels(value),
        seen: Span::ending_at(DAY.minute(600), 60),
    }
}

pub(crate) async fn groups_are_remembered(store: Store) {
    assert_eq!(store.groups(&[of(1), of(2)]).await.expect("read"), []);
    let values = ["", "/", "\"\\\n\0'", "戸口", "a"];
    let mut all: Vec<SeenGroup> = values.map(|value| group(1, value)).to_vec();
    all.push(group(2, "a"));
    store.keep_groups(&all, &[]).await.expect("kept");
    all.sort_by(|a, b| (a.of, &a.labels).cmp(&(b.of, &b.labels)));
    let asked = [of(2), of(1), of(1), of(7)];
    assert_eq!(store.groups(&asked).await.expect("read"), all);
    assert_eq!(store.groups(&[of(2)]).await.expect("read"), [group(2, "a")]);
    // What is known of one is replaced; of two that have one name in two places each is its own.
    let later = SeenGroup {
        seen: Span::ending_at(DAY.minute(700), 160),
        ..group(1, "a")
    };
    let gone = [(of(1), labels("/")), (of(2), labels("/"))];
    let write = store.keep_groups(std::slice::from_ref(&later), &gone).await;
    write.expect("kept");
    all.retain(|group| group.of != of(1) || group.labels != labels("/"));
    for group in &mut all {
        if group.of == later.of && group.labels == later.labels {
            *group = later.clone();
        }
    }
    assert_eq!(store.groups(&asked).await.expect("read"), all);
    // More than one statement takes.
    let many: Vec<SeenGroup> = (0..700).map(|n| group(3, &n.to_string())).collect();
    store.keep_groups(&many, &[]).await.expect("kept");
    assert_eq!(store.groups(&[of(3)]).await.expect("read").len(), 700);
}

pub(crate) async fn groups_leave_with_what_they_are_groups_of(store: Store) {
    let old = SeenGroup {
        seen: Span::ending_at(Day::from_index(DAY.index() - 9).last(), 60),
        ..group(1, "old")
    };
    let groups = [group(1, "a"), old, group(2, "a")];
    store.keep_groups(&groups, &[]).await.expect("kept");
    store.retain(DAY).await.expect("retained");
    let left = store.groups(&[of(1), of(2)]).await.expect("read");
    assert_eq!(left, [group(1, "a"), group(2, "a")]);
    // A ledger that was never kept may have groups all the same.
    let forgotten = store.forget(&[key(1)], &[draft("forget", 1)]).await;
    forgotten.expect("forgotten");
    let left = store.groups(&[of(1), of(2)]).await.expect("read");
    assert_eq!(left, [group(2, "a")]);
}
