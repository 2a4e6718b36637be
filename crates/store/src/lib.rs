#![doc = include_str!("../README.md")]

mod backup;
mod db;
mod error;
#[cfg(any(test, feature = "faults"))]
pub mod faults;
mod group;
mod journal;
mod ledger;
mod meta;
mod place;
mod push;
mod restore;
mod schema;
mod sizes;
mod store;

pub use db::sqlite::DATABASE;
pub use error::{Conflict, StoreError};
pub use group::{AskedGroups, KeptGroups, SeenGroup};
pub use journal::{Draft, Entry, JOURNAL_PAGE_MAX, Op};
pub use ledger::judged::Judged;
pub use ledger::known::Known;
pub use ledger::retain::Retained;
pub use place::{Place, Target};
pub use push::{Batch, PUSHES_REMEMBERED_MS, Pushed, PushedAll};
pub use restore::restore;
pub use sizes::Sizes;
pub use store::{Store, UPKEEP_STEP_MS};
