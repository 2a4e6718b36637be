//! Figures: status, SLOs, teams, services.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tomoni_app::status::{Filter, GroupRow, StatusReport};
use tomoni_app::world::{Standing, World};
use tomoni_slo::State as SloState;

use super::extract::{InPath, Nothing, Params};
use super::names;
use super::shapes::{ObjectiveSource, Services, SloDetail, SloList, SloSummary, Tally, Teams};
use super::words::{backfill, check};
use crate::site::limits::LIST_MAX;
use crate::site::{Code, Problem, ProblemBody, Site};

/// Which objectives.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Of {
    /// Only those of this team.
    team: Option<String>,
    /// Only those of this service.
    service: Option<String>,
}

impl Of {
    pub(crate) fn filter(&self) -> Filter<'_> {
        Filter {
            team: self.team.as_deref(),
            service: self.service.as_deref(),
        }
    }
}

/// Every objective's figures at the last settled minute.
#[utoipa::path(
    get, path = "/api/v1/status", tag = "figures", params(Of),
    responses(
        (status = 200, body = StatusReport, description = "One row per objective."),
        (status = 404, body = ProblemBody, content_type = "application/problem+json",
         description = "`unknown-name`: no such team or service."),
    ),
)]
pub(crate) async fn status(
    State(site): State<Site>,
    Params(of): Params<Of>,
) -> Result<Json<StatusReport>, Problem> {
    Ok(Json(site.world().status(of.filter())?))
}

/// Which part of a list.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Part {
    /// How many entries at most: 1 to 1000, by default 1000.
    limit: Option<usize>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Only those of this team.
    team: Option<String>,
    /// Only those of this service.
    service: Option<String>,
}

/// How many entries a page has at most.
///
/// # Errors
///
/// When it is out of range.
pub(super) fn page_limit(asked: Option<usize>) -> Result<usize, Problem> {
    let limit = asked.unwrap_or(LIST_MAX);
    if !(1..=LIST_MAX).contains(&limit) {
        let detail = format!("`limit` is {limit}; it must be from 1 to {LIST_MAX}");
        return Err(Problem::new(Code::BadQuery, detail));
    }
    Ok(limit)
}

/// All SLOs, in pages.
#[utoipa::path(
    get, path = "/api/v1/slos", tag = "figures", params(Part),
    responses(
        (status = 200, body = SloList, description = "A page of the list."),
        (status = 400, body = ProblemBody, content_type = "application/problem+json",
         description = "`bad-query`: the limit is out of range, or nothing is called `after`."),
        (status = 404, body = ProblemBody, content_type = "application/problem+json",
         description = "`unknown-name`: no such team or service."),
    ),
)]
pub(crate) async fn slos(
    State(site): State<Site>,
    Params(part): Params<Part>,
) -> Result<Json<SloList>, Problem> {
    let limit = page_limit(part.limit)?;
    let world = site.world();
    let (team, service) = (part.team.as_deref(), part.service.as_deref());
    // Says who is meant where nobody has the name.
    tomoni_app::select::of(&world.catalog, team, service)?;
    let wanted = |standing: &&Arc<Standing>| {
        let slo = &standing.slo.value;
        team.is_none_or(|team| slo.team.as_deref() == Some(team))
            && service.is_none_or(|service| slo.service == service)
    };
    let wanted: Vec<&Arc<Standing>> = world.standings.iter().filter(wanted).collect();
    let all: Vec<&[&Arc<Standing>]> = by_slo(&wanted).collect();
    let start = match &part.after {
        None => 0,
        Some(after) => {
            let place = all.iter().position(|slo| slo[0].slo.value.name == *after);
            place.map(|place| place + 1).ok_or_else(|| {
                let detail = format!(
                    "`after` names `{after}`, which is no SLO of this list (any \
                                      longer): begin again without it"
                );
                Problem::new(Code::BadQuery, detail)
            })?
        }
    };
    let page: Vec<SloSummary> = all
        .iter()
        .skip(start)
        .take(limit)
        .map(|slo| summary(slo))
        .collect();
    let has_more = start + page.len() < all.len();
    let next = page
        .last()
        .filter(|_| has_more)
        .map(|last| last.name.clone());
    Ok(Json(SloList { slos: page, next }))
}

/// States from worst to best, as lists are sorted.
const WORST_FIRST: [SloState; 6] = [
    SloState::Exhausted,
    SloState::AtRisk,
    SloState::NoData,
    SloState::Partial,
    SloState::NoTraffic,
    SloState::Ok,
];

/// Objectives by their SLOs.
fn by_slo<'a>(standings: &'a [&'a Arc<Standing>]) -> impl Iterator<Item = &'a [&'a Arc<Standing>]> {
    standings.chunk_by(|a, b| a.slo.value.name == b.slo.value.name)
}

/// A list's entry for the objectives of one SLO; there is one at least.
fn summary(objectives: &[&Arc<Standing>]) -> SloSummary {
    let slo = &objectives[0].slo.value;
    let figures = || objectives.iter().map(|standing| &standing.measures.figures);
    let has = |state: &SloState| figures().any(|figures| figures.state == *state);
    let state = WORST_FIRST.iter().find(|state| has(state)).copied();
    let mut firing: Vec<_> = objectives
        .iter()
        .flat_map(|standing| &standing.firing)
        .map(|firing| firing.severity)
        .collect();
    firing.sort_unstable();
    firing.dedup();
    SloSummary {
        name: slo.name.clone(),
        display_name: slo.display_name.clone(),
        group: slo.group.as_ref().map(GroupRow::from),
        service: slo.service.clone(),
        team: slo.team.clone(),
        stage: slo.stage.as_str(),
        objectives: objectives.len(),
        state: state.unwrap_or(SloState::NoData).as_str(),
        remaining: figures()
            .filter(|figures| figures.known_minutes > 0)
            .map(|figures| figures.budget.remaining())
            .min_by(f64::total_cmp),
        firing: firing
            .into_iter()
            .map(tomoni_slo::Severity::as_str)
            .collect(),
    }
}

/// One SLO with the figures of its objectives.
#[utoipa::path(
    get, path = "/api/v1/slos/{slo}", tag = "figures",
    params(("slo" = String, Path, description = "The SLO's name.")),
    responses(
        (status = 200, body = SloDetail, description = "The SLO."),
        (status = 404, body = ProblemBody, content_type = "application/problem+json",
         description = "`unknown-name`: no such SLO."),
    ),
)]
pub(crate) async fn slo(
    State(site): State<Site>,
    InPath(name): InPath<String>,
    Params(Nothing {}): Params<Nothing>,
) -> Result<Json<SloDetail>, Problem> {
    let world = site.world();
    let standings = names::standings(&world, &name, None)?;
    let defined = &standings[0].slo;
    let slo = &defined.value;
    let mut report = world.status(Filter {
        team: None,
        service: Some(&slo.service),
    })?;
    report.slos.retain(|row| row.slo == slo.name);
    let place = &defined.place;
    let groups: Vec<&Arc<Standing>> = world.groups_of(&slo.name).map(|(_, one)| one).collect();
    Ok(Json(SloDetail {
        name: slo.name.clone(),
        display_name: slo.display_name.clone(),
        description: slo.description.clone(),
        group: slo.group.as_ref().map(GroupRow::from),
        groups: by_slo(&groups).map(summary).collect(),
        service: slo.service.clone(),
        team: slo.team.clone(),
        stage: slo.stage.as_str(),
        file: place.file.to_string(),
        line: (place.line > 0).then_some(place.line),
        objectives: report.slos,
        sources: standings.iter().map(|standing| source(standing)).collect(),
    }))
}

fn source(standing: &Standing) -> ObjectiveSource {
    ObjectiveSource {
        server: standing.server.clone(),
        ledger: standing.promise().key.to_string(),
        check: check(&standing.check),
        backfill: standing.backfill.map(backfill),
    }
}

/// All teams, with the states of their objectives.
#[utoipa::path(
    get, path = "/api/v1/teams", tag = "figures",
    responses((status = 200, body = Teams, description = "By name.")),
)]
pub(crate) async fn teams(
    State(site): State<Site>,
    Params(Nothing {}): Params<Nothing>,
) -> Json<Teams> {
    let world = site.world();
    let teams = tallies(&world, |standing| standing.slo.value.team.clone());
    Json(Teams { teams })
}

/// All services, with the states of their objectives.
#[utoipa::path(
    get, path = "/api/v1/services", tag = "figures",
    responses((status = 200, body = Services, description = "By name.")),
)]
pub(crate) async fn services(
    State(site): State<Site>,
    Params(Nothing {}): Params<Nothing>,
) -> Json<Services> {
    let world = site.world();
    let mut services = tallies(&world, |standing| Some(standing.slo.value.service.clone()));
    for defined in &world.catalog.services {
        let service = &defined.value;
        let tally = services.binary_search_by(|tally| tally.name.cmp(&service.name));
        match tally {
            Ok(place) => {
                if let Some(tally) = services.get_mut(place) {
                    tally.display_name.clone_from(&service.display_name);
                }
            }
            Err(place) => services.insert(
                place,
                Tally {
                    display_name: service.display_name.clone(),
                    ..empty(service.name.clone())
                },
            ),
        }
    }
    Json(Services { services })
}

fn empty(name: String) -> Tally {
    Tally {
        name,
        display_name: None,
        objectives: 0,
        states: WORST_FIRST
            .iter()
            .map(|state| (state.as_str(), 0))
            .collect(),
        firing: 0,
    }
}

fn tallies(world: &World, name: impl Fn(&Standing) -> Option<String>) -> Vec<Tally> {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    // A group's events are among those of the SLO that it is a group of.
    let of_documents = |standing: &&Arc<Standing>| standing.slo.value.group.is_none();
    for standing in world.standings.iter().filter(of_documents) {
        let Some(name) = name(standing) else { continue };
        let tally = tallies.entry(name.clone()).or_insert_with(|| empty(name));
        tally.objectives += 1;
        *tally
            .states
            .entry(standing.measures.figures.state.as_str())
            .or_default() += 1;
        tally.firing += usize::from(!standing.firing.is_empty());
    }
    tallies.into_values().collect()
}
