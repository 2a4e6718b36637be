//! What a server says of documents.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What was changed, or would be.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Applied {
    pub(crate) changes: Vec<Change>,
    pub(crate) consequences: Vec<Consequence>,
    pub(crate) warnings: Vec<String>,
    pub(crate) is_applied: bool,
}

/// What happens to one document.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Change {
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) change: String,
    pub(crate) version: i64,
    pub(crate) managed_by: Option<String>,
    pub(crate) fields: Vec<Field>,
}

/// A field that changes.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Field {
    pub(crate) path: String,
    pub(crate) old: Value,
    pub(crate) new: Value,
}

/// What that means for an SLO's figures.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Consequence {
    pub(crate) slo: String,
    pub(crate) objective: Option<usize>,
    pub(crate) effect: String,
    pub(crate) message: String,
}

impl Change {
    /// Whether nothing happens to it.
    pub(crate) fn is_nothing(&self) -> bool {
        self.change == "unchanged"
    }
}

/// The documents that a server holds.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Documents {
    pub(crate) documents: Vec<Document>,
}

/// A document that a server holds.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Document {
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) uid: String,
    pub(crate) version: i64,
    pub(crate) origin: String,
    pub(crate) recorded: String,
    pub(crate) actor: String,
    pub(crate) text: String,
}

/// Documents as files.
#[derive(Debug, Deserialize)]
pub(crate) struct Export {
    pub(crate) files: Vec<ExportFile>,
}

/// One of them.
#[derive(Debug, Deserialize)]
pub(crate) struct ExportFile {
    pub(crate) name: String,
    pub(crate) text: String,
}
