//! What must always be true, as predicates: tests ask them, and so do debug assertions.

use crate::fact::{Events, Fact, Marks};
use crate::minute::Minute;
use crate::spans::SpanSet;
use crate::sums::Sums;

/// A fact can be: `0 <= bad <= total <=` [`Events::MINUTE_MAX`], and what is invalid is unknown.
pub fn fact(fact: Fact) -> bool {
    fact.counts.is_none_or(|counts| {
        Events::ZERO <= counts.bad
            && counts.bad <= counts.total
            && counts.total <= Events::MINUTE_MAX
            && !fact.marks.has(Marks::INVALID)
    })
}

/// So many minutes can add up to these sums: `0 <= bad <= total`, no minute is counted twice, and
/// events happen only in minutes that are known.
pub fn sums(sums: Sums, minutes: i64) -> bool {
    let counted = 0..=minutes;
    Events::ZERO <= sums.bad
        && sums.bad <= sums.total
        && (sums.known > 0 || sums.total == Events::ZERO)
        && counted.contains(&sums.known)
        && counted.contains(&sums.invalid)
        && counted.contains(&(sums.known + sums.invalid))
        && counted.contains(&sums.approximate)
        && counted.contains(&sums.clamped)
}

/// The spans are in order, none is empty, none overlaps or touches the next.
pub fn spans(set: &SpanSet) -> bool {
    let mut before: Option<Minute> = None;
    set.spans().iter().all(|span| {
        let is_apart = before.is_none_or(|until| until < span.after);
        before = Some(span.until);
        is_apart && !span.is_empty()
    })
}
