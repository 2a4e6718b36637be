//! Pages with many objectives: all, a team's, a service's.

use std::collections::BTreeMap;
use std::sync::Arc;

use tomoni_app::world::{Standing, World};
use tomoni_slo::State;

use super::findings::{blind, errors};
use super::groups::{Summaries, is_listed};
use super::order::{left_first, tallies_worst_first, urgency, worst_first};
use super::row::row;
use super::{place, service_named, team_named};
use crate::site::limits::ROWS_PER_PAGE;
use crate::ui::view::{Cut, Named, Overview, Row, Service, StateCounts, Tally, Team};

/// How many rows a section of the overview has at most.
const ROWS_MAX: usize = 12;

/// `/`.
pub fn overview(world: &World) -> Overview {
    let rows = rows(world, |_| true);
    let states = StateCounts::of(whole(&rows));
    let teams = tallies(&rows, |row| row.team.as_ref());
    let (mut firing, calm): (Vec<Row>, Vec<Row>) =
        rows.into_iter().partition(|row| urgency(row) < 2);
    worst_first(&mut firing);
    let (mut backfilling, calm): (Vec<Row>, Vec<Row>) =
        calm.into_iter().partition(|row| row.backfill.is_some());
    let (mut doubtful, mut worst): (Vec<Row>, Vec<Row>) = calm.into_iter().partition(is_doubtful);
    worst_first(&mut doubtful);
    worst.sort_by(left_first);
    let (firing_all, backfilling_all) = (firing.len() as i64, backfilling.len() as i64);
    firing.truncate(ROWS_PER_PAGE);
    backfilling.truncate(ROWS_MAX);
    doubtful.truncate(ROWS_MAX);
    worst.truncate(ROWS_MAX);
    Overview {
        states,
        firing,
        firing_all,
        worst,
        doubtful,
        backfilling,
        backfilling_all,
        teams,
        findings: errors(world) + blind(world) as i64,
    }
}

/// Whether a row's data is missing or doubtful, so that its budget says little.
fn is_doubtful(row: &Row) -> bool {
    let is_whole = matches!(row.state, State::Ok | State::AtRisk | State::Exhausted);
    !is_whole || row.quality.clamped_minutes > 0
}

/// `/teams/{team}`, the page with the row of this place; `None` when no document names such a team.
pub fn team(world: &World, name: &str, place: usize) -> Option<Team> {
    let mut rows = rows(world, |standing| {
        standing.slo.value.team.as_deref() == Some(name)
    });
    worst_first(&mut rows);
    let mut services = tallies(&rows, |row| Some(&row.service));
    let owned = world.catalog.services.iter().map(|service| &service.value);
    for service in owned.filter(|service| service.team.as_deref() == Some(name)) {
        if !services
            .iter()
            .any(|tally| tally.named.name == service.name)
        {
            services.push(Tally {
                named: service_named(&world.catalog, &service.name),
                states: StateCounts::default(),
                firing: 0,
            });
        }
    }
    tallies_worst_first(&mut services);
    let is_known = !rows.is_empty() || !services.is_empty();
    let cut = Cut::at(place, ROWS_PER_PAGE, rows.len());
    is_known.then(|| Team {
        team: team_named(name),
        states: StateCounts::of(whole(&rows)),
        rows: cut.of(rows),
        cut,
        services,
    })
}

/// `/services/{service}`, the page with the row of this place; `None` when no document names such a
/// service.
pub fn service(world: &World, name: &str, at: usize) -> Option<Service> {
    let mut rows = rows(world, |standing| standing.slo.value.service == name);
    worst_first(&mut rows);
    let mut defined = world.catalog.services.iter();
    let defined = defined.find(|service| service.value.name == name);
    if rows.is_empty() && defined.is_none() {
        return None;
    }
    let owner = defined.and_then(|service| service.value.team.as_deref());
    let owner = owner.map(team_named);
    let cut = Cut::at(at, ROWS_PER_PAGE, rows.len());
    Some(Service {
        service: service_named(&world.catalog, name),
        description: defined.and_then(|service| service.value.description.clone()),
        team: owner.or_else(|| rows.iter().find_map(|row| row.team.clone())),
        states: StateCounts::of(whole(&rows)),
        rows: cut.of(rows),
        cut,
        defined_at: defined.map(|service| place(&service.place)),
    })
}

fn rows(world: &World, is_wanted: impl Fn(&Standing) -> bool) -> Vec<Row> {
    let summaries = Summaries::of(world);
    let standings = world.standings.iter();
    let wanted = standings.filter(|standing| is_wanted(standing) && is_listed(standing));
    let row = |standing: &Arc<Standing>| Row {
        groups: summaries.get(standing),
        ..row(world, standing)
    };
    wanted.map(row).collect()
}

/// The rows of whole objectives: a group that fires is listed, but counts in none of the tallies.
fn whole<'a>(rows: impl IntoIterator<Item = &'a Row>) -> impl Iterator<Item = &'a Row> {
    let is_whole = |row: &&Row| !row.key.name.contains(':');
    rows.into_iter().filter(is_whole)
}

fn tallies<'a>(rows: &'a [Row], of: impl Fn(&'a Row) -> Option<&'a Named>) -> Vec<Tally> {
    let mut by_name: BTreeMap<&str, (&Named, Vec<&Row>)> = BTreeMap::new();
    for row in rows {
        if let Some(named) = of(row) {
            by_name
                .entry(&named.name)
                .or_insert((named, Vec::new()))
                .1
                .push(row);
        }
    }
    let all = by_name.into_values().map(|(named, rows)| {
        let firing = rows.iter().filter(|row| urgency(row) < 2);
        Tally {
            named: named.clone(),
            firing: firing.count() as i64,
            states: StateCounts::of(whole(rows)),
        }
    });
    let mut all: Vec<Tally> = all.collect();
    tallies_worst_first(&mut all);
    all
}
