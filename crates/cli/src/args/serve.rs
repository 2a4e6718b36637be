//! The flags of `serve` and `demo`. Every flag of `serve` is an environment variable and a key of the
//! configuration file as well: `crate::config` sees to it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};

use super::SourceArgs;

/// Where pages are served when nothing else is said: on this machine alone.
const LISTEN_DEFAULT: &str = "127.0.0.1:7357";
/// The most days that a ledger may be kept, a century, and the most that it may reach back.
const DAYS_MAX: u32 = 36_500;

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// A TOML file with settings: docs/configuration.md lists them
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// A file or folder with the documents, watched from then on; may be repeated
    #[arg(long, value_name = "PATH")]
    pub(crate) specs: Vec<PathBuf>,
    /// Keep the ledger and the journal in this folder, in SQLite
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Keep them in this database instead, such as postgres://tomoni@db.example.com/tomoni
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
    /// Drop days of the ledger that are older than so many days; `none` keeps them for ever
    #[arg(long, value_name = "DAYS", default_value = "none")]
    pub(crate) retention_days: Retention,
    /// How far back the history of an SLO is fetched at most, in days
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    #[arg(value_parser = clap::value_parser!(i64).range(1..=i64::from(DAYS_MAX)))]
    pub(crate) history_days: i64,
    /// A URL to call every minute while all is well, so that its silence tells when Tomoni dies
    #[arg(long, value_name = "URL")]
    pub(crate) heartbeat_url: Option<String>,
    /// Call it with POST instead of GET
    #[arg(long)]
    pub(crate) heartbeat_post: bool,
    #[command(flatten)]
    pub(crate) site: SiteArgs,
    #[command(flatten)]
    pub(crate) log: LogArgs,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Keep everything in this folder instead of a temporary one
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) site: SiteArgs,
    #[command(flatten)]
    pub(crate) log: LogArgs,
}

/// Where the pages are.
#[derive(Debug, Args)]
#[command(next_help_heading = "Pages")]
pub(crate) struct SiteArgs {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT", default_value = LISTEN_DEFAULT)]
    pub(crate) listen: SocketAddr,
    /// Listen also where other machines can reach it, although nobody has to sign in
    #[arg(long)]
    pub(crate) listen_without_sign_in: bool,
    /// What a proxy puts before every path, such as /tomoni [default: the path of --public-url]
    #[arg(
        long,
        value_name = "PATH",
        default_value = "",
        hide_default_value = true
    )]
    pub(crate) base_path: String,
    /// The address that people use, where it is another
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// The time zone, such as Asia/Tokyo, of pages whose reader's own is not known [default: the machine's]
    #[arg(long, value_name = "NAME")]
    pub(crate) zone: Option<String>,
    /// Do not open a browser (none is opened without a terminal and a display)
    #[arg(long)]
    pub(crate) no_browser: bool,
}

/// What is told on standard error.
#[derive(Debug, Args)]
#[command(next_help_heading = "Log")]
pub(crate) struct LogArgs {
    /// How it is written
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,
    /// From which level on
    #[arg(long = "log", id = "log", value_name = "LEVEL", value_enum)]
    #[arg(default_value_t = LogLevel::Info)]
    pub(crate) level: LogLevel,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// From which level on something is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// How long the ledger is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retention {
    ForEver,
    Days(u32),
}

impl FromStr for Retention {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "none" {
            return Ok(Self::ForEver);
        }
        let days = text
            .parse()
            .ok()
            .filter(|days| (1..=DAYS_MAX).contains(days));
        let days =
            days.ok_or_else(|| format!("write a number of days up to {DAYS_MAX}, or none"))?;
        Ok(Self::Days(days))
    }
}
