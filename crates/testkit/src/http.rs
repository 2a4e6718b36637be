//! The few requests that tests make by themselves, to servers on loopback.

use std::sync::LazyLock;

use reqwest::{Client, RequestBuilder};

use crate::error::TestkitError;

static CLIENT: LazyLock<Client> = LazyLock::new(|| {
    // Loopback needs no TLS, but the client wants a provider before it is built. An error says that
    // one is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::new()
});

/// The body of a successful answer to a GET.
///
/// # Errors
///
/// [`TestkitError::Http`] when there is no answer, or it is not a success.
pub async fn get(url: &str) -> Result<String, TestkitError> {
    send(url, CLIENT.get(url)).await
}

/// The body of a successful answer to a POST of this body.
///
/// # Errors
///
/// [`TestkitError::Http`] when there is no answer, or it is not a success.
pub async fn post(url: &str, body: Vec<u8>) -> Result<String, TestkitError> {
    send(url, CLIENT.post(url).body(body)).await
}

/// Asks a Prometheus-compatible server a PromQL question at an instant, in milliseconds since the
/// Unix epoch; gives `data.result`.
///
/// # Errors
///
/// [`TestkitError::Http`] when there is no answer, it is not a success, or not JSON.
pub async fn query(url: &str, promql: &str, at_ms: i64) -> Result<serde_json::Value, TestkitError> {
    let time = format!("{}.{:03}", at_ms.div_euclid(1_000), at_ms.rem_euclid(1_000));
    let asked = format!("{url}/api/v1/query");
    let request = CLIENT
        .post(&asked)
        .form(&[("query", promql), ("time", &time)]);
    result(&asked, request).await
}

/// Asks a PromQL question at each step of a time, in seconds since the Unix epoch; gives
/// `data.result`.
///
/// # Errors
///
/// As [`query`].
pub async fn query_range(
    url: &str,
    promql: &str,
    (from_s, until_s): (i64, i64),
    step_s: i64,
) -> Result<serde_json::Value, TestkitError> {
    let asked = format!("{url}/api/v1/query_range");
    let [from, until, step] = [from_s, until_s, step_s].map(|seconds| seconds.to_string());
    let request = CLIENT.post(&asked).form(&[
        ("query", promql),
        ("start", &from),
        ("end", &until),
        ("step", &step),
    ]);
    result(&asked, request).await
}

async fn result(url: &str, request: RequestBuilder) -> Result<serde_json::Value, TestkitError> {
    let body = send(url, request).await?;
    let mut answer: serde_json::Value =
        serde_json::from_str(&body).map_err(|error| problem(url, error.to_string()))?;
    Ok(answer["data"]["result"].take())
}

async fn send(url: &str, request: RequestBuilder) -> Result<String, TestkitError> {
    let answer = request
        .send()
        .await
        .map_err(|error| problem(url, chain(&error)))?;
    let status = answer.status();
    let body = answer
        .text()
        .await
        .map_err(|error| problem(url, chain(&error)))?;
    if status.is_success() {
        Ok(body)
    } else {
        Err(problem(url, format!("{status}: {body}")))
    }
}

fn problem(url: &str, problem: String) -> TestkitError {
    TestkitError::Http {
        url: url.to_owned(),
        problem,
    }
}

/// An error with its causes: the outermost alone says little.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
