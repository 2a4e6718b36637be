//! Laying events of a longer stretch onto its minutes.

use tomoni_ledger::{Events, Fact, Marks};

/// Spreads a stretch's bad and total events evenly over its minutes, which are marked approximate.
///
/// Nothing is lost to rounding: the minutes add up to the stretch. Bad and good events are spread
/// each by itself, so that rounding never lifts bad above total.
pub(in super::super) fn spread(bad: Events, total: Events, minutes: usize) -> Vec<Fact> {
    let whole = Fact::counted(bad, total);
    let Some(counts) = whole.counts else {
        return vec![whole; minutes];
    };
    let good = counts.total - counts.bad;
    (0..minutes)
        .map(|i| {
            let bad = share(counts.bad, i, minutes);
            Fact::counted(bad, bad + share(good, i, minutes))
                .marked(whole.marks)
                .marked(Marks::APPROXIMATE)
        })
        .collect()
}

/// The `i`-th of `n` shares: what the running total rises by from `i` to `i + 1`.
fn share(events: Events, i: usize, n: usize) -> Events {
    let until = |i: usize| i128::from(events.parts()) * i as i128 / n.max(1) as i128;
    Events::from_parts((until(i + 1) - until(i)) as i64)
}
