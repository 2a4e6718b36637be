//! One objective's history, as its page and its series show it: from the ledger's minutes, asking
//! no source.
//!
//! A picture of everything ([`crate::world`]) holds figures only. What needs minutes asks
//! [`Details`] for a [`History`]: one ledger, with the minutes of the days that are looked at, kept
//! for a while so that a page that is fetched again costs little. Everything else here is a pure
//! function of a history and an objective.

mod cache;
mod days;
mod happened;
mod minutes;
mod series;
mod timeline;

pub use cache::{Details, Edition, History};
pub use days::{DayPart, day_span, days};
pub use happened::{Happened, Kind, happened};
pub use minutes::{MinuteOf, minutes};
pub use series::{Columns, NotASeries, POINTS_MAX, Range, series};
pub use timeline::{Point, Steps, points};

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use tomoni_ledger::{DAY_MINUTES, Day, Minute, NotLoaded, Series, Span};
use tomoni_slo::{
    Figures, Method, Objective, Promise, Replay, Slo, burn_windows, peer_span, required_days,
    required_span,
};

use crate::error::AppError;

/// About how many points a picture has.
pub const POINTS: i64 = 300;
/// How many days a page goes back at most, whatever the window.
pub const DAYS_MAX: i64 = 400;

/// The history of an objective's window.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// The minutes that are shown: the window, or the last [`DAYS_MAX`] days of it.
    pub shown: Span,
    /// How the figures stood, oldest first.
    pub points: Vec<Point>,
    /// What each day of a zone contributed, oldest first.
    pub days: Vec<DayPart>,
    /// What happened, in order of time.
    pub happened: Vec<Happened>,
}

/// The minutes of a window that a page shows.
pub fn shown(figures: &Figures) -> Span {
    let window = figures.window;
    let first = window.until - DAYS_MAX * DAY_MINUTES;
    Span::new(window.after.max(first), window.until)
}

/// The history of an objective's window as its page shows it.
///
/// # Errors
///
/// When the history lacks days that [`Details::of_window`] would have loaded.
pub fn course(
    history: &History,
    slo: &Slo,
    promise: &Promise,
    figures: &Figures,
    is_backfilling: bool,
    zone: &TimeZone,
) -> Result<Course, NotLoaded> {
    let shown = shown(figures);
    let steps = Steps::about(shown, POINTS);
    // Slices are judged once for all of it.
    let replay = Replay::new(&history.series, &promise.objective, shown)?;
    let (happened, (points, days)) = rayon::join(
        || happened(history, &slo.exclusions, &replay, shown, is_backfilling),
        || (points(&replay, &steps), days(&replay, figures, shown, zone)),
    );
    Ok(Course {
        shown,
        points: points?,
        days: days?,
        happened: happened?,
    })
}

impl Details {
    /// The history that a page of this objective needs, with its figures ending at that minute.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub async fn of_window(
        &self,
        promise: &Promise,
        figures: &Figures,
        edition: Edition,
    ) -> Result<std::sync::Arc<History>, AppError> {
        let objective = &promise.objective;
        let shown = shown(figures);
        let wanted = |series: &Series| {
            let mut days = days_for(series, objective, &Steps::about(shown, POINTS));
            days.extend(with_burn_windows(objective, shown).days());
            days
        };
        self.history(&promise.key, edition, wanted).await
    }

    /// The history that [`crate::explain::of_standing`] needs: all minutes of the window and of the
    /// burn windows.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub async fn of_explanation(
        &self,
        promise: &Promise,
        figures: &Figures,
        edition: Edition,
    ) -> Result<std::sync::Arc<History>, AppError> {
        let span = peer_span(required_span(&promise.objective, figures.window.until));
        self.of_span(promise, span, edition).await
    }

    /// The history that a series of this objective needs.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub async fn of_range(
        &self,
        promise: &Promise,
        range: &Range,
        edition: Edition,
    ) -> Result<std::sync::Arc<History>, AppError> {
        let wanted = |series: &Series| {
            let mut days = days_for(series, &promise.objective, &range.steps);
            days.extend(with_burn_windows(&promise.objective, range.steps.span()).days());
            days
        };
        self.history(&promise.key, edition, wanted).await
    }

    /// The history with all minutes of a span: a day of a zone, say.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub async fn of_span(
        &self,
        promise: &Promise,
        span: Span,
        edition: Edition,
    ) -> Result<std::sync::Arc<History>, AppError> {
        let wanted = |_: &Series| span.days().collect();
        self.history(&promise.key, edition, wanted).await
    }
}

/// The days that an objective's figures at these instants need.
fn days_for(series: &Series, objective: &Objective, steps: &Steps) -> BTreeSet<Day> {
    if objective.method == Method::Occurrences {
        let ends = steps.ends().into_iter();
        return ends
            .flat_map(|end| required_days(series, objective, end))
            .chain(exclusion_days(objective, steps))
            .collect();
    }
    // Slices are judged one by one, from the first window's start on.
    let first = steps.span().after + 1;
    let span = Span::new(required_span(objective, first).after, steps.span().until);
    span.intersection(reach(steps.span().until))
        .days()
        .collect()
}

/// The days in which exclusions between two instants begin and end: each step is summed without them.
fn exclusion_days(objective: &Objective, steps: &Steps) -> Vec<Day> {
    let parts = objective.exclusions.within(steps.span());
    parts
        .flat_map(|part| [part.after.day(), part.until.day()])
        .collect()
}

/// A span with what the burn windows of its first minute look at.
fn with_burn_windows(objective: &Objective, span: Span) -> Span {
    let longest = burn_windows(&objective.window).into_iter().max();
    let width = objective.method.width_minutes().unwrap_or_default();
    Span::new(
        span.after - longest.unwrap_or_default() - 2 * width,
        span.until,
    )
}

/// Twice what a page goes back: no figure of a point that is shown looks further.
fn reach(until: Minute) -> Span {
    Span::ending_at(until, 2 * DAYS_MAX * DAY_MINUTES)
}
