//! What Pyrra's documents may hold.

use super::check;
use crate::kubernetes;
use crate::shape::{Kind, Rule, Shape, optional, required};

/// The group and version of Pyrra's objects.
pub(crate) const API_VERSION: &str = "pyrra.dev/v1alpha1";
/// Their kind.
pub(crate) const KIND: &str = "ServiceLevelObjective";

pub(crate) static OBJECT: Shape = Shape {
    name: "a ServiceLevelObjective",
    doc: "A service level objective.",
    fields: &[
        required("apiVersion", Kind::Choice(&[API_VERSION]), "The version."),
        required("kind", Kind::Choice(&[KIND]), "The kind."),
        required(
            "metadata",
            Kind::Own(kubernetes::check),
            "What it is called.",
        ),
        required("spec", Kind::Object(&SPEC), "What is promised."),
        optional("status", Kind::Anything, "What Pyrra's controller says."),
    ],
    rules: &[],
};

pub(crate) static SPEC: Shape = Shape {
    name: "a ServiceLevelObjective's spec",
    doc: "What is promised.",
    fields: &[
        optional("description", Kind::Word, "What it is for."),
        required("target", Kind::Own(check::target), "The target in percent."),
        required("window", Kind::Own(check::window), "The rolling window."),
        required("indicator", Kind::Object(&INDICATOR), "What is measured."),
        optional(
            "alerting",
            Kind::Object(&ALERTING),
            "Which alerts there are.",
        ),
        optional(
            "partial_response_strategy",
            Kind::Choice(&["abort", "warn", ""]),
            "What Thanos does where a part of it does not answer.",
        ),
    ],
    rules: &[],
};

pub(crate) static INDICATOR: Shape = Shape {
    name: "an indicator",
    doc: "What is measured.",
    fields: &[
        optional("ratio", Kind::Object(&RATIO), "Errors of all events."),
        optional(
            "latency",
            Kind::Object(&LATENCY),
            "Events that were fast enough.",
        ),
        optional(
            "latencyNative",
            Kind::Object(&NATIVE),
            "The same, of a native histogram.",
        ),
        optional(
            "bool_gauge",
            Kind::Object(&GAUGE),
            "A gauge that is 1 or 0.",
        ),
    ],
    rules: &[Rule::OneOf(&[
        "ratio",
        "latency",
        "latencyNative",
        "bool_gauge",
    ])],
};

const GROUPING: Kind = Kind::List {
    of: &Kind::Own(check::label_name),
    least: 0,
    most: 64,
};

pub(crate) static RATIO: Shape = Shape {
    name: "a ratio",
    doc: "Errors of all events.",
    fields: &[
        required("errors", Kind::Object(&QUERY), "The errors."),
        required("total", Kind::Object(&QUERY), "All events."),
        optional(
            "grouping",
            GROUPING,
            "Labels whose values have a budget each.",
        ),
    ],
    rules: &[],
};

pub(crate) static LATENCY: Shape = Shape {
    name: "a latency",
    doc: "Events that were fast enough.",
    fields: &[
        required("success", Kind::Object(&QUERY), "The histogram's bucket."),
        required("total", Kind::Object(&QUERY), "The histogram's count."),
        optional(
            "grouping",
            GROUPING,
            "Labels whose values have a budget each.",
        ),
    ],
    rules: &[],
};

pub(crate) static NATIVE: Shape = Shape {
    name: "a latencyNative",
    doc: "Events that were fast enough, of a native histogram.",
    fields: &[
        required("latency", Kind::Word, "How fast is fast enough."),
        required("total", Kind::Object(&QUERY), "The histogram."),
        optional(
            "grouping",
            GROUPING,
            "Labels whose values have a budget each.",
        ),
    ],
    rules: &[],
};

pub(crate) static GAUGE: Shape = Shape {
    name: "a bool_gauge",
    doc: "A gauge that is 1 or 0.",
    fields: &[
        required("metric", Kind::Own(check::metric), "The gauge."),
        optional(
            "grouping",
            GROUPING,
            "Labels whose values have a budget each.",
        ),
    ],
    rules: &[],
};

static QUERY: Shape = Shape {
    name: "a metric",
    doc: "The series that are counted.",
    fields: &[required(
        "metric",
        Kind::Own(check::metric),
        "A metric's name, with conditions on its labels.",
    )],
    rules: &[],
};

pub(crate) static ALERTING: Shape = Shape {
    name: "the alerting",
    doc: "Which alerts there are.",
    fields: &[
        optional("disabled", Kind::Boolean, "Whether there are none."),
        optional(
            "burnrates",
            Kind::Boolean,
            "Whether there are burn rate alerts.",
        ),
        optional(
            "absent",
            Kind::Boolean,
            "Whether there is one for missing metrics.",
        ),
        optional("name", Kind::Word, "The burn rate alerts' name."),
        optional(
            "absentName",
            Kind::Word,
            "The name of the one for missing metrics.",
        ),
    ],
    rules: &[],
};
