//! What was found of groups, and which of them have a budget.

use tomoni_ledger::{Minute, Span};
use tomoni_slo::GroupLabels;
use tomoni_sources::prometheus::Groups;
use tomoni_store::SeenGroup;

use super::{GROUPS_MAX, Key};

/// The groups of one grouping.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Known {
    /// Those that have a budget, and when they were there.
    pub(crate) groups: Groups,
    /// How many others were there when it was looked last.
    pub(crate) without_budget: usize,
    /// Why it is not known which there are.
    pub(crate) failure: Option<String>,
}

impl Known {
    /// Takes in what was found in a span that ends at a minute. Those that have a budget keep it; the
    /// free places go to those that were there at its end, then to the others, by their labels: so
    /// the same groups always have one. Gives whether there are new ones.
    pub(crate) fn take(&mut self, found: Groups, until: Minute) -> bool {
        let mut others = Vec::new();
        for (labels, seen) in found {
            match self.groups.get_mut(&labels) {
                Some(known) => *known = joined(*known, seen),
                None => others.push((seen.until < until, labels, seen)),
            }
        }
        others.sort_unstable_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        let places = GROUPS_MAX.saturating_sub(self.groups.len());
        self.without_budget = others.len().saturating_sub(places);
        others.truncate(places);
        let has_new = !others.is_empty();
        let new = others.into_iter();
        self.groups
            .extend(new.map(|(_, labels, seen)| (labels, seen)));
        has_new
    }

    /// Takes in what is kept of groups, of this grouping or others.
    pub(crate) fn recall(&mut self, key: &Key, kept: &[SeenGroup]) {
        let is_of = |group: &&SeenGroup| {
            let names = group.labels.iter().map(|(name, _)| name);
            group.of == key.of && names.eq(key.labels.iter().map(String::as_str))
        };
        for group in kept.iter().filter(is_of) {
            let known = self.groups.entry(group.labels.clone());
            let known = known.or_insert(group.seen);
            *known = joined(*known, group.seen);
        }
    }

    /// Drops the groups of which nothing was there after a minute; gives them.
    pub(crate) fn drop_before(&mut self, after: Minute) -> Vec<GroupLabels> {
        let old = |(_, seen): &(&GroupLabels, &Span)| seen.until <= after;
        let gone: Vec<GroupLabels> = self
            .groups
            .iter()
            .filter(old)
            .map(|(labels, _)| labels.clone())
            .collect();
        for labels in &gone {
            self.groups.remove(labels);
        }
        gone
    }

    /// Those that were there in a span, by their labels.
    pub(crate) fn there(&self, span: Span) -> impl Iterator<Item = &GroupLabels> {
        let groups = self.groups.iter();
        let there = groups.filter(move |(_, seen)| !seen.intersection(span).is_empty());
        there.map(|(labels, _)| labels)
    }

    /// Until when it is known who was there; `None` where it never was.
    pub(crate) fn until(&self) -> Option<Minute> {
        self.groups.values().map(|seen| seen.until).max()
    }

    /// All that is to be kept.
    pub(crate) fn rows(&self, key: &Key) -> Vec<SeenGroup> {
        let row = |(labels, seen): (&GroupLabels, &Span)| SeenGroup {
            of: key.of,
            labels: labels.clone(),
            seen: *seen,
        };
        self.groups.iter().map(row).collect()
    }
}

/// From the first to the last time.
fn joined(a: Span, b: Span) -> Span {
    Span::new(a.after.min(b.after), a.until.max(b.until))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(n: usize) -> GroupLabels {
        GroupLabels::new([("h".to_owned(), format!("{n:03}"))])
    }

    fn span(after: i64, until: i64) -> Span {
        Span::new(Minute::from_index(after), Minute::from_index(until))
    }

    fn found(groups: impl IntoIterator<Item = usize>, seen: Span) -> Groups {
        groups.into_iter().map(|n| (labels(n), seen)).collect()
    }

    fn numbers(known: &Known) -> Vec<String> {
        let all = known.groups.keys();
        all.map(|labels| labels.to_string().replace("h=", ""))
            .collect()
    }

    #[test]
    fn those_that_had_a_budget_keep_it() {
        let mut known = Known::default();
        let minute = Minute::from_index;
        // Those that are gone come after all that are there.
        let mut first = found(100..180, span(0, 60));
        first.extend(found(0..60, span(0, 30)));
        assert!(known.take(first, minute(60)));
        assert_eq!((known.groups.len(), known.without_budget), (100, 40));
        let expected: Vec<String> = (0..20).chain(100..180).map(|n| format!("{n:03}")).collect();
        assert_eq!(numbers(&known), expected);
        // Found again, in whatever order: the same.
        assert!(!known.take(found(0..300, span(60, 70)), minute(70)));
        assert_eq!((known.groups.len(), known.without_budget), (100, 200));
        assert_eq!(numbers(&known), expected);
        assert_eq!(known.groups[&labels(0)], span(0, 70));
        // A place that becomes free goes to the first that is there.
        known.take(found((1..300).chain(900..901), span(70, 80)), minute(80));
        assert_eq!(known.drop_before(minute(70)), [labels(0)]);
        assert!(known.take(found([950, 940], span(80, 90)), minute(90)));
        assert_eq!(known.without_budget, 1);
        assert!(known.groups.contains_key(&labels(940)));
    }

    #[test]
    fn a_group_is_there_from_first_to_last() {
        let mut known = Known::default();
        known.take(found([1], span(10, 20)), Minute::from_index(20));
        let there = |after, until| known.there(span(after, until)).count();
        assert_eq!(
            [there(0, 10), there(0, 11), there(19, 30), there(20, 30)],
            [0, 1, 1, 0]
        );
        assert_eq!(known.until(), Some(Minute::from_index(20)));
    }

    #[test]
    fn what_was_kept_is_known_again() {
        let key = Key {
            of: tomoni_slo::Generation::from_bits(1),
            labels: vec!["h".to_owned()],
        };
        let mut known = Known::default();
        known.take(found([1, 2], span(10, 20)), Minute::from_index(20));
        let mut rows = known.rows(&key);
        let mut again = Known::default();
        let mut other = rows[0].clone();
        other.labels = GroupLabels::new([("i".to_owned(), "1".to_owned())]);
        rows.push(other);
        again.recall(&key, &rows);
        assert_eq!(again, known);
        again.recall(
            &Key {
                of: tomoni_slo::Generation::from_bits(2),
                ..key
            },
            &rows,
        );
        assert_eq!(again, known);
    }
}
