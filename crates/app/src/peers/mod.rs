//! What Sloth and Pyrra would say of the same minutes, beside what we say, and where a difference
//! comes from (semantics.md, "What others would say").
//!
//! A difference is told in two ways, and each adds up to all of it: by causes, which are taken away
//! one after the other until only the peer's own weights are left; and by hours and days, each with
//! what it spent of the budget here and there.

mod compare;
mod parts;
mod report;
mod sayable;
mod words;

use tomoni_ledger::{Minute, NotLoaded, Series, Span, SpanSet};
use tomoni_slo::{Figures, MissingData, Objective, Peer, PeerSums, Promise, Reckoning, evaluate};

pub use compare::compare;
pub use parts::{ByTraffic, Part, Spent};
pub(crate) use report::peers;
pub use report::{
    CauseRow, Compared, Comparison, NanRow, PartRow, PartRows, PeerRow, Peers, ReckoningRow,
    SharesRow, TrafficRow,
};
pub use sayable::{Unsayable, sayable};

/// Differences below this share of a budget are noise of arithmetic.
const NOISE: f64 = 1e-9;

/// What a peer says of an objective.
#[derive(Clone, Debug, PartialEq)]
pub struct Beside {
    /// Which peer.
    pub peer: Peer,
    /// What it says, or why it cannot.
    pub said: Result<Said, Unsayable>,
}

/// What a peer says of an objective that can be put to it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// Its figures; `None` without traffic.
    pub theirs: Option<Reckoning>,
    /// What it has left less what we have, as a share of the budget; `None` when either is unknown.
    pub difference: Option<f64>,
    /// What keeps it from showing a number at all.
    pub nan: Option<Nan>,
    /// Where the difference comes from; the causes' differences add up to it.
    pub causes: Vec<(Cause, f64)>,
    /// What quiet and busy hours spent, here and there; where the peer weighs them otherwise.
    pub by_traffic: Option<ByTraffic>,
    /// What each day spent here and there, oldest first; empty where there is no difference.
    pub days: Vec<Part>,
    /// The same of each day's hours.
    pub hours: Vec<Part>,
}

/// Windows without an event, in which Sloth's rule is `0 / 0`: as long as one of them is in the
/// period, what it shows is NaN, and its figures here are those of the other windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nan {
    /// How many five-minute windows there are.
    pub windows: i64,
    /// When the last of them leaves the period, if no other comes.
    pub until: Minute,
}

/// Why a peer says something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It counts minutes that are excluded here.
    Exclusions,
    /// It leaves missing minutes out that are made good or bad here.
    MissingData,
    /// Five minutes weigh as much as any other five, however many events they hold: Sloth's mean.
    Weights,
}

/// What peers say of an objective with these figures. Parts are told of the days that are given,
/// those of a zone, in order.
///
/// # Errors
///
/// When minutes of the window, or of the five before it, are not loaded
/// ([`tomoni_slo::peer_span`]).
pub fn beside(
    peer: Peer,
    (series, promise): (&Series, &Promise),
    figures: &Figures,
    days: &[Span],
) -> Result<Beside, NotLoaded> {
    let said = match sayable(peer, promise) {
        Ok(()) => Ok(said(peer, (series, &promise.objective), figures, days)?),
        Err(unsayable) => Err(unsayable),
    };
    Ok(Beside { peer, said })
}

fn said(
    peer: Peer,
    (series, objective): (&Series, &Objective),
    figures: &Figures,
    days: &[Span],
) -> Result<Said, NotLoaded> {
    let target = objective.target;
    let hours = parts::hours(days, figures.window);
    let mut all = PeerSums::default();
    let mut sums = Vec::with_capacity(hours.len());
    for hour in &hours {
        let of_hour = peer.sums(series, *hour)?;
        all += of_hour;
        sums.push(of_hour);
    }
    let theirs = all.reckoning(target);
    let ours = Reckoning::ours(figures, target);
    let nan = all.last_empty.map(|last| Nan {
        windows: all.empty,
        until: last + figures.window.len(),
    });
    let (Some(theirs), Some(ours)) = (theirs, ours) else {
        return Ok(Said {
            theirs,
            ..Said::default()
        });
    };
    let difference = theirs.remaining - ours.remaining;
    let mut said = Said {
        theirs: Some(theirs),
        difference: Some(difference),
        nan,
        ..Said::default()
    };
    said.causes = causes((series, objective), figures, (peer, &theirs))?;
    if said.causes.is_empty() {
        return Ok(said);
    }
    let shares = sums.iter().map(|sums| all.share_of(sums, target));
    said.hours = parts::of(series, objective, figures, hours.into_iter().zip(shares))?;
    said.days = parts::by_day(&said.hours, days, figures.window);
    said.by_traffic = (peer == Peer::Sloth).then(|| ByTraffic::of(&said.hours));
    Ok(said)
}

/// Takes away, one after the other, what the peer does not know of; what is left then are its
/// weights, which Pyrra has none of.
fn causes(
    (series, objective): (&Series, &Objective),
    figures: &Figures,
    (peer, theirs): (Peer, &Reckoning),
) -> Result<Vec<(Cause, f64)>, NotLoaded> {
    let at = figures.window.until;
    let remaining = |objective: &Objective| {
        let figures = evaluate(series, objective, at)?;
        Ok(figures.budget.remaining())
    };
    let included = Objective {
        exclusions: SpanSet::new(),
        ..objective.clone()
    };
    let ignoring = Objective {
        missing_data: MissingData::Ignore,
        ..included.clone()
    };
    let unweighted = remaining(&ignoring)?;
    let weights = match peer {
        Peer::Sloth => Some((Cause::Weights, theirs.remaining)),
        Peer::Pyrra => {
            debug_assert!(
                (theirs.remaining - unweighted).abs() < 1e-6,
                "it counts the same events"
            );
            None
        }
    };
    let steps = [
        (Cause::Exclusions, remaining(&included)?),
        (Cause::MissingData, unweighted),
    ];
    let mut before = figures.budget.remaining();
    let mut causes = Vec::new();
    for (cause, remaining) in steps.into_iter().chain(weights) {
        let difference = remaining - before;
        if difference.abs() > NOISE {
            causes.push((cause, difference));
        }
        before = remaining;
    }
    Ok(causes)
}
