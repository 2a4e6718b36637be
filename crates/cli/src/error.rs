//! Why a verb could not run: what, where, and what to do next.

use std::io;
use std::path::PathBuf;

use tomoni_app::AppError;
use tomoni_app::instant::NotAnInstant;

#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    #[error(transparent)]
    App(#[from] AppError),
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
    #[error("--offline answers from what is kept: give --data DIR as well")]
    OfflineWithoutData,
    #[error("cannot read {path} (given with {flag}): {source}")]
    File {
        flag: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error("--prometheus-header {0}: write NAME=VALUE, such as X-Scope-OrgID=home")]
    Header(String),
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

impl From<tomoni_store::StoreError> for CliError {
    fn from(error: tomoni_store::StoreError) -> Self {
        Self::App(error.into())
    }
}
