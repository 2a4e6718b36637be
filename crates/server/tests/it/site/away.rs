//! Two databases, one behaviour: the same answers over SQLite and PostgreSQL, and the same patience
//! while they are away.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::Value;
use tempfile::TempDir;
use tomoni_app::world::{Outage, World};
use tomoni_server::http::{Settings, Timeouts};
use tomoni_store::Store;
use tomoni_store::faults::Point;
use tomoni_testkit::Postgres;

use super::rig::{Answer, PUSHED, Rig, lab};

const JSON: &str = "application/json";
/// More than a loaded machine needs.
const PATIENCE: Duration = Duration::from_secs(60);

async fn over(store: Store) -> Rig {
    let folder = TempDir::new().unwrap();
    Rig::over(
        store,
        folder,
        Some(lab()),
        Settings::default(),
        Timeouts::default(),
    )
    .await
}

async fn over_sqlite() -> Rig {
    Rig::start().await
}

/// An answer as another database must give it, too.
fn told(answer: &Answer) -> (StatusCode, String) {
    let text = answer.text().to_owned();
    let Ok(mut body) = serde_json::from_str::<Value>(&text) else {
        return (answer.status, text);
    };
    // Ids are drawn by lot, and of each request.
    for member in ["request_id", "entry"] {
        if let Some(member) = body.get_mut(member) {
            *member = Value::Null;
        }
    }
    for document in body["documents"].as_array_mut().into_iter().flatten() {
        document["uid"] = Value::Null;
    }
    (answer.status, body.to_string())
}

/// Looks at everything, changes what can be changed, and looks again.
async fn walk(rig: &Rig) -> Vec<(String, (StatusCode, String))> {
    let mut met = Vec::new();
    look(rig, &mut met).await;
    let slo = "/api/v1/slos/unlock-latency";
    let refill = r#"{ "from": "3h", "to": "2h", "reason": "the gateway lied" }"#;
    let again = r#"{"from":"2h","to":"3h","reason":"never"}"#;
    let counts = r#"{"id":"1","counts":[{"minute":"2026-11-22T08:59:00Z","bad":1,"total":20}]}"#;
    let other = counts.replace("20", "21");
    let push = "/api/v1/sli/firmware/counts";
    for (method, path, content_type, body) in [
        (Method::POST, format!("{slo}/refill"), JSON, refill),
        (Method::POST, format!("{slo}/refill"), JSON, again),
        (Method::DELETE, format!("{slo}/ledger"), JSON, ""),
        (
            Method::DELETE,
            format!("{slo}/ledger?confirm=unlock-latency"),
            JSON,
            "",
        ),
        (
            Method::PUT,
            "/api/v1/documents?reason=new".to_owned(),
            "application/yaml",
            PUSHED,
        ),
        (
            Method::PUT,
            "/api/v1/documents".to_owned(),
            "application/yaml",
            "kind: SLO\n",
        ),
        (Method::GET, "/api/v1/documents".to_owned(), JSON, ""),
        (Method::POST, push.to_owned(), JSON, counts),
        (Method::POST, push.to_owned(), JSON, counts),
        (Method::POST, push.to_owned(), JSON, &other),
        (Method::GET, "/api/v1/slos/updates".to_owned(), JSON, ""),
        (
            Method::GET,
            "/api/v1/slos/updates/minutes?from=5m".to_owned(),
            JSON,
            "",
        ),
        (Method::GET, "/slos/updates".to_owned(), JSON, ""),
    ] {
        let answer = rig
            .ask(method.clone(), &path, content_type, body.to_owned())
            .await;
        met.push((format!("{method} {path}"), told(&answer)));
    }
    met
}

async fn look(rig: &Rig, met: &mut Vec<(String, (StatusCode, String))>) {
    for path in [
        "/api/v1/status",
        "/api/v1/slos",
        "/api/v1/slos/unlock-availability",
        "/api/v1/slos/unlock-availability/explain",
        "/api/v1/slos/unlock-availability/minutes",
        "/api/v1/slos/unlock-availability/series",
        "/api/v1/slos/nothing",
        "/api/v1/teams",
        "/api/v1/services",
        "/api/v1/findings",
        "/api/v1/sources",
        "/api/v1/export",
        "/readyz",
    ] {
        met.push((path.to_owned(), told(&rig.get(path).await)));
    }
    for path in [
        "/",
        "/teams/home",
        "/services/unlock-api",
        "/slos/unlock-availability",
        "/slos/unlock-availability/minutes?day=2026-11-22",
        "/findings",
    ] {
        met.push((path.to_owned(), told(&rig.page(path).await)));
    }
}

#[tokio::test]
async fn one_walk_on_both_databases_meets_the_same() {
    tomoni_testkit::require!("postgres", "initdb", "psql");
    let sqlite = over_sqlite().await;
    let walked = walk(&sqlite).await;
    sqlite.end().await;
    let successes = walked.iter().filter(|(_, (status, _))| status.is_success());
    assert!(successes.count() >= 25, "{walked:#?}");
    let postgres = Postgres::start().unwrap();
    let store = Store::connect(&postgres.database().unwrap()).await.unwrap();
    let other = over(store).await;
    for (on_sqlite, on_postgres) in walked.iter().zip(walk(&other).await) {
        assert_eq!(*on_sqlite, on_postgres);
    }
    other.end().await;
}

/// Lets a minute pass, and waits until the picture is as it should be.
async fn until(rig: &Rig, is_so: impl Fn(&World) -> bool) {
    let handle = rig.site.handle();
    let mut changes = handle.changes();
    let waiting = async {
        while !is_so(&handle.world()) {
            rig.now_ms.fetch_add(60_000, Ordering::Relaxed);
            // Whatever the loop is told, it ticks.
            handle.push("nobody", Vec::new()).await.unwrap();
            changes.changed().await.unwrap();
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap();
}

fn is_away(world: &World) -> bool {
    world
        .outages
        .iter()
        .any(|outage| matches!(outage, Outage::Database { .. }))
}

/// What holds while nothing can be written.
async fn endure(rig: &Rig) {
    until(rig, is_away).await;
    let ready = rig.get("/readyz").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    let ready: Value = serde_json::from_slice(&ready.body).unwrap();
    assert_eq!(ready["reasons"][0]["code"], "database", "{ready}");
    assert!(ready["unkept_minutes"].as_u64().unwrap() > 0, "{ready}");
    assert_eq!(rig.get("/healthz").await.status, StatusCode::OK);
    assert!(
        rig.get("/metrics")
            .await
            .text()
            .contains("tomoni_database_down 1\n")
    );
    // Figures are there, and every page says what is wrong.
    let slo = rig.get("/api/v1/slos/unlock-availability").await.json();
    assert!(
        slo["objectives"][0]["total"].as_f64().unwrap() > 0.0,
        "{slo}"
    );
    for path in ["/", "/teams/home", "/slos/unlock-availability", "/findings"] {
        let page = rig.page(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(
            page.text().contains("The database cannot be written to."),
            "{path}"
        );
    }
    // What has to be kept is refused, and may be sent again.
    let applied = rig.apply(PUSHED).await;
    assert_eq!(applied.problem(), "database-unavailable");
    assert_eq!(applied.header("retry-after"), "5");
    let path = "/api/v1/slos/unlock-latency/ledger?confirm=unlock-latency";
    let deleted = rig.ask(Method::DELETE, path, JSON, "").await;
    assert_eq!(deleted.problem(), "database-unavailable");
}

/// What holds once it is back.
async fn recover(rig: &Rig) {
    until(rig, |world| !is_away(world)).await;
    let minutes = rig
        .get("/api/v1/slos/unlock-availability/minutes?from=30m")
        .await
        .json();
    for minute in minutes["minutes"].as_array().unwrap() {
        assert!(
            minute["total"].is_number(),
            "{minute}: what came meanwhile was kept"
        );
    }
    let page = rig.page("/slos/unlock-availability").await;
    assert!(!page.text().contains("The database cannot"));
    assert!(!page.text().contains("The history cannot be read"));
    let ready = rig.get("/readyz").await.json();
    assert_eq!(ready["unkept_minutes"], 0, "{ready}");
    assert_eq!(rig.apply(PUSHED).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_sqlite_that_takes_no_writes_is_said_and_used_again() {
    let rig = over_sqlite().await;
    let store = rig.site.handle().store().clone();
    store.set_faults(Some(Arc::new(|_, point| point == Point::BeforeCommit)));
    endure(&rig).await;
    store.set_faults(None);
    recover(&rig).await;
    rig.end().await;
}

#[tokio::test]
async fn what_was_not_done_is_not_in_the_journal() {
    let rig = over_sqlite().await;
    let store = rig.site.handle().store().clone();
    let is_change = |call: &str| ["forget", "reopen"].contains(&call);
    store.set_faults(Some(Arc::new(move |call, point| {
        is_change(call) && point == Point::BeforeCommit
    })));
    let path = "/api/v1/slos/unlock-latency/ledger?confirm=unlock-latency";
    let deleted = rig.ask(Method::DELETE, path, JSON, "").await;
    assert_eq!(deleted.problem(), "database-unavailable");
    let path = "/api/v1/slos/unlock-latency/refill";
    let body = r#"{"from":"2h","to":"1h","reason":"?"}"#;
    let refilled = rig.ask(Method::POST, path, JSON, body).await;
    assert_eq!(refilled.problem(), "database-unavailable");
    assert_eq!(store.journal(0, 10).await.unwrap(), []);
    rig.end().await;
}

/// Nothing of the history can be read either.
async fn without_history(rig: &Rig) {
    let page = rig.page("/slos/unlock-availability").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("The history cannot be read right now"));
    for part in ["minutes", "series", "explain"] {
        let answer = rig
            .get(&format!("/api/v1/slos/unlock-availability/{part}"))
            .await;
        assert_eq!(answer.problem(), "database-unavailable", "{part}");
    }
}

#[tokio::test]
async fn a_postgresql_that_vanishes_is_said_and_used_again() {
    tomoni_testkit::require!("postgres", "initdb", "psql");
    let mut postgres = Postgres::start().unwrap();
    let store = Store::connect(&postgres.database().unwrap()).await.unwrap();
    let rig = over(store).await;
    postgres.vanish();
    endure(&rig).await;
    without_history(&rig).await;
    postgres.come_back().unwrap();
    recover(&rig).await;
    rig.end().await;
}

/// Minutes cannot be kept, and the journal could be written: who changes something is told at once,
/// and the database is not asked.
#[tokio::test]
async fn what_would_wait_for_a_database_is_refused_at_once() {
    tomoni_testkit::require!("postgres", "initdb", "psql");
    let postgres = Postgres::start().unwrap();
    let url = postgres.database().unwrap();
    let rig = over(Store::connect(&url).await.unwrap()).await;
    let full = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \
                $$BEGIN RAISE EXCEPTION 'as asked' USING ERRCODE = '53100'; END$$; \
                CREATE TRIGGER refuse BEFORE INSERT ON tail EXECUTE FUNCTION refuse()";
    postgres.sql(&url, full).unwrap();
    until(&rig, is_away).await;
    for (method, path, content_type, body) in [
        (Method::PUT, "/api/v1/documents", "application/yaml", PUSHED),
        (Method::DELETE, "/api/v1/documents/slo/updates", JSON, ""),
        (Method::POST, "/api/v1/sli/firmware/counts", JSON, "{"),
        (
            Method::DELETE,
            "/api/v1/slos/unlock-latency/ledger?confirm=unlock-latency",
            JSON,
            "",
        ),
    ] {
        let refused = rig.ask(method, path, content_type, body).await;
        assert_eq!(refused.problem(), "database-unavailable", "{path}");
        assert_eq!(refused.header("retry-after"), "5", "{path}");
        assert!(refused.text().contains("disk is full"), "{path}");
    }
    // Whoever only asks what would change gets an answer.
    let path = "/api/v1/documents?dry_run=true";
    let asked = rig.ask(Method::PUT, path, "application/yaml", PUSHED).await;
    assert_eq!(asked.json()["is_applied"], false);
    postgres.sql(&url, "DROP FUNCTION refuse CASCADE").unwrap();
    recover(&rig).await;
    rig.end().await;
}

#[tokio::test]
async fn a_page_needs_no_history_to_show_figures() {
    let rig = over_sqlite().await;
    rig.site.handle().store().clone().close().await;
    without_history(&rig).await;
    let page = rig.page("/slos/unlock-availability").await;
    assert!(
        page.text().contains("class=\"number\""),
        "the figures stand"
    );
    rig.end().await;
}
