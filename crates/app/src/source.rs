//! Where minutes are read from, whatever it is: the port of the loop.

use std::fmt;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use tomoni_ledger::{Fact, Minute, Span};
use tomoni_sources::prometheus::{
    FoundGroups, Grouping, Harvest, Progress, Prometheus, SourceError, Want,
};
use tomoni_sources::simulated::Simulated;

use crate::beside::beside;
use crate::servers::Servers;

/// What a read gives for each of its wants, in their order.
pub type Harvests = Vec<Result<Harvest, SourceError>>;

/// A metrics source.
pub trait Source: fmt::Debug + Send + Sync {
    /// What people call it: an address without credentials, or a name.
    fn name(&self) -> &str;

    /// Reads every minute of a span for each of the wants, in their order. `horizon` is the last
    /// minute of which samples are there: nothing after it is asked for.
    fn read<'a>(
        &'a self,
        wants: &'a [Want],
        span: Span,
        horizon: Minute,
        told: &'a (dyn Fn(Progress) + Sync),
    ) -> BoxFuture<'a, Harvests>;

    /// Which groups the series of some selectors made in a span, and when each was there. A source
    /// without series has none.
    fn groups<'a>(
        &'a self,
        _grouping: &'a Grouping,
        _span: Span,
    ) -> BoxFuture<'a, Result<FoundGroups, SourceError>> {
        async { Ok(FoundGroups::default()) }.boxed()
    }
}

impl Source for Prometheus {
    fn name(&self) -> &str {
        self.url()
    }

    fn read<'a>(
        &'a self,
        wants: &'a [Want],
        span: Span,
        horizon: Minute,
        told: &'a (dyn Fn(Progress) + Sync),
    ) -> BoxFuture<'a, Harvests> {
        self.read_as_of(wants, span, horizon, told).boxed()
    }

    fn groups<'a>(
        &'a self,
        grouping: &'a Grouping,
        span: Span,
    ) -> BoxFuture<'a, Result<FoundGroups, SourceError>> {
        self.groups(grouping, span).boxed()
    }
}

/// A simulated world as a source. Minutes after the horizon are unknown, as they are to a server.
#[derive(Clone, Debug)]
pub struct SimulatedSource {
    world: Arc<Simulated>,
    name: Arc<str>,
}

impl SimulatedSource {
    /// A source that answers from this world, under this name.
    pub fn new(world: Simulated, name: &str) -> Self {
        Self {
            world: Arc::new(world),
            name: name.into(),
        }
    }
}

impl Source for SimulatedSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn read<'a>(
        &'a self,
        wants: &'a [Want],
        span: Span,
        horizon: Minute,
        _told: &'a (dyn Fn(Progress) + Sync),
    ) -> BoxFuture<'a, Harvests> {
        let (world, wants) = (Arc::clone(&self.world), wants.to_vec());
        let known = Span::new(span.after, span.until.min(horizon));
        let ahead = Span::new(known.until, span.until);
        async move {
            // Counting takes as long as a server would, and is done beside the loop as one is.
            let harvests = beside(move || world.read(&wants, known)).await;
            let whole = |mut harvest: Harvest| {
                let unknown = ahead.minutes().map(|minute| (minute, Fact::UNKNOWN));
                harvest.facts.extend(unknown);
                Ok(harvest)
            };
            harvests.into_iter().map(whole).collect()
        }
        .boxed()
    }

    fn groups<'a>(
        &'a self,
        grouping: &'a Grouping,
        span: Span,
    ) -> BoxFuture<'a, Result<FoundGroups, SourceError>> {
        let found = FoundGroups {
            groups: self.world.groups(grouping, span),
            passed_over: None,
        };
        async { Ok(found) }.boxed()
    }
}

/// Who answers for what.
#[derive(Clone, Debug)]
pub enum Origins {
    /// Servers, as documents and the configuration name them.
    Servers(Box<Servers>),
    /// One source answers everything, whatever documents say.
    One(Arc<dyn Source>),
}
