//! What is not counted but evaluated by the server, and spread over minutes.
//!
//! Evaluation is at whole multiples of the resolution since the Unix epoch, so that it does not
//! depend on where a read begins. A step that has not ended is unknown: what is known of its first
//! minutes would be taken for all of it.

use std::collections::BTreeMap;

use tomoni_ledger::{Events, Fact, MINUTE_MS, Marks, Minute, Span};
use tomoni_slo::{Part, Several};

use super::super::answer::Series;
use super::super::client::Remarks;
use super::super::counting::{Judged, spread, verdict, verdicts};
use super::super::error::SourceError;
use super::outcome::Outcome;
use super::recipe::{Evaluation, Side};
use super::session::Session;

/// So many points are asked for at once, below the servers' own limits.
const POINTS_AT_ONCE: i64 = 10_000;
/// The events that a minute of a ready-made ratio counts as.
const READY_MADE_EVENTS: f64 = 60.0;

/// The values at the multiples of a resolution, by which multiple.
type Values = BTreeMap<i64, f64>;

/// What a step came to.
#[derive(Clone, Copy)]
enum Step {
    Counts(Events, Events),
    Absent(Events),
    Ambiguous,
    Invalid,
}

pub(super) async fn evaluate(
    session: &Session<'_>,
    evaluation: &Evaluation,
    span: Span,
) -> Result<Outcome, SourceError> {
    let mut evaluated = Outcome::default();
    match evaluation {
        Evaluation::Ratio {
            part,
            total,
            part_is,
            minutes,
        } => {
            let total = side(session, total, *minutes, span, &mut evaluated.remarks).await?;
            let part = side(session, part, *minutes, span, &mut evaluated.remarks).await?;
            evaluated.has_total = !total.is_empty();
            let horizon = session.horizon;
            evaluated.lay((span, horizon), *minutes, |step| {
                ratio(step, &part, &total, *part_is)
            });
        }
        Evaluation::ReadyMade {
            query,
            rates_success,
            minutes,
        } => {
            let series = values(session, query, *minutes, span, &mut evaluated.remarks).await?;
            evaluated.has_total = !series.is_empty();
            let values = gathered(&series, *minutes);
            evaluated.lay((span, session.horizon), *minutes, |step| {
                ready_made(values.get(&step), *rates_success, *minutes)
            });
        }
        Evaluation::Gauge { query, judged } => {
            let series = values(session, query, 1, span, &mut evaluated.remarks).await?;
            evaluated.has_total = !series.is_empty();
            let values = gathered(&series, 1);
            for minute in span.minutes() {
                evaluated.judge(values.get(&minute.index()), *judged);
            }
        }
    }
    session.finished(span.len() as u64);
    Ok(evaluated)
}

impl Outcome {
    /// Lays the steps that have ended by the horizon onto the span's minutes.
    fn lay(&mut self, (span, horizon): (Span, Minute), minutes: i64, step: impl Fn(i64) -> Step) {
        let last = ended_by(horizon, minutes);
        let mut laid: Option<(i64, Vec<Fact>)> = None;
        for minute in span.minutes() {
            let at = step_of(minute, minutes);
            if at > last {
                self.facts.push(Fact::UNKNOWN);
                continue;
            }
            let came_to = step(at);
            if laid.as_ref().is_none_or(|(laid_at, _)| *laid_at != at) {
                laid = Some((at, came_to.spread(minutes)));
            }
            let place = usize::try_from(minute.index() - (at - 1) * minutes - 1).unwrap_or(0);
            let fact = laid
                .as_ref()
                .and_then(|(_, facts)| facts.get(place).copied());
            self.facts.push(fact.unwrap_or(Fact::UNKNOWN));
            match came_to {
                Step::Absent(_) => self.absent.insert(Span::ending_at(minute, 1)),
                Step::Ambiguous => self.ambiguous += 1,
                Step::Counts(..) | Step::Invalid => {}
            }
        }
    }

    fn judge(&mut self, values: Option<&Vec<f64>>, judged: Judged) {
        let threshold = judged.threshold;
        let fact = match values.map(Vec::as_slice) {
            None | Some([]) => Fact::UNKNOWN,
            Some(values) if judged.several == Several::Each => {
                verdicts(threshold, values.iter().copied()).marked(Marks::APPROXIMATE)
            }
            Some([value]) if !value.is_finite() => Fact::UNKNOWN.marked(Marks::INVALID),
            Some([value]) => verdict(threshold.is_good(*value)).marked(Marks::APPROXIMATE),
            Some(_) => {
                self.ambiguous += 1;
                Fact::UNKNOWN
            }
        };
        self.facts.push(fact);
    }
}

impl Step {
    fn spread(self, minutes: i64) -> Vec<Fact> {
        let minutes = usize::try_from(minutes).unwrap_or(1);
        match self {
            Self::Counts(bad, total) => spread(bad, total, minutes),
            Self::Absent(bad) => spread(bad, Events::ZERO, minutes),
            Self::Ambiguous => vec![Fact::UNKNOWN; minutes],
            Self::Invalid => vec![Fact::UNKNOWN.marked(Marks::INVALID); minutes],
        }
    }
}

/// The multiple of the resolution whose stretch holds the minute.
fn step_of(minute: Minute, minutes: i64) -> i64 {
    (minute.index() + minutes - 1).div_euclid(minutes)
}

/// The last multiple of the resolution that lies not after the minute's end.
const fn ended_by(minute: Minute, minutes: i64) -> i64 {
    minute.index().div_euclid(minutes)
}

fn ratio(step: i64, part: &Values, total: &Values, part_is: Part) -> Step {
    let part = part.get(&step).copied().unwrap_or(0.0);
    let whole = total.get(&step).copied();
    let bad = match part_is {
        Part::Bad => part,
        Part::Good => whole.unwrap_or(0.0) - part,
    };
    // A negative number of events is no number of events; good above total is a clamp.
    let is_sound = |value: f64| value.is_finite() && value >= 0.0;
    if !is_sound(part) || !whole.is_none_or(is_sound) {
        return Step::Invalid;
    }
    match (Events::nearest(bad), whole.map(Events::nearest)) {
        (Some(bad), Some(Some(total))) => Step::Counts(bad, total),
        (Some(bad), None) => Step::Absent(bad),
        _ => Step::Invalid,
    }
}

fn ready_made(values: Option<&Vec<f64>>, rates_success: bool, minutes: i64) -> Step {
    let value = match values.map(Vec::as_slice) {
        None | Some([]) => return Step::Absent(Events::ZERO),
        Some([value]) => *value,
        Some(_) => return Step::Ambiguous,
    };
    if !value.is_finite() || value < 0.0 {
        return Step::Invalid;
    }
    let bad = if rates_success { 1.0 - value } else { value };
    let total = READY_MADE_EVENTS * minutes as f64;
    match (Events::nearest(bad * total), Events::nearest(total)) {
        (Some(bad), Some(total)) => Step::Counts(bad, total),
        _ => Step::Invalid,
    }
}

/// A side's events at each step; series and queries add up.
async fn side(
    session: &Session<'_>,
    side: &Side,
    minutes: i64,
    span: Span,
    remarks: &mut Remarks,
) -> Result<Values, SourceError> {
    let mut sums = Values::new();
    for (factor, query) in &side.queries {
        for series in values(session, query, minutes, span, remarks).await? {
            for sample in series.samples {
                let step = sample.at_ms.div_euclid(minutes * MINUTE_MS);
                *sums.entry(step).or_default() += factor * sample.value;
            }
        }
    }
    Ok(sums)
}

/// All values at each step.
fn gathered(series: &[Series], minutes: i64) -> BTreeMap<i64, Vec<f64>> {
    let mut gathered: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
    for sample in series.iter().flat_map(|series| &series.samples) {
        let step = sample.at_ms.div_euclid(minutes * MINUTE_MS);
        gathered.entry(step).or_default().push(sample.value);
    }
    gathered
}

/// The query's values at each multiple of the resolution whose stretch touches the span, up to the
/// horizon.
async fn values(
    session: &Session<'_>,
    query: &str,
    minutes: i64,
    span: Span,
    remarks: &mut Remarks,
) -> Result<Vec<Series>, SourceError> {
    let step_ms = minutes * MINUTE_MS;
    let last = step_of(span.until, minutes).min(ended_by(session.horizon, minutes));
    let mut next = step_of(span.after + 1, minutes);
    let mut at_once = POINTS_AT_ONCE;
    let mut all = Vec::new();
    while next <= last {
        let until = last.min(next + at_once - 1);
        let times_ms = (next * step_ms, until * step_ms);
        match session.range(query, times_ms, step_ms, remarks).await {
            Ok(answer) => {
                all.extend(answer.series);
                next = until + 1;
            }
            Err(error) if error.is_too_much() && until > next => at_once = (until - next + 1) / 2,
            Err(error) => return Err(error),
        }
    }
    Ok(all)
}
