//! What the crate makes of documents, as its users see it.

mod lab;
mod support;
