//! A budget for each group: what the API and the pages show of it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::http::Method;
use serde_json::Value;
use tomoni_app::world::Standing;
use tomoni_engine::Keep;
use tomoni_ledger::{Events, Fact, Minute, Span, SpanSet};
use tomoni_slo::{GroupLabels, LedgerKey};
use tomoni_store::{KeptGroups, SeenGroup};

use super::rig::{NOW_MS, Rig};

const SLO: &str = r#"
apiVersion: openslo/v1
kind: SLO
metadata:
  name: unlocks
  displayName: Doors open
  annotations:
    tomoni.dev/group-by: code
    tomoni.dev/owner: home
spec:
  service: unlock-api
  budgetingMethod: Occurrences
  timeWindow: [{duration: 1d, isRolling: true}]
  indicator:
    metadata: {name: unlocks}
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {type: Prometheus, spec: {query: 'http_requests_total{job="unlock-api",code=~"5.."}'}}}
        total: {metricSource: {type: Prometheus, spec: {query: 'http_requests_total{job="unlock-api"}'}}}
  objectives: [{target: 0.999}]
"#;

fn is_counted(group: &Standing) -> bool {
    group.backfill.is_none() && group.measures.figures.known_minutes > 0
}

/// A server with that SLO, whose groups have been found and counted.
async fn rig() -> Rig {
    let rig = Rig::start().await;
    assert_eq!(rig.apply(SLO).await.status, 200);
    let mut changes = rig.site.handle().changes();
    loop {
        let world = rig.site.world();
        let mut groups = world.groups_of("unlocks").peekable();
        let is_there = groups.peek().is_some();
        if is_there && groups.all(|(_, group)| is_counted(group)) {
            break;
        }
        changes.changed().await.unwrap();
    }
    rig
}

#[tokio::test]
async fn groups_are_slos_that_say_what_they_belong_to() {
    let rig = rig().await;
    let list = rig.get("/api/v1/slos?service=unlock-api").await.json();
    let slos = list["slos"].as_array().unwrap();
    let place = slos.iter().position(|slo| slo["name"] == "unlocks");
    let behind = &slos[place.unwrap() + 1];
    assert_eq!(behind["group"]["of"], "unlocks");
    assert_eq!(slos[place.unwrap()].get("group"), None);

    let all = rig.get("/api/v1/slos/unlocks").await.json();
    let groups = all["groups"].as_array().unwrap();
    assert!(groups.len() > 1, "{all}");
    let mut bad = 0;
    for group in groups {
        let code = group["group"]["labels"]["code"].as_str().unwrap();
        let name = group["name"].as_str().unwrap();
        assert_eq!(name, format!("unlocks:{code}"));
        let one = rig.get(&format!("/api/v1/slos/{name}")).await.json();
        assert_eq!(one["group"], group["group"]);
        assert_eq!(one.get("groups"), None);
        assert_eq!(one["objectives"][0]["group"], group["group"]);
        bad += one["objectives"][0]["bad"].as_i64().unwrap();
        let explained = rig
            .get(&format!("/api/v1/slos/{name}/explain"))
            .await
            .json();
        let queries = explained["objectives"][0]["counting"]["queries"].to_string();
        assert!(
            queries.contains(&format!("code=\\\"{code}\\\"")),
            "{queries}"
        );
    }
    assert_eq!(all["objectives"][0]["bad"].as_i64(), Some(bad));

    // Their events are those of the SLO that they are groups of.
    let objectives = async |path: &str, name: &str| {
        let body: Value = rig.get(path).await.json();
        let all = body[path.rsplit('/').next().unwrap()]
            .as_array()
            .unwrap()
            .clone();
        let one = all.iter().find(|one| one["name"] == name).cloned().unwrap();
        one["objectives"].as_u64().unwrap()
    };
    let of_documents = slos.iter().filter(|slo| slo.get("group").is_none());
    let count: u64 = of_documents
        .map(|slo| slo["objectives"].as_u64().unwrap())
        .sum();
    assert_eq!(objectives("/api/v1/services", "unlock-api").await, count);
    rig.end().await;
}

#[tokio::test]
async fn the_pages_lead_from_the_whole_to_its_groups_and_back() {
    let rig = rig().await;
    let page = rig.page("/slos/unlocks").await;
    let text = page.text();
    assert!(text.contains("href=\"/slos/unlocks:200\""), "{text}");
    assert!(text.contains(">code=200</a>"), "{text}");
    let page = rig.page("/slos/unlocks:200").await;
    assert_eq!(page.status, 200);
    let text = page.text();
    assert!(text.contains("<h1>Doors open · code=200</h1>"), "{text}");
    assert!(
        text.contains("A group of <a href=\"/slos/unlocks\">Doors open</a>"),
        "{text}"
    );
    assert!(rig.page("/slos/unlocks:200/minutes").await.status == 200);
    // Lists show the whole, and of its groups only how the worst is doing.
    let text = rig.page("/services/unlock-api").await;
    let text = text.text();
    assert!(text.contains("href=\"/slos/unlocks\""), "{text}");
    assert!(!text.contains("href=\"/slos/unlocks:200\""), "{text}");
    assert!(text.contains("groups, the worst has "), "{text}");
    let text = rig.page("/findings?from=1").await;
    assert!(!text.text().contains("unlocks:200"));
    rig.end().await;
}

#[tokio::test]
async fn what_is_done_to_the_whole_is_done_to_its_groups() {
    let rig = rig().await;
    let groups = rig.site.world().groups_of("unlocks").count();
    let asked = r#"{"from": "2h", "to": "1h", "reason": "it was wrong"}"#;
    let path = "/api/v1/slos/unlocks/refill";
    let answer = rig.ask(Method::POST, path, "application/json", asked).await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    let said: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(said["ledgers"].as_array().unwrap().len(), 1 + groups);
    rig.end().await;
}

#[tokio::test]
async fn what_is_in_force_is_not_put_in_force_again() {
    let rig = rig().await;
    let before = rig.site.world();
    assert_eq!(rig.apply(SLO).await.status, 200);
    assert!(Arc::ptr_eq(&before.catalog, &rig.site.world().catalog));
    rig.end().await;
}

/// A group that is gone, with a minute in its ledger; gives the ledger's key.
async fn gone(rig: &Rig, code: &str) -> String {
    let world = rig.site.world();
    let whole = world.of_slo("unlocks").next().unwrap().promise();
    let whole = whole.key.generation;
    let labels = GroupLabels::new([("code".to_owned(), code.to_owned())]);
    let minute = Minute::ended_by_ms(NOW_MS) - 90 * 1_440;
    let span = Span::ending_at(minute, 1);
    let key = LedgerKey {
        generation: labels.generation_within(whole),
        threshold: None,
    };
    let kept = KeptGroups {
        seen: vec![SeenGroup {
            whole,
            labels,
            seen: span,
        }],
        asked: Vec::new(),
    };
    let fact = Fact::counted(Events::ZERO, Events::whole(1));
    let keep = Keep {
        key: key.clone(),
        facts: vec![(minute, fact)],
        settled: SpanSet::from_iter([span]),
        closed: SpanSet::from_iter([span]),
    };
    let store = rig.site.handle().store();
    store.keep_groups(&kept).await.unwrap();
    store.keep(&[keep]).await.unwrap();
    key.to_string()
}

async fn forget(rig: &Rig, slo: &str) -> super::rig::Answer {
    let path = format!("/api/v1/slos/{slo}/ledger?confirm={slo}");
    rig.ask(Method::DELETE, &path, "", "").await
}

fn ledgers(said: &Value) -> Vec<&str> {
    let ledgers = said["ledgers"].as_array().unwrap().iter();
    ledgers.map(|key| key.as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_groups_counted_that_have_gone_can_be_deleted() {
    let rig = rig().await;
    let groups = rig.site.world().groups_of("unlocks").count();
    let sizes = async || rig.site.handle().store().sizes().await.unwrap().ledgers;
    let ledgers_before = sizes().await;
    // By its own name.
    let key = gone(&rig, "418").await;
    assert_eq!(forget(&rig, "unlocks:419").await.status, 404);
    let said = forget(&rig, "unlocks:418").await.json();
    assert_eq!(ledgers(&said), [key]);
    assert_eq!(sizes().await, ledgers_before);
    // With the SLO that it was a group of, but not where another one has the same groups.
    let key = gone(&rig, "418").await;
    let same = SLO.replace("name: unlocks\n", "name: same\n");
    assert_eq!(rig.apply(&same).await.status, 200);
    assert_eq!(forget(&rig, "unlocks").await.problem(), "ledger-shared");
    assert_eq!(forget(&rig, "unlocks:418").await.problem(), "ledger-shared");
    let other = same.replace("tomoni.dev/group-by: code", "tomoni.dev/group-by: job");
    assert_eq!(rig.apply(&other).await.status, 200);
    let said = forget(&rig, "unlocks").await.json();
    // Its own groups may have been found by now.
    assert_eq!(said["kept_for"][0], "same");
    assert_eq!(ledgers(&said).len(), groups + 1);
    assert!(ledgers(&said).contains(&key.as_str()));
    // Also when no document speaks of it any more.
    let key = gone(&rig, "418").await;
    for name in ["unlocks", "same"] {
        // What is written at one instant holds at once.
        rig.now_ms.fetch_add(1_000, Ordering::Relaxed);
        let path = format!("/api/v1/documents/SLO/{name}");
        assert_eq!(rig.ask(Method::DELETE, &path, "", "").await.status, 200);
    }
    let said = forget(&rig, "unlocks").await.json();
    assert!(ledgers(&said).contains(&key.as_str()));
    assert!(ledgers(&said).len() > 1 + groups);
    rig.end().await;
}
