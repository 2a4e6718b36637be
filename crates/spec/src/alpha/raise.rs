//! OpenSLO v1 as OpenSLO v1alpha.

use serde_json::{Map, Value as Json, json};
use tomoni_slo::{Duration, DurationUnit};

use super::{API_VERSION, table};
use crate::openslo::annotations;
use crate::raise::{ALERTS, Foreign, Leaf, Leaves, Native, Refusal, Step, without_nothing};
use crate::yaml::{Node, json};

const CALLED: &str = "OpenSLO v1alpha";
/// What v1alpha calls the language of Prometheus' queries.
const PROMQL: &str = "promql";
/// Where a document's objectives stand.
pub(super) const OBJECTIVES: &[Step] = &[Step::Key("spec"), Step::Key("objectives")];

/// OpenSLO v1alpha.
pub(crate) static FORMAT: Foreign = Foreign {
    called: CALLED,
    annotation: annotations::OPENSLO_V1ALPHA,
    leaves,
    written,
    list: |_| Some(OBJECTIVES),
    lower: super::read,
    shape: |document| {
        let kind = document.get("kind").and_then(Json::as_str);
        let known = table::KINDS.iter().find(|(name, _)| Some(*name) == kind);
        known.map(|(_, shape)| *shape)
    },
    renamed: &[],
    hints: &[
        ALERTS,
        (
            "spec.objectives",
            "v1alpha's objectives have no `timeSliceWindow` of their own: it is a minute",
        ),
    ],
};

fn leaves(slo: &Node<'_>, _: &Json) -> Vec<Leaf> {
    use Step::{Item, Key};
    let mut leaves = Leaves::below(&[]);
    let display_name = slo.at(&["metadata", "displayName"]);
    leaves.node(&[Key("metadata"), Key("displayName")], display_name);
    let spec = |path: &[&str]| slo.get("spec")?.at(path);
    for key in ["description", "service", "budgetingMethod"] {
        leaves.node(&[Key("spec"), Key(key)], spec(&[key]));
    }
    if let Some((unit, count)) = window(slo) {
        let window = [Key("spec"), Key("timeWindows"), Item(0)];
        leaves.put(&[&window[..], &[Key("unit")]].concat(), Some(unit.into()));
        leaves.put(&[&window[..], &[Key("count")]].concat(), Some(count.into()));
    }
    let indicator = spec(&["indicator", "spec"]);
    let metric = |leaves: &mut Leaves, base: &[Step], metric: Option<&Node<'_>>| {
        let source = metric.and_then(|m| m.get("metricSource"));
        for (key, path) in [
            ("source", &["type"][..]),
            ("queryType", &["spec", "queryType"]),
            ("query", &["spec", "query"]),
        ] {
            let node = source.and_then(|s| s.at(path));
            leaves.node(&[base, &[Key(key)]].concat(), node);
        }
    };
    let threshold = indicator.and_then(|i| i.get("thresholdMetric"));
    let base = [Key("spec"), Key("indicator"), Key("thresholdMetric")];
    metric(&mut leaves, &base, threshold);
    let ratio = indicator.and_then(|i| i.get("ratioMetric"));
    let objectives = spec(&["objectives"]).map_or(&[][..], Node::items);
    for (index, objective) in objectives.iter().enumerate() {
        let base = [OBJECTIVES, &[Item(index)]].concat();
        for key in ["displayName", "op", "value", "timeSliceTarget"] {
            leaves.node(&[&base[..], &[Key(key)]].concat(), objective.get(key));
        }
        leaves.put(&[&base[..], &[Key("target")]].concat(), target(objective));
        let Some(ratio) = ratio else { continue };
        let base = [&base[..], &[Key("ratioMetrics")]].concat();
        let counter = ratio.get("counter");
        leaves.node(&[&base[..], &[Key("incremental")]].concat(), counter);
        for key in ["good", "total"] {
            metric(
                &mut leaves,
                &[&base[..], &[Key(key)]].concat(),
                ratio.get(key),
            );
        }
    }
    leaves.list()
}

/// An objective's target as a fraction.
fn target(objective: &Node<'_>) -> Option<Json> {
    match objective.get("target") {
        Some(node) => Some(json::of(node)),
        None => Some(crate::openslo::target(objective)?.fraction().into()),
    }
}

/// An SLO's window as a unit and how many of it.
fn window(slo: &Node<'_>) -> Option<(&'static str, i64)> {
    let windows = slo.at(&["spec", "timeWindow"])?;
    let written = windows.items().first()?.text_at(&["duration"])?;
    let Duration { count, unit } = written.parse().ok()?;
    Some(match unit {
        DurationUnit::Minute => ("Second", count * 60),
        DurationUnit::Hour => ("Second", count * 3_600),
        DurationUnit::Day => ("Day", count),
        DurationUnit::Week => ("Week", count),
        DurationUnit::Month => ("Month", count),
        DurationUnit::Quarter => ("Quarter", count),
        DurationUnit::Year => ("Month", count * 12),
    })
}

fn written(native: &Native<'_, '_>) -> Result<Json, Refusal> {
    let asked = asked(native)?;
    let is_threshold = native.indicator.get("thresholdMetric").is_some();
    let objectives = native.spec("objectives").map_or(&[][..], Node::items);
    let objective = |node: &Node<'_>| {
        let mut fields = Map::new();
        for key in ["displayName", "op", "value", "timeSliceTarget"] {
            fields.insert(key.to_owned(), node.get(key).map_or(Json::Null, json::of));
        }
        fields.insert("target".to_owned(), target(node).unwrap_or_default());
        if !is_threshold {
            fields.insert("ratioMetrics".to_owned(), asked.clone());
        }
        Json::Object(without_nothing(fields))
    };
    let objectives: Vec<Json> = objectives.iter().map(objective).collect();
    let indicator = is_threshold.then(|| json!({"thresholdMetric": asked}));
    let field = |key: &str| native.spec(key).map_or(Json::Null, json::of);
    let spec = json!({
        "description": field("description"),
        "service": field("service"),
        "budgetingMethod": field("budgetingMethod"),
        "indicator": indicator,
        "timeWindows": [time_window(native)],
        "objectives": objectives,
    });
    let display_name = native.root.at(&["metadata", "displayName"]).map(json::of);
    let metadata = json!({"name": native.slo.name, "displayName": display_name});
    let [metadata, spec] = [metadata, spec].map(|json| match json {
        Json::Object(fields) => without_nothing(fields),
        _ => Map::new(),
    });
    Ok(json!({"apiVersion": API_VERSION, "kind": "SLO", "metadata": metadata, "spec": spec}))
}

fn time_window(native: &Native<'_, '_>) -> Json {
    let windows = native.spec("timeWindow").map_or(&[][..], Node::items);
    let mut fields = Map::new();
    if let Some((unit, count)) = window(native.root) {
        fields.insert("unit".to_owned(), unit.into());
        fields.insert("count".to_owned(), count.into());
    }
    for key in ["isRolling", "calendar"] {
        let node = windows.first().and_then(|window| window.get(key));
        fields.insert(key.to_owned(), node.map_or(Json::Null, json::of));
    }
    Json::Object(without_nothing(fields))
}

/// What is asked: one metric, or the two of a ratio.
fn asked(native: &Native<'_, '_>) -> Result<Json, Refusal> {
    if let Some(threshold) = native.indicator.get("thresholdMetric") {
        return metric(native, threshold);
    }
    let ratio = native.indicator.get("ratioMetric");
    let (Some(ratio), Some((good, total))) =
        (ratio, ratio.and_then(|r| r.get("good").zip(r.get("total"))))
    else {
        let message = "this `ratioMetric` cannot be said in OpenSLO v1alpha";
        let help = "write `good` and `total`: v1alpha knows neither `bad` nor `raw`";
        return Err(native.refused(message, help));
    };
    let fields = json!({
        "incremental": ratio.get("counter").map(json::of),
        "good": metric(native, good)?,
        "total": metric(native, total)?,
    });
    Ok(match fields {
        Json::Object(fields) => Json::Object(without_nothing(fields)),
        other => other,
    })
}

fn metric(native: &Native<'_, '_>, node: &Node<'_>) -> Result<Json, Refusal> {
    let source = node.get("metricSource");
    let part = |path: &[&str]| source?.at(path);
    let query = part(&["spec", "query"]).or_else(|| part(&["spec", "promql"]));
    let spec = part(&["spec"]).map_or(&[][..], Node::entries);
    let other = spec
        .iter()
        .find(|e| !["query", "promql", "queryType"].contains(&e.key.as_ref()));
    if let Some(other) = other {
        let message = format!(
            "`{}` of a metric cannot be said in OpenSLO v1alpha",
            other.key
        );
        return Err(native.refused(message, "it knows a query and its type"));
    }
    let query_type = part(&["spec", "queryType"]).and_then(Node::text);
    Ok(json!({
        "source": part(&["type"]).and_then(Node::text).unwrap_or("prometheus"),
        "queryType": query_type.unwrap_or(PROMQL),
        "query": query.and_then(Node::text),
    }))
}

/// An object other than an SLO, which differs in its version alone.
pub(crate) fn older(root: &Node<'_>) -> Json {
    let mut document = json::as_written(root);
    if let Json::Object(fields) = &mut document {
        fields.insert("apiVersion".to_owned(), API_VERSION.into());
    }
    document
}
