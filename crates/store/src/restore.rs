//! The way back from a backup, into either database.

use std::path::{Path, PathBuf};

use crate::backup::files::{self, Partial};
use crate::backup::{checked, copy, of_backup, reading};
use crate::db::{Database, sqlite};
use crate::error::{StoreError, Trouble};
use crate::place::{Place, Target};
use crate::schema::NEWEST;
use crate::store::Store;

/// Restores a backup where nothing is yet. It is checked as a whole first: whose file it is, its
/// schema, SQLite's own structure, and every row with its checksums.
///
/// # Errors
///
/// When the file is no backup, is not whole, or cannot be read; when something is there already
/// where it should go; and when that cannot be written. Nothing was restored then.
pub async fn restore(file: &Path, target: Target<'_>) -> Result<(), StoreError> {
    let place = Place::File(file.to_owned());
    let found = checked(file, &place).await?;
    match target {
        Target::Folder(folder) => into_folder(file, folder).await,
        Target::Url(url) => match target.folder() {
            Some(folder) => into_folder(file, &folder).await,
            None if found < NEWEST => Err(StoreError::Older {
                place,
                found,
                known: NEWEST,
            }),
            None => into_server(file, &place, url).await,
        },
    }
}

async fn into_folder(file: &Path, folder: &Path) -> Result<(), StoreError> {
    let (path, _) = sqlite::options(folder)?;
    if let Some(left) = leftovers(&path).into_iter().find(|path| path.exists()) {
        let place = Place::File(left);
        return Err(StoreError::NotEmpty { place });
    }
    let partial = Partial::of(&path)?;
    files::copied(file, &partial.path)?;
    partial.publish(&path)?;
    // An older schema is brought up to date now, while somebody looks.
    Store::open(folder).await?.close().await;
    Ok(())
}

/// The database's file and those that SQLite keeps beside it. A log that an earlier database left
/// behind would be taken for this one's when it is opened, and written into it.
fn leftovers(path: &Path) -> Vec<PathBuf> {
    let beside = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    ["", "-wal", "-shm", "-journal"].map(beside).to_vec()
}

async fn into_server(file: &Path, place: &Place, url: &str) -> Result<(), StoreError> {
    let store = Store::connect(url).await?;
    let from = reading(file, place).await?;
    let done = copied(&from, &store.inner.database).await;
    from.close().await;
    store.close().await;
    done.map_err(|trouble| of_backup(trouble, place))
}

/// Copies everything, as the only one who writes. What is said already is not of the backup.
async fn copied(from: &Database, to: &Database) -> Result<(), Trouble> {
    let of_target = |trouble: Trouble| trouble.at(&to.place);
    let mut read = from.read().await?;
    // No server starts before all is there, and one that served from here without having written
    // finds out that it is not alone.
    to.claim("restore").await.map_err(of_target)?;
    let mut writing = to.write("restore").await.map_err(of_target)?;
    if !copy::is_empty(&mut writing.tx).await.map_err(of_target)? {
        let place = to.place.clone();
        return Err(StoreError::NotEmpty { place }.into());
    }
    copy::everything(&mut read, &mut writing.tx, &to.place).await?;
    writing.commit().await.map_err(of_target)?;
    Ok(())
}
