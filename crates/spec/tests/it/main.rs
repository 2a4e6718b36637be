//! What the crate makes of documents, as its users see it.
#![expect(clippy::unwrap_used, reason = "a test whose helper fails has failed")]

mod alpha;
mod codes;
mod convert;
mod fixtures;
mod generated;
mod guides;
mod hostile;
mod lab;
mod meaning;
mod pyrra;
mod reports;
mod rules;
mod sloth;
mod support;
