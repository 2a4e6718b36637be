//! Keeping what the slices of days add up to, so that a start need not read those days again.

use tomoni_ledger::Minute;
use tomoni_slo::{JudgedDay, JudgingRule, LedgerKey};
use tomoni_store::Judged;

use super::Live;
use super::held::Held;

/// How often it is looked whether days have been judged, in minutes. A day changes for a while after
/// its end, and what is not kept at the next start is only judged again.
const LOOK_MINUTES: i64 = 60;

impl Live {
    /// Keeps what was judged since it was looked last. What memory holds must be what the store
    /// holds, so not while anything waits to be kept.
    pub(super) async fn keep_judged(&mut self) {
        let watermark = self.watermark();
        let is_new = |at: Minute| (at..at + LOOK_MINUTES).contains(&watermark);
        if !self.keeping.is_empty()
            || self.keeping.outage.is_some()
            || self.judged_at.is_some_and(is_new)
        {
            return;
        }
        self.judged_at = Some(watermark);
        let news = self.ledgers.iter().filter(|(_, held)| held.has_news());
        let judged: Vec<(LedgerKey, Judged)> = news
            .map(|(key, held)| (key.clone(), held.judged()))
            .collect();
        if judged.is_empty() {
            return;
        }
        match self.options.store.keep_judged(&judged).await {
            Ok(()) => {
                for (key, _) in &judged {
                    if let Some(held) = self.ledgers.get_mut(key) {
                        let objectives = held.objectives.iter_mut();
                        objectives.for_each(|tracked| tracked.days.note_kept());
                    }
                }
                self.vitals.note(|health| health.counters.writes += 1);
            }
            // Nothing is lost with it; a database that is away is noticed by what has to be kept.
            Err(error) => tracing::warn!(%error, "what was judged of days could not be kept"),
        }
    }
}

impl Held {
    fn has_news(&self) -> bool {
        let mut objectives = self.objectives.iter();
        self.stale.is_empty() && objectives.any(|tracked| tracked.days.has_news())
    }

    /// What the slices of its days add up to, by each of its objectives' rules; where two have one
    /// rule, by that whose window is longer.
    fn judged(&self) -> Judged {
        let mut judged: Judged = Vec::new();
        let found = self.objectives.iter();
        for (rule, days) in found.filter_map(|tracked| tracked.judged(&self.series)) {
            let known = judged
                .iter_mut()
                .find(|(by, _): &&mut (JudgingRule, Vec<JudgedDay>)| *by == rule);
            match known {
                Some((_, known)) if known.len() >= days.len() => {}
                Some((_, known)) => *known = days,
                None => judged.push((rule, days)),
            }
        }
        judged
    }
}
