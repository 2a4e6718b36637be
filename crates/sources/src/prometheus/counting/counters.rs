//! Counting events from counters, to the event.
//!
//! The rules are semantics.md's ("Counting from a Prometheus-compatible server", 1 and 2), with
//! refinements for births. A series is born with a value above zero when its process counted before
//! the first scrape saw it. It counts from zero where a *witness* shows that we were looking before.
//!
//! - semantics.md lets only series of the same selector be witnesses. Then the first errors of a
//!   service that has never failed before would be lost from `bad`, though they are counted in
//!   `total`: the series `{code="500"}` has no sibling. So series of the SLI's total selector are
//!   witnesses too.
//! - semantics.md wants one sample in the five minutes before. Then, where a history begins, the
//!   second target that is scraped would count all that it ever counted, beside the first. So a
//!   witness must have been scraped three times before, in the hour in which predecessors count.
//! - semantics.md judges each born value by itself. Then, where a target gets another label, its
//!   successes would be refused and its few failures counted. So what is born in one scrape is also
//!   judged together.

use std::collections::HashMap;

use tomoni_ledger::{Events, Fact, MINUTE_MS, Marks, Minute, PARTS, Span};
use tomoni_slo::Part;

use super::tally::{Refused, Tally, usual_interval_ms};
use super::{BRIDGE_MS, DEATH_MS, HOUR_MS, IMPLAUSIBLE, PREDECESSOR_MS, Sample, WITNESSED};

/// One selector's series, and whether it is taken away.
#[derive(Debug)]
pub(in super::super) struct Term<'a> {
    pub(in super::super) negative: bool,
    /// The series' samples, each in order of time.
    pub(in super::super) tapes: Vec<&'a [Sample]>,
}

/// A ratio of counters, of which each minute is to be counted.
#[derive(Debug)]
pub(in super::super) struct Claim<'a> {
    /// All events; these series decide what is known.
    pub(in super::super) total: Vec<Term<'a>>,
    /// Good or bad events.
    pub(in super::super) part: Vec<Term<'a>>,
    /// Which of the two.
    pub(in super::super) part_is: Part,
}

/// What the samples say about each minute of a span, in order; and what was met.
#[derive(Debug)]
pub(in super::super) struct Count {
    pub(in super::super) minutes: Vec<Counted>,
    pub(in super::super) tally: Tally,
}

/// What the samples say about a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Counted {
    /// The minute's counts, as far as they are known.
    fact: Fact,
    pub(in super::super) knowledge: Knowledge,
}

/// Whether a minute is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Knowledge {
    /// The total's series tell.
    Known,
    /// The total's series are absent. Whether nothing happened or nobody knows is told by other
    /// series of the job.
    Absent,
    /// A sample was no count.
    Invalid,
}

impl Counted {
    /// The minute's fact, where `is_job_present` tells of absent minutes whether other series of
    /// the job have samples.
    pub(in super::super) fn fact(self, is_job_present: bool) -> Fact {
        match self.knowledge {
            Knowledge::Known => self.fact,
            Knowledge::Absent if is_job_present => self.fact,
            Knowledge::Absent => Fact::UNKNOWN,
            Knowledge::Invalid => Fact::UNKNOWN.marked(Marks::INVALID),
        }
    }
}

/// Counts each minute of the span.
pub(in super::super) fn count(claim: &Claim<'_>, span: Span) -> Count {
    let mut fold = Fold::new(claim, span);
    for (index, term) in claim.total.iter().chain(&claim.part).enumerate() {
        fold.walk_term(index, term, index < claim.total.len());
    }
    fold.settle_births();
    fold.finish()
}

/// A series' first sample, or the first after an hour without any.
struct Birth {
    term: usize,
    tape: usize,
    at_ms: i64,
    value: f64,
}

/// What is known of a minute while counting. Events are in parts; sums cannot overflow an `i128`.
#[derive(Clone, Copy, Default)]
struct Bin {
    total: i128,
    part: i128,
    is_known: bool,
    is_invalid: bool,
}

struct Fold<'a> {
    claim: &'a Claim<'a>,
    span: Span,
    /// The span and the hour before it, in which only `total` is summed.
    reach: Span,
    bins: Vec<Bin>,
    births: Vec<Birth>,
    tally: Tally,
}

impl<'a> Fold<'a> {
    fn new(claim: &'a Claim<'a>, span: Span) -> Self {
        let reach = Span::new(span.after - HOUR_MS / MINUTE_MS, span.until);
        Self {
            claim,
            span,
            reach,
            bins: vec![Bin::default(); reach.len() as usize],
            births: Vec::new(),
            tally: Tally::default(),
        }
    }

    fn bin(&mut self, minute: Minute) -> Option<&mut Bin> {
        let at = usize::try_from(minute - self.reach.after - 1).ok()?;
        self.bins.get_mut(at)
    }

    fn walk_term(&mut self, index: usize, term: &Term<'_>, is_total: bool) {
        for (tape_index, tape) in term.tapes.iter().enumerate() {
            self.walk_tape((index, tape_index), tape, term.negative, is_total);
        }
    }

    /// Goes through one series' samples in order of time.
    fn walk_tape(
        &mut self,
        place: (usize, usize),
        tape: &[Sample],
        negative: bool,
        is_total: bool,
    ) {
        let mut before: Option<Sample> = None;
        let mut counted_before: Option<Sample> = None;
        for sample in tape {
            let minute = Minute::holding_ms(sample.at_ms);
            if is_total {
                self.see(before, minute, sample.at_ms);
                self.watch(before, sample.at_ms);
            }
            if minute > self.span.until {
                break;
            }
            before = Some(*sample);
            if sample.is_count() {
                self.take(place, counted_before, sample, negative, is_total);
                counted_before = Some(*sample);
            } else if let Some(bin) = self.bin(minute) {
                bin.is_invalid = true;
            }
        }
        if let Some(last) = tape.last().filter(|_| is_total) {
            self.mourn(last.at_ms);
        }
    }

    /// A sample of the total: its minute is known, and those between it and the one before.
    fn see(&mut self, before: Option<Sample>, minute: Minute, at_ms: i64) {
        self.bridge(before, minute, at_ms);
        if let Some(bin) = self.bin(minute) {
            bin.is_known = true;
        }
    }

    fn bridge(&mut self, before: Option<Sample>, minute: Minute, at_ms: i64) {
        let Some(before) = before.filter(|b| at_ms - b.at_ms <= BRIDGE_MS) else {
            return;
        };
        for between in Span::new(Minute::holding_ms(before.at_ms), minute - 1).minutes() {
            if let Some(bin) = self.bin(between) {
                bin.is_known = true;
            }
        }
    }

    /// A valid sample: what it adds to its predecessor belongs to its minute.
    fn take(
        &mut self,
        (term, tape): (usize, usize),
        before: Option<Sample>,
        sample: &Sample,
        negative: bool,
        is_total: bool,
    ) {
        let minute = Minute::holding_ms(sample.at_ms);
        let is_inside = self.span.contains(minute);
        match delta(before, sample) {
            Some(added) => {
                let is_reset = before.is_some_and(|b| sample.value < b.value);
                self.tally.resets += i64::from(is_inside && is_reset && is_total);
                self.add(minute, added, negative, is_total);
            }
            None if is_inside => {
                self.tally.births += i64::from(is_total);
                let (at_ms, value) = (sample.at_ms, sample.value);
                self.births.push(Birth {
                    term,
                    tape,
                    at_ms,
                    value,
                });
            }
            None => {}
        }
    }

    fn add(&mut self, minute: Minute, events: Events, negative: bool, is_total: bool) {
        let parts = i128::from(events.parts());
        let signed = if negative { -parts } else { parts };
        if let Some(bin) = self.bin(minute) {
            if is_total {
                bin.total += signed;
            } else {
                bin.part += signed;
            }
        }
    }

    /// A series' next sample: had it been away for long, it was taken for dead.
    fn watch(&mut self, before: Option<Sample>, at_ms: i64) {
        let Some(before) = before.filter(|b| at_ms - b.at_ms > DEATH_MS) else {
            return;
        };
        self.mourn(before.at_ms);
        let is_back = at_ms - before.at_ms <= PREDECESSOR_MS;
        let is_inside = self.span.contains(Minute::holding_ms(at_ms));
        self.tally.deaths -= i64::from(is_back && is_inside);
    }

    /// A series' last sample for a long time.
    fn mourn(&mut self, last_ms: i64) {
        let noticed = Minute::holding_ms(last_ms + DEATH_MS);
        self.tally.deaths += i64::from(self.span.contains(noticed));
    }

    /// Decides what born series count for, now that the hours before are summed.
    fn settle_births(&mut self) {
        let births = std::mem::take(&mut self.births);
        // Many series are born in one scrape; what holds for its time holds for all of them.
        let mut witnessed: HashMap<(usize, i64), bool> = HashMap::new();
        let mut hours: HashMap<i64, f64> = HashMap::new();
        let together = self.born_together(&births);
        let mut added = Vec::new();
        for birth in births {
            let place = (birth.term, birth.at_ms);
            if !*witnessed
                .entry(place)
                .or_insert_with(|| self.is_witnessed(&birth))
            {
                continue;
            }
            let hour_before = *hours
                .entry(birth.at_ms)
                .or_insert_with(|| self.hour_before(birth.at_ms) as f64 / PARTS as f64);
            let all = together.get(&birth.at_ms).copied().unwrap_or(0.0);
            if birth.value.max(all) > IMPLAUSIBLE * hour_before.max(1.0) {
                self.tally.refused.push(Refused {
                    term: birth.term,
                    tape: birth.tape,
                    minute: Minute::holding_ms(birth.at_ms),
                    value: birth.value,
                    hour_before,
                });
            } else {
                added.push(birth);
            }
        }
        // Only now: a birth does not count towards the hour of a later one.
        for birth in added {
            let is_total = birth.term < self.claim.total.len();
            let negative = self.is_negative(birth.term);
            let minute = Minute::holding_ms(birth.at_ms);
            self.add(minute, events(birth.value), negative, is_total);
        }
    }

    /// What the total's born series add up to, scrape by scrape. A target that got another label
    /// shows all that it ever counted as if it were new: its few failures alone would look like
    /// traffic, and only beside its successes do they not.
    fn born_together(&self, births: &[Birth]) -> HashMap<i64, f64> {
        let mut together = HashMap::new();
        for birth in births.iter().filter(|b| b.term < self.claim.total.len()) {
            let sign = if self.is_negative(birth.term) {
                -1.0
            } else {
                1.0
            };
            *together.entry(birth.at_ms).or_default() += sign * birth.value;
        }
        together
    }

    fn is_negative(&self, term: usize) -> bool {
        self.term(term).is_some_and(|term| term.negative)
    }

    fn term(&self, index: usize) -> Option<&'a Term<'a>> {
        let claim = self.claim;
        claim.total.iter().chain(&claim.part).nth(index)
    }

    /// Whether we were looking before the birth: a series of its selector or of the total had been
    /// scraped several times.
    fn is_witnessed(&self, birth: &Birth) -> bool {
        let own = self.term(birth.term);
        let (from_ms, until_ms) = (birth.at_ms - HOUR_MS, birth.at_ms);
        let is_witness = |tape: &&[Sample]| {
            let mut before = within(tape, from_ms, until_ms)
                .iter()
                .filter(|s| s.is_count());
            before.nth(WITNESSED - 1).is_some()
        };
        let mut looking = own
            .into_iter()
            .chain(&self.claim.total)
            .flat_map(|term| &term.tapes);
        looking.any(is_witness)
    }

    /// The total's events in the hour before an instant, births aside, in parts: the minutes that
    /// lie in it as a whole, and the pieces at its ends.
    fn hour_before(&self, at_ms: i64) -> i128 {
        let from_ms = at_ms - HOUR_MS;
        let (first, last) = (Minute::holding_ms(from_ms), Minute::holding_ms(at_ms));
        let whole: i128 = Span::new(first, last - 1)
            .minutes()
            .filter_map(|m| {
                self.bins
                    .get(usize::try_from(m - self.reach.after - 1).ok()?)
            })
            .map(|bin| bin.total)
            .sum();
        whole + self.piece(from_ms, first.end_ms() + 1) + self.piece((last - 1).end_ms() + 1, at_ms)
    }

    /// The total's events in `[from_ms, until_ms)`, births aside, in parts.
    fn piece(&self, from_ms: i64, until_ms: i64) -> i128 {
        let mut sum = 0;
        for term in &self.claim.total {
            for tape in &term.tapes {
                let from = tape.partition_point(|s| s.at_ms < from_ms);
                let until = tape.partition_point(|s| s.at_ms < until_ms);
                let mut before = tape[..from].iter().rev().find(|s| s.is_count()).copied();
                for sample in tape[from..until.max(from)].iter().filter(|s| s.is_count()) {
                    let parts = delta(before, sample).map_or(0, |e| i128::from(e.parts()));
                    sum += if term.negative { -parts } else { parts };
                    before = Some(*sample);
                }
            }
        }
        sum
    }

    fn finish(mut self) -> Count {
        let skipped = (self.span.after - self.reach.after) as usize;
        let part_is = self.claim.part_is;
        let minutes: Vec<Counted> = self
            .bins
            .iter()
            .skip(skipped)
            .map(|bin| counted(bin, part_is))
            .collect();
        let tapes = self
            .claim
            .total
            .iter()
            .flat_map(|term| term.tapes.iter().copied());
        self.tally.interval_ms = usual_interval_ms(tapes);
        Count {
            minutes,
            tally: self.tally,
        }
    }
}

fn counted(bin: &Bin, part_is: Part) -> Counted {
    let bad = match part_is {
        Part::Bad => bin.part,
        Part::Good => bin.total - bin.part,
    };
    let (Some(bad), Some(total)) = (countable(bad), countable(bin.total)) else {
        return Counted {
            fact: Fact::UNKNOWN,
            knowledge: Knowledge::Invalid,
        };
    };
    let knowledge = match (bin.is_invalid, bin.is_known) {
        (true, _) => Knowledge::Invalid,
        (false, true) => Knowledge::Known,
        (false, false) => Knowledge::Absent,
    };
    Counted {
        fact: clamped(bad, total),
        knowledge,
    }
}

/// As [`Fact::counted`], where a total below zero (a difference whose right side is larger) is a
/// clamp too.
fn clamped(bad: Events, total: Events) -> Fact {
    let fact = Fact::counted(bad, total);
    if total < Events::ZERO {
        fact.marked(Marks::CLAMPED)
    } else {
        fact
    }
}

/// Events of a minute; `None` beyond seventy billion: no traffic, and months of it could not be
/// summed.
fn countable(parts: i128) -> Option<Events> {
    const PARTS_MAX: i128 = (1 << 36) * PARTS as i128;
    (-PARTS_MAX..=PARTS_MAX)
        .contains(&parts)
        .then_some(Events::from_parts(parts as i64))
}

/// What a sample adds to its predecessor: their difference, or after a drop (a reset) the whole new
/// value. `None` without a predecessor.
fn delta(before: Option<Sample>, sample: &Sample) -> Option<Events> {
    let before = before.filter(|b| sample.at_ms - b.at_ms <= PREDECESSOR_MS)?;
    let is_reset = sample.value < before.value;
    Some(events(if is_reset {
        sample.value
    } else {
        sample.value - before.value
    }))
}

/// As parts of events. Whole counts stay exact; a fraction (a counter of seconds) is rounded to
/// 1/1024, each delta by itself, so that no sum depends on its order.
fn events(count: f64) -> Events {
    Events::nearest(count).unwrap_or(Events::ZERO)
}

/// The samples in `[from_ms, until_ms)`.
fn within(tape: &[Sample], from_ms: i64, until_ms: i64) -> &[Sample] {
    let from = tape.partition_point(|s| s.at_ms < from_ms);
    let until = tape.partition_point(|s| s.at_ms < until_ms);
    tape.get(from..until).unwrap_or_default()
}
