//! What another tool would say of the same minutes.

use jiff::Timestamp;
use jiff::civil::Date;

/// What a peer computes from the same minutes.
#[derive(Clone, Debug, PartialEq)]
pub struct Peer {
    /// Which.
    pub tool: tomoni_slo::Peer,
    /// Its figures, or why it has none.
    pub said: Result<PeerFigures, PeerCannot>,
}

/// A peer's figures, and how they come to differ.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PeerFigures {
    /// Its service level.
    pub sli: Option<f64>,
    /// What it says is left of the budget.
    pub remaining: Option<f64>,
    /// That less what is left here.
    pub difference: Option<f64>,
    /// In how many windows nothing happened, so that it shows no number, and until when.
    pub nan: Option<(i64, Timestamp)>,
    /// Where the difference comes from, with each cause's part of it.
    pub causes: Vec<(PeerCause, f64)>,
    /// What quiet and busy hours spent, where it weighs them otherwise.
    pub by_traffic: Option<PeerTraffic>,
    /// The days that make the most of the difference, the most first.
    pub days: Vec<PeerDay>,
    /// How many other days there are, and what they spent together.
    pub others: (i64, Spending),
    /// What all days spent.
    pub all: Spending,
}

/// Why an objective cannot be put to a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeerCannot {
    /// It knows no slices of time.
    Slices,
    /// It knows no calendar.
    Calendar,
    /// Counts are pushed.
    Pushed,
    /// It takes no ratio that is ready-made.
    ReadyMade,
    /// It takes one metric each, no other query.
    Query,
    /// It takes no threshold.
    Threshold,
}

/// Why a peer says something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeerCause {
    /// It counts what is excluded here.
    Exclusions,
    /// It leaves out what is missing.
    MissingData,
    /// Every five minutes weigh the same.
    Weights,
}

/// What something spent, as shares of the whole budget.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spending {
    /// As it is counted here.
    pub ours: f64,
    /// As the peer counts.
    pub theirs: f64,
}

/// What quiet and busy hours spent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PeerTraffic {
    /// The mean number of events in an hour with traffic.
    pub mean: f64,
    /// Hours with fewer.
    pub quiet: Spending,
    /// The others.
    pub busy: Spending,
}

/// What a day spent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PeerDay {
    /// The date in the viewer's zone.
    pub date: Date,
    /// Bad events.
    pub bad: f64,
    /// All events.
    pub total: f64,
    /// What it spent.
    pub spent: Spending,
}
