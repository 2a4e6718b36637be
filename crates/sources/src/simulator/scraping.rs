//! What a metrics server would have seen: samples, not events.

use std::collections::BTreeMap;

use super::events::Meter;
use super::exposition::{Asked, Column, Group};
use super::life::Life;
use super::noise::Noise;
use super::world::{Family, Labels, Service, World};

/// How and for how long targets are scraped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scraping {
    /// The time between two scrapes of a target. Each target has its own offset in it.
    pub interval_ms: i64,
    /// Scrapes happen in `(from_ms, until_ms]`.
    pub from_ms: i64,
    /// The last moment at which a scrape can happen.
    pub until_ms: i64,
}

impl Scraping {
    /// When a target is scraped while it lives.
    pub(super) fn moments(self, life: &Life) -> impl Iterator<Item = i64> + use<> {
        let offset = Noise::new(0)
            .named(&life.instance)
            .between(0, self.interval_ms);
        let first = self.from_ms.max(life.up_ms.0 - 1) + 1;
        let wait = (offset - first).rem_euclid(self.interval_ms);
        let last = self.until_ms.min(life.up_ms.1 - 1);
        (first + wait..=last).step_by(self.interval_ms as usize)
    }
}

/// The samples of one metric: a table with a row for each scrape that saw it.
#[derive(Clone, Debug)]
pub struct Metric {
    /// The family's name.
    pub name: &'static str,
    /// The family's type.
    pub type_name: &'static str,
    /// What the family's `# HELP` says.
    pub help: &'static str,
    /// All labels but `le`, the target's among them.
    pub labels: Labels,
    /// The series of the metric.
    pub columns: Vec<Column>,
    /// When it was scraped, in milliseconds since the Unix epoch, rising.
    pub times_ms: Vec<i64>,
    /// The rows, one after the other.
    pub values: Vec<f64>,
}

/// The samples of one series.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The series' name.
    pub name: String,
    /// Its labels.
    pub labels: Labels,
    /// Times in milliseconds since the Unix epoch, rising, and values.
    pub samples: Vec<(i64, f64)>,
}

impl Metric {
    /// The metric's rows.
    pub fn rows(&self) -> impl Iterator<Item = (i64, &[f64])> {
        self.times_ms
            .iter()
            .copied()
            .zip(self.values.chunks_exact(self.columns.len()))
    }

    /// The metric's series, each by itself.
    pub fn series(&self) -> impl Iterator<Item = Series> + '_ {
        self.columns.iter().enumerate().map(|(i, column)| {
            let mut labels = self.labels.clone();
            labels.extend(column.le.iter().map(|le| ("le".to_owned(), le.clone())));
            let samples = self.rows().map(|(at_ms, row)| (at_ms, row[i])).collect();
            Series {
                name: format!("{}{}", self.name, column.suffix),
                labels,
                samples,
            }
        })
    }
}

/// Metrics by family and labels, while they are recorded.
#[derive(Default)]
struct Recorder {
    places: BTreeMap<(&'static str, Labels), usize>,
    metrics: Vec<Metric>,
}

impl Recorder {
    fn place(&mut self, family: &Family, labels: Labels) -> usize {
        *self
            .places
            .entry((family.name, labels))
            .or_insert_with_key(|(_, labels)| {
                self.metrics.push(Metric {
                    name: family.name,
                    type_name: family.type_name(),
                    help: family.help,
                    labels: labels.clone(),
                    columns: family.columns(),
                    times_ms: Vec::new(),
                    values: Vec::new(),
                });
                self.metrics.len() - 1
            })
    }
}

impl World {
    /// The samples that scrapes of a service's pods would have taken, by metric. A metric that no
    /// scrape saw is not among them.
    pub fn scraped(&self, service: &Service, scraping: Scraping) -> Vec<Metric> {
        let mut recorder = Recorder::default();
        for life in self.lives(service, scraping.until_ms + 1) {
            self.record(service, &life, scraping, &mut recorder);
        }
        recorder
            .metrics
            .retain(|metric| !metric.times_ms.is_empty());
        recorder.metrics
    }

    fn record(&self, service: &Service, life: &Life, scraping: Scraping, recorder: &mut Recorder) {
        let noise = self.noise(service);
        let mut meter = Meter::new(self, service, life);
        let shown: Vec<(&Family, Group)> = service
            .families
            .iter()
            .flat_map(|family| family.groups(service).into_iter().map(move |g| (family, g)))
            .collect();
        // Where the rows go: before and after the target got another label.
        let places: Vec<[usize; 2]> = shown
            .iter()
            .map(|(family, group)| {
                [false, true].map(|late| {
                    let mut labels = service.target(life, late);
                    labels.extend(group.labels.clone());
                    recorder.place(family, labels)
                })
            })
            .collect();
        for at_ms in scraping
            .moments(life)
            .filter(|t| self.is_reachable(service, life, *t))
        {
            let counts = meter.at(service, at_ms);
            let asked = Asked {
                service,
                life,
                noise,
                at_ms,
                counts: &counts,
            };
            let late = usize::from(service.relabelled(at_ms));
            for ((family, group), place) in shown.iter().zip(&places) {
                if let Some(row) = asked.row(family, group) {
                    let metric = &mut recorder.metrics[place[late]];
                    debug_assert!(metric.times_ms.last().is_none_or(|last| *last < at_ms));
                    metric.times_ms.push(at_ms);
                    metric.values.extend(row);
                }
            }
        }
    }
}

impl Service {
    /// The labels that service discovery gives a process at an instant.
    pub fn target_at(&self, life: &Life, at_ms: i64) -> Labels {
        self.target(life, self.relabelled(at_ms))
    }

    fn target(&self, life: &Life, late: bool) -> Labels {
        let mut labels = life.target(&self.name);
        if let Some(relabel) = self.relabel.as_ref().filter(|_| late) {
            labels.insert(relabel.label.to_owned(), relabel.value.to_owned());
        }
        labels
    }

    fn relabelled(&self, at_ms: i64) -> bool {
        self.relabel
            .as_ref()
            .is_some_and(|relabel| at_ms >= relabel.from_ms)
    }
}
