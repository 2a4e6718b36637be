//! The store: what is held, and keeping more.

use std::path::Path;
use std::sync::Arc;

use tomoni_engine::Keep;
use tomoni_ledger::{Day, DayFacts};
use tomoni_slo::LedgerKey;

use crate::db::{Database, Pool, postgres, sqlite};
use crate::error::{StoreError, Trouble};
use crate::journal::{self, Draft, Entry};
use crate::ledger::forget;
use crate::ledger::ids::Ids;
use crate::ledger::keep;
use crate::ledger::known::{self, Known};
use crate::meta;
use crate::place::Place;

/// How an address of an SQLite database begins; the folder follows.
const SQLITE: &str = "sqlite:";

/// The database. Cheap to clone; clones are the same store.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) database: Database,
    pub(crate) ids: Ids,
}

impl Store {
    /// Opens `tomoni.db` in this folder; both are made where they are missing.
    ///
    /// What [`Store::keep`] has acknowledged survives the end of the process and of the machine.
    /// Several processes may work on one folder: readers never wait, a writer waits five seconds
    /// for another one and then says so ([`StoreError::Busy`]).
    ///
    /// # Errors
    ///
    /// When the folder cannot be made or written, the file is not a database of this program, is
    /// damaged, or was written by a newer version.
    pub async fn open(folder: &Path) -> Result<Self, StoreError> {
        let (path, options) = sqlite::options(folder)?;
        let place = Place::File(path);
        let pool = sqlite::pool(&place, options).await?;
        Ok(Self::over(place, Pool::Sqlite(pool)))
    }

    /// Opens a database by its address: `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, where the
    /// tables are made when they are missing, or `sqlite:FOLDER`, which is [`Store::open`].
    ///
    /// Should the server go away later, calls fail with [`StoreError::Unavailable`] within some
    /// seconds, and succeed again as soon as it is back.
    ///
    /// # Errors
    ///
    /// When the address cannot be read, the server cannot be reached or refuses, or the tables are
    /// of another program or of a newer version.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        if let Some(folder) = url.strip_prefix(SQLITE) {
            let folder = folder.strip_prefix("//").unwrap_or(folder);
            return Self::open(Path::new(folder)).await;
        }
        if !["postgres://", "postgresql://"]
            .iter()
            .any(|scheme| url.starts_with(scheme))
        {
            let why = "it begins with neither postgres:// nor sqlite:".to_owned();
            return Err(StoreError::Address { why });
        }
        let (place, options) = postgres::options(url)?;
        let pool = postgres::pool(&place, options).await?;
        Ok(Self::over(place, Pool::Postgres(pool)))
    }

    pub(crate) fn over(place: Place, pool: Pool) -> Self {
        let inner = Inner {
            database: Database::new(place, pool),
            ids: Ids::default(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Where the database is, without a password.
    pub fn place(&self) -> &Place {
        &self.inner.database.place
    }

    /// What is held of each of these ledgers, in their order. Of a ledger that was never kept
    /// nothing is held; that is not an error.
    ///
    /// # Errors
    ///
    /// When the database cannot be read or is damaged.
    pub async fn known(&self, keys: &[LedgerKey]) -> Result<Vec<Known>, StoreError> {
        let read = async {
            let mut tx = self.inner.database.read().await?;
            let (known, found) = known::known(&mut tx, &self.inner.ids, keys).await?;
            tx.commit().await?;
            self.inner.ids.remember(found);
            Ok(known)
        };
        self.said(read.await)
    }

    /// The minutes of these days, those of them that are held, in the order asked for.
    ///
    /// # Errors
    ///
    /// When the database cannot be read, or one of these days is damaged: its error names the
    /// ledger and the day, and the other days can still be asked for.
    pub async fn days(
        &self,
        wanted: &[(LedgerKey, Vec<Day>)],
    ) -> Result<Vec<(LedgerKey, Vec<DayFacts>)>, StoreError> {
        let read = async {
            let mut tx = self.inner.database.read().await?;
            let (days, found) = known::days(&mut tx, &self.inner.ids, wanted).await?;
            tx.commit().await?;
            self.inner.ids.remember(found);
            Ok(days)
        };
        self.said(read.await)
    }

    /// Keeps facts and what they settle and close: all of it or nothing, in one transaction. What
    /// was kept of a minute before is replaced; of several facts of one minute the last counts.
    /// Once this returns, all of it survives a crash.
    ///
    /// # Errors
    ///
    /// When the database cannot be written; nothing was kept then. Only after
    /// [`StoreError::Unavailable`] it may have been kept all the same; keeping it again changes
    /// nothing.
    pub async fn keep(&self, keeps: &[Keep]) -> Result<(), StoreError> {
        let keeps: Vec<&Keep> = keeps.iter().filter(|k| !keep::is_nothing(k)).collect();
        if keeps.is_empty() {
            return Ok(());
        }
        let write = async {
            let mut writing = self.inner.database.write("keep").await?;
            let found = keep::keep(&mut writing.tx, &self.inner.ids, &keeps).await?;
            writing.commit().await?;
            self.inner.ids.remember(found);
            Ok(())
        };
        self.said(write.await)
    }

    /// Deletes these ledgers for good, with their minutes and with the ids of the batches that were
    /// pushed into them. Whoever keeps anything of one of them afterwards begins it anew.
    ///
    /// # Errors
    ///
    /// When the database cannot be written; nothing was deleted then.
    pub async fn forget(&self, keys: &[LedgerKey]) -> Result<(), StoreError> {
        let write = async {
            let mut writing = self.inner.database.write("forget").await?;
            forget::forget(&mut writing.tx, &self.inner.ids, keys).await?;
            writing.commit().await
        };
        self.said(write.await)
    }

    /// The server that ledgers without a data source of their own are counted from, as it was told
    /// to [`Store::set_server`]; `None` when it never was.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub async fn server(&self) -> Result<Option<String>, StoreError> {
        let read = async {
            let mut tx = self.inner.database.read().await?;
            meta::server(&mut tx).await
        };
        self.said(read.await)
    }

    /// Remembers that server. Counts of two servers must not mix in one ledger.
    ///
    /// # Errors
    ///
    /// When the database cannot be written.
    pub async fn set_server(&self, name: &str) -> Result<(), StoreError> {
        let write = async {
            let mut writing = self.inner.database.write("set_server").await?;
            meta::set_server(&mut writing.tx, name).await?;
            writing.commit().await
        };
        self.said(write.await)
    }

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

    /// Closes the database: waits for what is under way. Clones cannot be used any more.
    pub async fn close(self) {
        self.inner.database.close().await;
    }

    /// Lets tests decide where a call ends as if the process had been killed there.
    #[cfg(any(test, feature = "faults"))]
    pub fn set_faults(&self, hook: Option<crate::faults::Hook>) {
        self.inner.database.set_hook(hook);
    }

    /// What went wrong, with where.
    pub(crate) fn said<T>(&self, done: Result<T, Trouble>) -> Result<T, StoreError> {
        done.map_err(|trouble| trouble.at(&self.inner.database.place))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sqlx::sqlite::SqliteConnectOptions;
    use tomoni_ledger::{Events, Fact, Minute, Span, SpanSet};
    use tomoni_slo::Generation;

    use super::*;
    use crate::faults::Point;

    async fn store_with(
        folder: &Path,
        set: impl FnOnce(SqliteConnectOptions) -> SqliteConnectOptions,
    ) -> Store {
        let (path, options) = sqlite::options(folder).expect("a folder");
        let place = Place::File(path);
        let pool = sqlite::pool(&place, set(options)).await.expect("a pool");
        Store::over(place, Pool::Sqlite(pool))
    }

    /// A minute each of so many ledgers.
    fn keeps(ledgers: u128, at: i64) -> Vec<Keep> {
        let minute = Minute::from_index(at);
        let keep = |n| Keep {
            key: LedgerKey {
                generation: Generation::from_bits(n),
                threshold: None,
            },
            facts: vec![(minute, Fact::counted(Events::ZERO, Events::whole(at)))],
            settled: SpanSet::from_iter([Span::ending_at(minute, 1)]),
            closed: SpanSet::new(),
        };
        (0..ledgers).map(keep).collect()
    }

    async fn minutes(store: &Store) -> i64 {
        let known = store
            .known(&[keeps(1, 1)[0].key.clone()])
            .await
            .expect("known");
        known[0].settled.len()
    }

    #[tokio::test]
    async fn a_full_disk_is_said_and_nothing_is_half() {
        let folder = tempfile::tempdir().expect("a folder");
        Store::open(folder.path())
            .await
            .expect("a store")
            .close()
            .await;
        let store = store_with(folder.path(), |o| o.pragma("max_page_count", "60")).await;
        let mut kept = 0;
        let error = loop {
            match store.keep(&keeps(500, kept + 1)).await {
                Ok(()) => kept += 1,
                Err(error) => break error,
            }
        };
        assert!(matches!(error, StoreError::Full { .. }), "{error}");
        assert!(error.to_string().starts_with("the disk is full"), "{error}");
        assert_eq!(minutes(&store).await, kept);
        // With room again it goes on.
        store.close().await;
        let store = Store::open(folder.path()).await.expect("a store");
        store.keep(&keeps(500, kept + 1)).await.expect("kept");
        assert_eq!(minutes(&store).await, kept + 1);
    }

    #[tokio::test]
    async fn another_writer_is_named_after_a_while() {
        let folder = tempfile::tempdir().expect("a folder");
        let soon = |o: SqliteConnectOptions| o.busy_timeout(Duration::from_millis(20));
        let store = store_with(folder.path(), soon).await;
        store.keep(&keeps(2, 1)).await.expect("kept");
        let other = store_with(folder.path(), soon).await;
        let writing = other.inner.database.write("test").await;
        let writing = writing.expect("a transaction");
        let error = store.keep(&keeps(2, 2)).await.expect_err("busy");
        assert!(matches!(error, StoreError::Busy { .. }), "{error}");
        assert!(
            error
                .to_string()
                .contains("another process has been writing"),
            "{error}"
        );
        // Readers do not wait, and opening neither.
        assert_eq!(minutes(&store).await, 1);
        assert_eq!(minutes(&store_with(folder.path(), soon).await).await, 1);
        drop(writing);
        store.keep(&keeps(2, 2)).await.expect("kept");
        assert_eq!(minutes(&store).await, 2);
    }

    #[tokio::test]
    async fn a_call_can_be_killed_before_and_after_its_commit() {
        let folder = tempfile::tempdir().expect("a folder");
        for (point, at, kept) in [(Point::BeforeCommit, 1, 0), (Point::AfterCommit, 2, 1)] {
            let store = Store::open(folder.path()).await.expect("a store");
            store.set_faults(Some(Arc::new(move |call, here| {
                call == "keep" && here == point
            })));
            store.append(&[]).await.expect("not asked");
            let error = store.keep(&keeps(2, at)).await.expect_err("killed");
            assert!(matches!(error, StoreError::Killed { .. }), "{error}");
            drop(store);
            let store = Store::open(folder.path()).await.expect("a store");
            assert_eq!(minutes(&store).await, kept);
        }
    }
}
