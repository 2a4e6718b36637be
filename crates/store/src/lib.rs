#![doc = include_str!("../README.md")]

mod batch;
mod error;
mod fold;
mod ids;
mod meta;
mod open;
mod packed;
mod reading;
mod sql;
mod store;
mod tail;

pub use error::StoreError;
pub use open::DATABASE;
pub use store::{Known, Store};
