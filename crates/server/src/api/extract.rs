//! What a handler takes from a request; what cannot be taken is a [`Problem`].

use axum::extract::{FromRequestParts, rejection};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::site::{Code, Problem};

/// The parameters behind the question mark. Their type denies unknown ones, so that a misspelt
/// filter does not answer everything; that of an operation without parameters is [`Nothing`].
pub(crate) struct Params<T>(pub(crate) T);

/// No parameters.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        query
            .map(|query| Self(query.0))
            .map_err(|rejection| Problem::new(Code::BadQuery, reason(&rejection)))
    }
}

/// The parameters in the path.
pub(crate) struct InPath<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for InPath<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0))
            .map_err(|rejection| match rejection {
                rejection::PathRejection::FailedToDeserializePathParams(error) => {
                    Problem::new(Code::NotFound, format!("nothing stands there: {error}"))
                }
                other => Problem::new(Code::Internal, other.to_string()),
            })
    }
}

/// What serde says, without the words around it, and of parameters rather than fields.
fn reason(rejection: &rejection::QueryRejection) -> String {
    use std::error::Error;
    let innermost = rejection.source().map(ToString::to_string);
    let said = innermost.unwrap_or_else(|| rejection.to_string());
    let (_, rest) = said.split_once("unknown field ").unwrap_or_default();
    match rest.rsplit_once(", ") {
        Some((name, "there are no fields")) => {
            format!("unknown parameter {name}: this address takes none")
        }
        _ if rest.is_empty() => said.replace("duplicate field", "given twice:"),
        _ => format!("unknown parameter {rest}"),
    }
}
