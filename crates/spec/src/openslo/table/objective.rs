//! SLOs and their objectives.

use super::alerting::ALERT_POLICY_OR_REF;
use super::indicator::SLI_SPEC;
use super::{OPERATORS, api_version, description, document, metadata};
use crate::shape::{Kind, Range, Rule, Shape, optional, range, required, text};

/// How a budget is spent.
const METHODS: &[&str] = &["Occurrences", "Timeslices", "RatioTimeslices"];

pub(super) static SLO: Shape = document!(
    "SLO",
    "an SLO",
    "A service level objective: what is promised of a service, and over which time.",
    required("spec", Kind::Object(&SLO_SPEC), "What is promised.")
);

pub(super) static SLO_SPEC: Shape = Shape {
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
    rules: &[Rule::OneOfHereOrIn {
        names: &["indicator", "indicatorRef"],
        // A composite SLO; that is reported elsewhere, once.
        list: "objectives",
    }],
};

pub(super) static INLINE_SLI: Shape = Shape {
    name: "an indicator",
    doc: "What is measured.",
    fields: &[
        metadata(),
        required("spec", Kind::Object(&SLI_SPEC), "What is measured."),
    ],
    rules: &[],
};

pub(super) static TIME_WINDOW: Shape = Shape {
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

pub(super) static CALENDAR: Shape = Shape {
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

pub(super) static OBJECTIVE: Shape = Shape {
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
