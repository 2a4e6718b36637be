//! What goes wrong on the way, and what is said about it.

use std::time::Duration;

use insta::assert_snapshot;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tomoni_slo::Part;
use tomoni_sources::prometheus::{Config, Prometheus, SourceError};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{first, gauge, impatient, ratio, read};

/// The error that a read ends with, its port as `PORT`.
async fn error_of(config: Config) -> String {
    let port = config.url.rsplit(':').next().unwrap_or_default().to_owned();
    let wants = [
        ratio(Part::Bad, "requests_total{code=\"500\"}", "requests_total"),
        gauge("volts", tomoni_slo::Op::Gte, 1.0),
    ];
    let results = read(config, &wants, first(60)).await;
    let errors: Vec<String> = results
        .into_iter()
        .map(|r| r.unwrap_err().to_string())
        .collect();
    assert_eq!(errors.len(), 2);
    errors[0].replace(&port, "PORT")
}

async fn answering(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

async fn said_of(answer: ResponseTemplate) -> String {
    let server = answering(answer).await;
    error_of(impatient(server.uri())).await
}

fn refusal(kind: &str, message: &str) -> serde_json::Value {
    json!({ "status": "error", "errorType": kind, "error": message })
}

#[tokio::test]
async fn nobody_is_there() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    assert_snapshot!(error_of(impatient(format!("http://{address}"))).await);
    // What a resolver says of a name that it does not know differs between systems.
    let unknown = error_of(impatient("http://no-such-host.invalid:9090")).await;
    assert!(
        unknown.starts_with("cannot reach http://no-such-host.invalid"),
        "{unknown}"
    );
}

#[tokio::test]
async fn the_address_cannot_be_used() {
    for (name, url) in [
        ("no_scheme", "localhost:9090"),
        ("another_scheme", "ftp://x"),
        ("no_address", ""),
    ] {
        let error = Prometheus::new(Config::new(url)).unwrap_err();
        assert!(matches!(error, SourceError::Setup { .. }));
        assert_snapshot!(name, error.to_string());
    }
    let config = Config::new("http://user:secret@127.0.0.1:9090").header("X Bad", "1");
    let error = Prometheus::new(config).unwrap_err().to_string();
    assert!(!error.contains("secret"));
    assert_snapshot!("header_name", error);
    let config = Config::new("http://127.0.0.1:9090").header("X-Scope-OrgID", "a\nb");
    assert_snapshot!(
        "header_value",
        Prometheus::new(config).unwrap_err().to_string()
    );
    let mut config = Config::new("https://127.0.0.1:9090");
    config.ca_pem =
        Some(b"-----BEGIN CERTIFICATE-----\nnot base64!\n-----END CERTIFICATE-----\n".to_vec());
    assert_snapshot!("ca", Prometheus::new(config).unwrap_err().to_string());
}

#[tokio::test]
async fn the_server_is_slow() {
    let answer = ResponseTemplate::new(200).set_delay(Duration::from_secs(60));
    assert_snapshot!(said_of(answer).await);
}

#[tokio::test]
async fn the_server_refuses_us() {
    assert_snapshot!("401", said_of(ResponseTemplate::new(401)).await);
    let page = "<html><head><title>403 Forbidden</title></head></html>";
    assert_snapshot!(
        "403",
        said_of(ResponseTemplate::new(403).set_body_string(page)).await
    );
}

#[tokio::test]
async fn the_server_refuses_the_query() {
    let answer = ResponseTemplate::new(400).set_body_json(refusal(
        "bad_data",
        "invalid parameter \"query\": 1:1: parse error",
    ));
    assert_snapshot!(said_of(answer).await);
}

#[tokio::test]
async fn it_is_too_much_even_in_small_pieces() {
    let message = "query processing would load too many samples into memory in query execution";
    let answer = ResponseTemplate::new(422).set_body_json(refusal("execution", message));
    assert_snapshot!("samples", said_of(answer).await);
    assert_snapshot!(
        "413",
        said_of(ResponseTemplate::new(413).set_body_string("Payload Too Large")).await
    );
    let server = answering(ResponseTemplate::new(200).set_body_bytes(vec![b' '; 5_000])).await;
    let mut config = impatient(server.uri());
    config.limits.response_bytes = 4_096;
    assert_snapshot!("bytes", error_of(config).await);
}

#[tokio::test]
async fn the_server_is_in_trouble() {
    assert_snapshot!(
        "500",
        said_of(ResponseTemplate::new(500).set_body_string("goroutine 1 [running]:\n…")).await
    );
    let page = "<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>";
    assert_snapshot!(
        "503",
        said_of(ResponseTemplate::new(503).set_body_string(page)).await
    );
    let answer =
        ResponseTemplate::new(500).set_body_json(refusal("internal", "opening storage failed"));
    assert_snapshot!("internal", said_of(answer).await);
    assert_snapshot!("429", said_of(ResponseTemplate::new(429)).await);
}

#[tokio::test]
async fn it_is_no_prometheus() {
    let page = "<!DOCTYPE html>\n<html>\n  <head><title>Sign in</title></head>";
    assert_snapshot!(
        "login",
        said_of(ResponseTemplate::new(200).set_body_string(page)).await
    );
    assert_snapshot!(
        "404",
        said_of(ResponseTemplate::new(404).set_body_string("404 page not found")).await
    );
    assert_snapshot!(
        "json",
        said_of(ResponseTemplate::new(200).set_body_json(json!({ "hello": 1 }))).await
    );
    assert_snapshot!(
        "null",
        said_of(ResponseTemplate::new(200).set_body_string("null")).await
    );
    assert_snapshot!("empty", said_of(ResponseTemplate::new(204)).await);
    let body =
        json!({ "status": "success", "data": { "result": [{ "metric": {}, "value": [1, "x"] }] } });
    assert_snapshot!(
        "value",
        said_of(ResponseTemplate::new(200).set_body_json(body)).await
    );
}

#[tokio::test]
async fn the_answer_breaks_off() {
    let body = r#"{"status":"success","data":{"resultType":"matrix","res"#;
    assert_snapshot!(
        "whole_but_half",
        said_of(ResponseTemplate::new(200).set_body_string(body)).await
    );

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4_096];
            let _ = stream.read(&mut request).await.unwrap();
            let half = format!("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{body}");
            stream.write_all(half.as_bytes()).await.unwrap();
        }
    });
    assert_snapshot!("cut_off", error_of(impatient(url)).await);
    serving.abort();
}

#[tokio::test]
async fn passing_trouble_is_tried_again_after_the_time_that_the_server_asks_for() {
    let server = MockServer::start().await;
    let busy = ResponseTemplate::new(429).insert_header("Retry-After", "1");
    Mock::given(any())
        .respond_with(busy)
        .up_to_n_times(1)
        .mount(&server)
        .await;
    let fails = ResponseTemplate::new(503);
    Mock::given(any())
        .respond_with(fails)
        .up_to_n_times(1)
        .mount(&server)
        .await;
    let empty = json!({ "status": "success", "data": { "resultType": "vector", "result": [] } });
    let empty = ResponseTemplate::new(200).set_body_json(empty);
    Mock::given(any()).respond_with(empty).mount(&server).await;
    let mut config = impatient(server.uri());
    config.retries = 2;
    config.retry_wait = Duration::from_millis(1);
    let begun = tokio::time::Instant::now();
    let wants = [gauge("volts", tomoni_slo::Op::Gte, 1.0)];
    let harvest = read(config, &wants, first(60)).await.remove(0);
    assert!(harvest.is_ok(), "{harvest:?}");
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn trouble_that_stays_is_tried_only_so_often_and_asked_of_nobody_else() {
    let server = answering(ResponseTemplate::new(503)).await;
    let mut config = impatient(server.uri());
    config.retries = 2;
    config.retry_wait = Duration::from_millis(1);
    config.concurrency = 1;
    error_of(config).await;
    assert_eq!(server.received_requests().await.unwrap().len(), 3);
}

#[tokio::test]
async fn what_is_no_promql_is_said_without_asking() {
    let wants = [
        ratio(Part::Bad, "sum(rate(x[5m])", "x"),
        gauge("volts{", tomoni_slo::Op::Lt, 1.0),
    ];
    let results = read(impatient("http://127.0.0.1:1"), &wants, first(1)).await;
    let errors: Vec<String> = results
        .into_iter()
        .map(|r| r.unwrap_err().to_string())
        .collect();
    assert_snapshot!(errors.join("\n"));
}
