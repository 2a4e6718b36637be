//! Which rows are shown, and in which order.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use tomoni_slo::State;

use super::report::{SloRow, StatusReport};

/// In which order rows are listed. Groups stand below the objective that they are groups of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Firing pages first, then firing tickets, then by state, then by what is left of the budget. An
    /// objective has the place of the worst of its groups, where that is worse than itself.
    Worst,
    /// By the SLO's name.
    Name,
    /// By service, then by the SLO's name: as a report is made.
    Service,
}

/// Which rows are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Only those in one of these states; all, where none is named.
    pub states: Vec<State>,
    /// Only those of which an alert fires.
    pub firing: bool,
}

impl StatusReport {
    /// Leaves out all other rows, and what is to be said of them alone. Errors stay: what could not be
    /// read must not look calm because its row is not shown.
    pub fn retain(&mut self, shown: &Shown) {
        if *shown == Shown::default() {
            return;
        }
        self.slos.retain(|row| shown.takes(row));
        let slos = &self.slos;
        self.findings.retain(|finding| {
            let about = finding.slo.as_ref();
            finding.severity == "error"
                || about.is_none_or(|slo| slos.iter().any(|row| row.slo == *slo))
        });
    }

    /// Lists rows in this order.
    pub fn sort(&mut self, order: Order) {
        if order == Order::Service {
            return;
        }
        let mut families: BTreeMap<(String, usize), Vec<SloRow>> = BTreeMap::new();
        for row in std::mem::take(&mut self.slos) {
            let of = row.group.as_ref().map_or(&row.slo, |group| &group.of);
            let key = (of.clone(), row.objective_number);
            families.entry(key).or_default().push(row);
        }
        let mut families: Vec<Vec<SloRow>> = families.into_values().collect();
        if order == Order::Worst {
            for family in &mut families {
                family.sort_by(|a, b| whole_first(a, b).then_with(|| worse_first(a, b)));
            }
            families.sort_by(|a, b| match (worst(a), worst(b)) {
                (Some(a), Some(b)) => worse_first(a, b),
                (a, b) => a.is_some().cmp(&b.is_some()),
            });
        }
        self.slos = families.into_iter().flatten().collect();
    }
}

impl Shown {
    fn takes(&self, row: &SloRow) -> bool {
        let is_meant = |state: &State| state.as_str() == row.state;
        (self.states.is_empty() || self.states.iter().any(is_meant))
            && (!self.firing || urgency(row) < CALM)
    }
}

/// The urgency of a row of which no alert fires.
const CALM: usize = 2;

/// The most urgent alert that fires: 0 for a page, 1 for a ticket.
fn urgency(row: &SloRow) -> usize {
    let fires = |severity: &&str| row.firing(severity);
    let place = ["page", "ticket"].iter().position(fires);
    place.unwrap_or(CALM)
}

fn badness(row: &SloRow) -> usize {
    let place = State::WORST_FIRST
        .iter()
        .position(|s| s.as_str() == row.state);
    place.unwrap_or(State::WORST_FIRST.len())
}

fn whole_first(a: &SloRow, b: &SloRow) -> Ordering {
    a.group.is_some().cmp(&b.group.is_some())
}

fn worst(family: &[SloRow]) -> Option<&SloRow> {
    family.iter().min_by(|a, b| worse_first(a, b))
}

fn worse_first(a: &SloRow, b: &SloRow) -> Ordering {
    let left = |row: &SloRow| row.budget.remaining.unwrap_or(f64::INFINITY);
    (urgency(a), badness(a))
        .cmp(&(urgency(b), badness(b)))
        .then_with(|| left(a).total_cmp(&left(b)))
        .then_with(|| (&a.slo, a.objective_number).cmp(&(&b.slo, b.objective_number)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::FindingRow;

    #[test]
    fn what_could_not_be_read_is_told_whatever_is_shown() {
        let finding = |severity, slo: Option<&str>| FindingRow {
            slo: slo.map(str::to_owned),
            code: "read/failed",
            severity,
            file: String::new(),
            line: None,
            column: None,
            message: String::new(),
            help: None,
        };
        let error = finding("error", Some("a"));
        let of_all = finding("warning", None);
        let mut report = StatusReport {
            at: "2026-11-24T23:29:00Z".to_owned(),
            slos: Vec::new(),
            findings: vec![error.clone(), finding("warning", Some("a")), of_all.clone()],
        };
        report.retain(&Shown {
            firing: true,
            ..Shown::default()
        });
        assert_eq!(report.findings, [error, of_all]);
    }
}
