//! What each verb does: parse, ask `app`, draw.

mod backup;
mod compare;
mod convert;
mod demo;
mod documents;
mod explain;
mod ledgers;
mod push;
mod rules;
mod schema;
mod serve;
mod serving;
mod session;
mod status;
mod upkeep;
mod validate;

pub(crate) use backup::{backup, restore};
pub(crate) use compare::compare;
pub(crate) use convert::convert;
pub(crate) use demo::demo;
pub(crate) use documents::{apply, delete, diff, export, get};
pub(crate) use explain::explain;
pub(crate) use ledgers::{forget, refill};
pub(crate) use push::push;
pub(crate) use rules::rules;
pub(crate) use schema::schema;
pub(crate) use serve::serve;
pub(crate) use status::status;
pub(crate) use validate::validate;
