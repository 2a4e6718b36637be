//! What stands around every request.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use axum::routing::get;
use tomoni_server::http::{Settings, Timeouts, around};
use tower::ServiceExt;

use super::rig::{NOW_MS, PUSHED, Rig, ask};

#[tokio::test]
async fn every_answer_has_an_id_and_safe_headers() {
    let rig = Rig::bare().await;
    for path in ["/api/v1/status", "/healthz", "/nothing", "/metrics", "/api"] {
        let answer = rig.get(path).await;
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{path}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(
            answer.header("cross-origin-opener-policy"),
            "same-origin",
            "{path}"
        );
        assert_eq!(
            answer.header("cross-origin-resource-policy"),
            "same-origin",
            "{path}"
        );
        assert!(
            answer.header("permissions-policy").contains("camera=()"),
            "{path}"
        );
        assert!(!answer.header("cache-control").is_empty(), "{path}");
    }
    rig.end().await;
}

#[tokio::test]
async fn a_sane_id_is_kept_and_another_replaced() {
    let rig = Rig::bare().await;
    let id = async |given: &str| {
        let request = ask(Method::GET, "/healthz").header("x-request-id", given);
        let answer = rig.send(request.body(Body::empty()).unwrap()).await;
        answer.header("x-request-id").to_owned()
    };
    assert_eq!(id("proxy-1:a.b_C").await, "proxy-1:a.b_C");
    let long = "x".repeat(65);
    for odd in ["", "a b", "<script>", long.as_str()] {
        let made = id(odd).await;
        assert_ne!(made, odd);
        assert!(made.contains('-'), "{made}");
    }
    assert_ne!(id("").await, id("").await);
    rig.end().await;
}

#[tokio::test]
async fn what_did_not_change_is_not_sent_again() {
    let rig = Rig::bare().await;
    let first = rig.get("/api/v1/status").await;
    assert_eq!(first.status, StatusCode::OK);
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    assert_eq!(first.header("cache-control"), "private, no-cache");
    let again = async |path: &str, name: &str, value: &str| {
        let request = ask(Method::GET, path)
            .header(header::IF_NONE_MATCH, &tag)
            .header(name, value);
        rig.send(request.body(Body::empty()).unwrap()).await
    };
    let same = again("/api/v1/status", "x-any", "1").await;
    assert_eq!(same.status, StatusCode::NOT_MODIFIED);
    assert!(same.body.is_empty());
    assert_eq!(same.header("etag"), tag);
    for (path, name, value) in [
        ("/api/v1/teams", "x-any", "1"),
        ("/api/v1/status?team=home", "x-any", "1"),
        ("/api/v1/status", "cookie", "tomoni_language=ja"),
        ("/api/v1/status", "cookie", "tomoni_zone=Asia/Tokyo"),
    ] {
        let other = again(path, name, value).await;
        assert_eq!(other.status, StatusCode::OK, "{path} {value}");
    }
    // Figures grow old by themselves.
    rig.now_ms
        .fetch_add(15_000, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(
        again("/api/v1/status", "x-any", "1").await.status,
        StatusCode::OK
    );
    // What failed has no tag.
    let missing = rig.get("/api/v1/slos/nothing").await;
    assert_eq!(
        (missing.status, missing.header("etag")),
        (StatusCode::NOT_FOUND, "")
    );
    rig.end().await;
}

#[tokio::test]
async fn answers_are_compressed_for_whom_they_may() {
    let rig = Rig::bare().await;
    let encoding = async |path: &str, accepted: &str| {
        let request = ask(Method::GET, path).header(header::ACCEPT_ENCODING, accepted);
        let answer = rig.send(request.body(Body::empty()).unwrap()).await;
        (
            answer.header("content-encoding").to_owned(),
            answer.body.len(),
        )
    };
    let plain = encoding("/api/v1/status", "identity").await;
    assert_eq!(plain.0, "");
    for name in ["br", "gzip"] {
        let packed = encoding("/api/v1/status", name).await;
        assert_eq!(packed.0, name);
        assert!(packed.1 * 3 < plain.1, "{packed:?} {plain:?}");
    }
    let style = format!("/assets/{}", tomoni_assets::STYLE.path);
    assert_eq!(
        encoding(&style, "gzip, br").await,
        ("br".to_owned(), tomoni_assets::STYLE.brotli.len())
    );
    assert_eq!(
        encoding(&style, "").await,
        (String::new(), tomoni_assets::STYLE.bytes.len())
    );
    rig.end().await;
}

#[tokio::test]
async fn assets_may_be_kept_for_ever() {
    let rig = Rig::bare().await;
    for asset in tomoni_assets::ALL {
        let answer = rig.get(&format!("/assets/{}", asset.path)).await;
        assert_eq!(answer.header("cache-control"), tomoni_assets::CACHE_CONTROL);
        assert_eq!(answer.header("content-type"), asset.content_type);
        assert_eq!(answer.body, asset.bytes);
    }
    assert_eq!(rig.get("/assets/style.css").await.problem(), "not-found");
    assert_eq!(
        rig.get("/assets/..%2f..%2fetc%2fpasswd").await.problem(),
        "not-found"
    );
    rig.end().await;
}

#[tokio::test]
async fn a_proxy_may_leave_its_prefix_or_take_it_away() {
    let settings = Settings {
        base_path: "/tomoni".to_owned(),
        ..Settings::default()
    };
    let rig = Rig::with(settings, Timeouts::default()).await;
    for path in [
        "/api/v1/teams",
        "/tomoni/api/v1/teams",
        "/tomoni/healthz",
        "/healthz",
    ] {
        assert_eq!(rig.get(path).await.status, StatusCode::OK, "{path}");
    }
    for path in ["/tomonix/healthz", "/tomoni/tomoni/healthz"] {
        assert_eq!(rig.get(path).await.problem(), "not-found", "{path}");
    }
    let page = rig.page("/tomoni/nothing").await;
    assert!(page.text().contains("href=\"/tomoni/\""));
    assert!(page.text().contains("<code>/nothing</code>"));
    rig.end().await;
}

#[tokio::test]
async fn a_slash_too_many_leads_to_the_page() {
    let settings = Settings {
        base_path: "/tomoni".to_owned(),
        ..Settings::default()
    };
    let rig = Rig::with(settings, Timeouts::default()).await;
    for (path, location) in [
        ("/teams/home/", "/tomoni/teams/home"),
        ("/tomoni/teams/home/?from=2", "/tomoni/teams/home?from=2"),
        ("/findings/", "/tomoni/findings"),
        (
            "/slos/unlock-availability/minutes/",
            "/tomoni/slos/unlock-availability/minutes",
        ),
    ] {
        let answer = rig.page(path).await;
        assert_eq!(answer.status, StatusCode::PERMANENT_REDIRECT, "{path}");
        assert_eq!(answer.header("location"), location, "{path}");
    }
    // To no other host, and not for programs.
    for path in [
        "//evil.example/",
        "//evil.example/teams/",
        "/api/v1/teams/",
        "/nothing/",
    ] {
        assert_eq!(rig.get(path).await.problem(), "not-found", "{path}");
    }
    rig.end().await;
}

#[tokio::test]
async fn whatever_is_known_is_no_page_where_there_is_none() {
    let rig = Rig::bare().await;
    let known = async |path: &str| {
        let request = ask(Method::GET, path).header(header::IF_NONE_MATCH, "*");
        rig.send(request.body(Body::empty()).unwrap()).await.status
    };
    assert_eq!(known("/teams/home").await, StatusCode::NOT_MODIFIED);
    assert_eq!(known("/teams/nobody").await, StatusCode::NOT_FOUND);
    assert_eq!(known("/api/v1/slos/nothing").await, StatusCode::NOT_FOUND);
    rig.end().await;
}

#[tokio::test]
async fn people_get_pages_and_programs_get_problems() {
    let rig = Rig::bare().await;
    let page = rig.page("/nothing").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.text().starts_with("<!DOCTYPE html>"));
    assert_eq!(rig.get("/nothing").await.problem(), "not-found");
    // Whoever asks the API is a program, whatever it says that it takes.
    assert_eq!(rig.page("/api/v1/nothing").await.problem(), "not-found");
    rig.end().await;
}

#[tokio::test]
async fn a_preference_is_kept_and_the_page_shown_again() {
    let rig = Rig::bare().await;
    let choose = async |form: &'static str| {
        let request = ask(Method::POST, "/preferences")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        rig.send(request.body(Body::from(form)).unwrap()).await
    };
    let answer = choose("language=ja&return=%2Ffindings").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "/findings");
    let cookie = answer.header("set-cookie");
    assert_eq!(
        cookie,
        "tomoni_language=ja; Path=/; Max-Age=31536000; SameSite=Lax"
    );
    for form in [
        "theme=dark&return=//evil.example",
        "theme=pink",
        "return=https%3A%2F%2Fevil.example",
    ] {
        assert_eq!(choose(form).await.problem(), "invalid-body", "{form}");
    }
    let request: Request<Body> = ask(Method::POST, "/preferences")
        .body(Body::empty())
        .unwrap();
    assert_eq!(rig.send(request).await.problem(), "unsupported-media-type");
    rig.end().await;
}

#[tokio::test]
async fn figures_have_an_age_before_there_is_any() {
    let rig = Rig::bare().await;
    rig.now_ms
        .fetch_add(700_000, std::sync::atomic::Ordering::Relaxed);
    let metrics = rig.get("/metrics").await;
    // Nobody is asked: what is settled by the clock is as good as it gets.
    assert!(
        metrics.text().contains("\ntomoni_lag_seconds 7"),
        "{}",
        metrics.text()
    );
    assert!(!metrics.text().contains("upkeep"), "it was not told yet");
    rig.site.handle().note_upkeep(NOW_MS);
    let metrics = rig.get("/metrics").await;
    let behind = "\ntomoni_upkeep_lag_seconds 700";
    assert!(metrics.text().contains(behind), "{}", metrics.text());
    rig.end().await;
}

#[tokio::test]
async fn the_server_tells_how_it_is() {
    let rig = Rig::start().await;
    assert_eq!(rig.get("/healthz").await.text(), "ok\n");
    let ready = rig.get("/readyz").await.json();
    assert_eq!(ready["is_ready"], true, "{ready}");
    assert_eq!(ready["watermark"], "2026-11-22T08:59:00Z");
    rig.now_ms
        .fetch_add(121_000, std::sync::atomic::Ordering::Relaxed);
    let stuck = rig.get("/readyz").await;
    assert_eq!(stuck.status, StatusCode::SERVICE_UNAVAILABLE);
    let told: serde_json::Value = serde_json::from_slice(&stuck.body).unwrap();
    assert_eq!(told["reasons"][0]["code"], "stuck");
    let metrics = rig.get("/metrics").await;
    assert!(
        metrics
            .header("content-type")
            .starts_with("application/openmetrics-text")
    );
    let text = metrics.text();
    for line in [
        "tomoni_http_requests_total{method=\"GET\",route=\"/healthz\",status=\"200\"} 1\n",
        "tomoni_http_requests_total{method=\"GET\",route=\"/readyz\",status=\"503\"} 1\n",
        "tomoni_tick_duration_seconds_bucket{le=\"+Inf\"}",
        "tomoni_intake_duration_seconds_bucket{le=\"+Inf\"}",
        "tomoni_source_up{source=\"the lab\"} 1\n",
        "tomoni_database_down 0\n",
        "tomoni_lag_seconds ",
        "tomoni_database_size_bytes ",
        "tomoni_journal_entries 0\n",
        "tomoni_batch_ids 0\n",
        "# EOF\n",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert!(!text.contains("tomoni_samples"), "the lab has none");
    // Rows are counted once a minute at most.
    assert_eq!(rig.apply(PUSHED).await.status, StatusCode::OK);
    let again = rig.get("/metrics").await;
    assert!(again.text().contains("tomoni_journal_entries 0\n"));
    rig.now_ms
        .fetch_add(60_000, std::sync::atomic::Ordering::Relaxed);
    let later = rig.get("/metrics").await;
    assert!(later.text().contains("tomoni_journal_entries 1\n"));
    rig.end().await;
}

async fn defect() -> &'static str {
    panic!("a defect, on purpose")
}

async fn sleeper() {
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_panic_is_one_answer() {
    let rig = Rig::bare().await;
    let router = around(
        rig.site.clone(),
        Router::new().route("/defect", get(defect)),
    );
    for accept in ["application/json", "text/html"] {
        let request = ask(Method::GET, "/defect").header(header::ACCEPT, accept);
        let request = request
            .header("x-request-id", "the-one")
            .body(Body::empty())
            .unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(response.headers()["x-request-id"], "the-one");
        let body = axum::body::to_bytes(response.into_body(), 1 << 20)
            .await
            .unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert!(body.contains("the-one"), "{body}");
        assert!(!body.contains("on purpose"), "{body}");
    }
    rig.end().await;
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_given_up() {
    let timeouts = Timeouts {
        answer: Duration::from_millis(20),
        ..Timeouts::default()
    };
    let rig = Rig::with(Settings::default(), timeouts).await;
    let router = around(
        rig.site.clone(),
        Router::new().route("/sleeper", get(sleeper)),
    );
    let request = ask(Method::GET, "/sleeper").body(Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers()["retry-after"], "5");
    rig.end().await;
}
