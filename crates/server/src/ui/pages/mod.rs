//! The pages, one module each: `page(&view, &context) -> Markup`.

pub mod error;
pub mod findings;
pub mod minutes;
pub mod overview;
pub mod service;
pub mod slo;
pub mod team;
