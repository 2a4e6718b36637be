//! The pages: ask `app`, fill a view, draw it.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::Uri;
use axum::http::request::Parts;
use axum::response::Html;
use axum::routing::get;
use jiff::civil::Date;
use maud::Markup;
use serde::Deserialize;
use tomoni_app::register::{Generation, RegisterError, Revision};
use tomoni_app::select;
use tomoni_app::world::{Standing, World};

use super::context::Viewer;
use super::frame;
use crate::api::extract::{InPath, Params};
use crate::api::names;
use crate::present::{self, Past};
use crate::site::{Code, Problem, Site};
use crate::ui::view::{GenerationNote, RevisionNote};
use crate::ui::{Context, pages};

/// How much of a generation's hash is shown.
const HASH_CHARS: usize = 12;

/// Pages that are drawn from World alone.
pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route("/", get(overview))
        .route("/teams/{team}", get(team))
        .route("/services/{service}", get(service))
        .route("/findings", get(findings))
}

/// Pages that go through an SLO's minutes.
pub(crate) fn histories() -> Router<Site> {
    Router::new()
        .route("/slos/{slo}", get(slo))
        .route("/slos/{slo}/minutes", get(minutes))
}

/// Where the page is that somebody asks for with a `/` too many. Only below what pages begin with, so
/// that nobody is sent to another host.
pub(crate) fn without_slash(base_path: &str, uri: &Uri) -> Option<String> {
    let path = uri.path().strip_suffix('/')?;
    let first = path.split('/').nth(1)?;
    if !["teams", "services", "slos", "findings"].contains(&first) {
        return None;
    }
    let query = uri
        .query()
        .map_or_else(String::new, |query| format!("?{query}"));
    Some(format!("{base_path}{path}{query}"))
}

type Page = Result<Html<String>, Problem>;

/// Somebody who looks at a page: who it is, at what, and what there is to see.
struct Look {
    site: Site,
    viewer: Viewer,
    uri: Uri,
    world: Arc<World>,
}

impl FromRequestParts<Site> for Look {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Infallible> {
        Ok(Self {
            viewer: Viewer::of(&parts.headers, &parts.uri, &site.settings().zone),
            uri: parts.uri.clone(),
            world: site.world(),
            site: site.clone(),
        })
    }
}

impl Look {
    fn draw(&self, page: impl FnOnce(&Context) -> Markup) -> Page {
        let context = frame::context(&self.site, &self.viewer, &self.uri, &self.world);
        Ok(Html(page(&context).into_string()))
    }

    fn nothing(&self) -> Problem {
        Problem::new(
            Code::NotFound,
            format!("nothing stands at {}", self.uri.path()),
        )
    }
}

async fn overview(look: Look) -> Page {
    let view = present::overview(&look.world);
    look.draw(|context| pages::overview::page(&view, context))
}

/// Which page of a long list: the one with the row of this place, counted from 1.
#[derive(Debug, Deserialize)]
struct At {
    from: Option<usize>,
}

async fn team(look: Look, InPath(name): InPath<String>, Params(at): Params<At>) -> Page {
    let Some(view) = present::team(&look.world, &name, at.from.unwrap_or(1)) else {
        // Says which name was probably meant.
        select::of(&look.world.catalog, Some(&name), None)?;
        return Err(look.nothing());
    };
    look.draw(|context| pages::team::page(&view, context))
}

async fn service(look: Look, InPath(name): InPath<String>, Params(at): Params<At>) -> Page {
    let Some(view) = present::service(&look.world, &name, at.from.unwrap_or(1)) else {
        select::of(&look.world.catalog, None, Some(&name))?;
        return Err(look.nothing());
    };
    look.draw(|context| pages::service::page(&view, context))
}

/// Which objective, counted from 1; the first when it is left out.
#[derive(Debug, Deserialize)]
struct Of {
    objective: Option<usize>,
}

async fn slo(look: Look, InPath(name): InPath<String>, Params(of): Params<Of>) -> Page {
    let standing = names::standing(&look.world, &name, of.objective)?;
    let (details, zone) = (look.site.details(), &look.viewer.zone);
    let past = past(&look.site, &standing).await;
    let view = present::slo(details, &look.world, &standing, past, zone).await?;
    look.draw(|context| pages::slo::page(&view, context))
}

/// What the journal knows of an objective's past; nothing while it cannot be read, since the rest of
/// the page is worth more than none.
async fn past(site: &Site, standing: &Standing) -> Past {
    let Some(register) = site.register() else {
        return Past::default();
    };
    // A group has the past of the document that it comes of.
    let slo = &standing.slo.value;
    let name = slo.group.as_ref().map_or(&slo.name, |group| &group.of);
    match register.history(name, standing.index).await {
        Ok(history) => Past {
            revisions: history.revisions.iter().map(revision).collect(),
            generations: match slo.group {
                Some(_) => Vec::new(),
                None => history.generations.iter().map(generation).collect(),
            },
        },
        // Documents that were never written into the journal have no past there.
        Err(RegisterError::Unknown { .. }) => Past::default(),
        Err(error) => {
            tracing::warn!(%error, slo = name, "the journal could not be read");
            Past::default()
        }
    }
}

fn revision(revision: &Revision) -> RevisionNote {
    RevisionNote {
        number: revision.number,
        since: frame::instant(revision.since_ms),
        target: revision.objective.target.fraction(),
        window: revision.objective.window.to_string(),
        author: Some(revision.actor.clone()),
        reason: Some(revision.reason.clone()).filter(|reason| !reason.is_empty()),
    }
}

fn generation(generation: &Generation) -> GenerationNote {
    let hash = generation.key.generation.to_string();
    GenerationNote {
        hash: hash.chars().take(HASH_CHARS).collect(),
        since: frame::instant(generation.since_ms),
    }
}

/// Which day of which objective.
#[derive(Debug, Deserialize)]
struct DayOf {
    objective: Option<usize>,
    day: Option<Date>,
    all: Option<String>,
}

async fn minutes(look: Look, InPath(name): InPath<String>, Params(of): Params<DayOf>) -> Page {
    let standing = names::standing(&look.world, &name, of.objective)?;
    let (details, zone) = (look.site.details(), &look.viewer.zone);
    let is_all = of.all.is_some();
    let view = present::minutes(details, &look.world, &standing, of.day, zone, is_all).await?;
    let view = view.ok_or_else(|| look.nothing())?;
    look.draw(|context| pages::minutes::page(&view, context))
}

/// Which page of checks, and which one of findings.
#[derive(Debug, Deserialize)]
struct FindingsAt {
    from: Option<usize>,
    finding: Option<usize>,
}

async fn findings(look: Look, Params(at): Params<FindingsAt>) -> Page {
    let (check, finding) = (at.from.unwrap_or(1), at.finding.unwrap_or(1));
    let view = present::findings(&look.world, check, finding);
    look.draw(|context| pages::findings::page(&view, context))
}
