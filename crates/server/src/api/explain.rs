//! How figures came about, and what peers would say: from the ledger, asking no source.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tomoni_app::AppError;
use tomoni_app::documents::Documents;
use tomoni_app::explain::{Explanations, Question};
use tomoni_app::peers::Comparison;
use tomoni_app::status::Sources;
use tomoni_app::world::World;
use tomoni_ledger::Minute;
use tomoni_slo::{Peer, Slo};
use tomoni_spec::Catalog;

use super::extract::{InPath, Params};
use super::figures::Of;
use super::names;
use crate::site::limits::LIST_MAX;
use crate::site::{Code, Problem, ProblemBody, Site};

/// What is to be explained.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// The objective's number, counted from 1; by default all.
    objective: Option<usize>,
    /// How many minutes are listed, up to the window's end: 0 to 1000, by default none.
    minutes: Option<usize>,
    /// The one tool whose view is told, `sloth` or `pyrra`; by default both.
    r#as: Option<Tool>,
}

/// Another tool for SLOs.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Tool {
    /// The mean of five-minute error ratios.
    Sloth,
    /// A ratio of increases.
    Pyrra,
}

impl From<Tool> for Peer {
    fn from(tool: Tool) -> Self {
        match tool {
            Tool::Sloth => Self::Sloth,
            Tool::Pyrra => Self::Pyrra,
        }
    }
}

/// How an SLO's figures came about: the arithmetic with the real numbers, what spent the budget, where
/// minutes are missing.
#[utoipa::path(
    get, path = "/api/v1/slos/{slo}/explain", tag = "figures",
    params(("slo" = String, Path, description = "The SLO's name."), Asked),
    responses(
        (status = 200, body = Explanations, description = "One for each objective."),
        (status = 400, body = ProblemBody, content_type = "application/problem+json",
         description = "`bad-query`: too many minutes."),
        (status = 404, body = ProblemBody, content_type = "application/problem+json",
         description = "`unknown-name`: no such SLO or objective."),
        (status = 503, body = ProblemBody, content_type = "application/problem+json",
         description = "`database-unavailable`, `not-ready`: try again."),
    ),
)]
pub(crate) async fn explain(
    State(site): State<Site>,
    InPath(name): InPath<String>,
    Params(asked): Params<Asked>,
) -> Result<Json<Explanations>, Problem> {
    if asked.minutes.is_some_and(|minutes| minutes > LIST_MAX) {
        let detail = format!("`minutes` must be at most {LIST_MAX}; /minutes gives more");
        return Err(Problem::new(Code::BadQuery, detail));
    }
    let world = site.world();
    let standings = names::standings(&world, &name, asked.objective)?;
    let documents = documents(&world, |slo| slo.name == name);
    let sources = kept(&site, &world, &documents);
    let question = Question {
        slo: &name,
        objective: asked.objective.map(|number| number - 1),
        minutes: asked.minutes,
        peer: asked.r#as.map(Peer::from),
    };
    let explained = tomoni_app::explain::explain(&sources, question).await;
    let mut explained = explained.map_err(|error| problem(error, &name))?;
    for (objective, standing) in explained.objectives.iter_mut().zip(&standings) {
        objective.counting.server.clone_from(&standing.server);
    }
    Ok(Json(explained))
}

/// What Sloth and Pyrra would say of every objective, from the same minutes: the most different first.
#[utoipa::path(
    get, path = "/api/v1/compare", tag = "figures", params(Of),
    responses(
        (status = 200, body = Comparison, description = "One row per objective."),
        (status = 404, body = ProblemBody, content_type = "application/problem+json",
         description = "`unknown-name`: no such team or service."),
        (status = 503, body = ProblemBody, content_type = "application/problem+json",
         description = "`database-unavailable`, `not-ready`: try again."),
    ),
)]
pub(crate) async fn compare(
    State(site): State<Site>,
    Params(of): Params<Of>,
) -> Result<Json<Comparison>, Problem> {
    let world = site.world();
    let documents = documents(&world, |_| true);
    let sources = kept(&site, &world, &documents);
    let compared = tomoni_app::peers::compare(&sources, of.filter()).await;
    Ok(Json(compared.map_err(|error| problem(error, "any SLO"))?))
}

/// What the loop has kept: nobody is asked.
fn kept<'a>(site: &'a Site, world: &World, documents: &'a Documents) -> Sources<'a> {
    Sources {
        documents,
        servers: None,
        store: Some(site.handle().store()),
        at_ms: world.watermark.map_or(world.now_ms, Minute::end_ms),
        now_ms: world.now_ms,
        on_progress: Arc::new(|_| {}),
    }
}

fn problem(error: AppError, whom: &str) -> Problem {
    match error {
        AppError::NothingKept { .. } => {
            let detail =
                format!("nothing has been counted for {whom} yet: /api/v1/findings tells why");
            Problem::new(Code::NotReady, detail)
        }
        error => error.into(),
    }
}

/// The documents that these SLOs need.
fn documents(world: &World, is_wanted: impl Fn(&Slo) -> bool) -> Documents {
    let all = &world.catalog;
    let slos = all.slos.iter().filter(|slo| is_wanted(&slo.value));
    Documents {
        files: Vec::new(),
        catalog: Catalog {
            slos: slos.cloned().collect(),
            data_sources: all.data_sources.clone(),
            ..Catalog::default()
        },
    }
}
