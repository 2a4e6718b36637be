//! What each verb does: parse, ask `app`, draw.

mod explain;
mod schema;
mod session;
mod status;
mod validate;

pub(crate) use explain::explain;
pub(crate) use schema::schema;
pub(crate) use status::status;
pub(crate) use validate::validate;
