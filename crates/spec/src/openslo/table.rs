//! What OpenSLO v1 documents may hold: the one table.
//!
//! Where the specification's prose and its SDK disagree, the table says what the prose allows; see
//! [`super::disagree`].

use super::shape::{Field, Kind, Range, Rule, Shape};

/// The version that is read.
pub(crate) const API_VERSION: &str = "openslo/v1";
/// The most characters of a description.
pub(crate) const DESCRIPTION_CHARS_MAX: usize = 1050;
/// How a value is compared with a threshold.
const OPERATORS: &[&str] = &["lt", "lte", "gt", "gte"];
/// How a budget is spent.
const METHODS: &[&str] = &["Occurrences", "Timeslices", "RatioTimeslices"];

/// The kinds of objects, by their names.
pub(crate) static KINDS: &[(&str, &Shape)] = &[
    ("SLO", &SLO),
    ("SLI", &SLI),
    ("Service", &SERVICE),
    ("DataSource", &DATA_SOURCE),
    ("AlertPolicy", &ALERT_POLICY),
    ("AlertCondition", &ALERT_CONDITION),
    ("AlertNotificationTarget", &ALERT_NOTIFICATION_TARGET),
];

/// The names of the kinds.
pub(crate) fn kind_names() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(name, _)| *name)
}

/// The shape of a kind.
pub(crate) fn kind(name: &str) -> Option<(&'static str, &'static Shape)> {
    KINDS.iter().find(|(n, _)| *n == name).copied()
}

const fn required(name: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field {
        name,
        is_required: true,
        kind,
        doc,
    }
}

const fn optional(name: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field {
        name,
        is_required: false,
        kind,
        doc,
    }
}

const fn text() -> Kind {
    Kind::Text { chars_max: None }
}

const fn description() -> Field {
    optional(
        "description",
        Kind::Text {
            chars_max: Some(DESCRIPTION_CHARS_MAX),
        },
        "What it is for, in at most 1050 characters.",
    )
}

const fn range(from: (f64, bool), to: (f64, bool)) -> Kind {
    Kind::Number(Range {
        from: Some(from),
        to: Some(to),
    })
}

const fn api_version() -> Field {
    required(
        "apiVersion",
        Kind::Choice(&[API_VERSION]),
        "The format's version.",
    )
}

const METADATA_DOC: &str = "What the object is called, and what else is known of it.";

const fn metadata() -> Field {
    required("metadata", Kind::Object(&METADATA), METADATA_DOC)
}

macro_rules! document {
    ($kind:literal, $name:literal, $doc:literal, $spec:expr) => {
        Shape {
            name: $name,
            doc: $doc,
            fields: &[
                api_version(),
                required("kind", Kind::Choice(&[$kind]), "What the document defines."),
                metadata(),
                $spec,
            ],
            rules: &[],
        }
    };
}

static METADATA: Shape = Shape {
    name: "an object's metadata",
    doc: METADATA_DOC,
    fields: &[
        required(
            "name",
            Kind::Name,
            "The object's name, its identity: lower-case letters, digits and `-`, at most 63.",
        ),
        optional(
            "displayName",
            Kind::DisplayName,
            "The name that people read.",
        ),
        optional(
            "labels",
            Kind::Labels,
            "Texts, or lists of texts, to group objects by. The label `team` names the owner where \
             nothing else does.",
        ),
        optional(
            "annotations",
            Kind::Annotations,
            "Texts for tools. Tomoni reads those under `tomoni.dev/`.",
        ),
    ],
    rules: &[],
};

static SLO: Shape = document!(
    "SLO",
    "an SLO",
    "A service level objective: what is promised of a service, and over which time.",
    required("spec", Kind::Object(&SLO_SPEC), "What is promised.")
);

static SLO_SPEC: Shape = Shape {
    name: "an SLO's spec",
    doc: "What is promised.",
    fields: &[
        description(),
        required("service", text(), "The name of the service it belongs to."),
        optional(
            "indicator",
            Kind::Object(&INLINE_SLI),
            "What is measured, written out here.",
        ),
        optional(
            "indicatorRef",
            Kind::Name,
            "The name of the SLI that says what is measured.",
        ),
        required(
            "timeWindow",
            Kind::List {
                of: &Kind::Object(&TIME_WINDOW),
                least: 1,
                most: 1,
            },
            "Over which time the budget is held: exactly one window.",
        ),
        required(
            "budgetingMethod",
            Kind::Choice(METHODS),
            "How the budget is spent: by events, by bad time slices, or by the mean of the slices' \
             ratios.",
        ),
        required(
            "objectives",
            Kind::List {
                of: &Kind::Object(&OBJECTIVE),
                least: 1,
                most: 64,
            },
            "The targets that are held.",
        ),
        optional(
            "alertPolicies",
            Kind::List {
                of: &Kind::Object(&ALERT_POLICY_OR_REF),
                least: 0,
                most: 64,
            },
            "Who is told when, by policies written out here or named.",
        ),
    ],
    rules: &[Rule::OneOf(&["indicator", "indicatorRef"])],
};

static INLINE_SLI: Shape = Shape {
    name: "an indicator",
    doc: "What is measured.",
    fields: &[
        metadata(),
        required("spec", Kind::Object(&SLI_SPEC), "What is measured."),
    ],
    rules: &[],
};

static TIME_WINDOW: Shape = Shape {
    name: "a time window",
    doc: "Over which time the budget is held.",
    fields: &[
        required(
            "duration",
            Kind::Duration,
            "How long the window is, such as `28d`; a calendar window takes d, w, M, Q and Y.",
        ),
        optional(
            "isRolling",
            Kind::Boolean,
            "true: the window always ends now. false: it is the calendar's current period.",
        ),
        optional(
            "calendar",
            Kind::Object(&CALENDAR),
            "When the calendar's periods begin; exactly when the window is not rolling.",
        ),
    ],
    rules: &[],
};

static CALENDAR: Shape = Shape {
    name: "a calendar",
    doc: "When periods begin.",
    fields: &[
        required(
            "startTime",
            Kind::DateTime,
            "When the first period began, such as `2026-01-01 00:00:00`, on the zone's clock.",
        ),
        required(
            "timeZone",
            Kind::TimeZone,
            "The zone in which days begin, such as `Asia/Tokyo`.",
        ),
    ],
    rules: &[],
};

static OBJECTIVE: Shape = Shape {
    name: "an objective",
    doc: "A target and what goes with it.",
    fields: &[
        optional(
            "displayName",
            Kind::DisplayName,
            "The name that people read.",
        ),
        optional(
            "op",
            Kind::Choice(OPERATORS),
            "How a thresholdMetric's value is compared: it is good when `metric op value` holds.",
        ),
        optional(
            "value",
            Kind::Number(Range::ANY),
            "With what a thresholdMetric's value is compared.",
        ),
        optional(
            "target",
            range((0.0, true), (1.0, false)),
            "The share that should be good, from 0 to below 1.",
        ),
        optional(
            "targetPercent",
            range((0.0, true), (100.0, false)),
            "The same in percent, from 0 to below 100.",
        ),
        optional(
            "timeSliceTarget",
            range((0.0, false), (1.0, true)),
            "The share of good events that makes a time slice good; with Timeslices.",
        ),
        optional(
            "timeSliceWindow",
            Kind::DurationOrMinutes,
            "How wide a time slice is; with Timeslices and RatioTimeslices.",
        ),
        optional(
            "indicator",
            Kind::Object(&INLINE_SLI),
            "One part of a composite SLO; not evaluated yet.",
        ),
        optional(
            "indicatorRef",
            Kind::Name,
            "One part of a composite SLO; not evaluated yet.",
        ),
        optional(
            "compositeWeight",
            Kind::Number(Range {
                from: Some((0.0, false)),
                to: None,
            }),
            "How much this part of a composite SLO weighs; not evaluated yet.",
        ),
    ],
    rules: &[
        Rule::OneOf(&["target", "targetPercent"]),
        Rule::AtMostOneOf(&["indicator", "indicatorRef"]),
    ],
};

static SLI: Shape = document!(
    "SLI",
    "an SLI",
    "A service level indicator: what is measured.",
    required("spec", Kind::Object(&SLI_SPEC), "What is measured.")
);

static SLI_SPEC: Shape = Shape {
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

static RATIO_METRIC: Shape = Shape {
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

static METRIC: Shape = Shape {
    name: "a metric",
    doc: "Where a number comes from.",
    fields: &[required(
        "metricSource",
        Kind::Object(&METRIC_SOURCE),
        "Where the number comes from.",
    )],
    rules: &[],
};

static METRIC_SOURCE: Shape = Shape {
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
            "The kind of source, such as Prometheus; it may be left out beside a metricSourceRef.",
        ),
        required(
            "spec",
            Kind::Free,
            "What the source is asked; of Prometheus `query`, in PromQL.",
        ),
    ],
    rules: &[],
};

static SERVICE: Shape = document!(
    "Service",
    "a Service",
    "A service that SLOs belong to.",
    optional("spec", Kind::Object(&SERVICE_SPEC), "What the service is.")
);

static SERVICE_SPEC: Shape = Shape {
    name: "a Service's spec",
    doc: "What the service is.",
    fields: &[description()],
    rules: &[],
};

static DATA_SOURCE: Shape = document!(
    "DataSource",
    "a DataSource",
    "A place where metrics are.",
    required(
        "spec",
        Kind::Object(&DATA_SOURCE_SPEC),
        "Which place it is."
    )
);

static DATA_SOURCE_SPEC: Shape = Shape {
    name: "a DataSource's spec",
    doc: "Which place it is.",
    fields: &[
        description(),
        required("type", text(), "The kind of source, such as Prometheus."),
        required(
            "connectionDetails",
            Kind::Anything,
            "How it is reached; of Prometheus `url` and, where needed, `headers`.",
        ),
    ],
    rules: &[],
};

static ALERT_POLICY: Shape = document!(
    "AlertPolicy",
    "an AlertPolicy",
    "Who is told when an SLO's condition is met.",
    required(
        "spec",
        Kind::Object(&ALERT_POLICY_SPEC),
        "Who is told when."
    )
);

static ALERT_POLICY_SPEC: Shape = Shape {
    name: "an AlertPolicy's spec",
    doc: "Who is told when.",
    fields: &[
        description(),
        optional(
            "alertWhenNoData",
            Kind::Boolean,
            "Whether to tell when nothing is known.",
        ),
        optional(
            "alertWhenResolved",
            Kind::Boolean,
            "Whether to tell when it is over.",
        ),
        optional(
            "alertWhenBreaching",
            Kind::Boolean,
            "Whether to tell when the condition is met.",
        ),
        required(
            "conditions",
            Kind::List {
                of: &Kind::Object(&CONDITION_OR_REF),
                least: 1,
                most: 1,
            },
            "The condition: exactly one, written out here or named.",
        ),
        required(
            "notificationTargets",
            Kind::List {
                of: &Kind::Object(&TARGET_OR_REF),
                least: 1,
                most: 64,
            },
            "Who is told, written out here or named.",
        ),
    ],
    rules: &[],
};

macro_rules! inline_or_ref {
    ($name:literal, $doc:literal, $kind:literal, $reference:literal, $spec:expr) => {
        Shape {
            name: $name,
            doc: $doc,
            fields: &[
                optional($reference, Kind::Name, "The name of one defined elsewhere."),
                optional("kind", Kind::Choice(&[$kind]), "What is written out here."),
                optional("metadata", Kind::Object(&METADATA), METADATA_DOC),
                optional("spec", Kind::Object($spec), "What it is, written out here."),
            ],
            rules: &[
                Rule::OneOf(&[$reference, "spec"]),
                Rule::Without($reference, &["kind", "metadata"]),
                Rule::With("spec", &["kind", "metadata"]),
            ],
        }
    };
}

static ALERT_POLICY_OR_REF: Shape = inline_or_ref!(
    "an item of alertPolicies",
    "An alert policy, written out or named.",
    "AlertPolicy",
    "alertPolicyRef",
    &ALERT_POLICY_SPEC
);

static CONDITION_OR_REF: Shape = inline_or_ref!(
    "an item of conditions",
    "An alert condition, written out or named.",
    "AlertCondition",
    "conditionRef",
    &ALERT_CONDITION_SPEC
);

static TARGET_OR_REF: Shape = inline_or_ref!(
    "an item of notificationTargets",
    "A notification target, written out or named.",
    "AlertNotificationTarget",
    "targetRef",
    &ALERT_NOTIFICATION_TARGET_SPEC
);

static ALERT_CONDITION: Shape = document!(
    "AlertCondition",
    "an AlertCondition",
    "When an SLO is bad enough for somebody to be told.",
    required(
        "spec",
        Kind::Object(&ALERT_CONDITION_SPEC),
        "When it is bad enough."
    )
);

static ALERT_CONDITION_SPEC: Shape = Shape {
    name: "an AlertCondition's spec",
    doc: "When it is bad enough.",
    fields: &[
        description(),
        required("severity", text(), "How urgent it is, such as `page`."),
        required("condition", Kind::Object(&CONDITION), "The condition."),
    ],
    rules: &[],
};

static CONDITION: Shape = Shape {
    name: "a condition",
    doc: "What is compared with what.",
    fields: &[
        optional(
            "kind",
            Kind::Choice(&["burnrate"]),
            "What is compared: the burn rate.",
        ),
        optional(
            "op",
            Kind::Choice(OPERATORS),
            "How the burn rate is compared with the threshold.",
        ),
        required(
            "threshold",
            Kind::Number(Range::ANY),
            "With what the burn rate is compared.",
        ),
        required(
            "lookbackWindow",
            Kind::Duration,
            "Over which time the burn rate is taken.",
        ),
        optional(
            "alertAfter",
            Kind::Delay,
            "How long the condition must hold before somebody is told; at once where left out.",
        ),
    ],
    rules: &[],
};

static ALERT_NOTIFICATION_TARGET: Shape = document!(
    "AlertNotificationTarget",
    "an AlertNotificationTarget",
    "Who or what is told.",
    required(
        "spec",
        Kind::Object(&ALERT_NOTIFICATION_TARGET_SPEC),
        "Who or what is told."
    )
);

static ALERT_NOTIFICATION_TARGET_SPEC: Shape = Shape {
    name: "an AlertNotificationTarget's spec",
    doc: "Who or what is told.",
    fields: &[
        description(),
        required("target", text(), "The way of telling, such as `slack`."),
    ],
    rules: &[],
};
