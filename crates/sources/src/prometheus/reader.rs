//! Reading: ledgers and a span in, facts out.

use tomoni_ledger::{Fact, Minute, Span};
use tomoni_slo::{Indicator, LedgerKey};

use super::client::Client;
use super::config::Config;
use super::error::SourceError;
use super::groups::{FoundGroups, Grouping, groups};
use super::observation::Observation;
use super::reading::{Dialect, Session, Sizes, read};

/// A ledger that is wanted, and what it counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Want {
    /// The ledger; a gauge's threshold is part of its key.
    pub key: LedgerKey,
    /// What it counts.
    pub indicator: Indicator,
    /// The resolution at which it is evaluated where it cannot be counted, in minutes (usually 5).
    pub resolution_minutes: i64,
}

/// What was read for one ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct Harvest {
    /// The ledger.
    pub key: LedgerKey,
    /// Every minute of the span, in order.
    pub facts: Vec<(Minute, Fact)>,
    /// What was seen on the way, in a fixed order.
    pub observations: Vec<Observation>,
}

impl Harvest {
    /// Whether the server said that its answer may be incomplete.
    pub fn is_partial(&self) -> bool {
        self.observations.contains(&Observation::Partial)
    }
}

/// How far a read has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Ledger minutes that are done.
    pub done: u64,
    /// Ledger minutes in all.
    pub total: u64,
    /// Raw samples that came in so far.
    pub samples: u64,
}

/// A Prometheus-compatible server.
#[derive(Debug)]
pub struct Prometheus {
    client: Client,
    sizes: Sizes,
    dialect: Dialect,
}

impl Prometheus {
    /// A server to read from. Nothing is asked of it yet.
    ///
    /// # Errors
    ///
    /// [`SourceError::Setup`] when its address, a header or a certificate cannot be used.
    pub fn new(config: Config) -> Result<Self, SourceError> {
        Ok(Self {
            client: Client::new(config)?,
            sizes: Sizes::default(),
            dialect: Dialect::default(),
        })
    }

    /// The server's address, without credentials.
    pub fn url(&self) -> &str {
        self.client.url()
    }

    /// Reads every minute of a span for each of the ledgers.
    ///
    /// The answers are in the order of the wants. One that cannot be read does not keep the others
    /// from it; a server that cannot be used at all gives every one of them the same error.
    ///
    /// Facts do not depend on how a time is cut into reads, nor on which ledgers are read together,
    /// except that nothing after the span is looked at where a server evaluates: a step that ends
    /// later is unknown. [`Self::read_as_of`] reads such a step, too.
    pub async fn read(
        &self,
        wants: &[Want],
        span: Span,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Vec<Result<Harvest, SourceError>> {
        self.read_as_of(wants, span, span.until, progress).await
    }

    /// As [`Self::read`], where samples are there up to `horizon`: a minute before it of which
    /// nothing was known for its step's sake is known as soon as the horizon reaches the step's end,
    /// and stays so.
    pub async fn read_as_of(
        &self,
        wants: &[Want],
        span: Span,
        horizon: Minute,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Vec<Result<Harvest, SourceError>> {
        let total = wants.len() as u64 * span.len() as u64;
        let shared = (&self.sizes, &self.dialect);
        let session = Session::new(&self.client, shared, (total, horizon), progress);
        read(&session, wants, span).await
    }

    /// Which groups the series of some selectors made in a span, and when each was there, to the
    /// hour.
    ///
    /// # Errors
    ///
    /// When the server cannot be asked, or refuses; what it has answered before is dropped then.
    pub async fn groups(
        &self,
        grouping: &Grouping,
        span: Span,
    ) -> Result<FoundGroups, SourceError> {
        groups(&self.client, grouping, span).await
    }
}
