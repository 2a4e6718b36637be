//! A new picture of everything.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use tomoni_ledger::Minute;

use super::Live;
use super::health::SourceHealth;
use super::held::Held;
use super::source::SourceState;
use super::tracked::Tracked;
use crate::reading::ServerId;
use crate::refresh::unread;
use crate::world::{Backfill, Outage, Standing, World};

/// History that misses no more than this is not shown as being brought in.
const BACKFILL_SHOWN_MINUTES: i64 = 120;

impl Live {
    /// Draws the world anew where something has changed, and tells everybody.
    pub(super) async fn draw(&mut self) {
        let watermark = self.watermark();
        // Ticks between two minutes mostly find nothing new.
        let is_seen = self.looked_at == Some(watermark);
        if is_seen && self.backfill.is_none() {
            let standings = self.world.load().standings.clone();
            return self.put_up(standings, false);
        }
        if !is_seen {
            self.tend().await;
        }
        let remaining_s = self.backfills();
        let names = self.names();
        let looks = AtomicU64::new(0);
        let stood = self.ledgers.par_iter_mut().map(|(_, held)| {
            match &mut held.backfill {
                // How long its history takes is known better from tick to tick.
                Some(backfill) => backfill.remaining_s = remaining_s,
                None if is_seen => return held.stood(),
                None => {}
            }
            looks.fetch_add(1, Ordering::Relaxed);
            let server = held.server.as_ref().ok().and_then(|id| names.get(id));
            held.stand(watermark, server)
        });
        let mut stood: Vec<Stood> = stood.flatten_iter().collect();
        stood.sort_unstable_by_key(|stood| stood.place);
        let is_new = stood.iter().any(|stood| stood.is_new);
        let standings = stood.into_iter().filter_map(|stood| stood.standing);
        let standings = standings.collect();
        let looks = looks.into_inner();
        self.vitals.note(|health| health.counters.looks += looks);
        let is_at_rest = self.keeping.is_empty()
            && self.keeping.outage.is_none()
            && self.ledgers.values().all(Held::is_at_rest);
        self.looked_at = is_at_rest.then_some(watermark);
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
            number: self.in_force.number,
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

    /// Notes how much of each ledger's history is still to come, and says in about how many seconds
    /// all of it will have.
    fn backfills(&mut self) -> Option<i64> {
        let watermark = self.watermark();
        let mut all = 0;
        for held in self.ledgers.values_mut() {
            let missing = held.missing(watermark);
            held.backfill = (missing > BACKFILL_SHOWN_MINUTES).then(|| {
                all += missing;
                let wanted_minutes = watermark - held.after;
                Backfill {
                    done_minutes: wanted_minutes - missing,
                    wanted_minutes,
                    remaining_s: None,
                }
            });
        }
        if all == 0 {
            self.backfill = None;
        } else if self.backfill.is_none() {
            self.backfill = Some((self.now_ms, 0));
        }
        self.vitals.note(|health| health.backfill_minutes = all);
        let (since_ms, come) = self.backfill?;
        let elapsed = (self.now_ms - since_ms) as f64 / 1_000.0;
        (come > 0 && elapsed > 0.0).then(|| (all as f64 / (come as f64 / elapsed)).ceil() as i64)
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

/// Where an objective stands, for the picture.
struct Stood {
    place: usize,
    standing: Option<Arc<Standing>>,
    /// It is not what was known.
    is_new: bool,
}

impl Held {
    /// Whether all that it needs is in memory and measured: nothing is left for the next look.
    fn is_at_rest(&self) -> bool {
        let is_measured = |tracked: &Tracked| !tracked.is_behind && !tracked.is_looking_back;
        self.stale.is_empty()
            && self.changed_from.is_none()
            && self.objectives.iter().all(is_measured)
    }

    /// Where its objectives were found to stand.
    fn stood(&self) -> Vec<Stood> {
        let known = self.objectives.iter().map(|tracked| Stood {
            place: tracked.place,
            standing: tracked.standing.clone(),
            is_new: false,
        });
        known.collect()
    }

    /// Where its objectives stand.
    fn stand(&mut self, watermark: Minute, server: Option<&String>) -> Vec<Stood> {
        let mut objectives = std::mem::take(&mut self.objectives);
        let stood = objectives.iter_mut().map(|tracked| {
            let standing = stand(tracked, self, (watermark, server));
            let is_new = standing.is_some();
            if is_new {
                tracked.standing = standing;
            }
            Stood {
                place: tracked.place,
                standing: tracked.standing.clone(),
                is_new,
            }
        });
        let stood = stood.collect();
        // Where one could not be measured it is looked at again which days that needs.
        let is_behind = objectives.iter().any(|tracked| tracked.is_behind);
        self.tended_until = self.tended_until.filter(|_| !is_behind);
        // Of a ledger without minutes none are needed.
        let is_tended = self.tended_until.is_some() || self.end(watermark).is_none();
        self.changed_from = self.changed_from.filter(|_| is_behind || !is_tended);
        self.objectives = objectives;
        stood
    }
}

/// Where an objective stands, when that is not what was known: measured anew where its ledger has
/// changed or gone on. Where its minutes are away it stays where it was.
fn stand(
    tracked: &mut Tracked,
    held: &Held,
    (watermark, server): (Minute, Option<&String>),
) -> Option<Arc<Standing>> {
    let backfill = held.backfill;
    let settled = held.end(watermark);
    let end = settled.unwrap_or(watermark);
    let check = held.check(watermark);
    let failures = unread(&held.failures, &held.settled);
    let last = tracked.standing.clone();
    let is_as_it_was = |last: &Standing| {
        (last.backfill, last.server.as_ref(), &last.check) == (backfill, server, &check)
            && (&last.failures, &last.seen) == (&failures, &held.seen)
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
        failures,
        seen: held.seen.clone(),
        check,
    }))
}
