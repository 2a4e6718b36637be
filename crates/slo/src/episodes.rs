//! When alerts were raised, had every settled minute been looked at (semantics.md, "Alerts": the
//! settled history).

use tomoni_ledger::{Minute, NotLoaded, Series, Span};

use crate::burn::{BURN_WINDOWS, burn_windows};
use crate::objective::{Method, MissingData, Objective};
use crate::replay::Replay;
use crate::slots::{BAD_EVENTS_MIN, LINES, SLOTS, Severity, Slot};
use crate::state::is_above;
use crate::tally::Tally;

/// A slot that is raised falls when its short window has been below the factor so many times.
const BELOW_TIMES: u8 = 5;
/// How many minutes are looked at together at most, to see that nothing can be raised in them.
const SKIPPED_MAX: i64 = 128;
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
/// Minutes in which nothing can be raised are passed over, so a quiet month costs little; the answer
/// is that of looking at each.
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
    let quiet = Quiet::new(series, objective, &replay);
    let mut raised = Raised::default();
    let mut found = Vec::new();
    let mut seen: Option<(Minute, [Slot; SLOTS])> = None;
    let (mut at, mut skip) = (minutes.after, SKIPPED_MAX);
    while at < minutes.until {
        let next = Span::new(at, (at + skip).min(minutes.until));
        if raised.is_nothing() && quiet.throughout(next)? {
            at = next.until;
            skip = (skip * 2).min(SKIPPED_MAX);
            continue;
        }
        if raised.is_nothing() && skip > 1 {
            skip /= 2;
            continue;
        }
        at = at + 1;
        // Slices change what slots see only when one ends.
        let ended = objective.grid(at).map(|grid| grid.ended_by(at));
        let slots = match seen {
            Some((when, slots)) if ended == Some(when) => slots,
            _ => replay.slots(at)?,
        };
        seen = ended.map(|when| (when, slots));
        raised.see(at, &slots, &mut found);
        skip = 1;
    }
    raised.end(minutes.until, &mut found);
    found.sort_by_key(|episode| (episode.span.after, episode.severity));
    Ok(found)
}

/// What is raised at a minute.
#[derive(Debug, Default)]
struct Raised {
    slots: [Option<Below>; SLOTS],
    /// Since after which minute each severity is, page before ticket.
    since: [Option<Minute>; 2],
}

/// How often a raised slot's short window has been below the factor.
#[derive(Clone, Copy, Debug)]
struct Below(u8);

const SEVERITIES: [Severity; 2] = [Severity::Page, Severity::Ticket];

impl Raised {
    fn is_nothing(&self) -> bool {
        self.since == [None, None]
    }

    fn see(&mut self, at: Minute, slots: &[Slot; SLOTS], found: &mut Vec<Episode>) {
        for (raised, slot) in self.slots.iter_mut().zip(slots) {
            *raised = after_seeing(*raised, slot);
        }
        for (severity, since) in SEVERITIES.into_iter().zip(&mut self.since) {
            let mut of_severity = self.slots.iter().zip(&LINES);
            let is_raised =
                of_severity.any(|(raised, line)| raised.is_some() && line.severity == severity);
            match (*since, is_raised) {
                (None, true) => *since = Some(at - 1),
                (Some(after), false) => {
                    *since = None;
                    found.push(Episode {
                        severity,
                        span: Span::new(after, at - 1),
                        is_open: false,
                    });
                }
                (None, false) | (Some(_), true) => {}
            }
        }
    }

    fn end(self, until: Minute, found: &mut Vec<Episode>) {
        for (severity, since) in SEVERITIES.into_iter().zip(self.since) {
            found.extend(since.map(|after| Episode {
                severity,
                span: Span::new(after, until),
                is_open: true,
            }));
        }
    }
}

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

/// Tells that no slot is true in any minute of a span, without looking at each.
struct Quiet<'a> {
    series: &'a Series,
    objective: &'a Objective,
    replay: &'a Replay<'a>,
    windows: [i64; BURN_WINDOWS],
    /// How much further back a burn window may reach than its length.
    reach: i64,
    /// Whether a burn rate is bad over all of what is known in the window.
    is_ratio_of_known: bool,
}

impl<'a> Quiet<'a> {
    fn new(series: &'a Series, objective: &'a Objective, replay: &'a Replay<'a>) -> Self {
        Self {
            series,
            objective,
            replay,
            windows: burn_windows(&objective.window),
            // Whole slices, the last that have ended.
            reach: objective
                .method
                .width_minutes()
                .map_or(0, |width| 2 * width),
            is_ratio_of_known: objective.missing_data == MissingData::Ignore,
        }
    }

    fn throughout(&self, minutes: Span) -> Result<bool, NotLoaded> {
        for line in &LINES {
            let (long, short) = (self.windows[line.long], self.windows[line.short]);
            let factor = line.factor(&self.objective.window, long);
            let is_quiet = self.has_too_few(minutes, short)?
                || (self.is_ratio_of_known
                    && (self.is_below(minutes, short, factor)?
                        || self.is_below(minutes, long, factor)?));
            if !is_quiet {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether no window of that length that ends in the span has enough bad events.
    fn has_too_few(&self, minutes: Span, window: i64) -> Result<bool, NotLoaded> {
        let union = Span::new(minutes.after + 1 - window - self.reach, minutes.until);
        let tally = Tally::of(self.series, &self.objective.exclusions, union)?;
        Ok(tally.sums.bad < BAD_EVENTS_MIN)
    }

    /// Whether every window of that length that ends in the span burns no faster than the factor:
    /// even the bad events of all of them are too few for what is common to all of them.
    fn is_below(&self, minutes: Span, window: i64, factor: f64) -> Result<bool, NotLoaded> {
        let (bad, all) = if self.objective.method == Method::Occurrences {
            let union = Span::new(minutes.after + 1 - window, minutes.until);
            let common = Span::new(minutes.until - window, minutes.after + 1);
            let tally = |span| Tally::of(self.series, &self.objective.exclusions, span);
            let (bad, all) = (tally(union)?.sums.bad, tally(common)?.sums.total);
            (bad.as_f64(), all.as_f64())
        } else {
            let (first, last) = (minutes.after + 1, minutes.until);
            let Some((union, common)) = self.replay.slices_at(first, last, window)? else {
                return Ok(false);
            };
            let method = self.objective.method;
            (union.bad(method), common.weight(method))
        };
        let limit = factor * self.objective.target.budget_share() * all;
        Ok(bad <= limit * (1.0 - ROOM))
    }
}
