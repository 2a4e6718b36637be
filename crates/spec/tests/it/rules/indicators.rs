//! What is measured, and the queries.

use super::{Broken, see, shown};

const PART: &str = "    bad:\n      metricSource:\n        metricSourceRef: metrics\n        spec:\n          query: http_requests_total{job=\"unlock-api\",code=~\"5..\"}\n";
const INDICATORS: &[Broken] = &[
    (
        "an SLO has an indicator",
        "  indicatorRef: unlock-errors\n",
        "",
    ),
    (
        "an SLO has one indicator",
        "  indicatorRef: unlock-errors\n",
        "  indicatorRef: unlock-errors\n  indicator: {metadata: {name: x}, spec: {ratioMetric: {}}}\n",
    ),
    (
        "an indicator is there",
        "  indicatorRef: unlock-errors\n",
        "  indicatorRef: unlock-error\n",
    ),
    (
        "an SLI measures something",
        "  ratioMetric:\n    counter: true\n",
        "  ratio:\n    counter: true\n",
    ),
    (
        "an SLI measures one thing",
        "  ratioMetric:\n    counter: true\n",
        "  thresholdMetric:\n    metricSource: {type: Prometheus, spec: {query: up}}\n  ratioMetric:\n    counter: true\n",
    ),
    ("total needs a part", PART, ""),
    (
        "total needs one part",
        "    total:\n",
        "    good:\n      metricSource: {type: Prometheus, spec: {query: up}}\n    total:\n",
    ),
    (
        "raw needs its type",
        "    counter: true\n",
        "    raw:\n      metricSource: {type: Prometheus, spec: {query: up}}\n",
    ),
    (
        "rawType belongs to raw",
        "    counter: true\n",
        "    counter: true\n    rawType: success\n",
    ),
    (
        "counter is true or false",
        "    counter: true\n",
        "    counter: yes\n",
    ),
    ("a counter is said to be one", "    counter: true\n", ""),
    (
        "a metric has a source",
        "      metricSource:\n        metricSourceRef: metrics\n        spec:\n          query: http_requests_total{job=\"unlock-api\"}\n",
        "      source: x\n",
    ),
    (
        "a source has a spec",
        "          type: Prometheus\n          spec:\n            query: battery_volts{job=\"building-hub\"}\n",
        "          type: Prometheus\n",
    ),
    (
        "a spec is not empty",
        "          spec:\n            query: battery_volts{job=\"building-hub\"}\n",
        "          spec: {}\n",
    ),
    (
        "a Prometheus source has a query",
        "            query: battery_volts{job=\"building-hub\"}\n",
        "            qurey: battery_volts{job=\"building-hub\"}\n",
    ),
    (
        "a Prometheus source has one query",
        "            query: battery_volts{job=\"building-hub\"}\n",
        "            query: a\n            promql: b\n",
    ),
    (
        "a query is a text",
        "            query: battery_volts{job=\"building-hub\"}\n",
        "            query: [a]\n",
    ),
    (
        "a source is defined",
        "        metricSourceRef: metrics\n        spec:\n          query: http_requests_total{job=\"unlock-api\"}\n",
        "        metricSourceRef: metric\n        spec:\n          query: http_requests_total{job=\"unlock-api\"}\n",
    ),
    (
        "a source is of the type it is said to be",
        "        metricSourceRef: metrics\n        spec:\n          query: http_requests_total{job=\"unlock-api\"}\n",
        "        metricSourceRef: metrics\n        type: Datadog\n        spec:\n          query: http_requests_total{job=\"unlock-api\"}\n",
    ),
    (
        "a source that is referred to can be asked",
        "  type: Prometheus\n  conn",
        "  type: Dynatrace\n  conn",
    ),
];

#[test]
fn indicators() {
    see!(shown(INDICATORS));
}

const TOTAL: &str = "          query: http_requests_total{job=\"unlock-api\"}\n";
const GAUGE: &str = "            query: battery_volts{job=\"building-hub\"}\n";
const QUERIES: &[Broken] = &[
    (
        "an operand is missing, in a folded text",
        TOTAL,
        "          query: >-\n            sum(rate(a[5m]))\n            + / sum(rate(b[5m]))\n",
    ),
    (
        "an operator is missing, in a literal text",
        TOTAL,
        "          query: |\n            # all of them\n            sum(rate(a[5m]))\n              sum(rate(b[5m]))\n",
    ),
    (
        "a bracket is missing, in quotes",
        TOTAL,
        "          query: \"sum(rate(\\\"a\\\"[5m]))\"\n",
    ),
    (
        "a quote is missing",
        TOTAL,
        "          query: 'http_requests_total{job=\"unlock-api}'\n",
    ),
    (
        "a function is unknown",
        GAUGE,
        "            query: maximum(a)\n",
    ),
    (
        "a regular expression is none",
        TOTAL,
        "          query: http_requests_total{code=~\"5(\"}\n",
    ),
    (
        "a range is none",
        TOTAL,
        "          query: sum(rate(a[5x]))\n",
    ),
    (
        "a placeholder is unknown",
        TOTAL,
        "          query: sum(rate(a[$window]))\n",
    ),
    ("a query is empty", TOTAL, "          query: ' '\n"),
    (
        "a Japanese text does not move the caret",
        GAUGE,
        "            query: 'max by (建物) (a{x=\"日本\"} + )'\n",
    ),
    (
        "a bare counter beside an expression",
        TOTAL,
        "          query: avg(rate(http_requests_total[5m]))\n",
    ),
    (
        "a regular expression that its own value fails",
        GAUGE,
        "            query: a{job=\"x\",job!~\"x|y\"}\n",
    ),
];

#[test]
fn queries() {
    see!(shown(QUERIES));
}

const THRESHOLD: &str = "      thresholdMetric:\n        metricSource:\n          type: Prometheus\n          spec:\n            query: battery_volts{job=\"building-hub\"}\n";
const PUSHED: &[Broken] = &[
    (
        "a threshold is not pushed",
        THRESHOLD,
        "      thresholdMetric:\n        metricSource:\n          type: tomoni.dev/push\n          spec: {sli: hubs}\n",
    ),
    (
        "good and total are not pushed one by one",
        "        metricSourceRef: metrics\n        spec:\n          query: http_requests_total{job=\"unlock-api\"}\n",
        "        type: tomoni.dev/push\n        spec: {sli: unlocks}\n",
    ),
    (
        "the type is misspelt",
        THRESHOLD,
        "      ratioMetric: {rawType: success, raw: {metricSource: {type: tomoni.dev/pushed, spec: {sli: hubs}}}}\n",
    ),
    (
        "no DataSource has what is pushed",
        THRESHOLD,
        "      ratioMetric: {rawType: success, raw: {metricSource: {type: tomoni.dev/push, metricSourceRef: metrics, spec: {sli: hubs}}}}\n",
    ),
    (
        "a name is one",
        THRESHOLD,
        "      ratioMetric: {rawType: success, raw: {metricSource: {type: tomoni.dev/push, spec: {sli: Our Hubs}}}}\n",
    ),
    (
        "rawType says nothing",
        "      thresholdMetric:\n        metricSource:\n          type: Prometheus\n          spec:\n            query: battery_volts{job=\"building-hub\"}\n  timeWindow:\n    - duration: 1M\n      calendar:\n        startTime: 2026-01-01 00:00:00\n        timeZone: Asia/Tokyo\n  budgetingMethod: Occurrences\n  objectives:\n    - op: gte\n      value: 12\n      targetPercent: 99.5\n",
        "      ratioMetric: {rawType: failure, raw: {metricSource: {type: tomoni.dev/push, spec: {sli: hubs}}}}\n  timeWindow:\n    - duration: 1M\n      isRolling: true\n  budgetingMethod: Occurrences\n  objectives:\n    - targetPercent: 99.5\n",
    ),
];

#[test]
fn pushed_counts() {
    see!(shown(PUSHED));
}
