//! Requests: making them, making them again, and saying what went wrong.

use std::collections::BTreeSet;
use std::error::Error as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};
use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Certificate, RequestBuilder, Response, StatusCode, Url};
use tokio::sync::Semaphore;

use super::answer::{Answer, Refusal, beginning, decode};
use super::config::{Auth, CONCURRENCY_MAX, Config, Limits};
use super::error::{SourceError, shortened};

/// The longest wait before a retry, also where the server asks for more.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// A server and how we speak to it.
#[derive(Debug)]
pub(super) struct Client {
    http: reqwest::Client,
    base: Url,
    /// The address as it is shown.
    shown: String,
    config: Config,
    gate: Semaphore,
    jitter: Mutex<ChaCha8Rng>,
}

/// What a server said beside its answers, over some requests.
#[derive(Debug, Default)]
pub(super) struct Remarks {
    pub(super) warnings: BTreeSet<String>,
    pub(super) is_partial: bool,
    /// Samples from outside the time that was asked for.
    pub(super) outside: u64,
}

impl Remarks {
    pub(super) fn take(&mut self, answer: &mut Answer) {
        self.warnings.extend(answer.warnings.drain(..));
        self.is_partial |= answer.is_partial;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.warnings.extend(other.warnings.iter().cloned());
        self.is_partial |= other.is_partial;
        self.outside += other.outside;
    }
}

/// Times are milliseconds since the Unix epoch.
enum Request<'a> {
    Instant {
        query: &'a str,
        at_ms: i64,
    },
    Range {
        query: &'a str,
        start_ms: i64,
        end_ms: i64,
        step_ms: i64,
    },
}

impl Client {
    pub(super) fn new(mut config: Config) -> Result<Self, SourceError> {
        config.concurrency = config.concurrency.clamp(1, CONCURRENCY_MAX);
        let (base, shown) = address(&config.url)?;
        let setup = |reason: String| SourceError::Setup {
            url: shown.clone(),
            reason,
        };
        // An error says that one is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("tomoni/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers(&config).map_err(setup)?)
            .gzip(config.compression)
            .connect_timeout(config.connect_timeout)
            .timeout(config.timeout);
        if let Some(pem) = &config.ca_pem {
            let authorities = Certificate::from_pem_bundle(pem).unwrap_or_default();
            if authorities.is_empty() {
                return Err(setup(
                    "the CA file holds no certificate in PEM (-----BEGIN CERTIFICATE-----)".into(),
                ));
            }
            builder = builder.tls_certs_only(authorities);
        }
        let http = builder.build().map_err(|error| setup(causes(&error)))?;
        Ok(Self {
            http,
            base,
            gate: Semaphore::new(config.concurrency),
            jitter: Mutex::new(ChaCha8Rng::seed_from_u64(config.jitter_seed)),
            shown,
            config,
        })
    }

    pub(super) fn url(&self) -> &str {
        &self.shown
    }

    pub(super) const fn limits(&self) -> Limits {
        self.config.limits
    }

    pub(super) const fn concurrency(&self) -> usize {
        self.config.concurrency
    }

    /// Evaluates a query at an instant.
    pub(super) async fn instant(&self, query: &str, at_ms: i64) -> Result<Answer, SourceError> {
        self.ask(&Request::Instant { query, at_ms }).await
    }

    /// Evaluates a query at steps from `start_ms` to `end_ms`, both included.
    pub(super) async fn range(
        &self,
        query: &str,
        start_ms: i64,
        end_ms: i64,
        step_ms: i64,
    ) -> Result<Answer, SourceError> {
        self.ask(&Request::Range {
            query,
            start_ms,
            end_ms,
            step_ms,
        })
        .await
    }

    /// Makes a request, and again where it failed for a passing reason.
    async fn ask(&self, request: &Request<'_>) -> Result<Answer, SourceError> {
        let mut attempt = 0;
        loop {
            let (error, asked_wait) = match self.ask_once(request).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            if attempt >= self.config.retries || !error.is_passing() {
                return Err(error);
            }
            tokio::time::sleep(self.wait(attempt, asked_wait)).await;
            attempt += 1;
        }
    }

    async fn ask_once(
        &self,
        request: &Request<'_>,
    ) -> Result<Answer, (SourceError, Option<Duration>)> {
        // Held until the answer is decoded, so that only so many answers are in memory.
        let _permit = self.gate.acquire().await;
        let response = self
            .prepare(request)
            .send()
            .await
            .map_err(|e| (self.network(&e), None))?;
        let wait = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|v| v.to_str().ok()?.parse().ok());
        let wait = wait.map(Duration::from_secs);
        let status = response.status();
        let body = self
            .body(response, request.query())
            .await
            .map_err(|e| (e, wait))?;
        // Decoding takes long enough to keep others waiting.
        let decoded = tokio::task::spawn_blocking(move || (decode(&body), beginning(&body))).await;
        let (decoded, begins) = decoded.unwrap_or_else(|panic| {
            (
                Err(Refusal::Foreign(format!(
                    "an answer that broke the decoder: {panic}"
                ))),
                String::new(),
            )
        });
        decoded.map_err(|refusal| {
            (
                self.explain(status, refusal, &begins, request.query()),
                wait,
            )
        })
    }

    fn prepare(&self, request: &Request<'_>) -> RequestBuilder {
        let timeout = format!("{}s", self.config.timeout.as_secs().max(1));
        let seconds = |ms: i64| format!("{}.{:03}", ms.div_euclid(1_000), ms.rem_euclid(1_000));
        let mut fields = vec![("query", request.query().to_owned()), ("timeout", timeout)];
        // VictoriaMetrics otherwise shifts ranges to fit its cache.
        fields.push(("nocache", "1".to_owned()));
        // Thanos otherwise answers from the stores that are up. Others do not know it.
        fields.push(("partial_response", "false".to_owned()));
        let path = match request {
            Request::Instant { at_ms, .. } => {
                fields.push(("time", seconds(*at_ms)));
                "query"
            }
            Request::Range {
                start_ms,
                end_ms,
                step_ms,
                ..
            } => {
                fields.push(("start", seconds(*start_ms)));
                fields.push(("end", seconds(*end_ms)));
                fields.push(("step", seconds(*step_ms)));
                "query_range"
            }
        };
        let mut url = self.base.clone();
        url.set_path(&format!(
            "{}/api/v1/{path}",
            url.path().trim_end_matches('/')
        ));
        let builder = self.http.post(url).form(&fields);
        let builder = if self.config.compression {
            builder
        } else {
            builder.header(ACCEPT_ENCODING, "identity")
        };
        match &self.config.auth {
            Auth::None => builder,
            Auth::Bearer(token) => builder.bearer_auth(token),
            Auth::Basic { user, password } => builder.basic_auth(user, Some(password)),
        }
    }

    async fn body(&self, mut response: Response, query: &str) -> Result<Vec<u8>, SourceError> {
        let limit = self.config.limits.response_bytes;
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|e| self.network(&e))? {
            if body.len() + piece.len() > limit {
                return Err(self.too_much(query, format!("its answer is above {limit} bytes")));
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }

    /// The error that stands for an answer without data.
    fn explain(
        &self,
        status: StatusCode,
        refusal: Refusal,
        begins: &str,
        query: &str,
    ) -> SourceError {
        let url = self.shown.clone();
        let code = status.as_u16();
        let said = match &refusal {
            Refusal::Foreign(_) if code == 429 => ": it gets too many requests".to_owned(),
            Refusal::Error { kind, message } => format!(": {kind}: {message}"),
            Refusal::Foreign(_) if begins.is_empty() => String::new(),
            Refusal::Foreign(_) => format!(": {begins}"),
        };
        match (code, refusal) {
            (401 | 403, _) => SourceError::Denied {
                url,
                status: code,
                said,
            },
            (_, Refusal::Error { message, kind }) if is_too_much(&kind, &message) => {
                self.too_much(query, message)
            }
            (429 | 500..=599, Refusal::Foreign(_)) => SourceError::Failed {
                url,
                status: code,
                said,
            },
            (429 | 500..=599, Refusal::Error { kind, .. }) if kind != "execution" => {
                SourceError::Failed {
                    url,
                    status: code,
                    said,
                }
            }
            (_, Refusal::Error { kind, message }) => SourceError::Query {
                url,
                query: shortened(query),
                kind,
                message,
            },
            (200..=299, Refusal::Foreign(found)) if found.contains("breaks off") => {
                SourceError::BrokeOff {
                    url,
                    reason: format!("it is {found}"),
                }
            }
            (413 | 414, Refusal::Foreign(_)) => {
                self.too_much(query, format!("status {code}{said}"))
            }
            (_, Refusal::Foreign(_)) => SourceError::NotPrometheus {
                url,
                status: code,
                found: begins.to_owned(),
            },
        }
    }

    fn too_much(&self, query: &str, message: String) -> SourceError {
        SourceError::TooMuch {
            url: self.shown.clone(),
            query: shortened(query),
            message,
        }
    }

    fn network(&self, error: &reqwest::Error) -> SourceError {
        let url = self.shown.clone();
        if error.is_timeout() {
            return SourceError::TimedOut {
                url,
                seconds: self.config.timeout.as_secs(),
            };
        }
        let reason = causes(error);
        if reason.contains("invalid peer certificate") {
            let reason = format!(
                "its certificate is not trusted ({reason}); give the certificate of the authority \
                 that signed it, or an address that it is made for"
            );
            return SourceError::Setup { url, reason };
        }
        if error.is_body() || error.is_decode() {
            return SourceError::BrokeOff { url, reason };
        }
        if error.is_redirect() || error.is_builder() {
            return SourceError::Setup { url, reason };
        }
        SourceError::Unreachable { url, reason }
    }

    /// The wait before a retry: drawn evenly below a bound that doubles each time ("full jitter"),
    /// and at least what the server asks for.
    fn wait(&self, attempt: u32, asked: Option<Duration>) -> Duration {
        let bound = self
            .config
            .retry_wait
            .saturating_mul(1 << attempt.min(10))
            .min(WAIT_MAX);
        let draw = {
            let mut jitter = self.jitter.lock().unwrap_or_else(PoisonError::into_inner);
            f64::from(jitter.next_u32()) / f64::from(u32::MAX)
        };
        bound
            .mul_f64(draw)
            .max(asked.unwrap_or_default())
            .min(WAIT_MAX)
    }
}

impl Request<'_> {
    const fn query(&self) -> &str {
        match self {
            Self::Instant { query, .. } | Self::Range { query, .. } => query,
        }
    }
}

/// Whether the server means that less might be answered.
fn is_too_much(kind: &str, message: &str) -> bool {
    // Prometheus, VictoriaMetrics, Mimir and Thanos each have their own words.
    const WORDS: [&str; 8] = [
        "too many samples",
        "too many points",
        "maxSamplesPerQuery",
        "max number of samples",
        "max-samples",
        "exceeded maximum resolution",
        "the query exceeded the maximum",
        "the query time range exceeds the limit",
    ];
    kind == "timeout" || WORDS.iter().any(|words| message.contains(words))
}

/// The address to which paths are added, and the address as it is shown: without credentials.
fn address(text: &str) -> Result<(Url, String), SourceError> {
    let setup = |reason: &str| {
        let shown = text.rsplit('@').next().unwrap_or_default().to_owned();
        SourceError::Setup {
            url: shown,
            reason: reason.to_owned(),
        }
    };
    let url = Url::parse(text)
        .map_err(|_| setup("it is no address; write it like http://127.0.0.1:9090"))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(setup("its address must begin with http:// or https://"));
    }
    let mut shown = url.clone();
    // Both only fail for addresses without a host.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown.set_query(None);
    Ok((url, shown.as_str().trim_end_matches('/').to_owned()))
}

fn headers(config: &Config) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (name, value) in &config.headers {
        let key = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| format!("`{name}` cannot be the name of a header"))?;
        let mut value = HeaderValue::from_str(value).map_err(|_| {
            format!("the value of the header `{name}` has characters it cannot have")
        })?;
        value.set_sensitive(true);
        headers.append(key, value);
    }
    Ok(headers)
}

/// The causes of an error, without the address, which may hold credentials.
fn causes(error: &reqwest::Error) -> String {
    let mut causes: Vec<String> = Vec::new();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        // It only says that there is a cause.
        if text != "client error (Connect)" && !causes.contains(&text) {
            causes.push(text);
        }
        source = cause.source();
    }
    if causes.is_empty() {
        "the request could not be made".to_owned()
    } else {
        causes.join(": ")
    }
}
