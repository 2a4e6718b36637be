//! Documents one by one, each with its own text: what a journal keeps, and what is read from there.

mod references;
mod split;

use std::sync::Arc;

use serde_json::Value;

use crate::catalog::Catalog;
use crate::finding::Finding;
use crate::identity::Identity;
use crate::read;
use crate::scope::Findings;
use crate::source::Text;
use crate::yaml::{self, Limits, json};

pub(crate) use split::identity;
pub use split::{Split, split};

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
            [one] => one.root.as_ref().map(json::of),
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
            references::of(&value, &mut found);
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
    let findings = Findings::new(limits.findings_max);
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
