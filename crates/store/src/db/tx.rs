//! A transaction over either database.

use std::future::Future;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, FromRow, Postgres, Sqlite, Transaction};
use tokio::sync::OwnedMutexGuard;

use super::claim::{Session, give_back};
use super::postgres::ANSWER_MS;
use super::sql::Sql;
use crate::error::Trouble;

/// A row that either database can give.
pub(crate) trait Cells:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}
impl<T> Cells for T where
    T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}

/// A transaction. Dropped without a commit, it never was.
pub(crate) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(PgTx),
}

/// A transaction that was begun by hand. When it is not committed, for whatever reason, a connection
/// of the pool is closed, which rolls back: one whose server has fallen silent must not wait in the
/// pool for an answer.
pub(crate) struct PgTx {
    link: Option<Link>,
    is_over: bool,
    /// Every question so far was answered, be it with a refusal.
    is_sound: bool,
}

/// Where a transaction's connection comes from, and goes back to.
pub(crate) enum Link {
    /// One of the pool's.
    Pooled(PoolConnection<Postgres>),
    /// The one that holds the right to write.
    Held(OwnedMutexGuard<Session>),
}

impl Drop for PgTx {
    fn drop(&mut self) {
        match self.link.take() {
            Some(Link::Pooled(mut connection)) if !self.is_over => connection.close_on_drop(),
            Some(Link::Held(session)) if !self.is_over => give_back(session, self.is_sound),
            _ => {}
        }
    }
}

impl PgTx {
    pub(crate) async fn begin(link: Link, text: &'static str) -> Result<Self, Trouble> {
        let mut tx = Self {
            link: Some(link),
            is_over: false,
            is_sound: true,
        };
        tx.ask(async |db| sqlx::raw_sql(text).execute(db).await)
            .await?;
        Ok(tx)
    }

    async fn commit(mut self) -> Result<(), Trouble> {
        self.ask(async |db| sqlx::raw_sql("COMMIT").execute(db).await)
            .await?;
        self.is_over = true;
        Ok(())
    }

    /// Asks the server; who is dropped meanwhile, or gets no answer, leaves a connection of which
    /// nobody knows where it stands.
    async fn ask<T>(
        &mut self,
        question: impl AsyncFnOnce(&mut PgConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, Trouble> {
        let connection = match &mut self.link {
            Some(Link::Pooled(connection)) => Some(&mut **connection),
            Some(Link::Held(session)) => session.connection(),
            None => None,
        };
        let connection = connection.ok_or(Trouble::Sql(sqlx::Error::PoolClosed))?;
        self.is_sound = false;
        let answer = in_time(question(connection)).await;
        self.is_sound = match &answer {
            Ok(_) => true,
            Err(Trouble::Sql(error)) => error.as_database_error().is_some(),
            Err(_) => false,
        };
        answer
    }
}

/// What the server answers, unless it falls silent.
pub(crate) async fn in_time<T>(
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, Trouble> {
    match tokio::time::timeout(Duration::from_millis(ANSWER_MS), answer).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(Trouble::Silent(ANSWER_MS)),
    }
}

impl Tx {
    /// All rows.
    pub(crate) async fn all<T: Cells>(&mut self, sql: impl Into<Sql>) -> Result<Vec<T>, Trouble> {
        let sql = sql.into();
        match self {
            Self::Sqlite(db) => {
                let (text, arguments) = sql.for_sqlite()?;
                let query = sqlx::query_as_with(AssertSqlSafe(text), arguments);
                Ok(query.fetch_all(&mut **db).await?)
            }
            Self::Postgres(db) => {
                let (text, arguments) = sql.for_postgres()?;
                let query = sqlx::query_as_with(AssertSqlSafe(text), arguments);
                db.ask(async |db| query.fetch_all(db).await).await
            }
        }
    }

    /// The first row, if there is one.
    pub(crate) async fn first<T: Cells>(
        &mut self,
        sql: impl Into<Sql>,
    ) -> Result<Option<T>, Trouble> {
        Ok(self.all(sql).await?.into_iter().next())
    }

    /// The only row.
    pub(crate) async fn one<T: Cells>(&mut self, sql: impl Into<Sql>) -> Result<T, Trouble> {
        self.first(sql)
            .await?
            .ok_or(Trouble::Sql(sqlx::Error::RowNotFound))
    }

    /// How many rows it changed.
    pub(crate) async fn run(&mut self, sql: impl Into<Sql>) -> Result<u64, Trouble> {
        let sql = sql.into();
        match self {
            Self::Sqlite(db) => {
                let (text, arguments) = sql.for_sqlite()?;
                let query = sqlx::query_with(AssertSqlSafe(text), arguments);
                Ok(query.execute(&mut **db).await?.rows_affected())
            }
            Self::Postgres(db) => {
                let (text, arguments) = sql.for_postgres()?;
                let query = sqlx::query_with(AssertSqlSafe(text), arguments);
                let done = db.ask(async |db| query.execute(db).await).await?;
                Ok(done.rows_affected())
            }
        }
    }

    /// How many bytes the database takes, as a statement.
    pub(crate) const fn bytes(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => {
                "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
            }
            Self::Postgres(_) => {
                "SELECT CAST(sum(pg_total_relation_size(to_regclass(name))) AS BIGINT) \
                 FROM (VALUES ('ledger'), ('block'), ('totals'), ('judged'), ('tail'), ('meta'), \
                 ('journal'), ('push'), ('slo_group'), ('slo_grouping')) AS ours (name)"
            }
        }
    }

    pub(crate) async fn commit(self) -> Result<(), Trouble> {
        match self {
            Self::Sqlite(tx) => Ok(tx.commit().await?),
            Self::Postgres(tx) => tx.commit().await,
        }
    }
}
