//! The shape of what peers say, in `explain` and `compare`.

use serde::{Deserialize, Serialize};
use tomoni_ledger::{Day, NotLoaded, Series, Span};
use tomoni_slo::{Figures, Peer, Promise, Reckoning};
use utoipa::ToSchema;

use super::{Beside, Cause, Part, Said, Spent, beside, words};
use crate::findings::FindingRow;
use crate::instant;
use crate::span::{SpanRow, span_row};
use crate::status::{Count, SloRow};

/// How many days and hours are listed.
const LISTED_MAX: usize = 5;

/// What peers say of every objective that was asked for, at one instant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Comparison {
    /// The instant the figures are for, floored to the minute.
    pub at: String,
    /// One row per objective, those first of which a peer says the most different.
    pub objectives: Vec<Compared>,
    /// What has to be known to read the rows rightly.
    pub findings: Vec<FindingRow>,
}

/// What peers say of an objective.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Compared {
    /// The figures themselves, as `status` shows them.
    pub figures: SloRow,
    /// What peers say.
    pub peers: Peers,
}

/// What peers say of an objective, beside what we say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Peers {
    /// Ours; `null` when the service level is unknown.
    pub ours: Option<ReckoningRow>,
    /// Theirs.
    pub theirs: Vec<PeerRow>,
}

/// A service level over the whole window, and what it leaves of the budget.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReckoningRow {
    /// The service level.
    pub sli: f64,
    /// `(1 - SLI) / (1 - target)` over the window.
    pub burn_rate: f64,
    /// What is left of the budget; negative when overspent.
    pub remaining: f64,
}

/// What a peer computes from the same minutes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PeerRow {
    /// `sloth` or `pyrra`.
    pub tool: &'static str,
    /// Why the objective cannot be put to it; `null` where it can.
    pub cannot: Option<String>,
    /// Its figures; `null` without traffic, and where it cannot say any.
    pub figures: Option<ReckoningRow>,
    /// What it has left less what we have, as a share of the budget: above zero it makes the service
    /// look better. `null` when either is unknown.
    pub difference: Option<f64>,
    /// Windows without an event: because of them it shows NaN, and its figures here are those of the
    /// other windows. `null` where it shows a number.
    pub nan: Option<NanRow>,
    /// Where the difference comes from; the causes' differences add up to it.
    pub causes: Vec<CauseRow>,
    /// What quiet and busy hours spent; `null` where the peer weighs them as we do.
    pub by_traffic: Option<TrafficRow>,
    /// The days (UTC) that make the difference.
    pub days: PartRows,
    /// The hours (UTC) that make it.
    pub hours: PartRows,
}

/// Windows of five minutes in which nothing happened: `0 / 0`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NanRow {
    /// How many there are.
    pub windows: i64,
    /// When the last of them leaves the period (UTC), if no other comes.
    pub until: String,
}

/// Why a peer says something else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CauseRow {
    /// `exclusions`, `missing_data` or `weights`.
    pub cause: &'static str,
    /// Its part of the difference.
    pub difference: f64,
    /// In words.
    pub words: String,
}

/// What quiet and busy hours spent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrafficRow {
    /// How many events an hour with traffic has, in the mean.
    pub mean_events: f64,
    /// Hours with fewer.
    pub quiet: SharesRow,
    /// The others.
    pub busy: SharesRow,
}

/// What something spent, as shares of the whole budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SharesRow {
    /// As we count.
    pub ours: f64,
    /// As the peer does.
    pub theirs: f64,
    /// What that makes of the difference: ours less theirs.
    pub difference: f64,
}

/// Parts of the window: those that make the most of the difference, and what all others make.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PartRows {
    /// Those that make most, the most first.
    pub listed: Vec<PartRow>,
    /// How many others there are.
    pub others: usize,
    /// What the others spent together.
    pub others_spent: SharesRow,
}

/// A part of the window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PartRow {
    /// Which.
    #[serde(flatten)]
    pub span: SpanRow,
    /// Bad events.
    pub bad: Count,
    /// All events.
    pub total: Count,
    /// What it spent.
    pub spent: SharesRow,
}

impl Compared {
    /// The largest difference that a peer makes; those that cannot say anything make none.
    pub fn greatest(&self) -> f64 {
        let differences = self.peers.theirs.iter().filter_map(|peer| peer.difference);
        differences.map(f64::abs).fold(0.0, f64::max)
    }
}

/// What these peers say, with days and hours of UTC.
pub(crate) fn peers(
    peers: &[Peer],
    (series, promise): (&Series, &Promise),
    figures: &Figures,
) -> Result<Peers, NotLoaded> {
    let days: Vec<Span> = figures.window.days().map(Day::span).collect();
    let target = promise.objective.target;
    let theirs = peers.iter().map(|peer| {
        let beside = beside(*peer, (series, promise), figures, &days)?;
        Ok(row(
            &beside,
            figures.excluded_minutes,
            figures.imputed_minutes,
        ))
    });
    Ok(Peers {
        ours: Reckoning::ours(figures, target).map(ReckoningRow::from),
        theirs: theirs.collect::<Result<_, _>>()?,
    })
}

fn row(beside: &Beside, excluded_minutes: i64, imputed_minutes: i64) -> PeerRow {
    let peer = beside.peer;
    let tool = match peer {
        Peer::Sloth => "sloth",
        Peer::Pyrra => "pyrra",
    };
    let nothing = Said::default();
    let (said, cannot) = match &beside.said {
        Ok(said) => (said, None),
        Err(unsayable) => (&nothing, Some(words::cannot(peer, *unsayable))),
    };
    let causes = said.causes.iter().map(|(cause, difference)| CauseRow {
        cause: match cause {
            Cause::Exclusions => "exclusions",
            Cause::MissingData => "missing_data",
            Cause::Weights => "weights",
        },
        difference: *difference,
        words: match cause {
            Cause::Exclusions => words::exclusions(peer, excluded_minutes),
            Cause::MissingData => words::missing_data(peer, imputed_minutes),
            Cause::Weights => words::WEIGHTS.to_owned(),
        },
    });
    PeerRow {
        tool,
        cannot,
        figures: said.theirs.map(ReckoningRow::from),
        difference: said.difference,
        nan: said.nan.map(|nan| NanRow {
            windows: nan.windows,
            until: instant::of_minute(nan.until),
        }),
        causes: causes.collect(),
        by_traffic: said.by_traffic.map(|traffic| TrafficRow {
            mean_events: traffic.mean,
            quiet: traffic.quiet.into(),
            busy: traffic.busy.into(),
        }),
        days: part_rows(&said.days),
        hours: part_rows(&said.hours),
    }
}

fn part_rows(parts: &[Part]) -> PartRows {
    let mut sorted: Vec<&Part> = parts.iter().collect();
    sorted.sort_by(|a, b| {
        let size = |part: &Part| part.spent.difference().abs();
        size(b).total_cmp(&size(a))
    });
    let is_listed = |part: &&Part| part.spent.difference().abs() > super::NOISE;
    let listed = sorted
        .iter()
        .copied()
        .take(LISTED_MAX)
        .take_while(is_listed);
    let listed: Vec<&Part> = listed.collect();
    let others = &sorted[listed.len()..];
    PartRows {
        listed: listed.iter().map(|part| part_row(part)).collect(),
        others: others.len(),
        others_spent: others.iter().map(|part| part.spent).sum::<Spent>().into(),
    }
}

fn part_row(part: &Part) -> PartRow {
    PartRow {
        span: span_row(part.span),
        bad: Count(part.bad),
        total: Count(part.total),
        spent: part.spent.into(),
    }
}

impl From<Reckoning> for ReckoningRow {
    fn from(reckoning: Reckoning) -> Self {
        Self {
            sli: reckoning.sli,
            burn_rate: reckoning.burn_rate,
            remaining: reckoning.remaining,
        }
    }
}

impl From<Spent> for SharesRow {
    fn from(spent: Spent) -> Self {
        Self {
            ours: spent.ours,
            theirs: spent.theirs,
            difference: spent.difference(),
        }
    }
}
