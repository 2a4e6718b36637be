//! What was found of groups, and which of them have a budget.

use std::cmp::Reverse;

use tomoni_ledger::{Minute, Span};
use tomoni_slo::GroupLabels;
use tomoni_sources::prometheus::Groups;
use tomoni_store::{AskedGroups, KeptGroups, SeenGroup};

use super::{GROUPS_MAX, Key, Look};

/// How long a group's values may be, in bytes, all together. What is longer is nobody's name: it
/// comes from addresses that were made up.
pub(crate) const LABELS_BYTES_MAX: usize = 1_024;

/// The groups of one grouping.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Known {
    /// Those that have a budget, and when they were there.
    groups: Groups,
    /// In which time it was asked who was there.
    pub(crate) asked: Option<Span>,
    /// Who has no budget, as of the last look.
    pub(crate) others: Others,
    /// Why it is not known which there are.
    pub(crate) failure: Option<String>,
}

/// How many groups have no budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Others {
    /// There was no place for them.
    pub(crate) without_place: usize,
    /// Their values are too long.
    pub(crate) too_long: usize,
    /// So many were there at once that it was not asked who they are.
    pub(crate) passed_over: Option<u64>,
}

impl Known {
    /// Takes in what was found. Those that have a budget keep it; the free places go to those that
    /// were there at the end of the look, then to the others, by their labels: so the same groups
    /// always have one. Gives whether there are new ones.
    pub(crate) fn take(&mut self, look: Look) -> bool {
        self.failure = None;
        self.asked = Some(extended(self.asked, look.window));
        let mut others = Vec::new();
        let mut too_long = 0;
        for (labels, seen) in look.found.groups {
            match self.groups.get_mut(&labels) {
                Some(known) => *known = joined(*known, seen),
                None if is_too_long(&labels) => too_long += 1,
                None => others.push((seen.until < look.window.until, labels, seen)),
            }
        }
        others.sort_unstable_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        let places = GROUPS_MAX.saturating_sub(self.groups.len());
        self.others = Others {
            without_place: others.len().saturating_sub(places),
            too_long,
            passed_over: look.found.passed_over,
        };
        others.truncate(places);
        let has_new = !others.is_empty();
        let new = others.into_iter();
        self.groups
            .extend(new.map(|(_, labels, seen)| (labels, seen)));
        has_new
    }

    /// Takes in what is kept of groups that were there in a window, of this grouping or others. Where
    /// they are too many, those that were there last have the places.
    pub(crate) fn recall(&mut self, key: &Key, kept: &KeptGroups, window: Span) {
        let is_of = |group: &&SeenGroup| {
            let is_there = !group.seen.intersection(window).is_empty();
            is_there && group.whole == key.whole && group.labels.are_named(&key.names)
        };
        let mut seen: Vec<&SeenGroup> = kept.seen.iter().filter(is_of).collect();
        seen.sort_by_key(|group| (Reverse(group.seen.until), &group.labels));
        for group in seen {
            if let Some(known) = self.groups.get_mut(&group.labels) {
                *known = joined(*known, group.seen);
            } else if self.groups.len() < GROUPS_MAX {
                self.groups.insert(group.labels.clone(), group.seen);
            }
        }
        let asked = kept.asked.iter();
        for asked in asked.filter(|asked| (asked.whole, &asked.names) == (key.whole, &key.names)) {
            self.asked = Some(extended(self.asked, asked.asked));
        }
    }

    /// Drops the groups of which nothing was there after a minute: their places are free.
    pub(crate) fn drop_before(&mut self, after: Minute) {
        self.groups.retain(|_, seen| seen.until > after);
    }

    /// Those that were there in a span, by their labels.
    pub(crate) fn there(&self, span: Span) -> impl Iterator<Item = &GroupLabels> {
        let groups = self.groups.iter();
        let there = groups.filter(move |(_, seen)| !seen.intersection(span).is_empty());
        there.map(|(labels, _)| labels)
    }

    /// Adds all that is to be kept.
    pub(crate) fn add_to(&self, kept: &mut KeptGroups, key: &Key) {
        let seen = |(labels, seen): (&GroupLabels, &Span)| SeenGroup {
            whole: key.whole,
            labels: labels.clone(),
            seen: *seen,
        };
        kept.seen.extend(self.groups.iter().map(seen));
        kept.asked.extend(self.asked.map(|asked| AskedGroups {
            whole: key.whole,
            names: key.names.clone(),
            asked,
        }));
    }
}

fn is_too_long(labels: &GroupLabels) -> bool {
    let bytes: usize = labels.iter().map(|(_, value)| value.len()).sum();
    bytes > LABELS_BYTES_MAX
}

/// A time of which something is known, and another: both where they meet, else the later.
fn extended(known: Option<Span>, other: Span) -> Span {
    match known {
        None => other,
        Some(known) if known.after <= other.until && other.after <= known.until => {
            joined(known, other)
        }
        Some(known) if known.until > other.until => known,
        Some(_) => other,
    }
}

/// From the first to the last time.
fn joined(a: Span, b: Span) -> Span {
    Span::new(a.after.min(b.after), a.until.max(b.until))
}

#[cfg(test)]
mod tests {
    use tomoni_sources::prometheus::FoundGroups;

    use super::*;

    fn minute(index: i64) -> Minute {
        Minute::from_index(index)
    }

    fn labels(n: usize) -> GroupLabels {
        GroupLabels::new([("h".to_owned(), format!("{n:03}"))])
    }

    fn span(after: i64, until: i64) -> Span {
        Span::new(minute(after), minute(until))
    }

    fn found(groups: impl IntoIterator<Item = usize>, seen: Span) -> Groups {
        groups.into_iter().map(|n| (labels(n), seen)).collect()
    }

    /// A look that found these groups.
    fn look(groups: Groups, window: Span) -> Look {
        let found = FoundGroups {
            groups,
            passed_over: None,
        };
        Look { window, found }
    }

    fn numbers(known: &Known) -> Vec<String> {
        let all = known.groups.keys();
        all.map(|labels| labels.to_string().replace("h=", ""))
            .collect()
    }

    fn key() -> Key {
        Key {
            whole: tomoni_slo::Generation::from_bits(1),
            names: vec!["h".to_owned()],
        }
    }

    #[test]
    fn those_that_had_a_budget_keep_it() {
        let mut known = Known::default();
        // Those that are gone come after all that are there.
        let mut first = found(100..180, span(0, 60));
        first.extend(found(0..60, span(0, 30)));
        assert!(known.take(look(first, span(0, 60))));
        assert_eq!((known.groups.len(), known.others.without_place), (100, 40));
        let expected: Vec<String> = (0..20).chain(100..180).map(|n| format!("{n:03}")).collect();
        assert_eq!(numbers(&known), expected);
        // Found again, in whatever order: the same.
        let again = look(found(0..300, span(60, 70)), span(10, 70));
        assert!(!known.take(again));
        assert_eq!((known.groups.len(), known.others.without_place), (100, 200));
        assert_eq!(numbers(&known), expected);
        assert_eq!(known.groups[&labels(0)], span(0, 70));
        // A place that becomes free goes to the first that is there.
        let others = found((1..300).chain(900..901), span(70, 80));
        known.take(look(others, span(20, 80)));
        known.drop_before(minute(70));
        assert_eq!(known.groups.len(), 99);
        assert!(!known.groups.contains_key(&labels(0)));
        let two = look(found([950, 940], span(80, 90)), span(30, 90));
        assert!(known.take(two));
        assert_eq!(known.others.without_place, 1);
        assert!(known.groups.contains_key(&labels(940)));
    }

    #[test]
    fn values_without_end_are_no_names() {
        let mut known = Known::default();
        let value = |bytes: usize| GroupLabels::new([("h".to_owned(), "x".repeat(bytes))]);
        let mut groups = found([1], span(0, 10));
        groups.insert(value(LABELS_BYTES_MAX), span(0, 10));
        groups.insert(value(LABELS_BYTES_MAX + 1), span(0, 10));
        assert!(known.take(look(groups, span(0, 10))));
        assert_eq!((known.groups.len(), known.others.too_long), (2, 1));
    }

    #[test]
    fn a_group_is_there_from_first_to_last() {
        let mut known = Known::default();
        known.take(look(found([1], span(10, 20)), span(0, 20)));
        let there = |after, until| known.there(span(after, until)).count();
        assert_eq!(
            [there(0, 10), there(0, 11), there(19, 30), there(20, 30)],
            [0, 1, 1, 0]
        );
    }

    #[test]
    fn it_is_known_what_was_asked() {
        let mut known = Known::default();
        let mut asked = |after, until| {
            known.take(look(Groups::new(), span(after, until)));
            known.asked
        };
        assert_eq!(asked(100, 200), Some(span(100, 200)));
        assert_eq!(asked(150, 250), Some(span(100, 250)));
        assert_eq!(asked(50, 260), Some(span(50, 260)));
        // A time before it says nothing of what lies between; one after it counts from then on.
        assert_eq!(asked(0, 20), Some(span(50, 260)));
        assert_eq!(asked(300, 400), Some(span(300, 400)));
    }

    #[test]
    fn what_was_kept_is_known_again() {
        let key = key();
        let mut known = Known::default();
        known.take(look(found([1, 2], span(10, 20)), span(0, 20)));
        let mut kept = KeptGroups::default();
        known.add_to(&mut kept, &key);
        let mut other = kept.seen[0].clone();
        other.labels = GroupLabels::new([("i".to_owned(), "1".to_owned())]);
        kept.seen.push(other);
        let mut again = Known::default();
        again.recall(&key, &kept, span(0, 100));
        assert_eq!(again, known);
        let other = Key {
            whole: tomoni_slo::Generation::from_bits(2),
            ..key.clone()
        };
        again.recall(&other, &kept, span(0, 100));
        assert_eq!(again, known);
        // What was there at another time is not.
        let mut none = Known::default();
        none.recall(&key, &kept, span(20, 100));
        assert_eq!(none.groups, Groups::new());
    }

    #[test]
    fn no_more_are_recalled_than_have_a_budget() {
        let key = key();
        let mut kept = KeptGroups::default();
        for (group, seen) in found(0..150, span(0, 20)) {
            let seen = if group < labels(60) {
                span(0, 10)
            } else {
                seen
            };
            kept.seen.push(SeenGroup {
                whole: key.whole,
                labels: group,
                seen,
            });
        }
        let mut known = Known::default();
        known.recall(&key, &kept, span(0, 20));
        assert_eq!(known.groups.len(), GROUPS_MAX);
        // Those that were there last, and of the others the first.
        let expected: Vec<String> = (0..10).chain(60..150).map(|n| format!("{n:03}")).collect();
        assert_eq!(numbers(&known), expected);
    }
}
