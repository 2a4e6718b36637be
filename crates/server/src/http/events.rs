//! `/events`: a word to every open page when World has changed.

use std::convert::Infallible;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::Stream;
use futures::stream::unfold;
use tokio::sync::{OwnedSemaphorePermit, watch};

use crate::site::Code;
use crate::site::Problem;
use crate::site::Site;
use crate::site::limits::STREAMS_MAX;

/// How long a browser waits before it asks again, in seconds, when there are too many streams.
const RETRY_S: u32 = 30;

/// One listener.
struct Listener {
    changes: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
    boot: String,
    /// The stream was broken, and World has changed since.
    has_missed: bool,
    _place: OwnedSemaphorePermit,
}

/// The stream. Its events carry no figures: a page fetches itself again.
pub(crate) async fn events(
    State(site): State<Site>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let place = site.streams().try_acquire_owned().map_err(|_| {
        let detail = format!("{STREAMS_MAX} clients listen already; reload the page instead");
        Problem::new(Code::TooManyStreams, detail).retry_after(RETRY_S)
    })?;
    let changes = site.handle().changes();
    let last = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok());
    let now = id(site.boot(), *changes.borrow());
    let listener = Listener {
        has_missed: last.is_some_and(|last| last != now),
        changes,
        stopping: site.stopping(),
        boot: site.boot().to_owned(),
        _place: place,
    };
    let keep_alive = KeepAlive::new().interval(site.timeouts().keep_alive);
    let mut response = Sse::new(stream(listener))
        .keep_alive(keep_alive)
        .into_response();
    // A proxy that gathers answers would hold the events back.
    let headers = response.headers_mut();
    headers.insert(
        "x-accel-buffering",
        axum::http::HeaderValue::from_static("no"),
    );
    Ok(response)
}

fn id(boot: &str, version: u64) -> String {
    format!("{boot}-{version}")
}

fn stream(listener: Listener) -> impl Stream<Item = Result<Event, Infallible>> {
    unfold(listener, |mut listener| async move {
        let is_stopping = *listener.stopping.borrow();
        if is_stopping {
            return None;
        }
        if !std::mem::take(&mut listener.has_missed) {
            tokio::select! {
                changed = listener.changes.changed() => changed.ok()?,
                _ = listener.stopping.wait_for(|stopping| *stopping) => return None,
            }
        }
        let version = *listener.changes.borrow_and_update();
        let event = Event::default()
            .event("tick")
            .id(id(&listener.boot, version))
            .data(version.to_string());
        Some((Ok(event), listener))
    })
}
