//! Indicators and their metrics.

use super::{api_version, description, document, metadata};
use crate::shape::{Kind, Rule, Shape, optional, required, text};

pub(super) static SLI: Shape = document!(
    "SLI",
    "an SLI",
    "A service level indicator: what is measured.",
    required("spec", Kind::Object(&SLI_SPEC), "What is measured.")
);

pub(super) static SLI_SPEC: Shape = Shape {
    name: "an indicator's spec",
    doc: "What is measured.",
    fields: &[
        description(),
        optional(
            "thresholdMetric",
            Kind::Object(&METRIC),
            "A value that objectives compare with a threshold.",
        ),
        optional(
            "ratioMetric",
            Kind::Object(&RATIO_METRIC),
            "Good or bad events of all events, or their ratio.",
        ),
    ],
    rules: &[Rule::OneOf(&["thresholdMetric", "ratioMetric"])],
};

pub(super) static RATIO_METRIC: Shape = Shape {
    name: "a ratioMetric",
    doc: "Good or bad events of all events, or their ratio.",
    fields: &[
        optional(
            "counter",
            Kind::Boolean,
            "true: the queries are counters that only rise. false, or left out: they are numbers \
             that rise and fall.",
        ),
        optional("good", Kind::Object(&METRIC), "The events that were good."),
        optional("bad", Kind::Object(&METRIC), "The events that were bad."),
        optional("total", Kind::Object(&METRIC), "All events."),
        optional(
            "rawType",
            Kind::Choice(&["success", "failure"]),
            "Whether `raw` is the ratio of good or of bad events.",
        ),
        optional(
            "raw",
            Kind::Object(&METRIC),
            "A ratio from 0 to 1 that somebody has computed already.",
        ),
    ],
    rules: &[
        Rule::OneOf(&["total", "raw"]),
        Rule::AtMostOneOf(&["good", "bad"]),
        Rule::Without("raw", &["good", "bad"]),
        Rule::With("raw", &["rawType"]),
        Rule::Without("total", &["rawType"]),
    ],
};

pub(super) static METRIC: Shape = Shape {
    name: "a metric",
    doc: "Where a number comes from.",
    fields: &[required(
        "metricSource",
        Kind::Object(&METRIC_SOURCE),
        "Where the number comes from.",
    )],
    rules: &[],
};

pub(super) static METRIC_SOURCE: Shape = Shape {
    name: "a metricSource",
    doc: "Where a number comes from.",
    fields: &[
        optional(
            "metricSourceRef",
            Kind::Name,
            "The name of the DataSource that is asked. Without it, a Prometheus source is the \
             configured server.",
        ),
        optional(
            "type",
            text(),
            "The kind of source, such as Prometheus; it may be left out beside a metricSourceRef. \
             `tomoni.dev/push`, under `raw`: counts that are pushed.",
        ),
        required(
            "spec",
            Kind::Free,
            "What the source is asked; of Prometheus `query`, in PromQL, and of a thresholdMetric \
             `series: each` where every series is an event; of counts that are pushed `sli`, the \
             name under which they are.",
        ),
    ],
    rules: &[],
};
