//! What Kubernetes keeps about each of its objects, for formats that are such objects.

use std::collections::BTreeMap;

use crate::lower;
use crate::scope::Scope;
use crate::shape::scalar;
use crate::yaml::{Node, Value, shortened};

/// The most characters of an object's name.
const NAME_CHARS_MAX: usize = 253;

/// What an object is called, and the labels and annotations on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// `metadata.name`.
    pub name: String,
    /// `metadata.namespace`.
    pub namespace: Option<String>,
    /// `metadata.labels`.
    pub labels: BTreeMap<String, String>,
    /// `metadata.annotations`.
    pub annotations: BTreeMap<String, String>,
}

impl Metadata {
    /// Reads an object's metadata; what is no text is left out.
    pub(crate) fn read(node: Option<&Node<'_>>) -> Self {
        let text = |key: &str| node.and_then(|n| n.get(key)?.word());
        Self {
            name: text("name").unwrap_or_default().to_owned(),
            namespace: text("namespace").map(ToOwned::to_owned),
            labels: texts(node.and_then(|n| n.get("labels"))),
            annotations: texts(node.and_then(|n| n.get("annotations"))),
        }
    }

    /// The namespace and the name together, as an RFC 1123 label; `None` without a name.
    pub(crate) fn full_name(&self) -> Option<String> {
        if self.name.is_empty() {
            return None;
        }
        let name = match &self.namespace {
            Some(namespace) => format!("{namespace}-{}", self.name),
            None => self.name.clone(),
        };
        Some(lower::name(&name))
    }
}

/// The keys of a mapping with their texts; of a repeated key the first counts.
pub(crate) fn texts(node: Option<&Node<'_>>) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for entry in node.map_or(&[][..], Node::entries) {
        if let Some(word) = entry.node.word() {
            let key = entry.key.as_ref().to_owned();
            texts.entry(key).or_insert_with(|| word.to_owned());
        }
    }
    texts
}

/// Checks an object's metadata. Other fields than those that are read are Kubernetes' matter.
pub(crate) fn check(scope: &mut Scope<'_>, node: &Node<'_>, name: &str) {
    if !matches!(node.value, Value::Map(_)) {
        let message = format!("`{name}` is a mapping, but this is {}", node.what());
        scope.report(scope.dialect().wrong_type, node.extent, message, "");
        return;
    }
    for key in ["name", "namespace"] {
        if let Some(value) = node.get(key) {
            object_name(scope, value, key);
        }
    }
    if node.get("name").is_none() {
        let place = crate::shape::beginning(node);
        let message = "the object has no name";
        let help = "add `name: …` under `metadata`";
        scope.report(scope.dialect().missing_field, place, message, help);
    }
    for key in ["labels", "annotations"] {
        if let Some(value) = node.get(key) {
            text_map(scope, value, key);
        }
    }
}

fn object_name(scope: &mut Scope<'_>, node: &Node<'_>, field: &str) {
    let Some(text) = scalar::word(scope, node, field) else {
        return;
    };
    if text.len() <= NAME_CHARS_MAX && text.split('.').all(is_part) {
        return;
    }
    let message = format!("`{}` is no name of an object", shortened(text));
    let help = "a name has lower-case letters, digits, `-` and `.`, begins and ends with a letter \
                or digit, and is 253 long at most";
    scope.report(scope.dialect().name, node.extent, message, help);
}

fn is_part(part: &str) -> bool {
    let is_inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !part.is_empty() && part.bytes().all(is_inner) && !part.starts_with('-') && !part.ends_with('-')
}

fn text_map(scope: &mut Scope<'_>, node: &Node<'_>, name: &str) {
    if !matches!(node.value, Value::Map(_)) {
        let message = format!("`{name}` is a mapping, but this is {}", node.what());
        scope.report(scope.dialect().wrong_type, node.extent, message, "");
        return;
    }
    for entry in node.entries().iter().filter(|e| !e.node.is_null()) {
        scalar::text(scope, &entry.node, &entry.key);
    }
}
