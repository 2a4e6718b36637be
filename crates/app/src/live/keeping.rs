//! What is to be kept and is not yet.

use tomoni_engine::{Input, Keep};
use tomoni_ledger::SpanSet;
use tomoni_slo::LedgerKey;
use tomoni_store::StoreError;

use super::Live;
use crate::push::{self, Batch, Counted, PushError};

/// How many ledger minutes wait to be kept at most, 64 MB of them: then nothing more is read.
pub(super) const UNKEPT_MINUTES_MAX: usize = 2_000_000;
/// How many keeps wait at most; one with few minutes costs as much as a hundred minutes.
const UNKEPT_KEEPS_MAX: usize = 500_000;

/// What waits, and how the database is doing.
#[derive(Debug, Default)]
pub(super) struct Keeping {
    waiting: Vec<Keep>,
    minutes: usize,
    /// Since when the database cannot be used, and what it says.
    pub(super) outage: Option<(i64, String)>,
}

impl Keeping {
    pub(super) fn add(&mut self, keeps: Vec<Keep>) {
        self.minutes += keeps.iter().map(|keep| keep.facts.len()).sum::<usize>();
        self.waiting.extend(keeps);
    }

    fn drop_of(&mut self, keys: &[LedgerKey]) {
        self.waiting.retain(|keep| !keys.contains(&keep.key));
        self.minutes = self.waiting.iter().map(|keep| keep.facts.len()).sum();
    }

    pub(super) const fn minutes(&self) -> usize {
        self.minutes
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether nothing more may come in.
    pub(super) const fn is_full(&self) -> bool {
        self.minutes >= UNKEPT_MINUTES_MAX || self.waiting.len() >= UNKEPT_KEEPS_MAX
    }

    /// Notes that the database cannot be used.
    pub(super) fn failed(&mut self, now_ms: i64, error: &StoreError) {
        let since_ms = self
            .outage
            .as_ref()
            .map_or(now_ms, |(since_ms, _)| *since_ms);
        if self.outage.is_none() {
            tracing::error!(%error, "the database cannot be used; what comes in is held in memory");
        }
        self.outage = Some((since_ms, error.to_string()));
    }

    fn works(&mut self) {
        if self.outage.take().is_some() {
            tracing::info!("the database can be used again");
        }
    }
}

impl Live {
    /// Keeps all that waits, in one write.
    pub(super) async fn write(&mut self) {
        if self.keeping.is_empty() {
            return self.look_again().await;
        }
        match self.options.store.keep(&self.keeping.waiting).await {
            Ok(()) => {
                let minutes = std::mem::take(&mut self.keeping.minutes);
                self.keeping.waiting = Vec::new();
                self.keeping.works();
                self.vitals.note(|health| {
                    health.counters.writes += 1;
                    health.counters.minutes_kept += minutes as u64;
                });
            }
            Err(error) => self.database_failed(&error),
        }
    }

    /// Looks whether a database that failed can be used again, where nothing waits to be written.
    async fn look_again(&mut self) {
        if self.keeping.outage.is_none() {
            return;
        }
        match self.options.store.prune(self.now_ms).await {
            Ok(_) => self.database_works(),
            Err(error) => self.database_failed(&error),
        }
    }

    /// Counts what is pushed: in the database, at once, and in what figures are made of.
    pub(super) async fn push(&mut self, sli: &str, batches: &[Batch]) -> Counted {
        let now_ms = (self.options.now_ms)();
        let key = match push::ledger(&self.in_force.catalog, sli) {
            Ok(key) => key,
            Err(error) => {
                return Counted {
                    refused: Some(error),
                    ..Counted::default()
                };
            }
        };
        let counted = push::count(&self.options.store, &key, sli, batches, now_ms).await;
        match &counted.refused {
            // The minute is full, which is no fault of the database.
            Some(PushError::Store(StoreError::TooMuch { .. } | StoreError::Nul { .. })) => {}
            Some(PushError::Store(error)) => self.database_failed(error),
            Some(_) => {}
            None => self.database_works(),
        }
        if let Some(held) = self.ledgers.get_mut(&key) {
            for outcome in &counted.outcomes {
                held.keep(&Keep {
                    key: key.clone(),
                    facts: outcome.facts.clone(),
                    settled: SpanSet::new(),
                    closed: SpanSet::new(),
                });
            }
        }
        self.draw().await;
        counted
    }

    /// Deletes ledgers for good: from the database, and from what waits for it. What is under way is
    /// not theirs; those that are still wanted begin anew.
    pub(super) async fn forget(&mut self, keys: &[LedgerKey]) -> Result<(), StoreError> {
        self.options.store.forget(keys).await?;
        self.keeping.drop_of(keys);
        let begun = self.readers.begun();
        let is_of = |input: &Input| match input {
            Input::Harvested { key, .. } | Input::Failed { key, .. } => keys.contains(key),
            _ => false,
        };
        self.inputs.retain(|input| !is_of(input));
        for key in keys {
            self.inputs.push(Input::Forget { key: key.clone() });
            if let Some(held) = self.ledgers.get_mut(key) {
                *held = held.anew(begun);
            }
        }
        self.recall().await;
        Ok(())
    }

    /// Notes that the database could be read, when nothing waits to be written.
    pub(super) fn database_works(&mut self) {
        if self.keeping.is_empty() {
            self.keeping.works();
        }
    }

    pub(super) fn database_failed(&mut self, error: &StoreError) {
        self.keeping.failed(self.now_ms, error);
        self.vitals
            .note(|health| health.counters.database_errors += 1);
    }
}
