//! The schema's steps: the same tables twice, in the words of each database.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// What to do about a schema that is not the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Upkeep {
    /// Make it, or bring it up to date.
    Migrate,
    /// Refuse it: nothing is to be changed.
    Refuse,
}

/// A step: its number, its name, and its text for SQLite and for PostgreSQL.
type Step = (i64, &'static str, &'static str, &'static str);

/// In order; what was released is never changed.
const STEPS: [Step; 4] = [
    (
        1,
        "ledger",
        include_str!("../migrations/sqlite/0001_ledger.sql"),
        include_str!("../migrations/postgres/0001_ledger.sql"),
    ),
    (
        2,
        "journal",
        include_str!("../migrations/sqlite/0002_journal.sql"),
        include_str!("../migrations/postgres/0002_journal.sql"),
    ),
    (
        3,
        "groups",
        include_str!("../migrations/sqlite/0003_groups.sql"),
        include_str!("../migrations/postgres/0003_groups.sql"),
    ),
    (
        4,
        "judged",
        include_str!("../migrations/sqlite/0004_judged.sql"),
        include_str!("../migrations/postgres/0004_judged.sql"),
    ),
];

/// The schema that this version writes.
pub(crate) const NEWEST: i64 = STEPS.len() as i64;

pub(crate) fn for_sqlite() -> Migrator {
    migrator(|(_, _, sqlite, _)| sqlite)
}

pub(crate) fn for_postgres() -> Migrator {
    migrator(|(_, _, _, postgres)| postgres)
}

fn migrator(text: fn(Step) -> &'static str) -> Migrator {
    let steps = STEPS.map(|step| {
        let kind = MigrationType::Simple;
        let sql = text(step).into_sql_str();
        Migration::new(step.0, step.1.into(), kind, sql, false)
    });
    let mut migrator = Migrator::with_migrations(steps.into());
    // Whoever runs it has a lock of our own.
    migrator.set_locking(false);
    migrator
}
