//! Every code that a finding can have, with an example of each.

mod dialect;
mod page;
mod table;

use crate::finding::Severity;

pub(crate) use dialect::*;
pub use page::pages;
pub(crate) use table::*;
pub use table::{DUPLICATE, SLOTH_PLUGIN};

/// Documents without a finding, of which the examples are changes.
pub const EXAMPLE: &str = include_str!("example.yaml");
/// The same, of Sloth's format.
pub const EXAMPLE_SLOTH: &str = include_str!("example-sloth.yaml");

/// The same, of Pyrra's.
pub const EXAMPLE_PYRRA: &str = include_str!("example-pyrra.yaml");

/// The same, of a catalogue of alert windows.
pub const EXAMPLE_WINDOWS: &str = include_str!("example-windows.yaml");

/// A kind of finding.
#[derive(Debug)]
pub struct Code {
    /// Its name, such as `openslo/unknown-field`; it stays when the words around it change.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it says, as the heading of its chapter.
    pub title: &'static str,
    /// Why it is told, and what to do.
    pub why: &'static str,
    /// A text that has it, and one that has not.
    pub example: Example,
}

/// A text that has a finding, and one that has not.
#[derive(Clone, Copy, Debug)]
pub enum Example {
    /// A change of a part of [`EXAMPLE`].
    Change {
        /// The part as it stands there, once.
        right: &'static str,
        /// What makes the finding when it stands there instead.
        wrong: &'static str,
    },
    /// A change of a part of other documents without a finding.
    ChangeOf {
        /// The documents.
        documents: &'static str,
        /// The part as it stands there, once.
        right: &'static str,
        /// What makes the finding when it stands there instead.
        wrong: &'static str,
    },
    /// Whole files.
    Whole {
        /// A file without a finding.
        right: &'static str,
        /// One that has it.
        wrong: &'static str,
    },
    /// Something that cannot be shown on a page.
    Told,
}

impl Example {
    /// The file that has the finding, and the one that has not; `None` where they are only told.
    pub fn files(&self) -> Option<(String, String)> {
        match self {
            Self::Change { right, wrong } => {
                Some((EXAMPLE.replacen(right, wrong, 1), EXAMPLE.to_owned()))
            }
            Self::ChangeOf {
                documents,
                right,
                wrong,
            } => Some((documents.replacen(right, wrong, 1), (*documents).to_owned())),
            Self::Whole { right, wrong } => Some(((*wrong).to_owned(), (*right).to_owned())),
            Self::Told => None,
        }
    }
}

/// Every code, in the order of the pages that explain them.
pub static ALL: &[&Code] = TABLE;
