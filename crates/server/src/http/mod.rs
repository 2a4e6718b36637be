//! The server: routes, what stands around every request, sockets.
//!
//! ```text
//! socket ─▶ head limits ─▶ base path ─▶ trace (id, log, panics, headers) ─▶ guard ─▶ timeout
//!        ─▶ compression ─▶ places ─▶ conditional (304) ─▶ handler ─▶ app
//!                      └─▶ conditional (304) ─▶ turns at minutes ─┘
//! ```

mod assets;
mod conditional;
pub(crate) mod context;
mod events;
mod frame;
mod guard;
mod health;
pub mod heartbeat;
mod pages;
mod patience;
mod preferences;
mod serve;
mod trace;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::uri::PathAndQuery;
use axum::http::{Method, Uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use tower::ServiceExt;
use tower_http::compression::CompressionLayer;

pub use crate::site::{
    Clock, Code, Heartbeat, LISTEN_DEFAULT, Metrics, PROBLEM_JSON, Problem, ProblemBody, Settings,
    SettingsError, Site, Timeouts, limits,
};
pub use health::{Readiness, Reason};
pub use serve::{ServeError, bind, serve};

use crate::api;

/// Everything that the server answers.
pub fn router(site: Site) -> Router {
    let conditional = || middleware::from_fn_with_state(site.clone(), conditional::conditional);
    let alone = middleware::from_fn_with_state(site.clone(), alone);
    let histories = Router::new()
        .merge(pages::histories())
        .merge(api::histories())
        .layer(middleware::from_fn_with_state(site.clone(), turns))
        .merge(
            api::comparisons()
                .layer(middleware::from_fn_with_state(site.clone(), turns))
                .layer(alone),
        )
        .layer(conditional());
    let drawn = Router::new()
        .merge(pages::routes())
        .merge(api::drawn())
        .layer(conditional());
    let worked = drawn
        .merge(api::done())
        .route("/preferences", post(preferences::choose))
        .layer(middleware::from_fn_with_state(site.clone(), places));
    let routes = worked
        .merge(histories)
        .route("/metrics", get(crate::site::metrics))
        .route("/events", get(events::events))
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/assets/{name}", get(assets::asset));
    around(site, routes)
}

/// Routes with all that stands around them: ids, logs, panics, guards, limits, compression.
pub fn around(site: Site, routes: Router<Site>) -> Router {
    let base = site.settings().base_path.clone();
    let inner = routes
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(site.clone(), trace::trace))
        .with_state(site);
    if base.is_empty() {
        return inner;
    }
    Router::new().fallback_service(inner.map_request(move |request| without(&base, request)))
}

/// A request whose path has lost what the proxy put before it; others stay as they are, since many
/// proxies take it away themselves.
fn without(base: &str, mut request: Request) -> Request {
    let uri = request.uri();
    let path = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let rest = match path.strip_prefix(base) {
        Some("") => "/".to_owned(),
        Some(rest) if rest.starts_with('/') => rest.to_owned(),
        Some(rest) if rest.starts_with('?') => format!("/{rest}"),
        _ => return request,
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = rest.parse().ok();
    if let Ok(uri) = Uri::from_parts(parts) {
        *request.uri_mut() = uri;
    }
    request
}

/// Lets only so many requests be worked on at once. Those that change something have places of their
/// own.
async fn places(State(site): State<Site>, request: Request, next: Next) -> Response {
    let (places, most, what) = if request.method().is_safe() {
        (site.requests(), limits::REQUESTS_MAX, "requests")
    } else {
        (site.writes(), limits::WRITES_MAX, "changes")
    };
    // The semaphore is never closed: no permit means no place.
    match places.try_acquire() {
        Ok(_place) => next.run(request).await,
        Err(_) => overloaded(most, what),
    }
}

/// Lets only so many requests go through minutes at once, each of which can take a processor for a
/// while, and waits for the database; some others wait, as long as an answer may take. They take no
/// place from those that need neither.
async fn turns(State(site): State<Site>, request: Request, next: Next) -> Response {
    // The semaphores are never closed.
    let Ok(_place) = site.histories().try_acquire() else {
        return overloaded(limits::HISTORIES_MAX, "histories");
    };
    let _turn = site.turns().acquire().await;
    next.run(request).await
}

/// Lets one comparison be worked on at a time: it goes through the minutes of every SLO, and several
/// would take all turns from pages for long.
async fn alone(State(site): State<Site>, request: Request, next: Next) -> Response {
    match site.comparisons().try_acquire() {
        Ok(_place) => next.run(request).await,
        Err(_) => overloaded(limits::COMPARISONS_MAX, "comparisons"),
    }
}

fn overloaded(most: usize, what: &str) -> Response {
    let detail = format!("{most} {what} are being worked on");
    Problem::new(Code::Overloaded, detail)
        .retry_after(1)
        .into_response()
}

async fn not_found(State(site): State<Site>, method: Method, uri: Uri) -> Response {
    if method.is_safe()
        && let Some(location) = pages::without_slash(&site.settings().base_path, &uri)
    {
        return Redirect::permanent(&location).into_response();
    }
    let detail = format!("nothing stands at {}; /api lists what there is", uri.path());
    Problem::new(Code::NotFound, detail).into_response()
}

async fn method_not_allowed(request: Request) -> Problem {
    let detail = format!(
        "{} does not take {}",
        request.uri().path(),
        request.method()
    );
    Problem::new(Code::MethodNotAllowed, detail)
}
