//! What slices add up to, as the store takes it.

use tomoni_slo::LedgerKey;

use super::Store;
use crate::error::StoreError;
use crate::ledger::judged::{self, Judged};
use crate::ledger::known::Known;

impl Store {
    /// [`Store::known`], each with what the slices of days add up to that were judged and whose
    /// minutes have not changed since.
    ///
    /// # Errors
    ///
    /// Those of [`Store::known`].
    pub async fn recall(&self, keys: &[LedgerKey]) -> Result<Vec<(Known, Judged)>, StoreError> {
        let read = async {
            let mut tx = self.inner.database.read().await?;
            let (recalled, found) =
                judged::recall(&mut tx, &self.inner.ids, &self.inner.tail, keys).await?;
            tx.commit().await?;
            self.inner.ids.remember(found);
            Ok(recalled)
        };
        self.said(read.await)
    }

    /// Keeps what the slices of these ledgers' days add up to, each ledger once, in place of all that
    /// was kept of it before. Days whose minutes are kept anew afterwards are not
    /// [recalled](Store::recall).
    ///
    /// # Errors
    ///
    /// When the database cannot be written; nothing was kept then.
    pub async fn keep_judged(&self, judged: &[(LedgerKey, Judged)]) -> Result<(), StoreError> {
        if judged.is_empty() {
            return Ok(());
        }
        let write = async {
            let mut writing = self.inner.database.write("keep_judged").await?;
            let found = judged::keep(&mut writing.tx, &self.inner.ids, judged).await?;
            writing.commit().await?;
            self.inner.ids.remember(found);
            Ok(())
        };
        self.said(write.await)
    }
}
