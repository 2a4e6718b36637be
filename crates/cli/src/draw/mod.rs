//! Reports as text for people: tables, bars, sparklines, numbers.

mod bar;
mod explain;
mod moment;
mod number;
mod screen;
mod status;
mod table;

pub(crate) use explain::explanations;
pub(crate) use number::amount;
pub(crate) use screen::{Screen, harmless};
pub(crate) use status::status;
