//! When alerts were raised, had every settled minute been looked at (semantics.md, "Alerts": the
//! settled history).

use tomoni_ledger::{Minute, NotLoaded, Series, Span, SpanSet};

use crate::burn::{burn_span, burn_windows};
use crate::objective::{Method, MissingData, Objective};
use crate::replay::Replay;
use crate::slots::{BAD_EVENTS_MIN, LINES, Line, Severity, Slot};
use crate::state::is_above;
use crate::tally::Tally;

/// A slot that is raised falls when its short window has been below the factor so many times.
const BELOW_TIMES: u8 = 5;
/// How many minutes are looked at together at most, to see that a slot stays as it is in them.
const SKIPPED_MAX: i64 = 512;
/// Room for rounding when minutes are passed over: what is this near a limit is computed.
const ROOM: f64 = 1e-6;

/// A time in which an alert of a severity was raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Episode {
    /// How urgent it is.
    pub severity: Severity,
    /// From the minute in which a slot became true to the last before all had fallen.
    pub span: Span,
    /// It is still raised at the end of the time that was looked at.
    pub is_open: bool,
}

/// The episodes of both severities in a time, in order of their beginnings, page before ticket.
///
/// A slot is raised when it becomes true; it falls when its short window has been below the factor
/// for five minutes in a row; while it is frozen it stays as it is. A severity is raised while one
/// of its slots is. What was raised before the time begins is raised in its first minute if a slot
/// is true then.
///
/// Minutes in which a slot cannot but stay as it is are passed over, so a quiet month costs little;
/// the answer is that of looking at each.
///
/// # Errors
///
/// When the minutes of a day that one of the minutes needs are not loaded (see
/// [`crate::required_days`]).
pub fn episodes(
    series: &Series,
    objective: &Objective,
    minutes: Span,
) -> Result<Vec<Episode>, NotLoaded> {
    let replay = Replay::for_slots(series, objective, minutes)?;
    episodes_with(&replay, minutes)
}

/// [`episodes`], of an objective that was made ready.
pub(crate) fn episodes_with(replay: &Replay<'_>, minutes: Span) -> Result<Vec<Episode>, NotLoaded> {
    let mut found = Vec::new();
    for severity in [Severity::Page, Severity::Ticket] {
        let mut raised = SpanSet::new();
        for line in LINES.iter().filter(|line| line.severity == severity) {
            raised.extend(Watch::new(replay, line).raised(minutes)?);
        }
        found.extend(raised.spans().iter().map(|span| Episode {
            severity,
            span: *span,
            is_open: span.until == minutes.until,
        }));
    }
    found.sort_by_key(|episode| (episode.span.after, episode.severity));
    Ok(found)
}

/// How often a raised slot's short window has been below the factor.
#[derive(Clone, Copy, Debug)]
struct Below(u8);

fn after_seeing(raised: Option<Below>, slot: &Slot) -> Option<Below> {
    let is_short_above = slot
        .short
        .rate
        .is_some_and(|rate| is_above(rate, slot.factor));
    match (raised, slot.holds) {
        (_, None) => raised,
        (_, Some(true)) => Some(Below(0)),
        (None, Some(false)) => None,
        (Some(_), Some(false)) if is_short_above => Some(Below(0)),
        (Some(Below(times)), Some(false)) => (times + 1 < BELOW_TIMES).then_some(Below(times + 1)),
    }
}

/// Looks at one slot, minute after minute.
struct Watch<'a> {
    replay: &'a Replay<'a>,
    objective: &'a Objective,
    line: &'a Line,
    /// The lengths of its windows.
    long: i64,
    short: i64,
    factor: f64,
    /// Whether a burn rate is bad over all of what is known in the window.
    is_ratio_of_known: bool,
}

impl<'a> Watch<'a> {
    fn new(replay: &'a Replay<'a>, line: &'a Line) -> Self {
        let objective = replay.objective();
        let windows = burn_windows(&objective.window);
        let (long, short) = (windows[line.long], windows[line.short]);
        Self {
            replay,
            objective,
            line,
            long,
            short,
            factor: line.factor(&objective.window, long),
            is_ratio_of_known: objective.missing_data == MissingData::Ignore,
        }
    }

    /// The spans in which it is raised.
    fn raised(&self, minutes: Span) -> Result<Vec<Span>, NotLoaded> {
        let mut found = Vec::new();
        let mut raised: Option<Below> = None;
        let mut since = minutes.after;
        let mut seen: Option<(Minute, Option<Slot>)> = None;
        let (mut at, mut skip) = (minutes.after, SKIPPED_MAX);
        while at < minutes.until {
            let next = Span::new(at, (at + skip).min(minutes.until));
            let stays = match raised {
                None => self.is_quiet(next)?,
                Some(_) => self.is_loud(next)?,
            };
            if stays {
                raised = raised.map(|_| Below(0));
                at = next.until;
                skip = (skip * 2).min(SKIPPED_MAX);
                continue;
            }
            if skip > 1 {
                skip /= 2;
                continue;
            }
            at = at + 1;
            // Slices change what a slot sees only when one ends.
            let ended = self.objective.grid(at).map(|grid| grid.ended_by(at));
            let slot = match seen {
                Some((when, slot)) if ended == Some(when) => slot,
                _ => self.slot(at, raised)?,
            };
            seen = ended.map(|when| (when, slot));
            let after = slot.and_then(|slot| after_seeing(raised, &slot));
            match (raised, after) {
                (None, Some(_)) => since = at - 1,
                (Some(_), None) => found.push(Span::new(since, at - 1)),
                (None, None) | (Some(_), Some(_)) => {}
            }
            raised = after;
        }
        if raised.is_some() {
            found.push(Span::new(since, minutes.until));
        }
        Ok(found)
    }

    /// The slot at a minute; `None` where it is not raised and its short window alone keeps it so.
    fn slot(&self, at: Minute, raised: Option<Below>) -> Result<Option<Slot>, NotLoaded> {
        let short = self.replay.burn_rate(at, self.short)?;
        let is_short_above = short.rate.is_some_and(|rate| is_above(rate, self.factor));
        if raised.is_none() && !(is_short_above && short.bad >= BAD_EVENTS_MIN) {
            return Ok(None);
        }
        let long = self.replay.burn_rate(at, self.long)?;
        Ok(Some(self.line.slot((long, short), self.objective)))
    }

    /// Whether it is true in no minute of the span.
    fn is_quiet(&self, minutes: Span) -> Result<bool, NotLoaded> {
        Ok(self.has_too_few(minutes)?
            || (self.is_ratio_of_known
                && (self.is_below(minutes, self.short)? || self.is_below(minutes, self.long)?)))
    }

    /// Whether it is not frozen, and its short window above the factor, in every minute of the span.
    fn is_loud(&self, minutes: Span) -> Result<bool, NotLoaded> {
        Ok(self.is_ratio_of_known && self.is_above(minutes)? && self.is_known(minutes)?)
    }

    /// Whether no short window that ends in the span has enough bad events.
    fn has_too_few(&self, minutes: Span) -> Result<bool, NotLoaded> {
        Ok(self.all_of(minutes, self.short)?.sums.bad < BAD_EVENTS_MIN)
    }

    /// Whether all minutes of all long windows that end in the span are known.
    fn is_known(&self, minutes: Span) -> Result<bool, NotLoaded> {
        Ok(self.all_of(minutes, self.long)?.missing() == 0)
    }

    /// What the minutes add up to of all windows of that length that end in the span. Later ones
    /// begin no earlier than the first, also where a period and its slices begin between.
    fn all_of(&self, minutes: Span, window: i64) -> Result<Tally, NotLoaded> {
        let first = minutes.after + 1;
        let grid = self.objective.grid(first);
        let after = burn_span(grid.as_ref(), first, window).after;
        self.tally(Span::new(after, minutes.until))
    }

    fn tally(&self, span: Span) -> Result<Tally, NotLoaded> {
        Tally::of(self.replay.series(), &self.objective.exclusions, span)
    }

    /// Whether every window of that length that ends in the span burns no faster than the factor:
    /// even the bad events of all of them are too few for what is common to all of them.
    fn is_below(&self, minutes: Span, window: i64) -> Result<bool, NotLoaded> {
        let bounds = self.bounds(minutes, window)?;
        Ok(bounds.is_some_and(|bounds| {
            let limit = self.limit(bounds.common_all);
            bounds.union_bad <= limit * (1.0 - ROOM)
        }))
    }

    /// Whether every short window that ends in the span burns faster than the factor: even the bad
    /// events that are common to all of them are too many for what is in any of them.
    fn is_above(&self, minutes: Span) -> Result<bool, NotLoaded> {
        let bounds = self.bounds(minutes, self.short)?;
        Ok(bounds.is_some_and(|bounds| {
            let limit = self.limit(bounds.union_all);
            bounds.common_bad > 0.0 && bounds.common_bad >= limit * (1.0 + ROOM)
        }))
    }

    /// How much of so many may be bad at the factor.
    fn limit(&self, all: f64) -> f64 {
        self.factor * self.objective.target.budget_share() * all
    }

    fn bounds(&self, minutes: Span, window: i64) -> Result<Option<Bounds>, NotLoaded> {
        if self.objective.method == Method::Occurrences {
            let union = Span::new(minutes.after + 1 - window, minutes.until);
            let common = Span::new(minutes.until - window, minutes.after + 1);
            let (union, common) = (self.tally(union)?.sums, self.tally(common)?.sums);
            return Ok(Some(Bounds {
                union_bad: union.bad.as_f64(),
                union_all: union.total.as_f64(),
                common_bad: common.bad.as_f64(),
                common_all: common.total.as_f64(),
            }));
        }
        let (first, last) = (minutes.after + 1, minutes.until);
        let slices = self.replay.slices_at(first, last, window)?;
        let method = self.objective.method;
        Ok(slices.map(|(union, common)| Bounds {
            union_bad: union.bad(method),
            union_all: union.weight(method),
            common_bad: common.bad(method),
            common_all: common.weight(method),
        }))
    }
}

/// What all windows hold together that end in a span, and what each of them holds.
struct Bounds {
    union_bad: f64,
    union_all: f64,
    common_bad: f64,
    common_all: f64,
}
