//! A world whose truth is known: services, their pods, every event; and what metrics show of it.
//!
//! The simulator is *deterministic by seed* and can be asked for any minute without having run up
//! to it. From one [`World`] follow, independently of each other:
//!
//! - the **truth**: how many events of which class happened in a minute ([`World::happened`]);
//! - the **exposition**: what `/metrics` of a living process says at an instant
//!   ([`World::exposition`]), for live scraping;
//! - the **samples** that scrapes at an interval would have taken ([`World::scraped`]), as
//!   OpenMetrics text for backfill ([`write_openmetrics`]);
//! - the **proof**: what those samples prove about each minute by the counting rules of the design
//!   ([`proof`]), computed in the plainest way there is and sharing nothing with the reader of
//!   [`crate::prometheus`], so that the two can be held against each other to the event.
//!
//! The difference between truth and proof is what no scrape ever saw: at most the events of one
//! scrape interval for each death of a process.
//!
//! What goes on in a world: daily and weekly rhythm, noise, outages and slow burns, idleness;
//! processes that die between two scrapes and come back, sometimes twice; rolling deploys, in which
//! series die and are born; targets that get another label; missed scrapes; a metrics server that
//! is away for hours; sensors with gaps and NaN; counters that contradict each other.

mod counting;
mod events;
mod exposition;
mod life;
mod noise;
mod openmetrics;
pub mod proof;
mod rhythm;
pub mod scenarios;
mod scraping;
mod unseen;
mod world;

pub use counting::{BRIDGE_MS, Happened};
pub use events::Meter;
pub use exposition::Column;
pub use life::Life;
pub use noise::Noise;
pub use openmetrics::{write_openmetrics, write_prometheus_text};
pub use rhythm::Rhythm;
pub use scraping::{Metric, Scraping, Series};
pub use world::{
    Change, Churn, Class, Disturbance, Effect, Family, FamilyKind, Labels, Outcome, Planned,
    Relabel, Service, World,
};

#[cfg(test)]
mod tests;
