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

/// Counts batches in their order, each in a transaction of its own; whatever was counted before
/// counts no second time. When the time of any batch is refused none is counted.
pub async fn count(
    store: &Store,
    key: &LedgerKey,
    sli: &str,
    batches: &[Batch],
    now_ms: i64,
) -> Counted {
    let mut counted = Counted::default();
    for batch in batches {
        if let Err(error) = timely(store, sli, batch, now_ms).await {
            counted.refused = Some(error);
            return counted;
        }
    }
    for batch in batches {
        match count_one(store, key, sli, batch, now_ms).await {
            Ok(outcome) => counted.outcomes.push(outcome),
            Err(error) => {
                counted.refused = Some(error);
                break;
            }
        }
    }
    counted
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

async fn count_one(
    store: &Store,
    key: &LedgerKey,
    sli: &str,
    batch: &Batch,
    now_ms: i64,
) -> Result<Outcome, PushError> {
    let counts = batch.counts.iter().map(|count| {
        let (bad, total) = (count.bad, count.total);
        (count.minute, Counts { bad, total })
    });
    let kept = tomoni_store::Batch {
        key: key.clone(),
        sli: sli.to_owned(),
        id: batch.id.clone(),
        digest: batch.content().bytes().to_vec(),
        counts: counts.collect(),
        received_ms: now_ms,
    };
    let (outcome, facts) = match store.push(&kept).await? {
        Pushed::Counted { facts } => (Done::Counted, facts),
        Pushed::Already => (Done::AlreadyCounted, Vec::new()),
        Pushed::Different => {
            return Err(PushError::Conflict {
                id: batch.id.clone(),
                sli: sli.to_owned(),
            });
        }
    };
    let counts = batch.counts.iter();
    Ok(Outcome {
        id: batch.id.clone(),
        outcome,
        minutes: batch.counts.len(),
        bad: counts.clone().map(|count| count.bad.as_f64()).sum(),
        total: counts.map(|count| count.total.as_f64()).sum(),
        facts,
    })
}
