#![doc = include_str!("../README.md")]

mod db;
mod error;
#[cfg(any(test, feature = "faults"))]
pub mod faults;
mod journal;
mod ledger;
mod meta;
mod place;
mod schema;
mod store;

pub use db::sqlite::DATABASE;
pub use error::{Conflict, StoreError};
pub use journal::{Draft, Entry, JOURNAL_PAGE_MAX, Op};
pub use ledger::known::Known;
pub use place::Place;
pub use store::Store;
