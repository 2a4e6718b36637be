//! When pods live: starts, restarts, rolling deploys.

use tomoni_ledger::MINUTE_MS;

use super::noise::Noise;
use super::world::{Change, Effect, Labels, Planned, Service, World};

const DAY_MS: i64 = 1_440 * MINUTE_MS;
/// Restarts by chance are drawn once in each of so many parts of a day.
const DRAWS_A_DAY: i64 = 8;
/// A process that has not served this long is not ended by chance.
const SHORTEST_LIFE_MS: i64 = 1_000;
/// How long a new pod is up before it serves, and an old one after it served, in a deploy.
const DEPLOY: Change = Change::Replace {
    ready_ms: 15_000,
    drain_ms: 30_000,
};
/// The pause between two pods of a rolling deploy.
const DEPLOY_STEP_MS: i64 = 40_000;

/// One process of one pod, from its start to its death. Its counters start at zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// Which of the service's pods.
    pub slot: usize,
    /// The pod's name; a restarted process keeps it.
    pub pod: String,
    /// The pod's address; a restarted process keeps it.
    pub instance: String,
    /// It answers scrapes at `t` when `up_ms.0 <= t < up_ms.1`.
    pub up_ms: (i64, i64),
    /// The events with times in `(served_ms.0, served_ms.1]` are its own. Within `up_ms`.
    pub served_ms: (i64, i64),
}

impl Life {
    /// The labels that service discovery gives the target.
    pub fn target(&self, job: &str) -> Labels {
        [
            ("instance", self.instance.as_str()),
            ("job", job),
            ("pod", self.pod.as_str()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// Whether it answers at an instant.
    pub const fn is_up(&self, at_ms: i64) -> bool {
        self.up_ms.0 <= at_ms && at_ms < self.up_ms.1
    }
}

impl World {
    /// The lives of a service's pods that begin before `until_ms`, by pod, in order of time.
    ///
    /// A life that ends later than a day after `until_ms` says `i64::MAX`.
    pub fn lives(&self, service: &Service, until_ms: i64) -> Vec<Life> {
        (0..service.pods)
            .flat_map(|slot| self.lives_of_slot(service, slot, until_ms))
            .collect()
    }

    fn lives_of_slot(&self, service: &Service, slot: usize, until_ms: i64) -> Vec<Life> {
        let noise = self.noise(service).named("pods").branch(slot as u64);
        let mut lives = vec![first_life(service, slot, noise, self.start_ms)];
        for planned in self.changes(service, slot, until_ms) {
            let Some(now) = lives.last_mut() else { break };
            if planned.at_ms < now.served_ms.0 + SHORTEST_LIFE_MS {
                continue;
            }
            let next = succeed(now, planned, service, noise);
            lives.push(next);
        }
        lives.retain(|life| life.up_ms.0 < until_ms);
        lives
    }

    /// All that ends a process of this pod, in order of time.
    fn changes(&self, service: &Service, slot: usize, until_ms: i64) -> Vec<Planned> {
        let mut changes: Vec<Planned> = service
            .planned
            .iter()
            .filter(|p| p.slot == slot)
            .copied()
            .collect();
        for dead in service
            .disturbances
            .iter()
            .filter(|d| d.effect == Effect::Dead)
        {
            let down_ms = dead.span.len() * MINUTE_MS;
            let change = Change::Restart { down_ms };
            changes.push(Planned {
                slot,
                at_ms: dead.span.after.end_ms(),
                change,
            });
        }
        let (first, last) = (
            self.start_ms.div_euclid(DAY_MS),
            until_ms.div_euclid(DAY_MS) + 1,
        );
        let days = self.noise(service).named("day");
        for day in first..=last {
            let noise = days.branch(day as u64);
            changes.extend(deploy(service, slot, day, noise));
            changes.extend(restarts(service, slot, day, noise));
        }
        changes.retain(|p| p.at_ms > self.start_ms);
        changes.sort_by_key(|p| p.at_ms);
        changes
    }
}

fn first_life(service: &Service, slot: usize, noise: Noise, start_ms: i64) -> Life {
    let (pod, instance) = names(service, slot, noise, start_ms);
    let whole = (start_ms, i64::MAX);
    Life {
        slot,
        pod,
        instance,
        up_ms: whole,
        served_ms: whole,
    }
}

/// Ends a life as planned and begins the next.
fn succeed(now: &mut Life, planned: Planned, service: &Service, noise: Noise) -> Life {
    let at_ms = planned.at_ms;
    now.served_ms.1 = at_ms;
    match planned.change {
        Change::Restart { down_ms } => {
            now.up_ms.1 = at_ms;
            let whole = (at_ms + down_ms, i64::MAX);
            Life {
                up_ms: whole,
                served_ms: whole,
                ..now.clone()
            }
        }
        Change::Replace { ready_ms, drain_ms } => {
            now.up_ms.1 = at_ms + drain_ms;
            let (pod, instance) = names(service, now.slot, noise, at_ms);
            let (up_ms, served_ms) = ((at_ms - ready_ms, i64::MAX), (at_ms, i64::MAX));
            Life {
                slot: now.slot,
                pod,
                instance,
                up_ms,
                served_ms,
            }
        }
    }
}

/// A pod's name and address, by when it took over.
fn names(service: &Service, slot: usize, noise: Noise, at_ms: i64) -> (String, String) {
    let bits = noise.named("name").branch(at_ms as u64).bits();
    let pod = format!("{}-{:05x}", service.name, bits >> 44);
    (
        pod,
        format!("10.{}.{slot}.{}:8080", bits & 0xff, (bits >> 8) & 0xff),
    )
}

/// The day's rolling deploy, as this pod sees it.
fn deploy(service: &Service, slot: usize, day: i64, noise: Noise) -> Option<Planned> {
    let noise = noise.named("deploy");
    noise
        .branch(0)
        .chance(service.churn.deploys_a_day)
        .then(|| {
            let start_ms = day * DAY_MS + noise.branch(1).between(0, DAY_MS - 30 * MINUTE_MS);
            Planned {
                slot,
                at_ms: start_ms + slot as i64 * DEPLOY_STEP_MS,
                change: DEPLOY,
            }
        })
}

/// The day's restarts of this pod by chance.
fn restarts(service: &Service, slot: usize, day: i64, noise: Noise) -> Vec<Planned> {
    let probability = service.churn.restarts_a_day / DRAWS_A_DAY as f64;
    let mut restarts = Vec::new();
    let pod = noise.named("restart").branch(slot as u64);
    for part in 0..DRAWS_A_DAY {
        let noise = pod.branch(part as u64);
        if !noise.branch(0).chance(probability) {
            continue;
        }
        let within = noise.branch(1).between(0, DAY_MS / DRAWS_A_DAY);
        let at_ms = day * DAY_MS + part * DAY_MS / DRAWS_A_DAY + within;
        // Half of them are back before most scrapers look again.
        let quick = noise.branch(2).chance(0.5);
        let (least, most) = if quick {
            (200, 2_000)
        } else {
            (5_000, 100_000)
        };
        let down_ms = noise.branch(3).between(least, most);
        restarts.push(Planned {
            slot,
            at_ms,
            change: Change::Restart { down_ms },
        });
        if noise.branch(4).chance(0.25) {
            let again_ms = at_ms + down_ms + noise.branch(5).between(1_500, 9_000);
            restarts.push(Planned {
                slot,
                at_ms: again_ms,
                change: Change::Restart { down_ms },
            });
        }
    }
    restarts
}
