//! Opening the database: its folder, its settings, its schema.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, SqlSafeStr, SqliteConnection};

use crate::error::StoreError;

/// The database's file in the data folder.
pub const DATABASE: &str = "tomoni.db";

/// What the database's header says of whose it is: "tomo". The first step of the schema writes it.
const APPLICATION: i64 = 0x746f_6d6f;
/// How long one waits for another process that writes.
const BUSY_MS: u64 = 5_000;
/// Readers beside the one writer.
const CONNECTIONS: u32 = 4;
/// Rows that may wait between SQLite's thread and whoever asked.
const ROWS_WAITING: usize = 512;

/// The schema's steps, in order; what was released is never changed.
const SCHEMA: [(i64, &str, &str); 1] = [(
    1,
    "ledger",
    include_str!("../migrations/sqlite/0001_ledger.sql"),
)];
const NEWEST: i64 = SCHEMA.len() as i64;

/// Makes the folder where it is missing, and gives the settings of the database in it.
pub(crate) fn options(folder: &Path) -> Result<(PathBuf, SqliteConnectOptions), StoreError> {
    std::fs::create_dir_all(folder).map_err(|source| StoreError::Folder {
        folder: folder.to_owned(),
        source,
    })?;
    let path = folder.join(DATABASE);
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true)
        .busy_timeout(Duration::from_millis(BUSY_MS))
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .row_buffer_size(ROWS_WAITING)
        .disable_statement_logging();
    Ok((path, options))
}

/// The pool, with the schema up to date.
pub(crate) async fn pool(
    path: &Path,
    options: SqliteConnectOptions,
) -> Result<SqlitePool, StoreError> {
    let pool = SqlitePoolOptions::new()
        .max_connections(CONNECTIONS)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options)
        .await
        .map_err(|source| StoreError::of(path, source))?;
    let prepared = match pool.acquire().await {
        Ok(mut db) => prepare(&mut db, path).await,
        Err(source) => Err(StoreError::of(path, source)),
    };
    if prepared.is_err() {
        pool.close().await;
    }
    prepared.map(|()| pool)
}

async fn prepare(db: &mut SqliteConnection, path: &Path) -> Result<(), StoreError> {
    if schema(db, path).await? == NEWEST {
        return Ok(());
    }
    // Asked again once nobody else can write: another process may have been quicker.
    let sql = |source| StoreError::of(path, source);
    let mut tx = db.begin_with("BEGIN IMMEDIATE").await.map_err(sql)?;
    if schema(&mut tx, path).await? < NEWEST {
        let migrated = migrator().run_direct(None, &mut *tx, false).await;
        migrated.map_err(|source| StoreError::Migration {
            path: path.to_owned(),
            source,
        })?;
    }
    tx.commit().await.map_err(sql)
}

/// The schema that the database has; 0 for a new one.
async fn schema(db: &mut SqliteConnection, path: &Path) -> Result<i64, StoreError> {
    let sql = |source| StoreError::of(path, source);
    let text = "SELECT count(*) FROM sqlite_schema";
    let things: i64 = sqlx::query_scalar(text)
        .fetch_one(&mut *db)
        .await
        .map_err(sql)?;
    if things == 0 {
        return Ok(0);
    }
    let text = "PRAGMA application_id";
    let id: i64 = sqlx::query_scalar(text)
        .fetch_one(&mut *db)
        .await
        .map_err(sql)?;
    if id != APPLICATION {
        return Err(StoreError::Foreign {
            path: path.to_owned(),
        });
    }
    let text = "SELECT coalesce(max(version), 0) FROM _sqlx_migrations";
    let found: i64 = sqlx::query_scalar(text)
        .fetch_one(&mut *db)
        .await
        .map_err(sql)?;
    if found > NEWEST {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            found,
            known: NEWEST,
        });
    }
    Ok(found)
}

fn migrator() -> Migrator {
    let steps = SCHEMA.map(|(version, name, sql)| {
        let kind = MigrationType::Simple;
        Migration::new(version, name.into(), kind, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(steps.into())
}
