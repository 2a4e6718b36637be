//! Backups: everything in one SQLite file, whichever database it is of. Such a file can be restored
//! into either, so it is also the way from one database to the other.

mod check;
pub(crate) mod copy;
pub(crate) mod files;

use std::path::Path;

use sqlx::{ConnectOptions, Connection};

use crate::db::{Database, Pool, sqlite};
use crate::error::{StoreError, Trouble};
use crate::place::Place;
use crate::schema::Upkeep;
use files::Partial;

/// Writes everything into a new file.
pub(crate) async fn backup(database: &Database, file: &Path) -> Result<(), Trouble> {
    let partial = Partial::of(file)?;
    match &database.pool {
        Pool::Sqlite(connections) => {
            let mut db = connections.readers.acquire().await?;
            let path = partial.path.to_string_lossy().into_owned();
            // It reads in one transaction; others write on into the log beside the database.
            let sql = sqlx::query("VACUUM INTO $1").bind(path);
            let done = sql.execute(&mut *db).await;
            done.map_err(|source| StoreError::of(&Place::File(partial.path.clone()), source))?;
        }
        Pool::Postgres(_) => {
            let place = Place::File(partial.path.clone());
            let options = sqlite::of_file(&partial.path).create_if_missing(true);
            let connections = sqlite::connections(&place, options, Upkeep::Migrate).await?;
            let copied = Database::new(place.clone(), Pool::Sqlite(connections));
            let done = async {
                let mut from = database.read().await?;
                let mut to = copied.write("backup").await?;
                // What cannot be read is `database`'s trouble, what cannot be written the file's.
                copy::everything(&mut from, &mut to.tx, &place).await?;
                to.commit().await.map_err(|trouble| trouble.at(&place))?;
                Ok(())
            };
            let done: Result<(), Trouble> = done.await;
            copied.close().await;
            done?;
        }
    }
    partial.publish(file)?;
    Ok(())
}

/// Checks a backup, and gives its schema.
pub(crate) async fn checked(file: &Path, place: &Place) -> Result<i64, StoreError> {
    is_file(file, place)?;
    let found = whole(file, place).await.map_err(StoreError::of_backup)?;
    let read = reading(file, place).await?;
    let rows = async {
        let mut tx = read.read().await?;
        check::every_row(&mut tx, found).await
    };
    let rows = rows.await.map_err(|trouble| of_backup(trouble, place));
    read.close().await;
    rows.map(|()| found)
}

/// SQLite says of a file that is not there only that it cannot be opened.
fn is_file(file: &Path, place: &Place) -> Result<(), StoreError> {
    let place = place.clone();
    match std::fs::metadata(file) {
        Ok(found) if found.is_file() => Ok(()),
        Ok(_) => Err(StoreError::NotABackup {
            place,
            why: "it is not a file",
        }),
        Err(error) => Err(StoreError::UnreadableBackup {
            place,
            why: error.to_string(),
        }),
    }
}

/// Whose file it is, and whether SQLite's own structure is whole; gives the schema.
async fn whole(file: &Path, place: &Place) -> Result<i64, StoreError> {
    let sql = |source| StoreError::of(place, source);
    let options = sqlite::of_file(file).read_only(true);
    let mut db = options.connect().await.map_err(sql)?;
    let found = sqlite::version(&mut db, place).await?;
    let mut said: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check")
        .fetch_all(&mut db)
        .await
        .map_err(sql)?;
    db.close().await.map_err(sql)?;
    said.retain(|line| line != "ok");
    let place = place.clone();
    match (found, said.into_iter().next()) {
        (0, _) => Err(StoreError::NotABackup {
            place,
            why: "there is nothing in it",
        }),
        (_, Some(what)) => Err(StoreError::NotWhole { place, what }),
        (found, None) => Ok(found),
    }
}

/// A backup, to be read.
pub(crate) async fn reading(file: &Path, place: &Place) -> Result<Database, StoreError> {
    let options = sqlite::of_file(file).read_only(true);
    let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1);
    let pool = pool.connect_with(options).await;
    let pool = pool.map_err(|source| StoreError::of(place, source).of_backup())?;
    let connections = sqlite::Connections {
        readers: pool.clone(),
        writer: pool,
    };
    Ok(Database::new(place.clone(), Pool::Sqlite(connections)))
}

/// What went wrong in reading a backup; what is said already may be of where its rows go.
pub(crate) fn of_backup(trouble: Trouble, place: &Place) -> StoreError {
    match trouble {
        Trouble::Said(error) => *error,
        trouble => trouble.at(place).of_backup(),
    }
}
