//! SLOs of OpenSLO v1alpha as OpenSLO v1.

use serde_json::Value as Json;

use super::duration;
use crate::lower::{self, Carry, Parts, entry, map, text};
use crate::raise::{self, Carried, part};
use crate::shape::beginning;
use crate::yaml::json;
use crate::yaml::{Entry, Node};

/// How wide a time slice is, which v1alpha does not say.
const SLICE: &str = "1m";

/// An SLO in which nothing is wrong.
pub(super) fn slos<'a>(root: &Node<'a>, spec: &Node<'a>, carry: Carry) -> Option<Vec<Node<'a>>> {
    Lowering { root, spec, carry }.slos()
}

struct Lowering<'d, 'a> {
    root: &'d Node<'a>,
    spec: &'d Node<'a>,
    carry: Carry,
}

impl<'a> Lowering<'_, 'a> {
    fn slos(&self) -> Option<Vec<Node<'a>>> {
        let objectives = self.spec.get("objectives")?.items();
        let ratio = |objective: &Node<'_>| objective.get("ratioMetrics").map(json::of);
        let first = ratio(objectives.first()?);
        if objectives.iter().all(|o| ratio(o) == first) {
            return Some(vec![self.slo(objectives, None)?]);
        }
        let each = objectives.iter().enumerate();
        each.map(|(index, o)| self.slo(std::slice::from_ref(o), Some(index)))
            .collect()
    }

    fn slo(&self, objectives: &[Node<'a>], index: Option<usize>) -> Option<Node<'a>> {
        let metadata = self.root.get("metadata")?;
        let name = metadata.get("name")?;
        let at = name.extent;
        let own = name.text()?;
        let method = self.spec.get("budgetingMethod")?;
        let has_slices = method.text() == Some("Timeslices");
        let parts = Parts {
            at,
            name: match index {
                Some(index) => lower::name(&format!("{own}-{index}")),
                None => own.to_owned(),
            },
            display_name: metadata.get("displayName").cloned(),
            labels: Vec::new(),
            annotations: Vec::new(),
            description: self.spec.get("description").cloned(),
            service: self.spec.get("service")?.clone(),
            indicator: self.indicator(objectives.first()?)?,
            window: self.window()?,
            method: method.clone(),
            objectives: objectives
                .iter()
                .map(|o| objective(o, has_slices))
                .collect(),
        };
        let mut document = parts.document();
        if self.carry == Carry::All {
            let carried = self.carried(objectives, index);
            raise::carry(&mut document, &super::raise::FORMAT, carried);
        }
        Some(document)
    }

    fn indicator(&self, objective: &Node<'a>) -> Option<Node<'a>> {
        if let Some(ratio) = objective.get("ratioMetrics") {
            let at = ratio.extent;
            let mut fields = Vec::new();
            if let Some(counter) = ratio.get("incremental") {
                fields.push(entry("counter", counter.clone()));
            }
            fields.push(entry("good", metric(ratio.get("good")?)?));
            fields.push(entry("total", metric(ratio.get("total")?)?));
            return Some(map(at, vec![entry("ratioMetric", map(at, fields))]));
        }
        let threshold = self.spec.get("indicator")?.get("thresholdMetric")?;
        let metric = metric(threshold)?;
        Some(map(
            threshold.extent,
            vec![entry("thresholdMetric", metric)],
        ))
    }

    fn window(&self) -> Option<Node<'a>> {
        let window = self.spec.get("timeWindows")?.items().first()?;
        let at = window.get("count")?.extent;
        let duration = text(at, duration(window)?);
        if window.get("isRolling").is_none() && window.get("calendar").is_none() {
            return Some(lower::rolling(at, duration));
        }
        let mut fields = vec![entry("duration", duration)];
        let kept = ["isRolling", "calendar"];
        fields.extend(kept.iter().filter_map(|key| window.entry(key)).cloned());
        Some(map(window.extent, fields))
    }

    /// The document with these objectives alone.
    fn carried(&self, objectives: &[Node<'a>], index: Option<usize>) -> Carried {
        let mut document = json::as_written(self.root);
        let list = objectives.iter().map(json::as_written).collect();
        if let Some(objectives) = part(&mut document, super::raise::OBJECTIVES) {
            *objectives = Json::Array(list);
        }
        let name = self.root.text_at(&["metadata", "name"]);
        let group = name.map(|name| lower::name(&format!("{name}-0")));
        Carried {
            document,
            of: group.zip(index.map(|index| index as u64 + 1)),
        }
    }
}

fn metric<'a>(node: &Node<'a>) -> Option<Node<'a>> {
    let at = node.extent;
    let asked = vec![
        entry("query", node.get("query")?.clone()),
        entry("queryType", node.get("queryType")?.clone()),
    ];
    let source = vec![
        entry("type", node.get("source")?.clone()),
        entry("spec", map(at, asked)),
    ];
    Some(map(at, vec![entry("metricSource", map(at, source))]))
}

fn objective<'a>(node: &Node<'a>, has_slices: bool) -> Node<'a> {
    let is_ratio = node.get("ratioMetrics").is_some();
    let kept = |e: &&Entry<'_>| {
        let is_idle = e.key == "ratioMetrics" || (is_ratio && e.key == "value");
        !is_idle && !e.node.is_null()
    };
    let mut fields: Vec<Entry<'a>> = node.entries().iter().filter(kept).cloned().collect();
    if has_slices {
        let at = beginning(node);
        fields.push(entry("timeSliceWindow", text(at, SLICE)));
    }
    map(node.extent, fields)
}
