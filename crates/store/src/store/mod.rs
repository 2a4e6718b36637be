//! The store: what is held, and keeping more.

mod group;
mod journal;
mod judged;
mod push;
mod upkeep;

use std::path::Path;
use std::sync::Arc;

use tomoni_engine::Keep;
use tomoni_ledger::{Day, DayFacts};
use tomoni_slo::LedgerKey;

use crate::db::sqlite::DATABASE;
use crate::db::{Database, Pool, postgres, sqlite};
use crate::error::{StoreError, Trouble};
use crate::ledger::ids::Ids;
use crate::ledger::keep;
use crate::ledger::known::{self, Known};
use crate::ledger::tail::KeptTail;
use crate::meta;
use crate::place::{Place, Target};
use crate::schema::Upkeep;
pub use upkeep::UPKEEP_STEP_MS;

/// The database. Cheap to clone; clones are the same store.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) database: Database,
    pub(crate) ids: Ids,
    pub(crate) tail: KeptTail,
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
        let connections = sqlite::connections(&place, options, Upkeep::Migrate).await?;
        Ok(Self::over(place, Pool::Sqlite(connections)))
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
        match Target::Url(url).folder() {
            Some(folder) => Self::open(&folder).await,
            None => Self::of_server(url, Upkeep::Migrate).await,
        }
    }

    /// Opens what is there, to read it: nothing is made, and no schema is brought up to date.
    ///
    /// # Errors
    ///
    /// Those of [`Store::open`] and [`Store::connect`]; [`StoreError::Nothing`] when there are no
    /// tables of ours, [`StoreError::NotUpToDate`] when they are of an older version.
    pub async fn look(target: Target<'_>) -> Result<Self, StoreError> {
        match target {
            Target::Folder(folder) => Self::of_file(&folder.join(DATABASE)).await,
            Target::Url(url) => match target.folder() {
                Some(folder) => Self::of_file(&folder.join(DATABASE)).await,
                None => Self::of_server(url, Upkeep::Refuse).await,
            },
        }
    }

    async fn of_file(path: &Path) -> Result<Self, StoreError> {
        let place = Place::File(path.to_owned());
        let options = sqlite::of_file(path);
        let connections = sqlite::connections(&place, options, Upkeep::Refuse).await?;
        Ok(Self::over(place, Pool::Sqlite(connections)))
    }

    async fn of_server(url: &str, upkeep: Upkeep) -> Result<Self, StoreError> {
        if !["postgres://", "postgresql://"]
            .iter()
            .any(|scheme| url.starts_with(scheme))
        {
            let why = "it begins with neither postgres:// nor sqlite:".to_owned();
            return Err(StoreError::Address { why });
        }
        let (place, options) = postgres::options(url)?;
        let pool = postgres::pool(&place, options, upkeep).await?;
        Ok(Self::over(place, Pool::Postgres(pool)))
    }

    pub(crate) fn over(place: Place, pool: Pool) -> Self {
        let inner = Inner {
            database: Database::new(place, pool),
            ids: Ids::default(),
            tail: KeptTail::default(),
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
            let found = self.inner.ids.find(&mut tx, keys).await?;
            let known = known::known(&mut tx, &self.inner.tail, keys, &found, |_, _| {}).await?;
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
            let (days, found) =
                known::days(&mut tx, &self.inner.ids, &self.inner.tail, wanted).await?;
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

    /// Takes the right to be the only one who serves from this database, until the store is closed
    /// or the process ends, however that ends. Should the connection be lost it is taken again
    /// before anything else is written.
    ///
    /// Of SQLite nothing is taken: whoever serves from a folder locks the folder. Processes that do
    /// not take the right may read, and write, beside the one that has.
    ///
    /// # Errors
    ///
    /// [`StoreError::Served`] when another has it; and when the database cannot be reached. Later
    /// calls that write fail with [`StoreError::Served`] while another has taken it meanwhile, and
    /// with [`StoreError::Overtaken`] for good once that one has written.
    pub async fn claim(&self) -> Result<(), StoreError> {
        self.said(self.inner.database.claim("serve").await)
    }

    /// Tries whether the database takes writes, by one: full and read-only databases can be read.
    ///
    /// # Errors
    ///
    /// When the database cannot be written.
    pub async fn probe(&self, now_ms: i64) -> Result<(), StoreError> {
        let write = async {
            let mut writing = self.inner.database.write("probe").await?;
            meta::probe(&mut writing.tx, now_ms).await?;
            writing.commit().await
        };
        self.said(write.await)
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
mod tests;
