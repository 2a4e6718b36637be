//! Entity tags: an answer that is drawn from World need not be drawn again while World is the same.

use std::hash::{DefaultHasher, Hash, Hasher};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::context::Viewer;
use crate::site::Site;

/// A page tells how old its figures are, so it grows stale by itself.
const AGE_STEP_MS: i64 = 15_000;

const CACHE_CONTROL: HeaderValue = HeaderValue::from_static("private, no-cache");
const VARY: HeaderValue =
    HeaderValue::from_static("accept, accept-encoding, accept-language, cookie");

/// Answers 304 where the client has what would be drawn.
pub(crate) async fn conditional(
    State(site): State<Site>,
    request: Request,
    next: Next,
) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let tag = tag(&site, &request);
    let known = request.headers().get_all(header::IF_NONE_MATCH).iter();
    let known: Vec<&str> = known.filter_map(|value| value.to_str().ok()).collect();
    // Whoever has any answer still has to know that there is one.
    let is_any = known.iter().any(|value| value.trim() == "*");
    let mut response = if known.iter().any(|value| names(value, &tag)) {
        not_modified()
    } else {
        match next.run(request).await {
            drawn if is_any && drawn.status() == StatusCode::OK => not_modified(),
            drawn => drawn,
        }
    };
    let status = response.status();
    if matches!(status, StatusCode::OK | StatusCode::NOT_MODIFIED) {
        mark(response.headers_mut(), &tag);
    }
    response
}

fn not_modified() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    response
}

fn mark(headers: &mut HeaderMap, tag: &str) {
    if let Ok(value) = HeaderValue::from_str(tag) {
        headers.insert(header::ETAG, value);
    }
    headers.insert(header::CACHE_CONTROL, CACHE_CONTROL);
    headers.insert(header::VARY, VARY);
}

/// Weak, since the answer may be compressed or not.
fn tag(site: &Site, request: &Request) -> String {
    let mut hasher = DefaultHasher::new();
    request.uri().hash(&mut hasher);
    Viewer::of(request.headers(), request.uri(), &site.settings().zone).hash_into(&mut hasher);
    let age = site.clock().now_ms().div_euclid(AGE_STEP_MS);
    let version = site.world().version;
    format!(
        "W/\"{}-{version:x}-{age:x}-{:x}\"",
        site.boot(),
        hasher.finish()
    )
}

/// Whether a list of tags names this one; weakly compared.
fn names(list: &str, tag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let tag = bare(tag);
    list.split(',').any(|one| bare(one) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_weakly() {
        let tag = "W/\"a-1\"";
        for list in ["W/\"a-1\"", "\"a-1\"", "\"x\", W/\"a-1\""] {
            assert!(names(list, tag), "{list}");
        }
        for list in ["", "*", "W/\"a-10\"", "a-1", "\"a\"-1"] {
            assert!(!names(list, tag), "{list}");
        }
    }
}
