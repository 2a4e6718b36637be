//! What objects are called, where metrics are, who is told.

use super::{Broken, see, shown};

const METADATA: &[Broken] = &[
    ("an object has metadata", "metadata:\n  name: metrics\n", ""),
    (
        "an object has a name",
        "  name: metrics\n",
        "  displayName: Metrics\n",
    ),
    ("a name is a text", "  name: metrics\n", "  name: 7\n"),
    (
        "a name is short",
        "  name: metrics\n",
        "  name: a-name-that-is-one-letter-longer-than-rfc-1123-allows-in-a-label\n",
    ),
    (
        "a name does not end with a dash",
        "  name: metrics\n",
        "  name: metrics-\n",
    ),
    (
        "a short displayName is read by all",
        "displayName: Unlocking\n",
        "displayName: A name that is so long that the kit that others build on does not take it\n",
    ),
    (
        "a label's value is a text",
        "    tier: one\n",
        "    tier: 1\n",
    ),
    (
        "a label's values are texts",
        "    tier: one\n",
        "    tier: [one, 2, {three: 3}]\n",
    ),
    (
        "labels are a mapping",
        "  labels:\n    tier: one\n",
        "  labels: [tier]\n",
    ),
    (
        "an annotation is a text",
        "    tomoni.dev/owner: home\n",
        "    tomoni.dev/owner: [home]\n",
    ),
    (
        "an annotation's number is quoted",
        "    tomoni.dev/owner: home\n",
        "    tomoni.dev/owner: 12\n",
    ),
    (
        "an annotation's prefix is a domain",
        "    tomoni.dev/owner: home\n",
        "    Our Domain/owner: home\n",
    ),
    (
        "an owner has a name",
        "    tomoni.dev/owner: home\n",
        "    tomoni.dev/owner: ' '\n",
    ),
];

#[test]
fn metadata() {
    see!(shown(METADATA));
}

const URL: &str = "    url: http://prometheus.example.com:9090\n";
const WHOLE: &str =
    "  type: Prometheus\n  connectionDetails:\n    url: http://prometheus.example.com:9090\n";
const DATA_SOURCES: &[Broken] = &[
    (
        "a source has a type",
        "  type: Prometheus\n  conn",
        "  conn",
    ),
    ("a source has details", WHOLE, "  type: Prometheus\n"),
    (
        "a Prometheus has an address",
        URL,
        "    address: http://prometheus.example.com:9090\n",
    ),
    (
        "an address is one of the web",
        URL,
        "    url: prometheus.example.com:9090\n",
    ),
    ("an address is a text", URL, "    url: 9090\n"),
    (
        "headers are a mapping",
        URL,
        "    url: http://prometheus.example.com\n    headers: tenant\n",
    ),
    (
        "a header is a text",
        URL,
        "    url: http://prometheus.example.com\n    headers: {X-Scope-OrgID: 7, 'a b': c}\n",
    ),
];

#[test]
fn data_sources() {
    see!(shown(DATA_SOURCES));
}

const ALERTING: &[Broken] = &[
    (
        "a policy has a condition",
        "  conditions:\n    - kind: AlertCondition\n",
        "  condition:\n    - kind: AlertCondition\n",
    ),
    (
        "a policy has one condition",
        "  conditions:\n",
        "  conditions:\n    - conditionRef: a\n",
    ),
    (
        "a condition is named or written out",
        "    - kind: AlertCondition\n",
        "    - conditionRef: a\n      kind: AlertCondition\n",
    ),
    (
        "a condition that is written out says what it is",
        "    - kind: AlertCondition\n      metadata:\n        name: fast-burn\n      spec:\n",
        "    - spec:\n",
    ),
    (
        "a policy tells somebody",
        "  notificationTargets:\n    - targetRef: on-call\n",
        "  notificationTargets: []\n",
    ),
    (
        "a target is defined",
        "    - targetRef: on-call\n",
        "    - targetRef: oncall\n",
    ),
    (
        "a target that is written out says how",
        "    - targetRef: on-call\n",
        "    - kind: AlertNotificationTarget\n      metadata: {name: x}\n      spec: {}\n",
    ),
    ("a severity is there", "        severity: page\n", ""),
    ("a condition has a kind", "          kind: burnrate\n", ""),
    ("a condition has an operator", "          op: gt\n", ""),
    (
        "a condition's kind is burnrate",
        "          kind: burnrate\n",
        "          kind: budget\n",
    ),
    ("a threshold is there", "          threshold: 14.4\n", ""),
    (
        "a window to look back is there",
        "          lookbackWindow: 1h\n",
        "",
    ),
    (
        "a delay is a duration",
        "          alertAfter: 5m\n",
        "          alertAfter: soon\n",
    ),
    (
        "whether to alert is true or false",
        "  alertWhenBreaching: true\n",
        "  alertWhenBreaching: always\n",
    ),
];

#[test]
fn alerting() {
    see!(shown(ALERTING));
}
