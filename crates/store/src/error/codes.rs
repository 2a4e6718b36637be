//! What the databases' own codes mean.

use sqlx::migrate::MigrateError;

use super::StoreError;
use crate::place::Place;
use crate::schema::NEWEST;

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
    /// What the database's error means.
    pub(crate) fn of(place: &Place, source: sqlx::Error) -> Self {
        match place {
            Place::File(_) => Self::of_sqlite(place.clone(), source),
            Place::Server(_) => Self::of_postgres(place.clone(), source),
        }
    }

    fn of_sqlite(place: Place, source: sqlx::Error) -> Self {
        let code = code_of(&source).and_then(|code| code.parse::<i32>().ok());
        if code == Some(code::IOERR_SHORT_READ) {
            return Self::Damaged { place, source };
        }
        match code.map(|code| code & 0xff) {
            Some(code::BUSY | code::LOCKED) => Self::Busy { place },
            Some(code::READONLY) => Self::ReadOnly { place },
            Some(code::CORRUPT) => Self::Damaged { place, source },
            Some(code::FULL) => Self::Full { place },
            Some(code::CANTOPEN) => Self::CannotOpen { place, source },
            Some(code::NOTADB) => Self::NotADatabase { place },
            _ => Self::Database { place, source },
        }
    }

    /// By SQLSTATE (PostgreSQL's documentation, appendix A). Without one, the connection is gone.
    fn of_postgres(place: Place, source: sqlx::Error) -> Self {
        use sqlx::Error as E;
        let Some(code) = code_of(&source) else {
            return match source {
                E::Io(_)
                | E::Tls(_)
                | E::Protocol(_)
                | E::PoolTimedOut
                | E::PoolClosed
                | E::WorkerCrashed
                | E::BeginFailed => Self::Unavailable {
                    why: why(&source),
                    place,
                },
                source => Self::Database { place, source },
            };
        };
        match code.as_str() {
            "53100" => Self::Full { place },
            "25006" => Self::ReadOnly { place },
            // Lock not available, serialisation failure, deadlock.
            "55P03" | "40001" | "40P01" => Self::Busy { place },
            "XX001" | "XX002" => Self::Damaged { place, source },
            // No such database, no such schema, no right to what is asked.
            "3D000" | "3F000" | "42501" => Self::CannotOpen { place, source },
            code if code.starts_with("28") => Self::CannotOpen { place, source },
            // Connection, resources, an operator or a timeout ended it.
            code if ["08", "53", "57"]
                .iter()
                .any(|class| code.starts_with(class))
                || code == "25P03" =>
            {
                Self::Unavailable {
                    why: why(&source),
                    place,
                }
            }
            _ => Self::Database { place, source },
        }
    }

    /// What a step of the schema that does not go means.
    pub(crate) fn migration(place: &Place, source: MigrateError) -> Self {
        match source {
            MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _)
                if code_of(&source).is_some() =>
            {
                match Self::of(place, source) {
                    Self::Database { place, source } => Self::Migration {
                        place,
                        source: MigrateError::Execute(source),
                    },
                    known => known,
                }
            }
            source => Self::Migration {
                place: place.clone(),
                source,
            },
        }
    }

    /// The same of a database that is read as a backup: whoever restores looks after a file, and
    /// not after the folder or server of a running Tomoni.
    pub(crate) fn of_backup(self) -> Self {
        match self {
            Self::NotADatabase { place } => Self::NotABackup {
                place,
                why: "it is not an SQLite database",
            },
            Self::Foreign { place } => Self::NotABackup {
                place,
                why: "it is a database of another program",
            },
            Self::CannotOpen { place, source } => Self::UnreadableBackup {
                why: source.to_string(),
                place,
            },
            Self::Damaged { place, source } | Self::Database { place, source } => Self::NotWhole {
                what: source.to_string(),
                place,
            },
            Self::DamagedBlock {
                place,
                key,
                day,
                source,
            } => Self::NotWhole {
                what: format!("{day} of the ledger {key}: {source}"),
                place,
            },
            Self::DamagedRow { place, what, why } => Self::NotWhole {
                what: format!("{what} cannot be read: {why}"),
                place,
            },
            other => other,
        }
    }

    /// The schema found, unless a newer version of this program has written it.
    pub(crate) fn unless_newer(place: &Place, found: i64) -> Result<i64, Self> {
        if found <= NEWEST {
            return Ok(found);
        }
        Err(Self::Newer {
            place: place.clone(),
            found,
            known: NEWEST,
        })
    }

    /// Why a schema that is not the newest is of no use where nothing may be changed.
    pub(crate) fn not_newest(place: &Place, found: i64) -> Self {
        let place = place.clone();
        match found {
            0 => Self::Nothing { place },
            found => Self::NotUpToDate {
                place,
                found,
                known: NEWEST,
            },
        }
    }

    /// Whether the same call may succeed later without anybody changing what is asked: the server
    /// comes back, somebody makes room, another writer is done.
    pub const fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unavailable { .. }
                | Self::Busy { .. }
                | Self::Full { .. }
                | Self::ReadOnly { .. }
                | Self::Served { .. }
        )
    }

    /// Whether every other write would fail in the same way now.
    pub const fn is_outage(&self) -> bool {
        matches!(self, Self::Overtaken { .. }) || self.is_transient()
    }

    /// Whether it is what was to be written that cannot be, whatever the database's condition.
    pub const fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::TooMuch { .. } | Self::Nul { .. } | Self::Conflict(_)
        )
    }
}

/// The code that the database gave, if it was the database that spoke.
fn code_of(error: &sqlx::Error) -> Option<String> {
    Some(error.as_database_error()?.code()?.into_owned())
}

/// What was seen of a server that does not answer, in few words.
fn why(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Io(error) => error.to_string(),
        sqlx::Error::PoolTimedOut => "no connection could be had in time".to_owned(),
        sqlx::Error::Database(error) => error.message().to_owned(),
        other => other.to_string(),
    }
}
