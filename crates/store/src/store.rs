//! The store: what is held, and keeping more.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::sqlite::SqlitePool;
use sqlx::{Sqlite, SqliteConnection, Transaction};
use tokio::sync::Mutex;
use tomoni_engine::Keep;
use tomoni_ledger::{Day, DayFacts, SpanSet, Sums};
use tomoni_slo::LedgerKey;

use crate::batch::Entry;
use crate::error::{StoreError, Trouble};
use crate::fold::fold;
use crate::ids::{Found, Ids};
use crate::meta;
use crate::open;
use crate::reading::{self, LedgerDay};
use crate::tail;

/// The data folder's database. Cheap to clone; clones are the same store.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    pool: SqlitePool,
    /// Held while writing: writers of this process queue here instead of waiting in turns.
    writing: Mutex<()>,
    ids: Ids,
}

/// What is held of a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The ledger.
    pub key: LedgerKey,
    /// The days of which minutes are held, in order, with what they add up to.
    pub totals: Vec<(Day, Sums)>,
    /// The minutes that were read.
    pub settled: SpanSet,
    /// The minutes that were read for good.
    pub closed: SpanSet,
}

impl Known {
    const fn nothing(key: LedgerKey) -> Self {
        Self {
            key,
            totals: Vec::new(),
            settled: SpanSet::new(),
            closed: SpanSet::new(),
        }
    }
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
        let (path, options) = open::options(folder)?;
        let pool = open::pool(&path, options).await?;
        Ok(Self::over(path, pool))
    }

    fn over(path: PathBuf, pool: SqlitePool) -> Self {
        let inner = Inner {
            path,
            pool,
            writing: Mutex::new(()),
            ids: Ids::default(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// What is held of each of these ledgers, in their order. Of a ledger that was never kept
    /// nothing is held; that is not an error.
    ///
    /// # Errors
    ///
    /// When the database cannot be read or is damaged.
    pub async fn known(&self, keys: &[LedgerKey]) -> Result<Vec<Known>, StoreError> {
        self.try_known(keys)
            .await
            .map_err(|e| e.at(&self.inner.path))
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
        self.try_days(wanted)
            .await
            .map_err(|e| e.at(&self.inner.path))
    }

    /// Keeps facts and what they settle and close: all of it or nothing, in one transaction. What
    /// was kept of a minute before is replaced; of several facts of one minute the last counts.
    /// Once this returns, all of it survives a crash.
    ///
    /// # Errors
    ///
    /// When the database cannot be written; nothing was kept then.
    pub async fn keep(&self, keeps: &[Keep]) -> Result<(), StoreError> {
        self.try_keep(keeps)
            .await
            .map_err(|e| e.at(&self.inner.path))
    }

    /// The server that ledgers without a data source of their own are counted from, as it was told
    /// to [`Store::set_server`]; `None` when it never was.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub async fn server(&self) -> Result<Option<String>, StoreError> {
        let read = async {
            let mut db = self.inner.pool.acquire().await?;
            meta::server(&mut db).await
        };
        read.await.map_err(|e: Trouble| e.at(&self.inner.path))
    }

    /// Remembers that server. Counts of two servers must not mix in one ledger.
    ///
    /// # Errors
    ///
    /// When the database cannot be written.
    pub async fn set_server(&self, name: &str) -> Result<(), StoreError> {
        let write = async {
            let _one_writer = self.inner.writing.lock().await;
            let mut db = self.inner.pool.acquire().await?;
            meta::set_server(&mut db, name).await
        };
        write.await.map_err(|e: Trouble| e.at(&self.inner.path))
    }

    /// Closes the database: waits for what is under way. Clones cannot be used any more.
    pub async fn close(self) {
        self.inner.pool.close().await;
    }

    async fn try_known(&self, keys: &[LedgerKey]) -> Result<Vec<Known>, Trouble> {
        let mut tx = self.inner.pool.begin().await?;
        let (found, names) = self.find(&mut tx, keys.iter()).await?;
        let ids: Vec<i64> = names.keys().copied().collect();
        let mut known: HashMap<i64, Known> = HashMap::with_capacity(ids.len());
        for (id, ledger) in reading::ledgers(&mut tx, &ids).await? {
            known.insert(
                id,
                Known {
                    key: ledger.key,
                    totals: Vec::new(),
                    settled: ledger.settled,
                    closed: ledger.closed,
                },
            );
        }
        let mut totals: BTreeMap<LedgerDay, Sums> =
            reading::totals(&mut tx, &ids).await?.into_iter().collect();
        let tail = tail::read(&mut tx).await?;
        for day in with_tail(&mut tx, &names, &tail, None).await? {
            totals.insert(day.0, day.1.totals());
        }
        tx.commit().await?;
        self.inner.ids.remember(found.clone());
        for ((id, day), sums) in totals {
            known
                .entry(id)
                .and_modify(|known| known.totals.push((day, sums)));
        }
        for entry in tail {
            known.entry(entry.ledger).and_modify(|known| {
                known.settled.extend(entry.settled.spans().iter().copied());
                known.closed.extend(entry.closed.spans().iter().copied());
            });
        }
        let of = |key: &LedgerKey| found.get(key).and_then(|id| known.get(id)).cloned();
        let each = keys.iter();
        Ok(each
            .map(|key| of(key).unwrap_or_else(|| Known::nothing(key.clone())))
            .collect())
    }

    async fn try_days(
        &self,
        wanted: &[(LedgerKey, Vec<Day>)],
    ) -> Result<Vec<(LedgerKey, Vec<DayFacts>)>, Trouble> {
        let mut tx = self.inner.pool.begin().await?;
        let (found, names) = self
            .find(&mut tx, wanted.iter().map(|(key, _)| key))
            .await?;
        let asked: Vec<LedgerDay> = wanted
            .iter()
            .filter_map(|(key, days)| found.get(key).map(|id| (*id, days)))
            .flat_map(|(id, days)| days.iter().map(move |day| (id, *day)))
            .collect();
        let tail = tail::read(&mut tx).await?;
        let changed = with_tail(&mut tx, &names, &tail, Some(&asked)).await?;
        let settled: Vec<LedgerDay> = asked
            .iter()
            .filter(|at| !changed.contains_key(at))
            .copied()
            .collect();
        let blocks = reading::blocks(&mut tx, &settled).await?;
        tx.commit().await?;
        let mut all = Vec::with_capacity(wanted.len());
        for (key, days) in wanted {
            let mut held = Vec::with_capacity(days.len());
            for day in days {
                let Some(at) = found.get(key).map(|id| (*id, *day)) else {
                    continue;
                };
                if let Some(facts) = changed.get(&at) {
                    held.push(facts.clone());
                } else if let Some(block) = blocks.get(&at) {
                    held.push(reading::facts(key, *day, Some(block))?);
                }
            }
            all.push((key.clone(), held));
        }
        self.inner.ids.remember(found);
        Ok(all)
    }

    async fn try_keep(&self, keeps: &[Keep]) -> Result<(), Trouble> {
        let is_nothing =
            |k: &Keep| k.facts.is_empty() && k.settled.is_empty() && k.closed.is_empty();
        let keeps: Vec<&Keep> = keeps.iter().filter(|keep| !is_nothing(keep)).collect();
        if keeps.is_empty() {
            return Ok(());
        }
        let _one_writer = self.inner.writing.lock().await;
        // Immediate: what is read and then changed cannot be changed by others in between.
        let mut tx: Transaction<'_, Sqlite> = self.inner.pool.begin_with("BEGIN IMMEDIATE").await?;
        let keys: Vec<&LedgerKey> = keeps.iter().map(|keep| &keep.key).collect();
        let found = self.inner.ids.find_or_make(&mut tx, &keys).await?;
        let entry = |keep: &&Keep| found.get(&keep.key).map(|id| Entry::of(*id, keep));
        let entries: Vec<Entry> = keeps.iter().filter_map(entry).collect();
        debug_assert_eq!(entries.len(), keeps.len(), "every ledger has a number now");
        if tail::has_room(&mut tx, &entries).await? {
            tail::append(&mut tx, &entries).await?;
        } else {
            let mut all = tail::read(&mut tx).await?;
            all.extend(entries);
            fold(&mut tx, &all).await?;
            tail::clear(&mut tx).await?;
        }
        tx.commit().await?;
        self.inner.ids.remember(found);
        Ok(())
    }

    /// The numbers of these ledgers, and the ledgers of the numbers.
    async fn find<'k>(
        &self,
        db: &mut SqliteConnection,
        keys: impl Iterator<Item = &'k LedgerKey>,
    ) -> Result<(Found, HashMap<i64, LedgerKey>), Trouble> {
        let keys: Vec<&LedgerKey> = keys.collect();
        let found = self.inner.ids.find(db, &keys).await?;
        let names = found.iter().map(|(key, id)| (*id, key.clone())).collect();
        Ok((found, names))
    }
}

/// The days of these ledgers (or only those asked for) that the tail changes, as they are with it.
async fn with_tail(
    db: &mut SqliteConnection,
    names: &HashMap<i64, LedgerKey>,
    entries: &[Entry],
    asked: Option<&[LedgerDay]>,
) -> Result<HashMap<LedgerDay, DayFacts>, Trouble> {
    let mut days = tail::by_day(entries);
    let asked: Option<HashSet<&LedgerDay>> = asked.map(|asked| asked.iter().collect());
    days.retain(|at, _| {
        names.contains_key(&at.0) && asked.as_ref().is_none_or(|asked| asked.contains(at))
    });
    let wanted: Vec<LedgerDay> = days.keys().copied().collect();
    let blocks = reading::blocks(db, &wanted).await?;
    let mut changed = HashMap::with_capacity(days.len());
    for (at, facts) in days {
        let Some(key) = names.get(&at.0) else {
            continue;
        };
        let mut day = reading::facts(key, at.1, blocks.get(&at).map(Vec::as_slice))?;
        tail::put(&mut day, &facts);
        changed.insert(at, day);
    }
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sqlx::Connection;
    use sqlx::sqlite::SqliteConnectOptions;
    use tomoni_ledger::{Events, Fact, Minute, Span};
    use tomoni_slo::Generation;

    use super::*;

    async fn store_with(
        folder: &Path,
        set: impl FnOnce(SqliteConnectOptions) -> SqliteConnectOptions,
    ) -> Store {
        let (path, options) = open::options(folder).expect("a folder");
        let pool = open::pool(&path, set(options)).await.expect("a pool");
        Store::over(path, pool)
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
        let mut db = other.inner.pool.acquire().await.expect("a connection");
        let tx = db
            .begin_with("BEGIN IMMEDIATE")
            .await
            .expect("a transaction");
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
        tx.rollback().await.expect("rolled back");
        store.keep(&keeps(2, 2)).await.expect("kept");
        assert_eq!(minutes(&store).await, 2);
    }
}
