//! The flags of verbs about documents on a running server, and of backups.

use std::path::PathBuf;

use clap::Args;

use super::{Output, ServerArgs};

#[derive(Debug, Args)]
pub(crate) struct ApplyArgs {
    /// Files, and folders that are searched for *.yaml, *.yml and *.json
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Only look at what would change
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Why; kept in the journal
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// How what changes is printed
    #[arg(long, value_enum, default_value_t = Output::Table)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// Files, and folders that are searched for *.yaml, *.yml and *.json
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// How what would change is printed
    #[arg(long, value_enum, default_value_t = Output::Table)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Debug, Args)]
pub(crate) struct GetArgs {
    /// Only documents of this kind, in any case, such as Service; slo is for all that define SLOs,
    /// whatever their format
    #[arg(value_name = "KIND")]
    pub(crate) kind: Option<String>,
    /// Only the one of this name, or the one that defines the SLO of this name: as a table, its text
    #[arg(value_name = "NAME", requires = "kind")]
    pub(crate) name: Option<String>,
    /// How the list is printed
    #[arg(long, value_enum, default_value_t = Output::Table)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DeleteArgs {
    /// Its kind, in any case, such as slo
    #[arg(value_name = "KIND")]
    pub(crate) kind: String,
    /// Its name, as `tomoni get` shows it
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// Only look at what would change
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Why; kept in the journal
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// How what changes is printed
    #[arg(long, value_enum, default_value_t = Output::Table)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The folder for the files, one for each kind; without it they are printed as one
    #[arg(value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
    /// Write over files that are there
    #[arg(long, requires = "folder")]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// The new file; the same whichever database it is of
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// A file that `tomoni backup` wrote
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// Where the ledger and the journal are kept.
#[derive(Debug, Args)]
pub(crate) struct PlaceArgs {
    /// The data folder
    #[arg(long, env = "TOMONI_DATA", hide_env_values = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// The database's address
    #[arg(
        long,
        env = "TOMONI_DATABASE",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub(crate) database: Option<String>,
}
