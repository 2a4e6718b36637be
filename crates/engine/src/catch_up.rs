//! Cutting what is missing into reads.

use tomoni_ledger::{Day, Span};

/// The span cut into pieces of at most `days` UTC days, newest first, so that the figures people
/// look at now are there first. Pieces end at midnight UTC, except the newest.
///
/// ```
/// use tomoni_engine::chunks;
/// use tomoni_ledger::{Minute, Span};
/// let pieces = chunks(Span::new(Minute::from_index(100), Minute::from_index(3_000)), 1);
/// let ends: Vec<i64> = pieces.iter().map(|s| s.until.index()).collect();
/// assert_eq!(ends, [3_000, 2_880, 1_440]);
/// ```
pub fn chunks(span: Span, days: i64) -> Vec<Span> {
    let days = days.max(1);
    let mut pieces = Vec::new();
    let mut until = span.until;
    while until > span.after {
        let first = Day::from_index(until.day().index() - (days - 1))
            .span()
            .after;
        let after = first.max(span.after);
        pieces.push(Span::new(after, until));
        until = after;
    }
    pieces
}
