//! docs/openapi.json and docs/API.md: made from the code, and true.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use serde_json::Value;
use tomoni_server::api;
use tomoni_server::http::Code;
use tomoni_testkit::hold;

use super::rig::{Answer, PUSHED, Rig, ask};
use super::schema;

/// The first part of docs/API.md.
const ABOUT: &str = r"# The API

For programs: the same use cases as the pages, as JSON, below `/api/v1`. This page is made from the
code; [openapi.json](openapi.json) describes every field, and the server gives it out at
`/api/v1/openapi.json`.

- Ratios are fractions, times RFC 3339 in UTC, durations seconds unless the name says otherwise.
  `null` means unknown, and is never written as 0 or 1.
- A list comes in pages: `?limit=`, and `?after=` with the `next` of the page before.
- An answer carries an `ETag`: sent back as `If-None-Match`, it is answered 304 while nothing has
  changed.
- A parameter that an operation does not know is refused, with the names of those that it knows.
  Objectives are counted from 1.
- Every answer carries `X-Request-Id`, under which the server's log tells more. A client's own is kept
  when it has at most 64 letters, digits, `-`, `_`, `.` and `:`.
- Failures are `application/problem+json` (RFC 9457) with a
  stable `code`. Only what no parser can read (a head above 64 KiB, bytes that are not HTTP) is
  answered by its status alone.
- `/events` is a stream of server-sent events: `tick` whenever figures have changed. `/healthz` says
  that the process lives, `/readyz` that it does its work, `/metrics` how much of it, in OpenMetrics.
";

fn described() -> Value {
    serde_json::from_str(&api::description()).unwrap()
}

#[test]
fn the_description_is_committed() {
    hold("docs/openapi.json", &api::description());
}

fn operations(api: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = api["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap();
        methods
            .iter()
            .map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

#[test]
fn the_document_is_committed() {
    let described = described();
    let mut text = String::from(ABOUT);
    text.push_str("\n## Operations\n\n| method | path | what |\n|---|---|---|\n");
    for (path, method, operation) in operations(&described) {
        let summary = operation["summary"].as_str().unwrap().replace('\n', " ");
        let method = method.to_uppercase();
        writeln!(text, "| {method} | `{path}` | {summary} |").unwrap();
    }
    text.push_str(
        "\n## What can go wrong\n\nA `code` is for ever: it never means anything else.\n\n\
         | code | status | title | what it means, what to do |\n|---|---|---|---|\n",
    );
    for code in Code::ALL {
        let (word, status) = (code.as_str(), code.status());
        let anchor = format!("<a id=\"{word}\"></a>`{word}`");
        writeln!(
            text,
            "| {anchor} | {status} | {} | {} |",
            code.title(),
            code.what()
        )
        .unwrap();
    }
    hold("docs/API.md", &text);
}

/// Requests that succeed, one at least for each operation: method, path with parameters, the path as
/// it is described, content type, body.
const TRIED: &[(&str, &str, &str, &str, &str)] = &[
    ("get", "/api/v1/status?team=home", "/api/v1/status", "", ""),
    ("get", "/api/v1/status", "/api/v1/status", "", ""),
    ("get", "/api/v1/slos?limit=3", "/api/v1/slos", "", ""),
    (
        "get",
        "/api/v1/slos/unlock-availability",
        "/api/v1/slos/{slo}",
        "",
        "",
    ),
    (
        "get",
        "/api/v1/slos/hub-battery",
        "/api/v1/slos/{slo}",
        "",
        "",
    ),
    (
        "get",
        "/api/v1/slos/auth-availability/explain?minutes=3",
        "/api/v1/slos/{slo}/explain",
        "",
        "",
    ),
    (
        "get",
        "/api/v1/slos/auth-availability/explain?as=sloth",
        "/api/v1/slos/{slo}/explain",
        "",
        "",
    ),
    (
        "get",
        "/api/v1/compare?team=home",
        "/api/v1/compare",
        "",
        "",
    ),
    (
        "get",
        "/api/v1/slos/hub-battery/minutes?from=90m",
        "/api/v1/slos/{slo}/minutes",
        "",
        "",
    ),
    (
        "get",
        "/api/v1/slos/unlock-availability/series",
        "/api/v1/slos/{slo}/series",
        "",
        "",
    ),
    (
        "get",
        "/api/v1/slos/unlock-latency/series?from=2h&step=60",
        "/api/v1/slos/{slo}/series",
        "",
        "",
    ),
    ("get", "/api/v1/teams", "/api/v1/teams", "", ""),
    ("get", "/api/v1/services", "/api/v1/services", "", ""),
    ("get", "/api/v1/findings", "/api/v1/findings", "", ""),
    ("get", "/api/v1/sources", "/api/v1/sources", "", ""),
    (
        "post",
        "/api/v1/slos/unlock-latency/refill",
        "/api/v1/slos/{slo}/refill",
        "application/json",
        r#"{ "from": "3h", "to": "2h", "reason": "the gateway lied" }"#,
    ),
    (
        "delete",
        "/api/v1/slos/unlock-latency/ledger?confirm=unlock-latency",
        "/api/v1/slos/{slo}/ledger",
        "",
        "",
    ),
    (
        "put",
        "/api/v1/documents?reason=new",
        "/api/v1/documents",
        "application/yaml",
        PUSHED,
    ),
    (
        "post",
        "/api/v1/sli/firmware/counts",
        "/api/v1/sli/{sli}/counts",
        "application/json",
        r#"{"id":"1","counts":[{"minute":"2026-11-22T08:59:00Z","bad":1,"total":20}]}"#,
    ),
    (
        "put",
        "/api/v1/documents?reason=new",
        "/api/v1/documents",
        "application/yaml",
        SERVICE,
    ),
    (
        "post",
        "/api/v1/documents/diff",
        "/api/v1/documents/diff",
        "application/yaml",
        SERVICE,
    ),
    (
        "get",
        "/api/v1/documents?kind=service",
        "/api/v1/documents",
        "",
        "",
    ),
    (
        "get",
        "/api/v1/documents/service/doorbell",
        "/api/v1/documents/{kind}/{name}",
        "",
        "",
    ),
    ("get", "/api/v1/export", "/api/v1/export", "", ""),
    (
        "delete",
        "/api/v1/documents/service/doorbell?version=1&reason=silent",
        "/api/v1/documents/{kind}/{name}",
        "",
        "",
    ),
];

const SERVICE: &str = "apiVersion: openslo/v1\nkind: Service\nmetadata:\n  name: doorbell\nspec:\n  description: It rings.\n";

#[tokio::test]
async fn every_operation_answers_as_described() {
    let rig = Rig::start().await;
    let api = described();
    assert_eq!(rig.get("/api/v1/openapi.json").await.json(), api);
    let mut tried = BTreeSet::new();
    for (method, path, pattern, content_type, body) in TRIED {
        let verb = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let mut request = ask(verb, path);
        if !content_type.is_empty() {
            request = request.header(header::CONTENT_TYPE, *content_type);
        }
        let answer = rig.send(request.body(Body::from(*body)).unwrap()).await;
        assert!(
            answer.status.is_success(),
            "{method} {path}: {}",
            answer.text()
        );
        let operation = &api["paths"][pattern][method];
        let told = &operation["responses"][answer.status.as_str()];
        assert!(
            told.is_object(),
            "{method} {path}: {} is not described",
            answer.status
        );
        if let Some(schema) = told.pointer("/content/application~1json/schema") {
            let value: Value = serde_json::from_slice(&answer.body).unwrap();
            let faults = schema::faults(&api, schema, &value, pattern);
            assert!(faults.is_empty(), "{faults:#?}");
        }
        tried.insert((*pattern, *method));
    }
    let all: BTreeSet<_> = operations(&api)
        .map(|(path, method, _)| (path, method))
        .collect();
    assert_eq!(tried, all);
    rig.end().await;
}

/// A misspelt parameter is refused with its name and those that there are.
fn refuses_a_parameter(operation: &Value, answer: &Answer) {
    let text = answer.text();
    assert_eq!(answer.problem(), "bad-query", "{text}");
    assert!(text.contains("no-such-parameter"), "{text}");
    let parameters = operation["parameters"].as_array();
    let known = parameters
        .into_iter()
        .flatten()
        .filter(|p| p["in"] == "query");
    for parameter in known {
        let name = format!("`{}`", parameter["name"].as_str().unwrap());
        assert!(text.contains(&name), "{name} in {text}");
    }
}

/// Whatever is wrong with a request, the answer is a problem, and a described one.
#[tokio::test]
async fn every_operation_fails_as_described() {
    let rig = Rig::start().await;
    let api = described();
    let problem = serde_json::json!({ "$ref": "#/components/schemas/ProblemBody" });
    for (path, method, operation) in operations(&api) {
        let responses: BTreeMap<String, Value> =
            serde_json::from_value(operation["responses"].clone()).unwrap();
        let real = path
            .replace("{slo}", "no-such-thing")
            .replace("{sli}", "no-such-thing");
        let real = real
            .replace("{kind}", "no-such-kind")
            .replace("{name}", "no-such-thing");
        let verb = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        for query in ["", "?no-such-parameter=1", "?team=no-such-team"] {
            let request = ask(verb.clone(), &format!("{real}{query}"));
            let answer = rig.send(request.body(Body::empty()).unwrap()).await;
            let status = answer.status;
            if query.contains("no-such-parameter") {
                refuses_a_parameter(operation, &answer);
            }
            if status == StatusCode::OK {
                continue;
            }
            answer.problem();
            let body: Value = serde_json::from_slice(&answer.body).unwrap();
            let faults = schema::faults(&api, &problem, &body, path);
            assert!(faults.is_empty(), "{faults:#?}");
            // A query that cannot be used is told of every operation alike.
            let is_told =
                status == StatusCode::BAD_REQUEST || responses.contains_key(status.as_str());
            assert!(is_told, "{method} {path}{query}: {status} is not described");
        }
    }
    rig.end().await;
}
