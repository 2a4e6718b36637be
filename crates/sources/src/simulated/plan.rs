//! How a want is answered: what its queries mean in a world.

use tomoni_slo::{Indicator, Part, Threshold};
use tomoni_spec::promql::{self, Counters, PromqlError, Reading, Selector};

use super::gauges::{Fold, Gauge};
use super::series::{self, Share};
use crate::prometheus::{Observation, Want};
use crate::simulator::World;

/// How a want is answered.
#[derive(Debug)]
pub(super) enum Plan {
    /// Events and some of them, counted.
    Counters(CounterPlan),
    /// A ready-made ratio.
    Ratio(RatioPlan),
    /// A gauge and its threshold.
    Gauge(Gauge),
    /// Not at all; why.
    NotUnderstood(Vec<Observation>),
}

/// A ratio of counters.
#[derive(Debug)]
pub(super) struct CounterPlan {
    pub(super) total: Sum,
    pub(super) part: Sum,
    pub(super) which: Part,
}

/// A ready-made ratio of two sums of counters.
#[derive(Debug)]
pub(super) struct RatioPlan {
    pub(super) upper: Sum,
    pub(super) lower: Sum,
    pub(super) rates_success: bool,
    pub(super) resolution_minutes: i64,
}

/// A sum or difference of counters.
#[derive(Debug)]
pub(super) struct Sum {
    /// The query, as it counts.
    pub(super) query: String,
    /// What it counts; empty when no series is meant.
    pub(super) shares: Vec<Share>,
    /// The services whose processes show whether anything is known: those that are meant, and
    /// where there are none those of the job that the query names.
    pub(super) witnesses: Vec<usize>,
}

impl Plan {
    /// The sums that have to be counted for it: of all, and of the part.
    pub(super) const fn sums(&self) -> Option<[&Sum; 2]> {
        match self {
            Self::Counters(plan) => Some([&plan.total, &plan.part]),
            Self::Ratio(plan) => Some([&plan.lower, &plan.upper]),
            Self::Gauge(_) | Self::NotUnderstood(_) => None,
        }
    }
}

impl Sum {
    /// What is worth telling where no series is meant.
    pub(super) fn nothing_found(&self) -> Option<Observation> {
        self.shares.is_empty().then(|| Observation::NothingFound {
            query: self.query.clone(),
        })
    }
}

/// How a want is answered by this world.
pub(super) fn of(world: &World, want: &Want) -> Plan {
    let plan = match &want.indicator {
        Indicator::Ratio {
            part,
            part_query,
            total,
            counter,
        } => ratio(world, *part, [&part_query.promql, &total.promql], *counter),
        Indicator::Raw {
            rates_success,
            query,
        } => ready_made(
            world,
            *rates_success,
            &query.promql,
            want.resolution_minutes,
        ),
        Indicator::Threshold { query, .. } => gauge(world, &query.promql, want.key.threshold),
        Indicator::Pushed { sli } => Err(format!(
            "the counts of `{sli}` are pushed: they are not simulated"
        )),
    };
    plan.unwrap_or_else(|text| Plan::NotUnderstood(vec![Observation::Warning { text }]))
}

fn ratio(
    world: &World,
    which: Part,
    [part, total]: [&str; 2],
    is_counter: bool,
) -> Result<Plan, String> {
    let counted = |text: &str| match promql::read_events(text, is_counter).map_err(not_promql)? {
        Reading::Counters(counters) => sum(world, &counters),
        Reading::Expression(_) => Err(not_evaluated(text)),
    };
    Ok(Plan::Counters(CounterPlan {
        total: counted(total)?,
        part: counted(part)?,
        which,
    }))
}

fn ready_made(
    world: &World,
    rates_success: bool,
    text: &str,
    resolution_minutes: i64,
) -> Result<Plan, String> {
    let whole = promql::canonical(text).map_err(not_promql)?;
    // A `/` between two sums of counters that is the last thing done: put together again, the
    // halves must be the same expression.
    let halves = text.match_indices('/').find_map(|(i, _)| {
        let (upper, lower) = (&text[..i], &text[i + 1..]);
        let again = promql::canonical(&format!("({upper}) / ({lower})")).ok()?;
        Some((counters(upper)?, counters(lower)?)).filter(|_| again == whole)
    });
    let (upper, lower) = halves
        .filter(|(upper, lower)| upper.measure == lower.measure)
        .ok_or_else(|| not_evaluated(text))?;
    Ok(Plan::Ratio(RatioPlan {
        upper: sum(world, &upper)?,
        lower: sum(world, &lower)?,
        rates_success,
        resolution_minutes: resolution_minutes.max(1),
    }))
}

/// The counters that a text is a sum of, if it is one.
fn counters(text: &str) -> Option<Counters> {
    match promql::read(text.trim()) {
        Ok(Reading::Counters(counters)) => Some(counters),
        Ok(Reading::Expression(_)) | Err(_) => None,
    }
}

fn gauge(world: &World, text: &str, threshold: Option<Threshold>) -> Result<Plan, String> {
    let threshold = threshold.ok_or_else(|| format!("`{text}` is a gauge without a threshold"))?;
    let (selector, fold) = folded(text)?.ok_or_else(|| not_evaluated(text))?;
    Ok(Plan::Gauge(Gauge {
        query: text.to_owned(),
        sensors: series::sensors(world, &selector).map_err(|why| not_answered(text, &why))?,
        fold,
        threshold,
    }))
}

/// The selector that a gauge's query is, and what makes one value of several.
fn folded(text: &str) -> Result<Option<(Selector, Option<Fold>)>, String> {
    if let Some(selector) = promql::read_gauge(text).map_err(not_promql)? {
        return Ok(Some((selector, None)));
    }
    let found = Fold::ALL.into_iter().find_map(|fold| {
        let rest = text.trim().strip_prefix(fold.as_str())?.trim_start();
        let inner = rest.strip_prefix('(')?.strip_suffix(')')?;
        let selector = promql::read_gauge(inner.trim()).ok().flatten()?;
        Some((selector, Some(fold)))
    });
    Ok(found)
}

fn sum(world: &World, counters: &Counters) -> Result<Sum, String> {
    let query = counters.to_string();
    let mut shares: Vec<Share> = Vec::new();
    for term in &counters.terms {
        let found = series::counters(world, &term.selector);
        for one in found.map_err(|why| not_answered(&query, &why))? {
            let sign = if term.negative { -1 } else { 1 };
            let times = one.times.iter().map(|times| sign * times);
            match shares.iter_mut().find(|s| s.service == one.service) {
                Some(share) => share.times.iter_mut().zip(times).for_each(|(a, b)| *a += b),
                None => shares.push(Share {
                    service: one.service,
                    times: times.collect(),
                }),
            }
        }
    }
    let mut witnesses: Vec<usize> = shares.iter().map(|share| share.service).collect();
    if witnesses.is_empty() {
        let jobs = counters.terms.iter();
        let jobs: Vec<&str> = jobs
            .filter_map(|term| term.selector.required("job"))
            .collect();
        let services = world.services.iter().enumerate();
        let named = services.filter(|(_, service)| jobs.contains(&service.name.as_str()));
        witnesses = named.map(|(place, _)| place).collect();
    }
    Ok(Sum {
        query,
        shares,
        witnesses,
    })
}

fn not_promql(error: PromqlError) -> String {
    format!("not PromQL: {error}")
}

fn not_evaluated(text: &str) -> String {
    format!("the simulator counts, but does not evaluate `{text}`: its minutes are unknown")
}

fn not_answered(text: &str, why: &str) -> String {
    format!("the simulator cannot answer `{text}`: {why}; its minutes are unknown")
}
