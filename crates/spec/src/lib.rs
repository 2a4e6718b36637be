#![doc = include_str!("../README.md")]

mod catalog;
mod finding;
pub mod promql;

pub use catalog::{Catalog, DataSource, Defined, Service, SourceFile, read};
pub use finding::{Finding, Place, Severity};
