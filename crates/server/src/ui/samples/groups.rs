//! One of the thirty has a budget for each way to open a door.

use super::slo::slo;
use crate::ui::view::{Groups, Row, Slo, SloKey};

/// Ways to open a door, and how each is called in an address; of one nobody said how.
const WAYS: [(&str, &str); 4] = [
    ("app", "app"),
    ("card", "card"),
    ("", ":5f2c01aa9b3e"),
    ("鍵/spare", "-~spare:0c77d1e9f2a4"),
];

/// How the groups of an objective are doing.
pub(super) fn summary(row: &Row) -> Option<Groups> {
    (row.key.name == "unlock-availability").then_some(Groups {
        count: 4,
        least_left: Some(-0.52),
    })
}

/// The groups of an objective: as well off as some others.
pub(super) fn of(row: &Row) -> Vec<Row> {
    if row.groups.is_none() {
        return Vec::new();
    }
    let group = |((way, slug), other): ((&str, &str), Row)| Row {
        key: SloKey {
            name: format!("{}:{slug}", row.key.name),
            objective: None,
        },
        title: format!("way={way}"),
        service: row.service.clone(),
        team: row.team.clone(),
        groups: None,
        ..other
    };
    WAYS.into_iter()
        .zip(super::rows().into_iter().skip(1))
        .map(group)
        .collect()
}

/// The page of one of an objective's groups.
pub fn group(of: &Row, row: &Row) -> Slo {
    Slo {
        group_of: Some((of.key.clone(), of.title.clone())),
        groups: Vec::new(),
        row: Row {
            title: format!("{} · {}", of.title, row.title),
            ..row.clone()
        },
        ..slo(of)
    }
}
