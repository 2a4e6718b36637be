//! What happened, minute by minute, for many minutes at once.
//!
//! [`World::happened`] answers for one minute and any choice of classes; here each class's count in
//! each minute is drawn once, so that months of a world can be counted while somebody waits. The
//! two say the same to the event, which a test holds.

use tomoni_ledger::{MINUTE_MS, Minute, Span};

use super::events::{Beat, stream};
use super::exposition::sensor;
use super::life::Life;
use super::world::{Disturbance, Family, Pulse, Service, World};

/// How long nothing can be scraped before its minutes are unknown: as long as two samples of a
/// counter may lie apart.
pub const BRIDGE_MS: i64 = 150_000;

/// The events of a service's classes in each minute of a span.
#[derive(Clone, Debug)]
pub struct Happened {
    classes: usize,
    /// By class, then by minute.
    counts: Vec<i64>,
}

impl Happened {
    /// The counts of a class in each minute, in order; all zero where it was not asked for.
    pub fn of_class(&self, class: usize) -> &[i64] {
        let minutes = self.counts.len() / self.classes.max(1);
        let from = class * minutes;
        self.counts.get(from..from + minutes).unwrap_or_default()
    }
}

/// Part of a minute in which a pod served, in milliseconds from the minute's start.
struct Piece {
    minute: Minute,
    from_ms: i64,
    until_ms: i64,
}

impl World {
    /// The events that truly happened in each minute of a span, by class, of those classes for
    /// which `wanted` says so. `lives` are the service's ([`World::lives`]).
    pub fn happened_by_class(
        &self,
        service: &Service,
        lives: &[Life],
        span: Span,
        wanted: &[bool],
    ) -> Happened {
        let (minutes, classes) = (span.len() as usize, service.classes.len());
        let mut counts = vec![0_i64; minutes * classes];
        let pulses = pulses(service, span);
        let served: Vec<_> = (0..service.pods)
            .map(|slot| served(lives, slot, span))
            .collect();
        let mut expected = Vec::with_capacity(minutes);
        for (i, class) in service.classes.iter().enumerate() {
            if !wanted.get(i).is_some_and(|is_wanted| *is_wanted) {
                continue;
            }
            let weight = service.weight_of(class.outcome);
            let place = |minute: Minute| (minute - span.after - 1) as usize;
            let of_pod = |pulse: &Pulse| pulse.expected(class, weight) / service.pods as f64;
            expected.clear();
            expected.extend(pulses.iter().map(of_pod));
            let counts = &mut counts[i * minutes..(i + 1) * minutes];
            for (slot, (whole, pieces)) in served.iter().enumerate() {
                let stream = stream(self, service, slot, i);
                for minute in whole.iter().flat_map(|span| span.minutes()) {
                    let at = place(minute);
                    counts[at] += stream.branch(minute.index() as u64).count(expected[at]);
                }
                for piece in pieces {
                    let at = place(piece.minute);
                    let beat = Beat::drawn(stream, piece.minute, expected[at]);
                    counts[at] += beat.by(piece.until_ms) - beat.by(piece.from_ms);
                }
            }
        }
        Happened { classes, counts }
    }

    /// Which minutes of a span an untiring scraper of these processes would know something of: all
    /// but those within a time, longer than `bridge_ms`, in which none of them could be reached.
    pub fn observed(
        &self,
        service: &Service,
        lives: &[&Life],
        span: Span,
        bridge_ms: i64,
    ) -> Vec<bool> {
        let mut observed = vec![true; span.len() as usize];
        for (from_ms, until_ms) in self.unobserved_ms(service, lives, span) {
            if until_ms - from_ms <= bridge_ms {
                continue;
            }
            // Minutes that lie wholly within.
            let after = Minute::holding_ms(from_ms);
            let within = Span::new(after, Minute::ended_by_ms(until_ms)).intersection(span);
            for minute in within.minutes() {
                observed[(minute - span.after - 1) as usize] = false;
            }
        }
        observed
    }

    /// When none of these processes could be scraped, around a span; in order, apart.
    fn unobserved_ms(&self, service: &Service, lives: &[&Life], span: Span) -> Vec<(i64, i64)> {
        const BLOCK_MS: i64 = 10 * MINUTE_MS;
        // An hour on both sides, so that a gap's length does not depend on how time is cut.
        let (from_ms, until_ms) = (
            span.after.end_ms() - 3_600_000,
            span.until.end_ms() + 3_600_000,
        );
        let mut gaps = vec![];
        let mut up: Vec<(i64, i64)> = lives.iter().map(|life| life.up_ms).collect();
        up.sort_unstable();
        let mut reached = i64::MIN;
        for (start_ms, end_ms) in up {
            if start_ms > reached {
                gaps.push((reached, start_ms));
            }
            reached = reached.max(end_ms);
        }
        gaps.push((reached, i64::MAX));
        let noise = self.noise(service).named("unreachable");
        if service.unreachable > 0.0 {
            let blocks = from_ms.div_euclid(BLOCK_MS)..=until_ms.div_euclid(BLOCK_MS);
            let cut_off = blocks.filter(|b| noise.branch(*b as u64).chance(service.unreachable));
            gaps.extend(cut_off.map(|block| (block * BLOCK_MS, (block + 1) * BLOCK_MS)));
        }
        gaps.extend(&self.unscraped_ms);
        let inside = |(a, b): (i64, i64)| (a.max(from_ms), b.min(until_ms));
        merged(
            gaps.into_iter()
                .map(inside)
                .filter(|(a, b)| a < b)
                .collect(),
        )
    }

    /// What a pod's sensor reads in each minute of a span, whether anybody hears it or not; empty
    /// when the family is none of readings.
    pub fn readings(
        &self,
        service: &Service,
        family: &Family,
        slot: usize,
        span: Span,
    ) -> Vec<f64> {
        let noise = sensor(self.noise(service), slot);
        let pulses = pulses(service, span);
        let each = span.minutes().zip(&pulses);
        each.filter_map(|(minute, pulse)| family.kind.reading(pulse.failing, noise, minute))
            .collect()
    }
}

/// How a service goes in each minute of a span.
fn pulses(service: &Service, span: Span) -> Vec<Pulse> {
    let mut pulses = Vec::with_capacity(span.len() as usize);
    for day in span.days() {
        let part = day.span().intersection(span);
        let held = |d: &&Disturbance| !d.span.intersection(part).is_empty();
        let held: Vec<Disturbance> = service.disturbances.iter().filter(held).copied().collect();
        pulses.extend(part.minutes().map(|minute| service.pulse(minute, &held)));
    }
    pulses
}

/// When a pod served within a span: whole minutes, and parts of minutes.
fn served(lives: &[Life], slot: usize, span: Span) -> (Vec<Span>, Vec<Piece>) {
    let (mut whole, mut pieces) = (Vec::new(), Vec::new());
    let (start_ms, end_ms) = (span.after.end_ms(), span.until.end_ms());
    for life in lives.iter().filter(|life| life.slot == slot) {
        let (from_ms, until_ms) = (life.served_ms.0.max(start_ms), life.served_ms.1.min(end_ms));
        if from_ms >= until_ms {
            continue;
        }
        let (first, last) = (Minute::holding_ms(from_ms), Minute::ended_by_ms(until_ms));
        let piece = |minute: Minute, from_ms: i64, until_ms: i64| {
            let start_ms = minute.end_ms() - MINUTE_MS;
            Piece {
                minute,
                from_ms: from_ms - start_ms,
                until_ms: until_ms - start_ms,
            }
        };
        if last < first {
            // Within one minute.
            pieces.push(piece(first, from_ms, until_ms));
            continue;
        }
        if from_ms < first.end_ms() {
            pieces.push(piece(first, from_ms, first.end_ms()));
        }
        if last.end_ms() < until_ms {
            pieces.push(piece(last + 1, last.end_ms(), until_ms));
        }
        whole.push(Span::new(first, last));
    }
    (whole, pieces)
}

/// Spans of time that overlap or touch, made one.
fn merged(mut spans: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    spans.sort_unstable();
    let mut apart: Vec<(i64, i64)> = Vec::new();
    for (from, until) in spans {
        match apart.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(until),
            _ => apart.push((from, until)),
        }
    }
    apart
}
