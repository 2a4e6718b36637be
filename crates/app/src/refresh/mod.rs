//! Ledgers brought up to an instant: the loop that feeds the engine and carries out what it says.
//!
//! What was read is kept at once, newest first, each harvest in one transaction, so that whoever
//! drops the future loses only what was under way. The next run goes on from there, and ends with
//! the ledger of a run that was never disturbed.

mod known;
mod memory;
mod plan;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use tomoni_engine::{Effect, Engine, Input, Pace};
use tomoni_ledger::{DAY_MINUTES, Day, Minute, Series, Span, SpanSet};
use tomoni_slo::{LedgerKey, Objective, Promise, peer_span, required_days, required_span};
use tomoni_sources::prometheus::Observation;
use tomoni_spec::{DataSource, Defined};
use tomoni_store::Store;

use crate::error::AppError;
pub use crate::failure::Failure;
use crate::reading::{Answer, Meter, READS_AT_ONCE, Readers};
pub use crate::reading::{OnProgress, Progress};
use crate::servers::Servers;
use memory::Memory;
use plan::Plan;
pub(crate) use plan::want;

/// What is to be brought up to date, and from where.
pub struct Task<'a> {
    /// The promises whose ledgers are needed.
    pub promises: Vec<&'a Promise>,
    /// The data sources that documents define.
    pub data_sources: &'a [Defined<DataSource>],
    /// The instant that figures are for.
    pub at: Minute,
    /// The present, in milliseconds since the Unix epoch: decides what is settled.
    pub now_ms: i64,
    /// When minutes settle and close.
    pub pace: Pace,
    /// Who is asked; `None` asks nobody.
    pub servers: Option<&'a Servers>,
    /// Where ledgers are kept; `None` forgets them.
    pub store: Option<&'a Store>,
    /// Whether all minutes of the windows are needed, not only those at their edges.
    pub all_minutes: bool,
    /// Told how far the reading has come.
    pub on_progress: OnProgress,
}

/// Ledgers after a refresh.
#[derive(Debug, Default)]
pub struct Ledgers {
    by_key: BTreeMap<LedgerKey, Ledger>,
    /// What a run without a store has read.
    memory: Memory,
}

/// One ledger after a refresh.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Its minutes: totals of every day, and the minutes of the days that figures need.
    pub series: Series,
    /// Minutes that a source has answered for.
    pub settled: SpanSet,
    /// The last minute that figures can end at: settled, and not after the instant asked for.
    /// `None` when there is none.
    pub watermark: Option<Minute>,
    /// The server that is asked for it, without credentials; `None` when there is none.
    pub server: Option<String>,
    /// What could not be read, and why.
    pub failures: Vec<(Span, Failure)>,
    /// Minutes that this refresh read; the others were known before.
    pub read: SpanSet,
    /// What was seen while reading.
    pub seen: Vec<(Span, Observation)>,
}

/// What reading a ledger has brought beside its minutes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reports<'a> {
    /// What could not be read, and why.
    pub failures: &'a [(Span, Failure)],
    /// What was seen while reading.
    pub seen: &'a [(Span, Observation)],
    /// The minutes that were read meanwhile; `None` where only what was read last is told.
    pub read: Option<&'a SpanSet>,
}

impl Ledger {
    /// What reading it has brought beside its minutes.
    pub fn reports(&self) -> Reports<'_> {
        Reports {
            failures: &self.failures,
            seen: &self.seen,
            read: Some(&self.read),
        }
    }
}

impl Ledgers {
    /// The ledger of this name; an empty one when it was not part of the task.
    pub fn get(&self, key: &LedgerKey) -> &Ledger {
        static NONE: std::sync::OnceLock<Ledger> = std::sync::OnceLock::new();
        self.by_key
            .get(key)
            .unwrap_or_else(|| NONE.get_or_init(Ledger::default))
    }

    /// The ledger of a promise with all minutes that its windows look at, for as long as the caller
    /// needs them: of many ledgers they would not fit into memory.
    pub(crate) async fn whole(
        &self,
        store: Option<&Store>,
        promise: &Promise,
    ) -> Result<Series, AppError> {
        let ledger = self.get(&promise.key);
        let mut series = ledger.series.clone();
        let Some(at) = ledger.watermark else {
            return Ok(series);
        };
        let mut days = needed(&series, &promise.objective, at, true);
        days.retain(|day| !series.is_loaded(*day));
        match store {
            Some(store) => {
                for (_, days) in store.days(&[(promise.key.clone(), days)]).await? {
                    days.iter().for_each(|day| series.load(day));
                }
            }
            None => {
                let days = days.into_iter().collect();
                self.memory.load(&promise.key, &days, &mut series);
            }
        }
        Ok(series)
    }

    /// Why nothing at all is known: the first failure, when no ledger has a single settled minute.
    pub fn hopeless(&self) -> Option<&Failure> {
        let is_known = self.by_key.values().any(|l| l.watermark.is_some());
        let mut failures = self.by_key.values().flat_map(|l| &l.failures);
        (!is_known)
            .then(|| failures.next().map(|(_, failure)| failure))
            .flatten()
    }
}

/// Brings the ledgers of the task's promises up to date, as far as they can be read, and loads the
/// minutes that figures at the task's instant need.
///
/// # Errors
///
/// When the store cannot be read or written. What a source does not give is told in each ledger.
pub async fn refresh(task: &Task<'_>) -> Result<Ledgers, AppError> {
    let meter = Meter::new(Arc::clone(&task.on_progress));
    let mut readers = Readers::new(meter, READS_AT_ONCE);
    let plan = Plan::new(task, &mut readers);
    let mut ledgers = Ledgers {
        by_key: plan.ledgers(&readers),
        memory: Memory::default(),
    };
    let mut inputs = Vec::new();
    if let Some(store) = task.store {
        inputs = known::recall(store, &plan.keys(), &mut ledgers.by_key).await?;
    }
    if task.servers.is_some() {
        inputs.extend(plan.wants());
        let pass = (&plan, &mut readers);
        catch_up(task, pass, inputs, &mut ledgers).await?;
    }
    let pushed = task.promises.iter();
    let pushed = pushed.filter(|promise| promise.indicator.pushed().is_some());
    let pushed: BTreeSet<&LedgerKey> = pushed.map(|promise| &promise.key).collect();
    for (key, ledger) in &mut ledgers.by_key {
        ledger.watermark = if pushed.contains(key) {
            // Nobody is waited for: what was not pushed by then is unknown.
            (!ledger.series.extent().is_empty()).then(|| plan.until())
        } else {
            last_settled(&ledger.settled, plan.until())
        };
        ledger.failures = unread(&ledger.failures, &ledger.settled);
    }
    load(task, &mut ledgers).await?;
    Ok(ledgers)
}

/// Steps the engine until it asks for nothing more.
async fn catch_up(
    task: &Task<'_>,
    (plan, readers): (&Plan, &mut Readers),
    mut inputs: Vec<Input>,
    Ledgers {
        by_key: ledgers,
        memory,
    }: &mut Ledgers,
) -> Result<(), AppError> {
    let mut engine = Engine::new(task.pace);
    let mut kept = BTreeSet::new();
    loop {
        for effect in engine.step(task.now_ms, std::mem::take(&mut inputs)) {
            match effect {
                Effect::Keep(keeps) => {
                    kept.extend(keeps.iter().map(|keep| keep.key.clone()));
                    match task.store {
                        Some(store) => store.keep(&keeps).await?,
                        None => keeps.into_iter().for_each(|keep| {
                            let ledger = ledgers.entry(keep.key.clone()).or_default();
                            memory.keep(keep, ledger);
                        }),
                    }
                }
                Effect::Read(read) => plan.ask(&read, readers),
            }
        }
        let Some(answers) = readers.next().await else {
            break;
        };
        inputs.extend(answers.into_iter().map(|answer| take(answer, ledgers)));
    }
    // What was kept in the store is not in memory yet.
    if let Some(store) = task.store {
        let keys: Vec<LedgerKey> = kept.into_iter().collect();
        known::recall(store, &keys, ledgers).await?;
    }
    Ok(())
}

/// Notes what came back, and tells the engine.
fn take(answer: Answer, ledgers: &mut BTreeMap<LedgerKey, Ledger>) -> Input {
    let Answer {
        key, span, result, ..
    } = answer;
    let ledger = ledgers.entry(key.clone()).or_default();
    match result {
        Ok(harvest) => {
            let partial = harvest.is_partial();
            ledger.read.insert(span);
            let seen = harvest.observations.into_iter();
            ledger
                .seen
                .extend(seen.map(|observation| (span, observation)));
            Input::Harvested {
                key,
                span,
                facts: harvest.facts,
                partial,
            }
        }
        Err(failure) => {
            ledger.failures.push((span, failure));
            Input::Failed { key, span }
        }
    }
}

/// Loads the minutes that figures need.
async fn load(
    task: &Task<'_>,
    Ledgers {
        by_key: ledgers,
        memory,
    }: &mut Ledgers,
) -> Result<(), AppError> {
    let mut wanted: BTreeMap<LedgerKey, BTreeSet<Day>> = BTreeMap::new();
    for promise in &task.promises {
        if let Some(ledger) = ledgers.get(&promise.key)
            && let Some(at) = ledger.watermark
        {
            let days = needed(&ledger.series, &promise.objective, at, task.all_minutes);
            wanted.entry(promise.key.clone()).or_default().extend(days);
        }
    }
    wanted.retain(|_, days| !days.is_empty());
    if wanted.is_empty() {
        return Ok(());
    }
    let Some(store) = task.store else {
        for (key, days) in &wanted {
            let ledger = ledgers.entry(key.clone()).or_default();
            memory.load(key, days, &mut ledger.series);
        }
        return Ok(());
    };
    let wanted: Vec<(LedgerKey, Vec<Day>)> = wanted
        .into_iter()
        .map(|(key, days)| (key, days.into_iter().collect()))
        .collect();
    for (key, days) in store.days(&wanted).await? {
        let ledger = ledgers.entry(key).or_default();
        days.iter().for_each(|day| ledger.series.load(day));
    }
    Ok(())
}

/// The days whose minutes an objective's figures need; all of them are also those that peers look at.
pub(crate) fn needed(
    series: &Series,
    objective: &Objective,
    at: Minute,
    all_minutes: bool,
) -> Vec<Day> {
    if all_minutes {
        let span = peer_span(required_span(objective, at)).intersection(series.extent());
        return span.days().collect();
    }
    let mut days = required_days(series, objective, at);
    days.extend(first_partly_known(series, objective, at));
    days
}

/// The day within which history may begin: the first one of which anything is known, when that is
/// not all of it. The window's first day is loaded in any case, as its edge.
pub(crate) fn first_partly_known(
    series: &Series,
    objective: &Objective,
    at: Minute,
) -> Option<Day> {
    let window = objective.window.extent(at)?.so_far;
    let known = |day: Day| series.sum(day.span()).map_or(0, |sums| sums.known);
    let mut days = window.days().skip(1).map(|day| (day, known(day)));
    let (day, known) = days.find(|(_, known)| *known > 0)?;
    (known < DAY_MINUTES).then_some(day)
}

/// What could not be read, without minutes that are settled all the same: those were to be read once
/// more. A failure that keeps no minute from us stays, with an empty span.
pub(crate) fn unread(failures: &[(Span, Failure)], settled: &SpanSet) -> Vec<(Span, Failure)> {
    let unread = failures.iter().flat_map(|(span, failure)| {
        let mut gaps = settled.gaps(*span);
        if gaps.is_empty() {
            gaps.push(Span::new(span.until, span.until));
        }
        gaps.into_iter().map(|gap| (gap, failure.clone()))
    });
    unread.collect()
}

/// The last minute of the set that is not after the given one.
pub(crate) fn last_settled(settled: &SpanSet, until: Minute) -> Option<Minute> {
    let spans = settled.spans();
    let at = spans.partition_point(|span| span.after < until);
    let span = spans.get(at.checked_sub(1)?)?;
    Some(span.until.min(until))
}

impl fmt::Debug for Task<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task")
            .field("promises", &self.promises.len())
            .field("at", &self.at)
            .field("now_ms", &self.now_ms)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_end_at_a_settled_minute() {
        let minute = Minute::from_index;
        let set: SpanSet = [(10, 20), (30, 40)]
            .map(|(after, until)| Span::new(minute(after), minute(until)))
            .into_iter()
            .collect();
        for (until, last) in [
            (9, None),
            (10, None),
            (11, Some(11)),
            (20, Some(20)),
            (25, Some(20)),
            (35, Some(35)),
            (99, Some(40)),
        ] {
            assert_eq!(
                last_settled(&set, minute(until)),
                last.map(minute),
                "{until}"
            );
        }
    }
}
