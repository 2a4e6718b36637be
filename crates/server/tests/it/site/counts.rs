//! Counts that are pushed over HTTP: each batch once, and no half of one.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};
use tomoni_app::push::{BATCHES_MAX, BODY_BYTES_MAX, COUNTS_MAX};

use super::rig::{Answer, PUSHED, Rig, ask};

const PATH: &str = "/api/v1/sli/firmware/counts";
const JSON: &str = "application/json";
const NDJSON: &str = "application/x-ndjson";
const CSV: &str = "text/csv";

async fn rig() -> Rig {
    let rig = Rig::bare().await;
    assert_eq!(rig.apply(PUSHED).await.status, StatusCode::OK);
    rig
}

async fn push(rig: &Rig, content_type: &str, body: impl Into<Body>) -> Answer {
    rig.ask(Method::POST, PATH, content_type, body).await
}

/// A batch with one count, of a minute of this morning.
fn batch(id: &str, minute: &str, bad: i64, total: i64) -> String {
    let minute = format!("2026-11-22T{minute}:00Z");
    json!({ "id": id, "counts": [{ "minute": minute, "bad": bad, "total": total }] }).to_string()
}

fn outcomes(answer: &Answer) -> Vec<(String, String)> {
    let body = answer.json();
    assert_eq!(body["sli"], "firmware");
    let batches = body["batches"].as_array().unwrap().iter();
    let text = |batch: &Value, name: &str| batch[name].as_str().unwrap().to_owned();
    batches
        .map(|batch| (text(batch, "id"), text(batch, "outcome")))
        .collect()
}

/// What the SLO's figures add up to.
async fn figures(rig: &Rig) -> (f64, f64) {
    let slo = rig.get("/api/v1/slos/updates").await.json();
    let objective = &slo["objectives"][0];
    let number = |name: &str| objective[name].as_f64().unwrap_or(f64::NAN);
    (number("bad"), number("total"))
}

fn same(found: (f64, f64), wanted: (f64, f64)) {
    // Counts are whole here.
    assert_eq!(
        (found.0.to_bits(), found.1.to_bits()),
        (wanted.0.to_bits(), wanted.1.to_bits()),
        "{found:?}"
    );
}

#[tokio::test]
async fn each_batch_counts_once_in_every_format() {
    let rig = rig().await;
    let counted = |id: &str| (id.to_owned(), "counted".to_owned());
    let already = |id: &str| (id.to_owned(), "already_counted".to_owned());
    let one = batch("a", "08:30", 1, 20);
    assert_eq!(
        outcomes(&push(&rig, JSON, one.clone()).await),
        [counted("a")]
    );
    same(figures(&rig).await, (1.0, 20.0));
    // Again, and written in another way.
    let again = push(&rig, "application/json; charset=utf-8", one.clone()).await;
    assert_eq!(outcomes(&again), [already("a")]);
    let lines = format!("{one}\n\n{}\n", batch("b", "08:30", 0, 10));
    let lines = push(&rig, NDJSON, lines).await;
    assert_eq!(outcomes(&lines), [already("a"), counted("b")]);
    let table = "minute,good,total\n2026-11-22T08:31:00Z,3,5\n2026-11-22T08:32:00Z,5,5\n";
    for wanted in [counted("c"), already("c")] {
        let path = format!("{PATH}?id=c");
        let answer = rig.ask(Method::POST, &path, CSV, table).await;
        assert_eq!(outcomes(&answer), [wanted]);
        assert_eq!(answer.json()["batches"][0]["minutes"], 2);
    }
    same(figures(&rig).await, (3.0, 40.0));
    let check = rig.get("/api/v1/findings").await.json()["checks"][0].clone();
    assert_eq!(
        (&check["result"], &check["newest"]),
        (&json!("pushed"), &json!("2026-11-22T08:32:00Z"))
    );
    rig.end().await;
}

#[tokio::test]
async fn an_id_stands_for_one_batch() {
    let rig = rig().await;
    push(&rig, JSON, batch("a", "08:30", 1, 20)).await.json();
    let other = push(&rig, JSON, batch("a", "08:30", 2, 20)).await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    assert_eq!(other.problem(), "conflict");
    // What stands before it in one request is counted, and the answer says so.
    let lines = [
        batch("b", "08:31", 0, 5),
        batch("a", "08:30", 2, 20),
        batch("c", "08:31", 0, 5),
    ];
    let half = push(&rig, NDJSON, lines.join("\n")).await;
    assert_eq!(half.problem(), "conflict");
    assert!(half.text().contains("1 before it"), "{}", half.text());
    same(figures(&rig).await, (1.0, 25.0));
    rig.end().await;
}

#[tokio::test]
async fn minutes_that_cannot_change_are_refused() {
    let rig = rig().await;
    let of_day = |day: &str| batch("x", "08:30", 0, 1).replace("2026-11-22", day);
    for day in ["2026-11-20", "2026-11-23"] {
        // The one beside it could be counted, and is not: it is the same request.
        let lines = format!("{}\n{}", batch("y", "08:30", 0, 1), of_day(day));
        let answer = push(&rig, NDJSON, lines).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.problem(), "closed-minute", "{day}");
    }
    let known = rig.get("/api/v1/slos/updates").await.json();
    assert!(known["objectives"][0]["total"].is_null(), "{known:#}");
    rig.end().await;
}

#[tokio::test]
async fn a_minute_that_is_full_is_no_outage() {
    let rig = rig().await;
    let most = 1_i64 << 36;
    push(&rig, JSON, batch("a", "08:30", 0, most)).await.json();
    let more = push(&rig, JSON, batch("b", "08:30", 0, 1)).await;
    assert_eq!(more.problem(), "invalid-body");
    assert_eq!(rig.get("/readyz").await.json()["is_ready"], true);
    rig.end().await;
}

#[tokio::test]
async fn bodies_that_hold_no_counts_are_refused() {
    let rig = rig().await;
    let good = batch("a", "08:30", 1, 20);
    for content_type in [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/yaml",
    ] {
        let answer = push(&rig, content_type, good.clone()).await;
        assert_eq!(answer.problem(), "unsupported-media-type", "{content_type}");
        assert!(answer.text().contains(NDJSON), "{}", answer.text());
    }
    for (content_type, body) in [
        (JSON, &b"{"[..]),
        (JSON, b"nothing"),
        (JSON, b"{\"id\": \"\xff\"}"),
        (NDJSON, b"{]"),
        (CSV, b"minute,bad,total\n1,2\n"),
    ] {
        let answer = push(&rig, content_type, body).await;
        assert_eq!(answer.problem(), "malformed-body", "{answer:?}");
        assert!(answer.text().contains("line "), "{}", answer.text());
    }
    for (content_type, body) in [
        (JSON, String::new()),
        (JSON, "[]".to_owned()),
        (JSON, "7".to_owned()),
        (JSON, good.replace("\"a\"", "7")),
        (JSON, good.replace("\"a\"", "\" \"")),
        (JSON, good.replace("\"bad\":1", "\"bad\":-1")),
        (JSON, good.replace("\"bad\":1", "\"bad\":21")),
        (JSON, good.replace("\"bad\":1", "\"worse\":1")),
        (JSON, good.replace("08:30:00Z", "08:30:07Z")),
        (JSON, "{\"id\": \"a\", \"counts\": []}".to_owned()),
        (
            CSV,
            "minute,bad,total\n2026-11-22T08:30:00Z,1,20\n".to_owned(),
        ),
        (CSV, "minute,bad\n".to_owned()),
    ] {
        let answer = push(&rig, content_type, body.clone()).await;
        assert_eq!(answer.problem(), "invalid-body", "{content_type} {body}");
    }
    let misspelt = rig
        .ask(
            Method::POST,
            "/api/v1/sli/fimware/counts",
            JSON,
            good.clone(),
        )
        .await;
    assert_eq!(misspelt.problem(), "unknown-name");
    assert!(
        misspelt.text().contains("`firmware`"),
        "{}",
        misspelt.text()
    );
    let query = rig
        .ask(
            Method::POST,
            "/api/v1/sli/firmware/counts?ids=1",
            JSON,
            good,
        )
        .await;
    assert_eq!(query.problem(), "bad-query");
    let known = rig.get("/api/v1/slos/updates").await.json();
    assert!(known["objectives"][0]["total"].is_null(), "{known:#}");
    rig.end().await;
}

#[tokio::test]
async fn too_much_is_refused_before_it_is_held() {
    let rig = rig().await;
    let count = "2026-11-22T08:30:00Z,0,1\n";
    let table = format!("minute,bad,total\n{}", count.repeat(COUNTS_MAX + 1));
    let many = rig
        .ask(Method::POST, &format!("{PATH}?id=1"), CSV, table)
        .await;
    assert_eq!(many.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(many.problem(), "body-too-large");
    let lines = format!("{}\n", batch("a", "08:30", 0, 1)).repeat(BATCHES_MAX + 1);
    assert_eq!(push(&rig, NDJSON, lines).await.problem(), "body-too-large");
    // Nobody has to read what is told to be too long.
    let told = ask(Method::POST, PATH)
        .header(header::CONTENT_TYPE, JSON)
        .header(header::CONTENT_LENGTH, BODY_BYTES_MAX + 1);
    let pending = Body::from_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let told = rig.send(told.body(pending).unwrap()).await;
    assert_eq!(told.problem(), "body-too-large");
    rig.end().await;
}

#[tokio::test]
async fn what_a_deleted_slo_counted_can_be_deleted_too() {
    let rig = rig().await;
    push(&rig, JSON, batch("a", "08:30", 1, 20)).await.json();
    let delete = async |path: &str| {
        let request = ask(Method::DELETE, path).body(Body::empty());
        rig.send(request.unwrap()).await
    };
    // What is written in one millisecond holds at once.
    rig.now_ms
        .fetch_add(1_000, std::sync::atomic::Ordering::Relaxed);
    delete("/api/v1/documents/slo/updates").await.json();
    let sizes = async || rig.site.handle().store().sizes().await.unwrap();
    assert_eq!(sizes().await.ledgers, 1, "what was counted stays");
    let ledger = "/api/v1/slos/updates/ledger";
    assert_eq!(delete(ledger).await.problem(), "confirmation-missing");
    let gone = delete(&format!("{ledger}?confirm=updates")).await.json();
    assert_eq!(gone["ledgers"].as_array().unwrap().len(), 1, "{gone}");
    assert_eq!(sizes().await.ledgers, 0);
    // It begins anew, and so do the ids of its batches.
    assert_eq!(rig.apply(PUSHED).await.status, StatusCode::OK);
    let other = push(&rig, JSON, batch("a", "08:30", 2, 5)).await;
    assert_eq!(outcomes(&other), [("a".to_owned(), "counted".to_owned())]);
    same(figures(&rig).await, (2.0, 5.0));
    let never = delete("/api/v1/slos/never/ledger?confirm=never").await;
    assert_eq!(never.problem(), "unknown-name");
    rig.end().await;
}

#[tokio::test]
async fn what_is_deleted_of_an_slo_is_all_that_it_ever_counted() {
    let rig = rig().await;
    push(&rig, JSON, batch("a", "08:30", 1, 20)).await.json();
    let later = || {
        rig.now_ms
            .fetch_add(1_000, std::sync::atomic::Ordering::Relaxed)
    };
    later();
    // Counted under another name from now on: another ledger. Another SLO goes on with the first.
    let renamed = PUSHED.replace("firmware", "gadgets");
    let other = PUSHED.replace("name: updates", "name: others");
    assert_ne!(renamed, PUSHED);
    assert_eq!(rig.apply(&renamed).await.status, StatusCode::OK);
    later();
    let path = PATH.replace("firmware", "gadgets");
    let pushed = batch("a", "08:30", 2, 30);
    rig.ask(Method::POST, &path, JSON, pushed).await.json();
    let sizes = async || rig.site.handle().store().sizes().await.unwrap();
    assert_eq!(sizes().await.ledgers, 2);
    let forget = async || {
        let path = "/api/v1/slos/updates/ledger?confirm=updates";
        rig.ask(Method::DELETE, path, JSON, "").await.json()
    };
    assert_eq!(rig.apply(&other).await.status, StatusCode::OK);
    let gone = forget().await;
    assert_eq!(gone["ledgers"].as_array().unwrap().len(), 1, "{gone}");
    assert_eq!(gone["also"], json!([]));
    assert_eq!(sizes().await.ledgers, 1, "the other SLO still counts by it");
    later();
    let path = "/api/v1/documents/slo/others";
    rig.ask(Method::DELETE, path, JSON, "").await.json();
    let gone = forget().await;
    assert_eq!(gone["ledgers"].as_array().unwrap().len(), 2, "{gone}");
    assert_eq!(sizes().await.ledgers, 0);
    rig.end().await;
}

#[tokio::test]
async fn what_other_slos_count_by_stays_unless_that_is_meant() {
    let rig = rig().await;
    let other = PUSHED.replace("name: updates", "name: others");
    assert_eq!(rig.apply(&other).await.status, StatusCode::OK);
    push(&rig, JSON, batch("a", "08:30", 1, 20)).await.json();
    let sizes = async || rig.site.handle().store().sizes().await.unwrap();
    assert_eq!(sizes().await.ledgers, 1, "both count by it");
    let forget = async |how: &str| {
        let path = format!("/api/v1/slos/updates/ledger?confirm=updates{how}");
        rig.ask(Method::DELETE, &path, JSON, "").await
    };
    let refused = forget("").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(refused.problem(), "ledger-shared");
    assert!(refused.text().contains("others count by"), "{refused:?}");
    assert_eq!(sizes().await.ledgers, 1);
    same(figures(&rig).await, (1.0, 20.0));

    // What is its own goes, and who keeps the rest is said.
    let renamed = PUSHED.replace("firmware", "gadgets");
    rig.now_ms
        .fetch_add(1_000, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(rig.apply(&renamed).await.status, StatusCode::OK);
    let path = PATH.replace("firmware", "gadgets");
    let pushed = batch("a", "08:30", 2, 30);
    rig.ask(Method::POST, &path, JSON, pushed).await.json();
    assert_eq!(sizes().await.ledgers, 2);
    let gone = forget("").await.json();
    assert_eq!(gone["ledgers"].as_array().unwrap().len(), 1, "{gone}");
    assert_eq!(
        (&gone["also"], &gone["kept_for"]),
        (&json!([]), &json!(["others"]))
    );
    assert_eq!(sizes().await.ledgers, 1);

    let gone = forget("&shared=true").await.json();
    assert_eq!(gone["ledgers"].as_array().unwrap().len(), 2, "{gone}");
    assert_eq!(
        (&gone["also"], &gone["kept_for"]),
        (&json!(["others"]), &json!([]))
    );
    assert_eq!(sizes().await.ledgers, 0);
    rig.end().await;
}

#[tokio::test]
async fn what_is_pushed_cannot_be_read_again() {
    let rig = rig().await;
    let body = r#"{"from":"2026-11-22T03:00:00Z","to":"2026-11-22T04:00:00Z","reason":"?"}"#;
    let path = "/api/v1/slos/updates/refill";
    let refused = rig.ask(Method::POST, path, JSON, body).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.problem(), "nothing-to-read");
    assert!(refused.text().contains("are pushed"), "{}", refused.text());
    let entries = rig.site.handle().store().journal(0, 10).await.unwrap();
    assert!(entries.iter().all(|entry| entry.said.kind != "Refill"));
    rig.end().await;
}
