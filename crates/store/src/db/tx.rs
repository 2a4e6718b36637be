//! A transaction over either database.

use std::future::Future;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, FromRow, Postgres, Sqlite, Transaction};

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

/// A connection within a transaction that was begun by hand. When it is not committed, for whatever
/// reason, the connection is closed, which rolls back: a connection whose server has fallen silent
/// must not wait in the pool for an answer.
pub(crate) struct PgTx {
    connection: PoolConnection<Postgres>,
    is_over: bool,
}

impl Drop for PgTx {
    fn drop(&mut self) {
        if !self.is_over {
            self.connection.close_on_drop();
        }
    }
}

impl PgTx {
    pub(crate) async fn begin(
        connection: PoolConnection<Postgres>,
        text: &'static str,
    ) -> Result<Self, Trouble> {
        let mut tx = Self {
            connection,
            is_over: false,
        };
        in_time(sqlx::raw_sql(text).execute(&mut *tx.connection)).await?;
        Ok(tx)
    }

    async fn commit(mut self) -> Result<(), Trouble> {
        in_time(sqlx::raw_sql("COMMIT").execute(&mut *self.connection)).await?;
        self.is_over = true;
        Ok(())
    }
}

/// What the server answers, unless it falls silent.
async fn in_time<T>(
    answer: impl Future<Output = Result<T, sqlx::Error>> + Send,
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
                in_time(query.fetch_all(&mut *db.connection)).await
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
                let done = in_time(query.execute(&mut *db.connection)).await?;
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
                 FROM (VALUES ('ledger'), ('block'), ('totals'), ('tail'), ('meta'), ('journal'), \
                 ('push')) AS ours (name)"
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
