#![doc = include_str!("../README.md")]

mod catalog;
pub mod codes;
mod definition;
mod document;
mod finding;
mod formats;
mod identity;
mod kubernetes;
mod lower;
mod near;
mod openslo;
pub mod print;
pub mod prometheus;
pub mod promql;
pub mod pyrra;
mod read;
pub mod report;
pub mod rules;
mod schema;
mod scope;
mod shape;
pub mod sloth;
mod source;
mod unwise;
mod yaml;

pub use catalog::{Catalog, SourceFile};
pub use definition::{DataSource, Defined, Service};
pub use document::{Document, Split, read_documents, split};
pub use finding::{Finding, Place, Severity};
pub use identity::Identity;
pub use kubernetes::Metadata;
pub use near::nearest;
pub use openslo::annotations::page as annotations_page;
pub use read::{read, read_within};
pub use schema::schema;
pub use yaml::Limits;
