//! Around every request: its id, its line in the log, its count, its answer when it failed or when
//! somebody panicked, and the headers that every answer has.

use std::panic::AssertUnwindSafe;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use futures::FutureExt;
use tracing::Instrument;

use super::context::Viewer;
use super::{frame, guard};
use crate::site::Code;
use crate::site::Site;
use crate::site::limits::REQUEST_ID_CHARS_MAX;
use crate::site::{PROBLEM_JSON, Problem};
use crate::ui::CONTENT_SECURITY_POLICY;

/// The header of a request's id.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What of a request is still needed when it has been answered.
struct Asked {
    id: String,
    method: Method,
    uri: Uri,
    route: String,
    wants_page: bool,
    viewer: Viewer,
}

/// Answers one request, whatever happens.
pub(crate) async fn trace(State(site): State<Site>, request: Request, next: Next) -> Response {
    let began = site.clock().elapsed();
    let asked = Asked::new(&site, &request);
    let span = tracing::info_span!("request", id = asked.id);
    let answered = AssertUnwindSafe(answer(&site, request, next)).catch_unwind();
    let response = answered.instrument(span).await;
    let mut response = response.unwrap_or_else(|panic| {
        let said = said(panic.as_ref());
        tracing::error!(
            id = asked.id,
            route = asked.route,
            panic = said,
            "a handler panicked"
        );
        axum::response::IntoResponse::into_response(Problem::new(
            Code::Internal,
            "a defect of Tomoni: the log tells more under the request's id; please report it",
        ))
    });
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        write(&site, &asked, &problem, &mut response);
    }
    finish(&asked, response.headers_mut());
    let took = site.clock().elapsed().saturating_sub(began);
    let status = response.status().as_u16();
    site.metrics()
        .answered(&asked.method, &asked.route, status, took);
    log(&asked, status, took.as_secs_f64() * 1_000.0);
    response
}

async fn answer(site: &Site, request: Request, next: Next) -> Response {
    use axum::response::IntoResponse;
    let settings = site.settings();
    if let Err(problem) = guard::check(settings, request.method(), request.uri(), request.headers())
    {
        return problem.into_response();
    }
    let limit = site.timeouts().answer;
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(
            Code::TimedOut,
            format!("no answer within {} s", limit.as_secs()),
        )
        .retry_after(5)
        .into_response(),
    }
}

impl Asked {
    fn new(site: &Site, request: &Request) -> Self {
        let matched = request.extensions().get::<MatchedPath>();
        let headers = request.headers();
        let accept = headers
            .get(header::ACCEPT)
            .and_then(|value| value.to_str().ok());
        Self {
            id: id(site, headers),
            method: request.method().clone(),
            uri: request.uri().clone(),
            route: matched.map_or("none", MatchedPath::as_str).to_owned(),
            wants_page: accept.is_some_and(|accept| accept.contains("text/html"))
                && !request.uri().path().starts_with("/api"),
            viewer: Viewer::of(headers, request.uri(), &site.settings().zone),
        }
    }
}

/// A request keeps the id that a proxy gave it, when that can stand in a log.
fn id(site: &Site, headers: &HeaderMap) -> String {
    let given = headers
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok());
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
    match given {
        Some(id)
            if !id.is_empty() && id.len() <= REQUEST_ID_CHARS_MAX && id.chars().all(is_plain) =>
        {
            id.to_owned()
        }
        _ => site.next_request_id(),
    }
}

/// What a panic said.
fn said(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("nothing")
}

/// Writes what went wrong, for a person or for a program.
fn write(site: &Site, asked: &Asked, problem: &Problem, response: &mut Response) {
    let (content_type, body) = if asked.wants_page {
        let page = frame::error(site, &asked.viewer, &asked.uri, problem, &asked.id);
        ("text/html; charset=utf-8", page)
    } else {
        let body = problem.body(&asked.id, &site.settings().base_path);
        // A struct of texts and numbers always has a JSON form.
        (
            PROBLEM_JSON,
            serde_json::to_string(&body).unwrap_or_default(),
        )
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.remove(header::CONTENT_LENGTH);
    if asked.method != Method::HEAD {
        *response.body_mut() = Body::from(body);
    }
}

/// What every answer says.
fn finish(asked: &Asked, headers: &mut HeaderMap) {
    if let Ok(id) = HeaderValue::from_str(&asked.id) {
        headers.insert(REQUEST_ID, id);
    }
    for (name, value) in [
        ("content-security-policy", CONTENT_SECURITY_POLICY),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        ),
    ] {
        let (name, value) = (
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
        headers.insert(name, value);
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

fn log(asked: &Asked, status: u16, ms: f64) {
    let Asked {
        id, method, route, ..
    } = asked;
    let path = asked.uri.path();
    let ms = (ms * 10.0).round() / 10.0;
    // What machines ask every few seconds would drown the rest.
    let is_routine =
        ["/healthz", "/readyz", "/metrics", "/assets/{name}"].contains(&route.as_str());
    if status >= 500 {
        tracing::warn!(%id, %method, %route, path, status, ms, "answered");
    } else if is_routine {
        tracing::debug!(%id, %method, %route, path, status, ms, "answered");
    } else {
        tracing::info!(%id, %method, %route, path, status, ms, "answered");
    }
}
