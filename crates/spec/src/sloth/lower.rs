//! Sloth's SLOs as OpenSLO v1.

use serde_json::Value as Json;

use super::table::Fields;
use crate::lower::{self, Carry, Parts, as_text, entry, map, metric, text};
use crate::openslo::annotations;
use crate::raise::{self, Carried, part};
use crate::shape::scalar;
use crate::yaml::json;
use crate::yaml::{Entry, Node};

/// The period of SLOs, which Sloth's documents do not say.
const PERIOD: &str = "30d";

/// A document that is lowered.
pub(super) struct Lowering<'d, 'a> {
    pub(super) fields: &'static Fields,
    /// The document.
    pub(super) root: &'d Node<'a>,
    /// The part that holds the service and its SLOs.
    pub(super) spec: &'d Node<'a>,
    /// What each of its SLOs carries, where all of it is carried over.
    frame: Option<Frame>,
}

/// What the SLOs of a document carry of it.
struct Frame {
    /// The document without its SLOs.
    document: Json,
    /// What its first SLO is called; `None` where that is the only one.
    group: Option<String>,
}

impl<'d, 'a> Lowering<'d, 'a> {
    pub(super) fn new(
        fields: &'static Fields,
        root: &'d Node<'a>,
        spec: &'d Node<'a>,
        carry: Carry,
    ) -> Self {
        let frame = (carry == Carry::All).then(|| Frame::new(root, spec));
        Self {
            fields,
            root,
            spec,
            frame,
        }
    }

    /// One of its SLOs, in which nothing is wrong.
    pub(super) fn slo(&self, slo: &Node<'a>, id: &str, index: usize) -> Option<Node<'a>> {
        let at = slo.get("name")?.extent;
        let name = lower::name(id);
        let display_name =
            (name != id && id.len() <= scalar::NAME_CHARS_MAX).then(|| text(at, id.to_owned()));
        let objective = slo.get("objective")?.clone();
        let target = map(at, vec![entry("targetPercent", objective)]);
        let parts = Parts {
            at,
            name,
            display_name,
            labels: self.labels(slo),
            annotations: annotations::ours(self.root),
            description: slo.get("description").map(lower::description),
            service: as_text(self.spec.get("service")?),
            indicator: self.indicator(slo.get("sli")?)?,
            window: lower::rolling(at, text(at, PERIOD)),
            method: text(at, "Occurrences"),
            objectives: vec![target],
        };
        let mut document = parts.document();
        if let Some(frame) = &self.frame {
            let carried = frame.with(slo, index);
            raise::carry(&mut document, &super::raise::FORMAT, carried);
        }
        Some(document)
    }

    fn indicator(&self, sli: &Node<'a>) -> Option<Node<'a>> {
        let ratio = if let Some(events) = sli.get("events") {
            let bad = events.get(self.fields.error_query)?;
            let total = events.get(self.fields.total_query)?;
            // No `counter`: a counter's bare value is not what Sloth counts.
            vec![
                entry("bad", metric(bad.clone())),
                entry("total", metric(total.clone())),
            ]
        } else {
            let query = sli.get("raw")?.get(self.fields.error_ratio_query)?;
            vec![
                entry("rawType", text(query.extent, "failure")),
                entry("raw", metric(query.clone())),
            ]
        };
        let ratio = map(sli.extent, ratio);
        Some(map(sli.extent, vec![entry("ratioMetric", ratio)]))
    }

    /// The labels that OpenSLO can hold: those of the SLO, and those of the service beside them.
    fn labels(&self, slo: &Node<'a>) -> Vec<Entry<'a>> {
        let mut labels: Vec<Entry<'a>> = Vec::new();
        for level in [slo, self.spec] {
            for label in level.get("labels").map_or(&[][..], Node::entries) {
                let is_wanted = self.frame.is_some() || label.key == annotations::TEAM;
                let is_new = || labels.iter().all(|known| known.key != label.key);
                if is_wanted && scalar::is_key(&label.key) && is_new() {
                    labels.push(Entry {
                        node: as_text(&label.node),
                        ..label.clone()
                    });
                }
            }
        }
        labels
    }
}

impl Frame {
    fn new(root: &Node<'_>, spec: &Node<'_>) -> Self {
        let mut document = json::as_written(root);
        let path = super::raise::spec(&document);
        if let Some(Json::Object(spec)) = part(&mut document, path) {
            spec.remove("slos");
        }
        let slos = spec.get("slos").map_or(&[][..], Node::items);
        let first = slos.first().filter(|_| slos.len() > 1);
        let first = first.and_then(|slo| slo.get("name")?.word());
        let service = spec.get("service").and_then(Node::word);
        let group = service.zip(first);
        Self {
            document,
            group: group.map(|(service, first)| lower::name(&format!("{service}-{first}"))),
        }
    }

    /// The document with one SLO alone.
    fn with(&self, slo: &Node<'_>, index: usize) -> Carried {
        let mut document = self.document.clone();
        let path = super::raise::spec(&document);
        if let Some(Json::Object(spec)) = part(&mut document, path) {
            let slos = vec![json::as_written(slo)];
            spec.insert("slos".to_owned(), slos.into());
        }
        Carried {
            document,
            of: self.group.clone().map(|group| (group, index as u64 + 1)),
        }
    }
}
