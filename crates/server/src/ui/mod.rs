//! The pages: views in, markup out.
//!
//! Nothing here reads a clock, a file or a database; the [`Context`] says who looks, when and from
//! where. So every page can be drawn from the [`samples`], in a test, in both languages.

pub mod chart;
pub mod context;
mod i18n;
mod layout;
pub mod pages;
mod parts;
pub mod samples;
pub mod series;
pub mod view;

pub(crate) use context::LANGUAGE;
pub use context::{Context, Theme};
pub use i18n::{Language, format, times};

/// What a page's `Content-Security-Policy` says: its own files and nothing else, nothing inline.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; \
     style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";
