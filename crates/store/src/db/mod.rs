//! The database: two kinds of pools, transactions over them, and statements that both understand.
//!
//! What differs between SQLite and PostgreSQL stands in this folder and nowhere else. All other
//! code sees a [`Tx`].

mod claim;
pub(crate) mod postgres;
pub(crate) mod sql;
pub(crate) mod sqlite;
mod tx;

use std::sync::OnceLock;

use sqlx::postgres::PgPool;
use tokio::sync::{Mutex, MutexGuard};

use crate::error::Trouble;
use crate::place::Place;
use claim::Claim;
pub(crate) use sql::{ROWS, Sql, Value};
pub(crate) use tx::{Cells, Tx};

/// The connections to a database.
#[derive(Clone, Debug)]
pub(crate) enum Pool {
    Sqlite(sqlite::Connections),
    Postgres(PgPool),
}

/// A database.
pub(crate) struct Database {
    pub(crate) place: Place,
    pub(crate) pool: Pool,
    /// Held while writing: writers of this process queue here instead of waiting in turns.
    writing: Mutex<()>,
    /// The right to be the only one who serves from it, where it was taken.
    claim: OnceLock<Claim>,
    #[cfg(any(test, feature = "faults"))]
    hook: std::sync::RwLock<Option<crate::faults::Hook>>,
}

/// A transaction that writes. Nobody else writes to the database until it ends.
pub(crate) struct Writing<'d> {
    pub(crate) tx: Tx,
    claim: Option<&'d Claim>,
    #[cfg(any(test, feature = "faults"))]
    at: (&'static str, &'d Database),
    _one_writer: MutexGuard<'d, ()>,
}

impl Database {
    pub(crate) fn new(place: Place, pool: Pool) -> Self {
        Self {
            place,
            pool,
            writing: Mutex::new(()),
            claim: OnceLock::new(),
            #[cfg(any(test, feature = "faults"))]
            hook: std::sync::RwLock::default(),
        }
    }

    /// A transaction that sees one state of the database, whatever others write.
    pub(crate) async fn read(&self) -> Result<Tx, Trouble> {
        match &self.pool {
            Pool::Sqlite(pool) => sqlite::read(pool).await,
            Pool::Postgres(pool) => postgres::read(pool).await,
        }
    }

    /// A transaction that nobody else writes beside: what it reads and then changes cannot be
    /// changed by others in between. `call` is the caller's name.
    pub(crate) async fn write(&self, call: &'static str) -> Result<Writing<'_>, Trouble> {
        let one_writer = self.writing.lock().await;
        #[cfg(not(any(test, feature = "faults")))]
        let _ = call;
        let claim = self.claim.get();
        let tx = match (&self.pool, claim) {
            (Pool::Sqlite(pool), _) => sqlite::write(pool).await?,
            (Pool::Postgres(_), Some(claim)) => claim.write().await?,
            (Pool::Postgres(pool), None) => postgres::write(pool).await?,
        };
        Ok(Writing {
            tx,
            claim,
            #[cfg(any(test, feature = "faults"))]
            at: (call, self),
            _one_writer: one_writer,
        })
    }

    /// Takes the right to be the only one who serves from the database. From here on every write
    /// goes over the connection that holds it. `verb` is what others are told of who has it.
    pub(crate) async fn claim(&self, verb: &'static str) -> Result<(), Trouble> {
        let _one_writer = self.writing.lock().await;
        if let (Pool::Postgres(pool), None) = (&self.pool, self.claim.get()) {
            let options = pool.connect_options().as_ref().clone();
            let claim = Claim::take(&self.place, options, verb).await?;
            // Nobody else sets it while we write.
            let _ = self.claim.set(claim);
        }
        Ok(())
    }

    pub(crate) async fn close(&self) {
        if let Some(claim) = self.claim.get() {
            claim.give_up().await;
        }
        match &self.pool {
            Pool::Sqlite(pool) => pool.close().await,
            Pool::Postgres(pool) => pool.close().await,
        }
    }

    #[cfg(any(test, feature = "faults"))]
    pub(crate) fn set_hook(&self, hook: Option<crate::faults::Hook>) {
        *self
            .hook
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = hook;
    }

    #[cfg(any(test, feature = "faults"))]
    fn at(&self, call: &'static str, point: crate::faults::Point) -> Result<(), Trouble> {
        let hook = self.hook.read();
        let hook = hook
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone();
        match hook {
            Some(hook) if hook(call, point) => Err(Trouble::Killed(call, point)),
            _ => Ok(()),
        }
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Database").field(&self.place).finish()
    }
}

impl Writing<'_> {
    /// Once this returns, all that was written survives a crash. Without it nothing was written.
    pub(crate) async fn commit(self) -> Result<(), Trouble> {
        #[cfg(any(test, feature = "faults"))]
        self.at
            .1
            .at(self.at.0, crate::faults::Point::BeforeCommit)?;
        self.tx.commit().await?;
        if let Some(claim) = self.claim {
            claim.committed();
        }
        #[cfg(any(test, feature = "faults"))]
        self.at.1.at(self.at.0, crate::faults::Point::AfterCommit)?;
        Ok(())
    }
}
