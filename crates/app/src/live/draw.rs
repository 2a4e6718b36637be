//! A new picture of everything.

use std::sync::Arc;

use tomoni_ledger::{Minute, Span};
use tomoni_slo::LedgerKey;

use super::Live;
use super::health::SourceHealth;
use super::held::Held;
use super::tracked::Tracked;
use crate::world::{Backfill, Outage, Standing, World};

/// History that misses no more than this is not shown as being brought in.
const BACKFILL_SHOWN_MINUTES: i64 = 120;

impl Live {
    /// Draws the world anew where something has changed, and tells everybody.
    pub(super) async fn draw(&mut self) {
        self.tend().await;
        let backfills = self.backfills();
        let watermark = self.watermark();
        let mut is_new = false;
        let mut standings = Vec::with_capacity(self.objectives.len());
        for ((key, tracked), backfill) in self.objectives.iter_mut().zip(backfills) {
            let Some(held) = self.ledgers.get(key) else {
                continue;
            };
            let server = held.server.as_ref().ok().map(|id| self.readers.name(*id));
            let standing = stand(tracked, held, (watermark, server, backfill));
            is_new |= standing.is_some();
            if let Some(standing) = standing {
                tracked.standing = Some(standing);
            }
            standings.extend(tracked.standing.clone());
        }
        for (key, tracked) in &self.objectives {
            if let Some(held) = self.ledgers.get_mut(key) {
                // Where it could not be measured it is looked at again which days that needs.
                held.tended_until = held.tended_until.filter(|_| !tracked.is_behind);
            }
        }
        for held in self.ledgers.values_mut() {
            held.changed_from = held.changed_from.filter(|_| held.tended_until.is_none());
        }
        self.put_up(standings, is_new);
    }

    fn put_up(&mut self, standings: Vec<Arc<Standing>>, is_new: bool) {
        let before = self.world.load_full();
        let outages = self.outages();
        self.note();
        let is_same = !is_new
            && standings.len() == before.standings.len()
            && outages == before.outages
            && Arc::ptr_eq(&before.reading, &self.in_force.reading)
            && before.version > 0;
        if is_same && before.now_ms == self.now_ms {
            return;
        }
        let version = before.version + u64::from(!is_same);
        let world = World {
            version,
            now_ms: self.now_ms,
            watermark: Some(self.watermark()),
            catalog: Arc::clone(&self.in_force.catalog),
            reading: Arc::clone(&self.in_force.reading),
            standings,
            outages,
        };
        self.world.store(Arc::new(world));
        if !is_same {
            // Nobody may be listening.
            self.changes.send_replace(version);
        }
    }

    fn outages(&self) -> Vec<Outage> {
        let database = self.keeping.outage.as_ref();
        let database = database.map(|(since_ms, error)| Outage::Database {
            since_ms: *since_ms,
            error: error.clone(),
        });
        let sources = self.sources.iter().filter_map(|(id, source)| {
            let (since_ms, error) = source.outage.clone()?;
            Some(Outage::Source {
                name: self.readers.name(*id),
                since_ms,
                error,
            })
        });
        database.into_iter().chain(sources).collect()
    }

    /// How much of each objective's history is still to come.
    fn backfills(&mut self) -> Vec<Option<Backfill>> {
        let watermark = self.watermark();
        let progress = |key: &LedgerKey, held: &Held| {
            let wanted = Span::new(held.after, watermark);
            let missing = if held.server.is_ok() && held.is_recalled {
                held.settled.gaps(wanted).iter().map(|gap| gap.len()).sum()
            } else {
                0
            };
            (key.clone(), (wanted.len(), missing))
        };
        let by_key: std::collections::BTreeMap<LedgerKey, (i64, i64)> = self
            .ledgers
            .iter()
            .map(|(key, held)| progress(key, held))
            .collect();
        let all: i64 = by_key
            .values()
            .map(|(_, missing)| *missing)
            .filter(|m| *m > BACKFILL_SHOWN_MINUTES)
            .sum();
        if all == 0 {
            self.backfill = None;
        } else if self.backfill.is_none() {
            self.backfill = Some((self.now_ms, 0));
        }
        self.vitals.note(|health| health.backfill_minutes = all);
        let remaining_s = self.backfill.and_then(|(since_ms, come)| {
            let elapsed = (self.now_ms - since_ms) as f64 / 1_000.0;
            (come > 0 && elapsed > 0.0)
                .then(|| (all as f64 / (come as f64 / elapsed)).ceil() as i64)
        });
        let backfill = |(key, _): &(LedgerKey, Tracked)| {
            let (wanted_minutes, missing) = *by_key.get(key)?;
            (missing > BACKFILL_SHOWN_MINUTES).then_some(Backfill {
                done_minutes: wanted_minutes - missing,
                wanted_minutes,
                remaining_s,
            })
        };
        self.objectives.iter().map(backfill).collect()
    }

    fn note(&self) {
        let source = |(id, source): (&usize, &super::SourceState)| SourceHealth {
            name: self.readers.name(*id),
            outage: source.outage.clone(),
            reads: source.reads,
            failures: source.failures,
            answered_ms: source.answered_ms,
        };
        let sources = self.sources.iter().map(source).collect();
        let samples = self.meter.sum().samples;
        self.vitals.note(|health| {
            health.sources = sources;
            health.counters.samples = samples;
            health.unkept_minutes = self.keeping.minutes();
            health.ledgers = self.ledgers.len();
        });
    }
}

/// Where an objective stands, when that is not what was known: measured anew where its ledger has
/// changed or gone on. Where its minutes are away it stays where it was.
fn stand(
    tracked: &mut Tracked,
    held: &Held,
    (watermark, server, backfill): (Minute, Option<String>, Option<Backfill>),
) -> Option<Arc<Standing>> {
    let settled = held.end(watermark);
    let end = settled.unwrap_or(watermark);
    let check = held.check(watermark);
    let last = tracked.standing.clone();
    let is_measured = |last: &Arc<Standing>| {
        last.end == end
            && last.watermark == settled
            && held.changed_from.is_none()
            && !tracked.is_looking_back
    };
    let measured = match last.as_ref().filter(|last| is_measured(last)) {
        Some(last) => Ok(last.measures.clone()),
        None => tracked.measure(&held.series, end, held.changed_from),
    };
    tracked.is_behind = measured.is_err() || tracked.is_looking_back;
    let (measures, end, settled) = match measured {
        Ok(measures) => (measures, end, settled),
        Err(_) => {
            let last = last.as_ref()?;
            (last.measures.clone(), last.end, last.watermark)
        }
    };
    let standing = Standing {
        slo: Arc::clone(&tracked.slo),
        index: tracked.index,
        end,
        watermark: settled,
        measures,
        firing: tracked.firing.clone(),
        spark: tracked.spark.clone(),
        backfill,
        server,
        failures: held.failures.clone(),
        seen: held.seen.clone(),
        check,
    };
    Some(Arc::new(standing)).filter(|new| last.is_none_or(|last| !is_same(&last, new)))
}

/// Whether two standings say the same.
fn is_same(a: &Standing, b: &Standing) -> bool {
    (a.end, a.watermark, &a.measures, &a.firing, &a.spark)
        == (b.end, b.watermark, &b.measures, &b.firing, &b.spark)
        && (a.backfill, &a.server, &a.failures, &a.seen, &a.check)
            == (b.backfill, &b.server, &b.failures, &b.seen, &b.check)
        && Arc::ptr_eq(&a.slo, &b.slo)
}
