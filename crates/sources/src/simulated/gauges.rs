//! Readings of sensors, judged by a threshold.

use tomoni_ledger::{Events, Fact, Marks, Span};
use tomoni_slo::Threshold;

use super::counts::marked;
use super::series::Sensor;
use crate::prometheus::{ApproximateReason, Observation};
use crate::simulator::{Life, World};

/// A gauge and its threshold.
#[derive(Debug)]
pub(super) struct Gauge {
    pub(super) query: String,
    pub(super) sensors: Vec<Sensor>,
    /// What makes one value of several.
    pub(super) fold: Option<Fold>,
    pub(super) threshold: Threshold,
}

/// What makes one value of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fold {
    Min,
    Max,
    Avg,
    Sum,
    Count,
}

impl Fold {
    pub(super) const ALL: [Self; 5] = [Self::Min, Self::Max, Self::Avg, Self::Sum, Self::Count];

    /// The aggregation's name in PromQL.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Min => "min",
            Self::Max => "max",
            Self::Avg => "avg",
            Self::Sum => "sum",
            Self::Count => "count",
        }
    }
}

/// The readings of one minute that were heard, as far as they are needed.
#[derive(Clone, Copy, Debug)]
struct Heard {
    count: u32,
    least: f64,
    most: f64,
    sum: f64,
}

impl Heard {
    const NOTHING: Self = Self {
        count: 0,
        least: f64::INFINITY,
        most: f64::NEG_INFINITY,
        sum: 0.0,
    };

    fn hear(&mut self, value: f64) {
        self.count += 1;
        // As in PromQL, a NaN only counts for least and most when there is nothing else.
        self.least = self.least.min(value);
        self.most = self.most.max(value);
        self.sum += value;
    }

    fn folded(self, fold: Fold) -> f64 {
        match fold {
            Fold::Min => self.least,
            Fold::Max => self.most,
            Fold::Sum => self.sum,
            Fold::Avg => self.sum / f64::from(self.count),
            Fold::Count => f64::from(self.count),
        }
    }
}

impl Gauge {
    pub(super) fn facts(&self, world: &World, span: Span) -> (Vec<Fact>, Vec<Observation>) {
        let heard = self.heard(world, span);
        let mut ambiguous = 0;
        let facts: Vec<Fact> = heard
            .into_iter()
            .map(|heard| match (heard.count, self.fold) {
                (0, _) => Fact::UNKNOWN,
                (_, Some(fold)) => self.judge(heard.folded(fold), Marks::APPROXIMATE),
                (1, None) => self.judge(heard.sum, Marks::NONE),
                (_, None) => {
                    ambiguous += 1;
                    Fact::UNKNOWN
                }
            })
            .collect();
        let mut observations = Vec::new();
        if self.fold.is_some() {
            let reason = ApproximateReason::EvaluatedGauge;
            observations.push(Observation::Approximate { reason });
        }
        observations.extend(marked(&facts));
        let query = || self.query.clone();
        if self.sensors.is_empty() {
            observations.push(Observation::NothingFound { query: query() });
        }
        if ambiguous > 0 {
            observations.push(Observation::Ambiguous {
                minutes: ambiguous,
                query: query(),
            });
        }
        (facts, observations)
    }

    /// What was heard of all sensors, minute by minute.
    fn heard(&self, world: &World, span: Span) -> Vec<Heard> {
        let mut heard = vec![Heard::NOTHING; span.len() as usize];
        for sensor in &self.sensors {
            let service = &world.services[sensor.service];
            let lives = world.lives(service, span.until.end_ms() + 1);
            for slot in 0..service.pods {
                let own: Vec<&Life> = lives.iter().filter(|life| life.slot == slot).collect();
                let observed = world.observed(service, &own, span, 0);
                let family = &service.families[sensor.family];
                let readings = world.readings(service, family, slot, span);
                for ((heard, value), is_heard) in heard.iter_mut().zip(readings).zip(observed) {
                    if is_heard {
                        heard.hear(value);
                    }
                }
            }
        }
        heard
    }

    fn judge(&self, value: f64, marks: Marks) -> Fact {
        if !value.is_finite() {
            return Fact::UNKNOWN.marked(Marks::INVALID);
        }
        let bad = i64::from(!self.threshold.is_good(value));
        Fact::counted(Events::whole(bad), Events::whole(1)).marked(marks)
    }
}
