//! OpenSLO v1 as Pyrra's objectives.

use serde_json::{Value as Json, json};
use tomoni_slo::{Duration, Indicator, Op, Part, Promise, Query, Several, Threshold};

use super::{PREFIX, table};
use crate::openslo::annotations;
use crate::prometheus::{duration_ms, duration_text};
use crate::promql::{MatchOp, Measure, Reading, Selector, read_events, read_gauge};
use crate::raise::{
    ALERTS, Foreign, Leaf, Leaves, Native, Refusal, Step, percent, without_nothing,
};
use crate::yaml::Node;

const CALLED: &str = "Pyrra";
/// Milliseconds of a minute.
const MINUTE_MS: u64 = 60_000;
/// Where a gauge is good.
const GOOD: Threshold = Threshold {
    op: Op::Gte,
    value: 1.0,
};

/// Pyrra's objectives.
pub(crate) static FORMAT: Foreign = Foreign {
    called: CALLED,
    annotation: annotations::PYRRA,
    leaves,
    written,
    list: |_| None,
    lower: super::lowered,
    shape: |_| Some(&table::OBJECT),
    renamed: &[],
    hints: &[
        ALERTS,
        (
            "spec.timeWindow",
            "write a rolling window: Pyrra knows no calendar",
        ),
        (
            "spec.budgetingMethod",
            "write `Occurrences`: Pyrra counts events",
        ),
    ],
};

fn leaves(slo: &Node<'_>, document: &Json) -> Vec<Leaf> {
    use Step::Key;
    let mut leaves = Leaves::below(&[Key("spec")]);
    let spec = |path: &[&str]| slo.get("spec")?.at(path);
    leaves.description(&[Key("description")], spec(&["description"]));
    let objectives = spec(&["objectives"]).map_or(&[][..], Node::items);
    leaves.number_as_text(&[Key("target")], objectives.first().and_then(percent));
    leaves.duration(&[Key("window")], window(slo));
    let has = |kind: &str| {
        let indicator = document.pointer(&format!("/spec/indicator/{kind}"));
        indicator.is_some_and(|node| !node.is_null())
    };
    let indicator = spec(&["indicator", "spec"]);
    let mut query = |path: &[&'static str], of: &[&str]| {
        let metric = indicator.and_then(|i| i.at(of));
        let query = metric.and_then(|m| m.at(&["metricSource", "spec", "query"]));
        let path: Vec<Step> = path.iter().copied().map(Key).collect();
        leaves.node(&[&[Key("indicator")], path.as_slice()].concat(), query);
    };
    if has("bool_gauge") {
        query(&["bool_gauge", "metric"], &["thresholdMetric"]);
    } else if has("latency") {
        query(&["latency", "success", "metric"], &["ratioMetric", "good"]);
        query(&["latency", "total", "metric"], &["ratioMetric", "total"]);
    } else {
        query(&["ratio", "errors", "metric"], &["ratioMetric", "bad"]);
        query(&["ratio", "total", "metric"], &["ratioMetric", "total"]);
    }
    leaves.list()
}

/// An SLO's window as Prometheus writes durations.
fn window(slo: &Node<'_>) -> Option<String> {
    let windows = slo.at(&["spec", "timeWindow"])?;
    let written = windows.items().first()?.text_at(&["duration"])?;
    let minutes = written.parse::<Duration>().ok()?.minutes();
    let ms = u64::try_from(minutes).ok()?.checked_mul(MINUTE_MS)?;
    Some(match duration_ms(written) == Some(ms) {
        true => written.to_owned(),
        false => duration_text(ms),
    })
}

/// A document without alerts, as OpenSLO's has none that Pyrra could make.
fn written(native: &Native<'_, '_>) -> Result<Json, Refusal> {
    let (promise, objective) = native.promise(CALLED)?;
    let slo = native.slo;
    let mut labels = native.labels();
    if slo.service != slo.name && !labels.contains_key("service") {
        labels.insert(format!("{PREFIX}service"), slo.service.clone().into());
    }
    let mut annotations = native.annotations();
    annotations.remove(annotations::GROUP_BY);
    let (kind, mut fields) = indicator(native, promise)?;
    if !slo.group_by.is_empty()
        && let Json::Object(fields) = &mut fields
    {
        fields.insert("grouping".to_owned(), slo.group_by.clone().into());
    }
    let metadata = json!({"name": slo.name, "labels": labels, "annotations": annotations});
    let spec = json!({
        "description": slo.description,
        "target": percent(objective).map(|percent| percent.to_string()),
        "window": window(native.root),
        "indicator": {kind: fields},
        "alerting": {"disabled": true},
    });
    let [metadata, spec] = [metadata, spec].map(|json| match json {
        Json::Object(fields) => without_nothing(fields),
        _ => serde_json::Map::new(),
    });
    Ok(json!({
        "apiVersion": table::API_VERSION,
        "kind": table::KIND,
        "metadata": metadata,
        "spec": spec,
    }))
}

fn indicator(native: &Native<'_, '_>, promise: &Promise) -> Result<(&'static str, Json), Refusal> {
    match &promise.indicator {
        Indicator::Ratio {
            part,
            part_query,
            total,
            counter,
        } => {
            let query = |query: &Query| {
                counter_of(query, *counter).ok_or_else(|| {
                    let message = format!(
                        "a query of `ratioMetric` is more than one counter: `{}`",
                        crate::yaml::shortened(&query.promql)
                    );
                    let help = "write the counter with its conditions, as `errors_total{…}` or \
                                `sum(rate(errors_total{…}[5m]))`: Pyrra itself rates and sums";
                    native.refused(message, help)
                })
            };
            let ((part_selector, part_text), (total_selector, total)) =
                (query(part_query)?, query(total)?);
            let of = |metric: String| json!({"metric": metric});
            match part {
                Part::Bad => Ok((
                    "ratio",
                    json!({"errors": of(part_text), "total": of(total)}),
                )),
                Part::Good if is_latency(&part_selector, &total_selector) => Ok((
                    "latency",
                    json!({"success": of(part_text), "total": of(total)}),
                )),
                Part::Good => {
                    let message = "`good` cannot be said in a document of Pyrra's, beside a \
                                   histogram's bucket";
                    let help = "write `bad`: Pyrra counts errors";
                    Err(native.refused(message, help))
                }
            }
        }
        Indicator::Threshold {
            query,
            several: Several::Each,
        } if promise.threshold == Some(GOOD)
            && matches!(read_gauge(&query.promql), Ok(Some(_))) =>
        {
            Ok(("bool_gauge", json!({"metric": query.promql})))
        }
        Indicator::Threshold { .. } => {
            let message = "this `thresholdMetric` cannot be said in a document of Pyrra's";
            let help = "its gauges are 1 where all is well: a metric with conditions on its labels, \
                        `series: each`, `op: gte` and `value: 1`";
            Err(native.refused(message, help))
        }
        Indicator::Raw { .. } => {
            let message = "`raw` cannot be said in a document of Pyrra's";
            Err(native.refused(message, "write `bad` and `total`, each a counter"))
        }
        Indicator::Pushed { .. } => {
            let message = "counts that are pushed cannot be said in a document of Pyrra's";
            Err(native.refused(message, "leave this one to Tomoni"))
        }
    }
}

/// The one counter that a query counts, and its text.
fn counter_of(query: &Query, is_counter: bool) -> Option<(Selector, String)> {
    let Ok(Reading::Counters(counters)) = read_events(&query.promql, is_counter) else {
        return None;
    };
    let [term] = counters.terms.as_slice() else {
        return None;
    };
    let is_bare =
        counters.measure == Measure::Value && matches!(read_gauge(&query.promql), Ok(Some(_)));
    let text = match is_bare {
        true => query.promql.clone(),
        false => term.selector.to_string(),
    };
    (!term.negative).then(|| (term.selector.clone(), text))
}

fn is_latency(success: &Selector, total: &Selector) -> bool {
    let ends = |selector: &Selector, ending: &str| {
        let name = selector.metric.as_deref();
        name.is_some_and(|name| name.ends_with(ending))
    };
    let is_bound = |m: &crate::promql::Matcher| m.label == "le" && m.op == MatchOp::Equal;
    ends(success, "_bucket") && ends(total, "_count") && success.matchers.iter().any(is_bound)
}
