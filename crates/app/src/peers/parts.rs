//! What days and hours spent of the budget: here, and by a peer's weights.

use tomoni_ledger::{Events, NotLoaded, Series, Span};
use tomoni_slo::{Figures, Objective, portion};

const HOUR_MINUTES: i64 = 60;

/// What a part of the window spent, as shares of the whole budget.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spent {
    /// As we count.
    pub ours: f64,
    /// As the peer does.
    pub theirs: f64,
}

/// A part of the window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// Its minutes.
    pub span: Span,
    /// Bad events of its known minutes that are not excluded.
    pub bad: Events,
    /// All events, likewise.
    pub total: Events,
    /// What it spent.
    pub spent: Spent,
}

/// What quiet and busy hours spent.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ByTraffic {
    /// How many events an hour of the window with traffic has, in the mean.
    pub mean: f64,
    /// Hours with fewer.
    pub quiet: Spent,
    /// The others.
    pub busy: Spent,
}

impl Spent {
    /// By how much the peer has more left for it than we have.
    pub fn difference(&self) -> f64 {
        self.ours - self.theirs
    }
}

impl std::ops::AddAssign for Spent {
    fn add_assign(&mut self, other: Self) {
        self.ours += other.ours;
        self.theirs += other.theirs;
    }
}

impl std::iter::Sum for Spent {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |mut sum, one| {
            sum += one;
            sum
        })
    }
}

impl ByTraffic {
    pub(super) fn of(hours: &[Part]) -> Self {
        let total: Events = hours.iter().map(|hour| hour.total).sum();
        let with_traffic = hours.iter().filter(|hour| hour.total > Events::ZERO);
        let mean = total.as_f64() / with_traffic.count().max(1) as f64;
        let spent = |is_quiet: bool| {
            let some = hours
                .iter()
                .filter(|hour| (hour.total.as_f64() < mean) == is_quiet);
            some.map(|hour| hour.spent).sum()
        };
        Self {
            mean,
            quiet: spent(true),
            busy: spent(false),
        }
    }
}

/// The hours of the days within a window, in order; a day's last may be shorter.
pub(super) fn hours(days: &[Span], window: Span) -> Vec<Span> {
    let mut hours = Vec::new();
    for day in days {
        let mut after = day.after;
        while after < day.until {
            let until = (after + HOUR_MINUTES).min(day.until);
            let hour = Span::new(after, until).intersection(window);
            if !hour.is_empty() {
                hours.push(hour);
            }
            after = until;
        }
    }
    hours
}

/// Parts of the window, with what the peer says that each has spent.
pub(super) fn of(
    series: &Series,
    objective: &Objective,
    figures: &Figures,
    parts: impl Iterator<Item = (Span, f64)>,
) -> Result<Vec<Part>, NotLoaded> {
    parts
        .map(|(span, theirs)| {
            let part = portion(series, objective, figures, span)?;
            Ok(Part {
                span,
                bad: part.bad,
                total: part.total,
                spent: Spent {
                    ours: part.share.unwrap_or_default(),
                    theirs,
                },
            })
        })
        .collect()
}

/// Hours added up to the days that they are of.
pub(super) fn by_day(hours: &[Part], days: &[Span], window: Span) -> Vec<Part> {
    let mut hours = hours.iter().peekable();
    let mut parts = Vec::new();
    for day in days {
        let span = day.intersection(window);
        if span.is_empty() {
            continue;
        }
        let mut part = Part {
            span,
            bad: Events::ZERO,
            total: Events::ZERO,
            spent: Spent::default(),
        };
        while let Some(hour) = hours.next_if(|hour| hour.span.until <= span.until) {
            part.bad += hour.bad;
            part.total += hour.total;
            part.spent += hour.spent;
        }
        parts.push(part);
    }
    parts
}
