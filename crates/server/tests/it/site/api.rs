//! Bodies of the API, over two days of the lab.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use serde_json::Value;

use super::rig::{PUSHED, Rig, ask};

#[tokio::test]
async fn lists_are_read_in_pages() {
    let rig = Rig::start().await;
    let names = |list: &Value| -> Vec<String> {
        let slos = list["slos"].as_array().unwrap().iter();
        slos.map(|slo| slo["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = rig.get("/api/v1/slos").await.json();
    assert_eq!(all["next"], Value::Null);
    assert_eq!(names(&all).len(), 11);
    let mut pieces = Vec::new();
    let mut path = "/api/v1/slos?limit=4".to_owned();
    for _ in 0..3 {
        let page = rig.get(&path).await.json();
        pieces.extend(names(&page));
        let Some(next) = page["next"].as_str() else {
            break;
        };
        path = format!("/api/v1/slos?limit=4&after={next}");
    }
    assert_eq!(pieces, names(&all));
    // A page that is just full is the last one.
    assert_eq!(
        rig.get("/api/v1/slos?limit=11").await.json()["next"],
        Value::Null
    );
    rig.end().await;
}

#[tokio::test]
async fn figures_agree_wherever_they_stand() {
    let rig = Rig::start().await;
    let status = rig.get("/api/v1/status").await.json();
    let rows = status["slos"].as_array().unwrap();
    assert!(rows.len() >= 11, "{}", rows.len());
    let known = rows.iter().filter(|row| row["total"].is_number()).count();
    assert!(known >= 8, "{status:#}");
    for row in rows {
        let slo = rig
            .get(&format!("/api/v1/slos/{}", row["slo"].as_str().unwrap()))
            .await
            .json();
        let number = usize::try_from(row["objective_number"].as_u64().unwrap()).unwrap();
        assert_eq!(&slo["objectives"][number - 1], row);
        assert_eq!(slo["team"], row["team"]);
        if row["total"].is_number() {
            let path = format!(
                "/api/v1/slos/{}/explain?objective={number}",
                row["slo"].as_str().unwrap(),
            );
            let explained = rig.get(&path).await.json();
            assert_eq!(&explained["objectives"][0]["figures"], row, "{path}");
            assert_eq!(explained["objectives"][0]["counting"]["server"], "the lab");
        }
    }
    let compared = rig.get("/api/v1/compare").await.json();
    let compared = compared["objectives"].as_array().unwrap();
    assert_eq!(compared.len(), rows.len());
    for row in compared {
        assert!(rows.contains(&row["figures"]), "{row:#}");
        let slo = row["figures"]["slo"].as_str().unwrap();
        if row["figures"]["total"].is_number() {
            let number = &row["figures"]["objective_number"];
            let path = format!("/api/v1/slos/{slo}/explain?as=pyrra&objective={number}");
            let explained = rig.get(&path).await.json();
            let peers = &explained["objectives"][0]["peers"];
            assert_eq!(peers["ours"], row["peers"]["ours"], "{path}");
            assert_eq!(peers["theirs"][0], row["peers"]["theirs"][1], "{path}");
        }
    }
    let teams = rig.get("/api/v1/teams").await.json();
    for team in teams["teams"].as_array().unwrap() {
        let name = team["name"].as_str().unwrap();
        let rows = rig.get(&format!("/api/v1/status?team={name}")).await.json();
        let rows = rows["slos"].as_array().unwrap().len();
        assert_eq!(team["objectives"], rows, "{name}");
        let states = team["states"].as_object().unwrap().values();
        assert_eq!(
            states.map(|n| n.as_u64().unwrap()).sum::<u64>(),
            rows as u64,
            "{name}"
        );
    }
    rig.end().await;
}

#[tokio::test]
async fn bodies_look_like_this() {
    let rig = Rig::start().await;
    let mut slo = rig.get("/api/v1/slos/unlock-availability").await.json();
    // Where the documents lie depends on who runs the test.
    let file = slo["file"].take();
    assert!(
        file.as_str().unwrap().ends_with("examples/lab/home.yaml"),
        "{file}"
    );
    insta::assert_json_snapshot!("slo", slo);
    insta::assert_json_snapshot!("teams", rig.get("/api/v1/teams").await.json());
    let list = rig.get("/api/v1/slos?service=unlock-api").await.json();
    insta::assert_json_snapshot!("slos", list);
    let mut missing: Value =
        serde_json::from_slice(&rig.get("/api/v1/slos/unlock-availabilty").await.body).unwrap();
    missing["request_id"] = "…".into();
    insta::assert_json_snapshot!("unknown_name", missing);
    rig.end().await;
}

#[tokio::test]
async fn minutes_and_series_add_up_to_the_figures() {
    let rig = Rig::start().await;
    let sum = |list: &[Value], name: &str| -> f64 {
        list.iter().filter_map(|minute| minute[name].as_f64()).sum()
    };
    let status = rig.get("/api/v1/status?service=unlock-api").await.json();
    for row in status["slos"].as_array().unwrap() {
        let slo = format!("/api/v1/slos/{}", row["slo"].as_str().unwrap());
        let minutes = rig.get(&format!("{slo}/minutes?from=6d")).await.json();
        let minutes = minutes["minutes"].as_array().unwrap();
        assert_eq!(minutes.len(), 6 * 24 * 60 - 1, "{slo}");
        assert_eq!(minutes.last().unwrap()["minute"], row["watermark"]);
        let series = rig.get(&format!("{slo}/series")).await.json();
        let points = series["t"].as_array().unwrap().len();
        assert!((200..=400).contains(&points), "{points}");
        for name in ["bad", "total"] {
            // Counts are whole here, so that their sums in floats are exact.
            let figure = row[name].as_f64().unwrap();
            assert_eq!(
                sum(minutes, name).to_bits(),
                figure.to_bits(),
                "{slo} {name}"
            );
            let column = series[name].as_array().unwrap();
            assert_eq!(column.len(), points);
            let column: f64 = column.iter().filter_map(Value::as_f64).sum();
            assert_eq!(column.to_bits(), figure.to_bits(), "{slo} {name}");
        }
        let last = series["remaining"].as_array().unwrap().last().unwrap();
        assert_eq!(last, &row["budget"]["remaining"], "{slo}");
    }
    rig.end().await;
}

#[tokio::test]
async fn what_changes_minutes_is_journalled() {
    let rig = Rig::start().await;
    let request = ask(Method::POST, "/api/v1/slos/unlock-availability/refill")
        .header(header::CONTENT_TYPE, "application/json");
    let body = r#"{"from":"2026-11-22T03:00:00Z","to":"2026-11-22T04:00:00Z","reason":"the gateway lied"}"#;
    let answer = rig.send(request.body(Body::from(body)).unwrap()).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
    let path = "/api/v1/slos/unlock-latency/ledger?confirm=unlock-latency&reason=moved";
    let answer = rig
        .send(ask(Method::DELETE, path).body(Body::empty()).unwrap())
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let entries = rig.site.handle().store().journal(0, 10).await.unwrap();
    let said: Vec<_> = entries
        .iter()
        .map(|entry| {
            (
                entry.seq,
                entry.said.kind.as_str(),
                entry.said.name.as_str(),
                entry.said.reason.as_str(),
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            (1, "Refill", "unlock-availability", "the gateway lied"),
            (2, "Forget", "unlock-latency", "moved"),
        ]
    );
    rig.end().await;
}

#[tokio::test]
async fn documents_are_applied_looked_at_and_given_out() {
    let rig = Rig::bare().await;
    let send = async |method: Method, path: &str, body: &str| {
        let request = ask(method, path).header(header::CONTENT_TYPE, "application/yaml");
        rig.send(request.body(Body::from(body.to_owned())).unwrap())
            .await
    };
    let service = |description: &str| {
        format!(
            "apiVersion: openslo/v1\nkind: Service\nmetadata:\n  name: doorbell\nspec:\n  \
             description: {description}\n"
        )
    };
    let applied = send(Method::PUT, "/api/v1/documents", &service("It rings."))
        .await
        .json();
    assert_eq!(applied["is_applied"], true);
    assert_eq!(applied["changes"][0]["change"], "created");
    // It is in force at once.
    let services = rig.get("/api/v1/services").await.json();
    let names = services["services"].as_array().unwrap().iter();
    assert!(
        names
            .map(|s| s["name"].as_str().unwrap())
            .any(|name| name == "doorbell")
    );
    assert_eq!(rig.page("/services/doorbell").await.status, StatusCode::OK);
    let diff = send(
        Method::POST,
        "/api/v1/documents/diff",
        &service("It sings."),
    )
    .await
    .json();
    assert_eq!(diff["is_applied"], false);
    assert_eq!(diff["changes"][0]["fields"][0]["new"], "It sings.");
    let export = rig.get("/api/v1/export").await.json();
    let text = export["files"][0]["text"].as_str().unwrap();
    let again = send(Method::PUT, "/api/v1/documents", text).await.json();
    assert_eq!(again["changes"][0]["change"], "unchanged");
    let wrong = send(
        Method::PUT,
        "/api/v1/documents",
        "apiVersion: openslo/v1\nkind: SLO\n",
    )
    .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.problem(), "invalid-documents");
    assert!(wrong.text().contains("\"findings\":[{"), "{}", wrong.text());
    let request = ask(Method::PUT, "/api/v1/documents").header(header::CONTENT_TYPE, "text/yaml");
    let broken = rig
        .send(request.body(Body::from(&b"kind: \xff"[..])).unwrap())
        .await;
    assert_eq!(broken.problem(), "malformed-body");
    let missing = rig.get("/api/v1/documents/service/dorbell").await;
    assert_eq!(missing.problem(), "unknown-name");
    assert!(missing.text().contains("doorbell"));
    rig.end().await;
}

#[tokio::test]
async fn a_document_is_changed_only_by_who_knows_it() {
    let rig = Rig::bare().await;
    let service = |text: &str| {
        format!(
            "apiVersion: openslo/v1\nkind: Service\nmetadata:\n  name: doorbell\nspec:\n  \
             description: {text}\n"
        )
    };
    let put = async |version: i64, text: String| {
        let path = format!("/api/v1/documents?version={version}");
        rig.ask(Method::PUT, &path, "application/yaml", text).await
    };
    assert_eq!(put(1, service("one")).await.problem(), "conflict");
    assert_eq!(put(0, service("one")).await.json()["is_applied"], true);
    let late = put(0, service("two")).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert_eq!(late.problem(), "conflict");
    assert_eq!(put(1, service("two")).await.json()["is_applied"], true);
    let both = format!("{}---\n{PUSHED}", service("three"));
    assert_eq!(put(2, both).await.problem(), "bad-query");
    let document = "/api/v1/documents/Service/doorbell";
    let delete = async |path: String| {
        let request = ask(Method::DELETE, &path).body(Body::empty());
        rig.send(request.unwrap()).await
    };
    assert_eq!(
        delete(format!("{document}?version=1")).await.problem(),
        "conflict"
    );
    let looked = delete(format!("{document}?dry_run=true")).await.json();
    assert_eq!(looked["is_applied"], false);
    let gone = delete(format!("{document}?version=2&reason=silent"))
        .await
        .json();
    assert_eq!(gone["changes"][0]["change"], "deleted", "{gone}");
    assert_eq!(rig.get(document).await.problem(), "unknown-name");
    assert_eq!(delete(document.to_owned()).await.problem(), "unknown-name");
    assert_eq!(
        rig.page("/services/doorbell").await.status,
        StatusCode::NOT_FOUND
    );
    let entries = rig.site.handle().store().journal(0, 10).await.unwrap();
    let reasons: Vec<&str> = entries
        .iter()
        .map(|entry| entry.said.reason.as_str())
        .collect();
    assert_eq!(reasons, ["", "", "silent"]);
    rig.end().await;
}
