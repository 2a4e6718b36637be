//! Which events happen, and when: the truth that metrics then show more or less of.

use tomoni_ledger::{Counts, Events, MINUTE_MS, Minute};

use super::life::Life;
use super::noise::Noise;
use super::world::{Class, Service, World};

/// The events of one class at one pod during one minute: how many, and where in the minute.
///
/// They come evenly spaced with a phase by chance; the i-th happens at the first millisecond `o`
/// of the minute with `n·o + phase >= i·60000`. So the count up to any millisecond is one division.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beat {
    pub(super) n: i64,
    phase: i64,
}

impl Beat {
    /// Events within the first `past_ms` milliseconds of the minute, `0..=60000`.
    pub(super) const fn by(self, past_ms: i64) -> i64 {
        (self.n * past_ms + self.phase) / MINUTE_MS
    }
}

/// The noise of a class of events at a pod.
pub(super) fn stream(world: &World, service: &Service, slot: usize, class: usize) -> Noise {
    world
        .noise(service)
        .named("events")
        .branch(slot as u64)
        .branch(class as u64)
}

fn beat(service: &Service, class: &Class, stream: Noise, minute: Minute) -> Beat {
    let expected = service.expected(class, minute) / service.pods as f64;
    Beat::drawn(stream, minute, expected)
}

impl Beat {
    /// The beat of a minute in which one pod is expected to have so many events of the class.
    pub(super) fn drawn(stream: Noise, minute: Minute, expected: f64) -> Self {
        let noise = stream.branch(minute.index() as u64);
        Self {
            n: noise.count(expected),
            phase: noise.branch(1).between(0, MINUTE_MS),
        }
    }
}

impl World {
    /// The events that truly happened in a minute in the classes that `chosen` picks, whether any
    /// scrape saw them or not. `lives` are the service's ([`World::lives`]).
    pub fn happened(
        &self,
        service: &Service,
        lives: &[Life],
        minute: Minute,
        chosen: impl Fn(&Class) -> bool,
    ) -> i64 {
        let (start, end) = (minute.end_ms() - MINUTE_MS, minute.end_ms());
        let mut sum = 0;
        for life in lives {
            let (from, until) = (life.served_ms.0.max(start), life.served_ms.1.min(end));
            if from >= until {
                continue;
            }
            for (i, class) in service
                .classes
                .iter()
                .enumerate()
                .filter(|(_, c)| chosen(c))
            {
                let beat = beat(service, class, stream(self, service, life.slot, i), minute);
                sum += beat.by(until - start) - beat.by(from - start);
            }
        }
        sum
    }

    /// The truth of a minute as the ledger's counts: all events, and those that `bad` picks.
    pub fn truth(
        &self,
        service: &Service,
        lives: &[Life],
        minute: Minute,
        bad: impl Fn(&Class) -> bool,
    ) -> Counts {
        let (bad, total) = (
            self.happened(service, lives, minute, bad),
            self.happened(service, lives, minute, |_| true),
        );
        Counts {
            bad: Events::whole(bad),
            total: Events::whole(total),
        }
    }
}

/// The counters inside one process: events of each class since it began to serve.
///
/// Remembers how far it has counted, so that asking in order of time is cheap; asking for an
/// earlier time counts again from the start and answers the same.
#[derive(Clone, Debug)]
pub struct Meter {
    streams: Vec<Noise>,
    served_ms: (i64, i64),
    /// The minute that `beats` are of; everything before it is in `counted`.
    minute: Minute,
    counted: Vec<i64>,
    beats: Vec<Beat>,
}

impl Meter {
    /// The counters of a process of this service.
    pub fn new(world: &World, service: &Service, life: &Life) -> Self {
        let classes = 0..service.classes.len();
        let streams = classes
            .map(|class| stream(world, service, life.slot, class))
            .collect();
        let served_ms = life.served_ms;
        let minute = Minute::holding_ms(served_ms.0 + 1);
        let mut meter = Self {
            streams,
            served_ms,
            minute,
            counted: Vec::new(),
            beats: Vec::new(),
        };
        meter.rewind(service);
        meter
    }

    /// The counters at an instant, in the order of the service's classes.
    pub fn at(&mut self, service: &Service, at_ms: i64) -> Vec<i64> {
        let at_ms = at_ms.clamp(self.served_ms.0, self.served_ms.1);
        // Nothing has happened by the very moment at which it begins to serve.
        let minute = Minute::holding_ms(at_ms.max(self.served_ms.0 + 1));
        if minute < self.minute {
            self.rewind(service);
        }
        while self.minute < minute {
            for (counted, beat) in self.counted.iter_mut().zip(&self.beats) {
                *counted += beat.n;
            }
            self.turn_to(service, self.minute + 1);
        }
        let past_ms = at_ms - (minute.end_ms() - MINUTE_MS);
        self.counted
            .iter()
            .zip(&self.beats)
            .map(|(sum, beat)| sum + beat.by(past_ms))
            .collect()
    }

    fn rewind(&mut self, service: &Service) {
        let minute = Minute::holding_ms(self.served_ms.0 + 1);
        self.turn_to(service, minute);
        let past_ms = self.served_ms.0 - (minute.end_ms() - MINUTE_MS);
        // What happened in this minute before it served is not its own.
        self.counted = self.beats.iter().map(|beat| -beat.by(past_ms)).collect();
    }

    fn turn_to(&mut self, service: &Service, minute: Minute) {
        self.minute = minute;
        let streams = self.streams.iter().zip(&service.classes);
        self.beats = streams
            .map(|(noise, class)| beat(service, class, *noise, minute))
            .collect();
    }
}
