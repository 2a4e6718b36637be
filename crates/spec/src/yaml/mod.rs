//! YAML as trees whose every part knows its place.
//!
//! The grammar belongs to `saphyr-parser`. It is asked event by event, so that nesting, size and
//! what aliases would blow up are bounded while reading, not after. A mistake ends its document
//! only: reading goes on at the next `---`.

mod build;
pub(crate) mod json;
mod node;
mod syntax;
mod within;

use crate::codes::{self, Code};
use crate::source::Extent;

pub(crate) use build::documents;
pub(crate) use node::{Entry, Kind, Node, Scalar, Style, Value, shortened};
pub(crate) use syntax::control_character;
pub(crate) use within::{extent_within, word_within};

/// How much is read of what comes from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest file, in bytes.
    pub file_bytes_max: usize,
    /// The longest document in a file, in bytes.
    pub document_bytes_max: usize,
    /// How deep lists and mappings may nest.
    pub nesting_max: usize,
    /// How many values a file may have, with those that its aliases repeat.
    pub values_max: usize,
    /// How many findings are told about one file; the rest is left out, and that is said.
    pub findings_max: usize,
}

impl Limits {
    /// The limits that [`read`](crate::read) keeps.
    pub const DEFAULT: Self = Self {
        file_bytes_max: 8 * 1024 * 1024,
        document_bytes_max: 1024 * 1024,
        nesting_max: 32,
        values_max: 500_000,
        findings_max: 100,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// A document, as far as it could be read.
#[derive(Clone, Debug)]
pub(crate) struct Parsed<'a> {
    /// Its content; `None` where it is not YAML.
    pub(crate) root: Option<Node<'a>>,
    /// What is wrong with it as YAML.
    pub(crate) problems: Vec<Problem>,
}

/// Something that is wrong with a document as YAML.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    /// Its code.
    pub(crate) code: &'static Code,
    /// Its place.
    pub(crate) extent: Extent,
    /// What is wrong.
    pub(crate) message: String,
    /// What to write instead.
    pub(crate) help: Option<String>,
}

impl Problem {
    fn new(code: &'static Code, extent: Extent, message: impl Into<String>) -> Self {
        Self {
            code,
            extent,
            message: message.into(),
            help: None,
        }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whether the document cannot be used at all, of whatever format it is.
    pub(crate) fn is_fatal(&self) -> bool {
        self.code.id != codes::YAML_DUPLICATE_KEY.id && self.code.id != codes::YAML_KEY.id
    }
}

#[cfg(test)]
mod tests;
