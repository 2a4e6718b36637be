//! Sets of minutes, kept as sorted spans that neither overlap nor touch.

use crate::invariants;
use crate::minute::{Minute, Span};

/// A set of minutes: what is excluded, what has been fetched, what is still wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpanSet {
    /// Sorted, non-empty, neither overlapping nor touching.
    spans: Vec<Span>,
}

impl SpanSet {
    /// The empty set.
    pub const fn new() -> Self {
        Self { spans: Vec::new() }
    }

    /// Adds every minute of the span.
    pub fn insert(&mut self, span: Span) {
        if span.is_empty() {
            return;
        }
        let from = self.spans.partition_point(|s| s.until < span.after);
        let to = self.spans.partition_point(|s| s.after <= span.until);
        let merged = self.spans[from..to].iter().fold(span, |a, b| {
            Span::new(a.after.min(b.after), a.until.max(b.until))
        });
        self.spans.splice(from..to, [merged]);
        debug_assert!(invariants::spans(self));
    }

    /// Takes every minute of the span out.
    pub fn remove(&mut self, span: Span) {
        let rest = Self::from_iter([span]);
        *self = self.difference(&rest);
    }

    /// The spans, in order.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Whether it holds no minute.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// How many minutes it holds.
    pub fn len(&self) -> i64 {
        self.spans.iter().map(|s| s.len()).sum()
    }

    /// Whether the minute is in it.
    pub fn contains(&self, minute: Minute) -> bool {
        let at = self.spans.partition_point(|s| s.until < minute);
        self.spans.get(at).is_some_and(|s| s.contains(minute))
    }

    /// Its parts inside the span, in order.
    pub fn within(&self, span: Span) -> impl Iterator<Item = Span> + '_ {
        let from = self.spans.partition_point(|s| s.until <= span.after);
        self.spans[from..]
            .iter()
            .take_while(move |s| s.after < span.until)
            .map(move |s| s.intersection(span))
            .filter(|s| !s.is_empty())
    }

    /// The parts of the span that are *not* in the set, in order.
    pub fn gaps(&self, span: Span) -> Vec<Span> {
        let mut gaps = Vec::new();
        let mut after = span.after;
        for taken in self.within(span) {
            gaps.push(Span::new(after, taken.after));
            after = taken.until;
        }
        gaps.push(Span::new(after, span.until));
        gaps.retain(|s| !s.is_empty());
        gaps
    }

    /// The minutes of `self` that are not in `other`.
    pub fn difference(&self, other: &Self) -> Self {
        Self {
            spans: self.spans.iter().flat_map(|s| other.gaps(*s)).collect(),
        }
    }
}

impl FromIterator<Span> for SpanSet {
    fn from_iter<T: IntoIterator<Item = Span>>(spans: T) -> Self {
        let mut set = Self::new();
        set.extend(spans);
        set
    }
}

impl Extend<Span> for SpanSet {
    fn extend<T: IntoIterator<Item = Span>>(&mut self, spans: T) {
        for span in spans {
            self.insert(span);
        }
    }
}
