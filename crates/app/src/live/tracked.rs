//! One objective, measured again and again: what of it need not be worked out anew each time.

use std::sync::Arc;

use tomoni_ledger::{DAY_MINUTES, Day, Minute, NotLoaded, Series, Span};
use tomoni_slo::{Objective, Promise, Replay, Severity, Slo, Slot, evaluate, slots};
use tomoni_spec::Defined;

use crate::status::Measures;
use crate::world::{Firing, Standing};

/// How far back the beginning of an alert is looked for, in minutes.
const FIRING_MINUTES: i64 = DAY_MINUTES;
/// How many points a spark has at most.
const SPARK_POINTS: usize = 60;
/// Up to this length a window's spark is cut by minutes, not days: what it needs is in memory.
const SHORT_WINDOW_MINUTES: i64 = 2 * DAY_MINUTES;

/// One objective with what was found of it last.
#[derive(Debug)]
pub(super) struct Tracked {
    pub(super) slo: Arc<Defined<Slo>>,
    pub(super) index: usize,
    /// What it was measured at.
    end: Option<Minute>,
    pub(super) firing: Vec<Firing>,
    pub(super) spark: Vec<Option<f64>>,
    /// It could not be measured: minutes that it needs are away.
    pub(super) is_behind: bool,
    /// What was found last.
    pub(super) standing: Option<Arc<Standing>>,
}

impl Tracked {
    pub(super) const fn new(slo: Arc<Defined<Slo>>, index: usize) -> Self {
        Self {
            slo,
            index,
            end: None,
            firing: Vec::new(),
            spark: Vec::new(),
            is_behind: false,
            standing: None,
        }
    }

    pub(super) fn promise(&self) -> Option<&Promise> {
        self.slo.value.promises.get(self.index)
    }

    /// Measures it at a minute, of a ledger that has changed from another minute on.
    pub(super) fn measure(
        &mut self,
        series: &Series,
        end: Minute,
        changed_from: Option<Minute>,
    ) -> Result<Measures, NotLoaded> {
        let slo = Arc::clone(&self.slo);
        let Some(promise) = slo.value.promises.get(self.index) else {
            return Err(NotLoaded(end.day()));
        };
        let objective = &promise.objective;
        let measures = Measures::of(series, objective, end)?;
        let before = self.end.filter(|before| {
            *before <= end && changed_from.is_none_or(|changed| changed > *before)
        });
        self.firing = firing(
            &self.firing,
            series,
            objective,
            (before, end),
            &measures.slots,
        );
        let remaining = left(&measures.figures);
        let is_same_day = before.is_some_and(|before| before.day() == end.day());
        let is_short = objective.window.nominal_minutes() <= SHORT_WINDOW_MINUTES;
        match self.spark.last_mut() {
            Some(last) if is_same_day && !is_short => *last = remaining,
            _ => self.spark = spark(series, objective, end, measures.figures.window),
        }
        self.end = Some(end);
        Ok(measures)
    }
}

/// What is left of the budget, where anything is known.
fn left(figures: &tomoni_slo::Figures) -> Option<f64> {
    (figures.known_minutes > 0).then(|| figures.budget.remaining())
}

/// What was left of the budget at instants of the window, the last one its end. An instant whose own
/// window reaches into days that are not loaded is unknown.
fn spark(series: &Series, objective: &Objective, end: Minute, window: Span) -> Vec<Option<f64>> {
    let mut instants: Vec<Minute> = if window.len() <= SHORT_WINDOW_MINUTES {
        let points = (SPARK_POINTS as i64).min(window.len()).max(1);
        let at = |i: i64| window.after + window.len() * i / points;
        (1..=points).map(at).collect()
    } else {
        let ends = window.days().map(Day::last).filter(|last| *last < end);
        ends.chain([end]).collect()
    };
    while instants.len() > SPARK_POINTS {
        // Every other one, so that they stay evenly spaced; the last one stays.
        let odd = (instants.len() - 1) % 2;
        let kept = instants.iter().enumerate().filter(|(i, _)| i % 2 == odd);
        instants = kept.map(|(_, minute)| *minute).collect();
    }
    let at = |minute: Minute| left(&evaluate(series, objective, minute).ok()?);
    instants.into_iter().map(at).collect()
}

/// Since when the severities fire of which a slot is true at `end`, given those that did at
/// `before`, when nothing up to then has changed.
fn firing(
    known: &[Firing],
    series: &Series,
    objective: &Objective,
    (before, end): (Option<Minute>, Minute),
    now: &[Slot],
) -> Vec<Firing> {
    let fires = |severity: Severity| {
        let mut slots = now.iter().filter(|slot| slot.severity == severity);
        slots.any(|slot| slot.holds == Some(true))
    };
    let severities = [Severity::Page, Severity::Ticket];
    severities
        .into_iter()
        .filter(|severity| fires(*severity))
        .map(|severity| {
            let known = known.iter().find(|firing| firing.severity == severity);
            let known = before.zip(known.map(|firing| firing.since));
            let since = since(series, objective, severity, (known, end));
            Firing { severity, since }
        })
        .collect()
}

/// The first minute from which on a slot of the severity has been true up to `end`, where it is.
fn since(
    series: &Series,
    objective: &Objective,
    severity: Severity,
    (known, end): (Option<(Minute, Minute)>, Minute),
) -> Minute {
    let first = end - FIRING_MINUTES;
    let span = Span::new(known.map_or(first, |(before, _)| before.max(first)), end);
    let replay = (span.len() > 1)
        .then(|| Replay::new(series, objective, span).ok())
        .flatten();
    let holds = |minute: Minute| {
        let slots = match &replay {
            Some(replay) => replay.slots(minute),
            None => slots(series, objective, minute),
        };
        let is_true = |slot: &Slot| slot.severity == severity && slot.holds == Some(true);
        slots.is_ok_and(|slots| slots.iter().any(is_true))
    };
    let mut since = end;
    while since - 1 > span.after {
        if !holds(since - 1) {
            return since;
        }
        since = since - 1;
    }
    // All that is new holds: it has been so since it was known to.
    match known {
        Some((before, known)) if before == span.after => known,
        _ => since,
    }
}
