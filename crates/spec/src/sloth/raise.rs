//! OpenSLO v1 as Sloth's SLOs.

use serde_json::{Value as Json, json};
use tomoni_slo::{Indicator, Part, Query};

use super::table::{self, Fields};
use crate::openslo::annotations;
use crate::promql::{PromqlError, Reading, Template, WINDOW, enclosable, read_events};
use crate::raise::{
    ALERTS, Foreign, Leaf, Leaves, Native, Refusal, Step, percent, without_nothing,
};
use crate::yaml::Node;

const CALLED: &str = "Sloth";

/// Sloth's SLOs.
pub(crate) static FORMAT: Foreign = Foreign {
    called: CALLED,
    annotation: annotations::SLOTH,
    leaves,
    written,
    list: |document| {
        Some(match is_object(document) {
            true => &[Step::Key("spec"), Step::Key("slos")],
            false => &[Step::Key("slos")],
        })
    },
    lower: super::lower,
    shape: |document| {
        Some(match is_object(document) {
            true => &table::OBJECT,
            false => table::PLAIN.spec,
        })
    },
    // An SLO is called by its service, too.
    renamed: &["metadata.name"],
    hints: &[
        ALERTS,
        (
            "spec.timeWindow",
            "write a rolling window of `30d`: Sloth's documents say none, and mean that",
        ),
        (
            "spec.budgetingMethod",
            "write `Occurrences`: Sloth counts events",
        ),
    ],
};

/// Where the service and its SLOs stand in a document.
pub(super) fn spec(document: &Json) -> &'static [Step] {
    match is_object(document) {
        true => &[Step::Key("spec")],
        false => &[],
    }
}

fn is_object(document: &Json) -> bool {
    document.get("apiVersion").is_some_and(|v| !v.is_null())
}

fn leaves(slo: &Node<'_>, document: &Json) -> Vec<Leaf> {
    use Step::Key;
    let fields: &Fields = match is_object(document) {
        true => &table::KUBERNETES,
        false => &table::PLAIN,
    };
    let base = [spec(document), &[Key("slos"), Step::Item(0)]].concat();
    let mut leaves = Leaves::below(&base);
    let objectives = slo.at(&["spec", "objectives"]).map_or(&[][..], Node::items);
    leaves.put(&[Key("objective")], objectives.first().and_then(percent));
    let description = slo.at(&["spec", "description"]);
    leaves.description(&[Key("description")], description);
    let ratio = slo.at(&["spec", "indicator", "spec", "ratioMetric"]);
    for (kind, key, of) in [
        ("events", fields.error_query, "bad"),
        ("events", fields.total_query, "total"),
        ("raw", fields.error_ratio_query, "raw"),
    ] {
        let query = ratio.and_then(|ratio| ratio.at(&[of, "metricSource", "spec", "query"]));
        leaves.node(&[Key("sli"), Key(kind), Key(key)], query);
    }
    leaves.list()
}

/// An SLO of a document of its own, without alerts, as OpenSLO's has none that Sloth could make.
fn written(native: &Native<'_, '_>) -> Result<Json, Refusal> {
    let (promise, objective) = native.promise(CALLED)?;
    let service = &native.slo.service;
    let own = native.slo.name.strip_prefix(&format!("{service}-"));
    let name = own
        .filter(|name| name.len() > 1)
        .unwrap_or(&native.slo.name);
    let slo = json!({
        "name": name,
        "objective": percent(objective),
        "description": native.slo.description,
        "labels": native.labels(),
        "sli": sli(native, &promise.indicator)?,
        "alerting": {
            "page_alert": {"disable": true},
            "ticket_alert": {"disable": true},
        },
    });
    let slo = match slo {
        Json::Object(fields) => without_nothing(fields),
        _ => serde_json::Map::new(),
    };
    Ok(json!({"version": table::VERSION, "service": service, "slos": [slo]}))
}

fn sli(native: &Native<'_, '_>, indicator: &Indicator) -> Result<Json, Refusal> {
    match indicator {
        Indicator::Ratio {
            part,
            part_query,
            total,
            counter,
        } => {
            let read = |query: &Query| {
                read_events(&query.promql, *counter).map_err(|error| not_read(native, &error))
            };
            let [part_text, total] = events(native, &read(part_query)?, &read(total)?)?;
            let error = match part {
                Part::Bad => part_text,
                Part::Good => format!("({}) - ({})", enclosable(&total), enclosable(&part_text)),
            };
            Ok(json!({"events": {"error_query": error, "total_query": total}}))
        }
        Indicator::Raw {
            rates_success,
            query,
        } => {
            let template = Template::new(&query.promql);
            if !template.has_placeholder() {
                let message = format!("the query of `raw` has no `{WINDOW}`, which Sloth needs");
                let help = "write the ratio over a range that is left open";
                return Err(native.refused(message, help));
            }
            let ratio = template.with_window(WINDOW);
            let ratio = match rates_success {
                true => format!("1 - ({})", enclosable(&ratio)),
                false => ratio,
            };
            Ok(json!({"raw": {"error_ratio_query": ratio}}))
        }
        Indicator::Threshold { .. } => {
            let message = "`thresholdMetric` cannot be said in a document of Sloth's";
            let help = "write a ratio of events: Sloth compares nothing with a threshold";
            Err(native.refused(message, help))
        }
        Indicator::Pushed { .. } => {
            let message = "counts that are pushed cannot be said in a document of Sloth's";
            Err(native.refused(message, "leave this one to Tomoni"))
        }
    }
}

/// The two sides of a ratio with their ranges left open: as they stand, or of the counters in them.
fn events(
    native: &Native<'_, '_>,
    part: &Reading,
    total: &Reading,
) -> Result<[String; 2], Refusal> {
    let sides = [part, total];
    let template = |reading: &Reading| match reading {
        Reading::Counters(counters) => counters.text.clone(),
        Reading::Expression(template) => template.clone(),
    };
    let texts = sides.map(template);
    if texts.iter().all(Template::has_placeholder) {
        return Ok(texts.map(|text| text.with_window(WINDOW)));
    }
    match (part, total) {
        (Reading::Counters(part), Reading::Counters(total)) => {
            Ok([part, total].map(|counters| counters.rates("sum", WINDOW)))
        }
        _ => {
            let message = format!("a query of `ratioMetric` counts nothing and has no `{WINDOW}`");
            let help = "write sums of counters, such as `sum(rate(errors_total[5m]))`";
            Err(native.refused(message, help))
        }
    }
}

fn not_read(native: &Native<'_, '_>, error: &PromqlError) -> Refusal {
    native.refused(
        format!("a query is not read: {error}"),
        "put the query right",
    )
}
