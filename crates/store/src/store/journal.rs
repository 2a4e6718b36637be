//! The journal, as the store offers it.

use super::Store;
use crate::error::StoreError;
use crate::journal::{self, Draft, Entry};

impl Store {
    /// Writes into the journal: all of these, or none. Each draft's version is one more than its
    /// object's newest; 1 for a new object. Several drafts may follow each other on one object.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when somebody else has written that version meanwhile, with who it
    /// was; [`StoreError::Nul`] for a text with U+0000; and when the database cannot be written.
    pub async fn append(&self, drafts: &[Draft]) -> Result<Vec<Entry>, StoreError> {
        if drafts.is_empty() {
            return Ok(Vec::new());
        }
        let write = async {
            let mut writing = self.inner.database.write("append").await?;
            let entries = journal::append(&mut writing.tx, drafts).await?;
            writing.commit().await?;
            Ok(entries)
        };
        self.said(write.await)
    }

    /// The journal's entries after this place, in order; at most `limit`, and never more than
    /// [`JOURNAL_PAGE_MAX`](crate::JOURNAL_PAGE_MAX). An entry that is written later has a higher
    /// place: who asks again for what follows the last one seen misses nothing.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub async fn journal(&self, after_seq: i64, limit: i64) -> Result<Vec<Entry>, StoreError> {
        let read = async {
            let mut tx = self.inner.database.read().await?;
            journal::after(&mut tx, after_seq, limit).await
        };
        self.said(read.await)
    }

    /// The newest entry of each object, deletions included, in the order of writing.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub async fn current(&self) -> Result<Vec<Entry>, StoreError> {
        let read = async {
            let mut tx = self.inner.database.read().await?;
            journal::current(&mut tx).await
        };
        self.said(read.await)
    }

    /// All entries of an object, the first one first.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub async fn versions(&self, uid: &str) -> Result<Vec<Entry>, StoreError> {
        let read = async {
            let mut tx = self.inner.database.read().await?;
            journal::versions(&mut tx, uid).await
        };
        self.said(read.await)
    }

    /// What held at one instant, as it was known at another, both in milliseconds since the epoch:
    /// of each object the highest version of those that were effective and recorded by then. A
    /// version replaces those before it from its own effective instant on.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub async fn as_of(&self, effective_ms: i64, known_ms: i64) -> Result<Vec<Entry>, StoreError> {
        let read = async {
            let mut tx = self.inner.database.read().await?;
            journal::as_of(&mut tx, effective_ms, known_ms).await
        };
        self.said(read.await)
    }
}
