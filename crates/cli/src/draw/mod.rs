//! Reports as text for people: tables, bars, sparklines, numbers.

mod bar;
mod compare;
mod documents;
mod explain;
mod findings;
mod moment;
mod number;
mod remarks;
mod screen;
mod status;
mod table;

pub(crate) use compare::comparison;
pub(crate) use documents::{changes, documents};
pub(crate) use explain::explanations;
pub(crate) use findings::{codes, findings};
pub(crate) use number::{amount, counted};
pub(crate) use screen::{Screen, harmless};
pub(crate) use status::status;
