//! From files to a catalog.

use std::sync::Arc;

use crate::catalog::{Catalog, SourceFile};
use crate::codes::{self, Code};
use crate::finding::{Finding, Place};
use crate::formats::{self, Format};
use crate::openslo::{self, Found};
use crate::scope::{Findings, Scope};
use crate::source::{Extent, Text};
use crate::yaml::{self, Limits, Node, Parsed, Value};

/// Reads files into one catalog: references hold across files and documents, and one document that
/// cannot be understood does not keep the others from it.
pub fn read(files: &[SourceFile]) -> Catalog {
    read_within(files, &Limits::DEFAULT)
}

/// As [`read`], with other limits.
pub fn read_within(files: &[SourceFile], limits: &Limits) -> Catalog {
    let mut findings = Findings::new(files.len(), limits.findings_max);
    let texts: Vec<Text<'_>> = files
        .iter()
        .enumerate()
        .filter_map(|(index, file)| text(index, file, limits, &mut findings))
        .collect();
    let (mut catalog, findings) = catalog(&texts, limits, findings);
    catalog.findings = findings.into_iter().map(|(_, finding)| finding).collect();
    catalog
}

/// What texts define together, and what is wrong with them, each with the number of its text.
pub(crate) fn catalog(
    texts: &[Text<'_>],
    limits: &Limits,
    mut findings: Findings,
) -> (Catalog, Vec<(usize, Finding)>) {
    let parsed: Vec<Vec<Parsed<'_>>> = texts
        .iter()
        .map(|text| documents(text, limits, &mut findings))
        .collect();
    let mut catalog = Catalog::default();
    let mut found = Found::default();
    for (text, documents) in texts.iter().zip(&parsed) {
        let mut reader = Reader {
            text,
            limits,
            findings: &mut findings,
            catalog: &mut catalog,
        };
        reader.file(documents, &mut found);
    }
    openslo::resolve(&found, &mut findings, &mut catalog);
    (catalog, findings.finish(texts))
}

/// A file's text; what keeps it from being one is reported.
fn text<'f>(
    index: usize,
    file: &'f SourceFile,
    limits: &Limits,
    findings: &mut Findings,
) -> Option<Text<'f>> {
    let mut refuse = |code: &Code, at: usize, line: usize, message: String, help: &str| {
        let place = Place {
            file: Arc::clone(&file.name),
            line,
            column: line,
            bytes: (at, 0),
        };
        findings.put(
            index,
            Finding {
                code: code.id,
                severity: code.severity,
                place,
                message,
                help: Some(help.to_owned()),
                object: None,
            },
        );
    };
    if file.bytes.len() > limits.file_bytes_max {
        let message = format!(
            "the file has {} bytes; at most {} are read",
            file.bytes.len(),
            limits.file_bytes_max
        );
        refuse(
            &codes::FILE_TOO_LARGE,
            0,
            0,
            message,
            "split it, or leave it out",
        );
        return None;
    }
    match std::str::from_utf8(&file.bytes) {
        Ok(text) => Some(Text::new(index, Arc::clone(&file.name), text)),
        Err(error) => {
            let at = error.valid_up_to();
            let seen = file.bytes.get(..at).unwrap_or_default();
            let line = seen.iter().filter(|b| **b == b'\n').count() + 1;
            let message =
                format!("the file is not UTF-8: byte {at}, on line {line}, is no character");
            let help = "save it as UTF-8, or leave it out if it is no text";
            refuse(&codes::FILE_NOT_UTF8, at, 0, message, help);
            None
        }
    }
}

/// The documents of a text.
fn documents<'t>(text: &Text<'t>, limits: &Limits, findings: &mut Findings) -> Vec<Parsed<'t>> {
    let mut scope = Scope::new(text, findings);
    if let Some(problem) = yaml::control_character(text.as_str()) {
        let help = problem.help.unwrap_or_default();
        scope.report(problem.code, problem.extent, problem.message, help);
        return Vec::new();
    }
    let parsed = yaml::documents(text.as_str(), limits);
    let is_empty = |p: &Parsed<'_>| p.root.as_ref().is_some_and(Node::is_null);
    if parsed.iter().all(is_empty) {
        let help = "take it away, or write a document";
        let message = "the file holds no document";
        scope.report(&codes::FILE_EMPTY, Extent::default(), message, help);
    }
    parsed
}

struct Reader<'r, 'a> {
    text: &'a Text<'a>,
    limits: &'r Limits,
    findings: &'r mut Findings,
    catalog: &'r mut Catalog,
}

impl<'a> Reader<'_, 'a> {
    fn file(&mut self, documents: &'a [Parsed<'a>], found: &mut Found<'a>) {
        for document in documents {
            let is_ours = document
                .root
                .as_ref()
                .is_some_and(|root| self.root(root, found));
            for problem in &document.problems {
                // What other formats do with keys is theirs.
                if is_ours || problem.is_fatal() {
                    let mut scope = Scope::new(self.text, self.findings);
                    let help = problem.help.clone().unwrap_or_default();
                    scope.report(problem.code, problem.extent, problem.message.clone(), help);
                }
            }
            if document.root.is_none() && !document.problems.is_empty() {
                self.catalog.documents += 1;
            }
        }
    }

    /// Reads a document, or the documents of a list; whether any was of a format that is read.
    fn root(&mut self, root: &'a Node<'a>, found: &mut Found<'a>) -> bool {
        match &root.value {
            Value::Scalar(_) if root.is_null() => false,
            Value::List(items) if !items.iter().any(is_mapping) => self.no_mapping(root),
            Value::List(items) => items.iter().fold(false, |is_ours, item| {
                let is_this = if is_mapping(item) {
                    self.document(item, found)
                } else {
                    self.no_mapping(item)
                };
                is_ours || is_this
            }),
            Value::Map(_) => self.document(root, found),
            Value::Scalar(_) => self.no_mapping(root),
        }
    }

    fn no_mapping(&mut self, node: &Node<'_>) -> bool {
        self.catalog.documents += 1;
        let message = format!("a document is a mapping, but this is {}", node.what());
        let help = "an OpenSLO document begins with `apiVersion: openslo/v1`";
        let end = node.extent.end.min(node.extent.start + 1);
        let place = Extent::new(node.extent.start, end);
        let mut scope = Scope::new(self.text, self.findings);
        scope.report(&codes::YAML_NOT_A_MAPPING, place, message, help);
        false
    }

    fn document(&mut self, root: &'a Node<'a>, found: &mut Found<'a>) -> bool {
        self.catalog.documents += 1;
        let length = root.extent.end.saturating_sub(root.extent.start);
        if length > self.limits.document_bytes_max {
            let message = format!(
                "the document has {length} bytes; at most {} are read",
                self.limits.document_bytes_max
            );
            let place = Extent::at(root.extent.start);
            let mut scope = Scope::new(self.text, self.findings);
            scope.report(&codes::FILE_TOO_LARGE, place, message, "split it");
            return false;
        }
        match formats::of(root) {
            Format::OpenSlo => {
                let object = openslo::inspect(self.text, root, self.findings);
                if object.as_ref().is_none_or(|o| !o.is_well_named()) {
                    found.mean(root);
                }
                found.objects.extend(object);
                true
            }
            Format::NotYet(name) => {
                formats::report_not_yet(&mut Scope::new(self.text, self.findings), root, name);
                false
            }
            Format::Misspelt(message, help) => {
                let mut scope = Scope::new(self.text, self.findings);
                formats::report_misspelt(&mut scope, root, message, help);
                found.mean(root);
                false
            }
            Format::Other => {
                self.catalog.passed_over += 1;
                false
            }
        }
    }
}

fn is_mapping(node: &Node<'_>) -> bool {
    matches!(node.value, Value::Map(_))
}
