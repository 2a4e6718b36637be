//! The codes of OpenSLO.

use super::{error, warning};
use crate::codes::{Code, Example};

pub(crate) static API_VERSION: Code = error(
    "openslo/api-version",
    "A document's apiVersion is missing or misspelt",
    "Documents of other programs, such as Kubernetes, are passed over silently; this one looks as if it was meant.",
    Example::Change {
        right: "apiVersion: openslo/v1\nkind: Service\n",
        wrong: "apiVersion: openslo/v2\nkind: Service\n",
    },
);

pub(crate) static KIND: Code = error(
    "openslo/kind",
    "A document's kind is none of OpenSLO's",
    "",
    Example::Change {
        right: "kind: AlertNotificationTarget\n",
        wrong: "kind: NotificationTarget\n",
    },
);

pub(crate) static UNKNOWN_FIELD: Code = error(
    "openslo/unknown-field",
    "A field that OpenSLO does not know",
    "It would have no effect, which is rarely what was meant.",
    Example::Change {
        right: "  indicatorRef: unlock-errors\n",
        wrong: "  indicator_ref: unlock-errors\n",
    },
);

pub(crate) static MISSING_FIELD: Code = error(
    "openslo/missing-field",
    "A field that must be there is missing",
    "",
    Example::Change {
        right: "  budgetingMethod: Timeslices\n",
        wrong: "",
    },
);

pub(crate) static WRONG_TYPE: Code = error(
    "openslo/wrong-type",
    "A value is of the wrong type",
    "A number or truth value where a text belongs needs quotes; a number where one belongs must have none.",
    Example::Change {
        right: "    - target: 0.999\n",
        wrong: "    - target: \"0.999\"\n",
    },
);

pub(crate) static WRONG_VALUE: Code = error(
    "openslo/wrong-value",
    "A value is none of those that are allowed",
    "",
    Example::Change {
        right: "  budgetingMethod: Timeslices\n",
        wrong: "  budgetingMethod: TimeSlices\n",
    },
);

pub(crate) static NAME: Code = error(
    "openslo/name",
    "A name is not an RFC 1123 label",
    "Lower-case letters, digits and `-`, at most 63 of them, not beginning or ending with `-`. What people read is `displayName`.",
    Example::Change {
        right: "  name: metrics\n",
        wrong: "  name: Our Metrics\n",
    },
);

pub(crate) static KEY: Code = error(
    "openslo/key",
    "The key of a label or an annotation is malformed",
    "Letters, digits, `-`, `_` and `.`, at most 63 of them; an annotation's key may have a domain and `/` before it.",
    Example::Change {
        right: "    tier: one\n",
        wrong: "    the tier: one\n",
    },
);

pub(crate) static TOO_LONG: Code = error(
    "openslo/too-long",
    "A text is longer than OpenSLO allows",
    "A description has at most 1050 characters.",
    Example::Told,
);

pub(crate) static OUT_OF_RANGE: Code = error(
    "openslo/out-of-range",
    "A number is outside its range",
    "`target` lies in [0, 1), `targetPercent` in [0, 100), `timeSliceTarget` in (0, 1]. A target of 1 would leave no budget.",
    Example::Change {
        right: "    - target: 0.999\n",
        wrong: "    - target: 99.9\n",
    },
);

pub(crate) static DURATION: Code = error(
    "openslo/duration",
    "A duration is malformed or cannot be used here",
    "A whole number and one of m, h, d, w, M (months), Q (quarters), Y. A calendar window takes d, w, M, Q and Y.",
    Example::Change {
        right: "    - duration: 1M\n",
        wrong: "    - duration: 1m\n",
    },
);

pub(crate) static LIST_LENGTH: Code = error(
    "openslo/list-length",
    "A list has too many or too few items",
    "`timeWindow` and `conditions` are lists of exactly one item.",
    Example::Change {
        right: "    - duration: 28d\n      isRolling: true\n",
        wrong: "    - duration: 28d\n      isRolling: true\n    - duration: 7d\n      isRolling: true\n",
    },
);

pub(crate) static EXCLUSIVE: Code = error(
    "openslo/exclusive-fields",
    "Fields of which only one can be there",
    "Which of the two would count cannot be known.",
    Example::Change {
        right: "    - target: 0.999\n",
        wrong: "    - target: 0.999\n      targetPercent: 99.9\n",
    },
);

pub(crate) static TIME_WINDOW: Code = error(
    "openslo/time-window",
    "A time window is both rolling and calendar-aligned, or neither",
    "A window has a `calendar` if and only if it is not rolling.",
    Example::Change {
        right: "      isRolling: true\n",
        wrong: "      isRolling: false\n",
    },
);

pub(crate) static TIME: Code = error(
    "openslo/time",
    "A time or a time zone cannot be understood",
    "A time is written as `2006-01-02 15:04:05`, a zone by its name in the IANA database.",
    Example::Change {
        right: "        timeZone: Asia/Tokyo\n",
        wrong: "        timeZone: Asia/Tokio\n",
    },
);

pub(crate) static THRESHOLD: Code = error(
    "openslo/threshold",
    "op and value do not fit the indicator",
    "A thresholdMetric needs both; a ratioMetric tells good from bad by its queries and has no `value`.",
    Example::Change {
        right: "    - op: gte\n      value: 12\n",
        wrong: "    - op: gte\n",
    },
);

pub(crate) static TIME_SLICE: Code = error(
    "openslo/time-slice",
    "A time slice does not fit the budgeting method",
    "Timeslices needs `timeSliceTarget` and `timeSliceWindow`, RatioTimeslices `timeSliceWindow`; a slice is not wider than the window.",
    Example::Change {
        right: "      timeSliceTarget: 0.95\n",
        wrong: "",
    },
);

pub(crate) static COMPOSITE: Code = error(
    "openslo/composite",
    "A composite SLO, which cannot be evaluated yet",
    "An SLO whose objectives have indicators of their own. Write an SLO for each part.",
    Example::Change {
        right: "    - op: gte\n",
        wrong: "    - indicatorRef: unlock-errors\n      compositeWeight: 2\n      op: gte\n",
    },
);

/// A document whose kind and name another one has, too.
pub static DUPLICATE: Code = error(
    "openslo/duplicate-object",
    "Two objects have the same kind and name",
    "Kind and name together are an object's identity, in all files that are read together. The first counts.",
    Example::Change {
        right: "  name: hub-battery\nspec:\n  service",
        wrong: "  name: unlock-availability\nspec:\n  service",
    },
);

pub(crate) static DANGLING: Code = error(
    "openslo/dangling-reference",
    "A reference to what nobody defines",
    "An SLI, a DataSource, an alert's policy, condition or target must be defined in one of the files that are read together.",
    Example::Change {
        right: "    - alertPolicyRef: page\n",
        wrong: "    - alertPolicyRef: pager\n",
    },
);

pub(crate) static UNDEFINED_SERVICE: Code = warning(
    "openslo/undefined-service",
    "A service that nobody defines",
    "The SLO is used all the same, but nobody knows who owns the service.",
    Example::Change {
        right: "  description: Doors open when asked to.\n  service: unlock-api\n",
        wrong: "  description: Doors open when asked to.\n  service: unlock\n",
    },
);

pub(crate) static SOURCE: Code = error(
    "openslo/source",
    "It is not said where metrics come from",
    "A metricSource has a `type`, or refers to a DataSource; a Prometheus DataSource has a `url`. `type: Prometheus` without a reference is the server that the program is given.",
    Example::Change {
        right: "          type: Prometheus\n          spec:\n",
        wrong: "          spec:\n",
    },
);

pub(crate) static SOURCE_TYPE: Code = warning(
    "openslo/source-type",
    "A source that cannot be asked from here",
    "Only servers that speak Prometheus' language can be asked. The SLO is known, but has no figures.",
    Example::Change {
        right: "          type: Prometheus\n          spec:\n",
        wrong: "          type: Datadog\n          spec:\n",
    },
);

pub(crate) static IGNORED: Code = warning(
    "openslo/ignored-field",
    "A field that has no effect here",
    "",
    Example::Change {
        right: "            query: battery_volts{job=\"building-hub\"}\n",
        wrong: "            query: battery_volts{job=\"building-hub\"}\n            step: 15\n",
    },
);

pub(crate) static DISAGREEMENT: Code = warning(
    "openslo/sdk-disagrees",
    "The specification allows it, its SDK does not",
    "It is read as the specification says. Other tools, which are built on the SDK, refuse it.",
    Example::Change {
        right: "      timeSliceWindow: 5m\n",
        wrong: "      timeSliceWindow: 5\n",
    },
);
