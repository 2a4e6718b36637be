//! An objective's figures over any time, in columns.

use tomoni_ledger::{Events, Minute, NotLoaded, Series, Span, Sums};
use tomoni_slo::{Figures, Objective, Replay};

use super::timeline::{Steps, points};

/// How many points a series has at most.
pub const POINTS_MAX: i64 = 2_000;

/// Over which time, in which steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The steps.
    pub steps: Steps,
}

/// What was asked for is no series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotASeries {
    /// It begins where it ends, or after it.
    #[error("`from` is not before `to`: a series needs at least one minute")]
    Empty,
    /// A step is no whole number of minutes.
    #[error("`step` is {0} seconds: write a multiple of 60, the ledger's minutes")]
    Step(i64),
    /// There would be too many points.
    #[error(
        "{0} points are too many, {POINTS_MAX} are the most: write a longer `step`, or bring `from` \
         and `to` closer together"
    )]
    TooMany(i64),
    /// It goes too far back.
    #[error(
        "`from` lies more than {} days before `to`: bring them closer together",
        super::DAYS_MAX
    )]
    TooLong,
}

impl Range {
    /// Over which time: by default the window of these figures, in about [`super::POINTS`] steps. It
    /// ends with the figures at the latest.
    ///
    /// # Errors
    ///
    /// When that is no series, or a very long one.
    pub fn new(
        figures: &Figures,
        from: Option<Minute>,
        to: Option<Minute>,
        step_s: Option<i64>,
    ) -> Result<Self, NotASeries> {
        let shown = super::shown(figures);
        let until = to.map_or(shown.until, |to| to.min(figures.window.until));
        let span = Span::new(from.unwrap_or_else(|| shown.after.min(until - 1)), until);
        if span.is_empty() {
            return Err(NotASeries::Empty);
        }
        if span.len() > super::DAYS_MAX * tomoni_ledger::DAY_MINUTES {
            return Err(NotASeries::TooLong);
        }
        let steps = match step_s {
            None => Steps::about(span, super::POINTS),
            Some(step) if step < 60 || step % 60 != 0 => return Err(NotASeries::Step(step)),
            Some(step) => Steps::of(span, step / 60),
        };
        if steps.count() > POINTS_MAX {
            return Err(NotASeries::TooMany(steps.count()));
        }
        Ok(Self { steps })
    }
}

/// Figures over time, in columns of equal length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns {
    /// The end of each step.
    pub at: Vec<Minute>,
    /// What was left of the budget then.
    pub remaining: Vec<Option<f64>>,
    /// The service level over the window that ends there.
    pub sli: Vec<Option<f64>>,
    /// Coverage of that window was below 0.9.
    pub is_partial: Vec<bool>,
    /// Bad events of the step that are not excluded; `None` when no minute of it is known.
    pub bad: Vec<Option<Events>>,
    /// All events, likewise.
    pub total: Vec<Option<Events>>,
}

/// Figures over time, of an objective that was made ready for it.
///
/// # Errors
///
/// When minutes that this needs are not loaded.
pub fn series(replay: &Replay<'_>, range: &Range) -> Result<Columns, NotLoaded> {
    let (ledger, objective) = (replay.series(), replay.objective());
    let mut columns = Columns::default();
    for point in points(replay, &range.steps)? {
        columns.at.push(point.at);
        columns.remaining.push(point.remaining);
        columns.sli.push(point.sli);
        columns.is_partial.push(point.is_partial);
    }
    for part in range.steps.parts() {
        let sums = without_excluded(ledger, objective, part)?;
        let known = |events| (sums.known > 0).then_some(events);
        columns.bad.push(known(sums.bad));
        columns.total.push(known(sums.total));
    }
    Ok(columns)
}

fn without_excluded(ledger: &Series, objective: &Objective, span: Span) -> Result<Sums, NotLoaded> {
    let mut sums = ledger.sum(span)?;
    for part in objective.exclusions.within(span) {
        sums -= ledger.sum(part)?;
    }
    Ok(sums)
}
