//! OpenSLO v1alpha: SLOs and services, as OpenSLO v1.
//!
//! An objective of v1alpha may have a ratio of its own. Where those of an SLO differ, it becomes one
//! SLO for each, named after it and counted from 0, as Sloth counts them.

mod table;

use serde_json::{Value as Json, json};

use super::annotations;
use crate::codes;
use crate::lower::{self, Carry, Parts, entry, map, text};
use crate::near::listed;
use crate::scope::{Findings, Scope};
use crate::shape::{self, beginning};
use crate::source::{Extent, Text};
use crate::yaml::json;
use crate::yaml::{Entry, Node, shortened};

/// The version that is read.
pub(crate) const API_VERSION: &str = "openslo/v1alpha";
/// How wide a time slice is, which v1alpha does not say.
const SLICE: &str = "1m";

/// Reads a document; what is wrong with it is reported. What it is as OpenSLO v1, where nothing is.
pub(crate) fn read<'a>(
    source: &Text<'_>,
    root: &Node<'a>,
    carry: Carry,
    findings: &mut Findings,
) -> Vec<Node<'a>> {
    let at = beginning(root);
    let mut scope = Scope::new(source, findings);
    let kind = root.get("kind").and_then(Node::text).unwrap_or_default();
    let Some((_, shape)) = table::KINDS.iter().find(|(name, _)| *name == kind) else {
        let place = root.get("kind").map_or(at, |node| node.extent);
        let message = format!("`{}` is no kind of {API_VERSION}", shortened(kind));
        let help = format!("write {}", listed(["SLO", "Service"], "or"));
        scope.report(&codes::KIND, place, message, help);
        return Vec::new();
    };
    let name = root.text_at(&["metadata", "name"]);
    if let Some(name) = name {
        scope = scope.of_object(format!("{kind} {}", shortened(name)));
    }
    let mark = scope.mark();
    shape::check::shape(&mut scope, root, at, shape);
    let spec = root.entry("spec");
    // What the table finds is mostly why something seems to be missing.
    let is_shaped = !scope.has_errors_since(mark, None);
    if let Some(spec) = spec.filter(|_| kind == "SLO" && is_shaped) {
        check(&mut scope, &spec.node, spec.key_extent);
    }
    if scope.has_errors_since(mark, None) {
        return Vec::new();
    }
    match (kind, spec) {
        ("SLO", Some(spec)) => Lowering {
            root,
            spec: &spec.node,
            carry,
        }
        .slos()
        .unwrap_or_default(),
        _ => vec![newer(root)],
    }
}

/// A document that differs in its version alone.
fn newer<'a>(root: &Node<'a>) -> Node<'a> {
    let entries = root.entries().iter().map(|e| match e.key.as_ref() {
        "apiVersion" => Entry {
            node: text(e.node.extent, super::API_VERSION),
            ..e.clone()
        },
        _ => e.clone(),
    });
    map(root.extent, entries.collect())
}

/// Checks what the table of fields cannot say of an SLO.
fn check(scope: &mut Scope<'_>, spec: &Node<'_>, at: Extent) {
    let objectives = spec.get("objectives").map_or(&[][..], Node::items);
    let ratio = objectives.iter().find_map(|o| o.entry("ratioMetrics"));
    match (spec.get("indicator"), ratio) {
        (Some(_), Some(ratio)) => {
            let message = "`indicator` and `ratioMetrics` exclude each other";
            let help = "keep one of them";
            scope.report(&codes::EXCLUSIVE, ratio.key_extent, message, help);
        }
        (None, None) => {
            let message = "an SLO's spec needs `indicator`, or `ratioMetrics` on its objectives";
            scope.report(&codes::MISSING_FIELD, at, message, "add one of them");
        }
        (None, Some(_)) => {
            let without = objectives.iter().find(|o| o.get("ratioMetrics").is_none());
            if let Some(objective) = without {
                let message = "this objective has no `ratioMetrics`, but others have";
                let help = "add what it counts";
                scope.report(&codes::MISSING_FIELD, beginning(objective), message, help);
            }
        }
        (Some(_), None) => {}
    }
    for window in spec.get("timeWindows").map_or(&[][..], Node::items) {
        self::window(scope, window);
    }
}

fn window(scope: &mut Scope<'_>, window: &Node<'_>) {
    let count = window.get("count");
    if let Some((node, number)) = count.and_then(|n| Some((n, n.number()?)))
        && duration(window).is_none()
    {
        let message = match window.text_at(&["unit"]) {
            Some("Second") if number.fract() == 0.0 => "a window has whole minutes".to_owned(),
            _ => format!("`count` is a whole number, but this is {number}"),
        };
        let help = "write how many of the units the window has";
        scope.report(&codes::DURATION, node.extent, message, help);
    }
    if window.get("isRolling").is_none() && window.get("calendar").is_none() {
        let message = "a time window without `isRolling` is taken for a rolling one; the SDK takes \
                       it for a calendar's";
        let help = "write `isRolling: true`, so that every tool reads it";
        scope.report(&codes::DISAGREEMENT, beginning(window), message, help);
    }
}

/// A window's length in OpenSLO v1's shorthand.
fn duration(window: &Node<'_>) -> Option<String> {
    let count = window.get("count")?.number()?;
    let whole = (count.fract() == 0.0).then_some(count as i64)?;
    let letter = match window.text_at(&["unit"])? {
        "Second" if whole % 60 == 0 => return Some(format!("{}m", whole / 60)),
        "Day" => 'd',
        "Week" => 'w',
        "Month" => 'M',
        "Quarter" => 'Q',
        _ => return None,
    };
    Some(format!("{whole}{letter}"))
}

/// An SLO that is lowered.
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
        let origin = text(at, self.origin(objectives, index).to_string());
        let parts = Parts {
            at,
            name: match index {
                Some(index) => lower::name(&format!("{own}-{index}")),
                None => own.to_owned(),
            },
            display_name: metadata.get("displayName").cloned(),
            labels: Vec::new(),
            annotations: match self.carry {
                Carry::All => vec![entry(annotations::OPENSLO_V1ALPHA, origin)],
                Carry::Meaning => Vec::new(),
            },
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
        Some(parts.document())
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

    /// What OpenSLO v1 has no place for.
    fn origin(&self, objectives: &[Node<'a>], index: Option<usize>) -> Json {
        let value = |o: &Node<'_>| {
            let beside_ratio = o.get("ratioMetrics").and(o.get("value"));
            beside_ratio.map_or(Json::Null, json::of)
        };
        json!({
            "name": self.root.at(&["metadata", "name"]).map(json::of),
            "index": index,
            "values": objectives.iter().map(value).collect::<Vec<Json>>(),
            "timeWindows": self.spec.get("timeWindows").map(json::of),
        })
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
