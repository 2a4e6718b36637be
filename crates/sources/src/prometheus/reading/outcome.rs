//! What was made of one ledger, and what is told of it.

use tomoni_ledger::{Fact, Marks, Minute, Span, SpanSet};
use tomoni_slo::{LedgerKey, Part};

use super::super::client::Remarks;
use super::super::counting::Tally;
use super::super::error::shortened;
use super::super::observation::{ApproximateReason, Observation};
use super::super::reader::Harvest;
use super::recipe::{Recipe, text_of};

/// So many refused births are told of one by one.
const REFUSED_TOLD: usize = 100;

/// What was made of one ledger: facts for each minute of a span, and what was met.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) facts: Vec<Fact>,
    /// Minutes for which the total has no series. What is known of them if the job was there stands
    /// in `facts`.
    pub(super) absent: SpanSet,
    pub(super) tally: Tally,
    pub(super) refused: Vec<RefusedBirth>,
    pub(super) ambiguous: u64,
    /// Whether any of the total's series was seen.
    pub(super) has_total: bool,
    /// Whether any of the part's series was seen.
    pub(super) has_part: bool,
    pub(super) approximate: Vec<ApproximateReason>,
    pub(super) remarks: Remarks,
}

/// A birth that was not counted.
#[derive(Debug)]
pub(super) struct RefusedBirth {
    pub(super) series: String,
    pub(super) minute: Minute,
    pub(super) value: f64,
    pub(super) hour_before: f64,
}

impl Outcome {
    /// Takes in what was made of the time that follows.
    pub(super) fn append(&mut self, next: Self) {
        self.facts.extend(next.facts);
        for span in next.absent.spans() {
            self.absent.insert(*span);
        }
        self.tally.add(next.tally);
        self.refused.extend(next.refused);
        self.ambiguous += next.ambiguous;
        self.has_total |= next.has_total;
        self.has_part |= next.has_part;
        for reason in next.approximate {
            self.approximate_for(reason);
        }
        self.remarks.merge(&next.remarks);
    }

    /// Notes why minutes are approximate; of several sizes that were too much, the largest.
    pub(super) fn approximate_for(&mut self, reason: ApproximateReason) {
        if self.approximate.contains(&reason) {
            return;
        }
        let size = |reason: &ApproximateReason| match reason {
            ApproximateReason::TooManySamples { per_minute, .. } => Some(*per_minute),
            _ => None,
        };
        if let Some(more) = size(&reason)
            && let Some(known) = self
                .approximate
                .iter_mut()
                .find(|known| size(known).is_some())
        {
            if size(known) < Some(more) {
                *known = reason;
            }
            return;
        }
        self.approximate.push(reason);
    }

    /// Of the absent minutes, only those in which the job was there are known.
    pub(super) fn know_absent(&mut self, span: Span, present: &SpanSet) {
        for unknown in self.absent.difference(present).spans() {
            for minute in unknown.minutes() {
                let at = usize::try_from(minute - span.after - 1).ok();
                if let Some(fact) = at.and_then(|i| self.facts.get_mut(i)) {
                    *fact = Fact::UNKNOWN;
                }
            }
        }
    }

    /// What is handed out.
    pub(super) fn harvest(self, key: LedgerKey, recipe: &Recipe, span: Span) -> Harvest {
        let observations = self.observations(recipe);
        let facts = span.minutes().zip(self.facts).collect();
        Harvest {
            key,
            facts,
            observations,
        }
    }

    fn observations(&self, recipe: &Recipe) -> Vec<Observation> {
        let mut told: Vec<Observation> = self
            .approximate
            .iter()
            .map(|reason| Observation::Approximate {
                reason: reason.clone(),
            })
            .collect();
        told.extend(self.series());
        told.extend(self.refused.iter().take(REFUSED_TOLD).map(|refused| {
            Observation::RefusedBirth {
                series: refused.series.clone(),
                minute: refused.minute,
                value: refused.value,
                hour_before: refused.hour_before,
            }
        }));
        let marked = |mark| {
            self.facts
                .iter()
                .filter(|fact| fact.marks.has(mark))
                .count() as u64
        };
        let (clamped, invalid) = (marked(Marks::CLAMPED), marked(Marks::INVALID));
        told.extend((clamped > 0).then_some(Observation::Clamped { minutes: clamped }));
        told.extend((invalid > 0).then_some(Observation::Invalid { minutes: invalid }));
        let (minutes, query) = (self.ambiguous, shortened(&recipe.basis()));
        told.extend((minutes > 0).then_some(Observation::Ambiguous { minutes, query }));
        told.extend(self.missing(recipe));
        let samples = self.remarks.outside;
        told.extend((samples > 0).then_some(Observation::Outside { samples }));
        let warnings = self.remarks.warnings.iter();
        told.extend(warnings.map(|text| Observation::Warning { text: text.clone() }));
        told.extend(self.remarks.is_partial.then_some(Observation::Partial));
        told
    }

    fn series(&self) -> Option<Observation> {
        let count = |counted: i64| u64::try_from(counted).unwrap_or(0);
        let (births, deaths, resets) = (
            count(self.tally.births),
            count(self.tally.deaths),
            count(self.tally.resets),
        );
        let interval_ms = self.tally.interval_ms;
        (births + deaths + resets > 0).then_some(Observation::Series {
            births,
            deaths,
            resets,
            interval_ms,
        })
    }

    /// What was not found at all. That nothing is bad is usual; that nothing is good is not.
    fn missing(&self, recipe: &Recipe) -> Option<Observation> {
        if !self.has_total {
            return Some(Observation::NothingFound {
                query: shortened(&recipe.basis()),
            });
        }
        let Recipe::Counted(counted) = recipe else {
            return None;
        };
        let has_traffic = || {
            let mut counts = self.facts.iter().filter_map(|fact| fact.counts);
            counts.any(|counts| counts.total > tomoni_ledger::Events::ZERO)
        };
        (counted.part_is == Part::Good && !self.has_part && has_traffic()).then(|| {
            Observation::NothingFound {
                query: shortened(&text_of(&counted.part)),
            }
        })
    }
}
