//! Groups of SLOs, as the store takes them.

use tomoni_ledger::Minute;
use tomoni_slo::Generation;

use super::Store;
use crate::error::StoreError;
use crate::group::{self, KeptGroups};

impl Store {
    /// What is known of the groups of what is counted under these generations: those that were there
    /// after a minute, and in which time it was asked.
    ///
    /// # Errors
    ///
    /// When the database cannot be read or is damaged.
    pub async fn groups(&self, of: &[Generation], after: Minute) -> Result<KeptGroups, StoreError> {
        let read = async {
            let mut tx = self.inner.database.read().await?;
            group::groups(&mut tx, of, after).await
        };
        self.said(read.await)
    }

    /// Keeps these, none of them twice, in one transaction. A group that is known already was there
    /// from the first to the last time of both; what was asked is put in the place of what was known.
    ///
    /// # Errors
    ///
    /// When the database cannot be written. Nothing has changed then, except perhaps after
    /// [`StoreError::Unavailable`].
    pub async fn keep_groups(&self, kept: &KeptGroups) -> Result<(), StoreError> {
        if kept.is_empty() {
            return Ok(());
        }
        let write = async {
            let mut writing = self.inner.database.write("keep_groups").await?;
            group::keep(&mut writing.tx, kept).await?;
            writing.commit().await
        };
        self.said(write.await)
    }
}
