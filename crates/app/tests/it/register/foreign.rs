//! Documents of other formats in the journal.

use tomoni_app::register::Request;
use tomoni_spec::Identity;
use tomoni_spec::codes::{EXAMPLE_PYRRA, EXAMPLE_SLOTH};

use super::applying::{apply, code, request};
use super::{NOW_MS, Place, found, slos, texts, told};

const SLOTH: &str = "PrometheusServiceLevel unlock-api-availability";
const PYRRA: &str = "ServiceLevelObjective home-unlock-latency";

#[tokio::test]
async fn they_are_applied_kept_and_deleted_like_others() {
    let place = Place::new();
    let register = place.register().await;
    let both = format!("{EXAMPLE_SLOTH}---\n{EXAMPLE_PYRRA}");
    assert!(apply(&register, &both).await.unwrap().is_applied);
    let names: Vec<String> = texts(&register).await.into_keys().collect();
    assert_eq!(names, [SLOTH, PYRRA]);
    assert_eq!(
        texts(&register).await[SLOTH],
        EXAMPLE_SLOTH,
        "as it was written"
    );
    let again = place.register().await;
    assert_eq!(
        slos(&again.in_force().await),
        ["home-unlock-latency", "unlock-api-availability"],
        "after a restart, too"
    );
    assert!(apply(&register, &both).await.unwrap().is_nothing());

    let wrong = EXAMPLE_SLOTH.replace("99.9", "101");
    assert_eq!(code(apply(&register, &wrong).await), "documents/refused");
    let delete = Request {
        deletes: vec![Identity::new("ServiceLevelObjective", "home-unlock-latency").unwrap()],
        documents: Vec::new(),
        ..request(EXAMPLE_SLOTH)
    };
    assert!(register.apply(&delete, NOW_MS).await.unwrap().is_applied);
    assert_eq!(
        slos(&register.in_force().await),
        ["unlock-api-availability"]
    );
}

#[tokio::test]
async fn a_bad_text_gives_way_to_the_last_good_one() {
    let place = Place::new();
    let register = place.register().await;
    let file = |text: &str| found(&[("doors.yaml", text.to_owned())]);
    register
        .reconcile(file(EXAMPLE_SLOTH), NOW_MS)
        .await
        .unwrap();
    let bad = EXAMPLE_SLOTH.replace("[{{.window}}]", "[5m]");
    let in_force = register.reconcile(file(&bad), NOW_MS + 1).await.unwrap();
    assert_eq!(slos(&in_force), ["unlock-api-availability"]);
    let told = told(&in_force);
    assert!(
        told.iter()
            .all(|(code, _, keeps)| *code == "sloth/window" && *keeps),
        "{told:?}"
    );
    assert_eq!(told.len(), 2);
}

#[tokio::test]
async fn a_plugin_takes_no_other_slo_with_it() {
    let place = Place::new();
    let register = place.register().await;
    let plugin = "  - name: latency\n    objective: 99\n    sli: {plugin: {id: example.com/latency}}\n    \
                  alerting: {name: Latency}\n";
    let text = format!("{EXAMPLE_SLOTH}{plugin}");
    let files = found(&[("doors.yaml", text)]);
    let in_force = register.reconcile(files, NOW_MS).await.unwrap();
    assert_eq!(slos(&in_force), ["unlock-api-availability"]);
    assert_eq!(told(&in_force)[0].0, "sloth/sli-plugin");
}

#[tokio::test]
async fn an_slo_s_revisions_are_those_of_its_document() {
    let place = Place::new();
    let register = place.register().await;
    for (target, now_ms) in [("99.9", NOW_MS), ("99.5", NOW_MS + 1)] {
        let text = EXAMPLE_SLOTH.replace("99.9", target);
        register.apply(&request(&text), now_ms).await.unwrap();
    }
    let history = register
        .history("unlock-api-availability", 0)
        .await
        .unwrap();
    let targets = history
        .revisions
        .iter()
        .map(|r| r.objective.target.fraction());
    assert_eq!(targets.collect::<Vec<f64>>(), [0.995, 0.999]);
    assert_eq!(history.generations.len(), 1);
}

#[tokio::test]
async fn what_is_called_as_its_document_keeps_its_past_under_another_name() {
    let place = Place::new();
    let register = place.register().await;
    let renamed = EXAMPLE_PYRRA
        .replace("name: unlock-latency", "name: doors")
        .replace(
            "namespace: home",
            "namespace: home\n  annotations: {tomoni.dev/renamed-from: home-unlock-latency}",
        )
        .replace("\"99\"", "\"98\"");
    for (text, now_ms) in [(EXAMPLE_PYRRA, NOW_MS), (&*renamed, NOW_MS + 1)] {
        register.apply(&request(text), now_ms).await.unwrap();
    }
    let history = register.history("home-doors", 0).await.unwrap();
    assert_eq!(history.revisions.len(), 2);
}
