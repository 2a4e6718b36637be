//! The flags of `status`.

use clap::{Args, ValueEnum};
use tomoni_app::status::Order;
use tomoni_slo::State;

use super::{LedgerArgs, OfArgs, Output, ServerArgs};

#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    pub(crate) of: OfArgs,
    /// Only objectives and groups in these states, with commas between them
    #[arg(long, value_enum, value_name = "STATE", value_delimiter = ',')]
    pub(crate) state: Vec<StateOf>,
    /// Only objectives and groups of which an alert fires
    #[arg(long)]
    pub(crate) firing: bool,
    /// In which order they are listed: `worst` begins with what fires, then goes by state and by what
    /// is left [default: worst in a table, service in JSON and YAML]
    #[arg(long, value_enum)]
    pub(crate) sort: Option<SortBy>,
    /// How the list is printed
    #[arg(long, value_enum, default_value_t = Output::Table)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) ledger: LedgerArgs,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

/// In which state an objective is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StateOf {
    Exhausted,
    AtRisk,
    NoData,
    Partial,
    NoTraffic,
    Ok,
}

/// In which order objectives are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SortBy {
    Worst,
    Name,
    Service,
}

impl From<StateOf> for State {
    fn from(state: StateOf) -> Self {
        match state {
            StateOf::Exhausted => Self::Exhausted,
            StateOf::AtRisk => Self::AtRisk,
            StateOf::NoData => Self::NoData,
            StateOf::Partial => Self::Partial,
            StateOf::NoTraffic => Self::NoTraffic,
            StateOf::Ok => Self::Ok,
        }
    }
}

impl From<SortBy> for Order {
    fn from(sort: SortBy) -> Self {
        match sort {
            SortBy::Worst => Self::Worst,
            SortBy::Name => Self::Name,
            SortBy::Service => Self::Service,
        }
    }
}
