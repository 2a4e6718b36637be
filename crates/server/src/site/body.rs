//! Bodies of requests: as many bytes as are allowed, in the time that is allowed.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use futures::StreamExt;

use super::code::Code;
use super::holder::Site;
use super::problem::Problem;

/// Reads a body.
///
/// # Errors
///
/// When it is too large, comes too slowly, or breaks off.
pub(crate) async fn read(
    site: &Site,
    headers: &HeaderMap,
    body: Body,
    bytes_max: usize,
) -> Result<Bytes, Problem> {
    let too_large = || {
        let detail = format!("the body is larger than {bytes_max} bytes; send it in parts");
        Problem::new(Code::BodyTooLarge, detail)
    };
    let told = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    // usize fits into u64 on every platform that we build for.
    if told.is_some_and(|told| told > bytes_max as u64) {
        return Err(too_large());
    }
    let mut stream = body.into_data_stream();
    let whole = async {
        let mut bytes = Vec::new();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|error| {
                Problem::new(Code::MalformedBody, format!("the body broke off: {error}"))
            })?;
            if bytes.len() + chunk.len() > bytes_max {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Bytes::from(bytes))
    };
    let limit = site.timeouts().body;
    tokio::time::timeout(limit, whole)
        .await
        .unwrap_or_else(|_| {
            let detail = format!("the body was not complete within {} s", limit.as_secs_f64());
            Err(Problem::new(Code::SlowBody, detail))
        })
}

/// Reads JSON.
///
/// # Errors
///
/// When it is no JSON, or says something else than what is read.
pub(crate) fn json<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|error| {
        let code = match error.classify() {
            serde_json::error::Category::Data => Code::InvalidBody,
            _ => Code::MalformedBody,
        };
        Problem::new(code, error.to_string())
    })
}

/// The media type that a request's body has, without its parameters, in lower case.
pub(crate) fn media_type(headers: &HeaderMap) -> String {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let bare = value
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    bare.trim().to_ascii_lowercase()
}

/// Refuses a body that is none of these types.
///
/// # Errors
///
/// When it is none of them.
pub(crate) fn expect_type<'a>(headers: &HeaderMap, types: &[&'a str]) -> Result<&'a str, Problem> {
    let given = media_type(headers);
    types
        .iter()
        .copied()
        .find(|one| *one == given)
        .ok_or_else(|| {
            let given = if given.is_empty() { "no type" } else { &given };
            let detail = format!(
                "the body has {given}; Content-Type must be {}",
                types.join(" or ")
            );
            Problem::new(Code::UnsupportedMediaType, detail)
        })
}
