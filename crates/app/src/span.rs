//! Stretches of minutes in reports.

use serde::{Deserialize, Serialize};
use tomoni_ledger::Span;
use utoipa::ToSchema;

use crate::instant;

/// A stretch of minutes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SpanRow {
    /// Where its first minute begins (UTC).
    pub from: String,
    /// Where its last minute ends (UTC).
    pub until: String,
    /// How many minutes it has.
    pub minutes: i64,
}

pub(crate) fn span_row(span: Span) -> SpanRow {
    SpanRow {
        from: instant::of_minute(span.after),
        until: instant::of_minute(span.until),
        minutes: span.len(),
    }
}
