//! The pages of a server that runs.

use std::collections::{BTreeSet, VecDeque};

use axum::http::StatusCode;
use regex::Regex;
use tomoni_server::http::limits::ROWS_PER_PAGE;

use super::rig::{PUSHED, Rig};

/// Every address that a page of this site leads to.
fn links(page: &str) -> Vec<String> {
    let pattern = Regex::new(r##"(?:href|src|data-series)="(/[^"#]*)"##).unwrap();
    let found = pattern.captures_iter(page);
    found.map(|found| found[1].replace("&amp;", "&")).collect()
}

/// What an address is one of: its first part, and whether it goes deeper.
fn kind(path: &str) -> String {
    let path = path.split('?').next().unwrap();
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    format!("/{} {}", parts[0], parts.len())
}

#[tokio::test]
async fn every_link_leads_somewhere() {
    const PAGES_MAX: usize = 150;
    let rig = Rig::start().await;
    let mut waiting = VecDeque::from(["/".to_owned()]);
    let mut met: BTreeSet<String> = waiting.iter().cloned().collect();
    let (mut seen, mut kinds) = (0, BTreeSet::new());
    while let Some(path) = waiting.pop_front().filter(|_| seen < PAGES_MAX) {
        let answer = rig.page(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {answer:?}");
        seen += 1;
        kinds.insert(kind(&path));
        if !answer.header("content-type").starts_with("text/html") {
            continue;
        }
        let text = answer.text();
        assert!(!text.contains("NaN"), "{path}");
        for link in links(text) {
            if link != "/preferences" && met.insert(link.clone()) {
                waiting.push_back(link);
            }
        }
    }
    assert!(seen > 40, "{met:?}");
    for wanted in [
        "/ 1",
        "/teams 2",
        "/services 2",
        "/slos 2",
        "/slos 3",
        "/findings 1",
        "/assets 2",
        "/api 5",
    ] {
        assert!(kinds.contains(wanted), "{wanted} not in {kinds:?}");
    }
    rig.end().await;
}

#[tokio::test]
async fn a_page_is_drawn_for_who_looks() {
    use axum::body::Body;
    use axum::http::{Method, header};

    use super::rig::ask;
    let rig = Rig::bare().await;
    let look = async |cookie: &str| {
        let request = ask(Method::GET, "/slos/unlock-availability")
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, cookie);
        rig.send(request.body(Body::empty()).unwrap()).await
    };
    let english = look("").await;
    assert!(
        english
            .text()
            .contains("<html lang=\"en\" data-theme=\"system\"")
    );
    assert!(english.text().contains("data-events"));
    let japanese = look("tomoni_language=ja; tomoni_theme=dark; tomoni_zone=Asia%2FTokyo").await;
    assert!(
        japanese
            .text()
            .contains("<html lang=\"ja\" data-theme=\"dark\"")
    );
    assert!(japanese.text().contains("data-zone=\"Asia/Tokyo\""));
    assert_ne!(english.header("etag"), japanese.header("etag"));
    let head = ask(Method::HEAD, "/slos/unlock-availability")
        .body(Body::empty())
        .unwrap();
    let head = rig.send(head).await;
    assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
    rig.end().await;
}

#[tokio::test]
async fn a_misspelt_name_leads_to_the_right_one() {
    let rig = Rig::bare().await;
    for (path, link) in [
        ("/slos/unlock-availabilty", "/slos/unlock-availability"),
        ("/teams/hom", "/teams/home"),
        ("/services/unlock-ap", "/services/unlock-api"),
    ] {
        let page = rig.page(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.text().contains(&format!("href=\"{link}\"")), "{path}");
    }
    for path in [
        "/slos/unlock-availability?objective=7",
        "/slos/unlock-availability/minutes?day=2030-01-01",
    ] {
        assert_eq!(rig.page(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for path in [
        "/slos/unlock-availability?objective=x",
        "/slos/unlock-availability/minutes?day=soon",
    ] {
        let page = rig.page(path).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(page.text().starts_with("<!DOCTYPE html>"), "{path}");
    }
    rig.end().await;
}

#[tokio::test]
async fn a_changed_target_is_a_revision_on_the_page() {
    use axum::body::Body;
    use axum::http::{Method, header};

    use super::rig::ask;
    let rig = Rig::bare().await;
    let apply = async |reason: &str, target: &str| {
        let path = format!("/api/v1/documents?reason={reason}");
        let request = ask(Method::PUT, &path).header(header::CONTENT_TYPE, "application/yaml");
        let body = format!(
            "apiVersion: openslo/v1\nkind: SLO\nmetadata:\n  name: bell\nspec:\n  service: door\n  \
             indicator:\n    metadata:\n      name: bell\n    spec:\n      ratioMetric:\n        counter: true\n        \
             good:\n          metricSource:\n            type: Prometheus\n            spec:\n              query: good\n        \
             total:\n          metricSource:\n            type: Prometheus\n            spec:\n              query: total\n  \
             timeWindow:\n    - duration: 28d\n      isRolling: true\n  budgetingMethod: Occurrences\n  \
             objectives:\n    - target: {target}\n"
        );
        let answer = rig.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    };
    apply("first", "0.99").await;
    rig.now_ms
        .fetch_add(60_000, std::sync::atomic::Ordering::Relaxed);
    apply("the-review-said-so", "0.995").await;
    let page = rig.page("/slos/bell").await;
    assert_eq!(page.status, StatusCode::OK, "{page:?}");
    for text in ["the-review-said-so", "99.5%", "anybody"] {
        assert!(page.text().contains(text), "{text}");
    }
    rig.end().await;
}

/// As many SLOs of one team and service.
fn many(count: usize) -> String {
    let named = |n: usize| PUSHED.replace("updates", &format!("updates-{n:04}"));
    (0..count)
        .map(|n| {
            named(n).replacen(
                "}\nspec:",
                ", annotations: {tomoni.dev/owner: factory}}\nspec:",
                1,
            )
        })
        .collect::<Vec<_>>()
        .join("---\n")
}

#[tokio::test]
async fn long_lists_come_in_pages_that_lead_to_each_other() {
    let rig = Rig::bare().await;
    let count = 2 * ROWS_PER_PAGE + 50;
    let applied = rig.apply(&many(count)).await;
    assert_eq!(applied.status, StatusCode::OK, "{}", applied.text());
    let link = Regex::new(r#"href="/slos/(updates-\d{4})""#).unwrap();
    let next = Regex::new(r#"rel="next" href="([^"]+)""#).unwrap();
    let prev = Regex::new(r#"rel="prev" href="([^"]+)""#).unwrap();
    for folder in ["teams/factory", "services/firmware"] {
        let mut path = Some(format!("/{folder}"));
        let mut met = BTreeSet::new();
        let mut befores = Vec::new();
        let mut sizes = Vec::new();
        while let Some(here) = path {
            let page = rig.page(&here).await;
            assert_eq!(page.status, StatusCode::OK);
            let text = page.text();
            assert!(
                text.contains(&format!("<strong>{count}</strong>")),
                "{here} counts all"
            );
            let of = |found: regex::Captures<'_>| found[1].to_owned();
            let rows: BTreeSet<String> = link.captures_iter(text).map(of).collect();
            sizes.push(rows.len());
            met.extend(rows);
            befores.push(prev.captures(text).map(of));
            path = next.captures(text).map(of);
        }
        assert_eq!(sizes, [ROWS_PER_PAGE, ROWS_PER_PAGE, 50], "{folder}");
        assert_eq!(met.len(), count, "{folder}: nothing is left out");
        let before = |from: usize| Some(format!("/{folder}?from={from}"));
        assert_eq!(befores, [None, before(1), before(ROWS_PER_PAGE + 1)]);
        let beyond = rig.page(&format!("/{folder}?from=99999")).await;
        let shown = format!("{} to {count} of {count}", 2 * ROWS_PER_PAGE + 1);
        assert!(beyond.text().contains(&shown), "the last page");
        let odd = rig.page(&format!("/{folder}?from=-1")).await;
        assert_eq!(odd.status, StatusCode::BAD_REQUEST);
    }
    rig.end().await;
}
