//! Sloth's SLOs as OpenSLO v1.

use serde_json::Value as Json;

use super::table::Fields;
use crate::lower::{self, Carry, Parts, as_text, entry, map, metric, text};
use crate::openslo::annotations;
use crate::shape::scalar;
use crate::source::Extent;
use crate::yaml::json;
use crate::yaml::{Entry, Node};

/// The period of SLOs, which Sloth's documents do not say.
const PERIOD: &str = "30d";
/// What OpenSLO has a place for; the rest of an SLO is carried in an annotation.
const PLACED: [&str; 3] = ["description", "objective", "sli"];

/// A document that is lowered.
pub(super) struct Lowering<'d, 'a> {
    pub(super) fields: &'static Fields,
    /// The document.
    pub(super) root: &'d Node<'a>,
    /// The part that holds the service and its SLOs.
    pub(super) spec: &'d Node<'a>,
    /// The document without its SLOs, where all of it is carried over.
    frame: Option<Json>,
}

impl<'d, 'a> Lowering<'d, 'a> {
    pub(super) fn new(
        fields: &'static Fields,
        root: &'d Node<'a>,
        spec: &'d Node<'a>,
        carry: Carry,
    ) -> Self {
        let frame = || {
            let mut frame = json::of(root);
            let spec = match std::ptr::eq(root, spec) {
                true => Some(&mut frame),
                false => frame.get_mut("spec"),
            };
            if let Some(Json::Object(fields)) = spec {
                fields.remove("slos");
            }
            if let Json::Object(fields) = &mut frame {
                fields.remove("status");
            }
            frame
        };
        Self {
            fields,
            root,
            spec,
            frame: (carry == Carry::All).then(frame),
        }
    }

    /// One of its SLOs, in which nothing is wrong.
    pub(super) fn slo(&self, slo: &Node<'a>, id: &str) -> Option<Node<'a>> {
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
            annotations: self.annotations(slo, at),
            description: slo.get("description").map(lower::description),
            service: as_text(self.spec.get("service")?),
            indicator: self.indicator(slo.get("sli")?)?,
            window: lower::rolling(at, text(at, PERIOD)),
            method: text(at, "Occurrences"),
            objectives: vec![target],
        };
        Some(parts.document())
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

    fn annotations(&self, slo: &Node<'a>, at: Extent) -> Vec<Entry<'a>> {
        let mut kept = annotations::ours(self.root);
        if let Some(frame) = &self.frame {
            let origin = text(at, self.origin(slo, frame.clone()).to_string());
            kept.push(entry(annotations::SLOTH, origin));
        }
        kept
    }

    /// The document with this SLO alone, without what has a place in OpenSLO.
    fn origin(&self, slo: &Node<'a>, mut document: Json) -> Json {
        let mut own = json::of(slo);
        if let Json::Object(fields) = &mut own {
            let is_cut = slo.get("description").is_some_and(lower::is_cut);
            fields.retain(|key, _| {
                !PLACED.contains(&key.as_str()) || (is_cut && key == "description")
            });
        }
        let spec = match std::ptr::eq(self.root, self.spec) {
            true => Some(&mut document),
            false => document.get_mut("spec"),
        };
        if let Some(Json::Object(fields)) = spec {
            fields.insert("slos".to_owned(), Json::Array(vec![own]));
        }
        document
    }
}
