//! From OpenSLO v1 to another format.

use std::collections::{BTreeMap, BTreeSet};

use tomoni_slo::Slo;

use super::lost::lost;
use super::units::{Member, Names, Unit, named};
use super::{All, Losses, Source, Target, layout, no_budget};
use crate::alpha;
use crate::codes;
use crate::formats::Format;
use crate::lower::Carry;
use crate::openslo::annotations::CARRIERS;
use crate::raise::{Carried, Foreign, Native, Refusal};
use crate::scope::{Findings, Scope};
use crate::source::{Extent, Text};
use crate::yaml::{Entry, Node};

pub(super) fn convert<'s>(
    all: &'s All<'s>,
    target: Target,
    format: &'static Foreign,
    findings: &mut Findings,
) -> Vec<String> {
    let slos = all.catalog.slos.iter().map(|defined| &defined.value);
    let mut back = Back {
        all,
        target,
        format,
        findings,
        slos: slos.map(|slo| (slo.name.as_str(), slo)).collect(),
        indicators: all.documents.iter().filter_map(Source::indicator).collect(),
        named: BTreeSet::new(),
        units: Vec::new(),
        groups: BTreeMap::new(),
        lost: BTreeSet::new(),
        documents: Vec::new(),
        names: Names::default(),
    };
    for (number, source) in all.documents.iter().enumerate() {
        back.document(number, source);
    }
    for (number, source) in all.lowered {
        back.lowered(*number, source);
    }
    for (number, source) in all.documents.iter().enumerate() {
        back.not_lowered(number, source);
    }
    let lowered = all.lowered.iter().map(|(_, source)| source);
    for source in all.documents.iter().chain(lowered) {
        back.alone(source);
    }
    let lost = back.lost.iter().filter_map(|group| back.groups.get(group));
    let lost: BTreeSet<usize> = lost.copied().collect();
    for (index, unit) in std::mem::take(&mut back.units).into_iter().enumerate() {
        if lost.contains(&index) {
            unit.incomplete(back.findings);
            continue;
        }
        let document = unit.document(format, all.losses, &mut back.names, back.findings);
        back.documents
            .extend(document.map(|document| (unit.number, document)));
    }
    back.documents.sort_by_key(|(number, _)| *number);
    back.documents.into_iter().map(|(_, text)| text).collect()
}

struct Back<'b, 's> {
    all: &'s All<'s>,
    target: Target,
    format: &'static Foreign,
    findings: &'b mut Findings,
    /// SLOs that have figures, by name.
    slos: BTreeMap<&'s str, &'s Slo>,
    /// The specs of indicators that have documents of their own, by name.
    indicators: BTreeMap<&'s str, &'s Node<'s>>,
    /// Kinds and names of objects that SLOs name.
    named: BTreeSet<(&'static str, &'s str)>,
    units: Vec<Unit<'s>>,
    /// Which of the units have several SLOs, by what the first is called.
    groups: BTreeMap<String, usize>,
    /// Of these units an SLO has errors.
    lost: BTreeSet<String>,
    /// Documents that are done, each with the number of what they were made of.
    documents: Vec<(usize, String)>,
    /// What comes out, by kind and name.
    names: Names,
}

impl<'s> Source<'s> {
    /// Its indicator's name and spec, where it is one.
    fn indicator(&self) -> Option<(&'s str, &'s Node<'s>)> {
        let is_one = matches!(self.format, Format::OpenSlo) && self.kind() == "SLI";
        let name = self
            .root
            .text_at(&["metadata", "name"])
            .filter(|_| is_one)?;
        Some((name, self.root.get("spec")?))
    }
}

impl<'s> Back<'_, 's> {
    fn document(&mut self, number: usize, source: &'s Source<'s>) {
        let Source { text, root, format } = source;
        self.names_others(source);
        if self.all.errors.within(text, root.extent, &[]) {
            let group = carried(root, self.format).and_then(|carried| carried.of);
            self.lost.extend(group.map(|(group, _)| group));
            return;
        }
        let is_own = match format {
            Format::OpenSlo => {
                return match source.kind() {
                    "SLO" => self.slo(number, source),
                    "Service" if self.target == Target::OpenSloV1Alpha => {
                        let member = Member::alone(source, alpha::raise::older(root));
                        self.units.push(Unit::new(number, member));
                    }
                    _ => {}
                };
            }
            Format::Sloth | Format::AlertWindows => self.target == Target::Sloth,
            Format::Pyrra => self.target == Target::Pyrra,
            Format::OpenSloAlpha => self.target == Target::OpenSloV1Alpha,
            Format::NotYet(_) | Format::Misspelt(_) | Format::Other => return,
        };
        if is_own {
            let mut told = Findings::new(0);
            let slos = (self.format.lower)(text, root, Carry::Meaning, &mut told);
            self.names.extend(slos.iter().filter_map(named));
            self.documents.push((number, layout::as_written(root)));
            return;
        }
        let is_made = !matches!(format, Format::AlertWindows);
        if is_made && self.all.losses == Losses::Told {
            return;
        }
        let at = crate::shape::beginning(root);
        let message = format!(
            "a document of another format does not become one of {}'s",
            self.format.called
        );
        let help = "convert it to openslo-v1: what other formats have no place for stands in an annotation there";
        self.no_place(text, at, message, help);
    }

    /// Takes down what an SLO names.
    fn names_others(&mut self, source: &'s Source<'s>) {
        if source.kind() == "SLO" {
            let named = [("Service", "service"), ("SLI", "indicatorRef")];
            let names = named.map(|(kind, key)| Some((kind, source.root.text_at(&["spec", key])?)));
            self.named.extend(names.into_iter().flatten());
        }
    }

    /// What a document of another format was made into. What is wrong with it has been told.
    fn lowered(&mut self, number: usize, source: &'s Source<'s>) {
        if source.kind() != "SLO" {
            return;
        }
        self.names_others(source);
        let name = source.root.text_at(&["metadata", "name"]);
        if name.is_some_and(|name| self.slos.contains_key(name)) {
            self.slo(number, source);
        }
    }

    /// The SLOs of a document of another format that it was not made into.
    fn not_lowered(&mut self, number: usize, source: &'s Source<'s>) {
        if self.all.losses == Losses::Told && source.foreign_to(self.format).is_some() {
            let lowered = self.all.lowered.iter().filter(|(of, _)| *of == number);
            let lowered: Vec<&Node<'_>> = lowered.map(|(_, made)| made.root).collect();
            no_budget(self.all, source, &lowered, self.findings);
        }
    }

    /// What is no SLO: said by the SLOs that name it, or not at all.
    fn alone(&mut self, source: &'s Source<'s>) {
        let Source { text, root, format } = source;
        let kind = source.kind();
        let is_done = kind == "SLO" || (kind == "Service" && self.target == Target::OpenSloV1Alpha);
        if is_done
            || !matches!(format, Format::OpenSlo)
            || self.all.errors.within(text, root.extent, &[])
        {
            return;
        }
        let called = self.format.called;
        let name = root.text_at(&["metadata", "name"]).unwrap_or_default();
        let is_named = ["Service", "SLI"]
            .iter()
            .any(|known| *known == kind && self.named.contains(&(*known, name)));
        let beside = match is_named {
            true => beside_name(root),
            false => root.entry("kind"),
        };
        let Some(entry) = beside else { return };
        let (at, message) = match is_named {
            true => (
                entry.key_extent,
                format!("{called} has no place for `{}` of a {kind}", entry.key),
            ),
            false => (
                entry.node.extent,
                match kind {
                    "Service" | "SLI" => {
                        format!("{called} has no place for a {kind} that no SLO names")
                    }
                    _ => format!("{called} has no place for the kind `{kind}`"),
                },
            ),
        };
        let help = "leave it out of what is converted";
        self.no_place(text, at, message, help);
    }

    fn slo(&mut self, number: usize, source: &'s Source<'s>) {
        let root = source.root;
        let annotations = root.at(&["metadata", "annotations"]);
        let entries = annotations.map_or(&[][..], Node::entries).iter();
        let mut carriers = entries.filter(|e| CARRIERS.contains(&e.key.as_ref()));
        let Some(carrier) = carriers.next() else {
            return self.native(number, source, Vec::new());
        };
        let own = self.format.annotation;
        if let Some(other) = [carrier].into_iter().chain(carriers).find(|e| e.key != own) {
            let message = format!(
                "`{}` carries what {} has no place for",
                other.key, self.format.called
            );
            let help = "convert it to the format that it came from, or take the annotation out: what \
                        it holds is then lost";
            let said = (message, help.to_owned());
            if self.all.losses == Losses::Told {
                let (message, help) = lost(root, other);
                let at = other.key_extent;
                return self.native(number, source, vec![Refusal { at, message, help }]);
            }
            return self.report(source, &codes::CONVERT_CARRIED, other.key_extent, said);
        }
        let Some(carried) = carried(root, self.format) else {
            let message = format!("`{own}` is not what `tomoni convert` wrote");
            let help = "put back what it was, or take it out: the SLO is then converted as what was \
                        written in OpenSLO";
            let said = (message, help.to_owned());
            return self.report(source, &codes::CONVERT_CARRIED, carrier.key_extent, said);
        };
        let leaves = (self.format.leaves)(root, &carried.document);
        let of = carried.of.clone();
        let position = of.as_ref().map_or(0, |(_, position)| *position);
        let member = Member::carried(source, carried.with(leaves), position);
        let known = of.as_ref().and_then(|(group, _)| self.groups.get(group));
        match known.and_then(|index| self.units.get_mut(*index)) {
            Some(unit) => unit.members.push(member),
            None => {
                let groups = of.map(|(group, _)| (group, self.units.len()));
                self.groups.extend(groups);
                self.units.push(Unit::new(number, member));
            }
        }
    }

    /// An SLO by what it says itself, and what is lost of what it carries.
    fn native(&mut self, number: usize, source: &'s Source<'s>, mut lost: Vec<Refusal>) {
        match self.written(source, &mut lost) {
            Ok(document) => {
                let member = Member::alone(source, document).without(lost);
                self.units.push(Unit::new(number, member));
            }
            Err(Refusal { at, message, help }) => {
                self.report(source, &codes::CONVERT_NO_PLACE, at, (message, help));
            }
        }
    }

    /// The document of an SLO that was written in OpenSLO. What can be left out and may be is put into
    /// `lost`.
    fn written(
        &self,
        source: &'s Source<'s>,
        lost: &mut Vec<Refusal>,
    ) -> Result<serde_json::Value, Refusal> {
        let root = source.root;
        let name = root.text_at(&["metadata", "name"]).unwrap_or_default();
        let inline = root.at(&["spec", "indicator"]);
        let reference = root.text_at(&["spec", "indicatorRef"]);
        let spec = match reference {
            Some(reference) => self.indicators.get(reference).copied(),
            None => inline.and_then(|inline| inline.get("spec")),
        };
        let at = root
            .get("spec")
            .map_or(root.extent, crate::shape::beginning);
        let refused = |at: Extent, message: String, help: &str| Refusal {
            at,
            message,
            help: help.to_owned(),
        };
        let (Some(slo), Some(indicator)) = (self.slos.get(name), spec) else {
            let message = "the SLO has no figures here, so what it counts is not known".to_owned();
            return Err(refused(at, message, "see what is told of it otherwise"));
        };
        let native = Native {
            root,
            indicator,
            slo,
        };
        let called = self.format.called;
        if let Some(entry) = inline.and_then(beside_name) {
            let message = format!("{called} has no place for `{}` of an indicator", entry.key);
            self.lose(lost, refused(entry.key_extent, message, "take it out"))?;
        }
        let indicators = slo.promises.iter().map(|promise| &promise.indicator);
        let mut queries = indicators.flat_map(|indicator| indicator.queries());
        if queries.any(|query| query.source.is_some()) {
            let message = format!(
                "{called} has no place for `metricSourceRef`: its documents name no server"
            );
            let help = "write `type: Prometheus` where the configured server is meant";
            self.lose(lost, native.refused(message, help))?;
        }
        (self.format.written)(&native)
    }

    /// Something that the target has no place for: lost where that is allowed.
    fn lose(&self, lost: &mut Vec<Refusal>, refusal: Refusal) -> Result<(), Refusal> {
        match self.all.losses {
            Losses::Refused => Err(refusal),
            Losses::Told => {
                lost.push(refusal);
                Ok(())
            }
        }
    }

    fn no_place(&mut self, text: &Text<'_>, at: Extent, message: String, help: &str) {
        Scope::new(text, self.findings).report(self.all.losses.code(), at, message, help);
    }

    fn report(
        &mut self,
        source: &Source<'_>,
        code: &'static codes::Code,
        at: Extent,
        (message, help): (String, String),
    ) {
        let name = source
            .root
            .text_at(&["metadata", "name"])
            .unwrap_or_default();
        Scope::new(source.text, self.findings)
            .of_object(format!("SLO {name}"))
            .report(code, at, message, help);
    }
}

/// What an SLO carries of a document of a format.
fn carried(root: &Node<'_>, format: &Foreign) -> Option<Carried> {
    let annotations = root.at(&["metadata", "annotations"])?;
    Carried::read(annotations.text_at(&[format.annotation])?)
}

/// The first that an object says beside its name and, of an indicator, what it measures.
fn beside_name<'n, 's>(object: &'n Node<'s>) -> Option<&'n Entry<'s>> {
    let first = |node: Option<&'n Node<'s>>, known: &[&str]| {
        let mut entries = node.map_or(&[][..], Node::entries).iter();
        entries.find(|e| !e.node.is_null() && !known.contains(&e.key.as_ref()))
    };
    let measured = ["thresholdMetric", "ratioMetric"];
    first(object.get("metadata"), &["name"])
        .or_else(|| first(object.get("spec"), &measured))
        .or_else(|| first(Some(object), &["apiVersion", "kind", "metadata", "spec"]))
}
