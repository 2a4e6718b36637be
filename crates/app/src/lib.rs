#![doc = include_str!("../README.md")]

mod beside;
pub mod detail;
pub mod documents;
mod error;
pub mod explain;
mod failure;
pub mod findings;
mod groups;
pub mod instant;
pub mod live;
pub mod peers;
pub mod push;
mod reading;
pub mod refresh;
pub mod register;
pub mod select;
pub mod servers;
pub mod source;
mod span;
pub mod status;
pub mod world;

pub use beside::beside;
pub use error::AppError;
pub use groups::{GROUPS_MAX, GroupLedger, ledgers as group_ledgers};
