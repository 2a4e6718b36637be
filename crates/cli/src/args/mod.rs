//! Every verb and flag, in one place: help, completions, parsing, and the page of `serve`'s settings
//! come from here.

mod client;
mod convert;
mod documents;
mod rules;
mod serve;
mod status;

use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use tomoni_app::status::Filter;
use tomoni_slo::Peer;

use crate::exit;

pub(crate) use client::{ForgetArgs, PushArgs, PushFormat, RefillArgs, ServerArgs};
pub(crate) use convert::{ConvertArgs, ConvertTo};
pub(crate) use documents::{
    ApplyArgs, BackupArgs, DeleteArgs, DiffArgs, ExportArgs, GetArgs, PlaceArgs, RestoreArgs,
};
pub(crate) use rules::{RulesArgs, RulesOutput};
pub(crate) use serve::{DemoArgs, LogArgs, LogFormat, LogLevel, Retention, ServeArgs, SiteArgs};
pub(crate) use status::StatusArgs;

/// The longest time that one request may take, in seconds.
const TIMEOUT_S_MAX: u64 = 3_600;
/// The most requests that may run at once.
const CONCURRENCY_MAX: u64 = 64;

/// Exact error budgets from the metrics you already have.
#[derive(Debug, Parser)]
#[command(name = "tomoni", version, after_help = exit::HELP, propagate_version = true)]
#[command(disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Show an example organisation with 90 days of history, alive, in the browser
    #[command(after_help = exit::SERVE_HELP)]
    Demo(DemoArgs),
    /// Serve pages and an API over a folder of documents, and keep counting
    #[command(after_help = exit::SERVE_HELP)]
    Serve(Box<ServeArgs>),
    /// Check documents: every finding with its file, line, code and what to write instead
    #[command(after_help = exit::DOCUMENTS_HELP)]
    Validate(ValidateArgs),
    /// Make Prometheus rules of SLOs, as Sloth makes them: recording rules and burn rate alerts
    #[command(after_help = exit::DOCUMENTS_HELP)]
    Rules(RulesArgs),
    /// Convert documents to OpenSLO v1, and back to what they were
    #[command(after_help = exit::DOCUMENTS_HELP)]
    Convert(ConvertArgs),
    /// Show the error budget of every objective
    #[command(after_help = exit::FIGURES_HELP)]
    Status(StatusArgs),
    /// Show how an objective's figures came about, down to the minutes
    #[command(after_help = exit::FIGURES_HELP)]
    Explain(ExplainArgs),
    /// Show what Sloth and Pyrra would say of every objective, from the same minutes
    #[command(after_help = exit::FIGURES_HELP)]
    Compare(CompareArgs),
    /// Put documents in force on a running server: all of them, or none
    #[command(after_help = exit::ASKED_HELP)]
    Apply(ApplyArgs),
    /// Show what applying documents to a running server would change; 1 when something would
    #[command(after_help = exit::HELP)]
    Diff(DiffArgs),
    /// Show the documents that a running server has in force
    #[command(after_help = exit::ASKED_HELP)]
    Get(GetArgs),
    /// Write the documents of a running server as files that can be applied again
    #[command(after_help = exit::ASKED_HELP)]
    Export(ExportArgs),
    /// Write everything that is kept into one file, also while a server runs
    #[command(after_help = exit::HELP)]
    Backup(BackupArgs),
    /// Restore a backup where nothing is yet, into SQLite or PostgreSQL
    #[command(after_help = exit::HELP)]
    Restore(RestoreArgs),
    /// Push counts that no metrics server holds to a running server
    #[command(after_help = exit::ASKED_HELP)]
    Push(PushArgs),
    /// Have a running server read minutes of an SLO again from their source, closed ones too
    #[command(after_help = exit::ASKED_HELP)]
    Refill(RefillArgs),
    /// Take a document out of force on a running server; what was counted stays
    #[command(after_help = exit::ASKED_HELP)]
    Delete(DeleteArgs),
    /// Delete what a running server has counted for an SLO, for good
    #[command(after_help = exit::ASKED_HELP)]
    Forget(ForgetArgs),
    /// Print the JSON Schema of the documents
    Schema,
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ValidateArgs {
    /// Files, and folders that are searched for *.yaml, *.yml and *.json
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// How findings are printed: with the line and a caret, as one JSON array, as SARIF 2.1.0, or
    /// as annotations of a GitHub workflow
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
    /// Tell errors alone, and end with 0 where there are warnings at most
    #[arg(long)]
    pub(crate) errors_only: bool,
}

/// How findings are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Human,
    Json,
    Sarif,
    Github,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The SLO's name
    #[arg(value_name = "SLO")]
    pub(crate) slo: String,
    /// Which of its groups, as `tomoni status` shows it, such as handler=/checkout
    #[arg(value_name = "LABEL=VALUE")]
    pub(crate) group: Vec<String>,
    /// Which of its objectives, counted from 1
    #[arg(long, value_name = "NUMBER")]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    pub(crate) objective: Option<usize>,
    /// Show what another tool would say of the same minutes, and where the difference comes from
    #[arg(long = "as", value_enum, value_name = "TOOL")]
    pub(crate) tool: Option<Tool>,
    /// List the minutes themselves: the last so many of the window
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "60")]
    pub(crate) minutes: Option<usize>,
    /// How it is printed
    #[arg(long, value_enum, default_value_t = Output::Table)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) ledger: LedgerArgs,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// Files and folders with the documents, instead of --specs
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) of: OfArgs,
    /// How the list is printed
    #[arg(long, value_enum, default_value_t = Output::Table)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) ledger: LedgerArgs,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

/// Whose objectives are listed.
#[derive(Debug, Args)]
pub(crate) struct OfArgs {
    /// Only objectives of this team
    #[arg(long, value_name = "NAME")]
    pub(crate) team: Option<String>,
    /// Only objectives of this service
    #[arg(long, value_name = "NAME")]
    pub(crate) service: Option<String>,
}

impl OfArgs {
    pub(crate) fn filter(&self) -> Filter<'_> {
        Filter {
            team: self.team.as_deref(),
            service: self.service.as_deref(),
        }
    }
}

/// Another tool for SLOs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Tool {
    Sloth,
    Pyrra,
}

impl From<Tool> for Peer {
    fn from(tool: Tool) -> Self {
        match tool {
            Tool::Sloth => Self::Sloth,
            Tool::Pyrra => Self::Pyrra,
        }
    }
}

/// How a list is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    Table,
    Json,
    Yaml,
}

/// Where objectives and their counts come from.
#[derive(Debug, Args)]
pub(crate) struct LedgerArgs {
    /// A file or folder with the documents; may be repeated
    #[arg(
        long,
        env = "TOMONI_SPECS",
        hide_env_values = true,
        value_name = "PATH"
    )]
    pub(crate) specs: Vec<PathBuf>,
    /// Keep what was fetched in this folder, and fetch only what is new
    #[arg(long, env = "TOMONI_DATA", hide_env_values = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Answer from --data alone, without asking any source
    #[arg(long)]
    pub(crate) offline: bool,
    /// The instant to look at: RFC 3339, or a time ago such as 2h or 7d [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
}

/// The Prometheus-compatible server for documents that name none.
#[derive(Debug, Args)]
#[command(next_help_heading = "Source")]
pub(crate) struct SourceArgs {
    /// The server: Prometheus, Thanos, Mimir, VictoriaMetrics
    #[arg(
        long,
        env = "TOMONI_PROMETHEUS",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub(crate) prometheus: Option<String>,
    /// The server that --data was filled from has this address now
    #[arg(long)]
    pub(crate) prometheus_moved: bool,
    /// A file that holds a bearer token
    #[arg(long, value_name = "FILE")]
    pub(crate) prometheus_token_file: Option<PathBuf>,
    /// The user for basic authentication
    #[arg(long, value_name = "NAME")]
    pub(crate) prometheus_user: Option<String>,
    /// A file that holds the password
    #[arg(long, value_name = "FILE")]
    pub(crate) prometheus_password_file: Option<PathBuf>,
    /// A file with the PEM certificates to trust instead of the system's
    #[arg(long, value_name = "FILE")]
    pub(crate) prometheus_ca_file: Option<PathBuf>,
    /// A header to send, such as X-Scope-OrgID=tenant; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) prometheus_header: Vec<String>,
    /// How long one request may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=TIMEOUT_S_MAX))]
    pub(crate) prometheus_timeout: u64,
    /// How many requests run at once
    #[arg(long, value_name = "N", default_value_t = 4)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..=CONCURRENCY_MAX))]
    pub(crate) prometheus_concurrency: usize,
    /// Ask for compressed answers: costs the server time, saves a slow network
    #[arg(long)]
    pub(crate) prometheus_compression: bool,
    /// Above so many raw samples a minute an SLI is counted approximately instead [default: 20000]
    #[arg(long, value_name = "N")]
    pub(crate) raw_samples_max: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_of_a_source_are_checked_where_they_are_given() {
        let is_taken = |flag: &str, value: &str| {
            Cli::try_parse_from(["tomoni", "status", flag, value]).is_ok()
        };
        for (flag, most) in [
            ("--prometheus-concurrency", 64),
            ("--prometheus-timeout", 3_600),
        ] {
            assert!(is_taken(flag, "1"));
            assert!(is_taken(flag, &most.to_string()));
            assert!(!is_taken(flag, "0"), "{flag} 0");
            assert!(
                !is_taken(flag, &(most + 1).to_string()),
                "{flag} above {most}"
            );
            assert!(!is_taken(flag, &u64::MAX.to_string()));
        }
    }
}
