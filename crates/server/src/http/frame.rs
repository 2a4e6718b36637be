//! What pages have around them, and the page of a request that failed.

use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use jiff::Timestamp;
use tomoni_app::world::{Outage, World};
use tomoni_ledger::Minute;

use super::context::{Viewer, without_language};
use crate::site::Problem;
use crate::site::Site;
use crate::ui::view::{self, ErrorPage};
use crate::ui::{Context, pages};

/// When to try again, in seconds, where a problem does not say.
const RETRY_S: u32 = 30;

/// What a page depends on beside its view.
pub(crate) fn context(site: &Site, viewer: &Viewer, uri: &Uri, world: &World) -> Context {
    let path = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    Context {
        language: viewer.language,
        is_language_asked: viewer.is_language_asked,
        theme: viewer.theme,
        zone: viewer.zone.clone(),
        base_path: site.settings().base_path.clone(),
        path: without_language(path),
        now: instant(site.clock().now_ms()),
        watermark: world.watermark.map(Minute::end_ms).map(instant),
        outages: world.outages.iter().map(outage).collect(),
    }
}

/// An instant in milliseconds since the Unix epoch.
pub(crate) fn instant(ms: i64) -> Timestamp {
    // A clock that tells a year beyond 9999 is wrong in any case.
    Timestamp::from_millisecond(ms).unwrap_or_default()
}

fn outage(outage: &Outage) -> view::Outage {
    match outage {
        Outage::Database { since_ms, .. } => view::Outage::Database {
            since: instant(*since_ms),
        },
        Outage::Source {
            name,
            since_ms,
            error,
        } => view::Outage::Source {
            name: name.clone(),
            since: instant(*since_ms),
            error: error.clone(),
        },
    }
}

/// The page of a request that failed.
pub(crate) fn error(
    site: &Site,
    viewer: &Viewer,
    uri: &Uri,
    problem: &Problem,
    request_id: &str,
) -> String {
    let world = site.world();
    let context = context(site, viewer, uri, &world);
    let view = match problem.status().as_u16() {
        404 => ErrorPage::NotFound {
            path: uri.path().to_owned(),
            near: problem.near.as_ref().map(|near| beside(uri.path(), near)),
        },
        500 => ErrorPage::Internal {
            request_id: request_id.to_owned(),
        },
        503 => ErrorPage::Unavailable {
            retry_after_s: i64::from(problem.retry_after_s.unwrap_or(RETRY_S)),
        },
        status => ErrorPage::Refused {
            status,
            detail: problem.detail.clone(),
        },
    };
    pages::error::page(&view, &context).into_string()
}

/// A name, and the address that has it in the place of the misspelt one: `/slos/{name}`.
fn beside(path: &str, name: &str) -> (String, String) {
    let kind = path.split('/').nth(1).unwrap_or_default();
    (name.to_owned(), format!("/{kind}/{}", encoded(name)))
}

/// A name as a part of a path.
fn encoded(name: &str) -> String {
    form_urlencoded::byte_serialize(name.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}
