//! How much there is to read: asked before it is read.
//!
//! Whether a ledger is counted or estimated must not depend on how a time is cut into reads. So it
//! is decided for each UTC day by itself, from the samples of five minutes at a fixed time: the
//! first of the day's quarters (midnight, 6:00, 12:00, 18:00, midnight) at which there are any. Only
//! on the very first day of a selector's history can the answer change, once: it is counted until
//! the first of these times has passed.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use tomoni_ledger::{DAY_MINUTES, Day, MINUTE_MS, Span};
use tomoni_spec::promql::Selector;

use super::super::answer::Series;
use super::super::client::Remarks;
use super::super::error::SourceError;
use super::session::Session;

/// The time from one look to the next.
const STEP_MS: i64 = DAY_MINUTES * MINUTE_MS / LOOKS_A_DAY;
const LOOKS_A_DAY: i64 = 4;
/// The minutes before each look whose samples are counted.
const LOOK_MINUTES: i64 = 5;
/// So many looks are asked for at once, below the servers' own limits.
const LOOKS_AT_ONCE: i64 = 5_000;
/// So many days of selectors are remembered.
const REMEMBERED: usize = 100_000;

/// Sizes by selector and day, as far as they are known for good.
#[derive(Debug, Default)]
pub(in super::super) struct Sizes {
    known: Mutex<HashMap<(Size, String, Day), f64>>,
}

/// What is measured of a selector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Size {
    /// Its raw samples a minute.
    Samples,
    /// Its series.
    Series,
}

/// The size of a selector on each day of a span, in order. Infinite where the server could not even
/// tell.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rates(pub(super) Vec<(Day, f64)>);

impl Rates {
    pub(super) fn max(&self) -> f64 {
        self.0.iter().map(|(_, rate)| *rate).fold(0.0, f64::max)
    }

    pub(super) fn sum(&self) -> f64 {
        self.0.iter().map(|(_, rate)| rate).sum()
    }

    /// Both selectors together.
    pub(super) fn add(&mut self, other: &Self) {
        if self.0.is_empty() {
            self.0.clone_from(&other.0);
            return;
        }
        for ((_, rate), (_, more)) in self.0.iter_mut().zip(&other.0) {
            *rate += more;
        }
    }
}

impl Sizes {
    fn get(&self, size: Size, selector: &str, days: &[Day]) -> Option<Rates> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let rate = |day: &Day| Some((*day, *known.get(&(size, selector.to_owned(), *day))?));
        days.iter().map(rate).collect::<Option<Vec<_>>>().map(Rates)
    }

    fn keep(&self, size: Size, selector: &str, rates: &Rates) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() > REMEMBERED {
            known.clear();
        }
        // A day without any sample may still get some.
        for (day, rate) in rates
            .0
            .iter()
            .filter(|(_, rate)| *rate > 0.0 && rate.is_finite())
        {
            known.insert((size, selector.to_owned(), *day), *rate);
        }
    }
}

/// Measures a selector.
pub(super) async fn measure(
    session: &Session<'_>,
    size: Size,
    selector: &Selector,
    span: Span,
) -> Result<Rates, SourceError> {
    let days: Vec<Day> = span.days().collect();
    let text = selector.to_string();
    if let Some(known) = session.sizes.get(size, &text, &days) {
        return Ok(known);
    }
    let query = match size {
        Size::Samples => format!("sum(count_over_time({text}[{LOOK_MINUTES}m]))"),
        Size::Series => format!("count(count_over_time({text}[{LOOK_MINUTES}m]))"),
    };
    let mut looks = Looks::default();
    for (from_ms, until_ms) in looking(&days) {
        for (from_ms, until_ms, found) in ask(session, &query, from_ms, until_ms).await? {
            match found {
                Some(series) => series.iter().for_each(|series| looks.note(size, series)),
                None => looks.mark_immense(from_ms, until_ms),
            }
        }
    }
    let rates = looks.rates(&days);
    session.sizes.keep(size, &text, &rates);
    Ok(rates)
}

/// The samples a minute of selectors that are all part of one larger, asked for at once. `None`
/// where that is too much for the server.
pub(super) async fn measure_parts(
    session: &Session<'_>,
    whole: &Selector,
    parts: &[Selector],
    span: Span,
) -> Result<Option<Vec<Rates>>, SourceError> {
    let days: Vec<Day> = span.days().collect();
    let known = |part: &Selector| session.sizes.get(Size::Samples, &part.to_string(), &days);
    if let Some(known) = parts.iter().map(known).collect() {
        return Ok(Some(known));
    }
    let labels: BTreeSet<&str> = parts
        .iter()
        .flat_map(|part| &part.matchers)
        .map(|m| m.label.as_str())
        .collect();
    let by = labels
        .into_iter()
        .filter(|l| *l != "__name__")
        .collect::<Vec<_>>()
        .join(",");
    let query = format!("sum by ({by}) (count_over_time({whole}[{LOOK_MINUTES}m]))");
    let name = whole.metric.as_deref().unwrap_or_default();
    let mut looks = vec![Looks::default(); parts.len()];
    for (from_ms, until_ms) in looking(&days) {
        for (_, _, found) in ask(session, &query, from_ms, until_ms).await? {
            let Some(found) = found else { return Ok(None) };
            for series in &found {
                let label = |l: &str| {
                    if l == "__name__" {
                        name
                    } else {
                        series.labels.get(l)
                    }
                };
                for (part, looks) in parts.iter().zip(&mut looks) {
                    if part.matches(label) {
                        looks.note(Size::Samples, series);
                    }
                }
            }
        }
    }
    let rates: Vec<Rates> = looks.iter().map(|looks| looks.rates(&days)).collect();
    for (part, rates) in parts.iter().zip(&rates) {
        session.sizes.keep(Size::Samples, &part.to_string(), rates);
    }
    Ok(Some(rates))
}

/// What was seen at each look.
#[derive(Clone, Debug, Default)]
struct Looks(HashMap<i64, f64>);

impl Looks {
    fn note(&mut self, size: Size, series: &Series) {
        let share = if size == Size::Samples {
            LOOK_MINUTES as f64
        } else {
            1.0
        };
        for sample in &series.samples {
            *self.0.entry(sample.at_ms).or_default() += sample.value / share;
        }
    }

    fn mark_immense(&mut self, from_ms: i64, until_ms: i64) {
        let looks = (from_ms..=until_ms).step_by(STEP_MS as usize);
        self.0.extend(looks.map(|at_ms| (at_ms, f64::INFINITY)));
    }

    /// Each day's size: what was seen at its first look that saw anything.
    fn rates(&self, days: &[Day]) -> Rates {
        let rate = |day: &Day| {
            let midnight_ms = day.span().after.end_ms();
            let mut looks = (0..=LOOKS_A_DAY).map(|look| midnight_ms + look * STEP_MS);
            let seen = looks.find_map(|at| self.0.get(&at).copied().filter(|rate| *rate > 0.0));
            (*day, seen.unwrap_or(0.0))
        };
        Rates(days.iter().map(rate).collect())
    }
}

/// The looks at these days, by so many at once: their first and last.
fn looking(days: &[Day]) -> Vec<(i64, i64)> {
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return Vec::new();
    };
    let mut from_ms = first.span().after.end_ms();
    let until_ms = last.last().end_ms();
    let mut looking = Vec::new();
    while from_ms <= until_ms {
        let to_ms = until_ms.min(from_ms + (LOOKS_AT_ONCE - 1) * STEP_MS);
        looking.push((from_ms, to_ms));
        from_ms = to_ms + STEP_MS;
    }
    looking
}

type Looked = (i64, i64, Option<Vec<Series>>);

/// Asks for looks, in halves where it is too much at once; `None` where a single one is.
async fn ask(
    session: &Session<'_>,
    query: &str,
    from_ms: i64,
    until_ms: i64,
) -> Result<Vec<Looked>, SourceError> {
    // What is said about measuring says nothing about the counts.
    let mut remarks = Remarks::default();
    let mut waiting = vec![(from_ms, until_ms)];
    let mut looked = Vec::new();
    while let Some((from_ms, until_ms)) = waiting.pop() {
        match session
            .range(query, (from_ms, until_ms), STEP_MS, &mut remarks)
            .await
        {
            Ok(answer) => looked.push((from_ms, until_ms, Some(answer.series))),
            Err(error) if error.is_too_much() && from_ms < until_ms => {
                let steps = (until_ms - from_ms) / STEP_MS / 2;
                let middle_ms = from_ms + steps * STEP_MS;
                waiting.extend([(from_ms, middle_ms), (middle_ms + STEP_MS, until_ms)]);
            }
            Err(error) if error.is_too_much() => looked.push((from_ms, until_ms, None)),
            Err(error) => return Err(error),
        }
    }
    Ok(looked)
}
