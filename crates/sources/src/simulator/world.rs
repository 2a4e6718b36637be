//! What a simulated world is made of. Plain data: everything that happens follows from it.

use std::collections::BTreeMap;

use tomoni_ledger::{Minute, Span};

use super::noise::Noise;
use super::rhythm::Rhythm;

/// A series' labels, without its name.
pub type Labels = BTreeMap<String, String>;

/// Services, and the seed from which all that happens to them follows.
#[derive(Clone, Debug)]
pub struct World {
    /// The seed: the same seed is the same world, to the event.
    pub seed: u64,
    /// When the first pods start, in milliseconds since the Unix epoch.
    pub start_ms: i64,
    /// The services.
    pub services: Vec<Service>,
    /// Spans in which nothing is scraped, as `(from_ms, until_ms]`: the metrics server is down.
    pub unscraped_ms: Vec<(i64, i64)>,
}

impl World {
    /// The noise of one service.
    pub(super) fn noise(&self, service: &Service) -> Noise {
        Noise::new(self.seed).named(&service.name)
    }

    /// The service with this name.
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.name == name)
    }
}

/// One application: some pods that serve the same traffic and show it in the same metrics.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name, also the `job` of its series.
    pub name: String,
    /// How many pods it has at a time.
    pub pods: usize,
    /// Events a minute, of all pods together, where the rhythm's factor is 1.
    pub per_minute: f64,
    /// How the traffic breathes.
    pub rhythm: Rhythm,
    /// The share of events that fail when nothing is wrong.
    pub usual_failures: f64,
    /// The classes of events that are told apart.
    pub classes: Vec<Class>,
    /// The metrics it shows.
    pub families: Vec<Family>,
    /// How often its pods come and go.
    pub churn: Churn,
    /// What goes wrong, and when.
    pub disturbances: Vec<Disturbance>,
    /// Comings and goings at fixed times, beside those by chance.
    pub planned: Vec<Planned>,
    /// A label that its targets get from some moment on: all its series change their identity.
    pub relabel: Option<Relabel>,
    /// The share of single scrapes that fail.
    pub missed_scrapes: f64,
    /// The share of ten-minute blocks in which it cannot be reached.
    pub unreachable: f64,
}

/// A class of events: what their labels are, how many they are, how long they take.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// Labels of the class, such as `code` and `path`.
    pub labels: Vec<(&'static str, &'static str)>,
    /// Whether the class is how events go well, go wrong, or something beside both.
    pub outcome: Outcome,
    /// Its part among the classes with the same outcome.
    pub weight: f64,
    /// How long such an event takes, in seconds. Multiples of 1/1024 keep sums exact.
    pub seconds: f64,
}

/// How an event went; decides how often its class occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Shares what does not fail.
    Well,
    /// Shares what fails.
    Failed,
    /// Occurs beside the traffic, `weight` times for each event of it, such as a retry that is
    /// counted twice.
    Beside,
}

/// A metric family that a service shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    /// Its name, without `_total`, `_bucket`, `_count`, `_sum`.
    pub name: &'static str,
    /// What `# HELP` says.
    pub help: &'static str,
    /// What it shows.
    pub kind: FamilyKind,
}

/// What a metric family shows.
#[derive(Clone, Debug, PartialEq)]
pub enum FamilyKind {
    /// Events since the process started.
    Counter {
        /// Which labels of a class are shown; classes that look alike are added.
        by: &'static [&'static str],
        /// Only classes with one of these values of a label.
        only: Option<(&'static str, &'static [&'static str])>,
    },
    /// Events since the process started, by how long they took at most.
    Histogram {
        /// Which labels of a class are shown.
        by: &'static [&'static str],
        /// The buckets' upper bounds in seconds, rising, without `+Inf`.
        bounds: &'static [f64],
    },
    /// When the process started, in seconds since the Unix epoch.
    StartTime,
    /// A reading that lies in one range when all is well, in another when not.
    Reading {
        /// What it reads when all is well: `from..until`, in tenths of its unit.
        well: (i64, i64),
        /// What it reads in the share of minutes that fail.
        failed: (i64, i64),
        /// The share of readings that come out as NaN.
        broken: f64,
    },
}

/// How often pods come and go by chance.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Churn {
    /// Rolling deploys a day (at most one): every pod is replaced, one after the other.
    pub deploys_a_day: f64,
    /// Restarts of each pod a day (at most one draw in each eighth of a day): the process dies
    /// and comes back under the same name, often between two scrapes, sometimes twice in a row.
    pub restarts_a_day: f64,
}

/// Something that is not as usual for a while.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disturbance {
    /// When.
    pub span: Span,
    /// What.
    pub effect: Effect,
}

/// What is not as usual.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Effect {
    /// So many more events fail: from the first share at the start to the last at the end. Equal
    /// shares are an outage, a rising one is a slow burn.
    Failures(f64, f64),
    /// The traffic is multiplied; 0 is idleness.
    Traffic(f64),
    /// The service dies together with its metrics.
    Dead,
}

/// A coming or going of one pod at a fixed time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Planned {
    /// Which of the service's pods, `0..pods`.
    pub slot: usize,
    /// When, in milliseconds since the Unix epoch.
    pub at_ms: i64,
    /// What happens.
    pub change: Change,
}

/// How a pod's process ends and another begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The process dies and comes back under the same name; its counters start again at zero.
    Restart {
        /// How long it is away.
        down_ms: i64,
    },
    /// A new pod takes over: its series are born, the old one's end.
    Replace {
        /// How long the new pod is up before it serves.
        ready_ms: i64,
        /// How long the old pod is up after it served.
        drain_ms: i64,
    },
}

/// A label that a service's targets get from some moment on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relabel {
    /// From when on, in milliseconds since the Unix epoch.
    pub from_ms: i64,
    /// The label's name.
    pub label: &'static str,
    /// The label's value.
    pub value: &'static str,
}

/// How a service goes in a minute.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pulse {
    /// Events that are expected, of all classes that share the traffic.
    traffic: f64,
    /// The share of them that fails.
    pub(super) failing: f64,
}

impl Pulse {
    /// The events that a class is expected to have; `weight` is that of all with its outcome.
    pub(super) fn expected(self, class: &Class, weight: f64) -> f64 {
        let share = match class.outcome {
            Outcome::Well => (1.0 - self.failing) * class.weight / weight,
            Outcome::Failed => self.failing * class.weight / weight,
            Outcome::Beside => class.weight,
        };
        self.traffic * share
    }
}

impl Service {
    /// A service with steady traffic, no metrics and nothing that goes wrong.
    pub fn new(name: &str, pods: usize, per_minute: f64) -> Self {
        Self {
            name: name.to_owned(),
            pods,
            per_minute,
            rhythm: Rhythm::FLAT,
            usual_failures: 0.0,
            classes: Vec::new(),
            families: Vec::new(),
            churn: Churn::default(),
            disturbances: Vec::new(),
            planned: Vec::new(),
            relabel: None,
            missed_scrapes: 0.0,
            unreachable: 0.0,
        }
    }

    /// The events a minute that a class is expected to have, of all pods together.
    pub(super) fn expected(&self, class: &Class, minute: Minute) -> f64 {
        let pulse = self.pulse(minute, &self.disturbances);
        pulse.expected(class, self.weight_of(class.outcome))
    }

    /// The share of events that fail in a minute.
    pub(super) fn failing(&self, minute: Minute) -> f64 {
        self.pulse(minute, &self.disturbances).failing
    }

    /// How it goes in a minute. `disturbances` are at least those that hold in it.
    pub(super) fn pulse(&self, minute: Minute, disturbances: &[Disturbance]) -> Pulse {
        let (mut extra, mut factor) = (0.0, 1.0);
        for d in disturbances.iter().filter(|d| d.span.contains(minute)) {
            match d.effect {
                Effect::Failures(first, last) => {
                    let past = (minute - d.span.after) as f64 / d.span.len() as f64;
                    extra += first + (last - first) * past;
                }
                Effect::Traffic(by) => factor *= by,
                Effect::Dead => {}
            }
        }
        Pulse {
            traffic: self.per_minute * self.rhythm.at(minute) * factor,
            failing: (self.usual_failures + extra).clamp(0.0, 1.0),
        }
    }

    /// What the classes with an outcome weigh together.
    pub(super) fn weight_of(&self, outcome: Outcome) -> f64 {
        self.classes
            .iter()
            .filter(|c| c.outcome == outcome)
            .map(|c| c.weight)
            .sum()
    }
}
