//! The flags of `rules`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use tomoni_spec::prometheus::duration_ms;
use tomoni_spec::rules::is_label;

#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    /// Files, and folders that are searched for *.yaml, *.yml and *.json
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// A file or folder with catalogues of windows (`kind: AlertWindows`), one for each period; they
    /// win over those for 28d and 30d that are built in
    #[arg(long, value_name = "DIR")]
    pub(crate) windows: Option<PathBuf>,
    /// The period of SLOs whose documents say none, as Sloth's do: a duration as Prometheus writes it
    #[arg(long, value_name = "DURATION", default_value = "30d", value_parser = period_ms)]
    pub(crate) period: u64,
    /// Make no recording rules
    #[arg(long, conflicts_with = "no_alerts")]
    pub(crate) no_recordings: bool,
    /// Make no alerts
    #[arg(long)]
    pub(crate) no_alerts: bool,
    /// A label on all recording rules; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = label)]
    pub(crate) label: Vec<(String, String)>,
    /// What is written: a rules file of Prometheus, or `PrometheusRule` objects of its operator
    #[arg(long, value_enum, default_value_t = RulesOutput::Rules)]
    pub(crate) output: RulesOutput,
    /// The file that is written, replaced as a whole; without it the rules are printed. Where a document
    /// has an error it stays as it is
    #[arg(short = 'o', long = "file", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Write the file also where a document has an error, with the rules of the others
    #[arg(long, requires = "file")]
    pub(crate) keep_going: bool,
}

/// What rules are written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RulesOutput {
    Rules,
    #[value(name = "prometheusrule")]
    PrometheusRule,
}

fn period_ms(text: &str) -> Result<u64, String> {
    let ms = duration_ms(text).filter(|ms| *ms > 0);
    ms.ok_or_else(|| "write a duration such as 7d, 28d or 30d".to_owned())
}

/// A label as every Prometheus takes it.
fn label(text: &str) -> Result<(String, String), String> {
    let advice = "write NAME=VALUE, such as env=production";
    let (name, value) = text.split_once('=').ok_or(advice)?;
    if !is_label(name) || name == "__name__" {
        return Err(format!("`{name}` is no name of a label: {advice}"));
    }
    if value.is_empty() {
        return Err(format!("`{name}` has no value: {advice}"));
    }
    Ok((name.to_owned(), value.to_owned()))
}
