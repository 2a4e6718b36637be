//! The flags of verbs that ask a running server.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Output, TIMEOUT_S_MAX};

/// Which server, and who asks.
#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
pub(crate) struct ServerArgs {
    /// The address of a running Tomoni, such as http://127.0.0.1:7357
    #[arg(
        long,
        env = "TOMONI_SERVER",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub(crate) server: Option<String>,
    /// A token that the server knows, sent as a bearer token
    #[arg(
        long,
        env = "TOMONI_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    pub(crate) token: Option<String>,
    /// How long one request to it may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=TIMEOUT_S_MAX))]
    pub(crate) server_timeout: u64,
}

#[derive(Debug, Args)]
pub(crate) struct PushArgs {
    /// The name that the SLI's document gives its pushed counts
    #[arg(value_name = "SLI")]
    pub(crate) sli: String,
    /// The counts; `-` reads standard input
    #[arg(value_name = "FILE", default_value = "-")]
    pub(crate) file: PathBuf,
    /// How they are written [default: by the file's ending, else json]
    #[arg(long, value_enum)]
    pub(crate) format: Option<PushFormat>,
    /// The batch's id, for counts that carry none: the same id counts once, however often it is sent
    ///
    /// Without it the id is a hash of the counts, so that a repeated run adds nothing. Two stations
    /// that push the same counts of the same minutes count once then: give each an id of its own.
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,
    /// How what became of each batch is printed
    #[arg(long, value_enum, default_value_t = Output::Table)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ForgetArgs {
    /// The SLO's name
    #[arg(value_name = "SLO")]
    pub(crate) slo: String,
    /// It is meant: every minute that was counted is deleted, and cannot be had back
    #[arg(long)]
    pub(crate) yes: bool,
    /// Delete also what other SLOs count by now; without it that stays
    #[arg(long)]
    pub(crate) shared: bool,
    /// Why; kept in the journal
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RefillArgs {
    /// The SLO's name
    #[arg(value_name = "SLO")]
    pub(crate) slo: String,
    /// After which instant: RFC 3339, or a time ago such as 2h or 7d
    #[arg(long, value_name = "TIME")]
    pub(crate) from: String,
    /// Up to which instant
    #[arg(long, value_name = "TIME")]
    pub(crate) to: String,
    /// Why; kept in the journal
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

/// How pushed counts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PushFormat {
    Json,
    Ndjson,
    Csv,
}
