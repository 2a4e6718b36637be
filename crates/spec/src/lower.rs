//! Documents of other formats as OpenSLO v1 documents.
//!
//! The trees that are made here hold the scalars of the original with their places, so that whatever
//! is found later is told where somebody wrote it. They go the way of every OpenSLO document: nothing
//! is read or resolved a second time.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use crate::openslo::API_VERSION;
use crate::openslo::table::DESCRIPTION_CHARS_MAX;
use crate::scope::Findings;
use crate::source::{Extent, Text};
use crate::yaml::{Entry, Node, Scalar, Style, Value};

/// The most characters of a name.
const NAME_CHARS_MAX: usize = 63;
/// The characters of the hash that a name ends with that would be too long.
const HASH_CHARS: usize = 8;

/// How much of a document is carried over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carry {
    /// What figures, owners and alerts come from.
    Meaning,
    /// Everything: the document can be made again from what comes out.
    All,
}

/// A document that was made of another.
#[derive(Debug)]
pub(crate) struct Lowered<'a> {
    /// The text in which the other stands.
    pub(crate) text: &'a Text<'a>,
    /// The document.
    pub(crate) root: Node<'a>,
    /// Whether its format names services without defining them.
    pub(crate) implies_service: bool,
}

/// Lowers a document of another format; what is wrong with it is reported.
pub(crate) type Reader = for<'a> fn(&Text<'_>, &Node<'a>, Carry, &mut Findings) -> Vec<Node<'a>>;

/// A text as an RFC 1123 label: small letters, `-` for what cannot stand in one; where it would be
/// too long, its end gives way to a hash of the whole.
pub(crate) fn name(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for c in text.chars() {
        let c = c.to_ascii_lowercase();
        name.push(if c.is_ascii_alphanumeric() { c } else { '-' });
    }
    let trimmed = name.trim_matches('-');
    if trimmed.len() <= NAME_CHARS_MAX && !trimmed.is_empty() {
        return trimmed.to_owned();
    }
    let hash: String = Sha256::digest(text)
        .iter()
        .take(HASH_CHARS / 2)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let head: String = trimmed
        .chars()
        .take(NAME_CHARS_MAX - HASH_CHARS - 1)
        .collect();
    format!("{head}-{hash}").trim_matches('-').to_owned()
}

/// An entry of a mapping that stands for something at a place.
pub(crate) fn entry<'a>(key: impl Into<Cow<'a, str>>, node: Node<'a>) -> Entry<'a> {
    Entry {
        key: key.into(),
        key_extent: node.extent,
        node,
    }
}

/// A mapping.
pub(crate) fn map<'a>(at: Extent, entries: Vec<Entry<'a>>) -> Node<'a> {
    Node {
        extent: at,
        value: Value::Map(entries),
    }
}

/// A list.
pub(crate) fn list<'a>(at: Extent, items: Vec<Node<'a>>) -> Node<'a> {
    Node {
        extent: at,
        value: Value::List(items),
    }
}

/// A text, whatever it looks like.
pub(crate) fn text<'a>(at: Extent, text: impl Into<Cow<'a, str>>) -> Node<'a> {
    scalar(at, text, Style::DoubleQuoted)
}

/// A number or truth value.
pub(crate) fn plain<'a>(at: Extent, text: impl Into<Cow<'a, str>>) -> Node<'a> {
    scalar(at, text, Style::Plain)
}

fn scalar<'a>(at: Extent, text: impl Into<Cow<'a, str>>, style: Style) -> Node<'a> {
    let scalar = Scalar {
        text: text.into(),
        style,
        tag: None,
    };
    Node {
        extent: at,
        value: Value::Scalar(scalar),
    }
}

/// A value that is taken for a text, as a text.
pub(crate) fn as_text<'a>(node: &Node<'a>) -> Node<'a> {
    let mut node = node.clone();
    if let Value::Scalar(scalar) = &mut node.value
        && scalar.style == Style::Plain
        && !matches!(scalar.kind(), crate::yaml::Kind::Text)
    {
        scalar.style = Style::DoubleQuoted;
    }
    node
}

/// A description, cut where it is longer than OpenSLO allows.
pub(crate) fn description<'a>(node: &Node<'a>) -> Node<'a> {
    match cut(node.word().unwrap_or_default()) {
        Cow::Borrowed(_) => as_text(node),
        Cow::Owned(cut) => text(node.extent, cut),
    }
}

/// A text as a description, cut where it is longer than OpenSLO allows.
pub(crate) fn cut(words: &str) -> Cow<'_, str> {
    if words.chars().count() <= DESCRIPTION_CHARS_MAX {
        return words.into();
    }
    let mut cut: String = words.chars().take(DESCRIPTION_CHARS_MAX - 1).collect();
    cut.push('…');
    cut.into()
}

/// A metric that the configured server is asked for.
pub(crate) fn metric(query: Node<'_>) -> Node<'_> {
    let at = query.extent;
    let spec = map(at, vec![entry("query", query)]);
    let source = vec![entry("type", text(at, "Prometheus")), entry("spec", spec)];
    map(at, vec![entry("metricSource", map(at, source))])
}

/// The same metric, each of whose series is judged.
pub(crate) fn with_each_series(mut metric: Node<'_>) -> Node<'_> {
    let at = metric.extent;
    let source = child(&mut metric, "metricSource");
    let spec = source.and_then(|source| child(source, "spec"));
    if let Some(Value::Map(entries)) = spec.map(|spec| &mut spec.value) {
        entries.push(entry("series", text(at, "each")));
    }
    metric
}

fn child<'n, 'a>(node: &'n mut Node<'a>, key: &str) -> Option<&'n mut Node<'a>> {
    match &mut node.value {
        Value::Map(entries) => {
            let found = entries.iter_mut().find(|e| e.key == key);
            found.map(|e| &mut e.node)
        }
        Value::Scalar(_) | Value::List(_) => None,
    }
}

/// Puts an annotation on a document.
pub(crate) fn annotate(document: &mut Node<'_>, key: &'static str, value: String) {
    let at = document.extent;
    let annotation = entry(key, text(at, value));
    let Some(metadata) = child(document, "metadata") else {
        return;
    };
    match child(metadata, "annotations").map(|node| &mut node.value) {
        Some(Value::Map(entries)) => entries.push(annotation),
        _ => {
            if let Value::Map(entries) = &mut metadata.value {
                entries.push(entry("annotations", map(at, vec![annotation])));
            }
        }
    }
}

/// A rolling window.
pub(crate) fn rolling<'a>(at: Extent, duration: Node<'a>) -> Node<'a> {
    let fields = vec![
        entry("duration", duration),
        entry("isRolling", plain(at, "true")),
    ];
    map(at, fields)
}

/// What an SLO is made of.
pub(crate) struct Parts<'a> {
    /// Where it stands: its name.
    pub(crate) at: Extent,
    /// Its name, an RFC 1123 label.
    pub(crate) name: String,
    /// What people call it, where that is something else.
    pub(crate) display_name: Option<Node<'a>>,
    pub(crate) labels: Vec<Entry<'a>>,
    pub(crate) annotations: Vec<Entry<'a>>,
    pub(crate) description: Option<Node<'a>>,
    pub(crate) service: Node<'a>,
    /// The indicator's spec.
    pub(crate) indicator: Node<'a>,
    pub(crate) window: Node<'a>,
    pub(crate) method: Node<'a>,
    pub(crate) objectives: Vec<Node<'a>>,
}

impl<'a> Parts<'a> {
    /// The SLO's document.
    pub(crate) fn document(self) -> Node<'a> {
        let at = self.at;
        let mut metadata = vec![entry("name", text(at, self.name.clone()))];
        metadata.extend(self.display_name.map(|node| entry("displayName", node)));
        for (key, entries) in [("labels", self.labels), ("annotations", self.annotations)] {
            if !entries.is_empty() {
                metadata.push(entry(key, map(at, entries)));
            }
        }
        let named = map(at, vec![entry("name", text(at, self.name))]);
        let indicator = vec![entry("metadata", named), entry("spec", self.indicator)];
        let mut spec: Vec<Entry<'a>> = Vec::new();
        spec.extend(self.description.map(|node| entry("description", node)));
        spec.push(entry("service", self.service));
        spec.push(entry("indicator", map(at, indicator)));
        spec.push(entry("timeWindow", list(at, vec![self.window])));
        spec.push(entry("budgetingMethod", self.method));
        spec.push(entry("objectives", list(at, self.objectives)));
        let document = vec![
            entry("apiVersion", text(at, API_VERSION)),
            entry("kind", text(at, "SLO")),
            entry("metadata", map(at, metadata)),
            entry("spec", map(at, spec)),
        ];
        map(at, document)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::shape::scalar::is_name;
    use crate::yaml::json;
    use crate::yaml::{Limits, documents};
    use crate::{SourceFile, read};

    /// What a document is as OpenSLO v1, as JSON texts.
    pub(crate) fn lowered(document: &str, carry: Carry, read: Reader) -> Vec<String> {
        let parsed = documents(document, &Limits::DEFAULT);
        let text = Text::new(0, "a.yaml".into(), document);
        let mut findings = Findings::new(100);
        let roots = read(
            &text,
            parsed[0].root.as_ref().unwrap(),
            carry,
            &mut findings,
        );
        roots
            .iter()
            .map(|node| json::of(node).to_string())
            .collect()
    }

    /// Holds that a document is OpenSLO v1 without a finding, and says the same.
    pub(crate) fn hold(document: &str, reader: Reader) {
        let catalog = |text: &str| {
            read(&[SourceFile {
                name: "a.yaml".into(),
                bytes: text.as_bytes().to_vec(),
            }])
        };
        let before = catalog(document);
        for carry in [Carry::Meaning, Carry::All] {
            let mut documents = lowered(document, carry, reader);
            for slo in &before.slos {
                let service = &slo.value.service;
                documents.push(format!(
                    "{{apiVersion: openslo/v1, kind: Service, metadata: {{name: {service}}}}}"
                ));
            }
            let after = catalog(&documents.join("\n---\n"));
            assert_eq!(after.findings, [], "{carry:?}");
            let values = |catalog: &crate::Catalog| -> Vec<tomoni_slo::Slo> {
                catalog.slos.iter().map(|slo| slo.value.clone()).collect()
            };
            assert_eq!(values(&after), values(&before), "{carry:?}");
            assert!(!after.slos.is_empty());
        }
    }

    #[test]
    fn every_text_has_a_name() {
        assert_eq!(name("myservice-requests"), "myservice-requests");
        assert_eq!(name("My_Service.v2-Requests"), "my-service-v2-requests");
        assert_eq!(name("-a-"), "a");
        let long = "x".repeat(70);
        let other = format!("{}y", &long[..69]);
        assert_ne!(name(&long), name(&other));
        for text in ["", "---", "日本", &long, &"-".repeat(100)] {
            assert!(is_name(&name(text)), "{text}: {}", name(text));
        }
    }
}
