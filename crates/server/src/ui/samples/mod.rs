//! A view of every kind in every state: Tobira Inc., a made-up maker of smart locks.
//!
//! Tests draw all of them in both languages; `examples/pages.rs` writes them as files to look at.
//! The figures are made here and belong to nobody.

mod course;
mod groups;
mod other;
mod peers;
mod rows;
mod slo;
mod stories;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::Markup;

use super::context::{Context, Theme};
use super::i18n::Language;
use super::pages;
use super::view::{ErrorPage, Findings, Minutes, Overview, Service, Slo, Team};

pub use groups::group;
pub use other::{
    empty_findings, empty_overview, findings, long_team, minutes, outages, overview,
    quiet_overview, service, team,
};
pub use rows::rows;
pub use slo::{series, slo};

/// A page with what it shows.
#[derive(Clone, Debug)]
pub enum Page {
    /// `/`.
    Overview(Box<Overview>),
    /// `/teams/{team}`.
    Team(Box<Team>),
    /// `/services/{service}`.
    Service(Box<Service>),
    /// `/slos/{slo}`.
    Slo(Box<Slo>),
    /// `/slos/{slo}/minutes`.
    Minutes(Box<Minutes>),
    /// `/findings`.
    Findings(Box<Findings>),
    /// Anything that could not be drawn.
    Error(ErrorPage),
}

impl Page {
    /// Draws it.
    pub fn draw(&self, context: &Context) -> Markup {
        match self {
            Self::Overview(view) => pages::overview::page(view, context),
            Self::Team(view) => pages::team::page(view, context),
            Self::Service(view) => pages::service::page(view, context),
            Self::Slo(view) => pages::slo::page(view, context),
            Self::Minutes(view) => pages::minutes::page(view, context),
            Self::Findings(view) => pages::findings::page(view, context),
            Self::Error(view) => pages::error::page(view, context),
        }
    }
}

/// A page of the sample set.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The page's path.
    pub path: String,
    /// A name that differs from all others, for a file.
    pub name: String,
    /// What it shows.
    pub page: Page,
    /// Whether something does not work while it is drawn.
    pub has_outage: bool,
}

/// The instant at which the samples are looked at: a Tuesday evening in Tokyo.
pub fn now() -> Timestamp {
    Timestamp::from_second(course::NOW_S).unwrap_or_default()
}

/// Somebody in Tokyo who looks at a path.
pub fn context(language: Language, theme: Theme, path: &str) -> Context {
    Context {
        language,
        is_language_asked: false,
        theme,
        zone: TimeZone::get("Asia/Tokyo").unwrap_or(TimeZone::UTC),
        base_path: String::new(),
        path: path.to_owned(),
        now: now(),
        watermark: Timestamp::from_second(course::NOW_S - 105).ok(),
        outages: Vec::new(),
    }
}

/// Every page in every state.
pub fn all() -> Vec<Sample> {
    let mut samples = Vec::new();
    let mut add = |path: &str, name: &str, page: Page| {
        samples.push(Sample {
            path: path.to_owned(),
            name: name.to_owned(),
            page,
            has_outage: name == "overview-degraded",
        });
    };
    add("/", "overview", Page::Overview(Box::new(overview())));
    add(
        "/",
        "overview-quiet",
        Page::Overview(Box::new(quiet_overview())),
    );
    add(
        "/",
        "overview-empty",
        Page::Overview(Box::new(empty_overview())),
    );
    add(
        "/",
        "overview-degraded",
        Page::Overview(Box::new(overview())),
    );
    for name in ["home", "work", "platform", "iot-edge", "newcomers"] {
        let page = Page::Team(Box::new(team(name)));
        add(&format!("/teams/{name}"), &format!("team-{name}"), page);
    }
    add(
        "/teams/home?from=5",
        "team-long",
        Page::Team(Box::new(long_team())),
    );
    for name in ["unlock-api", "room-booking", "undocumented"] {
        let page = Page::Service(Box::new(service(name)));
        add(
            &format!("/services/{name}"),
            &format!("service-{name}"),
            page,
        );
    }
    for row in rows() {
        let page = Page::Slo(Box::new(slo(&row)));
        let path = super::parts::slo_path(&row.key);
        add(
            &path,
            &format!("slo-{}", super::parts::slo_id(&row.key)),
            page,
        );
    }
    for row in rows().iter().filter(|row| row.groups.is_some()) {
        for one in groups::of(row).iter().take(1) {
            let page = Page::Slo(Box::new(group(row, one)));
            add(&super::parts::slo_path(&one.key), "slo-group", page);
        }
    }
    for (path, name, page) in other_pages() {
        add(&path, name, page);
    }
    samples
}

/// The pages of minutes, of findings and of errors.
fn other_pages() -> Vec<(String, &'static str, Page)> {
    let mut pages = Vec::new();
    for (name, view) in minutes() {
        let path = super::parts::minutes_path(&view.key, view.day);
        pages.push((path, name, Page::Minutes(Box::new(view))));
    }
    for (name, view) in [
        ("findings", findings()),
        ("findings-empty", empty_findings()),
    ] {
        pages.push(("/findings".to_owned(), name, Page::Findings(Box::new(view))));
    }
    let misspelt = "/slos/unlock-availabilty".to_owned();
    let internal = ErrorPage::Internal {
        request_id: "01JDF4C0QH8Z".to_owned(),
    };
    let near = ("unlock-availability", "/slos/unlock-availability");
    let not_found = ErrorPage::NotFound {
        path: misspelt.clone(),
        near: Some((near.0.to_owned(), near.1.to_owned())),
    };
    let refused = ErrorPage::Refused {
        status: 400,
        detail: "`objective` is `x`, which is no number".to_owned(),
    };
    let unavailable = ErrorPage::Unavailable { retry_after_s: 30 };
    for (path, name, page) in [
        (misspelt, "error-404", not_found),
        (
            "/slos/unlock-latency?objective=x".to_owned(),
            "error-400",
            refused,
        ),
        ("/slos/unlock-latency".to_owned(), "error-500", internal),
        ("/teams/home".to_owned(), "error-503", unavailable),
    ] {
        pages.push((path, name, Page::Error(page)));
    }
    pages
}

/// Draws a sample for somebody in Tokyo.
pub fn draw(sample: &Sample, language: Language, theme: Theme) -> Markup {
    let mut context = context(language, theme, &sample.path);
    if sample.has_outage {
        context.outages = outages();
    }
    sample.page.draw(&context)
}
