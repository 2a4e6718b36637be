//! What other tools compute from the same minutes (semantics.md, "What others would say").
//!
//! **Sloth** records the error ratio of the last five minutes at each evaluation of its rules, and
//! takes as the ratio of the period `sum_over_time(…) / count_over_time(…)` of what was recorded: a
//! mean, in which five minutes at night weigh as much as five at noon. Evaluated once a minute, as
//! Prometheus does where nobody says otherwise, that is one ratio for each minute's end.
//!
//! - Of which nothing is known, nothing is recorded: a gap is in neither sum nor count.
//! - In which nothing happened, `0 / 0` is recorded: NaN, an ordinary sample to Prometheus. Both
//!   functions count it, and a sum with a NaN in it is NaN. So Sloth has no figure until the last of
//!   them has left the period (its issue 231). What is computed here is the mean of the others, and
//!   how many NaN stand against it ([`PeerSums::empty`]).
//!
//! **Pyrra** records `sum(increase(…[window]))` of errors and of all, and shows one over the other:
//! events over events. `increase()` extrapolates to the edges of its range, and does not see what a
//! series counted before its first sample. The first cancels in a ratio, and minutes cannot show the
//! second; so what is computed here is what Pyrra means to say.
//!
//! Neither knows of exclusions, of slices, or of a policy for missing data.

use tomoni_ledger::{Events, Minute, NotLoaded, Series, Span, Sums};

use crate::figures::Figures;
use crate::target::Target;

/// The width over which Sloth takes its ratios, in minutes: the shortest window of its alerts.
pub const PEER_RATIO_MINUTES: i64 = 5;

/// Another tool for SLOs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Peer {
    /// Sloth: the mean of five-minute error ratios.
    Sloth,
    /// Pyrra: a ratio of increases.
    Pyrra,
}

/// A peer's error ratio over a span, as the two sums that it is the ratio of. Those of neighbouring
/// spans add up.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PeerSums {
    /// The sum of the five-minute error ratios (Sloth), or the bad events (Pyrra).
    pub bad: f64,
    /// How many ratios there are (Sloth), or all events (Pyrra).
    pub all: f64,
    /// How many five-minute windows were known to be without an event (Sloth): each is a NaN.
    pub empty: i64,
    /// The last of them.
    pub last_empty: Option<Minute>,
}

/// A service level over a whole window, and what it leaves of the budget, as one tool has them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reckoning {
    /// The service level.
    pub sli: f64,
    /// `(1 - SLI) / (1 - target)` over the whole window.
    pub burn_rate: f64,
    /// The share of the budget that is left; negative when overspent.
    pub remaining: f64,
}

impl Reckoning {
    /// Ours; `None` when the service level is unknown.
    pub fn ours(figures: &Figures, target: Target) -> Option<Self> {
        let sli = figures.sli?;
        Some(Self {
            sli,
            burn_rate: (1.0 - sli) / target.budget_share(),
            remaining: figures.budget.remaining(),
        })
    }
}

impl Peer {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 2] = [Self::Sloth, Self::Pyrra];

    /// Its name as people write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sloth => "Sloth",
            Self::Pyrra => "Pyrra",
        }
    }

    /// What it makes of a span: of Sloth's ratios those that are taken at a minute's end in it.
    ///
    /// ```
    /// use tomoni_ledger::{Events, Fact, Minute, Series, Span};
    /// use tomoni_slo::{Peer, Target};
    /// // Ten minutes with 100 events each, and ten with one, which fails.
    /// let at = Minute::from_index(29_000_000);
    /// let fact = |minute| match at - minute < 10 {
    ///     true => Fact::counted(Events::whole(1), Events::whole(1)),
    ///     false => Fact::counted(Events::ZERO, Events::whole(100)),
    /// };
    /// let window = Span::ending_at(at, 20);
    /// let facts: Vec<_> = window.minutes().map(|minute| (minute, fact(minute))).collect();
    /// let mut series = Series::new();
    /// series.put(&facts).unwrap();
    /// let target = Target::from_percent(90.0).unwrap();
    /// let says = |peer: Peer| peer.sums(&series, window).unwrap().reckoning(target).unwrap().sli;
    /// // Of the events nearly none failed.
    /// assert!((says(Peer::Pyrra) - 1_000.0 / 1_010.0).abs() < 1e-12);
    /// // Of the minutes nearly a third seem to have.
    /// assert!(says(Peer::Sloth) < 0.7);
    /// ```
    ///
    /// # Errors
    ///
    /// When minutes of the span, or of the five before it, are not loaded ([`peer_span`]).
    pub fn sums(self, series: &Series, span: Span) -> Result<PeerSums, NotLoaded> {
        match self {
            Self::Sloth => of_ratios(series, span),
            Self::Pyrra => {
                let sums = series.sum(span)?;
                Ok(PeerSums {
                    bad: sums.bad.as_f64(),
                    all: sums.total.as_f64(),
                    ..PeerSums::default()
                })
            }
        }
    }
}

/// The minutes that a peer looks at for a span: ratios at its beginning look back.
pub fn peer_span(span: Span) -> Span {
    Span::new(span.after - PEER_RATIO_MINUTES, span.until)
}

impl PeerSums {
    /// What the peer says; `None` when it has nothing to divide by.
    pub fn reckoning(&self, target: Target) -> Option<Reckoning> {
        if self.all <= 0.0 {
            return None;
        }
        let bad = self.bad / self.all;
        let burn_rate = bad / target.budget_share();
        Some(Reckoning {
            sli: 1.0 - bad,
            burn_rate,
            remaining: 1.0 - burn_rate,
        })
    }

    /// What of the budget a part of it spent, by the peer's own weights; 0 when there is nothing to
    /// divide by.
    pub fn share_of(&self, part: &Self, target: Target) -> f64 {
        if self.all > 0.0 {
            part.bad / self.all / target.budget_share()
        } else {
            0.0
        }
    }

    fn take(&mut self, end: Minute, sums: &Sums) {
        if sums.known == 0 {
            return;
        }
        if sums.total == Events::ZERO {
            self.empty += 1;
            self.last_empty = Some(end);
            return;
        }
        self.all += 1.0;
        if sums.bad > Events::ZERO {
            self.bad += sums.bad.as_f64() / sums.total.as_f64();
        }
    }
}

impl std::ops::AddAssign for PeerSums {
    fn add_assign(&mut self, other: Self) {
        self.bad += other.bad;
        self.all += other.all;
        self.empty += other.empty;
        self.last_empty = self.last_empty.max(other.last_empty);
    }
}

fn of_ratios(series: &Series, span: Span) -> Result<PeerSums, NotLoaded> {
    const WIDTH: usize = PEER_RATIO_MINUTES as usize;
    let mut sums = PeerSums::default();
    if span.is_empty() {
        return Ok(sums);
    }
    // The running totals of the last minutes, each at its place until it is five minutes old.
    let mut totals = [Sums::default(); WIDTH];
    let first = peer_span(span).after + 1;
    for (minute, total) in (0..).zip(&mut totals) {
        *total = series.until(first + minute)?;
    }
    for (end, place) in span.minutes().zip((0..WIDTH).cycle()) {
        let here = series.until(end)?;
        let window = here - std::mem::replace(&mut totals[place], here);
        sums.take(end, &window);
    }
    Ok(sums)
}
