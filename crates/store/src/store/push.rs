//! Pushes, as the store takes them.

use super::Store;
use crate::error::StoreError;
use crate::push::{self, Batch, PushedAll};

impl Store {
    /// Adds batches to what their minutes hold, in their order, unless their ids were counted before:
    /// all in one transaction, so that whoever gets no answer may push them again. The first that
    /// cannot be counted ends it; those before it are counted. Ids are remembered for
    /// [`PUSHES_REMEMBERED_MS`](crate::PUSHES_REMEMBERED_MS) at least, see [`Store::prune`].
    ///
    /// A batch is refused with [`StoreError::TooMuch`] when a minute would hold more than a minute
    /// can, and with [`StoreError::Nul`] for a name or an id with U+0000.
    ///
    /// # Errors
    ///
    /// When the database cannot be written. Nothing was counted then, except perhaps after
    /// [`StoreError::Unavailable`].
    pub async fn push(&self, batches: &[Batch]) -> Result<PushedAll, StoreError> {
        let write = async {
            let (ids, tail) = (&self.inner.ids, &self.inner.tail);
            let mut writing = self.inner.database.write("push").await?;
            let (pushed, found) = push::push(&mut writing.tx, (ids, tail), batches).await?;
            writing.commit().await?;
            for found in found {
                self.inner.ids.remember(found);
            }
            Ok(pushed)
        };
        self.said(write.await)
    }

    /// The digest of the batch that was counted under this id; `None` when none was, or it is
    /// forgotten.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub async fn pushed(&self, sli: &str, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let read = async {
            let mut tx = self.inner.database.read().await?;
            push::digest(&mut tx, sli, id).await
        };
        self.said(read.await)
    }
}
