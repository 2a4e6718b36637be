#![doc = include_str!("../README.md")]

pub mod detail;
pub mod documents;
mod error;
pub mod explain;
pub mod findings;
pub mod instant;
pub mod push;
pub mod refresh;
pub mod register;
pub mod select;
pub mod servers;
pub mod status;

pub use error::AppError;
