//! What OpenSLO v1 documents may hold: the one table.
//!
//! Where the specification's prose and its SDK disagree, the table says what the prose allows; see
//! the code `openslo/sdk-disagrees`.

mod alerting;
mod indicator;
mod objective;

use crate::shape::{Field, Kind, Shape, optional, required, text};
use alerting::{ALERT_CONDITION, ALERT_NOTIFICATION_TARGET, ALERT_POLICY};
use indicator::SLI;
use objective::SLO;

/// The version that is read.
pub(crate) const API_VERSION: &str = "openslo/v1";
/// The most characters of a description.
pub(crate) const DESCRIPTION_CHARS_MAX: usize = 1050;
/// How a value is compared with a threshold.
pub(crate) const OPERATORS: &[&str] = &["lt", "lte", "gt", "gte"];

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
pub(crate) fn kind_names() -> impl Iterator<Item = &'static str> + Clone {
    KINDS.iter().map(|(name, _)| *name)
}

/// The shape of a kind.
pub(crate) fn kind(name: &str) -> Option<(&'static str, &'static Shape)> {
    KINDS.iter().find(|(n, _)| *n == name).copied()
}

pub(super) const fn description() -> Field {
    optional(
        "description",
        Kind::Text {
            chars_max: Some(DESCRIPTION_CHARS_MAX),
        },
        "What it is for, in at most 1050 characters.",
    )
}

pub(super) const fn api_version() -> Field {
    required(
        "apiVersion",
        Kind::Choice(&[API_VERSION]),
        "The format's version.",
    )
}

pub(super) const METADATA_DOC: &str = "What the object is called, and what else is known of it.";

pub(super) const fn metadata() -> Field {
    required("metadata", Kind::Object(&METADATA), METADATA_DOC)
}

/// A document of a kind: its name in findings, what it is for editors, and its spec.
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

pub(super) static METADATA: Shape = Shape {
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

use document;

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
