//! Objectives with a budget for each group.

use std::collections::BTreeMap;

use tomoni_app::world::{Standing, World};
use tomoni_slo::State;

use super::order::left_first;
use super::row::row;
use super::{key, title};
use crate::ui::view::{Groups, Row, SloKey};

/// How the groups of objectives are doing: by the SLO's name and the objective's place in it.
pub(super) struct Summaries<'a>(BTreeMap<(&'a str, usize), Groups>);

impl<'a> Summaries<'a> {
    pub(super) fn of(world: &'a World) -> Self {
        let mut all: BTreeMap<(&str, usize), Groups> = BTreeMap::new();
        for standing in &world.standings {
            let Some(group) = &standing.slo.value.group else {
                continue;
            };
            let summary = all.entry((&group.of, standing.index)).or_insert(Groups {
                count: 0,
                least_left: None,
            });
            let figures = &standing.measures.figures;
            let left = (figures.known_minutes > 0).then(|| figures.budget.remaining());
            let least = summary.least_left.into_iter().chain(left);
            summary.least_left = least.min_by(f64::total_cmp);
            summary.count += 1;
        }
        Self(all)
    }

    /// Those of an objective, where it has some.
    pub(super) fn get(&self, standing: &Standing) -> Option<Groups> {
        let of = (standing.slo.value.name.as_str(), standing.index);
        self.0.get(&of).copied()
    }
}

/// Whether an objective stands in lists: those of documents do, and groups that fire.
pub(super) fn is_listed(standing: &Standing) -> bool {
    standing.slo.value.group.is_none() || !standing.firing.is_empty()
}

/// The groups of an objective, what is left of their budgets first the least; called by their labels.
pub(super) fn groups(world: &World, of: &Standing) -> Vec<Row> {
    let groups = world.groups_of(&of.slo.value.name);
    let mut rows: Vec<Row> = groups
        .filter(|(_, standing)| standing.index == of.index)
        .map(|(group, standing)| Row {
            title: group.labels.to_string(),
            ..row(world, standing)
        })
        .collect();
    // Of what nothing is known comes last.
    rows.sort_by(|a, b| {
        let is_unknown = |row: &Row| row.state == State::NoData;
        is_unknown(a)
            .cmp(&is_unknown(b))
            .then_with(|| left_first(a, b))
    });
    rows
}

/// The objective that another is a group of, and its title.
pub(super) fn group_of(world: &World, standing: &Standing) -> Option<(SloKey, String)> {
    let group = standing.slo.value.group.as_ref()?;
    let mut of = world.of_slo(&group.of);
    let of = of.find(|of| of.index == standing.index)?;
    Some((key(of), title(of)))
}
