//! One objective's figures as a row.

use tomoni_ledger::{Day, Minute, NotLoaded, Series, Span};
use tomoni_slo::{
    BURN_WINDOWS, Budget, BudgetUnit, BurnRate, Figures, Objective, Replay, SLOTS, Severity, Slot,
    burn_rates, evaluate, minutes_text, portion, slots_of,
};

use super::report::{AlertRow, BudgetRow, BurnRates, Count, GroupRow, SloRow, SlotRow};
use crate::instant;
use crate::refresh::{Failure, Ledger};
use crate::select::Chosen;

/// How many days a trend shows.
const TREND_DAYS: usize = 28;
/// From how late on it is worth telling that history begins after the window does, in minutes.
const HISTORY_LATE_MINUTES: i64 = 60;

/// What an objective's ledger says at a minute: all that a row needs of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Measures {
    /// The figures.
    pub figures: Figures,
    /// Burn rates over the default windows, shortest first.
    pub burn_rates: [BurnRate; BURN_WINDOWS],
    /// The pairs of windows that raise alerts.
    pub slots: [Slot; SLOTS],
    /// The first minute that is known, where it comes an hour or more after the window's first.
    pub history_starts: Option<Minute>,
}

impl Measures {
    /// Measures an objective.
    ///
    /// # Errors
    ///
    /// When the minutes of a day that `tomoni_slo::required_days` names are not loaded.
    pub fn of(series: &Series, objective: &Objective, end: Minute) -> Result<Self, NotLoaded> {
        let figures = evaluate(series, objective, end)?;
        Self::with(series, objective, end, figures)
    }

    /// [`Measures::of`], where a replay of the objective over the ledger is at hand.
    pub(crate) fn by(
        replay: &Replay<'_>,
        (series, objective): (&Series, &Objective),
        end: Minute,
    ) -> Result<Self, NotLoaded> {
        let figures = replay.evaluate(end)?;
        let burn_rates = replay.burn_rates(end)?;
        Ok(Self::made_of(series, objective, figures, burn_rates))
    }

    fn with(
        series: &Series,
        objective: &Objective,
        end: Minute,
        figures: Figures,
    ) -> Result<Self, NotLoaded> {
        let burn_rates = burn_rates(series, objective, end)?;
        Ok(Self::made_of(series, objective, figures, burn_rates))
    }

    fn made_of(
        series: &Series,
        objective: &Objective,
        figures: Figures,
        burn_rates: [BurnRate; BURN_WINDOWS],
    ) -> Self {
        Self {
            history_starts: history_starts(series, &figures),
            slots: slots_of(&burn_rates, objective),
            burn_rates,
            figures,
        }
    }
}

/// The row of an objective whose figures are given.
pub(crate) fn row(
    chosen: Chosen<'_>,
    ledger: &Ledger,
    figures: &Figures,
    at: Minute,
) -> Result<SloRow, NotLoaded> {
    let objective = &chosen.promise.objective;
    let end = ledger.watermark.unwrap_or(at);
    let measures = Measures::with(&ledger.series, objective, end, figures.clone())?;
    let failure = ledger.failures.first().map(|(_, failure)| failure);
    let mut row = row_of(chosen, &measures, ledger.watermark, failure);
    row.trend = spent_by_day(&ledger.series, objective, figures)
        .into_iter()
        .rev()
        .take(TREND_DAYS)
        .rev()
        .map(|(_, share)| share)
        .collect();
    Ok(row)
}

/// The row of an objective that has been measured, without its trend, which only terminals draw.
pub(crate) fn row_of(
    chosen: Chosen<'_>,
    measures: &Measures,
    watermark: Option<Minute>,
    failure: Option<&Failure>,
) -> SloRow {
    let (slo, promise) = (&chosen.slo.value, chosen.promise);
    let (objective, figures) = (&promise.objective, &measures.figures);
    let is_known = figures.known_minutes > 0;
    let events = |events| is_known.then_some(Count(events));
    let counting = if figures.approximate_minutes > 0 {
        "approximate"
    } else {
        "exact"
    };
    SloRow {
        slo: slo.name.clone(),
        objective_number: chosen.index + 1,
        objective_name: promise.display_name.clone(),
        group: slo.group.as_ref().map(GroupRow::from),
        service: slo.service.clone(),
        team: slo.team.clone(),
        display_name: slo.display_name.clone(),
        stage: slo.stage.as_str(),
        objective: objective.target.fraction(),
        window: objective.window.to_string(),
        method: objective.method.as_str(),
        sli: figures.sli,
        good: events(figures.good),
        bad: events(figures.bad),
        total: events(figures.total),
        watermark: watermark.map(instant::of_minute),
        budget: budget_row(&figures.budget, is_known),
        burn_rates: burn_rate_rows(&measures.burn_rates),
        coverage: figures.coverage,
        history_starts: measures.history_starts.map(instant::of_minute),
        counting: is_known.then_some(counting),
        clamped: figures.clamped_minutes,
        invalid: figures.invalid_minutes,
        excluded_minutes: figures.excluded_minutes,
        imputed_minutes: figures.imputed_minutes,
        source_error: failure.map(Failure::to_string),
        state: figures.state.as_str(),
        alerts: alert_rows(&measures.slots),
        pace: measures
            .slots
            .first()
            .map_or_else(String::new, |slot| minutes_text(slot.long.minutes)),
        trend: Vec::new(),
    }
}

fn budget_row(budget: &Budget, is_known: bool) -> BudgetRow {
    let unit = match budget.unit {
        BudgetUnit::Events => "events",
        BudgetUnit::Minutes => "minutes",
        BudgetUnit::Ratio => "ratio",
    };
    BudgetRow {
        allowed: is_known.then_some(budget.allowed),
        spent: is_known.then_some(budget.spent),
        unit,
        remaining: is_known.then(|| budget.remaining()),
        one_failure: budget.one_failure,
    }
}

/// Burn rates by the windows' names; windows of equal length once.
fn burn_rate_rows(rates: &[BurnRate]) -> BurnRates {
    let mut named: Vec<_> = rates
        .iter()
        .map(|rate| (minutes_text(rate.minutes), rate.rate))
        .collect();
    // A short period scales several windows to the same minutes, and the name is a key.
    named.dedup_by(|a, b| a.0 == b.0);
    BurnRates(named)
}

fn alert_rows(slots: &[Slot]) -> Vec<AlertRow> {
    [Severity::Page, Severity::Ticket]
        .into_iter()
        .filter_map(|severity| alert_row(slots, severity))
        .collect()
}

fn alert_row(slots: &[Slot], severity: Severity) -> Option<AlertRow> {
    let of_severity = slots.iter().filter(|slot| slot.severity == severity);
    let slots: Vec<SlotRow> = slot_rows(of_severity);
    let state = if slots.iter().any(|slot| slot.holds == Some(true)) {
        Some("firing")
    } else if slots.iter().any(|slot| slot.holds.is_some()) {
        Some("inactive")
    } else {
        None
    };
    (!slots.is_empty()).then(|| AlertRow {
        severity: severity.as_str(),
        state,
        frozen: slots.iter().any(|slot| slot.holds.is_none()),
        slots,
    })
}

/// Pairs of windows as rows.
pub(crate) fn slot_rows<'a>(slots: impl Iterator<Item = &'a Slot>) -> Vec<SlotRow> {
    let row = |slot: &Slot| SlotRow {
        long: minutes_text(slot.long.minutes),
        short: minutes_text(slot.short.minutes),
        factor: slot.factor,
        impossible: slot.is_impossible,
        long_burn_rate: slot.long.rate,
        short_burn_rate: slot.short.rate,
        holds: slot.holds,
    };
    slots.map(row).collect()
}

/// What each UTC day of the window spent, as a share of the whole window's budget; `None` where
/// nothing is known of a day.
fn spent_by_day(
    series: &Series,
    objective: &Objective,
    figures: &Figures,
) -> Vec<(Day, Option<f64>)> {
    let days = figures.window.days();
    days.map(|day| {
        let part = portion(series, objective, figures, day.span()).ok();
        (day, part.and_then(|part| part.share))
    })
    .collect()
}

/// The first known minute, where it comes late in the window.
fn history_starts(series: &Series, figures: &Figures) -> Option<Minute> {
    let window = figures.window;
    let knows = |span: Span| series.sum(span).ok().filter(|sums| sums.known > 0);
    let day = window
        .days()
        .find(|day| knows(day.span().intersection(window)).is_some())?;
    let within = day.span().intersection(window);
    let known = |minute: &Minute| series.fact(*minute).is_ok_and(|f| f.counts.is_some());
    // Where the day's minutes are away, the day is near enough.
    let first = within.minutes().find(known).unwrap_or(within.after + 1);
    (first - window.after > HISTORY_LATE_MINUTES).then_some(first)
}
