//! The service level of a span by an objective's method, before any budget is held against it.

use tomoni_ledger::{Events, NotLoaded, Span};

use crate::figures::{Basis, Slices};
use crate::objective::{Method, MissingData, Objective};
use crate::slices::{Grid, SliceTally};
use crate::tally::{RunningTotals, Tally};

/// The service level of a span.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Level {
    /// What its minutes add up to.
    pub(crate) tally: Tally,
    /// What its slices add up to, where the method has some.
    pub(crate) slices: Option<SliceTally>,
    /// Bad over all, in the method's own terms; `None` when there is no traffic.
    pub(crate) shares: Option<Shares>,
    /// What the shares are made of.
    pub(crate) basis: Basis,
    /// What was spent, in the unit of the method's budget.
    pub(crate) spent: f64,
    /// Minutes that the missing-data policy made good or bad.
    pub(crate) imputed_minutes: i64,
}

/// The shares of good and bad; each computed by itself, so that neither loses digits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shares {
    /// The SLI.
    pub(crate) good: f64,
    /// `1 - SLI`.
    pub(crate) bad: f64,
    /// By how much one more failure raises `bad`: one bad event, or one bad slice.
    pub(crate) one_failure: f64,
}

impl Level {
    /// The level over a span. Of slices those count that end in it.
    pub(crate) fn of(
        ledger: &impl RunningTotals,
        objective: &Objective,
        grid: Option<&Grid>,
        span: Span,
    ) -> Result<Self, NotLoaded> {
        let tally = Tally::of(ledger, &objective.exclusions, span)?;
        let Some(grid) = grid else {
            return Ok(Self::of_events(tally, objective.missing_data));
        };
        let slices = ledger.slices(objective, grid, grid.covered(span))?;
        Ok(Self::of_slices(tally, slices, objective))
    }

    /// Every event weighs the same. A missing minute that the policy makes good or bad has the mean
    /// traffic of the known ones, and one event where that mean is zero or nothing is known.
    fn of_events(tally: Tally, policy: MissingData) -> Self {
        let (bad, total) = (tally.sums.bad.as_f64(), tally.sums.total.as_f64());
        let good = (tally.sums.total - tally.sums.bad).as_f64();
        let imputed_minutes = match policy {
            MissingData::Ignore => 0,
            MissingData::Good | MissingData::Bad => tally.missing(),
        };
        let mean = if tally.sums.total > Events::ZERO {
            total / tally.sums.known as f64
        } else {
            1.0
        };
        let imputed = imputed_minutes as f64 * mean;
        let (good, bad) = match policy {
            MissingData::Ignore => (good, bad),
            MissingData::Good => (good + imputed, bad),
            MissingData::Bad => (good, bad + imputed),
        };
        let weight = total + imputed;
        Self {
            tally,
            slices: None,
            basis: Basis {
                good,
                all: weight,
                imputed,
                bad_minutes: 0,
            },
            shares: (weight > 0.0).then(|| Shares {
                good: good / weight,
                bad: bad / weight,
                one_failure: 1.0 / weight,
            }),
            spent: bad,
            imputed_minutes,
        }
    }

    /// Every slice weighs the same. A missing slice is a good or a bad one, as the policy says.
    fn of_slices(tally: Tally, slices: SliceTally, objective: &Objective) -> Self {
        let policy = objective.missing_data;
        let imputed = slices.imputed(policy);
        let imputed_good = if policy == MissingData::Good {
            imputed
        } else {
            0
        };
        let imputed_minutes = if imputed > 0 {
            slices.unknown_minutes
        } else {
            0
        };
        let Slices {
            known,
            good,
            with_traffic,
            ..
        } = slices.slices;
        let is_by_ratio = matches!(objective.method, Method::RatioTimeslices { .. });
        let (good, weight, one_failure) = if is_by_ratio {
            let mean_events = slices.events.as_f64() / with_traffic.max(1) as f64;
            (slices.ratios(), with_traffic, 1.0 / mean_events.max(1.0))
        } else {
            (good as f64, known, 1.0)
        };
        let (good, weight) = (good + imputed_good as f64, (weight + imputed) as f64);
        let shares = (with_traffic + imputed > 0).then(|| Shares {
            good: good / weight,
            bad: (weight - good) / weight,
            one_failure: one_failure / weight,
        });
        let spent = if is_by_ratio {
            shares.map_or(0.0, |shares| shares.bad)
        } else {
            let imputed_bad = if policy == MissingData::Bad {
                imputed_minutes
            } else {
                0
            };
            (slices.bad_minutes + imputed_bad) as f64
        };
        Self {
            tally,
            slices: Some(slices),
            basis: Basis {
                good,
                all: weight,
                imputed: imputed as f64,
                bad_minutes: slices.bad_minutes,
            },
            shares,
            spent,
            imputed_minutes,
        }
    }
}
