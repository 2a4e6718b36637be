//! Figures by the letter of semantics.md, minute by minute, with no thought of speed. Shares nothing
//! with the crate but its types: neither running totals, nor its calendar, nor its slices.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::ToSpan as _;
use tomoni_ledger::{Events, Fact, Minute, Span};
use tomoni_slo::{Calendar, Method, MissingData, Objective, State, Unit, Window};

/// A ledger without any cleverness: what is not in it is unknown.
pub(crate) type Facts = BTreeMap<Minute, Fact>;

/// What is compared with `Figures`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Naive {
    pub(crate) window: Span,
    pub(crate) bad: Events,
    pub(crate) total: Events,
    pub(crate) sli: Option<f64>,
    pub(crate) allowed: f64,
    pub(crate) spent: f64,
    pub(crate) consumed: f64,
    pub(crate) minutes: i64,
    pub(crate) known: i64,
    pub(crate) excluded: i64,
    pub(crate) imputed: i64,
    pub(crate) slices: Option<[i64; 4]>,
    pub(crate) state: State,
}

#[derive(Clone, Copy, Default, Debug)]
struct Sum {
    bad: Events,
    total: Events,
    minutes: i64,
    known: i64,
    excluded: i64,
}

fn sum(facts: &Facts, objective: &Objective, minutes: impl Iterator<Item = Minute>) -> Sum {
    let mut sum = Sum::default();
    for minute in minutes {
        if objective
            .exclusions
            .spans()
            .iter()
            .any(|s| s.contains(minute))
        {
            sum.excluded += 1;
            continue;
        }
        sum.minutes += 1;
        if let Some(counts) = facts.get(&minute).and_then(|fact| fact.counts) {
            sum.known += 1;
            sum.bad += counts.bad;
            sum.total += counts.total;
        }
    }
    sum
}

/// The window at a minute, so far and whole; `None` before the first period.
pub(crate) fn window(objective: &Objective, at: Minute) -> Option<(Span, Span)> {
    match &objective.window {
        Window::Rolling { minutes, .. } => {
            let span = Span::new(at - *minutes, at);
            Some((span, span))
        }
        Window::Calendar(calendar) => {
            // A minute belongs to the last period that began before the minute's end.
            let end = Timestamp::from_second(at.end_s()).unwrap();
            let number = (0..).take_while(|k| instant(calendar, *k) < end).last()?;
            let floor = |t: Timestamp| Minute::from_index(t.as_second().div_euclid(60));
            let after = floor(instant(calendar, number));
            // Later periods may begin at the same instant, where a day was skipped.
            let until = floor(instant(calendar, number + 1));
            Some((Span::new(after, at), Span::new(after, until)))
        }
    }
}

fn instant(calendar: &Calendar, number: i64) -> Timestamp {
    let n = number * i64::from(calendar.count);
    let span = match calendar.unit {
        Unit::Day => n.days(),
        Unit::Week => n.weeks(),
        Unit::Month => n.months(),
        Unit::Quarter => (3 * n).months(),
        Unit::Year => n.years(),
    };
    let civil = calendar.start.checked_add(span).unwrap();
    calendar
        .zone
        .to_ambiguous_timestamp(civil)
        .compatible()
        .unwrap()
}

struct Slice {
    sum: Sum,
}

impl Slice {
    fn is_known(&self) -> bool {
        self.sum.known as f64 / self.sum.minutes as f64 >= 0.9
    }
    fn has_traffic(&self) -> bool {
        self.sum.total > Events::ZERO
    }
    fn ratio(&self) -> f64 {
        (self.sum.total - self.sum.bad).as_f64() / self.sum.total.as_f64()
    }
    fn is_good(&self, method: Method) -> bool {
        let target = match method {
            Method::Timeslices { target, .. } => target,
            _ => 1.0,
        };
        !self.has_traffic() || self.ratio() >= target
    }
}

/// The slices that end in a span, as the minutes that each holds. Slices end at every multiple of
/// the width from the anchor, and at the cut.
fn slices(
    facts: &Facts,
    objective: &Objective,
    width: i64,
    anchor: Minute,
    cut: Option<Minute>,
    span: Span,
) -> Vec<Slice> {
    let mut slices = Vec::new();
    for end in span.minutes() {
        let past = (end - anchor).rem_euclid(width);
        let length = match (past, cut) {
            (0, _) => width,
            (past, Some(cut)) if cut == end => past,
            _ => continue,
        };
        let minutes = (0..length).map(|back| end - back);
        let sum = sum(facts, objective, minutes);
        if sum.minutes > 0 {
            slices.push(Slice { sum });
        }
    }
    slices
}

struct Level {
    sum: Sum,
    good_share: Option<f64>,
    bad_share: Option<f64>,
    spent: f64,
    weight: f64,
    imputed: i64,
    slices: Option<[i64; 4]>,
}

fn of_events(sum: Sum, policy: MissingData) -> Level {
    let missing = sum.minutes - sum.known;
    let mean = if sum.known > 0 && sum.total > Events::ZERO {
        sum.total.as_f64() / sum.known as f64
    } else {
        1.0
    };
    let (mut bad, mut total, mut imputed) = (sum.bad.as_f64(), sum.total.as_f64(), 0);
    if policy != MissingData::Ignore {
        imputed = missing;
        total += missing as f64 * mean;
    }
    if policy == MissingData::Bad {
        bad += missing as f64 * mean;
    }
    let has = total > 0.0;
    Level {
        sum,
        good_share: has.then(|| (total - bad) / total),
        bad_share: has.then(|| bad / total),
        spent: bad,
        weight: total,
        imputed,
        slices: None,
    }
}

fn of_slices(sum: Sum, slices: &[Slice], objective: &Objective) -> Level {
    let (method, policy) = (objective.method, objective.missing_data);
    let known: Vec<&Slice> = slices.iter().filter(|s| s.is_known()).collect();
    let with_traffic: Vec<&&Slice> = known.iter().filter(|s| s.has_traffic()).collect();
    let unknown: Vec<&Slice> = slices.iter().filter(|s| !s.is_known()).collect();
    let imputed = policy != MissingData::Ignore && !unknown.is_empty();
    let has = !with_traffic.is_empty() || imputed;
    let mut ratios: Vec<f64> = match method {
        Method::RatioTimeslices { .. } => with_traffic.iter().map(|s| s.ratio()).collect(),
        _ => known
            .iter()
            .map(|s| f64::from(u8::from(s.is_good(method))))
            .collect(),
    };
    let mut spent: f64 = known
        .iter()
        .filter(|s| !s.is_good(method))
        .map(|s| s.sum.minutes as f64)
        .sum();
    let unknown_minutes: i64 = unknown.iter().map(|s| s.sum.minutes).sum();
    match policy {
        MissingData::Ignore => {}
        MissingData::Good => ratios.extend(unknown.iter().map(|_| 1.0)),
        MissingData::Bad => {
            ratios.extend(unknown.iter().map(|_| 0.0));
            spent += unknown_minutes as f64;
        }
    }
    let sli = ratios.iter().sum::<f64>() / ratios.len() as f64;
    if let Method::RatioTimeslices { .. } = method {
        spent = if has { 1.0 - sli } else { 0.0 };
    }
    let good = known.iter().filter(|s| s.is_good(method)).count();
    Level {
        sum,
        good_share: has.then_some(sli),
        bad_share: has.then_some(1.0 - sli),
        spent,
        weight: 0.0,
        imputed: if imputed { unknown_minutes } else { 0 },
        slices: Some([slices.len(), known.len(), good, with_traffic.len()].map(|n| n as i64)),
    }
}

/// The anchor of an objective's slices at a minute, and where the last is cut.
fn grid(objective: &Objective, at: Minute) -> (Minute, Option<Minute>) {
    match (&objective.window, window(objective, at)) {
        (Window::Rolling { .. }, _) => (Minute::from_index(0), None),
        (Window::Calendar(_), Some((_, whole))) => (whole.after, Some(whole.until)),
        (Window::Calendar(calendar), None) => {
            let first = instant(calendar, 0).as_second().div_euclid(60);
            (Minute::from_index(first), None)
        }
    }
}

fn level(facts: &Facts, objective: &Objective, at: Minute, span: Span) -> Level {
    let sum = sum(facts, objective, span.minutes());
    match objective.method.width_minutes() {
        None => of_events(sum, objective.missing_data),
        Some(width) => {
            let (anchor, cut) = grid(objective, at);
            let slices = slices(facts, objective, width, anchor, cut, span);
            of_slices(sum, &slices, objective)
        }
    }
}

/// All figures over the window.
pub(crate) fn evaluate(facts: &Facts, objective: &Objective, at: Minute) -> Naive {
    let nothing = Span::new(at, at);
    let found = window(objective, at);
    let (so_far, whole) = found.unwrap_or((nothing, nothing));
    let level = level(facts, objective, at, so_far);
    let share = 1.0 - objective.target.fraction();
    let allowed = match objective.method {
        Method::Occurrences => share * level.weight,
        Method::RatioTimeslices { .. } => share,
        Method::Timeslices { width_minutes, .. } => {
            let (anchor, cut) = grid(objective, at);
            let all = slices(facts, objective, width_minutes, anchor, cut, whole);
            share * all.iter().map(|s| s.sum.minutes as f64).sum::<f64>()
        }
    };
    let consumed = match level.good_share {
        Some(_) if allowed > 0.0 => level.spent / allowed,
        _ => 0.0,
    };
    let sum = level.sum;
    Naive {
        window: so_far,
        bad: sum.bad,
        total: sum.total,
        sli: level.good_share,
        allowed,
        spent: level.spent,
        consumed,
        minutes: sum.minutes,
        known: sum.known,
        excluded: sum.excluded,
        imputed: level.imputed,
        slices: level.slices,
        state: state(&level, consumed, so_far, whole),
    }
}

fn state(level: &Level, consumed: f64, so_far: Span, whole: Span) -> State {
    let Sum {
        known,
        minutes,
        total,
        ..
    } = level.sum;
    let lacks_slices = level
        .slices
        .is_some_and(|[all, known, ..]| known == 0 || (known as f64 / all as f64) < 0.9);
    let is_early = (so_far.len() as f64) < whole.len() as f64 / 10.0;
    if known == 0 {
        State::NoData
    } else if total == Events::ZERO {
        State::NoTraffic
    } else if (known as f64 / minutes as f64) < 0.9 || lacks_slices || is_early {
        State::Partial
    } else if level.good_share.is_none() {
        State::NoTraffic
    } else if 1.0 - consumed <= 0.0 {
        State::Exhausted
    } else if 1.0 - consumed < 0.25 {
        State::AtRisk
    } else {
        State::Ok
    }
}

/// A burn rate over the last minutes, and whether its window lacks coverage.
pub(crate) fn burn(
    facts: &Facts,
    objective: &Objective,
    at: Minute,
    minutes: i64,
) -> (Option<f64>, bool, Events) {
    let mut span = Span::new(at - minutes, at);
    if let Some(width) = objective.method.width_minutes() {
        let (anchor, _) = grid(objective, at);
        let mut end = at;
        while (end - anchor).rem_euclid(width) != 0 {
            end = end - 1;
        }
        let mut whole_minutes = 0;
        while whole_minutes < minutes {
            whole_minutes += width;
        }
        span = Span::new(end - whole_minutes, end);
    }
    let level = level(facts, objective, at, span);
    let lacks = |known: i64, all: i64| {
        let unknown = all - known;
        match all {
            0 => false,
            1..10 => unknown > 1 || known == 0,
            _ => (known as f64 / all as f64) < 0.9,
        }
    };
    let is_lacking = lacks(level.sum.known, level.sum.minutes)
        || level
            .slices
            .is_some_and(|[all, known, ..]| lacks(known, all));
    let share = 1.0 - objective.target.fraction();
    (
        level.bad_share.map(|bad| bad / share),
        is_lacking,
        level.sum.bad,
    )
}
