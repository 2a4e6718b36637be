//! Counts that nobody can be asked for: they are pushed in batches, good and total together.
//!
//! OpenSLO has one place for a number that stands alone, `ratioMetric.raw`; there the name of what is
//! pushed is written once, and other tools still read the document.

use tomoni_slo::Indicator;

use super::sli::Measure;
use crate::codes;
use crate::scope::Scope;
use crate::shape::scalar;
use crate::yaml::{Node, shortened};

/// The type of a metricSource whose counts are pushed.
const TYPE: &str = "tomoni.dev/push";
/// What types begin with that are ours.
const PREFIX: &str = "tomoni.dev/";
const RIGHT: &str = "write `ratioMetric: {rawType: success, raw: {metricSource: {type: \
                     tomoni.dev/push, spec: {sli: my-counts}}}}`: good and total come together, in \
                     the batches";

/// Whether a metric's source says, or was meant to say, that its counts are pushed.
pub(super) fn is_meant(metric: &Node<'_>) -> bool {
    let kind = metric.text_at(&["metricSource", "type"]);
    kind.is_some_and(|kind| kind.starts_with(PREFIX))
}

/// Reports counts that are pushed in a place where they cannot stand.
pub(super) fn elsewhere(scope: &mut Scope<'_>, source: &Node<'_>) {
    let place = source.get("type").map_or(source.extent, |n| n.extent);
    let message = "counts that are pushed stand under `raw` of a ratioMetric, and nowhere else";
    scope.report(&codes::PUSH, place, message, RIGHT);
}

/// Reads a ratio whose counts are pushed; what is wrong with it is reported.
pub(super) fn read(scope: &mut Scope<'_>, ratio: &Node<'_>, raw: &Node<'_>) -> Option<Measure> {
    let source = raw.get("metricSource")?;
    let kind = source.get("type")?;
    if kind.text() != Some(TYPE) {
        let written = shortened(kind.text().unwrap_or_default());
        let message = format!("`{written}` is no type of source");
        scope.report(
            &codes::PUSH,
            kind.extent,
            message,
            format!("write `{TYPE}`"),
        );
        return None;
    }
    if let Some(reference) = source.entry("metricSourceRef") {
        let message = "counts that are pushed come from no DataSource";
        let help = "take `metricSourceRef` out";
        scope.report(&codes::PUSH, reference.key_extent, message, help);
        return None;
    }
    if let Some(node) = ratio.get("rawType").filter(|n| n.text() == Some("failure")) {
        let message = "`rawType: failure` has no effect on counts that are pushed: each batch says \
                       whether it counts good or bad events";
        scope.report(&codes::IGNORED, node.extent, message, "write `success`");
    }
    let sli = name(scope, source)?;
    Some(Measure {
        indicator: Indicator::Pushed { sli },
        queries: Vec::new(),
        identity: String::new(),
    })
}

/// The name under which counts are pushed.
fn name(scope: &mut Scope<'_>, source: &Node<'_>) -> Option<String> {
    let spec = source.entry("spec")?;
    for other in spec.node.entries().iter().filter(|e| e.key != "sli") {
        let message = format!("`{}` has no effect on counts that are pushed", other.key);
        let help = "their spec has one field, `sli`; take the rest out";
        scope.report(&codes::IGNORED, other.key_extent, message, help);
    }
    let Some(sli) = spec.node.entry("sli") else {
        let message = "it is not said under which name the counts are pushed";
        let help = "add `sli: my-counts`; they are pushed to /api/v1/sli/my-counts/counts";
        scope.report(&codes::PUSH, spec.key_extent, message, help);
        return None;
    };
    let named = sli.node.text().filter(|name| scalar::is_name(name));
    if named.is_none() {
        let message = format!("the name of pushed counts cannot be {}", sli.node.what());
        let help = "write lower-case letters, digits and `-`, at most 63 of them";
        scope.report(&codes::PUSH, sli.node.extent, message, help);
    }
    named.map(ToOwned::to_owned)
}
