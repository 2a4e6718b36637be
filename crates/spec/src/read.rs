//! From files to a catalog.

use std::sync::Arc;

use rayon::prelude::*;

use crate::alpha;
use crate::catalog::{Catalog, SourceFile};
use crate::codes::{self, Code};
use crate::definition::Defined;
use crate::document;
use crate::finding::{Finding, Place};
use crate::formats::{self, Format};
use crate::identity::Identity;
use crate::lower::{Carry, Lowered};
use crate::openslo::{self, Found, Object};
use crate::pyrra;
use crate::scope::{Findings, Scope};
use crate::sloth::{self, AlertWindows};
use crate::source::{Extent, Text};
use crate::yaml::{self, Limits, Node, Parsed, Problem, Value};

/// Reads files into one catalog: references hold across files and documents, and one document that
/// cannot be understood does not keep the others from it.
pub fn read(files: &[SourceFile]) -> Catalog {
    read_within(files, &Limits::DEFAULT)
}

/// As [`read`], with other limits.
pub fn read_within(files: &[SourceFile], limits: &Limits) -> Catalog {
    let mut findings = Findings::new(limits.findings_max);
    let texts = texts(files, limits, &mut findings);
    let (mut catalog, findings) = catalog(&texts, limits, findings);
    catalog.findings = findings.into_iter().map(|(_, finding)| finding).collect();
    catalog
}

/// The texts of files; what keeps a file from being one is reported.
pub(crate) fn texts<'f>(
    files: &'f [SourceFile],
    limits: &Limits,
    findings: &mut Findings,
) -> Vec<Text<'f>> {
    let files = files.iter().enumerate();
    files
        .filter_map(|(index, file)| text(index, file, limits, findings))
        .collect()
}

/// What texts define together, and what is wrong with them, each with the number of its text.
pub(crate) fn catalog(
    texts: &[Text<'_>],
    limits: &Limits,
    mut findings: Findings,
) -> (Catalog, Vec<(usize, Finding)>) {
    let parsed = documents(texts, limits, &mut findings);
    // Each text is by itself until all are known: all of the machine reads them.
    let parts = texts.par_iter().zip(&parsed).map(|(text, documents)| {
        let mut reader = Reader::new(text, limits, findings.part());
        reader.file(documents);
        reader
    });
    let parts: Vec<Reader<'_, '_>> = parts.collect();
    let mut catalog = Catalog::default();
    let mut found = Found::default();
    let mut lowered: Vec<Lowered<'_>> = Vec::new();
    for part in parts {
        findings.merge(part.findings);
        add(&mut catalog, part.catalog);
        for (windows, extent) in part.windows {
            add_windows(&mut catalog, windows, (part.text, extent), &mut findings);
        }
        found.extend(part.found);
        lowered.extend(part.lowered);
    }
    let inspected = lowered.par_iter().map(|document| {
        let mut own = findings.part();
        (openslo::inspect_lowered(document, &mut own), own)
    });
    let inspected: Vec<(Option<Object<'_>>, Findings)> = inspected.collect();
    for (object, own) in inspected {
        findings.merge(own);
        found.objects.extend(object);
    }
    found.sort();
    let resolved = openslo::resolve(&found, &mut findings);
    catalog.slos = resolved.slos;
    catalog.services = resolved.services;
    catalog.data_sources = resolved.data_sources;
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

/// The documents of texts. What keeps a text from having any is reported.
pub(crate) fn documents<'t>(
    texts: &'t [Text<'t>],
    limits: &Limits,
    findings: &mut Findings,
) -> Vec<Vec<Parsed<'t>>> {
    let parsed = |text: &'t Text<'t>| match yaml::control_character(text.as_str()) {
        Some(problem) => Err(problem),
        None => Ok(yaml::documents(text.as_str(), limits)),
    };
    // Most of the work of reading, and each text is by itself: all of the machine does it.
    let parsed: Vec<Result<Vec<Parsed<'_>>, Problem>> = texts.par_iter().map(parsed).collect();
    let each = texts.iter().zip(parsed);
    each.map(|(text, parsed)| documents_of(text, parsed, findings))
        .collect()
}

fn documents_of<'t>(
    text: &Text<'t>,
    parsed: Result<Vec<Parsed<'t>>, Problem>,
    findings: &mut Findings,
) -> Vec<Parsed<'t>> {
    let mut scope = Scope::new(text, findings);
    let parsed = match parsed {
        Ok(parsed) => parsed,
        Err(problem) => {
            let help = problem.help.unwrap_or_default();
            scope.report(problem.code, problem.extent, problem.message, help);
            return Vec::new();
        }
    };
    let is_empty = |p: &Parsed<'_>| p.root.as_ref().is_some_and(Node::is_null);
    if parsed.iter().all(is_empty) {
        let help = "take it away, or write a document";
        let message = "the file holds no document";
        scope.report(&codes::FILE_EMPTY, Extent::default(), message, help);
    }
    parsed
}

/// Adds what one text defines.
fn add(catalog: &mut Catalog, part: Catalog) {
    catalog.documents += part.documents;
    catalog.passed_over += part.passed_over;
    catalog.made_of.extend(part.made_of);
    catalog.alpha.extend(part.alpha);
    catalog.service_levels.extend(part.service_levels);
    catalog.objectives.extend(part.objectives);
}

/// Adds a catalogue of windows, of which there is one for a period.
fn add_windows(
    catalog: &mut Catalog,
    value: AlertWindows,
    (text, extent): (&Text<'_>, Extent),
    findings: &mut Findings,
) {
    let known = &mut catalog.alert_windows;
    let Some(first) = known.iter().find(|k| k.value.period_ms == value.period_ms) else {
        let place = text.place(extent);
        known.push(Defined { value, place });
        return;
    };
    let at = &first.place;
    let message = format!(
        "a second catalogue of windows for this period; the first is at {}:{}:{}",
        at.file, at.line, at.column
    );
    let help = "keep one of the two";
    Scope::new(text, findings).report(&codes::DUPLICATE, extent, message, help);
}

/// Reads the documents of a text.
struct Reader<'r, 'a> {
    text: &'a Text<'a>,
    limits: &'r Limits,
    findings: Findings,
    /// What they define by themselves.
    catalog: Catalog,
    found: Found<'a>,
    /// What documents of other formats are as OpenSLO v1.
    lowered: Vec<Lowered<'a>>,
    /// Catalogues of windows, each with where its period stands.
    windows: Vec<(AlertWindows, Extent)>,
}

impl<'r, 'a> Reader<'r, 'a> {
    fn new(text: &'a Text<'a>, limits: &'r Limits, findings: Findings) -> Self {
        Self {
            text,
            limits,
            findings,
            catalog: Catalog::default(),
            found: Found::default(),
            lowered: Vec::new(),
            windows: Vec::new(),
        }
    }

    fn file(&mut self, documents: &'a [Parsed<'a>]) {
        for document in documents {
            let is_ours = document.root.as_ref().is_some_and(|root| self.root(root));
            for problem in &document.problems {
                // What other formats do with keys is theirs.
                if is_ours || problem.is_fatal() {
                    let mut scope = Scope::new(self.text, &mut self.findings);
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
    fn root(&mut self, root: &'a Node<'a>) -> bool {
        match &root.value {
            Value::Scalar(_) if root.is_null() => false,
            Value::List(items) if !items.iter().any(is_mapping) => self.no_mapping(root),
            Value::List(items) => items.iter().fold(false, |is_ours, item| {
                let is_this = if is_mapping(item) {
                    self.document(item)
                } else {
                    self.no_mapping(item)
                };
                is_ours || is_this
            }),
            Value::Map(_) => self.document(root),
            Value::Scalar(_) => self.no_mapping(root),
        }
    }

    fn no_mapping(&mut self, node: &Node<'_>) -> bool {
        self.catalog.documents += 1;
        let message = format!("a document is a mapping, but this is {}", node.what());
        let help = "an OpenSLO document begins with `apiVersion: openslo/v1`";
        let end = node.extent.end.min(node.extent.start + 1);
        let place = Extent::new(node.extent.start, end);
        let mut scope = Scope::new(self.text, &mut self.findings);
        scope.report(&codes::YAML_NOT_A_MAPPING, place, message, help);
        false
    }

    fn document(&mut self, root: &'a Node<'a>) -> bool {
        self.catalog.documents += 1;
        let length = root.extent.end.saturating_sub(root.extent.start);
        if length > self.limits.document_bytes_max {
            let message = format!(
                "the document has {length} bytes; at most {} are read",
                self.limits.document_bytes_max
            );
            let place = Extent::at(root.extent.start);
            let mut scope = Scope::new(self.text, &mut self.findings);
            scope.report(&codes::FILE_TOO_LARGE, place, message, "split it");
            return false;
        }
        match formats::of(root) {
            Format::OpenSlo => {
                let object = openslo::inspect(self.text, root, &mut self.findings);
                if object.as_ref().is_none_or(|o| !o.is_well_named()) {
                    self.found.mean(root);
                }
                self.found.objects.extend(object);
                true
            }
            Format::Sloth => {
                self.sloth(root);
                true
            }
            Format::AlertWindows => {
                self.windows(root);
                true
            }
            Format::Pyrra => {
                self.pyrra(root);
                true
            }
            Format::OpenSloAlpha => {
                self.alpha(root);
                true
            }
            Format::NotYet(name) => {
                formats::report_not_yet(&mut Scope::new(self.text, &mut self.findings), root, name);
                false
            }
            Format::Misspelt(misspelt) => {
                misspelt.report(&mut Scope::new(self.text, &mut self.findings));
                self.found.mean(root);
                false
            }
            Format::Other => {
                self.catalog.passed_over += 1;
                false
            }
        }
    }
}

impl<'a> Reader<'_, 'a> {
    /// Takes what a document of another format is as OpenSLO v1.
    fn lower(
        &mut self,
        document: &Node<'_>,
        roots: impl IntoIterator<Item = Node<'a>>,
        implies_service: bool,
    ) {
        let (identity, _) = document::identity(document);
        for root in roots {
            let name = root.text_at(&["metadata", "name"]);
            if let Some((name, identity)) = name.zip(identity.as_ref())
                && Identity::new("SLO", name).is_some_and(|own| own != *identity)
            {
                let made_of = &mut self.catalog.made_of;
                made_of.insert(name.to_owned(), identity.clone());
            }
            self.lowered.push(Lowered {
                text: self.text,
                root,
                implies_service,
            });
        }
    }

    fn pyrra(&mut self, root: &'a Node<'a>) {
        let read = pyrra::read(self.text, root, Carry::Meaning, &mut self.findings);
        if let Some(read) = read {
            self.lower(root, read.lowered, true);
            self.catalog.objectives.push(Defined {
                value: read.model,
                place: self.text.place(read.extent),
            });
        }
    }

    fn alpha(&mut self, root: &'a Node<'a>) {
        let lowered = alpha::read(self.text, root, Carry::Meaning, &mut self.findings);
        if lowered.is_empty() {
            self.found.mean(root);
        }
        let slos = lowered
            .iter()
            .filter(|root| root.text_at(&["kind"]) == Some("SLO"));
        let names = slos.filter_map(|root| root.text_at(&["metadata", "name"]));
        self.catalog.alpha.extend(names.map(ToOwned::to_owned));
        self.lower(root, lowered, false);
    }

    fn sloth(&mut self, root: &'a Node<'a>) {
        let read = sloth::read(self.text, root, Carry::Meaning, &mut self.findings);
        if let Some(read) = read {
            self.lower(root, read.lowered, true);
            self.catalog.service_levels.push(Defined {
                value: read.model,
                place: self.text.place(read.extent),
            });
        }
    }

    fn windows(&mut self, root: &'a Node<'a>) {
        let value = sloth::read_windows(self.text, root, &mut self.findings);
        let period = root.at(&["spec", "sloPeriod"]);
        let extent = period.map_or(root.extent, |node| node.extent);
        self.windows.extend(value.map(|value| (value, extent)));
    }
}
fn is_mapping(node: &Node<'_>) -> bool {
    matches!(node.value, Value::Map(_))
}
