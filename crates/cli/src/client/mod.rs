//! Asking a running server.

pub(crate) mod documents;

use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use serde::Deserialize;
use tokio::runtime::{Builder, Runtime};

use crate::args::{LedgerArgs, ServerArgs};
use crate::error::CliError;

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The largest answer that is taken, in bytes.
const ANSWER_BYTES_MAX: usize = 64 << 20;
/// How often a request that may be repeated is tried.
const TRIES_MAX: u32 = 5;
/// The wait before the second try; it doubles from try to try.
const WAIT_FIRST: Duration = Duration::from_millis(500);
/// The longest wait that a server may ask for.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// Why a server did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    #[error(
        "no server to ask: give --server URL (or TOMONI_SERVER), such as http://127.0.0.1:7357, \
         which `tomoni serve` prints"
    )]
    NoServer,
    #[error("--server {0}: write an address such as http://127.0.0.1:7357")]
    Address(String),
    #[error("--token holds characters that cannot be sent")]
    Token,
    #[error("cannot reach {server}: {source}; does `tomoni serve` run there?", source = told(.error))]
    Unreached {
        server: String,
        error: reqwest::Error,
    },
    #[error(
        "{server} gives no whole answer within {seconds} s: is it Tomoni that listens there? If so, \
         {server}/healthz and its log tell how it is; --server-timeout waits longer",
        server = server.trim_end_matches('/')
    )]
    Silent { server: String, seconds: u64 },
    #[error("{} ({status} {code}, from {server})", refused(.detail, .findings))]
    Refused {
        server: String,
        status: u16,
        code: String,
        detail: String,
        findings: Vec<ProblemFinding>,
    },
    #[error("{server} does not answer as Tomoni does ({status}): is it the right address?")]
    NotTomoni { server: String, status: u16 },
    #[error("{server} answers more than {ANSWER_BYTES_MAX} bytes, which is not taken")]
    TooLarge { server: String },
    #[error(
        "{server} answers what this version does not understand: {error}; are both of one version?"
    )]
    NotUnderstood {
        server: String,
        error: serde_json::Error,
    },
}

/// Whether a server is to be asked rather than documents and their source.
pub(crate) fn is_meant(server: &ServerArgs, ledger: &LedgerArgs) -> Result<bool, CliError> {
    if server.server.as_deref().is_none_or(str::is_empty) {
        return Ok(false);
    }
    if !ledger.specs.is_empty() {
        return Err(CliError::ServerAndSpecs);
    }
    if ledger.at.is_some() {
        return Err(CliError::NotOfServer("--at"));
    }
    if ledger.offline {
        return Err(CliError::NotOfServer("--offline"));
    }
    Ok(true)
}

/// Those parts of a query that have a value.
pub(crate) fn given<'a>(parts: &[(&'a str, &Option<String>)]) -> Vec<(&'a str, String)> {
    let given = parts
        .iter()
        .filter_map(|(name, value)| Some((*name, value.as_ref()?.clone())));
    given.collect()
}

/// A server, ready to be asked.
#[derive(Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: Url,
    token: Option<String>,
    timeout: Duration,
    runtime: Runtime,
}

/// A request: what is asked, with what body.
#[derive(Clone, Debug)]
pub(crate) struct Ask<'a> {
    pub(crate) method: Method,
    /// Parts of the path below the server's address.
    pub(crate) path: &'a [&'a str],
    pub(crate) query: Vec<(&'a str, String)>,
    /// The body and its media type.
    pub(crate) body: Option<(&'static str, Vec<u8>)>,
    /// It does no harm to ask again when no answer came.
    pub(crate) may_repeat: bool,
}

impl<'a> Ask<'a> {
    /// A GET of this path.
    pub(crate) const fn get(path: &'a [&'a str]) -> Self {
        Self {
            method: Method::GET,
            path,
            query: Vec::new(),
            body: None,
            may_repeat: false,
        }
    }
}

/// What a problem says of itself.
#[derive(Deserialize)]
struct Problem {
    code: String,
    detail: String,
    #[serde(default)]
    findings: Vec<ProblemFinding>,
}

/// A finding in documents that were sent.
#[derive(Debug, Deserialize)]
pub(crate) struct ProblemFinding {
    file: String,
    line: Option<usize>,
    column: Option<usize>,
    message: String,
    help: Option<String>,
}

/// A file that was sent as a part of a longer text.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) file: String,
    pub(crate) lines_before: usize,
}

impl CliError {
    /// The same, where findings speak of the text of this name: in the lines of the files that it
    /// was made of.
    pub(crate) fn of_parts(mut self, name: &str, parts: &[Part]) -> Self {
        if let Self::Client(ClientError::Refused { findings, .. }) = &mut self {
            for finding in findings.iter_mut().filter(|finding| finding.file == name) {
                let line = finding.line.unwrap_or(1);
                let part = parts.iter().rev().find(|part| part.lines_before < line);
                if let Some(part) = part {
                    finding.file.clone_from(&part.file);
                    finding.line = Some(line - part.lines_before);
                }
            }
        }
        self
    }
}

impl Client {
    /// A client of the server that was named.
    pub(crate) fn new(args: &ServerArgs) -> Result<Self, CliError> {
        let named = args.server.as_deref().filter(|server| !server.is_empty());
        let text = named.ok_or(ClientError::NoServer)?;
        let mut base = Url::parse(text)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or_else(|| ClientError::Address(text.to_owned()))?;
        base.set_query(None);
        base.set_fragment(None);
        if let Some(token) = &args.token
            && !token.bytes().all(|byte| byte.is_ascii_graphic())
        {
            return Err(ClientError::Token.into());
        }
        // An error says that a provider is there already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let timeout = Duration::from_secs(args.server_timeout);
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(timeout)
            .user_agent(concat!("tomoni/", env!("CARGO_PKG_VERSION")))
            .build();
        let http = http.map_err(|error| ClientError::Unreached {
            server: base.to_string(),
            error,
        })?;
        let runtime = Builder::new_current_thread().enable_all().build();
        Ok(Self {
            http,
            base,
            token: args.token.clone(),
            timeout,
            runtime: runtime.map_err(CliError::Runtime)?,
        })
    }

    /// Asks, and gives the answer's text; Ctrl-C ends the waiting.
    pub(crate) fn ask(&self, ask: &Ask<'_>) -> Result<String, CliError> {
        self.runtime.block_on(async {
            tokio::select! {
                answer = self.tried(ask) => Ok(answer?),
                Ok(()) = tokio::signal::ctrl_c() => Err(CliError::Stopped(String::new())),
            }
        })
    }

    /// Asks until there is an answer, where that does no harm; else once.
    async fn tried(&self, ask: &Ask<'_>) -> Result<String, ClientError> {
        let mut wait = WAIT_FIRST;
        let mut tries_left = if ask.may_repeat { TRIES_MAX } else { 1 };
        loop {
            tries_left -= 1;
            let is_last = tries_left == 0;
            let asked_to_wait = match self.request(ask).send().await {
                Ok(response) if is_last || !is_busy(response.status()) => {
                    return self.text(response).await;
                }
                Ok(response) => asked_to_wait(&response),
                // Who was waited for that long is not waited for again.
                Err(error) if is_last || error.is_builder() || error.is_timeout() => {
                    return Err(self.failed(error));
                }
                Err(_) => None,
            };
            tokio::time::sleep(asked_to_wait.unwrap_or(wait)).await;
            wait *= 2;
        }
    }

    /// Why there is no answer.
    fn failed(&self, error: reqwest::Error) -> ClientError {
        let server = self.base.to_string();
        if error.is_timeout() && !error.is_connect() {
            let seconds = self.timeout.as_secs();
            return ClientError::Silent { server, seconds };
        }
        ClientError::Unreached {
            server,
            error: error.without_url(),
        }
    }

    fn request(&self, ask: &Ask<'_>) -> RequestBuilder {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(ask.path);
        }
        if !ask.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&ask.query);
        }
        let request = self.http.request(ask.method.clone(), url);
        let mut request = request.header(ACCEPT, "application/json, application/yaml;q=0.9");
        if let Some((kind, bytes)) = &ask.body {
            request = request.header(CONTENT_TYPE, *kind).body(bytes.clone());
        }
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    async fn text(&self, mut response: Response) -> Result<String, ClientError> {
        let status = response.status();
        let server = || self.base.to_string();
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failed(error))? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > ANSWER_BYTES_MAX {
                return Err(ClientError::TooLarge { server: server() });
            }
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if status.is_success() {
            return Ok(text);
        }
        let status = status.as_u16();
        match serde_json::from_str::<Problem>(&text) {
            Ok(problem) => Err(ClientError::Refused {
                server: server(),
                status,
                code: problem.code,
                detail: problem.detail,
                findings: problem.findings,
            }),
            Err(_) => Err(ClientError::NotTomoni {
                server: server(),
                status,
            }),
        }
    }

    /// Reads an answer. Reports hold words that live as long as the program, and so does its text:
    /// a run reads one answer.
    pub(crate) fn read<T: Deserialize<'static>>(&self, text: String) -> Result<T, CliError> {
        let text: &'static str = text.leak();
        serde_json::from_str(text).map_err(|error| {
            let server = self.base.to_string();
            ClientError::NotUnderstood { server, error }.into()
        })
    }
}

/// What reqwest says, down to what the system said.
fn told(error: &reqwest::Error) -> String {
    let mut said = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        said = cause.to_string();
        source = cause.source();
    }
    said
}

/// The server will do it later.
fn is_busy(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
}

fn asked_to_wait(response: &Response) -> Option<Duration> {
    let seconds = response
        .headers()
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds).min(WAIT_MAX))
}

/// Why it was refused: in the server's words, or by every finding with its place, each on a line.
fn refused(detail: &str, findings: &[ProblemFinding]) -> String {
    if findings.is_empty() {
        return detail.to_owned();
    }
    let line = |finding: &ProblemFinding| {
        let place = [finding.line, finding.column].into_iter().flatten();
        let place: String = place.map(|number| format!(":{number}")).collect();
        let help = finding.help.as_ref();
        let help = help.map_or_else(String::new, |help| format!(" ({help})"));
        format!("\n{}{place}: {}{help}", finding.file, finding.message)
    };
    let lines: String = findings.iter().map(line).collect();
    format!("nothing was changed, since something is wrong:{lines}\nrefused")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_told_in_the_lines_of_their_files() {
        let finding = |line| ProblemFinding {
            file: "joined".to_owned(),
            line: Some(line),
            column: Some(2),
            message: "is wrong".to_owned(),
            help: (line == 3).then(|| "write it so".to_owned()),
        };
        let error = CliError::from(ClientError::Refused {
            server: "s".to_owned(),
            status: 422,
            code: "c".to_owned(),
            detail: "d".to_owned(),
            findings: vec![finding(3), finding(4)],
        });
        let part = |file: &str, lines_before| Part {
            file: file.to_owned(),
            lines_before,
        };
        let told = error
            .of_parts("joined", &[part("a", 0), part("b", 3)])
            .to_string();
        assert_eq!(
            told,
            "nothing was changed, since something is wrong:\na:3:2: is wrong (write it so)\n\
             b:1:2: is wrong\nrefused (422 c, from s)"
        );
    }
}
