//! Pyrra's documents: one objective each, over selectors of Prometheus' series.
//!
//! A document is held to its table and to what Pyrra itself refuses, becomes a
//! [`ServiceLevelObjective`], and is lowered to OpenSLO v1.

mod check;
mod lower;
mod model;
pub(crate) mod raise;
mod table;

pub use model::{Alerting, Indicator, ServiceLevelObjective};

use crate::codes;
use crate::kubernetes::Metadata;
use crate::lower::Carry;
use crate::scope::{Findings, Scope};
use crate::shape;
use crate::source::{Extent, Text};
use crate::yaml::{Node, shortened};

pub(crate) use table::{API_VERSION, KIND};

#[cfg(test)]
mod tests;

/// What labels begin with that Pyrra puts on all rules.
const PREFIX: &str = "pyrra.dev/";

/// A document as it was read.
pub(crate) struct Read<'a> {
    /// What it says.
    pub(crate) model: ServiceLevelObjective,
    /// The same as an OpenSLO v1 document, where it has figures.
    pub(crate) lowered: Option<Node<'a>>,
    /// Where it is named.
    pub(crate) extent: Extent,
}

/// Reads a document; what is wrong with it is reported. `None` where something is.
pub(crate) fn read<'a>(
    text: &Text<'_>,
    root: &Node<'a>,
    carry: Carry,
    findings: &mut Findings,
) -> Option<Read<'a>> {
    let at = root.entries().first().map_or(root.extent, |e| e.key_extent);
    let metadata = Metadata::read(root.get("metadata"));
    let mut scope = Scope::new(text, findings).of_format(&codes::PYRRA);
    if !metadata.name.is_empty() {
        scope = scope.of_object(format!("{KIND} {}", shortened(&metadata.name)));
    }
    let mark = scope.mark();
    shape::check::shape(&mut scope, root, at, &table::OBJECT);
    let spec = root.get("spec")?;
    check::objective(&mut scope, spec);
    if scope.has_errors_since(mark, None) {
        return None;
    }
    let model = model(metadata, spec)?;
    let has_budget = model.percent().is_some_and(|percent| percent < 100.0);
    Some(Read {
        lowered: has_budget
            .then(|| lower::lower(root, &model, carry))
            .flatten(),
        extent: root.at(&["metadata", "name"])?.extent,
        model,
    })
}

/// Reads a document, for what it is in OpenSLO.
fn lowered<'a>(
    text: &Text<'_>,
    root: &Node<'a>,
    carry: Carry,
    findings: &mut Findings,
) -> Vec<Node<'a>> {
    let read = read(text, root, carry, findings);
    read.and_then(|read| read.lowered).into_iter().collect()
}

fn model(metadata: Metadata, spec: &Node<'_>) -> Option<ServiceLevelObjective> {
    let word = |node: &Node<'_>, path: &[&str]| node.at(path)?.word().map(ToOwned::to_owned);
    let node = spec.get("indicator")?;
    let indicator = if node.get("ratio").is_some() {
        Indicator::Ratio {
            errors: word(node, &["ratio", "errors", "metric"])?,
            total: word(node, &["ratio", "total", "metric"])?,
        }
    } else if node.get("latency").is_some() {
        Indicator::Latency {
            success: word(node, &["latency", "success", "metric"])?,
            total: word(node, &["latency", "total", "metric"])?,
        }
    } else {
        Indicator::BoolGauge {
            metric: word(node, &["bool_gauge", "metric"])?,
        }
    };
    let grouping = lower::indicator_of(spec).and_then(|node| node.get("grouping"));
    let labels = grouping.map_or(&[][..], Node::items).iter();
    let alerting = |key: &str| spec.at(&["alerting", key]);
    let is = |key: &str| alerting(key).and_then(Node::boolean);
    Some(ServiceLevelObjective {
        metadata,
        description: word(spec, &["description"]),
        target: word(spec, &["target"])?,
        window: word(spec, &["window"])?,
        indicator,
        grouping: labels
            .filter_map(|label| label.word().map(ToOwned::to_owned))
            .collect(),
        alerting: Alerting {
            disabled: is("disabled"),
            burnrates: is("burnrates"),
            absent: is("absent"),
            name: word(spec, &["alerting", "name"]),
            absent_name: word(spec, &["alerting", "absentName"]),
        },
        partial_response_strategy: word(spec, &["partial_response_strategy"]),
    })
}

/// What a document is called.
pub(crate) fn name_of(root: &Node<'_>) -> Option<String> {
    Metadata::read(root.get("metadata")).full_name()
}
