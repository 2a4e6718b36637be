//! Alert policies, conditions and targets.

use super::{METADATA, METADATA_DOC, OPERATORS, api_version, description, document, metadata};
use crate::shape::{Kind, Range, Rule, Shape, optional, required, text};

pub(super) static ALERT_POLICY: Shape = document!(
    "AlertPolicy",
    "an AlertPolicy",
    "Who is told when an SLO's condition is met.",
    required(
        "spec",
        Kind::Object(&ALERT_POLICY_SPEC),
        "Who is told when."
    )
);

pub(super) static ALERT_POLICY_SPEC: Shape = Shape {
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

pub(super) static ALERT_POLICY_OR_REF: Shape = inline_or_ref!(
    "an item of alertPolicies",
    "An alert policy, written out or named.",
    "AlertPolicy",
    "alertPolicyRef",
    &ALERT_POLICY_SPEC
);

pub(super) static CONDITION_OR_REF: Shape = inline_or_ref!(
    "an item of conditions",
    "An alert condition, written out or named.",
    "AlertCondition",
    "conditionRef",
    &ALERT_CONDITION_SPEC
);

pub(super) static TARGET_OR_REF: Shape = inline_or_ref!(
    "an item of notificationTargets",
    "A notification target, written out or named.",
    "AlertNotificationTarget",
    "targetRef",
    &ALERT_NOTIFICATION_TARGET_SPEC
);

pub(super) static ALERT_CONDITION: Shape = document!(
    "AlertCondition",
    "an AlertCondition",
    "When an SLO is bad enough for somebody to be told.",
    required(
        "spec",
        Kind::Object(&ALERT_CONDITION_SPEC),
        "When it is bad enough."
    )
);

pub(super) static ALERT_CONDITION_SPEC: Shape = Shape {
    name: "an AlertCondition's spec",
    doc: "When it is bad enough.",
    fields: &[
        description(),
        required("severity", text(), "How urgent it is, such as `page`."),
        required("condition", Kind::Object(&CONDITION), "The condition."),
    ],
    rules: &[],
};

pub(super) static CONDITION: Shape = Shape {
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

pub(super) static ALERT_NOTIFICATION_TARGET: Shape = document!(
    "AlertNotificationTarget",
    "an AlertNotificationTarget",
    "Who or what is told.",
    required(
        "spec",
        Kind::Object(&ALERT_NOTIFICATION_TARGET_SPEC),
        "Who or what is told."
    )
);

pub(super) static ALERT_NOTIFICATION_TARGET_SPEC: Shape = Shape {
    name: "an AlertNotificationTarget's spec",
    doc: "Who or what is told.",
    fields: &[
        description(),
        required("target", text(), "The way of telling, such as `slack`."),
    ],
    rules: &[],
};
