#![doc = include_str!("../README.md")]

mod catalog;
pub mod codes;
mod document;
mod finding;
mod formats;
mod near;
mod openslo;
pub mod promql;
mod read;
pub mod report;
mod schema;
mod scope;
mod source;
mod yaml;

pub use catalog::{Catalog, DataSource, Defined, Service, SourceFile};
pub use document::{Document, Identity, Split, read_documents, split};
pub use finding::{Finding, Place, Severity};
pub use near::nearest;
pub use openslo::annotations::page as annotations_page;
pub use read::{read, read_within};
pub use schema::schema;
pub use yaml::Limits;
