//! What `status`, `explain` and `compare` share: documents, servers, the store, the clock, Ctrl-C.

use std::fs;
use std::path::Path;
use std::time::Duration;

use tokio::runtime::Builder;
use tomoni_app::AppError;
use tomoni_app::documents::{self, Documents};
use tomoni_app::findings::FindingRow;
use tomoni_app::instant;
use tomoni_app::servers::{Servers, hold_to};
use tomoni_app::status::Sources;
use tomoni_sources::prometheus::{Auth, Config, Limits, Prometheus};
use tomoni_store::Store;

use crate::args::{LedgerArgs, Output, SourceArgs};
use crate::clock;
use crate::error::CliError;
use crate::paths;
use crate::print::say;
use crate::progress::Shown;

/// How many of the documents' errors are named; `validate` shows them all.
const NAMED_MAX: usize = 3;
/// The code of the finding that an SLO's metrics are where we cannot ask.
const ELSEWHERE: &str = "openslo/source-type";

/// What `status`, `explain` and `compare` share.
pub(super) struct Session<'a> {
    args: &'a LedgerArgs,
    pub(super) documents: Documents,
    servers: Option<Servers>,
    now_ms: i64,
    at_ms: i64,
}

impl<'a> Session<'a> {
    /// Reads what was given. The clock is read here, once.
    pub(super) fn new(args: &'a LedgerArgs) -> Result<Self, CliError> {
        if args.specs.is_empty() {
            return Err(CliError::NoSpecs);
        }
        if args.offline && args.data.is_none() {
            return Err(CliError::OfflineWithoutData);
        }
        paths::check(&args.specs)?;
        check(&args.source, args.data.is_some())?;
        let now_ms = clock::now_ms();
        let at_ms = match &args.at {
            Some(text) => instant::parse(text, now_ms)?,
            None => now_ms,
        };
        let servers = if args.offline {
            None
        } else {
            Some(servers(&args.source, now_ms)?)
        };
        let documents = documents::read(&args.specs);
        let session = Self {
            args,
            documents,
            servers,
            now_ms,
            at_ms,
        };
        session.check()?;
        Ok(session)
    }

    fn check(&self) -> Result<(), CliError> {
        self.tell_errors();
        self.tell_elsewhere();
        if self.documents.catalog.slos.is_empty() {
            let paths = self.args.specs.iter().map(|path| path.to_string_lossy());
            let paths: Vec<_> = paths.collect();
            let paths = paths.join(" ");
            return Err(AppError::NoSlo { paths }.into());
        }
        let mut promises = self
            .documents
            .catalog
            .slos
            .iter()
            .flat_map(|slo| &slo.value.promises);
        let names_server =
            promises.any(|p| p.indicator.queries().iter().any(|q| q.source.is_some()));
        match &self.servers {
            Some(servers) if servers.configured.is_none() && !names_server => {
                Err(CliError::NoServer)
            }
            _ => Ok(()),
        }
    }

    /// SLOs that are missing from the answer since their metrics are where we cannot ask.
    fn tell_elsewhere(&self) {
        let findings = &self.documents.catalog.findings;
        let elsewhere = findings.iter().filter(|f| f.code == ELSEWHERE);
        for finding in elsewhere.take(NAMED_MAX) {
            let place = &finding.place;
            say(&format!(
                "warning: {}:{}:{}: {}: {}",
                place.file,
                place.line,
                place.column,
                finding.object.as_deref().unwrap_or("an SLO"),
                finding.message
            ));
        }
    }

    /// What is wrong with the documents, in short: an SLO may be missing from the answer.
    fn tell_errors(&self) {
        let errors = self.documents.errors();
        if errors == 0 {
            return;
        }
        let findings = &self.documents.catalog.findings;
        let of_errors = findings
            .iter()
            .filter(|f| f.severity == tomoni_spec::Severity::Error);
        for finding in of_errors.take(NAMED_MAX) {
            let place = &finding.place;
            let position = if place.line > 0 {
                format!(":{}:{}", place.line, place.column)
            } else {
                String::new()
            };
            say(&format!(
                "warning: {}{position}: {}",
                place.file, finding.message
            ));
        }
        let paths: Vec<_> = self
            .args
            .specs
            .iter()
            .map(|p| p.to_string_lossy())
            .collect();
        let (s, are) = if errors == 1 {
            ("", "is")
        } else {
            ("s", "are")
        };
        say(&format!(
            "warning: there {are} {errors} error{s} in the documents, so that SLOs may be missing \
             here: see `tomoni validate {}`",
            paths.join(" ")
        ));
    }

    /// Asks a question of the sources, until it is answered or Ctrl-C comes.
    pub(super) fn ask<T>(
        &self,
        question: impl AsyncFnOnce(&Sources<'_>) -> Result<T, AppError>,
    ) -> Result<T, CliError> {
        let runtime = Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(CliError::Runtime)?;
        let answer = runtime.block_on(async {
            tokio::select! {
                answer = self.answer(question) => answer,
                Ok(()) = tokio::signal::ctrl_c() => Err(CliError::Stopped(self.kept())),
            }
        });
        // Whatever is still decoding an answer need not be waited for.
        runtime.shutdown_timeout(Duration::from_millis(10));
        answer
    }

    async fn answer<T>(
        &self,
        question: impl AsyncFnOnce(&Sources<'_>) -> Result<T, AppError>,
    ) -> Result<T, CliError> {
        let store = match &self.args.data {
            Some(folder) => Some(Store::open(folder).await?),
            None => None,
        };
        let configured = self.servers.as_ref().and_then(|s| s.configured.as_ref());
        if let (Some(store), Some(configured)) = (&store, configured) {
            hold_to(store, configured, self.args.source.prometheus_moved).await?;
        }
        let shown = Shown::new(clock::timer);
        let sources = Sources {
            documents: &self.documents,
            servers: self.servers.as_ref(),
            store: store.as_ref(),
            at_ms: self.at_ms,
            now_ms: self.now_ms,
            on_progress: shown.callback(),
        };
        let answer = question(&sources).await;
        drop(shown);
        if let Some(store) = store {
            store.close().await;
        }
        Ok(answer?)
    }

    fn kept(&self) -> String {
        match &self.args.data {
            Some(folder) => format!(
                ": what was read until now is kept in {}, the next run goes on from there",
                folder.display()
            ),
            None => ": nothing was kept; with --data DIR the next run would go on from here".into(),
        }
    }

    /// Where nobody reads the table's words, says on stderr what could not be brought up to date.
    pub(super) fn tell_failures(&self, findings: &[FindingRow], output: Output) {
        if output == Output::Table {
            return;
        }
        for finding in findings.iter().filter(|f| f.severity == "error") {
            let slo = finding.slo.as_deref().unwrap_or(&finding.file);
            say(&format!("warning: {slo}: {}", finding.message));
        }
    }

    /// Whether there is something to look at.
    pub(super) fn has_errors(&self, findings: &[FindingRow]) -> bool {
        self.documents.errors() > 0 || findings.iter().any(|f| f.severity == "error")
    }
}

/// Whether the flags of a source fit together, wherever they come from.
pub(super) fn check(args: &SourceArgs, is_kept: bool) -> Result<(), CliError> {
    let has_user = args.prometheus_user.is_some();
    if args.prometheus_moved && !is_kept {
        Err(CliError::MovedWithoutData)
    } else if has_user != args.prometheus_password_file.is_some() {
        Err(CliError::HalfOfBasic)
    } else if has_user && args.prometheus_token_file.is_some() {
        Err(CliError::TwoCredentials)
    } else {
        Ok(())
    }
}

/// How servers are reached, as the flags say.
pub(super) fn servers(args: &SourceArgs, now_ms: i64) -> Result<Servers, CliError> {
    let defaults = Limits::default();
    let mut named = Config::new("");
    named.timeout = Duration::from_secs(args.prometheus_timeout);
    named.concurrency = args.prometheus_concurrency;
    named.compression = args.prometheus_compression;
    // So that many of us do not knock on a recovering server's door at the same time.
    named.jitter_seed = now_ms.unsigned_abs() ^ u64::from(std::process::id());
    named.limits = Limits {
        samples_per_minute: args.raw_samples_max.unwrap_or(defaults.samples_per_minute),
        ..defaults
    };
    if let Some(path) = &args.prometheus_ca_file {
        named.ca_pem = Some(read("--prometheus-ca-file", path)?);
    }
    let configured = match &args.prometheus {
        Some(url) => Some(Config {
            url: url.clone(),
            auth: auth(args)?,
            headers: headers(&args.prometheus_header)?,
            ..named.clone()
        }),
        None => None,
    };
    if let Some(config) = &configured {
        // What cannot be used is told now, and not by every read.
        Prometheus::new(config.clone()).map_err(CliError::Prometheus)?;
    }
    Ok(Servers { configured, named })
}

fn auth(args: &SourceArgs) -> Result<Auth, CliError> {
    let secret = |flag, path: &Path| {
        let bytes = read(flag, path)?;
        Ok::<String, CliError>(String::from_utf8_lossy(&bytes).trim().to_owned())
    };
    let of = (
        &args.prometheus_token_file,
        &args.prometheus_user,
        &args.prometheus_password_file,
    );
    Ok(match of {
        (Some(path), _, _) => Auth::Bearer(secret("--prometheus-token-file", path)?),
        (None, Some(user), Some(path)) => Auth::Basic {
            user: user.clone(),
            password: secret("--prometheus-password-file", path)?,
        },
        _ => Auth::None,
    })
}

fn headers(texts: &[String]) -> Result<Vec<(String, String)>, CliError> {
    let header = |text: &String| {
        let pair = text.split_once('=').filter(|(name, _)| !name.is_empty());
        let (name, value) = pair.ok_or_else(|| CliError::Header(text.clone()))?;
        Ok((name.trim().to_owned(), value.trim().to_owned()))
    };
    texts.iter().map(header).collect()
}

fn read(flag: &'static str, path: &Path) -> Result<Vec<u8>, CliError> {
    fs::read(path).map_err(|source| CliError::File {
        flag,
        path: path.to_owned(),
        source,
    })
}
