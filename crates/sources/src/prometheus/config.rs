//! Where a server is and how it is to be treated.

use std::fmt;
use std::time::Duration;

/// The most requests that are under way at once, whatever is configured.
pub(super) const CONCURRENCY_MAX: usize = 64;

/// A Prometheus-compatible server, and the limits within which it is read.
///
/// ```
/// use tomoni_sources::prometheus::Config;
/// let config = Config::new("http://127.0.0.1:9090").header("X-Scope-OrgID", "home");
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    /// The server's address; a path before `/api/v1` is kept (`https://mimir/prometheus`).
    pub url: String,
    /// How we make ourselves known.
    pub auth: Auth,
    /// Further request headers, such as Mimir's tenant in `X-Scope-OrgID`.
    pub headers: Vec<(String, String)>,
    /// Certificates in PEM of authorities to trust instead of the system's.
    pub ca_pem: Option<Vec<u8>>,
    /// How long to wait for a connection.
    pub connect_timeout: Duration,
    /// How long one request may take, from its first byte to the answer's last.
    pub timeout: Duration,
    /// How many requests may be under way at once: at least one is, and never more than 64.
    pub concurrency: usize,
    /// How often a request that failed for a passing reason is made again.
    pub retries: u32,
    /// The longest wait before the first retry; it doubles each time, and the actual wait is drawn
    /// evenly below it.
    pub retry_wait: Duration,
    /// The seed from which those waits are drawn.
    pub jitter_seed: u64,
    /// Whether answers may be compressed. Off: compressing costs the server more than reading the
    /// samples does, which pays only when the server is far away.
    pub compression: bool,
    /// Limits on what is read.
    pub limits: Limits,
}

/// How we make ourselves known to a server.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Auth {
    /// Not at all.
    #[default]
    None,
    /// With a bearer token.
    Bearer(String),
    /// With a name and a password.
    Basic {
        /// The name.
        user: String,
        /// The password.
        password: String,
    },
}

/// Limits on what is read from a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many samples one answer is sized to hold (Prometheus itself refuses above 50 million).
    pub samples_per_query: u64,
    /// How many bytes one answer may have.
    pub response_bytes: usize,
    /// Up to how many raw samples a minute a query is counted exactly. Above it, `increase()` over
    /// five minutes is asked for, and the minutes are marked approximate. It is a rate, not a total,
    /// so that the answer does not depend on how a long time is cut into reads.
    pub samples_per_minute: u64,
    /// Up to how many series a fetch is shared between SLIs that need different parts of it.
    pub shared_series: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            samples_per_query: 500_000,
            response_bytes: 256 << 20,
            samples_per_minute: 20_000,
            shared_series: 20_000,
        }
    }
}

impl Config {
    /// A server without authentication, with the default limits.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            auth: Auth::None,
            headers: Vec::new(),
            ca_pem: None,
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(60),
            concurrency: 4,
            retries: 3,
            retry_wait: Duration::from_millis(500),
            jitter_seed: 0,
            compression: false,
            limits: Limits::default(),
        }
    }

    /// The same with one more request header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The same with another way to make ourselves known.
    #[must_use]
    pub fn auth(mut self, auth: Auth) -> Self {
        self.auth = auth;
        self
    }
}

impl fmt::Debug for Auth {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Bearer(_) => "Bearer(…)",
            Self::Basic { .. } => "Basic(…)",
        })
    }
}
