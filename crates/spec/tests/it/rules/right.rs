//! Formats that are not read, and what has no finding.

use tomoni_spec::codes::EXAMPLE;
use tomoni_spec::read;

use super::{Broken, see};
use crate::support::{changed, file, seen};

#[test]
fn formats_that_are_not_read_are_told_by_name_and_others_passed_over() {
    let documents = [
        "apiVersion: backstage.io/v1beta1\nkind: Component\n",
        "apiVersion: openslo.com/v2alpha\nkind: SLO\n",
        "apiVersion: OpenSLO/v1\nkind: SLO\n",
        "apiVersion: opneslo/v1\nkind: Anything\n",
        "apiVersion: foo\nkind: Service\nmetadata:\n  name: x\n",
        "kind: SLO\nmetadata:\n  name: x\nspec: {}\n",
    ];
    see!(seen(&documents.join("---\n")));

    let others = [
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: x\nspec: {a: 1, a: 2}\n",
        "apiVersion: apps/v1\nkind: Deployment\n",
        "apiVersion: n9/v1alpha\nkind: SLO\n",
        "groups:\n  - name: rules\n",
    ];
    let catalog = read(&[file("others.yaml", &others.join("---\n"))]);
    assert_eq!(catalog.findings, []);
    assert_eq!((catalog.documents, catalog.passed_over), (4, 4));
}

/// What else may be written.
const ACCEPTED: &[Broken] = &[
    (
        "calendar and rolling may both be said",
        "    - duration: 1M\n",
        "    - duration: 1M\n      isRolling: false\n",
    ),
    (
        "numbers may be written in other ways",
        "    - target: 0.999\n",
        "    - target: 999e-3\n",
    ),
    (
        "nothing may be promised",
        "    - target: 0.999\n",
        "    - target: 0\n",
    ),
    (
        "a key may have no value",
        "  description: Opens doors.\n",
        "  description:\n",
    ),
    (
        "labels may be lists",
        "    tier: one\n",
        "    team: [home, work]\n",
    ),
    (
        "JSON is YAML",
        "    - duration: 28d\n      isRolling: true\n",
        "    - {\"duration\": \"28d\", \"isRolling\": true}\n",
    ),
    (
        "other annotations are nobody's matter",
        "    tomoni.dev/missing-data: ignore\n",
        "    example.com/anything: goes\n",
    ),
    (
        "a Prometheus type may be written small",
        "          type: Prometheus\n",
        "          type: prometheus\n",
    ),
    (
        "Prometheus-like servers are asked, too",
        "          type: Prometheus\n",
        "          type: VictoriaMetrics\n",
    ),
    (
        "promql is another word for query",
        "            query: battery",
        "            promql: battery",
    ),
    (
        "a source's type may be repeated",
        "        metricSourceRef: metrics\n        spec:\n          query: http_requests_total{job=\"unlock-api\"}\n",
        "        metricSourceRef: metrics\n        type: Prometheus\n        spec:\n          query: http_requests_total{job=\"unlock-api\"}\n",
    ),
    (
        "details may be a list",
        "    url: http://prometheus.example.com:9090\n",
        "    - url: http://prometheus.example.com:9090\n    - headers:\n        X-Scope-OrgID: home\n",
    ),
    (
        "a delay may be nothing",
        "          alertAfter: 5m\n",
        "          alertAfter: 0m\n",
    ),
    ("a delay may be left out", "          alertAfter: 5m\n", ""),
    (
        "exclusions may be JSON",
        "      - from: 2026-02-01T01:00:00+09:00\n        until: 2026-02-01T03:00:00+09:00\n        category: maintenance\n        reason: the building's switches were replaced\n        author: naoko\n",
        "      [{\"from\": \"2026-02-01T01:00:00Z\", \"until\": \"2026-02-01T03:00:00Z\", \"category\": \"a\", \"reason\": \"b\", \"author\": \"c\"}]\n",
    ),
    (
        "an SLO may have been renamed",
        "    tomoni.dev/missing-data: ignore\n",
        "    tomoni.dev/renamed-from: unlock-errors\n",
    ),
];

#[test]
fn what_is_right_has_no_finding() {
    for (what, right, other) in ACCEPTED {
        let text = changed(right, other);
        assert_eq!(seen(&text), "", "{what}");
    }
}

#[test]
fn an_object_may_be_in_any_file_and_a_list_is_many_documents() {
    let documents: Vec<String> = EXAMPLE.split("---\n").map(str::to_owned).collect();
    let list: String = documents
        .iter()
        .map(|d| format!("- {}\n", d.trim().replace('\n', "\n  ")))
        .collect();
    let alone = read(&[file("list.yaml", &list)]);
    assert_eq!(alone.findings, []);
    assert_eq!((alone.documents, alone.slos.len()), (7, 2));

    let mut files: Vec<_> = documents
        .iter()
        .enumerate()
        .map(|(i, d)| file(&format!("{i}.yaml"), d))
        .collect();
    files.reverse();
    let apart = read(&files);
    assert_eq!(apart.findings, []);
    let key = |c: &tomoni_spec::Catalog| -> Vec<String> {
        let slos = c.slos.iter();
        slos.map(|s| format!("{:?}", s.value)).collect()
    };
    assert_eq!(key(&alone), key(&apart));
}

#[test]
fn json_is_read_as_it_is() {
    let document = serde_json::json!({
        "apiVersion": "openslo/v1",
        "kind": "SLO",
        "metadata": {"name": "unlock-availability", "displayName": "解錠\tできる \"扉\""},
        "spec": {
            "description": "word ".repeat(200),
            "service": "unlock-api",
            "indicator": {
                "metadata": {"name": "x"},
                "spec": {"thresholdMetric": {"metricSource": {
                    "type": "Prometheus",
                    "spec": {"query": "battery_volts{job=\"building-hub\"}"},
                }}},
            },
            "timeWindow": [{"duration": "28d", "isRolling": true}],
            "budgetingMethod": "Occurrences",
            "objectives": [{"op": "gte", "value": 12, "target": 0.99}],
        },
    });
    let pretty = serde_json::to_string_pretty(&document).unwrap();
    for text in [document.to_string(), pretty.replace("  ", "\t"), pretty] {
        let catalog = read(&[file("slo.json", &text)]);
        let codes: Vec<&str> = catalog.findings.iter().map(|f| f.code).collect();
        assert_eq!(codes, ["openslo/undefined-service"], "{text}");
        let slo = &catalog.slos[0].value;
        assert_eq!(slo.display_name.as_deref(), Some("解錠\tできる \"扉\""));
    }
}
