//! Counting for many ledgers at once, each service's events once.

use tomoni_ledger::{Events, Fact, Marks, Minute, Span};
use tomoni_slo::Part;

use super::plan::{CounterPlan, Plan, RatioPlan};
use crate::prometheus::{ApproximateReason, Observation};
use crate::simulator::{BRIDGE_MS, Happened, Life, World};

/// A ready-made ratio tells nothing of how many events it is made of: a minute counts as sixty.
const EVENTS_OF_A_RATIO: i64 = 60;

/// What was counted for a ledger in each minute of a span that holds the one asked for.
#[derive(Debug)]
pub(super) struct Counted {
    span: Span,
    /// All events.
    total: Vec<i64>,
    /// The part that the other query counts.
    part: Vec<i64>,
    /// Whether anything is known.
    known: Vec<bool>,
}

type Facts = (Vec<Fact>, Vec<Observation>);

/// Counts what plans ask for, in their order; of a plan that counts nothing, nothing.
pub(super) fn count(world: &World, plans: &[Plan], span: Span) -> Vec<Counted> {
    let mut counted: Vec<Counted> = plans.iter().map(|plan| Counted::new(plan, span)).collect();
    let wide = counted.iter().fold(span, |a, b| {
        Span::new(a.after.min(b.span.after), a.until.max(b.span.until))
    });
    for (place, service) in world.services.iter().enumerate() {
        let mut wanted = vec![false; service.classes.len()];
        let mut is_witness = false;
        for [total, part] in plans.iter().filter_map(Plan::sums) {
            is_witness |= total.witnesses.contains(&place);
            let shares = total.shares.iter().chain(&part.shares);
            for share in shares.filter(|share| share.service == place) {
                let pairs = wanted.iter_mut().zip(&share.times);
                pairs.for_each(|(wanted, times)| *wanted |= *times != 0);
            }
        }
        let is_counted = wanted.contains(&true);
        if !is_counted && !is_witness {
            continue;
        }
        let lives = world.lives(service, wide.until.end_ms() + 1);
        let each: Vec<&Life> = lives.iter().collect();
        let observed = world.observed(service, &each, wide, BRIDGE_MS);
        for (plan, counted) in plans.iter().zip(&mut counted) {
            let witnesses = plan.sums().map(|[total, _]| &total.witnesses);
            if witnesses.is_some_and(|witnesses| witnesses.contains(&place)) {
                counted.learn(&observed, wide);
            }
        }
        for part in parts(wide).filter(|_| is_counted) {
            let happened = world.happened_by_class(service, &lives, part, &wanted);
            for (plan, counted) in plans.iter().zip(&mut counted) {
                counted.add(plan, place, &happened, part);
            }
        }
    }
    counted
}

/// A span in parts that are counted one after the other, so that counts stay in the cache.
fn parts(span: Span) -> impl Iterator<Item = Span> {
    const PART_MINUTES: i64 = 2_880;
    let starts = (0..span.len()).step_by(PART_MINUTES as usize);
    starts.map(move |from| {
        let after = span.after + from;
        Span::new(after, (after + PART_MINUTES).min(span.until))
    })
}

impl Counted {
    fn new(plan: &Plan, span: Span) -> Self {
        // Whole steps of a ratio's resolution, so that facts do not depend on how time is cut.
        let span = match plan {
            Plan::Ratio(plan) => {
                let step = plan.resolution_minutes;
                let after = span.after.index().div_euclid(step) * step;
                let until = -(-span.until.index()).div_euclid(step) * step;
                Span::new(Minute::from_index(after), Minute::from_index(until))
            }
            _ => span,
        };
        let minutes = if plan.sums().is_some() {
            span.len() as usize
        } else {
            0
        };
        Self {
            span,
            total: vec![0; minutes],
            part: vec![0; minutes],
            known: vec![false; minutes],
        }
    }

    /// Adds what a service did in a part of the time.
    fn add(&mut self, plan: &Plan, service: usize, happened: &Happened, part: Span) {
        let Some([total, of_part]) = plan.sums() else {
            return;
        };
        let held = part.intersection(self.span);
        if held.is_empty() {
            return;
        }
        let (from, to) = (
            (held.after - part.after) as usize,
            (held.after - self.span.after) as usize,
        );
        for (sum, into) in [(total, &mut self.total), (of_part, &mut self.part)] {
            let Some(share) = sum.shares.iter().find(|share| share.service == service) else {
                continue;
            };
            for (class, times) in share.times.iter().enumerate().filter(|(_, t)| **t != 0) {
                let counts = happened.of_class(class).iter().skip(from);
                let into = into.iter_mut().skip(to).take(held.len() as usize);
                into.zip(counts).for_each(|(sum, n)| *sum += times * n);
            }
        }
    }

    fn learn(&mut self, observed: &[bool], wide: Span) {
        let from = (self.span.after - wide.after) as usize;
        let pairs = self.known.iter_mut().zip(observed.iter().skip(from));
        pairs.for_each(|(known, is_observed)| *known |= is_observed);
    }

    /// Total, part, and whether they are known, minute by minute.
    fn minutes(&self) -> impl Iterator<Item = (i64, i64, bool)> + '_ {
        let counts = self.total.iter().zip(&self.part).zip(&self.known);
        counts.map(|((total, part), known)| (*total, *part, *known))
    }
}

impl CounterPlan {
    pub(super) fn facts(&self, counted: &Counted, span: Span) -> Facts {
        debug_assert_eq!(counted.span, span, "counters are counted as asked");
        let fact = |(total, part, is_known): (i64, i64, bool)| {
            if !is_known {
                return Fact::UNKNOWN;
            }
            if total < 0 || part < 0 {
                return Fact::UNKNOWN.marked(Marks::INVALID);
            }
            let bad = match self.which {
                Part::Bad => part,
                Part::Good => total - part,
            };
            Fact::counted(Events::whole(bad), Events::whole(total))
        };
        let facts: Vec<Fact> = counted.minutes().map(fact).collect();
        let mut observations = marked(&facts);
        observations.extend(self.total.nothing_found());
        observations.extend(self.part.nothing_found());
        (facts, observations)
    }
}

impl RatioPlan {
    pub(super) fn facts(&self, counted: &Counted, span: Span) -> Facts {
        let minutes: Vec<(i64, i64, bool)> = counted.minutes().collect();
        let mut facts = Vec::with_capacity(minutes.len());
        for step in minutes.chunks(self.resolution_minutes as usize) {
            let fact = self.fact(step);
            facts.extend(std::iter::repeat_n(fact, step.len()));
        }
        let from = (span.after - counted.span.after) as usize;
        let facts: Vec<Fact> = facts
            .into_iter()
            .skip(from)
            .take(span.len() as usize)
            .collect();
        let reason = ApproximateReason::ReadyMadeRatio;
        let mut observations = vec![Observation::Approximate { reason }];
        observations.extend(marked(&facts));
        observations.extend(self.lower.nothing_found());
        observations.extend(self.upper.nothing_found());
        (facts, observations)
    }

    /// What the ratio says of each minute of a step.
    fn fact(&self, step: &[(i64, i64, bool)]) -> Fact {
        if !step.iter().all(|(.., is_known)| *is_known) {
            return Fact::UNKNOWN;
        }
        let (lower, upper) = step
            .iter()
            .fold((0, 0), |(lower, upper), (l, u, _)| (lower + l, upper + u));
        let ratio = upper as f64 / lower as f64;
        let bad = if self.rates_success {
            1.0 - ratio
        } else {
            ratio
        };
        let is_sound = ratio.is_finite() && ratio >= 0.0;
        let bad = Some(bad).filter(|_| is_sound);
        match bad.and_then(|bad| Events::nearest(bad * EVENTS_OF_A_RATIO as f64)) {
            Some(bad) => {
                let total = Events::whole(EVENTS_OF_A_RATIO);
                Fact::counted(bad, total).marked(Marks::APPROXIMATE)
            }
            None => Fact::UNKNOWN.marked(Marks::INVALID),
        }
    }
}

/// What is worth telling of facts by their marks.
pub(super) fn marked(facts: &[Fact]) -> Vec<Observation> {
    let minutes = |mark| facts.iter().filter(|fact| fact.marks.has(mark)).count() as u64;
    let mut observations = Vec::new();
    match minutes(Marks::CLAMPED) {
        0 => {}
        minutes => observations.push(Observation::Clamped { minutes }),
    }
    match minutes(Marks::INVALID) {
        0 => {}
        minutes => observations.push(Observation::Invalid { minutes }),
    }
    observations
}
