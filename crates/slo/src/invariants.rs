//! What must always be true of figures, as pure predicates.
//!
//! Debug builds assert them on every figure; property tests hold random ledgers against them. Each
//! is named by the sentence that it checks, so that a broken one reads well.

use tomoni_ledger::Events;

use crate::budget::BudgetUnit;
use crate::burn::BurnRate;
use crate::figures::{Figures, Slices};
use crate::objective::{Method, MissingData, Objective};
use crate::slots::Slot;
use crate::state::{AT_RISK_BELOW, COVERAGE_MIN, State, is_above};
use crate::window::Extent;

/// How far two ways to compute one number may lie apart, relative to the larger of it and one.
pub const TOLERANCE: f64 = 1e-9;

/// Whether two numbers are equal but for rounding.
pub fn is_close(a: f64, b: f64) -> bool {
    (a - b).abs() <= TOLERANCE * a.abs().max(b.abs()).max(1.0)
}

/// The first invariant that an objective's figures break; `None` is as it should be.
pub fn broken_by(figures: &Figures, objective: &Objective) -> Option<&'static str> {
    let checks: [(bool, &'static str); 9] = [
        (
            counts_are_ordered(figures),
            "0 <= bad <= total, good = total - bad",
        ),
        (
            minutes_add_up(figures),
            "minutes and excluded minutes make up the window",
        ),
        (
            coverage_is_a_share(figures),
            "coverage is the known share of the minutes",
        ),
        (
            slices_are_ordered(figures, objective),
            "slices: 0 <= good <= known <= all",
        ),
        (sli_is_a_share(figures), "0 <= SLI <= 1"),
        (
            unit_is_the_methods(figures, objective),
            "the budget's unit is the method's",
        ),
        (
            consumed_is_spent_over_allowed(figures),
            "consumed = spent / allowed",
        ),
        (
            level_and_budget_agree(figures, objective),
            "consumed * (1 - target) = 1 - SLI",
        ),
        (
            state_is_the_first_that_applies(figures),
            "the state is the first that applies",
        ),
    ];
    first_broken(&checks)
}

/// The first invariant that a burn rate breaks; `None` is as it should be.
pub fn broken_by_burn(burn: &BurnRate, objective: &Objective) -> Option<&'static str> {
    let share = objective.target.budget_share();
    let rate_max = (1.0 + TOLERANCE) / share;
    let checks = [
        (
            Events::ZERO <= burn.bad && burn.bad <= burn.total,
            "0 <= bad <= total",
        ),
        (
            burn.rate
                .is_none_or(|rate| (0.0..=rate_max).contains(&rate)),
            "0 <= burn rate <= 1 / (1 - target)",
        ),
        (
            burn.one_failure.is_none_or(|rate| rate > 0.0),
            "one failure burns",
        ),
        (
            burn.rate.is_some() == burn.one_failure.is_some(),
            "what one failure burns is known where the rate is",
        ),
        (
            burn.coverage
                .is_none_or(|coverage| (0.0..=1.0).contains(&coverage)),
            "0 <= coverage <= 1",
        ),
    ];
    first_broken(&checks)
}

/// The first invariant that a slot breaks; `None` is as it should be.
pub fn broken_by_slot(slot: &Slot, objective: &Objective) -> Option<&'static str> {
    let is_true = slot.holds == Some(true);
    let is_above = |burn: &BurnRate| burn.rate.is_some_and(|rate| is_above(rate, slot.factor));
    let is_frozen = slot.long.lacks_coverage || slot.short.lacks_coverage;
    let checks = [
        (
            !is_true || (is_above(&slot.long) && is_above(&slot.short)),
            "a slot is true only when both burn rates are above its factor",
        ),
        (
            !is_true || slot.short.bad >= slot.bad_min,
            "a slot is true only with enough bad events",
        ),
        (
            slot.holds.is_none() == is_frozen,
            "a slot is frozen when a window lacks coverage",
        ),
        (
            !(is_true && slot.is_impossible),
            "an impossible slot is never true",
        ),
    ];
    let of_windows =
        || broken_by_burn(&slot.long, objective).or_else(|| broken_by_burn(&slot.short, objective));
    first_broken(&checks).or_else(of_windows)
}

/// Whether a window's counts and minutes are those of its two parts together.
pub fn is_sum_of_parts(whole: &Figures, parts: [&Figures; 2]) -> bool {
    let numbers = |figures: &Figures| {
        [
            figures.good.parts(),
            figures.bad.parts(),
            figures.total.parts(),
            figures.minutes,
            figures.known_minutes,
            figures.excluded_minutes,
            figures.approximate_minutes,
            figures.clamped_minutes,
            figures.invalid_minutes,
        ]
    };
    let [first, second] = parts.map(numbers);
    let sums = first.into_iter().zip(second).map(|(a, b)| a + b);
    sums.eq(numbers(whole))
}

fn first_broken(checks: &[(bool, &'static str)]) -> Option<&'static str> {
    let broken = checks.iter().find(|(holds, _)| !holds)?;
    Some(broken.1)
}

fn counts_are_ordered(figures: &Figures) -> bool {
    let Figures {
        good, bad, total, ..
    } = *figures;
    Events::ZERO <= bad && bad <= total && good == total - bad
}

fn minutes_add_up(figures: &Figures) -> bool {
    let is_inside = figures.whole_window.after == figures.window.after
        && figures.window.until <= figures.whole_window.until;
    is_inside
        && figures.minutes + figures.excluded_minutes == figures.window.len()
        && (0..=figures.minutes).contains(&figures.known_minutes)
        && figures.excluded_minutes >= 0
        && figures.imputed_minutes >= 0
}

fn coverage_is_a_share(figures: &Figures) -> bool {
    match figures.coverage {
        None => figures.minutes == 0,
        Some(coverage) => {
            (0.0..=1.0).contains(&coverage)
                && is_close(
                    coverage * figures.minutes as f64,
                    figures.known_minutes as f64,
                )
        }
    }
}

fn slices_are_ordered(figures: &Figures, objective: &Objective) -> bool {
    figures.slices.is_some() == objective.method.width_minutes().is_some()
        && figures.slices.is_none_or(|slices| {
            let Slices {
                all,
                known,
                good,
                with_traffic,
            } = slices;
            0 <= good && good <= known && known <= all && (0..=known).contains(&with_traffic)
        })
}

fn sli_is_a_share(figures: &Figures) -> bool {
    figures.sli.is_none_or(|sli| (0.0..=1.0).contains(&sli))
}

fn unit_is_the_methods(figures: &Figures, objective: &Objective) -> bool {
    figures.budget.unit
        == match objective.method {
            Method::Occurrences => BudgetUnit::Events,
            Method::Timeslices { .. } => BudgetUnit::Minutes,
            Method::RatioTimeslices { .. } => BudgetUnit::Ratio,
        }
}

fn consumed_is_spent_over_allowed(figures: &Figures) -> bool {
    let budget = &figures.budget;
    let is_counted = figures.sli.is_some() && budget.allowed > 0.0;
    let is_right = if is_counted {
        is_close(budget.consumed * budget.allowed, budget.spent)
    } else {
        budget.consumed.abs() < f64::MIN_POSITIVE
    };
    is_right
        && budget.allowed >= 0.0
        && budget.spent >= 0.0
        && is_close(budget.remaining() + budget.consumed, 1.0)
}

/// Of Timeslices it holds only for a whole window of equal slices that are all known.
fn level_and_budget_agree(figures: &Figures, objective: &Objective) -> bool {
    let is_exact = match objective.method {
        Method::Occurrences | Method::RatioTimeslices { .. } => true,
        Method::Timeslices { width_minutes, .. } => figures.slices.is_some_and(|slices| {
            let is_decided =
                slices.known == slices.all || objective.missing_data != MissingData::Ignore;
            let is_equal = slices.all * width_minutes == figures.window.len();
            let is_over = figures.window == figures.whole_window;
            is_decided && is_equal && is_over && objective.exclusions.is_empty()
        }),
    };
    let spent_share = figures.budget.consumed * objective.target.budget_share();
    !is_exact
        || figures
            .sli
            .is_none_or(|sli| is_close(1.0 - sli, spent_share))
}

fn state_is_the_first_that_applies(figures: &Figures) -> bool {
    let remaining = figures.budget.remaining();
    let extent = Extent {
        so_far: figures.window,
        whole: figures.whole_window,
    };
    let lacks_slices = figures.slices.is_some_and(|slices| {
        slices.known == 0 || (slices.known as f64 / slices.all as f64) < COVERAGE_MIN
    });
    let lacks_minutes = figures
        .coverage
        .is_none_or(|coverage| coverage < COVERAGE_MIN);
    let expected = [
        (State::NoData, figures.known_minutes == 0),
        (State::NoTraffic, figures.total == Events::ZERO),
        (
            State::Partial,
            lacks_minutes || lacks_slices || extent.is_in_first_tenth(),
        ),
        (State::NoTraffic, figures.sli.is_none()),
        (State::Exhausted, !is_above(1.0, figures.budget.consumed)),
        (State::AtRisk, is_above(AT_RISK_BELOW, remaining)),
        (State::Ok, true),
    ];
    let first = expected.iter().find(|(_, applies)| *applies);
    first.is_some_and(|(state, _)| *state == figures.state)
}
