//! What comes first: what somebody should look at first.

use std::cmp::Ordering;

use tomoni_slo::{Severity, State};

use crate::ui::view::{Row, Tally};

/// The most urgent alert that fires: 0 for a page, 1 for a ticket, 2 for none.
pub(super) fn urgency(row: &Row) -> u8 {
    let firing = row.alerts.iter().filter(|alert| alert.is_firing);
    firing
        .map(|alert| match alert.severity {
            Severity::Page => 0,
            Severity::Ticket => 1,
        })
        .min()
        .unwrap_or(2)
}

/// A state's place among the states, worst first.
fn badness(state: State) -> usize {
    let place = State::WORST_FIRST.iter().position(|other| *other == state);
    place.unwrap_or(State::WORST_FIRST.len())
}

/// Alerts first, then states, then what is left of the budget, then names.
pub(super) fn worst_first(rows: &mut [Row]) {
    rows.sort_by(|a, b| {
        urgency(a)
            .cmp(&urgency(b))
            .then(badness(a.state).cmp(&badness(b.state)))
            .then(left_first(a, b))
    });
}

/// By what is left of the budget, the least first; then by name.
pub(super) fn left_first(a: &Row, b: &Row) -> Ordering {
    let by_left = a.budget.remaining().total_cmp(&b.budget.remaining());
    by_left
        .then_with(|| a.title.cmp(&b.title))
        .then_with(|| a.key.name.cmp(&b.key.name))
        .then_with(|| a.key.objective.cmp(&b.key.objective))
}

/// Those with alerts first, then those with most objectives in the worst states, then by name.
pub(super) fn tallies_worst_first(tallies: &mut [Tally]) {
    let rank = |tally: &Tally| {
        let worst = tally.states.worst_first().map(|(_, count)| -count);
        (-tally.firing, worst)
    };
    tallies.sort_by(|a, b| {
        let by_rank = rank(a).cmp(&rank(b));
        by_rank.then_with(|| a.named.name.cmp(&b.named.name))
    });
}
