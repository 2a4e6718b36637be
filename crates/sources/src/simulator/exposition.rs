//! What a process shows of itself: families of metrics, as `/metrics` serves them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use tomoni_ledger::{MINUTE_MS, Minute};

use super::events::Meter;
use super::life::Life;
use super::noise::Noise;
use super::world::{Family, FamilyKind, Labels, Service, World};

/// A metric of a family: one set of labels, and which of the service's classes count into it.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// The labels that the application gives; the target's labels are not among them.
    pub(crate) labels: Labels,
    /// Which of the service's classes, by their places.
    pub(crate) classes: Vec<usize>,
}

/// One of the series that a metric consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What follows the family's name in the series' name: `_total`, `_bucket`, …, or nothing.
    pub suffix: &'static str,
    /// A histogram bucket's upper bound, as its label `le` says it.
    pub le: Option<String>,
}

impl Family {
    /// The family's type, as `# TYPE` says it.
    pub const fn type_name(&self) -> &'static str {
        match self.kind {
            FamilyKind::Counter { .. } => "counter",
            FamilyKind::Histogram { .. } => "histogram",
            FamilyKind::StartTime | FamilyKind::Reading { .. } => "gauge",
        }
    }

    /// The series that each metric of the family consists of.
    pub fn columns(&self) -> Vec<Column> {
        let plain = |suffix| Column { suffix, le: None };
        match &self.kind {
            FamilyKind::Counter { .. } => vec![plain("_total")],
            FamilyKind::StartTime | FamilyKind::Reading { .. } => vec![plain("")],
            FamilyKind::Histogram { bounds, .. } => {
                let texts = bounds.iter().map(f64::to_string).chain(["+Inf".to_owned()]);
                texts
                    .map(|le| Column {
                        suffix: "_bucket",
                        le: Some(le),
                    })
                    .chain([plain("_count"), plain("_sum")])
                    .collect()
            }
        }
    }

    /// The metrics that a process of the service can show in this family.
    pub(crate) fn groups(&self, service: &Service) -> Vec<Group> {
        let (by, only): (&[&str], _) = match self.kind {
            FamilyKind::Counter { by, only } => (by, only),
            FamilyKind::Histogram { by, .. } => (by, None),
            FamilyKind::StartTime | FamilyKind::Reading { .. } => {
                return vec![Group {
                    labels: Labels::new(),
                    classes: Vec::new(),
                }];
            }
        };
        let mut groups: BTreeMap<Labels, Vec<usize>> = BTreeMap::new();
        for (i, class) in service.classes.iter().enumerate() {
            let has = |name, values: &[&str]| {
                class
                    .labels
                    .iter()
                    .any(|(n, v)| *n == name && values.contains(v))
            };
            if only.is_some_and(|(name, values)| !has(name, values)) {
                continue;
            }
            let shown = class.labels.iter().filter(|(name, _)| by.contains(name));
            let labels = shown
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect();
            groups.entry(labels).or_default().push(i);
        }
        groups
            .into_iter()
            .map(|(labels, classes)| Group { labels, classes })
            .collect()
    }
}

/// One process asked for its metrics.
pub(super) struct Asked<'a> {
    pub(super) service: &'a Service,
    pub(super) life: &'a Life,
    /// The service's noise.
    pub(super) noise: Noise,
    pub(super) at_ms: i64,
    /// Events by class since the process began to serve.
    pub(super) counts: &'a [i64],
}

impl Asked<'_> {
    /// The values of a metric's columns; `None` while it does not exist: a counter with labels is
    /// born by its first event.
    pub(super) fn row(&self, family: &Family, group: &Group) -> Option<Vec<f64>> {
        let count = |chosen: &dyn Fn(f64) -> bool| -> i64 {
            let classes = group.classes.iter();
            classes
                .filter(|i| chosen(self.service.classes[**i].seconds))
                .map(|i| self.counts[*i])
                .sum()
        };
        let all = count(&|_| true);
        match &family.kind {
            FamilyKind::Counter { .. } => (all > 0).then(|| vec![all as f64]),
            FamilyKind::Histogram { bounds, .. } => {
                let buckets = bounds.iter().map(|bound| count(&|s| s <= *bound) as f64);
                let (all_f, sum) = (all as f64, self.seconds(group));
                (all > 0).then(|| buckets.chain([all_f, all_f, sum]).collect())
            }
            FamilyKind::StartTime => Some(vec![self.life.up_ms.0 as f64 / 1_000.0]),
            kind @ FamilyKind::Reading { .. } => {
                let minute = Minute::holding_ms(self.at_ms);
                let noise = sensor(self.noise, self.life.slot);
                let reading = kind.reading(self.service.failing(minute), noise, minute);
                reading.map(|value| vec![value])
            }
        }
    }

    fn seconds(&self, group: &Group) -> f64 {
        let classes = group.classes.iter();
        classes
            .map(|i| self.service.classes[*i].seconds * self.counts[*i] as f64)
            .sum()
    }
}

impl FamilyKind {
    /// What a sensor reads in a minute in which so many readings are not well, in the family's
    /// unit; `None` when the family is none of readings. `noise` is the sensor's.
    pub(super) fn reading(&self, failing: f64, noise: Noise, minute: Minute) -> Option<f64> {
        let Self::Reading {
            well,
            failed,
            broken,
        } = self
        else {
            return None;
        };
        let noise = noise.branch(minute.index() as u64);
        if noise.branch(0).chance(*broken) {
            return Some(f64::NAN);
        }
        let is_failed = noise.branch(1).chance(failing);
        let (from, until) = if is_failed { *failed } else { *well };
        Some(noise.branch(2).between(from, until) as f64 / 10.0)
    }
}

/// The noise of a pod's sensors; `noise` is the service's.
pub(super) fn sensor(noise: Noise, slot: usize) -> Noise {
    noise.named("reading").branch(slot as u64)
}

impl World {
    /// Whether a scrape of a living process at this moment succeeds.
    pub fn is_reachable(&self, service: &Service, life: &Life, at_ms: i64) -> bool {
        const BLOCK_MS: i64 = 10 * MINUTE_MS;
        let noise = self.noise(service);
        let unscraped = self
            .unscraped_ms
            .iter()
            .any(|(from, until)| *from < at_ms && at_ms <= *until);
        let block = noise
            .named("unreachable")
            .branch(at_ms.div_euclid(BLOCK_MS) as u64);
        let single = || {
            noise
                .named("missed")
                .named(&life.instance)
                .branch(at_ms as u64)
        };
        !unscraped
            && !block.chance(service.unreachable)
            && (service.missed_scrapes <= 0.0 || !single().chance(service.missed_scrapes))
    }

    /// What the process's `/metrics` says at an instant, in the Prometheus text format 0.0.4.
    pub fn exposition(
        &self,
        service: &Service,
        life: &Life,
        meter: &mut Meter,
        at_ms: i64,
    ) -> String {
        let counts = meter.at(service, at_ms);
        let asked = Asked {
            service,
            life,
            noise: self.noise(service),
            at_ms,
            counts: &counts,
        };
        let mut text = String::new();
        for family in &service.families {
            let (name, columns) = (family.name, family.columns());
            let suffix = if family.type_name() == "counter" {
                "_total"
            } else {
                ""
            };
            // Writing into a String cannot fail.
            let _ = writeln!(text, "# HELP {name}{suffix} {}", family.help);
            let _ = writeln!(text, "# TYPE {name}{suffix} {}", family.type_name());
            for group in family.groups(service) {
                let row = asked.row(family, &group).unwrap_or_default();
                for (column, value) in columns.iter().zip(row) {
                    let labels = braces(&group.labels, column.le.as_deref());
                    let _ = writeln!(text, "{name}{}{labels} {value}", column.suffix);
                }
            }
        }
        text
    }
}

/// Labels in braces, or nothing. The simulator's values hold nothing that needs an escape.
pub(super) fn braces(labels: &Labels, le: Option<&str>) -> String {
    let pairs = labels
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let pairs: Vec<String> = pairs
        .chain(le.map(|le| ("le", le)))
        .map(|(name, value)| format!("{name}=\"{value}\""))
        .collect();
    if pairs.is_empty() {
        String::new()
    } else {
        format!("{{{}}}", pairs.join(","))
    }
}
