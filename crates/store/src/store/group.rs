//! Groups of SLOs, as the store takes them.

use tomoni_slo::{Generation, GroupLabels};

use super::Store;
use crate::error::StoreError;
use crate::group::{self, SeenGroup};

impl Store {
    /// The groups that are known of what is counted under these generations, in order of generations
    /// and labels.
    ///
    /// # Errors
    ///
    /// When the database cannot be read or is damaged.
    pub async fn groups(&self, of: &[Generation]) -> Result<Vec<SeenGroup>, StoreError> {
        let read = async {
            let mut tx = self.inner.database.read().await?;
            group::groups(&mut tx, of).await
        };
        self.said(read.await)
    }

    /// Keeps these groups, each over what was known of it and none of them twice, and deletes those
    /// that are `gone`: all in one transaction.
    ///
    /// # Errors
    ///
    /// When the database cannot be written. Nothing has changed then, except perhaps after
    /// [`StoreError::Unavailable`].
    pub async fn keep_groups(
        &self,
        groups: &[SeenGroup],
        gone: &[(Generation, GroupLabels)],
    ) -> Result<(), StoreError> {
        if groups.is_empty() && gone.is_empty() {
            return Ok(());
        }
        let write = async {
            let mut writing = self.inner.database.write("keep_groups").await?;
            group::keep(&mut writing.tx, groups, gone).await?;
            writing.commit().await
        };
        self.said(write.await)
    }
}
