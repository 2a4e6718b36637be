//! What is wrong or unwise in documents, and where.

use std::sync::Arc;

/// Something that is wrong or unwise in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A stable code, such as `openslo/unknown-field`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Where it is.
    pub place: Place,
    /// What is wrong, starting in lower case.
    pub message: String,
    /// What to write or do instead.
    pub help: Option<String>,
    /// The object it is about, such as `SLO unlock-availability`, where one is known.
    pub object: Option<String>,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The document, or a part of it, cannot be used.
    Error,
    /// It is used, but somebody should look.
    Warning,
}

/// A place in a file. Lines and columns count from 1, columns in characters; 0 where none is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file's name as it was given.
    pub file: Arc<str>,
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
    /// The bytes of the file that are meant: offset and length.
    pub bytes: (usize, usize),
}

impl Severity {
    /// The severity's name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}
