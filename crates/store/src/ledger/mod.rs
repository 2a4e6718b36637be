//! The ledger: what is held of minutes, and how it changes.
//!
//! A write appends to the tail; now and then the tail is folded into blocks. `reading` reads rows,
//! `packed` and `batch` are the bytes within them.

pub(crate) mod batch;
mod fold;
pub(crate) mod forget;
pub(crate) mod ids;
pub(crate) mod judged;
pub(crate) mod keep;
pub(crate) mod known;
pub(crate) mod packed;
pub(crate) mod reading;
pub(crate) mod reopen;
pub(crate) mod retain;
pub(crate) mod tail;
