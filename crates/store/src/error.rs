//! What can go wrong, and what to do then.

use std::path::{Path, PathBuf};

use tomoni_ledger::Day;
use tomoni_ledger::block::BlockError;
use tomoni_slo::LedgerKey;

/// Why something is not kept, or cannot be read back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The folder for the data does not exist and cannot be made.
    #[error("cannot make the folder {}: {source}", .folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The database cannot be opened or made.
    #[error(
        "cannot open {}: {source}; may this user write to the file and its folder?", .path.display()
    )]
    CannotOpen {
        /// The database's file.
        path: PathBuf,
        /// What SQLite says.
        source: sqlx::Error,
    },
    /// The file is there, but it is no database.
    #[error(
        "{} is not an SQLite database; name another folder, or move the file away", .path.display()
    )]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// The file is a database, but of another program.
    #[error(
        "{} is a database of another program; name another folder for tomoni's data",
        .path.display()
    )]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A newer version has written the database.
    #[error(
        "{} has schema {found}, and this version of tomoni knows schemas up to {known}; use the \
         version that wrote it, or a newer one", .path.display()
    )]
    Newer {
        /// The database's file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema that is known.
        known: i64,
    },
    /// The schema cannot be brought up to date.
    #[error("cannot bring the schema of {} up to date: {source}", .path.display())]
    Migration {
        /// The database's file.
        path: PathBuf,
        /// Why.
        source: sqlx::migrate::MigrateError,
    },
    /// The database cannot be written.
    #[error(
        "{} can only be read; let this user write to the file and its folder", .path.display()
    )]
    ReadOnly {
        /// The database's file.
        path: PathBuf,
    },
    /// The disk is full. Nothing of the write was kept.
    #[error("the disk is full: nothing more fits into {}; make room and try again", .path.display())]
    Full {
        /// The database's file.
        path: PathBuf,
    },
    /// Another process has been writing for longer than one waits.
    #[error(
        "another process has been writing to {} for too long; is a second tomoni or a backup at \
         work there? Try again when it is done", .path.display()
    )]
    Busy {
        /// The database's file.
        path: PathBuf,
    },
    /// The database's own structure is damaged.
    #[error(
        "{} is damaged ({source}); restore it from a backup, or move it away to read the history \
         from its source again", .path.display()
    )]
    Damaged {
        /// The database's file.
        path: PathBuf,
        /// What SQLite says.
        source: sqlx::Error,
    },
    /// One day of one ledger is damaged. All others can be read.
    #[error(
        "{day} of the ledger {key} is damaged in {}: {source}; the other days can be read. Restore \
         the file from a backup, or move it away to read the history from its source again",
        .path.display()
    )]
    DamagedBlock {
        /// The database's file.
        path: PathBuf,
        /// The ledger.
        key: LedgerKey,
        /// The day.
        day: Day,
        /// What is wrong with it.
        source: BlockError,
    },
    /// A row beside the blocks is damaged.
    #[error(
        "{what} in {} cannot be read: {why}; restore the file from a backup, or move it away to \
         read the history from its source again", .path.display()
    )]
    DamagedRow {
        /// The database's file.
        path: PathBuf,
        /// Which row.
        what: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Anything else that the database says.
    #[error("{} failed: {source}", .path.display())]
    Database {
        /// The database's file.
        path: PathBuf,
        /// What it says.
        source: sqlx::Error,
    },
}

/// SQLite's result codes that people can do something about; the low byte of the extended ones.
mod code {
    pub(super) const BUSY: i32 = 5;
    pub(super) const LOCKED: i32 = 6;
    pub(super) const READONLY: i32 = 8;
    pub(super) const CORRUPT: i32 = 11;
    pub(super) const FULL: i32 = 13;
    pub(super) const CANTOPEN: i32 = 14;
    pub(super) const NOTADB: i32 = 26;
    /// Extended: the file ends within a page.
    pub(super) const IOERR_SHORT_READ: i32 = 522;
}

impl StoreError {
    /// What the database's error means for the file.
    pub(crate) fn of(path: &Path, source: sqlx::Error) -> Self {
        let path = path.to_owned();
        let code = result_code(&source);
        if code == Some(code::IOERR_SHORT_READ) {
            return Self::Damaged { path, source };
        }
        match code.map(|code| code & 0xff) {
            Some(code::BUSY | code::LOCKED) => Self::Busy { path },
            Some(code::READONLY) => Self::ReadOnly { path },
            Some(code::CORRUPT) => Self::Damaged { path, source },
            Some(code::FULL) => Self::Full { path },
            Some(code::CANTOPEN) => Self::CannotOpen { path, source },
            Some(code::NOTADB) => Self::NotADatabase { path },
            _ => Self::Database { path, source },
        }
    }
}

/// The extended result code, when SQLite gave one.
fn result_code(error: &sqlx::Error) -> Option<i32> {
    error.as_database_error()?.code()?.parse().ok()
}

/// Why an operation stops: the database says no, or what it holds cannot be.
#[derive(Debug)]
pub(crate) enum Trouble {
    Sql(sqlx::Error),
    Block(LedgerKey, Day, BlockError),
    Row(String, &'static str),
}

impl From<sqlx::Error> for Trouble {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl Trouble {
    pub(crate) fn at(self, path: &Path) -> StoreError {
        match self {
            Self::Sql(source) => StoreError::of(path, source),
            Self::Block(key, day, source) => StoreError::DamagedBlock {
                path: path.to_owned(),
                key,
                day,
                source,
            },
            Self::Row(what, why) => StoreError::DamagedRow {
                path: path.to_owned(),
                what,
                why,
            },
        }
    }
}
