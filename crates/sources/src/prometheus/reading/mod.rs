//! How ledgers are read from a server: what to fetch, in which pieces, and what to make of it.
//!
//! - [`recipe`]: what a ledger's queries ask for;
//! - [`sizes`]: how much there is, asked before it is read;
//! - [`layout`]: which raw samples are fetched for which ledgers together;
//! - [`walk`]: fetching them window by window and counting as they come in, over [`tapes`];
//! - [`evaluate`]: what cannot be counted;
//! - [`dialect`]: in what servers differ;
//! - [`presence`]: whether nothing happened or nobody knows;
//! - [`outcome`]: what is handed out.

mod dialect;
mod evaluate;
mod layout;
mod outcome;
mod presence;
mod recipe;
mod session;
mod sizes;
mod tapes;
mod walk;

use std::collections::BTreeMap;

use futures::future::{BoxFuture, FutureExt};
use futures::stream::{self, StreamExt};
use tomoni_ledger::{Minute, Span, SpanSet};
use tomoni_spec::promql::Selector;

pub(super) use self::dialect::Dialect;
use self::evaluate::evaluate;
use self::layout::{Group, Measured, by_size, groups, measure_all, needs, rates_of};
use self::outcome::Outcome;
use self::recipe::{Counted, Evaluation, Recipe};
pub(super) use self::session::Session;
use self::sizes::Rates;
pub(super) use self::sizes::Sizes;
use self::walk::walk;
use super::client::Remarks;
use super::error::SourceError;
use super::observation::ApproximateReason;
use super::reader::{Harvest, Want};

/// A walk is not split into pieces shorter than this, in minutes: each reads two hours more.
const PIECE_MINUTES: i64 = 720;

/// What came of some ledgers, by their places among the wants.
type Outcomes = Vec<(usize, Result<Outcome, SourceError>)>;

/// Reads every minute of the span for each of the wants.
pub(super) async fn read(
    session: &Session<'_>,
    wants: &[Want],
    span: Span,
) -> Vec<Result<Harvest, SourceError>> {
    let recipes: Vec<Result<Recipe, SourceError>> = wants.iter().map(Recipe::of).collect();
    let mut outcomes: BTreeMap<usize, Result<Outcome, SourceError>> = BTreeMap::new();
    if span.is_empty() {
        outcomes.extend((0..wants.len()).map(|place| (place, Ok(Outcome::default()))));
    } else {
        outcomes.extend(read_all(session, &recipes, span).await);
        know_absent(session, &recipes, &mut outcomes, span).await;
    }
    wants
        .iter()
        .zip(recipes)
        .enumerate()
        .map(|(place, (want, recipe))| {
            let recipe = recipe?;
            let outcome = outcomes
                .remove(&place)
                .unwrap_or_else(|| Ok(Outcome::default()))?;
            Ok(outcome.harvest(want.key.clone(), &recipe, span))
        })
        .collect()
}

/// Reads what can be read, by the wants' places.
async fn read_all(
    session: &Session<'_>,
    recipes: &[Result<Recipe, SourceError>],
    span: Span,
) -> Outcomes {
    let mut raw = Vec::new();
    let mut tasks: Vec<Task<'_>> = Vec::new();
    for (place, recipe) in recipes.iter().enumerate() {
        match recipe {
            Ok(Recipe::Evaluated(evaluation)) => {
                let reason = reason_of(evaluation);
                let work = Work::Evaluate(place, evaluation.clone(), reason);
                tasks.push(Task { work, span });
            }
            Ok(recipe) => raw.push((place, recipe)),
            Err(_) => {}
        }
    }
    let mut outcomes = Outcomes::new();
    // Together first. Where that fails for a reason that need not be everybody's, each alone.
    let mut waiting = vec![raw];
    while let Some(raw) = waiting.pop() {
        let all: Vec<usize> = raw.iter().map(|(place, _)| *place).collect();
        let laid = if raw.is_empty() {
            Ok(Vec::new())
        } else {
            lay_out(session, &raw, span).await
        };
        let failed = match laid {
            Ok(laid) => {
                tasks.extend(laid);
                run(session, std::mem::take(&mut tasks), &mut outcomes).await
            }
            Err(error) => {
                // What is evaluated would be told the same by such a server.
                let lost = if error.is_about_the_server() {
                    std::mem::take(&mut tasks)
                } else {
                    Vec::new()
                };
                let lost = lost.iter().map(|task| (task.work.places(), error.clone()));
                lost.chain([(all, error.clone())]).collect()
            }
        };
        for (places, error) in failed {
            if places.len() == 1 || error.is_about_the_server() {
                outcomes.extend(places.into_iter().map(|place| (place, Err(error.clone()))));
            } else {
                let is_meant = |(place, _): &&(usize, &Recipe)| places.contains(place);
                waiting.extend(raw.iter().filter(is_meant).map(|one| vec![*one]));
            }
        }
    }
    // Where nothing could be laid out, what is evaluated is still to do.
    let failed = run(session, tasks, &mut outcomes).await;
    for (places, error) in failed {
        outcomes.extend(places.into_iter().map(|place| (place, Err(error.clone()))));
    }
    outcomes
}

/// One stretch of time for some ledgers.
struct Task<'a> {
    work: Work<'a>,
    span: Span,
}

enum Work<'a> {
    Count(Group, Vec<&'a Recipe>),
    Evaluate(usize, Evaluation, ApproximateReason),
}

impl Work<'_> {
    fn places(&self) -> Vec<usize> {
        match self {
            Self::Count(group, _) => group.members.clone(),
            Self::Evaluate(place, ..) => vec![*place],
        }
    }
}

/// What to do for ledgers that are read raw, as far as there is not too much of it.
async fn lay_out<'a>(
    session: &Session<'_>,
    raw: &[(usize, &'a Recipe)],
    span: Span,
) -> Result<Vec<Task<'a>>, SourceError> {
    let needed: Vec<(usize, Vec<Selector>)> = raw
        .iter()
        .map(|(place, recipe)| (*place, needs(recipe)))
        .collect();
    let all: Vec<Selector> = needed
        .iter()
        .flat_map(|(_, needs)| needs)
        .cloned()
        .collect();
    let measured = measure_all(session, &all, span).await?;
    let limit = session.limits().samples_per_minute;
    let mut tasks = Vec::new();
    let mut whole = Vec::new();
    for ((place, recipe), (_, needs)) in raw.iter().zip(&needed) {
        let mut rates = Rates::default();
        needs
            .iter()
            .filter_map(|need| rates_of(&measured, need))
            .for_each(|r| rates.add(r));
        let stretches = by_size(&rates, limit, span);
        let is_too_much = stretches.iter().any(|(_, excess)| excess.is_some());
        match recipe {
            Recipe::Counted(counted) if is_too_much => {
                for (span, excess) in stretches {
                    let work = match excess {
                        Some(rate) => estimate(*place, counted, rate, limit),
                        None => count_alone(*place, recipe, needs, &measured, limit),
                    };
                    tasks.push(Task { work, span });
                }
            }
            _ => whole.push((*place, needs.clone())),
        }
    }
    let groups = groups(session, &whole, &measured, span).await?;
    let fetches: usize = groups.iter().map(|group| group.fetches.len()).sum();
    for group in groups {
        let recipe = |place: &usize| {
            raw.iter()
                .find(|(p, _)| p == place)
                .map(|(_, recipe)| *recipe)
        };
        let recipes: Vec<&Recipe> = group.members.iter().filter_map(recipe).collect();
        for span in pieces(span, session.concurrency().div_ceil(fetches.max(1)) as i64) {
            let group = Group {
                fetches: group.fetches.clone(),
                members: group.members.clone(),
            };
            tasks.push(Task {
                work: Work::Count(group, recipes.clone()),
                span,
            });
        }
    }
    Ok(tasks)
}

/// What stands in for counting on days with too many samples.
fn estimate<'a>(place: usize, counted: &Counted, rate: f64, limit: u64) -> Work<'a> {
    let per_minute = rate.min(u64::MAX as f64) as u64;
    let reason = ApproximateReason::TooManySamples { per_minute, limit };
    Work::Evaluate(place, counted.coarse(), reason)
}

/// Counts a ledger by itself, on days whose samples are below the limit.
fn count_alone<'a>(
    place: usize,
    recipe: &'a Recipe,
    needs: &[Selector],
    measured: &Measured,
    limit: u64,
) -> Work<'a> {
    let rate = |s: &Selector| rates_of(measured, s).map_or(0.0, Rates::max);
    let fetches = needs.iter().map(|s| (s.clone(), rate(s).min(limit as f64)));
    let group = Group {
        fetches: fetches.collect(),
        members: vec![place],
    };
    Work::Count(group, vec![recipe])
}

/// A span in at most so many pieces, none of them short.
fn pieces(span: Span, at_most: i64) -> Vec<Span> {
    let count = at_most.min(span.len() / PIECE_MINUTES).max(1);
    let cut = |i: i64| span.after + span.len() * i / count;
    (0..count).map(|i| Span::new(cut(i), cut(i + 1))).collect()
}

/// Runs tasks, some at a time, and joins what they bring. Gives those that failed, and why.
async fn run(
    session: &Session<'_>,
    tasks: Vec<Task<'_>>,
    outcomes: &mut Outcomes,
) -> Vec<(Vec<usize>, SourceError)> {
    type Done = (Minute, Vec<usize>, Result<Vec<Outcome>, SourceError>);
    let under_way: Vec<BoxFuture<'_, Done>> = tasks
        .iter()
        .map(|task| {
            let done = async move {
                (
                    task.span.after,
                    task.work.places(),
                    carry_out(session, task).await,
                )
            };
            done.boxed()
        })
        .collect();
    let mut done: Vec<Done> = stream::iter(under_way)
        .buffer_unordered(session.concurrency())
        .collect()
        .await;
    done.sort_by_key(|(after, ..)| *after);
    let mut failed: Vec<(Vec<usize>, SourceError)> = Vec::new();
    let mut joined: BTreeMap<usize, Outcome> = BTreeMap::new();
    for (_, places, brought) in done {
        match brought {
            Ok(brought) => {
                for (place, outcome) in places.into_iter().zip(brought) {
                    joined.entry(place).or_default().append(outcome);
                }
            }
            Err(error) if failed.iter().any(|(known, _)| *known == places) => drop(error),
            Err(error) => failed.push((places, error)),
        }
    }
    joined.retain(|place, _| !failed.iter().any(|(places, _)| places.contains(place)));
    outcomes.extend(
        joined
            .into_iter()
            .map(|(place, outcome)| (place, Ok(outcome))),
    );
    failed
}

async fn carry_out(session: &Session<'_>, task: &Task<'_>) -> Result<Vec<Outcome>, SourceError> {
    match &task.work {
        Work::Count(group, recipes) => walk(session, group, recipes, task.span).await,
        Work::Evaluate(_, evaluation, reason) => {
            let mut outcome = evaluate(session, evaluation, task.span).await?;
            outcome.approximate_for(reason.clone());
            Ok(vec![outcome])
        }
    }
}

const fn reason_of(evaluation: &Evaluation) -> ApproximateReason {
    match evaluation {
        Evaluation::Ratio { .. } => ApproximateReason::Expression,
        Evaluation::ReadyMade { .. } => ApproximateReason::ReadyMadeRatio,
        Evaluation::Gauge { .. } => ApproximateReason::EvaluatedGauge,
    }
}

/// Finds out, of minutes without a total, in which its job was there.
async fn know_absent(
    session: &Session<'_>,
    recipes: &[Result<Recipe, SourceError>],
    outcomes: &mut BTreeMap<usize, Result<Outcome, SourceError>>,
    span: Span,
) {
    let jobs = |place: usize| match recipes.get(place) {
        Some(Ok(Recipe::Counted(counted))) => counted.jobs(),
        _ => Vec::new(),
    };
    let mut asked: BTreeMap<String, (Selector, SpanSet)> = BTreeMap::new();
    for (place, outcome) in outcomes.iter() {
        let Ok(outcome) = outcome else { continue };
        for job in jobs(*place)
            .into_iter()
            .filter(|_| !outcome.absent.is_empty())
        {
            let (_, minutes) = asked
                .entry(job.to_string())
                .or_insert_with(|| (job, SpanSet::new()));
            outcome
                .absent
                .spans()
                .iter()
                .for_each(|span| minutes.insert(*span));
        }
    }
    let looks = asked.iter().map(|(name, (job, minutes))| {
        async move {
            let mut remarks = Remarks::default();
            let present = presence::present(session, job, minutes, &mut remarks).await;
            (name.clone(), present.map(|present| (present, remarks)))
        }
        .boxed()
    });
    let looks: Vec<BoxFuture<'_, _>> = looks.collect();
    let found: BTreeMap<String, Result<(SpanSet, Remarks), SourceError>> = stream::iter(looks)
        .buffer_unordered(session.concurrency())
        .collect()
        .await;
    for (place, outcome) in outcomes.iter_mut() {
        let mut present = SpanSet::new();
        let mut failure = None;
        let Ok(known) = outcome else { continue };
        for job in jobs(*place)
            .into_iter()
            .filter(|_| !known.absent.is_empty())
        {
            match found.get(&job.to_string()) {
                Some(Ok((minutes, remarks))) => {
                    minutes
                        .spans()
                        .iter()
                        .for_each(|span| present.insert(*span));
                    known.remarks.merge(remarks);
                }
                Some(Err(error)) => failure = Some(error.clone()),
                None => {}
            }
        }
        known.know_absent(span, &present);
        if let Some(error) = failure {
            *outcome = Err(error);
        }
    }
}
