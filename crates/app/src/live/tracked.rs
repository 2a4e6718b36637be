//! One objective, measured again and again: what of it need not be worked out anew each time.

use std::collections::BTreeSet;
use std::sync::Arc;

use tomoni_ledger::{DAY_MINUTES, Day, Minute, NotLoaded, Series, Span};
use tomoni_slo::{
    DaySlices, JudgedDay, JudgingRule, Objective, Promise, Replay, Severity, Slo, Slot,
    burn_windows,
};
use tomoni_spec::Defined;
use tomoni_store::Judged;

use crate::refresh::first_partly_known;
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
    /// Its place among all objectives.
    pub(super) place: usize,
    /// What it was measured at.
    end: Option<Minute>,
    /// What the slices of whole days add up to, where it has slices.
    pub(super) days: DaySlices,
    pub(super) firing: Vec<Firing>,
    /// Since when it fires is not known: minutes of the days before are away.
    pub(super) is_looking_back: bool,
    pub(super) spark: Vec<Option<f64>>,
    /// It could not be measured, or not all of it: minutes that it needs are away.
    pub(super) is_behind: bool,
    /// What was found last.
    pub(super) standing: Option<Arc<Standing>>,
}

impl Tracked {
    pub(super) fn new(slo: Arc<Defined<Slo>>, index: usize, place: usize) -> Self {
        Self {
            slo,
            index,
            place,
            end: None,
            days: DaySlices::default(),
            firing: Vec::new(),
            is_looking_back: false,
            spark: Vec::new(),
            is_behind: false,
            standing: None,
        }
    }

    /// The same objective in documents that were read anew.
    pub(super) fn again(self, slo: Arc<Defined<Slo>>, place: usize) -> Self {
        Self { slo, place, ..self }
    }

    pub(super) fn promise(&self) -> Option<&Promise> {
        self.slo.value.promises.get(self.index)
    }

    /// Takes in what slices of days were found to add up to before, by the rule of each.
    pub(super) fn recall(&mut self, judged: &Judged, series: &Series, end: Minute) {
        let slo = Arc::clone(&self.slo);
        let Some(promise) = slo.value.promises.get(self.index) else {
            return;
        };
        let rule = JudgingRule::of(&promise.objective);
        let days = judged.iter().find(|(by, _)| Some(by) == rule.as_ref());
        if let Some((_, days)) = days {
            self.days.recall(days, (series, &promise.objective), end);
        }
    }

    /// What slices of days add up to, and by which rule; `None` where it has no slices.
    pub(super) fn judged(&self, series: &Series) -> Option<(JudgingRule, Vec<JudgedDay>)> {
        let objective = &self.promise()?.objective;
        let days = self.days.judged(series, objective);
        Some((JudgingRule::of(objective)?, days))
    }

    /// Judges the slices of days whose minutes are loaded.
    pub(super) fn judge(&mut self, series: &Series, end: Minute) {
        let slo = Arc::clone(&self.slo);
        if let Some(promise) = slo.value.promises.get(self.index) {
            self.days.judge(series, &promise.objective, end);
        }
    }

    /// The days of a ledger whose minutes it needs at an instant and some minutes later; all of them
    /// if none of the ledger's are loaded.
    pub(super) fn needs(&self, series: &Series, end: Minute, ahead: i64) -> BTreeSet<Day> {
        let Some(promise) = self.promise() else {
            return BTreeSet::new();
        };
        let objective = &promise.objective;
        let replay = Replay::of_days(series, objective, &self.days);
        let mut days: BTreeSet<Day> = replay.required_days(end).into_iter().collect();
        days.extend(replay.required_days(end + ahead));
        days.extend(first_partly_known(series, objective, end));
        if self.is_looking_back {
            let longest = burn_windows(&objective.window).into_iter().max();
            let reach = FIRING_MINUTES + longest.unwrap_or_default();
            days.extend(Span::ending_at(end, reach).days());
        }
        days
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
        self.days.judge(series, objective, end);
        let replay = Replay::of_days(series, objective, &self.days);
        let measures = Measures::by(&replay, (series, objective), end)?;
        let before = self.end.filter(|before| {
            *before <= end && changed_from.is_none_or(|changed| changed > *before)
        });
        let known = before.filter(|_| !self.is_looking_back);
        let firing = firing(
            &self.firing,
            (series, objective),
            (known, end),
            &measures.slots,
        );
        // It is looked for once: where the days before cannot be had, what was found has to do.
        self.is_looking_back = !self.is_looking_back && firing.iter().any(|(_, is_sure)| !is_sure);
        self.firing = firing.into_iter().map(|(firing, _)| firing).collect();
        let remaining = left(&measures.figures);
        let is_same_day = before.is_some_and(|before| before.day() == end.day());
        let is_short = objective.window.nominal_minutes() <= SHORT_WINDOW_MINUTES;
        match self.spark.last_mut() {
            Some(last) if is_same_day && !is_short => *last = remaining,
            _ => self.spark = spark(&replay, end, measures.figures.window),
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
fn spark(replay: &Replay<'_>, end: Minute, window: Span) -> Vec<Option<f64>> {
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
    let at = |minute: Minute| left(&replay.evaluate(minute).ok()?);
    instants.into_iter().map(at).collect()
}

/// Since when the severities fire of which a slot is true at `end`, given those that did at
/// `before`, when nothing up to then has changed; and whether that is sure.
fn firing(
    known: &[Firing],
    (series, objective): (&Series, &Objective),
    (before, end): (Option<Minute>, Minute),
    now: &[Slot],
) -> Vec<(Firing, bool)> {
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
            let (since, is_sure) = since((series, objective), severity, (known, end));
            (Firing { severity, since }, is_sure)
        })
        .collect()
}

/// The first minute from which on a slot of the severity has been true up to `end`, where it is; and
/// whether no minute before it was away.
fn since(
    (series, objective): (&Series, &Objective),
    severity: Severity,
    (known, end): (Option<(Minute, Minute)>, Minute),
) -> (Minute, bool) {
    let first = end - FIRING_MINUTES;
    let span = Span::new(known.map_or(first, |(before, _)| before.max(first)), end);
    let mut since = end;
    if span.len() > 1 {
        let Ok(replay) = Replay::for_slots(series, objective, span) else {
            return (end, false);
        };
        let is_true = |slot: &Slot| slot.severity == severity && slot.holds == Some(true);
        while since - 1 > span.after {
            match replay.slots(since - 1) {
                Ok(slots) if slots.iter().any(is_true) => since = since - 1,
                Ok(_) => return (since, true),
                Err(NotLoaded(_)) => return (since, false),
            }
        }
    }
    // All that is new holds: it has been so since it was known to.
    match known {
        Some((before, known)) if before == span.after => (known, true),
        _ => (since, true),
    }
}
