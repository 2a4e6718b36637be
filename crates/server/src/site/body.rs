//! Bodies of requests: as many bytes as are allowed, in the time that is allowed.

use std::ops::Deref;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use futures::StreamExt;
use tokio::sync::OwnedSemaphorePermit;

use super::code::Code;
use super::holder::Site;
use super::limits::{BODIES_BYTES_MAX, FORM_BYTES_MAX};
use super::problem::Problem;

/// When to come back where there was no room, in seconds.
const ROOM_RETRY_S: u32 = 5;

/// A body, and the room that it takes until it is dropped.
#[derive(Debug)]
pub(crate) struct Taken {
    bytes: Vec<u8>,
    /// `None` where it is small.
    room: Option<OwnedSemaphorePermit>,
}

impl Deref for Taken {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Reads a body, whose bytes take room beside those that are being worked on as they come: what is told
/// and never sent takes none. Small ones need none, since only so many changes have a place.
///
/// # Errors
///
/// When it is too large, comes too slowly, or breaks off, and when there is no room in time.
pub(crate) async fn read(
    site: &Site,
    headers: &HeaderMap,
    body: Body,
    bytes_max: usize,
) -> Result<Taken, Problem> {
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
        let mut taken = Taken {
            bytes: Vec::new(),
            room: None,
        };
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|error| {
                Problem::new(Code::MalformedBody, format!("the body broke off: {error}"))
            })?;
            if taken.bytes.len() + chunk.len() > bytes_max {
                return Err(too_large());
            }
            if bytes_max > FORM_BYTES_MAX {
                let more = room(site, chunk.len()).await?;
                match &mut taken.room {
                    Some(room) => room.merge(more),
                    none => *none = Some(more),
                }
            }
            taken.bytes.extend_from_slice(&chunk);
        }
        Ok(taken)
    };
    let limit = site.timeouts().body;
    tokio::time::timeout(limit, whole)
        .await
        .unwrap_or_else(|_| {
            let detail = format!("the body was not complete within {} s", limit.as_secs_f64());
            Err(Problem::new(Code::SlowBody, detail))
        })
}

/// Room for so many bytes.
async fn room(site: &Site, bytes: usize) -> Result<OwnedSemaphorePermit, Problem> {
    let limit = site.timeouts().room;
    // Every body's limit is far below 4 GiB.
    let permits = u32::try_from(bytes).unwrap_or(u32::MAX);
    let waiting = site.bodies().acquire_many_owned(permits);
    match tokio::time::timeout(limit, waiting).await {
        Ok(Ok(room)) => Ok(room),
        // The semaphore is never closed: there was no room in time.
        _ => {
            let detail = format!(
                "the bodies of other requests fill the {BODIES_BYTES_MAX} bytes that are kept for them"
            );
            Err(Problem::new(Code::Overloaded, detail).retry_after(ROOM_RETRY_S))
        }
    }
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
