//! A new picture of everything.

use std::collections::BTreeMap;
use std::sync::Arc;

use tomoni_ledger::Minute;

use super::Live;
use super::health::SourceHealth;
use super::held::Held;
use super::source::SourceState;
use super::tracked::Tracked;
use crate::reading::ServerId;
use crate::world::{Backfill, Outage, Standing, World};

/// History that misses no more than this is not shown as being brought in.
const BACKFILL_SHOWN_MINUTES: i64 = 120;

impl Live {
    /// Draws the world anew where something has changed, and tells everybody.
    pub(super) async fn draw(&mut self) {
        self.tend().await;
        let backfills = self.backfills();
        let watermark = self.watermark();
        let names = self.names();
        let mut is_new = false;
        let mut standings = Vec::with_capacity(self.objectives.len());
        for ((key, tracked), backfill) in self.objectives.iter_mut().zip(backfills) {
            let Some(held) = self.ledgers.get(key) else {
                continue;
            };
            let server = held.server.as_ref().ok().and_then(|id| names.get(id));
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

    /// What people call the servers that are asked.
    fn names(&self) -> BTreeMap<ServerId, String> {
        let ids = self.sources.keys();
        ids.map(|id| (*id, self.readers.name(*id))).collect()
    }

    /// How much of each objective's history is still to come.
    fn backfills(&mut self) -> Vec<Option<Backfill>> {
        let watermark = self.watermark();
        let mut all = 0;
        let mut by_objective = vec![None; self.objectives.len()];
        for held in self.ledgers.values() {
            let missing = held.missing(watermark);
            if missing <= BACKFILL_SHOWN_MINUTES {
                continue;
            }
            all += missing;
            let wanted_minutes = watermark - held.after;
            for place in &held.objectives {
                by_objective[*place] = Some(Backfill {
                    done_minutes: wanted_minutes - missing,
                    wanted_minutes,
                    remaining_s: None,
                });
            }
        }
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
        for backfill in by_objective.iter_mut().flatten() {
            backfill.remaining_s = remaining_s;
        }
        by_objective
    }

    fn note(&self) {
        let source = |(id, source): (&usize, &SourceState)| SourceHealth {
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
    (watermark, server, backfill): (Minute, Option<&String>, Option<Backfill>),
) -> Option<Arc<Standing>> {
    let settled = held.end(watermark);
    let end = settled.unwrap_or(watermark);
    let check = held.check(watermark);
    let last = tracked.standing.clone();
    let is_as_it_was = |last: &Standing| {
        (last.backfill, last.server.as_ref(), &last.check) == (backfill, server, &check)
            && (&last.failures, &last.seen) == (&held.failures, &held.seen)
            && Arc::ptr_eq(&last.slo, &tracked.slo)
    };
    let is_measured = last.as_ref().is_some_and(|last| {
        last.end == end
            && last.watermark == settled
            && held.changed_from.is_none()
            && !tracked.is_looking_back
    });
    let is_as_it_was = last.as_deref().is_some_and(is_as_it_was);
    if is_measured && is_as_it_was {
        tracked.is_behind = false;
        return None;
    }
    let measured = match last.as_ref().filter(|_| is_measured) {
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
    if let Some(last) = &last
        && is_as_it_was
        && (last.end, last.watermark, &last.measures) == (end, settled, &measures)
        && (&last.firing, &last.spark) == (&tracked.firing, &tracked.spark)
    {
        return None;
    }
    Some(Arc::new(Standing {
        slo: Arc::clone(&tracked.slo),
        index: tracked.index,
        end,
        watermark: settled,
        measures,
        firing: tracked.firing.clone(),
        spark: tracked.spark.clone(),
        backfill,
        server: server.cloned(),
        failures: held.failures.clone(),
        seen: held.seen.clone(),
        check,
    }))
}
