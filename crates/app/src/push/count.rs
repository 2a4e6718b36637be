//! Batches counted, each once.

use serde::Serialize;
use tomoni_ledger::{Counts, Fact, Minute};
use tomoni_slo::LedgerKey;
use tomoni_spec::Catalog;
use tomoni_store::{Pushed, Store};
use utoipa::ToSchema;

use super::{Batch, PushError};
use crate::select::nearest_of;

/// What became of the batches of a body.
#[derive(Debug, Default)]
pub struct Counted {
    /// The batches that are counted now, in order.
    pub outcomes: Vec<Outcome>,
    /// Why the next one is not, nor those after it.
    pub refused: Option<PushError>,
}

/// What became of a batch.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Outcome {
    /// Its id.
    pub id: String,
    /// What was done.
    pub outcome: Done,
    /// How many minutes it has.
    pub minutes: usize,
    /// Its bad events.
    pub bad: f64,
    /// All of its events.
    pub total: f64,
    /// The minutes that it changed, as they are now.
    #[serde(skip)]
    #[schema(ignore)]
    pub facts: Vec<(Minute, Fact)>,
}

/// What was done with a batch. Both are success.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Done {
    /// It was added to its minutes.
    Counted,
    /// It had been counted before; nothing changed.
    AlreadyCounted,
}

/// The ledger in which what is pushed under a name is counted.
///
/// # Errors
///
/// [`PushError::Unknown`] when no SLO counts it.
pub fn ledger(catalog: &Catalog, sli: &str) -> Result<LedgerKey, PushError> {
    let promises = || catalog.slos.iter().flat_map(|slo| &slo.value.promises);
    let found = promises().find(|promise| promise.indicator.pushed() == Some(sli));
    found.map(|promise| promise.key.clone()).ok_or_else(|| {
        let names = promises().filter_map(|promise| promise.indicator.pushed());
        PushError::Unknown {
            sli: sli.to_owned(),
            guess: nearest_of(sli, names),
        }
    })
}

/// Counts batches in their order, in one transaction; whatever was counted before counts no second
/// time. The first that is refused ends it. When the time of any batch is refused none is counted.
pub async fn count(
    store: &Store,
    key: &LedgerKey,
    sli: &str,
    batches: &[Batch],
    now_ms: i64,
) -> Counted {
    match try_count(store, key, sli, batches, now_ms).await {
        Ok(counted) => counted,
        Err(error) => Counted {
            outcomes: Vec::new(),
            refused: Some(error),
        },
    }
}

async fn try_count(
    store: &Store,
    key: &LedgerKey,
    sli: &str,
    batches: &[Batch],
    now_ms: i64,
) -> Result<Counted, PushError> {
    for batch in batches {
        timely(store, sli, batch, now_ms).await?;
    }
    let kept: Vec<_> = batches
        .iter()
        .map(|batch| to_keep(key, sli, batch, now_ms))
        .collect();
    let pushed = store.push(&kept).await?;
    let mut counted = Counted {
        outcomes: Vec::with_capacity(pushed.done.len()),
        refused: pushed.refused.map(PushError::Store),
    };
    for (batch, done) in batches.iter().zip(pushed.done) {
        match done {
            Pushed::Counted { facts } => {
                counted.outcomes.push(outcome(batch, Done::Counted, facts));
            }
            Pushed::Already => {
                let outcome = outcome(batch, Done::AlreadyCounted, Vec::new());
                counted.outcomes.push(outcome);
            }
            Pushed::Different => {
                counted.refused = Some(PushError::Conflict {
                    id: batch.id.clone(),
                    sli: sli.to_owned(),
                });
            }
        }
    }
    Ok(counted)
}

/// Whether a batch's minutes can be counted now. One that was counted in time may be sent again
/// after its minutes closed: its sender may not have heard of it.
async fn timely(store: &Store, sli: &str, batch: &Batch, now_ms: i64) -> Result<(), PushError> {
    let Err(error) = batch.check(now_ms) else {
        return Ok(());
    };
    let digest = store.pushed(sli, &batch.id).await?;
    if digest.is_some_and(|digest| digest == batch.content().bytes()) {
        return Ok(());
    }
    Err(error)
}

fn to_keep(key: &LedgerKey, sli: &str, batch: &Batch, now_ms: i64) -> tomoni_store::Batch {
    let counts = batch.counts.iter().map(|count| {
        let (bad, total) = (count.bad, count.total);
        (count.minute, Counts { bad, total })
    });
    tomoni_store::Batch {
        key: key.clone(),
        sli: sli.to_owned(),
        id: batch.id.clone(),
        digest: batch.content().bytes().to_vec(),
        counts: counts.collect(),
        received_ms: now_ms,
    }
}

fn outcome(batch: &Batch, outcome: Done, facts: Vec<(Minute, Fact)>) -> Outcome {
    let counts = batch.counts.iter();
    Outcome {
        id: batch.id.clone(),
        outcome,
        minutes: batch.counts.len(),
        bad: counts.clone().map(|count| count.bad.as_f64()).sum(),
        total: counts.map(|count| count.total.as_f64()).sum(),
        facts,
    }
}
