//! To OpenSLO v1.

use std::collections::BTreeSet;

use super::{All, Source, layout, no_budget, no_place};
use crate::alpha;
use crate::formats::Format;
use crate::lower::{Carry, entry, map, text};
use crate::openslo::API_VERSION;
use crate::scope::Findings;
use crate::shape::scalar::is_name;
use crate::yaml::Node;
use crate::{pyrra, sloth};

pub(super) fn convert(all: &All<'_>, findings: &mut Findings) -> Vec<String> {
    let services = all.catalog.services.iter();
    let mut there = There {
        all,
        findings,
        services: services.map(|s| s.value.name.clone()).collect(),
        documents: Vec::new(),
    };
    for source in all.documents {
        there.document(source);
    }
    there.documents
}

struct There<'t, 's> {
    all: &'t All<'s>,
    findings: &'t mut Findings,
    /// The services that are defined.
    services: BTreeSet<String>,
    documents: Vec<String>,
}

impl There<'_, '_> {
    fn document(&mut self, source: &Source<'_>) {
        let Source { text, root, format } = source;
        let parts = match format {
            Format::Sloth => sloth::slos(root),
            _ => &[],
        };
        if self.all.errors.within(text, root.extent, parts) {
            return;
        }
        // What is wrong has been told.
        let mut told = Findings::new(usize::MAX);
        match format {
            Format::OpenSlo => self.documents.push(layout::as_written(root)),
            Format::Sloth => self.sloth(source, parts),
            Format::Pyrra => {
                let read = pyrra::read(text, root, Carry::All, &mut told);
                let lowered = read.and_then(|read| read.lowered);
                let lowered: Vec<&Node<'_>> = lowered.iter().collect();
                lowered.iter().for_each(|slo| self.slo(slo));
                no_budget(self.all, source, &lowered, self.findings);
            }
            Format::OpenSloAlpha => {
                let lowered = alpha::read(text, root, Carry::All, &mut told);
                self.documents
                    .extend(lowered.iter().map(layout::as_written));
            }
            Format::AlertWindows => {
                let at = root.get("kind").map_or(root.extent, |kind| kind.extent);
                let message = "OpenSLO has no place for a catalogue of windows";
                let help = "leave it as it is: `tomoni rules` reads it beside OpenSLO documents";
                no_place(self.findings, text, at, message, help);
            }
            Format::NotYet(_) | Format::Misspelt(_) | Format::Other => {}
        }
    }

    /// The SLOs of a document, each by itself.
    fn sloth(&mut self, source: &Source<'_>, slos: &[Node<'_>]) {
        let Source { text, root, .. } = source;
        let mut told = Findings::new(usize::MAX);
        let read = sloth::read(text, root, Carry::All, &mut told);
        let lowered = read.map_or_else(Vec::new, |read| read.lowered);
        for slo in slos {
            if self.all.errors.within(text, slo.extent, &[]) {
                continue;
            }
            let is_this = |one: &&Node<'_>| slo.extent.contains(one.extent.start);
            if let Some(one) = lowered.iter().find(is_this) {
                self.slo(one);
            }
        }
        let lowered: Vec<&Node<'_>> = lowered.iter().collect();
        no_budget(self.all, source, &lowered, self.findings);
    }

    /// An SLO of a format that names services and defines none: its service is defined before it.
    fn slo(&mut self, slo: &Node<'_>) {
        let service = slo.text_at(&["spec", "service"]).unwrap_or_default();
        if is_name(service) && self.services.insert(service.to_owned()) {
            self.documents
                .push(layout::as_written(&self::service(service)));
        }
        self.documents.push(layout::as_written(slo));
    }
}

/// A service that is known by its name alone.
fn service(name: &str) -> Node<'_> {
    let at = crate::source::Extent::default();
    let metadata = map(at, vec![entry("name", text(at, name))]);
    let document = vec![
        entry("apiVersion", text(at, API_VERSION)),
        entry("kind", text(at, "Service")),
        entry("metadata", metadata),
    ];
    map(at, document)
}
