//! Why a server could not be read.

/// Why a server could not be read, and what to do next. Addresses are without credentials.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The address, a header or a certificate cannot be used.
    #[error("cannot use the server {url}: {reason}")]
    Setup {
        /// The server.
        url: String,
        /// What is wrong, and what to write instead.
        reason: String,
    },
    /// Nobody answers.
    #[error("cannot reach {url}: {reason}; is the server running, and is this its address?")]
    Unreachable {
        /// The server.
        url: String,
        /// What the network said.
        reason: String,
    },
    /// The answer took too long.
    #[error(
        "{url} did not answer within {seconds} s; it may be overloaded: try again, or allow it \
         more time"
    )]
    TimedOut {
        /// The server.
        url: String,
        /// How long we waited.
        seconds: u64,
    },
    /// The answer broke off.
    #[error("the answer of {url} broke off: {reason}; try again, or look at proxies in between")]
    BrokeOff {
        /// The server.
        url: String,
        /// What was met.
        reason: String,
    },
    /// The server, or somebody before it, does not let us in.
    #[error(
        "{url} refused us with status {status}{said}; check the credentials and the tenant header"
    )]
    Denied {
        /// The server.
        url: String,
        /// The HTTP status, 401 or 403.
        status: u16,
        /// What it said, after a colon; may be empty.
        said: String,
    },
    /// The answer is not the Prometheus API's.
    #[error(
        "{url} answered with status {status}, but not like a Prometheus: {found}; give the address \
         before /api/v1, with its path if it has one"
    )]
    NotPrometheus {
        /// The server.
        url: String,
        /// The HTTP status.
        status: u16,
        /// What came instead.
        found: String,
    },
    /// The server is in trouble.
    #[error("{url} failed with status {status}{said}; look at the server's own log")]
    Failed {
        /// The server.
        url: String,
        /// The HTTP status.
        status: u16,
        /// What it said, after a colon; may be empty.
        said: String,
    },
    /// The server does not take the query.
    #[error("{url} refuses the query `{query}`: {kind}: {message}")]
    Query {
        /// The server.
        url: String,
        /// The query, shortened.
        query: String,
        /// The server's name for the kind of error.
        kind: String,
        /// The server's message.
        message: String,
    },
    /// The answer is larger than the server gives or we take.
    #[error("`{query}` is too much for {url}: {message}; raise the limit, or narrow the selector")]
    TooMuch {
        /// The server.
        url: String,
        /// The query, shortened.
        query: String,
        /// Which limit was hit.
        message: String,
    },
    /// Counts that are pushed were asked for.
    #[error("the counts of `{sli}` are pushed: no server can be asked for them")]
    Pushed {
        /// The name under which they are pushed.
        sli: String,
    },
    /// A query in a document is not PromQL.
    #[error("`{query}` is not PromQL: {message}")]
    Promql {
        /// The query, shortened.
        query: String,
        /// What is wrong.
        message: String,
    },
}

impl SourceError {
    /// Whether the same request may go well a moment later.
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::TimedOut { .. } | Self::BrokeOff { .. } => true,
            Self::Failed { status, .. } => *status >= 500 || *status == 429,
            _ => false,
        }
    }

    /// Whether a request for less may go well.
    pub const fn is_too_much(&self) -> bool {
        matches!(self, Self::TooMuch { .. })
    }

    /// Whether the whole server cannot be used, not only for this query.
    pub const fn is_about_the_server(&self) -> bool {
        !matches!(
            self,
            Self::Query { .. } | Self::TooMuch { .. } | Self::Promql { .. } | Self::Pushed { .. }
        )
    }
}

/// A query's beginning, on one line.
pub(super) fn shortened(query: &str) -> String {
    const CHARS_MAX: usize = 200;
    let line: Vec<&str> = query.split_whitespace().collect();
    let line = line.join(" ");
    match line.char_indices().nth(CHARS_MAX) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
