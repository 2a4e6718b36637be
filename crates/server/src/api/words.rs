//! What World knows, as the API writes it.

use tomoni_app::instant;
use tomoni_app::world::{Backfill, QueryCheck};

use super::shapes::{BackfillRow, Check};

/// Whether a query finds anything.
pub(crate) fn check(check: &QueryCheck) -> Check {
    let (result, newest, error) = match check {
        QueryCheck::NotYet => ("not_yet", None, None),
        QueryCheck::Found { newest } => ("found", Some(*newest), None),
        QueryCheck::Quiet { newest } => ("quiet", Some(*newest), None),
        QueryCheck::Nothing { last_seen } => ("nothing", *last_seen, None),
        QueryCheck::Failed { error } => ("failed", None, Some(error.clone())),
        QueryCheck::Pushed { newest } => ("pushed", *newest, None),
    };
    Check {
        result,
        newest: newest.map(instant::of_minute),
        error,
    }
}

/// How far a history has come.
pub(crate) const fn backfill(backfill: Backfill) -> BackfillRow {
    BackfillRow {
        done_minutes: backfill.done_minutes,
        wanted_minutes: backfill.wanted_minutes,
        remaining_seconds: backfill.remaining_s,
    }
}
