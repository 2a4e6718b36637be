//! What a folder's files say now, beside what is in force.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;
use tomoni_spec::{Document, Finding, Identity, Place, Severity, Split, split};

use super::DOCUMENTS_MAX;
use super::current::Current;
use super::settle::Set;
use crate::documents::{self, Files};

/// What was found under the watched paths.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Documents of all files, in order.
    pub(super) documents: Vec<Document>,
    /// What keeps files, or folders, from being read.
    pub(super) findings: Vec<Finding>,
    /// Files of which not all can be told.
    pub(super) broken: BTreeSet<Arc<str>>,
    /// How many bytes were read.
    pub(super) bytes: usize,
}

impl Found {
    /// What files say.
    pub fn of(files: Files) -> Self {
        let mut found = Self {
            findings: files.findings,
            ..Self::default()
        };
        let splits: Vec<Split> = files.files.par_iter().map(split).collect();
        for (file, split) in files.files.iter().zip(splits) {
            found.bytes += file.bytes.len();
            found.documents.extend(split.documents);
            found.findings.extend(split.findings);
            // A file without a byte is what a full disk or a program that died leaves behind.
            if !split.is_whole || file.bytes.is_empty() {
                found.broken.insert(Arc::clone(&file.name));
            }
        }
        found
    }

    /// Reads what is under these paths.
    pub fn read(paths: &[PathBuf]) -> Self {
        Self::of(documents::files(paths))
    }

    /// Whether a file, and what it defined, may still be there though it was not read: it, or a
    /// folder above it, cannot be.
    fn hides(&self, file: &str) -> bool {
        self.broken.contains(file) || self.findings.iter().any(|finding| covers(finding, file))
    }
}

/// Whether a finding says that a file was not read.
fn covers(finding: &Finding, file: &str) -> bool {
    // After this, nothing more was read, wherever it stands.
    if finding.code == "file/too-many" {
        return true;
    }
    let path = finding.place.file.trim_end_matches('/');
    let is_below = file
        .strip_prefix(path)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    is_below && (finding.severity == Severity::Error || finding.code == "file/none")
}

/// What is wanted in force, and what else is told.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// The documents that are wanted.
    pub(super) set: Set,
    /// Those of them that files say now.
    pub(super) read: BTreeSet<Identity>,
    /// Documents beside them: second ones of a name, and those that cannot be told.
    pub(super) beside: Vec<Document>,
    /// The first document for which there was no room.
    pub(super) too_many: Option<Document>,
    /// Documents that are held because what defined them cannot be told, by file.
    pub(super) hidden: BTreeMap<Arc<str>, usize>,
}

/// What is wanted in force: what files say, what people applied, and what hides where files cannot
/// be read. Without a folder (`None`) all that is in force.
pub(super) fn wanted(current: &Current, found: Option<&Found>) -> Wanted {
    let mut wanted = Wanted::default();
    let mut documents: Vec<&Document> =
        found.map_or_else(Vec::new, |f| f.documents.iter().collect());
    // Of two with one name the one counts that is in force already, else the first.
    documents.sort_by_key(|document| {
        let held = document.identity.as_ref().and_then(|i| current.get(i));
        let file = held.and_then(|held| held.origin.file());
        file != Some(&document.file)
    });
    for document in documents {
        match &document.identity {
            // What is in force already has its place.
            Some(identity)
                if wanted.set.len() >= DOCUMENTS_MAX && current.document(identity).is_none() =>
            {
                wanted.too_many.get_or_insert_with(|| document.clone());
            }
            Some(identity) if !wanted.set.contains_key(identity) => {
                wanted.set.insert(identity.clone(), document.clone());
                wanted.read.insert(identity.clone());
            }
            _ => wanted.beside.push(document.clone()),
        }
    }
    for (identity, held, document) in current.live() {
        if wanted.set.contains_key(identity) {
            continue;
        }
        let is_hidden = match (held.origin.file(), found) {
            (Some(file), Some(found)) if found.hides(file) => {
                *wanted.hidden.entry(Arc::clone(file)).or_default() += 1;
                true
            }
            (Some(_), Some(_)) => false,
            (_, None) | (None, _) => true,
        };
        if is_hidden {
            wanted.set.insert(identity.clone(), document.clone());
        }
    }
    wanted
}

/// A finding about a document as a whole.
pub(super) fn about(
    code: &'static str,
    document: &Document,
    message: String,
    help: &str,
) -> Finding {
    Finding {
        code,
        severity: Severity::Error,
        place: Place {
            file: Arc::clone(&document.file),
            line: document.line,
            column: 1,
            bytes: (0, 0),
        },
        message,
        help: Some(help.to_owned()),
        object: document.identity.as_ref().map(ToString::to_string),
    }
}
