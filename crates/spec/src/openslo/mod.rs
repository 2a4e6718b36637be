//! OpenSLO v1: every kind, and how they refer to each other.
//!
//! A document is looked at three times: by the table of known fields ([`shape`](crate::shape)), by what needs no
//! other document (`inspect`), and, when all documents are known, by what they say together.

mod alerting;
pub(crate) mod annotations;
mod exclusions;
mod push;
mod queries;
mod query;
mod refer;
mod sli;
mod slo;
mod source;
pub(crate) mod table;
mod window;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use tomoni_slo::Slo;

use crate::codes;
use crate::definition::{DataSource, Defined, Service};
use crate::finding::Place;
use crate::lower::Lowered;
use crate::near::{listed, nearest};
use crate::scope::{Findings, Scope};
use crate::shape::{check, scalar};
use crate::source::{Extent, Text};
use crate::yaml::Node;
use queries::Queries;
use sli::Measured;
use source::Sources;

pub(crate) use slo::target;
pub(crate) use table::{API_VERSION, kind_names};

/// An object that a document defines.
#[derive(Debug)]
pub(crate) struct Object<'a> {
    kind: &'static str,
    name: &'a str,
    root: &'a Node<'a>,
    text: &'a Text<'a>,
    /// Where its name stands.
    name_extent: Extent,
    /// Whether nothing is wrong with it that touches figures.
    is_sound: bool,
    /// Whether it was made of a document of a format that names services and defines none.
    implies_service: bool,
}

impl Object<'_> {
    /// What findings call it.
    pub(crate) fn label(&self) -> String {
        format!("{} {}", self.kind, self.name)
    }

    /// Whether its name is one that others can refer to.
    pub(crate) fn is_well_named(&self) -> bool {
        scalar::is_name(self.name)
    }

    fn display_name(&self) -> Option<String> {
        let name = self.root.text_at(&["metadata", "displayName"])?;
        Some(name.to_owned())
    }

    fn place(&self) -> Place {
        self.text.place(self.name_extent)
    }
}

/// Looks at a document that says it is OpenSLO v1; the object that it defines, if it has a name.
pub(crate) fn inspect<'a>(
    text: &'a Text<'a>,
    root: &'a Node<'a>,
    findings: &mut Findings,
) -> Option<Object<'a>> {
    let at = root.entries().first().map_or(root.extent, |e| e.key_extent);
    let name = root.text_at(&["metadata", "name"]);
    let kind_node = root.get("kind");
    let Some((kind, shape)) = kind_node.and_then(Node::text).and_then(table::kind) else {
        unknown_kind(&mut Scope::new(text, findings), kind_node, at);
        return None;
    };
    let mut scope = Scope::new(text, findings);
    if let Some(name) = name {
        scope = scope.of_object(format!("{kind} {}", crate::yaml::shortened(name)));
    }
    let scope = &mut scope;
    let mark = scope.mark();
    check::shape(scope, root, at, shape);
    annotations::check(scope, root, kind);
    let spec = root.entry("spec");
    match (kind, spec) {
        ("SLO", Some(spec)) => {
            slo::inspect(scope, root);
            alerting::inspect_slo(scope, &spec.node);
        }
        ("AlertPolicy", Some(spec)) => alerting::inspect_policy(scope, &spec.node),
        ("AlertCondition", Some(spec)) => {
            alerting::inspect_condition(scope, &spec.node, spec.key_extent);
        }
        _ => {}
    }
    let is_sound = !scope.has_errors_since(mark, slo::alerting(root));
    Some(Object {
        kind,
        name: name?,
        root,
        text,
        name_extent: root.at(&["metadata", "name"])?.extent,
        is_sound,
        implies_service: false,
    })
}

/// As [`inspect`], of a document that was made of one of another format.
pub(crate) fn inspect_lowered<'a>(
    lowered: &'a Lowered<'a>,
    findings: &mut Findings,
) -> Option<Object<'a>> {
    let object = inspect(lowered.text, &lowered.root, findings)?;
    Some(Object {
        implies_service: lowered.implies_service,
        ..object
    })
}

fn unknown_kind(scope: &mut Scope<'_>, node: Option<&Node<'_>>, at: Extent) {
    let kinds = listed(kind_names(), "or");
    let Some(node) = node else {
        let message = format!("this {API_VERSION} document has no `kind`");
        scope.report(&codes::KIND, at, message, format!("write {kinds}"));
        return;
    };
    let message = match node.text() {
        Some(text) => format!(
            "`{}` is no kind of {API_VERSION}",
            crate::yaml::shortened(text)
        ),
        None => format!("`kind` is a text, but this is {}", node.what()),
    };
    let help = match nearest_kind(node) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("write {kinds}"),
    };
    scope.report(&codes::KIND, node.extent, message, help);
}

fn nearest_kind(node: &Node<'_>) -> Option<&'static str> {
    node.text().and_then(|t| nearest(t, kind_names()))
}

/// What a file's documents define.
#[derive(Debug, Default)]
pub(crate) struct Found<'a> {
    /// The objects.
    pub(crate) objects: Vec<Object<'a>>,
    /// Kinds and names that documents were meant to define which cannot be read as they are; without
    /// a name where it cannot be known.
    meant: BTreeSet<(&'static str, Option<String>)>,
}

impl<'a> Found<'a> {
    /// Adds what other documents define.
    pub(crate) fn extend(&mut self, other: Found<'a>) {
        self.objects.extend(other.objects);
        self.meant.extend(other.meant);
    }

    /// Puts the objects in the order of the texts.
    pub(crate) fn sort(&mut self) {
        self.objects
            .sort_by_key(|object| (object.text.index, object.name_extent.start));
    }

    /// Remembers what a document was meant to define, so that what refers to it is not reported,
    /// too.
    pub(crate) fn mean(&mut self, root: &Node<'_>) {
        if let Some(kind) = root.get("kind").and_then(nearest_kind) {
            let name = root.text_at(&["metadata", "name"]).map(scalar::as_name);
            self.meant.insert((kind, name));
        }
    }
}

/// What all documents define together.
pub(crate) struct Index<'a> {
    objects: BTreeMap<&'static str, BTreeMap<&'a str, &'a Object<'a>>>,
    meant: &'a BTreeSet<(&'static str, Option<String>)>,
    sources: Sources<'a>,
    measured: BTreeMap<&'a str, Measured>,
    queries: Queries<'a>,
}

impl<'a> Index<'a> {
    /// Puts objects by kind and name; of two with the same the first counts.
    fn new(found: &'a Found<'a>, findings: &mut Findings) -> Self {
        let mut index = Self {
            objects: BTreeMap::new(),
            meant: &found.meant,
            sources: Sources::new(),
            measured: BTreeMap::new(),
            queries: Queries::of(&found.objects),
        };
        for object in &found.objects {
            let names = index.objects.entry(object.kind).or_default();
            let first = *names.entry(object.name).or_insert(object);
            if !std::ptr::eq(first, object) {
                duplicate(findings, object, first);
            }
        }
        index
    }

    /// The objects of a kind, by name.
    fn of_kind(&self, kind: &str) -> Vec<&'a Object<'a>> {
        let objects = self.objects.get(kind);
        objects
            .into_iter()
            .flat_map(|o| o.values().copied())
            .collect()
    }

    fn names(&self, kind: &str) -> Vec<&'a str> {
        self.of_kind(kind).iter().map(|o| o.name).collect()
    }

    fn find(&self, kind: &str, name: &str) -> Option<&'a Object<'a>> {
        self.objects.get(kind)?.get(name).copied()
    }

    /// Whether an object is defined, or was meant to be.
    fn knows(&self, kind: &'static str, name: &str) -> bool {
        self.find(kind, name).is_some() || self.is_meant(kind, name)
    }

    /// Whether a document was meant to define an object, but cannot be read as it is.
    fn is_meant(&self, kind: &'static str, name: &str) -> bool {
        let named = (kind, Some(name.to_owned()));
        self.meant.contains(&named) || self.meant.contains(&(kind, None))
    }

    /// The team that owns a service.
    fn service_owner(&self, name: &str) -> Option<String> {
        let root = self.find("Service", name)?.root;
        annotations::owner(root).or_else(|| annotations::team_label(root))
    }
}

fn duplicate(findings: &mut Findings, object: &Object<'_>, first: &Object<'_>) {
    let place = first.place();
    let message = format!(
        "a second {} `{}`; the first is at {}:{}:{}",
        object.kind, object.name, place.file, place.line, place.column
    );
    let help = "give one of them another name: kind and name together are an object's identity";
    let mut scope = Scope::new(object.text, findings).of_object(object.label());
    scope.report(&codes::DUPLICATE, object.name_extent, message, help);
}

/// What objects define together.
#[derive(Debug, Default)]
pub(crate) struct Resolved {
    /// SLOs that can be evaluated, sorted by service and name.
    pub(crate) slos: Vec<Defined<Slo>>,
    /// Services, sorted by name.
    pub(crate) services: Vec<Defined<Service>>,
    /// Data sources, sorted by name.
    pub(crate) data_sources: Vec<Defined<DataSource>>,
}

/// Reads what objects say together.
pub(crate) fn resolve<'a>(found: &'a Found<'a>, findings: &mut Findings) -> Resolved {
    let mut resolved = Resolved::default();
    let mut index = Index::new(found, findings);
    for object in index.of_kind("DataSource") {
        let (value, source) = source::read(findings, object);
        if source.is_sound {
            resolved.data_sources.push(Defined {
                value,
                place: object.place(),
            });
        }
        index.sources.insert(object.name, source);
    }
    for object in index.of_kind("SLI") {
        let measured = measure(findings, object, &index);
        index.measured.insert(object.name, measured);
    }
    for object in index.of_kind("Service") {
        resolved.services.push(Defined {
            value: service(object),
            place: object.place(),
        });
    }
    for object in index.of_kind("AlertPolicy") {
        alerting::resolve_policy(findings, object, &index);
    }
    let slos = index.of_kind("SLO");
    let read = slos.par_iter().map(|object| {
        let mut own = findings.part();
        alerting::resolve_slo(&mut own, object, &index);
        (slo::read(&mut own, object, &index), own)
    });
    let read: Vec<(Option<Slo>, Findings)> = read.collect();
    for (object, (value, own)) in slos.into_iter().zip(read) {
        findings.merge(own);
        resolved.slos.extend(value.map(|value| Defined {
            value,
            place: object.place(),
        }));
    }
    resolved.slos.sort_by(|a, b| {
        let (a, b) = (&a.value, &b.value);
        (&a.service, &a.name).cmp(&(&b.service, &b.name))
    });
    resolved
}

fn measure(findings: &mut Findings, object: &Object<'_>, index: &Index<'_>) -> Measured {
    let Some(spec) = object.root.get("spec") else {
        return Measured::Unsound;
    };
    let mut scope = Scope::new(object.text, findings).of_object(object.label());
    let measured = sli::measure(&mut scope, spec, index);
    match measured {
        Measured::Here(..) if !object.is_sound => Measured::Unsound,
        measured => measured,
    }
}

fn service(object: &Object<'_>) -> Service {
    Service {
        name: object.name.to_owned(),
        display_name: object.display_name(),
        description: object
            .root
            .text_at(&["spec", "description"])
            .map(ToOwned::to_owned),
        team: annotations::owner(object.root).or_else(|| annotations::team_label(object.root)),
    }
}
