//! Pyrra's objectives as OpenSLO v1.

use tomoni_slo::{Duration, minutes_text};

use super::check::minutes;
use super::{PREFIX, ServiceLevelObjective};
use crate::lower::{self, Carry, Parts, as_text, entry, map, metric, plain, text};
use crate::openslo::annotations;
use crate::raise::{self, Carried};
use crate::shape::scalar;
use crate::source::Extent;
use crate::yaml::json;
use crate::yaml::{Entry, Node};

/// An objective in which nothing is wrong.
pub(super) fn lower<'a>(
    root: &Node<'a>,
    model: &ServiceLevelObjective,
    carry: Carry,
) -> Option<Node<'a>> {
    let spec = root.get("spec")?;
    let at = root.at(&["metadata", "name"])?.extent;
    let target = spec.get("target")?;
    let percent = plain(target.extent, target.word()?.to_owned());
    let mut objective = vec![entry("targetPercent", percent)];
    let indicator = spec.get("indicator")?;
    if indicator.get("bool_gauge").is_some() {
        objective.push(entry("op", text(at, "gte")));
        objective.push(entry("value", plain(at, "1")));
    }
    let parts = Parts {
        at,
        name: model.name(),
        display_name: None,
        labels: labels(root, carry),
        annotations: kept(root, model, at),
        description: spec.get("description").map(lower::description),
        service: service(root, model, at),
        indicator: self::indicator(indicator, at)?,
        window: window(spec.get("window")?)?,
        method: text(at, "Occurrences"),
        objectives: vec![map(at, objective)],
    };
    let mut document = parts.document();
    if carry == Carry::All {
        let carried = Carried {
            document: json::as_written(root),
            of: None,
        };
        raise::carry(&mut document, &super::raise::FORMAT, carried);
    }
    Some(document)
}

fn indicator<'a>(node: &Node<'a>, at: Extent) -> Option<Node<'a>> {
    let query = |path: &[&str]| Some(node.at(path)?.clone());
    if node.get("bool_gauge").is_some() {
        let gauge = metric(query(&["bool_gauge", "metric"])?);
        let each = lower::with_each_series(gauge);
        return Some(map(at, vec![entry("thresholdMetric", each)]));
    }
    let (part, metrics) = match node.get("ratio") {
        Some(_) => ("bad", [["ratio", "errors"], ["ratio", "total"]]),
        None => ("good", [["latency", "success"], ["latency", "total"]]),
    };
    let [part_path, total_path] = metrics;
    let of = |[kind, side]: [&str; 2]| Some(metric(query(&[kind, side, "metric"])?));
    let ratio = vec![
        entry("counter", plain(at, "true")),
        entry(part, of(part_path)?),
        entry("total", of(total_path)?),
    ];
    Some(map(at, vec![entry("ratioMetric", map(at, ratio))]))
}

/// OpenSLO's shorthand has one unit.
fn window<'a>(node: &Node<'a>) -> Option<Node<'a>> {
    let written = node.word()?;
    let minutes = minutes(written)?;
    let is_same = written
        .parse::<Duration>()
        .is_ok_and(|duration| duration.minutes() == minutes);
    let duration = match is_same {
        true => as_text(node),
        false => text(node.extent, minutes_text(minutes)),
    };
    Some(lower::rolling(node.extent, duration))
}

/// The service: what a label names, else the objective alone is one.
fn service<'a>(root: &Node<'a>, model: &ServiceLevelObjective, at: Extent) -> Node<'a> {
    let labels = root.at(&["metadata", "labels"]);
    let label = |key: &str| labels.and_then(|labels| labels.get(key));
    let named = label("pyrra.dev/service").or_else(|| label("service"));
    match named.filter(|node| node.word().is_some_and(|word| !word.is_empty())) {
        Some(node) => as_text(node),
        None => text(at, model.name()),
    }
}

/// The team, and all labels that OpenSLO can hold.
fn labels<'a>(root: &Node<'a>, carry: Carry) -> Vec<Entry<'a>> {
    let mut labels: Vec<Entry<'a>> = Vec::new();
    let all = root.at(&["metadata", "labels"]);
    for label in all.map_or(&[][..], Node::entries) {
        let key = label.key.strip_prefix(PREFIX).unwrap_or(&label.key);
        let is_wanted = carry == Carry::All || key == annotations::TEAM;
        let is_new = || labels.iter().all(|known| known.key != key);
        if is_wanted && scalar::is_key(key) && label.node.word().is_some() && is_new() {
            labels.push(Entry {
                key: key.to_owned().into(),
                key_extent: label.key_extent,
                node: as_text(&label.node),
            });
        }
    }
    labels
}

fn kept<'a>(root: &Node<'a>, model: &ServiceLevelObjective, at: Extent) -> Vec<Entry<'a>> {
    let mut kept = annotations::ours(root);
    if !model.grouping.is_empty() {
        kept.retain(|e| e.key != annotations::GROUP_BY);
        let labels = text(at, model.grouping.join(","));
        kept.push(entry(annotations::GROUP_BY, labels));
    }
    kept
}

/// The one indicator of a spec.
pub(super) fn indicator_of<'n, 'a>(spec: &'n Node<'a>) -> Option<&'n Node<'a>> {
    let indicator = spec.get("indicator")?;
    ["ratio", "latency", "bool_gauge"]
        .iter()
        .find_map(|key| indicator.get(key))
}
