//! From an error of a use case to a problem, and from an address to what is meant.

use std::sync::Arc;

use tomoni_app::AppError;
use tomoni_app::select;
use tomoni_app::world::{Standing, World};
use tomoni_store::StoreError;

use crate::site::{Code, Problem, Site};

/// How long to wait for a database, in seconds.
const DATABASE_RETRY_S: u32 = 5;

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        let code = match &error {
            AppError::Store(store) => return store_problem(store),
            AppError::Unknown { .. }
            | AppError::NoneOfBoth { .. }
            | AppError::NoObjective { .. } => Code::UnknownName,
            AppError::LoopEnded => Code::NotReady,
            _ => Code::Internal,
        };
        if code == Code::Internal {
            tracing::error!(%error, "a use case failed");
        }
        let mut problem = Self::new(code, error.to_string());
        if let AppError::Unknown { near, .. } = error {
            problem.near = near;
        }
        problem
    }
}

/// A database that does not answer passes; one that is damaged does not, and trying again is no help.
fn store_problem(error: &StoreError) -> Problem {
    let code = match error {
        StoreError::Damaged { .. }
        | StoreError::DamagedBlock { .. }
        | StoreError::DamagedRow { .. }
        | StoreError::NotADatabase { .. }
        | StoreError::Foreign { .. }
        | StoreError::Newer { .. } => Code::DatabaseDamaged,
        StoreError::Conflict(_) => Code::Conflict,
        StoreError::TooMuch { .. } | StoreError::Nul { .. } => Code::InvalidBody,
        _ => Code::DatabaseUnavailable,
    };
    let problem = Problem::new(code, error.to_string());
    match code {
        Code::DatabaseDamaged => tracing::error!(%error, "the database is damaged"),
        Code::DatabaseUnavailable => {
            tracing::warn!(%error, "the database could not be used");
            return problem.retry_after(DATABASE_RETRY_S);
        }
        _ => {}
    }
    problem
}

/// Whether the database takes writes, as far as is known: who would only wait for it is told so at
/// once.
pub(crate) fn writable(site: &Site) -> Result<(), Problem> {
    match site.handle().away() {
        Some(why) => Err(away(&why)),
        None => Ok(()),
    }
}

/// The database takes no writes; what it said.
pub(crate) fn away(why: &str) -> Problem {
    Problem::new(Code::DatabaseUnavailable, why).retry_after(DATABASE_RETRY_S)
}

/// An SLO's objectives as they stand; those that the number names, counted from 1.
pub(crate) fn standings(
    world: &World,
    slo: &str,
    objective: Option<usize>,
) -> Result<Vec<Arc<Standing>>, Problem> {
    let index = match objective {
        Some(0) => {
            let detail = "objectives are counted from 1: ?objective=1 is the first";
            return Err(Problem::new(Code::BadQuery, detail));
        }
        number => number.map(|number| number - 1),
    };
    // Says which names there are, where nobody has this one.
    select::named(&world.catalog, slo, index)?;
    let of_slo = world
        .of_slo(slo)
        .filter(|s| index.is_none_or(|index| s.index == index));
    let found: Vec<_> = of_slo.cloned().collect();
    if found.is_empty() {
        let detail = format!("{slo} has no figures yet: it was defined a moment ago");
        return Err(Problem::new(Code::NotReady, detail).retry_after(DATABASE_RETRY_S));
    }
    Ok(found)
}

/// The one objective that is meant: the first, unless a number says another.
pub(crate) fn standing(
    world: &World,
    slo: &str,
    objective: Option<usize>,
) -> Result<Arc<Standing>, Problem> {
    let found = standings(world, slo, Some(objective.unwrap_or(1)))?;
    // `standings` gives one at least.
    found
        .into_iter()
        .next()
        .ok_or_else(|| Problem::new(Code::UnknownName, slo))
}
