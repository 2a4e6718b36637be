//! What a request that failed is told: `application/problem+json` (RFC 9457) for programs, a page
//! for people.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tomoni_app::findings::FindingRow;
use utoipa::ToSchema;

use super::code::Code;

/// The media type of [`ProblemBody`].
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Why a request failed. As a response it is a status without a body: the middleware that knows the
/// request's id, and whether a person or a program asks, writes the body.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The code.
    pub code: Code,
    /// What exactly was wrong, where, and what to do, in lower case.
    pub detail: String,
    /// Findings in documents, where these are the reason.
    pub findings: Vec<FindingRow>,
    /// The name that was probably meant.
    pub near: Option<String>,
    /// When to try again, in seconds, where that is worth trying.
    pub retry_after_s: Option<u32>,
}

impl Problem {
    /// A problem of this code.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            findings: Vec::new(),
            near: None,
            retry_after_s: None,
        }
    }

    /// Asks for another try in so many seconds.
    #[must_use]
    pub const fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// The status of its code.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The body for programs.
    pub fn body(&self, request_id: &str, base_path: &str) -> ProblemBody {
        ProblemBody {
            kind: format!("{base_path}/api#{}", self.code.as_str()),
            title: self.code.title(),
            status: self.code.status(),
            code: self.code.as_str(),
            detail: self.detail.clone(),
            request_id: request_id.to_owned(),
            findings: self.findings.clone(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status();
        if let Some(seconds) = self.retry_after_s {
            let value = HeaderValue::from(seconds);
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// A problem, as RFC 9457 writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemBody {
    /// An address that says what the code means.
    #[serde(rename = "type")]
    pub kind: String,
    /// What the code says, in a few words.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The stable code; programs compare this.
    pub code: &'static str,
    /// What exactly was wrong, where, and what to do.
    pub detail: String,
    /// The request's id, under which the server's log tells more.
    pub request_id: String,
    /// Findings in documents; only with the code `invalid-documents`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<FindingRow>,
}
