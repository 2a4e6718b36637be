//! Documents that are made of SLOs: put together, and held to what they were made of.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::{Losses, Source, layout};
use crate::codes;
use crate::finding::{Finding, Severity};
use crate::lower::Carry;
use crate::openslo::annotations::CARRIERS;
use crate::raise::differ::{Ways, differences};
use crate::raise::{Foreign, Refusal, part};
use crate::scope::{Findings, Scope};
use crate::source::{Extent, Text};
use crate::yaml::{Limits, Node, documents};

/// What comes out, by kind and name.
pub(super) type Names = BTreeSet<(String, String)>;

/// What becomes a document.
pub(super) struct Unit<'s> {
    /// The number of the first that it is made of, among all documents.
    pub(super) number: usize,
    /// What it is made of.
    pub(super) members: Vec<Member<'s>>,
}

/// An OpenSLO document, and what it is in the other format.
pub(super) struct Member<'s> {
    source: &'s Source<'s>,
    document: Json,
    is_carried: bool,
    position: u64,
    /// What is left out of it.
    lost: Vec<Refusal>,
}

impl<'s> Member<'s> {
    /// One that was written in OpenSLO.
    pub(super) fn alone(source: &'s Source<'s>, document: Json) -> Self {
        Self {
            source,
            document,
            is_carried: false,
            position: 0,
            lost: Vec::new(),
        }
    }

    /// The same, with what is left out of it.
    pub(super) fn without(self, lost: Vec<Refusal>) -> Self {
        Self { lost, ..self }
    }

    /// One that was made of a document of the other format, of which it was the how manieth SLO.
    pub(super) fn carried(source: &'s Source<'s>, document: Json, position: u64) -> Self {
        Self {
            source,
            document,
            is_carried: true,
            position,
            lost: Vec::new(),
        }
    }

    /// Tells what is lost of it: what was left out before, and what its document does not say.
    fn lose(&self, not_said: Vec<Refusal>, findings: &mut Findings) {
        for Refusal { at, message, help } in self.lost.iter().chain(&not_said) {
            let said = (message.clone(), help.clone());
            self.report(findings, &codes::CONVERT_LOST, *at, said);
        }
    }

    /// Tells what its document does not say, so that it does not come out.
    fn refuse(&self, not_said: Vec<Refusal>, findings: &mut Findings) {
        let code = match self.is_carried {
            true => &codes::CONVERT_CHANGED,
            false => &codes::CONVERT_NO_PLACE,
        };
        for Refusal { at, message, help } in not_said {
            self.report(findings, code, at, (message, help));
        }
    }

    fn report(
        &self,
        findings: &mut Findings,
        code: &'static codes::Code,
        at: Extent,
        (message, help): (String, String),
    ) {
        let name = self.source.root.text_at(&["metadata", "name"]);
        Scope::new(self.source.text, findings)
            .of_object(format!(
                "{} {}",
                self.source.kind(),
                name.unwrap_or_default()
            ))
            .report(code, at, message, help);
    }
}

impl<'s> Unit<'s> {
    /// A document of one SLO, so far.
    pub(super) fn new(number: usize, member: Member<'s>) -> Self {
        Self {
            number,
            members: vec![member],
        }
    }

    /// Says that an SLO is missing that was of the same document, for it has errors.
    pub(super) fn incomplete(&self, findings: &mut Findings) {
        if let Some(member) = self.members.first() {
            let message = "it came of one document with an SLO that has errors".to_owned();
            let help = "put the other right: the document comes back whole or not at all";
            let at = crate::shape::beginning(member.source.root);
            let said = (message, help.to_owned());
            member.report(findings, &codes::CONVERT_CHANGED, at, said);
        }
    }

    /// The document as YAML, where it says all that its SLOs say, or what it does not may be lost; what it
    /// does not say is reported.
    pub(super) fn document(
        &self,
        format: &'static Foreign,
        losses: Losses,
        names: &mut Names,
        findings: &mut Findings,
    ) -> Option<String> {
        let mut members: Vec<&Member<'_>> = self.members.iter().collect();
        members.sort_by_key(|member| member.position);
        let document = merged(&members, format, findings)?;
        let printed = layout::by_table(&document, (format.shape)(&document));
        let parsed = documents(&printed, &Limits::DEFAULT);
        let root = parsed.first().and_then(|one| one.root.as_ref())?;
        let text = Text::new(0, "converted.yaml".into(), &printed);
        let mut told = Findings::new(Limits::DEFAULT.findings_max);
        let lowered = (format.lower)(&text, root, Carry::All, &mut told);
        let told = told.finish(std::slice::from_ref(&text));
        let mut told = told.into_iter().map(|(_, finding)| finding);
        if let Some(error) = told.find(|finding| finding.severity == Severity::Error) {
            refused(members.first()?, format, &error, findings);
            return None;
        }
        if lowered.len() != members.len() {
            let member = members.first()?;
            let message = format!(
                "of {} SLOs that came of one document, that document now has {}",
                members.len(),
                lowered.len()
            );
            let help = format!("put `{}` right, or take it out", format.annotation);
            let at = crate::shape::beginning(member.source.root);
            member.report(findings, &codes::CONVERT_CHANGED, at, (message, help));
            return None;
        }
        let pairs = members.iter().zip(&lowered);
        let mut lost = Vec::new();
        let is_whole = pairs.fold(true, |is_whole, (member, again)| {
            let not_said = differing(member, again, format);
            let may_be_lost = !member.is_carried && losses == Losses::Told;
            let is_same = not_said.is_empty() || may_be_lost;
            match may_be_lost {
                true => lost.push((member, not_said)),
                false => member.refuse(not_said, findings),
            }
            has_its_name(member, again, (format, names), findings) && is_same && is_whole
        });
        if !is_whole {
            return None;
        }
        // Only of what comes out something is lost.
        for (member, not_said) in lost {
            member.lose(not_said, findings);
        }
        Some(printed)
    }
}

/// The document of which each member has a part.
fn merged(
    members: &[&Member<'_>],
    format: &'static Foreign,
    findings: &mut Findings,
) -> Option<Json> {
    let (first, others) = members.split_first()?;
    let mut document = first.document.clone();
    if others.is_empty() {
        return Some(document);
    }
    let path = (format.list)(&document)?;
    let mut items = taken(&mut document, path);
    for other in others {
        let mut frame = other.document.clone();
        items.extend(taken(&mut frame, path));
        if frame != document {
            let name = first.source.root.text_at(&["metadata", "name"]);
            let message = format!(
                "it came of one document with the SLO `{}`, and says other things of that",
                name.unwrap_or_default()
            );
            let help = "change both alike: what stands beside the document's SLOs is said once";
            let at = crate::shape::beginning(other.source.root);
            let said = (message, help.to_owned());
            other.report(findings, &codes::CONVERT_CHANGED, at, said);
            return None;
        }
    }
    if let Some(list) = part(&mut document, path) {
        *list = Json::Array(items);
    }
    Some(document)
}

fn taken(document: &mut Json, path: &[crate::raise::Step]) -> Vec<Json> {
    match part(document, path).map(Json::take) {
        Some(Json::Array(items)) => items,
        _ => Vec::new(),
    }
}

/// Says that the other format's own tool would refuse what came out.
fn refused(member: &Member<'_>, format: &Foreign, error: &Finding, findings: &mut Findings) {
    let message = format!("{} would refuse it: {}", format.called, error.message);
    let help = error.help.clone().unwrap_or_default();
    let (code, help) = match member.is_carried {
        true => (
            &codes::CONVERT_CHANGED,
            format!("put it right, or what `{}` carries", format.annotation),
        ),
        false => (&codes::CONVERT_NO_PLACE, help),
    };
    let at = crate::shape::beginning(member.source.root);
    member.report(findings, code, at, (message, help));
}

/// The kind and name of a document of OpenSLO's.
pub(super) fn named(root: &Node<'_>) -> Option<(String, String)> {
    let kind = root.text_at(&["kind"])?;
    let name = root.text_at(&["metadata", "name"])?;
    Some((kind.to_owned(), name.to_owned()))
}

/// Whether nothing else that came out is called as this; that it is called otherwise than before is
/// told.
fn has_its_name(
    member: &Member<'_>,
    again: &Node<'_>,
    (format, names): (&Foreign, &mut Names),
    findings: &mut Findings,
) -> bool {
    let Some((kind, name)) = named(again) else {
        return true;
    };
    let own = member.source.root.at(&["metadata", "name"]);
    let at = own.map_or(member.source.root.extent, |node| node.extent);
    let is_renamed = own.and_then(Node::text) != Some(name.as_str());
    let called = format.called;
    let is_new = names.insert((kind.clone(), name.clone()));
    if !is_new {
        let message = format!("a second {kind} of {called}'s would be called `{name}`");
        let help = "rename one of the two, or move it to another service";
        let said = (message, help.to_owned());
        member.report(findings, &codes::CONVERT_NO_PLACE, at, said);
    } else if is_renamed {
        let message = format!("a document of {called}'s calls it `{name}` from then on");
        let help = "let its name begin with its service and `-`, or expect it under the new name";
        let said = (message, help.to_owned());
        member.report(findings, &codes::CONVERT_RENAMED, at, said);
    }
    is_new
}

/// What something says that what came out of it does not.
fn differing(member: &Member<'_>, again: &Node<'_>, format: &Foreign) -> Vec<Refusal> {
    let mut apart: Vec<String> = CARRIERS
        .iter()
        .map(|key| format!("metadata.annotations.{key}"))
        .collect();
    let ways = match member.is_carried {
        true => Ways::Both,
        false => Ways::There,
    };
    if !member.is_carried {
        let said_otherwise = ["spec.indicator", "spec.indicatorRef"];
        let all = said_otherwise.iter().chain(format.renamed);
        apart.extend(all.map(|field| (*field).to_owned()));
    }
    let apart: Vec<&str> = apart.iter().map(String::as_str).collect();
    let found = differences(member.source.root, again, ways, &apart);
    let refusals = found.iter().map(|difference| {
        let field = &difference.field;
        let (message, help) = match member.is_carried {
            true => (
                format!(
                    "`{field}` is other than in the document that `{}` carries",
                    format.annotation
                ),
                "change it there, too, or take the annotation out: the SLO is then converted as \
                 what was written in OpenSLO",
            ),
            false => {
                let hint = format.hints.iter().find(|(of, _)| field.starts_with(of));
                let help = hint.map(|(_, help)| *help);
                (
                    format!("{} has no place for this `{field}`", format.called),
                    help.unwrap_or("take it out, or leave this SLO in OpenSLO"),
                )
            }
        };
        Refusal {
            at: difference.at,
            message,
            help: help.to_owned(),
        }
    });
    refusals.collect()
}
