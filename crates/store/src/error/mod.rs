//! What can go wrong, and what to do then.

mod codes;
mod trouble;

use std::path::PathBuf;

use tomoni_ledger::block::BlockError;
use tomoni_ledger::{Day, Minute};
use tomoni_slo::LedgerKey;

use crate::place::Place;
pub(crate) use trouble::Trouble;

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
        "cannot open {place}: {source}; {}", .place.question()
    )]
    CannotOpen {
        /// Which database.
        place: Place,
        /// What it says.
        source: sqlx::Error,
    },
    /// The file is there, but it is no database.
    #[error("{place} is not an SQLite database; name another folder, or move the file away")]
    NotADatabase {
        /// Which database.
        place: Place,
    },
    /// The file is a database, but of another program.
    #[error("{place} is a database of another program; name another folder for tomoni's data")]
    Foreign {
        /// Which database.
        place: Place,
    },
    /// A newer version has written the database.
    #[error(
        "{place} has schema {found}, and this version of tomoni knows schemas up to {known}; use the \
         version that wrote it, or a newer one"
    )]
    Newer {
        /// Which database.
        place: Place,
        /// Its schema.
        found: i64,
        /// The newest schema that is known.
        known: i64,
    },
    /// There are no tables of ours.
    #[error(
        "there is nothing of tomoni's in {place}; is it the right database, and the right schema \
         (search_path)?"
    )]
    Nothing {
        /// Which database.
        place: Place,
    },
    /// The tables are of an older version, and nothing is to be changed.
    #[error(
        "{place} has schema {found}, and this version of tomoni reads schema {known}, which only \
         `tomoni serve` brings about; use the version that serves it, or serve it with this one first"
    )]
    NotUpToDate {
        /// Which database.
        place: Place,
        /// Its schema.
        found: i64,
        /// The schema of this version.
        known: i64,
    },
    /// The schema cannot be brought up to date.
    #[error("cannot bring the schema of {place} up to date: {source}")]
    Migration {
        /// Which database.
        place: Place,
        /// Why.
        source: sqlx::migrate::MigrateError,
    },
    /// The database cannot be written.
    #[error(
        "{place} can only be read; {}", .place.permission()
    )]
    ReadOnly {
        /// Which database.
        place: Place,
    },
    /// The disk is full. Nothing of the write was kept.
    #[error("the disk is full: nothing more fits into {place}; make room and try again")]
    Full {
        /// Which database.
        place: Place,
    },
    /// Another process has been writing for longer than one waits.
    #[error(
        "another process has been writing to {place} for too long; is a second tomoni or a backup at \
         work there? Try again when it is done"
    )]
    Busy {
        /// Which database.
        place: Place,
    },
    /// The database's own structure is damaged.
    #[error(
        "{place} is damaged ({source}); restore it from a backup, or move it away to read the history \
         from its source again"
    )]
    Damaged {
        /// Which database.
        place: Place,
        /// What it says.
        source: sqlx::Error,
    },
    /// One day of one ledger is damaged. All others can be read.
    #[error(
        "{day} of the ledger {key} is damaged in {place}: {source}; the other days can be read. Restore \
         it from a backup, or move it away to read the history from its source again"
    )]
    DamagedBlock {
        /// Which database.
        place: Place,
        /// The ledger.
        key: LedgerKey,
        /// The day.
        day: Day,
        /// What is wrong with it.
        source: BlockError,
    },
    /// A row beside the blocks is damaged.
    #[error(
        "{what} in {place} cannot be read: {why}; restore it from a backup, or move it away to \
         read the history from its source again"
    )]
    DamagedRow {
        /// Which database.
        place: Place,
        /// Which row.
        what: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The database's address cannot be read.
    #[error(
        "the database's address cannot be read: {why}; write it as \
         postgres://USER:PASSWORD@HOST:PORT/DATABASE, or sqlite:FOLDER"
    )]
    Address {
        /// What is wrong with it.
        why: String,
    },
    /// The server's text is not UTF-8.
    #[error(
        "{place} keeps text as {encoding}; make a database with ENCODING 'UTF8' (and TEMPLATE template0)"
    )]
    Encoding {
        /// Which database.
        place: Place,
        /// Its encoding.
        encoding: String,
    },
    /// The server cannot be reached, or does not answer. It may be back soon: the next call tries
    /// again. Whether a write that was under way is there is not known.
    #[error(
        "{place} does not answer ({why}); is the server running, and can it be reached? The next \
         call tries again"
    )]
    Unavailable {
        /// Which database.
        place: Place,
        /// What was seen of it.
        why: String,
    },
    /// Another server serves from the database.
    #[error(
        "another Tomoni serves from {place} ({by}): two would take each other's documents for \
         deleted; stop it, or name another database"
    )]
    Served {
        /// Which database.
        place: Place,
        /// What the database says of it.
        by: String,
    },
    /// While this process had no connection, another server has written: what is in memory here is
    /// not what the database holds. Nothing more is written.
    #[error(
        "another Tomoni has written to {place} while this one had no connection to it, so this one \
         writes nothing more: stop one of them, then start the one that is to go on anew"
    )]
    Overtaken {
        /// Which database.
        place: Place,
    },
    /// Somebody else has written this version of an object, or it does not follow the newest one.
    #[error(transparent)]
    Conflict(Box<Conflict>),
    /// A batch would bring a minute above what one may hold.
    #[error(
        "the minute that ends {} seconds after the epoch would hold more than 68719476736 (2^36) \
         events of {sli}; is it pushed over and over under new ids?", .minute.end_s()
    )]
    TooMuch {
        /// The name under which it was pushed.
        sli: String,
        /// The minute.
        minute: Minute,
    },
    /// A backup would overwrite a file.
    #[error("{} is there already; name a file that is not, or move it away", .file.display())]
    Exists {
        /// The file.
        file: PathBuf,
    },
    /// A file of a backup cannot be written or read.
    #[error("cannot {what} {}: {source}", .file.display())]
    File {
        /// What was tried.
        what: &'static str,
        /// With which file.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A backup cannot be read. Nothing was restored.
    #[error(
        "cannot read the backup {place}: {why}; nothing was restored. Name a file that \
         `tomoni backup` has written and that this user may read"
    )]
    UnreadableBackup {
        /// The backup.
        place: Place,
        /// What the system or the database says.
        why: String,
    },
    /// What should be a backup is something else. Nothing was restored.
    #[error(
        "{place} is not a backup of Tomoni: {why}; nothing was restored. Name a file that \
         `tomoni backup` has written"
    )]
    NotABackup {
        /// The file.
        place: Place,
        /// What it is.
        why: &'static str,
    },
    /// A backup is not whole. Nothing was restored.
    #[error("the backup {place} is damaged: {what}; nothing was restored. Use another backup")]
    NotWhole {
        /// The backup.
        place: Place,
        /// What is wrong with it.
        what: String,
    },
    /// A backup has an older schema than the tables that its rows would go to.
    #[error(
        "the backup {place} has schema {found}, and rows can only be copied from schema {known}; \
         restore it into a folder first, which brings it up to date, and take a backup of that"
    )]
    Older {
        /// The backup.
        place: Place,
        /// Its schema.
        found: i64,
        /// The schema of this version.
        known: i64,
    },
    /// A backup would be restored over something that is there.
    #[error("{place} is not empty; restore into a folder or database that holds nothing yet")]
    NotEmpty {
        /// Where it should have gone.
        place: Place,
    },
    /// A text that not every database can keep.
    #[error("{what} holds the character U+0000, which cannot be kept; leave it out")]
    Nul {
        /// Which text.
        what: String,
    },
    /// The process was made to end here. Tests only.
    #[cfg(any(test, feature = "faults"))]
    #[error("killed in {call}, {point:?}")]
    Killed {
        /// The call.
        call: &'static str,
        /// Where in it.
        point: crate::faults::Point,
    },
    /// Anything else that the database says.
    #[error("{place} failed: {source}")]
    Database {
        /// Which database.
        place: Place,
        /// What it says.
        source: sqlx::Error,
    },
}

/// Two writers wanted to follow the same version of an object; the second one is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{kind} {name} is at version {newest}, written by {actor}, so version {version} cannot be \
     written; read it again, and repeat the change on what it is now"
)]
pub struct Conflict {
    /// The object's kind.
    pub kind: String,
    /// Its name as the newest version has it.
    pub name: String,
    /// Its identity.
    pub uid: String,
    /// The version that was to be written.
    pub version: i64,
    /// The newest version there is; 0 for none.
    pub newest: i64,
    /// Who wrote that.
    pub actor: String,
    /// When, in milliseconds since the epoch.
    pub recorded_ms: i64,
}
