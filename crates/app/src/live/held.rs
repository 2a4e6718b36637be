//! One ledger in memory.

use std::collections::BTreeSet;
use std::sync::Arc;

use tomoni_engine::Keep;
use tomoni_ledger::{DAY_MINUTES, Day, DayFacts, Events, Fact, Minute, Series, Span, SpanSet};
use tomoni_sources::prometheus::{Harvest, Observation, Want};
use tomoni_store::{Judged, Known};

use super::tracked::Tracked;
use crate::reading::ServerId;
use crate::refresh::{Failure, last_settled};
use crate::servers::Unserved;
use crate::world::{Backfill, QueryCheck};

/// A query has found something when something is known of so many minutes before the watermark.
const RECENT_MINUTES: i64 = 60;
/// How many series that began too large are remembered.
const BIRTHS_MAX: usize = 8;
/// How many failures are remembered.
const FAILURES_MAX: usize = 8;

/// One ledger in memory, and how its reads go.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) want: Arc<Want>,
    pub(super) server: Result<ServerId, Unserved>,
    /// The objectives that are measured by it.
    pub(super) objectives: Vec<Tracked>,
    /// The history that is wanted begins after this minute.
    pub(super) after: Minute,
    /// Answers to reads up to this number are not for it: it was dropped in between.
    pub(super) valid_from: u64,
    /// What the store holds of it is in memory.
    pub(super) is_recalled: bool,
    pub(super) series: Series,
    pub(super) settled: SpanSet,
    pub(super) closed: SpanSet,
    /// Days whose minutes in memory are not those of the store: they are loaded anew.
    pub(super) stale: BTreeSet<Day>,
    /// Minutes that somebody wants written anew, whatever memory says of them.
    pub(super) refilling: SpanSet,
    /// Days whose minutes stay in memory.
    pub(super) needed: BTreeSet<Day>,
    /// How much of its history is still to come.
    pub(super) backfill: Option<Backfill>,
    /// When to look again which days those are.
    pub(super) tended_until: Option<Minute>,
    /// The first minute that has changed since its objectives were measured.
    pub(super) changed_from: Option<Minute>,
    /// The last minute of which something is known.
    pub(super) newest: Option<Minute>,
    pub(super) is_read: bool,
    pub(super) failures: Vec<(Span, Failure)>,
    pub(super) seen: Vec<(Span, Observation)>,
    /// Where the newest read that went well has ended.
    pub(super) seen_until: Option<Minute>,
    /// Failed reads in a row, and when to try again.
    pub(super) failed: u32,
    pub(super) retry_ms: Option<i64>,
}

impl Held {
    pub(super) fn new(
        want: Arc<Want>,
        server: Result<ServerId, Unserved>,
        after: Minute,
        valid_from: u64,
    ) -> Self {
        Self {
            want,
            server,
            objectives: Vec::new(),
            after,
            valid_from,
            is_recalled: false,
            series: Series::new(),
            settled: SpanSet::new(),
            closed: SpanSet::new(),
            stale: BTreeSet::new(),
            refilling: SpanSet::new(),
            needed: BTreeSet::new(),
            backfill: None,
            tended_until: None,
            changed_from: None,
            newest: None,
            is_read: false,
            failures: Vec::new(),
            seen: Vec::new(),
            seen_until: None,
            failed: 0,
            retry_ms: None,
        }
    }

    /// Forgets all that is known of it.
    pub(super) fn begin_anew(&mut self, begun: u64) {
        let mut anew = Self::new(
            Arc::clone(&self.want),
            self.server.clone(),
            self.after,
            begun,
        );
        anew.objectives = std::mem::take(&mut self.objectives);
        anew.series = self.series.emptied();
        anew.changed_from = Some(self.after);
        *self = anew;
    }

    /// Takes in what the store holds. What it calls settled after the watermark, or closed after
    /// what may close, was so by a clock that ran ahead, and is not.
    pub(super) fn recall(
        &mut self,
        (known, judged): &(Known, Judged),
        (watermark, closing): (Minute, Minute),
    ) {
        for (day, totals) in &known.totals {
            self.series.set_totals(*day, *totals);
        }
        let mut days = known.totals.iter().rev();
        let last = days.find(|(_, sums)| sums.known > 0);
        // Which minute of it is the newest stands in its minutes only.
        self.stale.extend(last.map(|(day, _)| *day));
        self.settled = until(&known.settled, watermark);
        self.closed = until(&known.closed, closing);
        self.is_recalled = true;
        self.changed_from = Some(self.series.extent().after);
        if let Some(end) = self.end(watermark) {
            for tracked in &mut self.objectives {
                tracked.recall(judged, &self.series, end);
            }
        }
    }

    /// Whether its counts are pushed, and nobody is asked.
    pub(super) fn is_pushed(&self) -> bool {
        self.want.indicator.pushed().is_some()
    }

    /// Forgets what was settled and closed by a clock that ran ahead.
    pub(super) fn turn_back(&mut self, (watermark, closing): (Minute, Minute)) {
        self.settled = until(&self.settled, watermark);
        self.closed = until(&self.closed, closing);
    }

    /// The minute that figures end at, where there is one.
    pub(super) fn end(&self, watermark: Minute) -> Option<Minute> {
        if self.is_pushed() {
            // Nobody is waited for: what was not pushed by then is unknown.
            return (!self.series.extent().is_empty()).then_some(watermark);
        }
        last_settled(&self.settled, watermark)
    }

    /// How many minutes of its history are still to be read.
    pub(super) fn missing(&self, watermark: Minute) -> i64 {
        if self.server.is_err() || !self.is_recalled {
            return 0;
        }
        let wanted = Span::new(self.after, watermark);
        self.settled.gaps(wanted).iter().map(|gap| gap.len()).sum()
    }

    /// Takes in what is kept from now on, and leaves in it only what is not known to be kept
    /// already: a minute that is read again mostly says the same. A day that is not loaded waits
    /// until the store has it.
    pub(super) fn keep(&mut self, keep: &mut Keep) {
        let known = |(_, fact): &&(Minute, Fact)| fact.counts.is_some();
        let newest = keep.facts.iter().rev().find(known);
        self.newest = self.newest.max(newest.map(|(minute, _)| *minute));
        let is_kept = |(minute, fact): &(Minute, Fact)| {
            !self.refilling.contains(*minute)
                && !self.stale.contains(&minute.day())
                && self.series.fact(*minute) == Ok(*fact)
        };
        keep.facts.retain(|told| !is_kept(told));
        for settled in keep.settled.spans() {
            self.refilling.remove(*settled);
        }
        for of_day in keep.facts.chunk_by(|a, b| a.0.day() == b.0.day()) {
            if let Some((first, _)) = of_day.first() {
                self.put(first.day(), of_day);
            }
        }
        self.settled.extend(keep.settled.spans().iter().copied());
        self.closed.extend(keep.closed.spans().iter().copied());
    }

    fn put(&mut self, day: Day, facts: &[(Minute, Fact)]) {
        if facts.len() as i64 == DAY_MINUTES {
            let mut whole = DayFacts::unknown(day);
            facts
                .iter()
                .for_each(|(minute, fact)| whole.set(*minute, *fact));
            self.stale.remove(&day);
            self.series.load(&whole);
            return self.changed(day.first());
        }
        let is_news = |(minute, fact): &&(Minute, Fact)| self.series.fact(*minute) != Ok(*fact);
        let Some((first, _)) = facts.iter().find(is_news) else {
            return;
        };
        let first = *first;
        if self.series.put(facts).is_err() {
            self.stale.insert(day);
        }
        self.changed(first);
    }

    /// Takes in a day's minutes as the store holds them.
    pub(super) fn load(&mut self, day: &DayFacts) {
        let mut minutes = day.day().span().minutes().zip(day.facts()).rev();
        let newest = minutes.find(|(_, fact)| fact.counts.is_some());
        let newest = newest.map(|(minute, _)| minute);
        self.newest = self.newest.max(newest);
        self.series.load(day);
        if self.stale.remove(&day.day()) {
            self.changed(day.day().first());
        }
    }

    /// Something of this minute has changed.
    pub(super) fn changed(&mut self, minute: Minute) {
        self.changed_from = Some(self.changed_from.map_or(minute, |at| at.min(minute)));
    }

    /// Notes a read that went well. One that has failed is still to be tried again.
    pub(super) fn answered(&mut self, span: Span, harvest: &Harvest) {
        self.is_read = true;
        self.failed = 0;
        self.failures
            .retain(|(failed, _)| failed.intersection(span).is_empty());
        let is_birth = |o: &Observation| matches!(o, Observation::RefusedBirth { .. });
        let births = harvest.observations.iter().filter(|o| is_birth(o));
        if self.seen_until.is_some_and(|until| until > span.until) {
            // Of history only what it says of itself is remembered, not how the source is now.
            self.seen.extend(births.map(|o| (span, o.clone())));
        } else {
            self.seen_until = Some(span.until);
            self.seen.retain(|(_, o)| is_birth(o));
            self.seen
                .extend(harvest.observations.iter().map(|o| (span, o.clone())));
        }
        let births = self.seen.iter().filter(|(_, o)| is_birth(o)).count();
        let mut surplus = births.saturating_sub(BIRTHS_MAX);
        self.seen.retain(|(_, o)| {
            let is_surplus = surplus > 0 && is_birth(o);
            surplus -= usize::from(is_surplus);
            !is_surplus
        });
    }

    /// Notes a read that failed; one reason over many spans is one failure.
    pub(super) fn failed(&mut self, span: Span, failure: Failure) {
        if let Some((known, _)) = self.failures.iter_mut().find(|(_, f)| *f == failure) {
            *known = Span::new(known.after.min(span.after), known.until.max(span.until));
            return;
        }
        self.failures.push((span, failure));
        if self.failures.len() > FAILURES_MAX {
            self.failures.remove(0);
        }
    }

    /// Whether the newest minute is only known to be without traffic because others of its job are
    /// scraped: what was read last found nothing.
    fn is_quiet(&self, newest: Minute) -> bool {
        let is_nothing =
            |(_, o): &(Span, Observation)| matches!(o, Observation::NothingFound { .. });
        let fact = self.series.fact(newest).ok().and_then(|fact| fact.counts);
        fact.is_some_and(|counts| counts.total == Events::ZERO) && self.seen.iter().any(is_nothing)
    }

    /// Whether its query finds anything.
    pub(super) fn check(&self, watermark: Minute) -> QueryCheck {
        if self.is_pushed() {
            return QueryCheck::Pushed {
                newest: self.newest,
            };
        }
        if let Err(why) = &self.server {
            return QueryCheck::Failed {
                error: why.to_string(),
            };
        }
        if let Some((_, failure)) = self.failures.last() {
            return QueryCheck::Failed {
                error: failure.to_string(),
            };
        }
        match self.newest {
            Some(newest) if watermark - newest <= RECENT_MINUTES => {
                if self.is_quiet(newest) {
                    QueryCheck::Quiet { newest }
                } else {
                    QueryCheck::Found { newest }
                }
            }
            last_seen if self.is_read => QueryCheck::Nothing { last_seen },
            _ => QueryCheck::NotYet,
        }
    }
}

fn until(set: &SpanSet, last: Minute) -> SpanSet {
    let spans = set.spans().iter();
    spans
        .map(|span| Span::new(span.after, span.until.min(last)))
        .collect()
}

#[cfg(test)]
mod tests {
    use tomoni_slo::{Generation, Indicator, LedgerKey};

    use super::*;

    #[test]
    fn history_in_which_nothing_was_yet_says_nothing_of_today() {
        let key = LedgerKey {
            generation: Generation::from_bits(1),
            threshold: None,
        };
        let want = Want {
            key: key.clone(),
            indicator: Indicator::Pushed {
                sli: "any".to_owned(),
            },
            resolution_minutes: 1,
        };
        let now = Minute::from_index(29_000_000);
        let server = Err(Unserved::NotConfigured);
        let mut held = Held::new(Arc::new(want), server, now - 600, 0);
        let harvest = |observations| Harvest {
            key: key.clone(),
            facts: Vec::new(),
            observations,
        };
        let nothing = Observation::NothingFound {
            query: "up".to_owned(),
        };
        held.answered(Span::ending_at(now, 60), &harvest(Vec::new()));
        held.answered(
            Span::ending_at(now - 60, 60),
            &harvest(vec![nothing.clone()]),
        );
        assert_eq!(held.seen, []);
        held.answered(Span::ending_at(now + 1, 1), &harvest(vec![nothing]));
        assert_eq!(held.seen.len(), 1);
    }
}
