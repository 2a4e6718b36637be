//! What handlers of requests hold of the loop.

use std::sync::Arc;

use arc_swap::{ArcSwap, ArcSwapOption};
use tokio::sync::{mpsc, oneshot, watch};
use tomoni_ledger::Span;
use tomoni_slo::LedgerKey;
use tomoni_store::{Draft, Store, StoreError};

use super::health::{Health, Vitals};
use crate::error::AppError;
use crate::push::{Batch, Counted};
use crate::world::{InForce, World};

/// How many commands may wait for the loop.
pub(super) const COMMANDS_MAX: usize = 64;

/// What the loop is told to do, in order with its ticks.
#[derive(Debug)]
pub(super) enum Command {
    /// These documents are in force from now on.
    Documents(InForce, oneshot::Sender<()>),
    /// Read these ledgers' minutes again, closed ones too.
    Refill(Vec<LedgerKey>, Span, Draft, Written),
    /// Count what is pushed under this name.
    Push(String, Vec<Batch>, oneshot::Sender<Counted>),
    /// Delete these ledgers for good.
    Forget(Vec<LedgerKey>, Draft, Written),
}

/// Told the place of the journal's entry once it is written.
pub(super) type Written = oneshot::Sender<Result<i64, StoreError>>;

/// The loop as others see it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Handle {
    pub(super) world: Arc<ArcSwap<World>>,
    pub(super) changes: watch::Receiver<u64>,
    pub(super) commands: mpsc::Sender<Command>,
    pub(super) vitals: Arc<Vitals>,
    pub(super) store: Store,
    pub(super) away: Arc<ArcSwapOption<String>>,
}

impl Handle {
    /// The newest picture.
    pub fn world(&self) -> Arc<World> {
        self.world.load_full()
    }

    /// The version of the newest picture, and every later one.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.clone()
    }

    /// Where minutes are kept.
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// How the loop is doing.
    pub fn health(&self) -> Health {
        self.vitals.health(&self.world.load())
    }

    /// Notes by which instant what is old was told, in milliseconds since the Unix epoch.
    pub fn note_upkeep(&self, at_ms: i64) {
        self.vitals.note(|health| health.upkeep_at_ms = Some(at_ms));
    }

    /// What the database said, while it is known that it takes no writes. A tick finds out when that
    /// is over.
    pub fn away(&self) -> Option<Arc<String>> {
        self.away.load_full()
    }

    /// Puts documents in force. Once this returns, the picture shows them.
    ///
    /// # Errors
    ///
    /// When the loop has ended.
    pub async fn documents(&self, in_force: InForce) -> Result<(), AppError> {
        self.tell(|done| Command::Documents(in_force, done)).await
    }

    /// Has minutes of some ledgers read again from their source, closed ones too. What the source
    /// does not know any more stays as it is. Gives the place of `draft` in the journal; once it has
    /// one, the minutes are read also by whoever serves after a crash.
    ///
    /// # Errors
    ///
    /// When the database cannot be written, or the loop has ended; nothing is read then.
    pub async fn refill(
        &self,
        keys: Vec<LedgerKey>,
        span: Span,
        draft: Draft,
    ) -> Result<i64, AppError> {
        let refill = |done| Command::Refill(keys, span, draft, done);
        Ok(self.tell(refill).await??)
    }

    /// Deletes ledgers for good. One that documents still speak of begins anew, with what its
    /// source still knows. Gives the place of `draft` in the journal.
    ///
    /// # Errors
    ///
    /// When the database cannot be written, or the loop has ended; nothing is deleted then, and the
    /// journal says nothing.
    pub async fn forget(&self, keys: Vec<LedgerKey>, draft: Draft) -> Result<i64, AppError> {
        let forget = |done| Command::Forget(keys, draft, done);
        Ok(self.tell(forget).await??)
    }

    /// Counts batches that are pushed under a name, each once, in order with the ticks. Once this
    /// returns, what it says is counted is kept, and the picture shows it.
    ///
    /// # Errors
    ///
    /// When the loop has ended. What keeps a batch from being counted is in the answer.
    pub async fn push(&self, sli: &str, batches: Vec<Batch>) -> Result<Counted, AppError> {
        let sli = sli.to_owned();
        self.tell(|done| Command::Push(sli, batches, done)).await
    }

    async fn tell<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<T>) -> Command,
    ) -> Result<T, AppError> {
        let (done, is_done) = oneshot::channel();
        let sent = self.commands.send(command(done)).await;
        sent.map_err(|_| AppError::LoopEnded)?;
        is_done.await.map_err(|_| AppError::LoopEnded)
    }
}
