//! What the engine remembers of one ledger, and what of it is due.

use tomoni_ledger::{Fact, Marks, Minute, Span, SpanSet};

use crate::catch_up::chunks;
use crate::pace::Pace;

/// What the engine remembers of a ledger. Closed minutes are settled, always.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress {
    pub(crate) wanted: SpanSet,
    pub(crate) settled: SpanSet,
    closed: SpanSet,
    /// Asked for and not yet answered.
    under_way: Vec<Asked>,
    /// Asked for before somebody wanted it anew: the answer says nothing of what is to be read.
    stale: SpanSet,
    /// Answered at this watermark: not asked for again before the watermark moves.
    fresh: SpanSet,
    /// Failed since the last [`Engine::retry`](crate::Engine::retry).
    pub(crate) failed: SpanSet,
    /// The last minute of which the source has told anything.
    heard: Option<Minute>,
    /// The watermark at which the newest question was asked whose answer told of any.
    heard_asked: Option<Minute>,
    /// How many minutes the source tells of at once, where it is more than one.
    step: i64,
    /// Minutes that were unknown because their step lasted.
    unended: SpanSet,
    /// Everything due at this watermark has been asked for, and nothing has happened since.
    is_idle_at: Option<Minute>,
}

/// A read that is under way.
#[derive(Clone, Copy, Debug)]
struct Asked {
    span: Span,
    /// The watermark when it was asked for: what arrives at the source later may not be in it.
    watermark: Minute,
    /// What the source had told by then: what others hear later is no news of this answer.
    heard: Option<Minute>,
}

/// What a harvest brings that is to be kept, what it settles, and what of that it closes.
#[derive(Debug)]
pub(crate) struct Gain {
    pub(crate) facts: Vec<(Minute, Fact)>,
    pub(crate) settled: SpanSet,
    pub(crate) closed: SpanSet,
}

impl Progress {
    /// Somebody needs this span.
    pub(crate) fn want(&mut self, span: Span) {
        self.is_idle_at = None;
        self.wanted.insert(span);
    }

    /// The source tells of so many minutes at once.
    pub(crate) fn set_step(&mut self, minutes: i64) {
        self.step = minutes;
    }

    /// The span is to be read anew, whatever is closed, and whatever is under way.
    pub(crate) fn refill(&mut self, span: Span) {
        self.want(span);
        let under_way = self.under_way.iter();
        self.stale
            .extend(under_way.map(|asked| asked.span.intersection(span)));
        for set in [&mut self.closed, &mut self.fresh, &mut self.failed] {
            set.remove(span);
        }
    }

    /// The watermark has moved: everything may be asked for anew but what failed.
    pub(crate) fn move_on(&mut self) {
        self.fresh = SpanSet::new();
    }

    /// Forgets failures.
    pub(crate) fn retry(&mut self) {
        self.is_idle_at = None;
        self.failed = SpanSet::new();
    }

    /// Takes in what the store already holds.
    pub(crate) fn recall(&mut self, settled: &SpanSet, closed: &SpanSet) {
        self.is_idle_at = None;
        insert_all(&mut self.settled, settled);
        insert_all(&mut self.settled, closed);
        insert_all(&mut self.closed, closed);
    }

    /// A read failed.
    pub(crate) fn fail(&mut self, span: Span) {
        self.stale.remove(span);
        self.answered(span);
        self.failed.insert(span);
    }

    /// A read came back. Its facts are taken for what the source knew when it was asked, not when
    /// the answer arrived: a minute that came of age in between is read once more.
    ///
    /// Three kinds of facts are not kept. What was asked for before a refill is no answer to it, settles
    /// nothing and is read once more. A closed minute stays as it is, also where it was read again
    /// along with its neighbours. And a source that has forgotten (its retention has passed) takes
    /// nothing away: that a settled minute is unknown now is no news of it.
    pub(crate) fn harvest(
        &mut self,
        pace: &Pace,
        watermark: Minute,
        span: Span,
        mut facts: Vec<(Minute, Fact)>,
        partial: bool,
    ) -> Gain {
        let asked = self.answered(span).unwrap_or((watermark, self.heard));
        let watermark = asked.0;
        let heard = facts.iter().rev().find(|(_, fact)| is_heard(*fact));
        let heard = heard.map(|(minute, _)| *minute);
        self.heard = self.heard.max(heard);
        self.heard_asked = self.heard_asked.max(heard.map(|_| watermark));
        let known = if self.heard_asked <= Some(watermark) {
            self.heard
        } else {
            asked.1.max(heard)
        };
        let stale: SpanSet = self.stale.within(span).collect();
        self.stale.remove(span);
        self.failed.remove(span);
        insert_all(&mut self.fresh, &whole(span).difference(&stale));
        self.unended.remove(span);
        self.unended.insert(Span::new(
            heard.unwrap_or(span.after).max(self.last_step(watermark)),
            span.until,
        ));
        facts.retain(|(minute, fact)| {
            !self.closed.contains(*minute)
                && !stale.contains(*minute)
                && (is_heard(*fact) || !self.settled.contains(*minute))
        });

        let settled = until(span, watermark).difference(&stale);
        let closed = if partial {
            SpanSet::new()
        } else {
            let later = Span::new(known.unwrap_or(watermark), watermark);
            let could_tell = self.wanted.within(later).next().is_some();
            until(span, pace.closes_until(watermark, known, could_tell)).difference(&stale)
        };
        insert_all(&mut self.settled, &settled);
        insert_all(&mut self.closed, &closed);
        debug_assert!(self.closed.difference(&self.settled).is_empty());
        Gain {
            facts,
            settled,
            closed,
        }
    }

    /// The end of the last step that was over at this watermark.
    fn last_step(&self, watermark: Minute) -> Minute {
        let into = watermark.index().rem_euclid(self.step.max(1));
        watermark - into
    }

    /// The reads of this span are no longer under way; gives the watermark of the earliest,
    /// and what had been heard by then.
    fn answered(&mut self, span: Span) -> Option<(Minute, Option<Minute>)> {
        let overlaps = |asked: &Asked| !asked.span.intersection(span).is_empty();
        let those = self.under_way.iter().filter(|asked| overlaps(asked));
        let asked = those.map(|asked| (asked.watermark, asked.heard)).min();
        self.under_way.retain(|asked| !overlaps(asked));
        self.is_idle_at = None;
        asked
    }

    /// What is to be read now, in pieces; they are under way from here on.
    pub(crate) fn ask(&mut self, pace: &Pace, watermark: Minute) -> Vec<Span> {
        let mut pieces = Vec::new();
        if self.is_idle_at == Some(watermark) {
            return pieces;
        }
        self.is_idle_at = Some(watermark);
        for span in self.due(pace, watermark) {
            pieces.extend(chunks(span, pace.chunk_days));
        }
        let asked = pieces.iter().map(|span| Asked {
            span: *span,
            watermark,
            heard: self.heard,
        });
        self.under_way.extend(asked);
        pieces
    }

    /// A minute is read when it settles, and once more when it closes.
    fn due(&self, pace: &Pace, watermark: Minute) -> Vec<Span> {
        let closing = watermark - pace.close_minutes;
        let mut due = SpanSet::new();
        for span in self.wanted.spans() {
            let settling = Span::new(span.after, span.until.min(watermark));
            let unsettled = self.settled.gaps(settling);
            let closing = Span::new(span.after, span.until.min(closing));
            let open = self.closed.gaps(closing);
            unsettled
                .into_iter()
                .chain(open)
                .for_each(|s| due.insert(s));
        }
        let ended = self.last_step(watermark);
        for span in self.unended.spans() {
            due.insert(Span::new(span.after, span.until.min(ended)));
        }
        if due.is_empty() {
            return Vec::new();
        }
        let mut taken: SpanSet = self.under_way.iter().map(|asked| asked.span).collect();
        insert_all(&mut taken, &self.fresh);
        insert_all(&mut taken, &self.failed);
        let due = due.difference(&taken);
        self.joined(&due, &taken, pace.join_minutes)
    }

    /// The spans, those that lie close together as one: when all between is wanted and not taken.
    fn joined(&self, due: &SpanSet, taken: &SpanSet, join_minutes: i64) -> Vec<Span> {
        let mut joined: Vec<Span> = Vec::new();
        for span in due.spans() {
            if let Some(last) = joined.last_mut() {
                let between = Span::new(last.until, span.after);
                if between.len() <= join_minutes
                    && self.wanted.gaps(between).is_empty()
                    && taken.within(between).next().is_none()
                {
                    last.until = span.until;
                    continue;
                }
            }
            joined.push(*span);
        }
        joined
    }
}

/// Whether the fact shows that the source had something to say: a value that is no count, too.
fn is_heard(fact: Fact) -> bool {
    fact.counts.is_some() || fact.marks.has(Marks::INVALID)
}

fn until(span: Span, last: Minute) -> SpanSet {
    whole(Span::new(span.after, span.until.min(last)))
}

fn whole(span: Span) -> SpanSet {
    SpanSet::from_iter([span])
}

fn insert_all(set: &mut SpanSet, more: &SpanSet) {
    more.spans().iter().for_each(|span| set.insert(*span));
}
