//! Documents one by one, each with its own text: what a journal keeps, and what is read from there.

mod split;
pub(crate) mod value;

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::catalog::Catalog;
use crate::finding::Finding;
use crate::openslo::table;
use crate::read;
use crate::scope::Findings;
use crate::source::Text;
use crate::yaml::{self, Limits};
use crate::{pyrra, sloth};

pub(crate) use split::identity;
pub use split::{Split, split};

/// What an object is called: its kind and name together are its identity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    kind: &'static str,
    name: String,
}

impl Identity {
    /// The identity of an object of one of the kinds that are read; `None` for other kinds, and for
    /// what is no name.
    pub fn new(kind: &str, name: &str) -> Option<Self> {
        let kind = table::kind_names()
            .chain(sloth::KINDS)
            .chain([pyrra::KIND])
            .find(|known| *known == kind)?;
        crate::shape::scalar::is_name(name).then(|| Self {
            kind,
            name: name.to_owned(),
        })
    }

    /// The kind, such as `SLO`.
    pub const fn kind(&self) -> &'static str {
        self.kind
    }

    /// The name: of OpenSLO `metadata.name`; of Sloth's and Pyrra's documents the namespace and
    /// the name, or the service and the first SLO, and of catalogues of windows the period, as RFC 1123
    /// labels.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.name)
    }
}

/// A document as somebody wrote it, comments included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What it defines; `None` where that cannot be told, or it is some other YAML.
    pub identity: Option<Identity>,
    /// The name of the file it stands in.
    pub file: Arc<str>,
    /// The line of the file at which its text begins, from 1.
    pub line: usize,
    /// Its text: YAML, or JSON, which is YAML.
    pub text: String,
}

impl Document {
    /// What it says, comments and layout aside; `None` where it is not YAML.
    pub fn value(&self) -> Option<Value> {
        if yaml::control_character(&self.text).is_some() {
            return None;
        }
        let parsed = yaml::documents(&self.text, &Limits::DEFAULT);
        match parsed.as_slice() {
            [one] => one.root.as_ref().map(value::of),
            _ => None,
        }
    }

    /// The name that the object had before (`tomoni.dev/renamed-from`).
    pub fn renamed_from(&self) -> Option<String> {
        let value = self.value()?;
        let old = value.pointer("/metadata/annotations/tomoni.dev~1renamed-from")?;
        old.as_str().map(ToOwned::to_owned)
    }

    /// The objects that it refers to.
    pub fn references(&self) -> Vec<Identity> {
        let mut found = Vec::new();
        if let Some(value) = self.value() {
            value::references(&value, &mut found);
        }
        found.sort();
        found.dedup();
        found
    }
}

/// Reads documents into one catalog, as [`read`](crate::read()) reads files, and gives what is wrong
/// or unwise with each of them, in their order. Places have the lines of the files; their bytes count
/// from the beginning of the document's own text. `findings` of the catalog stay empty.
pub fn read_documents(documents: &[Document]) -> (Catalog, Vec<Vec<Finding>>) {
    let limits = Limits::DEFAULT;
    let findings = Findings::new(documents.len(), limits.findings_max);
    let texts: Vec<Text<'_>> = documents
        .iter()
        .enumerate()
        .map(|(index, d)| Text::new(index, Arc::clone(&d.file), &d.text).at_line(d.line))
        .collect();
    let (catalog, findings) = read::catalog(&texts, &limits, findings);
    let mut of_each = vec![Vec::new(); documents.len()];
    for (index, finding) in findings {
        if let Some(list) = of_each.get_mut(index) {
            list.push(finding);
        }
    }
    (catalog, of_each)
}

#[cfg(test)]
mod tests;
