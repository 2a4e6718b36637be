//! A metrics source without a server: a simulated [`World`] that answers what a server would.
//!
//! [`Simulated::read`] takes the same wants as [`crate::prometheus`] and gives the same harvests.
//! Nothing but the queries ties documents to a world: a PromQL text is read as for a real server,
//! its selectors are matched against the labels of the series that the world would show, and the
//! events behind those series are counted from the world's own truth. So the counts are what a
//! server would prove that scraped without ever pausing:
//!
//! - an event belongs to its minute; nothing is lost when a process dies;
//! - a minute is unknown when the processes behind the query's `total` could not be reached for
//!   longer than two samples may lie apart, and the minute lies within that time. A server would
//!   put what happened meanwhile on the first minute after it; here it stays unknown;
//! - a gauge's minute is its reading of that minute, unknown when its process could not be reached.
//!
//! Understood are sums and differences of counters, gauges by a selector or `min`, `max`, `avg`,
//! `sum` or `count` of one, and ready-made ratios of two sums of counters. Of anything else, and of
//! selectors that look at single processes, every minute is unknown and a warning says why: no
//! number is ever made up.
//!
//! A world has no end: asked for later minutes it gives later minutes, and a seed always gives the
//! same. That holds for minutes that are still to come, too; not to ask for them is the asker's.

use tomoni_ledger::{Fact, Span};

use crate::prometheus::{Grouping, Groups, Harvest, Want};
use crate::simulator::World;

mod counts;
mod gauges;
mod plan;
mod series;

#[cfg(test)]
mod tests;

use plan::Plan;

/// A simulated world as a metrics source.
///
/// ```
/// use tomoni_ledger::{DAY_MINUTES, Minute, Span};
/// use tomoni_slo::{Generation, Indicator, LedgerKey, Part, Query};
/// use tomoni_sources::prometheus::Want;
/// use tomoni_sources::simulated::Simulated;
/// use tomoni_sources::simulator::scenarios;
///
/// let now = Minute::ended_by_ms(1_780_272_000_000);
/// let source = Simulated::new(scenarios::lab(1, now - DAY_MINUTES, now));
/// let want = Want {
///     key: LedgerKey { generation: Generation::from_bits(1), threshold: None },
///     indicator: Indicator::Ratio {
///         part: Part::Bad,
///         part_query: Query::new(r#"sum(rate(http_requests_total{job="auth-api",code=~"5.."}[5m]))"#),
///         total: Query::new(r#"sum(rate(http_requests_total{job="auth-api"}[5m]))"#),
///         counter: true,
///     },
///     resolution_minutes: 5,
/// };
/// let harvests = source.read(&[want], Span::ending_at(now, 60));
/// assert!(harvests[0].facts.iter().all(|(_, fact)| fact.counts.is_some()));
/// ```
#[derive(Clone, Debug)]
pub struct Simulated {
    world: World,
}

impl Simulated {
    /// A source that answers from this world.
    pub const fn new(world: World) -> Self {
        Self { world }
    }

    /// The world.
    pub const fn world(&self) -> &World {
        &self.world
    }

    /// The groups that a server would find in a span: a world's series are there from its beginning.
    pub fn groups(&self, grouping: &Grouping, span: Span) -> Groups {
        let found = series::groups(&self.world, grouping).into_iter();
        found.map(|labels| (labels, span)).collect()
    }

    /// Every minute of a span for each of the ledgers, in the order of the wants.
    ///
    /// Facts do not depend on how a time is cut into reads, nor on which ledgers are read together.
    pub fn read(&self, wants: &[Want], span: Span) -> Vec<Harvest> {
        let plans: Vec<Plan> = wants
            .iter()
            .map(|want| plan::of(&self.world, want))
            .collect();
        let counted = counts::count(&self.world, &plans, span);
        let read = wants.iter().zip(&plans).zip(counted);
        read.map(|((want, plan), counted)| {
            let (facts, observations) = match plan {
                Plan::Counters(counters) => counters.facts(&counted, span),
                Plan::Ratio(ratio) => ratio.facts(&counted, span),
                Plan::Gauge(gauge) => gauge.facts(&self.world, span),
                Plan::NotUnderstood(observations) => (
                    vec![Fact::UNKNOWN; span.len() as usize],
                    observations.clone(),
                ),
            };
            Harvest {
                key: want.key.clone(),
                facts: span.minutes().zip(facts).collect(),
                observations,
            }
        })
        .collect()
    }
}
