//! What OpenSLO v1alpha documents may hold.

use super::API_VERSION;
use crate::openslo::table::{DESCRIPTION_CHARS_MAX, OPERATORS};
use crate::shape::{Kind, Range, Shape, optional, range, required, text};

/// The kinds of objects, by their names.
pub(super) static KINDS: [(&str, &Shape); 2] = [("SLO", &SLO), ("Service", &SERVICE)];

const DESCRIPTION: Kind = Kind::Text {
    chars_max: Some(DESCRIPTION_CHARS_MAX),
};

static SERVICE: Shape = Shape {
    name: "a Service",
    doc: "A service that SLOs belong to.",
    fields: &[
        required("apiVersion", Kind::Choice(&[API_VERSION]), "The version."),
        required("kind", Kind::Choice(&["Service"]), "The kind."),
        required("metadata", Kind::Object(&METADATA), "What it is called."),
        optional("spec", Kind::Object(&SERVICE_SPEC), "What it is."),
    ],
    rules: &[],
};

static SERVICE_SPEC: Shape = Shape {
    name: "a Service's spec",
    doc: "What it is.",
    fields: &[optional("description", DESCRIPTION, "What it is for.")],
    rules: &[],
};

static METADATA: Shape = Shape {
    name: "an object's metadata",
    doc: "What it is called.",
    fields: &[
        required("name", Kind::Name, "Its name."),
        optional(
            "displayName",
            Kind::DisplayName,
            "The name that people read.",
        ),
    ],
    rules: &[],
};

static SLO: Shape = Shape {
    name: "an SLO",
    doc: "What is promised.",
    fields: &[
        required("apiVersion", Kind::Choice(&[API_VERSION]), "The version."),
        required("kind", Kind::Choice(&["SLO"]), "The kind."),
        required("metadata", Kind::Object(&METADATA), "What it is called."),
        required("spec", Kind::Object(&SLO_SPEC), "What is promised."),
    ],
    rules: &[],
};

static SLO_SPEC: Shape = Shape {
    name: "an SLO's spec",
    doc: "What is promised.",
    fields: &[
        optional("description", DESCRIPTION, "What it is for."),
        required("service", text(), "The service it belongs to."),
        optional("indicator", Kind::Object(&INDICATOR), "What is measured."),
        required(
            "timeWindows",
            Kind::List {
                of: &Kind::Object(&TIME_WINDOW),
                least: 1,
                most: 1,
            },
            "Over which time the budget is held.",
        ),
        required(
            "budgetingMethod",
            Kind::Choice(&["Occurrences", "Timeslices"]),
            "How the budget is spent.",
        ),
        required(
            "objectives",
            Kind::List {
                of: &Kind::Object(&OBJECTIVE),
                least: 1,
                most: 64,
            },
            "The targets.",
        ),
    ],
    rules: &[],
};

static INDICATOR: Shape = Shape {
    name: "an indicator",
    doc: "What is measured.",
    fields: &[required(
        "thresholdMetric",
        Kind::Object(&METRIC),
        "A value that objectives compare with a threshold.",
    )],
    rules: &[],
};

static METRIC: Shape = Shape {
    name: "a metric",
    doc: "Where a number comes from.",
    fields: &[
        required(
            "source",
            text(),
            "The kind of source, such as `prometheus`.",
        ),
        required("queryType", text(), "The query's language."),
        required("query", text(), "What the source is asked."),
    ],
    rules: &[],
};

static TIME_WINDOW: Shape = Shape {
    name: "a time window",
    doc: "Over which time the budget is held.",
    fields: &[
        required(
            "unit",
            Kind::Choice(&["Second", "Day", "Week", "Month", "Quarter"]),
            "The unit.",
        ),
        required("count", Kind::Number(COUNT), "How many of them."),
        optional(
            "isRolling",
            Kind::Boolean,
            "Whether the window always ends now.",
        ),
        optional("calendar", Kind::Object(&CALENDAR), "When periods begin."),
    ],
    rules: &[],
};

const COUNT: Range = Range {
    from: Some((1.0, true)),
    to: Some((100_000.0, true)),
};

static CALENDAR: Shape = Shape {
    name: "a calendar",
    doc: "When periods begin.",
    fields: &[
        required("startTime", Kind::DateTime, "When the first period began."),
        required("timeZone", Kind::TimeZone, "The zone in which days begin."),
    ],
    rules: &[],
};

static OBJECTIVE: Shape = Shape {
    name: "an objective",
    doc: "A target.",
    fields: &[
        optional(
            "displayName",
            Kind::DisplayName,
            "The name that people read.",
        ),
        optional("value", Kind::Number(Range::ANY), "The threshold."),
        optional(
            "op",
            Kind::Choice(OPERATORS),
            "How values are compared with it.",
        ),
        required(
            "target",
            range((0.0, true), (1.0, false)),
            "The share that should be good.",
        ),
        optional(
            "timeSliceTarget",
            range((0.0, false), (1.0, true)),
            "The share of good events that makes a time slice good.",
        ),
        optional(
            "ratioMetrics",
            Kind::Object(&RATIO),
            "Good events of all events.",
        ),
    ],
    rules: &[],
};

static RATIO: Shape = Shape {
    name: "ratioMetrics",
    doc: "Good events of all events.",
    fields: &[
        optional(
            "incremental",
            Kind::Boolean,
            "Whether the queries are counters.",
        ),
        required("good", Kind::Object(&METRIC), "The good events."),
        required("total", Kind::Object(&METRIC), "All events."),
    ],
    rules: &[],
};
