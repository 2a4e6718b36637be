//! Counts that are pushed: from firmware, hardware, and whatever no metrics server holds.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use tomoni_app::AppError;
use tomoni_app::push::{self, Counted, Format, Outcome, PushError};
use utoipa::ToSchema;

use super::extract::{InPath, Params};
use super::names;
use crate::site::limits::COUNTS_BYTES_MAX;
use crate::site::{Code, Problem, ProblemBody, Site, body};

/// What became of the batches of a request.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Pushed {
    /// The name under which they were pushed.
    pub sli: String,
    /// Each batch, in order. One that had been counted before is a success, too.
    pub batches: Vec<Outcome>,
}

/// Under which id.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Under {
    /// The id of a batch that has none of its own: of CSV, and of one JSON batch without `id`.
    id: Option<String>,
}

/// Counts what is pushed under a name, each batch once, however often it is sent. A minute can be
/// pushed until 48 hours after its end; several batches of one minute add up.
#[utoipa::path(
    post, path = "/api/v1/sli/{sli}/counts", tag = "counts",
    params(
        ("sli" = String, Path,
         description = "The name that the SLI's document gives: `type: tomoni.dev/push`, `spec: {sli: NAME}`."),
        Under,
    ),
    request_body(
        description = "JSON: `{\"id\": …, \"counts\": [{\"minute\": …, \"bad\": …, \"total\": …}]}`; \
                       `good` may stand for `bad`, and a minute is named by its end (RFC 3339). NDJSON: \
                       such a batch on each line. CSV: a header with `minute`, `good` or `bad`, and \
                       `total`, then a count on each line.",
        content((String = "application/json"), (String = "application/x-ndjson"), (String = "text/csv")),
    ),
    responses(
        (status = 200, body = Pushed, description = "All of them are counted, now or before."),
        (status = 400, body = ProblemBody, content_type = "application/problem+json",
         description = "`malformed-body`: it is not UTF-8, no JSON, or no table; `detail` names the line."),
        (status = 404, body = ProblemBody, content_type = "application/problem+json",
         description = "`unknown-name`: no SLO counts what is pushed under this name."),
        (status = 409, body = ProblemBody, content_type = "application/problem+json",
         description = "`conflict`: the id was used for other counts."),
        (status = 413, body = ProblemBody, content_type = "application/problem+json",
         description = "`body-too-large`: too many bytes, batches, or counts."),
        (status = 415, body = ProblemBody, content_type = "application/problem+json",
         description = "`unsupported-media-type`: it is neither JSON nor NDJSON nor CSV."),
        (status = 422, body = ProblemBody, content_type = "application/problem+json",
         description = "`invalid-body`, `closed-minute`: nothing of that batch was counted."),
        (status = 503, body = ProblemBody, content_type = "application/problem+json",
         description = "`database-unavailable`: send it again, under the same id; it counts once."),
    ),
)]
pub(crate) async fn push(
    State(site): State<Site>,
    InPath(sli): InPath<String>,
    Params(under): Params<Under>,
    headers: HeaderMap,
    content: Body,
) -> Result<Json<Pushed>, Problem> {
    let format = format(&headers)?;
    names::writable(&site)?;
    let taken = body::read(&site, &headers, content, COUNTS_BYTES_MAX).await?;
    // Its room is taken until the batches are counted: they are as large.
    let (read, _taken) = tomoni_app::beside(move || {
        let read = push::read(&taken, format, under.id.as_deref());
        (read, taken)
    })
    .await;
    let batches = read?;
    let Counted { outcomes, refused } = site.handle().push(&sli, batches).await?;
    match refused {
        None => Ok(Json(Pushed {
            sli,
            batches: outcomes,
        })),
        Some(error) => Err(refusal(error, &outcomes)),
    }
}

fn format(headers: &HeaderMap) -> Result<Format, Problem> {
    let given = body::media_type(headers);
    if let Some(format) = Format::of_media_type(&given) {
        return Ok(format);
    }
    let taken = [Format::Json, Format::Ndjson, Format::Csv].map(Format::media_type);
    body::expect_type(headers, &taken)?;
    // What is taken has a format.
    Err(Problem::new(Code::Internal, given))
}

/// Why a batch was not counted, and what became of those before it.
fn refusal(error: PushError, counted: &[Outcome]) -> Problem {
    let mut problem = Problem::from(error);
    if !counted.is_empty() {
        let count = counted.len();
        problem.detail += &format!(
            " ({count} before it in this request are counted, and count no second time when they \
             are sent again)"
        );
    }
    problem
}

impl From<PushError> for Problem {
    fn from(error: PushError) -> Self {
        let code = match &error {
            PushError::TooLarge { .. }
            | PushError::TooManyBatches
            | PushError::TooManyCounts { .. } => Code::BodyTooLarge,
            PushError::Syntax { .. } => Code::MalformedBody,
            PushError::Empty
            | PushError::NoCounts { .. }
            | PushError::Value { .. }
            | PushError::Id { .. }
            | PushError::Count { .. } => Code::InvalidBody,
            PushError::Closed { .. } | PushError::Ahead { .. } => Code::ClosedMinute,
            PushError::Unknown { .. } => Code::UnknownName,
            PushError::Conflict { .. } => Code::Conflict,
            PushError::Away(why) => return names::away(why),
            PushError::Store(_) => {
                return match error {
                    PushError::Store(error) => AppError::from(error).into(),
                    other => Self::new(Code::Internal, other.to_string()),
                };
            }
        };
        Self::new(code, error.to_string())
    }
}
