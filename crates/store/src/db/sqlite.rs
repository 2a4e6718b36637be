//! Opening SQLite: its folder, its settings, its schema.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::tx::Tx;
use crate::error::{StoreError, Trouble};
use crate::place::Place;
use crate::schema::{self, NEWEST, Upkeep};

/// The database's file in the data folder.
pub const DATABASE: &str = "tomoni.db";

/// What the database's header says of whose it is: "tomo". The first step of the schema writes it.
const APPLICATION: i64 = 0x746f_6d6f;
/// How long one waits for another process that writes.
const BUSY_MS: u64 = 5_000;
/// Readers beside the one writer.
const READERS: u32 = 4;
/// Changes nothing, and is refused where nothing could be changed.
const PROBE: &str = "DELETE FROM meta WHERE false";
/// Rows that may wait between SQLite's thread and whoever asked.
const ROWS_WAITING: usize = 512;

/// Makes the folder where it is missing, and gives the settings of the database in it.
pub(crate) fn options(folder: &Path) -> Result<(PathBuf, SqliteConnectOptions), StoreError> {
    std::fs::create_dir_all(folder).map_err(|source| StoreError::Folder {
        folder: folder.to_owned(),
        source,
    })?;
    let path = folder.join(DATABASE);
    let options = of_file(&path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal);
    Ok((path, options))
}

/// The settings of a database that is there.
pub(crate) fn of_file(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(Duration::from_millis(BUSY_MS))
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .row_buffer_size(ROWS_WAITING)
        .disable_statement_logging()
}

/// The connections to a database in a file.
#[derive(Clone, Debug)]
pub(crate) struct Connections {
    pub(crate) readers: SqlitePool,
    pub(crate) writer: SqlitePool,
}

impl Connections {
    pub(crate) async fn close(&self) {
        self.writer.close().await;
        self.readers.close().await;
    }
}

/// The connections, with the newest schema.
pub(crate) async fn connections(
    place: &Place,
    options: SqliteConnectOptions,
    upkeep: Upkeep,
) -> Result<Connections, StoreError> {
    let pool = || {
        SqlitePoolOptions::new()
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
    };
    let writer = pool()
        .max_connections(1)
        .before_acquire(|db, _| Box::pin(async { Ok(can_write(db).await) }))
        .connect_lazy_with(options.clone());
    let prepared = match writer.acquire().await {
        Ok(mut db) => prepare(&mut db, place, upkeep).await,
        Err(source) => Err(StoreError::of(place, source)),
    };
    if prepared.is_err() {
        writer.close().await;
    }
    let readers = pool()
        .max_connections(READERS)
        .before_acquire(|db, _| Box::pin(async { Ok(!db.is_in_transaction()) }));
    prepared.map(|()| Connections {
        readers: readers.connect_lazy_with(options),
        writer,
    })
}

/// Whether a connection that is open can be written through. SQLite has rolled back by itself what
/// failed on a full disk; the driver does not notice, and would begin nothing any more. And a
/// connection that was opened while the file could only be read never writes.
async fn can_write(db: &mut SqliteConnection) -> bool {
    !db.is_in_transaction() && sqlx::query(PROBE).execute(db).await.is_ok()
}

async fn prepare(
    db: &mut SqliteConnection,
    place: &Place,
    upkeep: Upkeep,
) -> Result<(), StoreError> {
    let found = version(db, place).await?;
    if found == NEWEST {
        return Ok(());
    }
    if upkeep == Upkeep::Refuse {
        return Err(StoreError::not_newest(place, found));
    }
    // Asked again once nobody else can write: another process may have been quicker.
    let sql = |source| StoreError::of(place, source);
    let mut tx = db.begin_with("BEGIN IMMEDIATE").await.map_err(sql)?;
    if version(&mut tx, place).await? < NEWEST {
        let migrated = schema::for_sqlite().run_direct(None, &mut *tx, false).await;
        migrated.map_err(|source| StoreError::migration(place, source))?;
    }
    tx.commit().await.map_err(sql)
}

/// The schema that the database has; 0 for a new one.
pub(crate) async fn version(db: &mut SqliteConnection, place: &Place) -> Result<i64, StoreError> {
    let mut ask = async |text: &'static str| -> Result<i64, StoreError> {
        let answer = sqlx::query_scalar(text).fetch_one(&mut *db).await;
        answer.map_err(|source| StoreError::of(place, source))
    };
    if ask("SELECT count(*) FROM sqlite_schema").await? == 0 {
        return Ok(0);
    }
    if ask("PRAGMA application_id").await? != APPLICATION {
        return Err(StoreError::Foreign {
            place: place.clone(),
        });
    }
    let found = ask("SELECT coalesce(max(version), 0) FROM _sqlx_migrations").await?;
    StoreError::unless_newer(place, found)
}

/// A transaction that reads.
pub(crate) async fn read(connections: &Connections) -> Result<Tx, Trouble> {
    Ok(Tx::Sqlite(connections.readers.begin().await?))
}

/// A transaction that writes. Immediate: what it reads and then changes cannot be changed by others
/// in between.
pub(crate) async fn write(connections: &Connections) -> Result<Tx, Trouble> {
    let begun = connections.writer.begin_with("BEGIN IMMEDIATE").await?;
    Ok(Tx::Sqlite(begun))
}
