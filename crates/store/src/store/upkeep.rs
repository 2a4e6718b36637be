//! Looking after what is held: deleting, dropping, measuring, backing up.

use std::collections::HashSet;
use std::path::Path;

use tomoni_ledger::{Day, Span};
use tomoni_slo::{Generation, LedgerKey};

use super::Store;
use crate::backup;
use crate::error::StoreError;
use crate::group;
use crate::journal::{self, Draft, Entry};
use crate::ledger::retain::{self, Retained};
use crate::ledger::{forget, reopen};
use crate::meta;
use crate::push::{self, PUSHES_REMEMBERED_MS};
use crate::sizes::{self, Sizes};

/// How far the instant of upkeep goes on at most each time that it is asked for, in milliseconds: an
/// hour, with room for catching up.
pub const UPKEEP_STEP_MS: i64 = 90 * 60_000;

impl Store {
    /// Deletes these ledgers for good, with their minutes and the ids of the batches that were pushed
    /// into them, and writes into the journal that it was done. What is known of their groups goes
    /// with the last ledger of the same generation. Whoever keeps anything of one of them afterwards
    /// begins it anew.
    ///
    /// # Errors
    ///
    /// Those of [`Store::append`]; nothing was deleted then.
    pub async fn forget(
        &self,
        keys: &[LedgerKey],
        drafts: &[Draft],
    ) -> Result<Vec<Entry>, StoreError> {
        let write = async {
            let mut writing = self.inner.database.write("forget").await?;
            forget::forget(&mut writing.tx, &self.inner.ids, keys).await?;
            let of: Vec<Generation> = keys.iter().map(|key| key.generation).collect();
            group::forget(&mut writing.tx, &of).await?;
            let entries = journal::append(&mut writing.tx, drafts).await?;
            writing.commit().await?;
            Ok(entries)
        };
        self.said(write.await)
    }

    /// Opens minutes of these ledgers that are closed, and writes into the journal that it was done:
    /// whoever reads what is not closed reads them again, also after a restart. What is held of them
    /// stays until then.
    ///
    /// # Errors
    ///
    /// Those of [`Store::append`]; nothing was opened then.
    pub async fn reopen(
        &self,
        keys: &[LedgerKey],
        span: Span,
        drafts: &[Draft],
    ) -> Result<Vec<Entry>, StoreError> {
        let write = async {
            let mut writing = self.inner.database.write("reopen").await?;
            reopen::reopen(&mut writing.tx, &self.inner.ids, keys, span).await?;
            let entries = journal::append(&mut writing.tx, drafts).await?;
            writing.commit().await?;
            Ok(entries)
        };
        self.said(write.await)
    }

    /// The instant by which to tell what is old, in milliseconds since the epoch, given what the
    /// clock shows. It is never later than that, and goes on by at most [`UPKEEP_STEP_MS`] from one
    /// call to the next: a clock that jumps ahead makes nothing old, and after a long pause it catches
    /// up slowly. To be asked for once an hour, of a process that has run for as long. The first call
    /// of all has only the clock to go by.
    ///
    /// # Errors
    ///
    /// When the database cannot be read or written.
    pub async fn upkeep_at(&self, now_ms: i64) -> Result<i64, StoreError> {
        let write = async {
            let mut writing = self.inner.database.write("upkeep_at").await?;
            let last_ms = meta::upkeep(&mut writing.tx).await?.unwrap_or(now_ms);
            let at_ms = now_ms.min(last_ms.saturating_add(UPKEEP_STEP_MS));
            meta::set_upkeep(&mut writing.tx, at_ms.max(last_ms)).await?;
            writing.commit().await?;
            Ok(at_ms)
        };
        self.said(write.await)
    }

    /// Forgets the ids of batches that arrived more than [`PUSHES_REMEMBERED_MS`] before this instant,
    /// which [`Store::upkeep_at`] gives; tells how many.
    ///
    /// # Errors
    ///
    /// When the database cannot be written.
    pub async fn prune(&self, at_ms: i64) -> Result<u64, StoreError> {
        let write = async {
            let mut writing = self.inner.database.write("prune").await?;
            let before_ms = at_ms.saturating_sub(PUSHES_REMEMBERED_MS);
            let pruned = push::prune(&mut writing.tx, before_ms).await?;
            writing.commit().await?;
            Ok(pruned)
        };
        self.said(write.await)
    }

    /// Drops the minutes of days before this one, some at a time: while
    /// [`Retained::is_more`](crate::Retained), call again. The dropped minutes stay settled, and are
    /// closed, so that nobody reads them again. The last call also deletes ledgers of which nothing is
    /// left, but for those that are `wanted`, and forgets groups that were there last before this day
    /// and have no ledger.
    ///
    /// # Errors
    ///
    /// When the database cannot be written; nothing was dropped by this call then.
    pub async fn retain(
        &self,
        since: Day,
        wanted: &HashSet<LedgerKey>,
    ) -> Result<Retained, StoreError> {
        let write = async {
            let mut writing = self.inner.database.write("retain").await?;
            let mut retained = retain::retain(&mut writing.tx, since).await?;
            if !retained.is_more {
                let (tx, ids) = (&mut writing.tx, &self.inner.ids);
                retained.ledgers = retain::drop_empty(tx, ids, wanted).await?;
                group::retain(tx, since).await?;
            }
            writing.commit().await?;
            Ok(retained)
        };
        self.said(write.await)
    }

    /// How much there is. Counting a year of a thousand ledgers takes some milliseconds.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub async fn sizes(&self) -> Result<Sizes, StoreError> {
        let read = async {
            let mut tx = self.inner.database.read().await?;
            sizes::sizes(&mut tx).await
        };
        self.said(read.await)
    }

    /// Writes all that is held into a new SQLite file, as it is at one instant, while others go on
    /// writing. The file is of the same schema, whichever database this is: [`restore`](crate::restore)
    /// takes it into either. It gets its name only when it is complete and on the disk.
    ///
    /// # Errors
    ///
    /// When the file is there already, or cannot be written, or the database cannot be read.
    pub async fn backup(&self, file: &Path) -> Result<(), StoreError> {
        let done = backup::backup(&self.inner.database, file).await;
        self.said(done)
    }
}
