//! Requests that nobody should send.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Method, StatusCode, header};
use futures::{StreamExt, stream};
use tomoni_server::http::limits::{FORM_BYTES_MAX, URI_BYTES_MAX};
use tomoni_server::http::{Settings, Timeouts};

use super::rig::{Answer, Rig, ask};

async fn form(rig: &Rig, body: Body) -> Answer {
    let request = ask(Method::POST, "/preferences")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    rig.send(request.body(body).unwrap()).await
}

#[tokio::test]
async fn unknown_names_are_told_with_a_near_one() {
    let rig = Rig::bare().await;
    for (path, near) in [
        ("/api/v1/slos/unlock-availabilty", "unlock-availability"),
        ("/api/v1/status?team=hoem", "home"),
        ("/api/v1/status?service=unlock-ap", "unlock-api"),
        ("/api/v1/slos?team=hoem", "home"),
        (
            "/api/v1/slos/unlock-availability/series?objective=2",
            "no objective 2: there are 1, counted from 1",
        ),
        (
            "/api/v1/slos/unlock-availabilty/minutes",
            "unlock-availability",
        ),
    ] {
        let answer = rig.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.problem(), "unknown-name", "{path}");
        assert!(answer.text().contains(near), "{path}: {}", answer.text());
    }
    rig.end().await;
}

#[tokio::test]
async fn queries_that_mean_nothing_are_refused() {
    let rig = Rig::bare().await;
    for path in [
        "/api/v1/status?taem=home",
        "/api/v1/status?team=home&team=work",
        "/api/v1/slos?limit=0",
        "/api/v1/slos?limit=1001",
        "/api/v1/slos?limit=-1",
        "/api/v1/slos?limit=many",
        "/api/v1/slos?limit=99999999999999999999",
        "/api/v1/slos?after=nothing",
        "/api/v1/slos/unlock-availability/series?step=61",
        "/api/v1/slos/unlock-availability/series?step=0",
        "/api/v1/slos/unlock-availability/series?from=yesterday",
        "/api/v1/slos/unlock-availability/series?from=2030-01-01T00:00:00Z",
        "/api/v1/slos/unlock-availability/series?from=1h&to=2h",
        "/api/v1/slos/unlock-availability/series?from=28d&step=60",
        "/api/v1/slos/unlock-availability/series?from=1000d",
        "/api/v1/slos/unlock-availability/series?objective=0",
        "/api/v1/slos/unlock-availability/minutes?from=8d",
        "/api/v1/slos/unlock-availability/minutes?from=1h&to=1h",
        "/api/v1/slos/unlock-availability/minutes?step=60",
        "/api/v1/slos/unlock-availability/explain?minutes=1001",
    ] {
        let answer = rig.get(path).await;
        assert_eq!(answer.problem(), "bad-query", "{path}");
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
    }
    rig.end().await;
}

#[tokio::test]
async fn addresses_that_are_no_text_are_refused() {
    let rig = Rig::bare().await;
    for path in ["/api/v1/slos/%ff%fe", "/api/v1/status?team=%c3%28", "/%80"] {
        assert_eq!(rig.get(path).await.problem(), "broken-utf8", "{path}");
    }
    let long = format!("/api/v1/slos/{}", "x".repeat(URI_BYTES_MAX));
    assert_eq!(rig.get(&long).await.problem(), "uri-too-long");
    for path in [
        "/api/v1/slos/%00",
        "/api/v1/slos/..%2f..",
        "/api/v1/slos/%F0%9F%92%A9",
    ] {
        assert_eq!(rig.get(path).await.problem(), "unknown-name", "{path}");
    }
    rig.end().await;
}

#[tokio::test]
async fn wrong_methods_are_told_the_right_ones() {
    let rig = Rig::bare().await;
    for (method, path, allowed) in [
        (Method::POST, "/api/v1/status", "GET,HEAD"),
        (Method::DELETE, "/healthz", "GET,HEAD"),
        (Method::GET, "/preferences", "POST"),
        (Method::from_bytes(b"BREW").unwrap(), "/readyz", "GET,HEAD"),
    ] {
        let answer = rig
            .send(ask(method, path).body(Body::empty()).unwrap())
            .await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(answer.problem(), "method-not-allowed", "{path}");
        assert_eq!(answer.header("allow"), allowed, "{path}");
    }
    rig.end().await;
}

#[tokio::test]
async fn huge_bodies_are_refused_told_or_not() {
    let rig = Rig::bare().await;
    let told = form(&rig, Body::from("x".repeat(FORM_BYTES_MAX + 1))).await;
    assert_eq!(
        (told.status, told.problem().as_str()),
        (StatusCode::PAYLOAD_TOO_LARGE, "body-too-large")
    );
    // A stream that never ends does not tell how long it is.
    let chunk = || Ok::<_, Infallible>(Bytes::from_static(&[b'x'; 1024]));
    let endless = Body::from_stream(stream::repeat_with(chunk));
    assert_eq!(form(&rig, endless).await.problem(), "body-too-large");
    rig.end().await;
}

#[tokio::test]
async fn slow_bodies_are_given_up() {
    let timeouts = Timeouts {
        body: Duration::from_millis(50),
        ..Timeouts::default()
    };
    let rig = Rig::with(Settings::default(), timeouts).await;
    let begun = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"theme="))]);
    let answer = form(&rig, Body::from_stream(begun.chain(stream::pending()))).await;
    assert_eq!(answer.status, StatusCode::REQUEST_TIMEOUT);
    assert_eq!(answer.problem(), "slow-body");
    rig.end().await;
}

#[tokio::test]
async fn other_names_and_other_sites_are_turned_away() {
    let rig = Rig::bare().await;
    let mut request = ask(Method::GET, "/api/v1/status")
        .body(Body::empty())
        .unwrap();
    request
        .headers_mut()
        .insert(header::HOST, "evil.example".parse().unwrap());
    let answer = rig.send(request).await;
    assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(answer.problem(), "wrong-host");
    let request = ask(Method::POST, "/preferences").header("sec-fetch-site", "cross-site");
    let answer = rig.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (StatusCode::FORBIDDEN, "cross-site")
    );
    rig.end().await;
}

#[tokio::test]
async fn bodies_that_mean_nothing_are_refused() {
    let rig = Rig::bare().await;
    let refill = async |content_type: &str, body: &str| {
        let request = ask(Method::POST, "/api/v1/slos/unlock-latency/refill")
            .header(header::CONTENT_TYPE, content_type);
        rig.send(request.body(Body::from(body.to_owned())).unwrap())
            .await
            .problem()
    };
    let good = r#"{"from":"3h","to":"2h","reason":"x"}"#;
    for content_type in ["text/plain", "application/x-www-form-urlencoded", ""] {
        assert_eq!(refill(content_type, good).await, "unsupported-media-type");
    }
    for body in ["", "{", "{\"from\": \"\u{0}", "nothing"] {
        assert_eq!(
            refill("application/json", body).await,
            "malformed-body",
            "{body}"
        );
    }
    for body in [
        "[]",
        "7",
        r#"{"from":"3h","to":"2h"}"#,
        r#"{"from":3,"to":"2h","reason":"x"}"#,
        r#"{"from":"3h","to":"2h","reason":" "}"#,
        r#"{"from":"2h","to":"3h","reason":"x"}"#,
        r#"{"from":"500d","to":"2h","reason":"x"}"#,
        r#"{"from":"3h","to":"2h","reason":"x","more":1}"#,
    ] {
        assert_eq!(
            refill("application/json; charset=utf-8", body).await,
            "invalid-body",
            "{body}"
        );
    }
    let request = ask(Method::POST, "/api/v1/slos/unlock-latency/refill")
        .header(header::CONTENT_TYPE, "application/json");
    let broken = rig
        .send(
            request
                .body(Body::from(&b"{\"from\":\"\xff\"}"[..]))
                .unwrap(),
        )
        .await;
    assert_eq!(broken.problem(), "malformed-body");
    // Nothing was taken of any of it.
    let journal = rig.site.handle().store().journal(0, 10).await.unwrap();
    assert!(journal.is_empty(), "{journal:?}");
    rig.end().await;
}

#[tokio::test]
async fn nothing_is_deleted_by_mistake() {
    let rig = Rig::bare().await;
    for query in ["", "?confirm=", "?confirm=yes", "?confirm=unlock"] {
        let path = format!("/api/v1/slos/unlock-latency/ledger{query}");
        let request = ask(Method::DELETE, &path).body(Body::empty()).unwrap();
        assert_eq!(
            rig.send(request).await.problem(),
            "confirmation-missing",
            "{query}"
        );
    }
    assert!(
        rig.site
            .handle()
            .store()
            .journal(0, 10)
            .await
            .unwrap()
            .is_empty()
    );
    rig.end().await;
}
