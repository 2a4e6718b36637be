//! Why documents are not taken.

use tomoni_spec::{Finding, Identity};
use tomoni_store::StoreError;

use super::{APPLIED_MAX, DOCUMENTS_MAX};
use crate::documents::FILE_BYTES_MAX;

/// Why documents are not taken. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The documents are wrong, or would make wrong what is in force.
    #[error("{}; nothing was changed", refused(.0))]
    Refused(Vec<Finding>),
    /// Something is no document that can be applied.
    #[error("{0}")]
    NotADocument(String),
    /// A document is there twice.
    #[error("{0} is there twice: kind and name together are an object's identity")]
    Twice(Identity),
    /// A file of a watched folder manages it.
    #[error(
        "{identity} is managed by the file {file}: change it there. What the folder says counts, and \
         would undo this"
    )]
    Managed {
        /// The object.
        identity: Identity,
        /// The file.
        file: String,
    },
    /// It was changed since it was looked at.
    #[error(
        "{identity} has version {found}, not {expected}: {actor} changed it meanwhile. Look at it \
         again, and apply what you mean with its version"
    )]
    Conflict {
        /// The object.
        identity: Identity,
        /// The version that was expected; 0 for none.
        expected: i64,
        /// The version that there is; 0 for none.
        found: i64,
        /// Who made that.
        actor: String,
    },
    /// There is no such object.
    #[error("there is no {kind} `{name}`{guess}")]
    Unknown {
        /// The kind.
        kind: String,
        /// The name.
        name: String,
        /// A name that is nearly the same, as a question; may be empty.
        guess: String,
    },
    /// More documents than are taken.
    #[error(
        "{count} documents are too many: at most {APPLIED_MAX} at once, and {DOCUMENTS_MAX} in all"
    )]
    TooMany {
        /// How many there are.
        count: usize,
    },
    /// The text is longer than is read.
    #[error("the text has {bytes} bytes; at most {FILE_BYTES_MAX} are read: apply it in parts")]
    TooLarge {
        /// How many it has.
        bytes: usize,
    },
    /// The journal could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn refused(findings: &[Finding]) -> String {
    let first = findings.first().map_or_else(String::new, |finding| {
        let place = &finding.place;
        format!(": {}:{}: {}", place.file, place.line, finding.message)
    });
    match findings.len() {
        1 => format!("a document is wrong{first}"),
        count => format!("{count} things are wrong; the first{first}"),
    }
}

impl RegisterError {
    /// A stable code, such as `documents/conflict`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused(_) => "documents/refused",
            Self::NotADocument(_) | Self::Twice(_) => "documents/not-a-document",
            Self::Managed { .. } => "documents/managed",
            Self::Conflict { .. } => "documents/conflict",
            Self::Unknown { .. } => "documents/unknown",
            Self::TooMany { .. } | Self::TooLarge { .. } => "documents/too-large",
            Self::Store(_) => "documents/store",
        }
    }
}
