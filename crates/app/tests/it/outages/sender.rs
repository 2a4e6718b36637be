//! Two devices that push what they count, until each batch is acknowledged.

use std::collections::VecDeque;
use std::sync::Mutex;

use tomoni_app::live::Handle;
use tomoni_app::push::{Batch, Count, Done, PushError};
use tomoni_ledger::{Events, Fact, Minute};

use super::weather::{Chance, Injected, Weather, mixed};

/// The name under which is pushed.
const SLI: &str = "firmware";
const DEVICES: i64 = 2;
/// How many minutes a batch has.
const BATCH_MINUTES: i64 = 10;
/// So many batches go into one body at most, and so many bodies into one tick.
const BODY_BATCHES_MAX: usize = 100;
const BODIES_MAX: usize = 8;
/// So many acknowledged batches may be sent again.
const SENT_MAX: usize = 50;

/// What both devices send.
#[derive(Debug)]
pub(super) struct Sender {
    /// The last minute of the newest batch that was made.
    made: Minute,
    waiting: VecDeque<Batch>,
    sent: VecDeque<Batch>,
    /// How batches and answers get lost; `None` loses nothing.
    pub(super) chance: Option<Chance>,
}

/// What a device counted in a minute.
fn counted(device: i64, minute: Minute) -> (i64, i64) {
    let bits = mixed(mixed(minute.index() as u64) ^ device as u64);
    let total = (bits >> 8) % 50;
    let bad = if bits.is_multiple_of(7) { total / 3 } else { 0 };
    (bad as i64, total as i64)
}

/// What all devices counted in a minute.
pub(super) fn truth(minute: Minute) -> Fact {
    let counts = (0..DEVICES).map(|device| counted(device, minute));
    let (bad, total) = counts.fold((0, 0), |(a, b), (bad, total)| (a + bad, b + total));
    Fact::counted(Events::whole(bad), Events::whole(total))
}

fn batch(device: i64, until: Minute) -> Batch {
    let count = |minute: Minute| {
        let (bad, total) = counted(device, minute);
        Count {
            minute,
            bad: Events::whole(bad),
            total: Events::whole(total),
        }
    };
    let counts = (1 - BATCH_MINUTES..=0).map(|i| count(until + i));
    let id = format!("{device}-{}", until.index());
    Batch::new(&id, counts.collect()).unwrap()
}

impl Sender {
    /// Devices that were switched on after this minute.
    pub(super) fn new(after: Minute) -> Self {
        Self {
            made: after,
            waiting: VecDeque::new(),
            sent: VecDeque::new(),
            chance: None,
        }
    }

    /// Makes the batches of all minutes up to this one.
    pub(super) fn make(&mut self, now: Minute) {
        while self.made + BATCH_MINUTES <= now {
            self.made = self.made + BATCH_MINUTES;
            let batches = (0..DEVICES).map(|device| batch(device, self.made));
            self.waiting.extend(batches);
        }
    }

    /// How long the oldest batch waits, in minutes.
    pub(super) fn waits_minutes(&self, now: Minute) -> i64 {
        let ends = self.waiting.iter().filter_map(|b| b.counts.last());
        let oldest = ends.map(|count| count.minute).min();
        oldest.map_or(0, |oldest| now - oldest)
    }

    /// The bodies of a tick: all that waits, with what was sent already, in any order.
    fn bodies(&mut self, injected: &mut Injected) -> Vec<Vec<Batch>> {
        let mut all: Vec<Batch> = self.waiting.iter().cloned().collect();
        let mut length = BODY_BATCHES_MAX;
        if let Some(chance) = &mut self.chance {
            if !self.sent.is_empty() && chance.one_in(3) {
                let at = chance.below(self.sent.len() as u64) as usize;
                all.push(self.sent[at].clone());
            }
            for i in (1..all.len()).rev() {
                let other = chance.below(i as u64 + 1) as usize;
                injected.disordered += u64::from(other != i);
                all.swap(i, other);
            }
            length = 1 + chance.below(BODY_BATCHES_MAX as u64) as usize;
        }
        let bodies = all.chunks(length).map(<[Batch]>::to_vec);
        bodies.take(BODIES_MAX).collect()
    }

    /// Sends what waits. What is not acknowledged stays, whatever became of it.
    pub(super) async fn send(&mut self, handle: &Handle, weather: &Mutex<Weather>) {
        let bodies = self.bodies(&mut weather.lock().unwrap().injected);
        let answers = bodies.iter().map(|body| handle.push(SLI, body.clone()));
        let answers = futures::future::join_all(answers).await;
        let injected = &mut weather.lock().unwrap().injected;
        for (body, answer) in bodies.iter().zip(answers) {
            let Ok(counted) = answer else {
                continue;
            };
            match &counted.refused {
                None => {}
                Some(PushError::Store(_) | PushError::Ahead { .. }) => injected.pushes_refused += 1,
                Some(refused) => panic!("{refused}"),
            }
            if self.chance.as_mut().is_some_and(|chance| chance.one_in(5)) {
                injected.answers_lost += 1;
                continue;
            }
            for (batch, outcome) in body.iter().zip(&counted.outcomes) {
                assert_eq!(outcome.id, batch.id);
                let was_sent = self.sent.contains(batch);
                assert!(!was_sent || outcome.outcome == Done::AlreadyCounted);
                injected.sent_twice += u64::from(outcome.outcome == Done::AlreadyCounted);
                self.waiting.retain(|waiting| waiting != batch);
                if !was_sent {
                    self.sent.push_back(batch.clone());
                }
            }
            while self.sent.len() > SENT_MAX {
                self.sent.pop_front();
            }
        }
    }
}
