//! Why a verb could not run: what, where, and what to do next.

use std::io;
use std::path::{Path, PathBuf};

use tomoni_app::AppError;
use tomoni_app::instant::NotAnInstant;
use tomoni_app::push::PushError;
use tomoni_app::register::RegisterError;
use tomoni_server::http::{ServeError, SettingsError};
use tomoni_sources::prometheus::SourceError;

use crate::client::ClientError;
use crate::config::ConfigError;

#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    #[error(transparent)]
    App(#[from] AppError),
    #[error(transparent)]
    Register(#[from] RegisterError),
    #[error("--at: {0}")]
    At(#[from] NotAnInstant),
    #[error(
        "no documents to read: give --specs PATH (or TOMONI_SPECS), a folder with OpenSLO \
         documents; try `tomoni status --specs slos/ --prometheus http://localhost:9090`"
    )]
    NoSpecs,
    #[error(
        "no server to ask: give --prometheus URL (or TOMONI_PROMETHEUS), such as \
         http://localhost:9090, or name a metricSourceRef in the documents"
    )]
    NoServer,
    #[error("--prometheus: {0}")]
    Prometheus(SourceError),
    #[error("--offline answers from what is kept: give --data DIR as well")]
    OfflineWithoutData,
    #[error(
        "--prometheus-moved tells what was kept of a server's new address: give --data as well"
    )]
    MovedWithoutData,
    #[error("--prometheus-user and --prometheus-password-file belong together: give both")]
    HalfOfBasic,
    #[error("give --prometheus-token-file or --prometheus-user, not both")]
    TwoCredentials,
    #[error(
        "nowhere to keep the ledger: give --data DIR, or --database URL for a PostgreSQL of yours"
    )]
    NoData,
    #[error("give --data or --database, not both: the ledger is kept in one place")]
    TwoPlaces,
    #[error(
        "another Tomoni{holder} serves from {folder}: two would count everything twice; stop it, or \
         give another --data"
    )]
    InUse { folder: PathBuf, holder: String },
    #[error("cannot lock {path}: {source}; --data wants a folder that this user may write to")]
    Lock { path: PathBuf, source: io::Error },
    #[error("cannot make a temporary folder: {0}; --data DIR keeps the demo elsewhere")]
    Temporary(io::Error),
    #[error(
        "{folder} holds the ledger of {kept}, not of a demo: give another --data, or none, and the \
         demo leaves nothing behind"
    )]
    NotDemo { folder: PathBuf, kept: String },
    #[error("--zone {0}: there is no such time zone; write a name such as Asia/Tokyo")]
    Zone(String),
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error("{0} is no folder: --data names the one that `tomoni serve` keeps everything in")]
    NoFolder(PathBuf),
    #[error(
        "there is no tomoni.db in {0}, so there is nothing to back up: --data names the folder that \
         `tomoni serve` keeps everything in"
    )]
    NoDatabase(PathBuf),
    #[error(
        "{part} of the server failed ({why}), which is a defect of Tomoni: please report it. What was \
         acknowledged is kept; start it again"
    )]
    Part { part: &'static str, why: String },
    #[error("{0}")]
    Document(String),
    #[error(
        "cannot write {path}: {source}; an export goes into a folder without such files, or with \
         --force over them"
    )]
    Export { path: PathBuf, source: io::Error },
    #[error("cannot write {path}: {source}; {}", written_help(path))]
    Written { path: PathBuf, source: io::Error },
    #[error(
        "{0} is among the documents that are read, or would be from then on: -o names another file, outside \
         of them"
    )]
    OwnInput(PathBuf),
    #[error(
        "no catalogue of windows in {0}: --windows wants documents of `kind: AlertWindows`, one for \
         each period"
    )]
    NoWindows(PathBuf),
    #[error("the server names a file `{0}`, which is not written: is it Tomoni?")]
    ExportName(String),
    #[error("cannot read {path}: {source}")]
    Counts { path: PathBuf, source: io::Error },
    #[error("{0} is empty: there is nothing to push")]
    NoCounts(PathBuf),
    #[error("{path}: {error}")]
    Push {
        path: PathBuf,
        error: Box<PushError>,
    },
    #[error("{path} is larger than {bytes} bytes: push it in parts")]
    TooManyCounts { path: PathBuf, bytes: usize },
    #[error(
        "both a server and documents are given: --server (or TOMONI_SERVER) asks a running Tomoni, \
         --specs (or TOMONI_SPECS) reads documents here; give one (--server '' gives none)"
    )]
    ServerAndSpecs,
    #[error("--server answers for the present: leave out {0}, or give --specs and --prometheus")]
    NotOfServer(&'static str),
    #[error(
        "this deletes every minute that was counted for {0}, and cannot be undone: add --yes if it \
         is meant"
    )]
    NotMeant(String),
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("cannot read {path} (given with {flag}): {source}")]
    File {
        flag: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error("--prometheus-header {0}: write NAME=VALUE, such as X-Scope-OrgID=home")]
    Header(String),
    #[error("{0} is a group of some SLO: name that before it, as in `tomoni explain SLO {0}`")]
    GroupAlone(String),
    #[error("{0}: write a group as LABEL=VALUE, such as handler=/checkout, for each of its labels")]
    Label(String),
    #[error("{0}; check the path and the folder you are in")]
    Paths(String),
    #[error("cannot write to standard output: {0}")]
    Stdout(io::Error),
    #[error("cannot start: {0}")]
    Runtime(io::Error),
    #[error("cannot write the report as JSON: {0}; please report this defect")]
    Json(#[from] serde_json::Error),
    /// By Ctrl-C; with what was kept.
    #[error("stopped{0}")]
    Stopped(String),
}

/// What is wrong with a file that cannot be written.
fn written_help(path: &Path) -> &'static str {
    match path.parent() {
        Some(folder) if folder != Path::new("") && !folder.is_dir() => {
            "-o names a file in a folder that is there"
        }
        _ => "-o names a file that this user may write",
    }
}

impl From<SettingsError> for CliError {
    fn from(error: SettingsError) -> Self {
        Self::Serve(error.into())
    }
}

impl From<tomoni_store::StoreError> for CliError {
    fn from(error: tomoni_store::StoreError) -> Self {
        Self::App(error.into())
    }
}
