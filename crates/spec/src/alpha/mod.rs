//! OpenSLO v1alpha: SLOs and services, as OpenSLO v1.
//!
//! An objective of v1alpha may have a ratio of its own. Where those of an SLO differ, it becomes one
//! SLO for each, named after it and counted from 0, as Sloth counts them.

mod lower;
pub(crate) mod raise;
mod table;

use crate::codes;
use crate::lower::{Carry, map, text};
use crate::near::listed;
use crate::scope::{Findings, Scope};
use crate::shape::{self, beginning};
use crate::source::{Extent, Text};
use crate::yaml::{Entry, Node, shortened};

/// The version that is read.
pub(crate) const API_VERSION: &str = "openslo/v1alpha";

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
        ("SLO", Some(spec)) => lower::slos(root, &spec.node, carry).unwrap_or_default(),
        _ => vec![newer(root)],
    }
}

/// A document that differs in its version alone.
fn newer<'a>(root: &Node<'a>) -> Node<'a> {
    let entries = root.entries().iter().map(|e| match e.key.as_ref() {
        "apiVersion" => Entry {
            node: text(e.node.extent, crate::openslo::API_VERSION),
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
