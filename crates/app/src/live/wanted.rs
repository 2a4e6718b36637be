//! Which ledgers are in memory: those that documents in force speak of.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rayon::prelude::*;
use tomoni_engine::Input;
use tomoni_ledger::{DAY_MINUTES, Minute, Span};
use tomoni_slo::{LedgerKey, Promise, required_span};
use tomoni_store::{Judged, Known};

use super::Live;
use super::held::Held;
use super::tracked::Tracked;
use crate::reading::ServerId;
use crate::refresh::want;
use crate::servers::Unserved;
use crate::source::Origins;
use crate::world::InForce;

/// How much history is fetched of an SLO at least, in days.
const HISTORY_DAYS_MIN: i64 = 28;
/// Wants reach into the future: each minute is asked for when it is settled.
const AHEAD_MINUTES: i64 = 1_000 * 366 * DAY_MINUTES;

impl Live {
    /// Takes these documents for those in force. A ledger that is still wanted keeps its minutes;
    /// one that nobody wants any more leaves memory.
    pub(super) fn put_in_force(&mut self, in_force: InForce) {
        self.looked_at = None;
        let watermark = self.watermark();
        let mut old = std::mem::take(&mut self.ledgers);
        let tracked = old.values_mut().flat_map(|held| held.objectives.drain(..));
        let mut tracked: HashMap<(String, usize), Tracked> = tracked
            .map(|tracked| ((tracked.slo.value.name.clone(), tracked.index), tracked))
            .collect();
        let mut ledgers: BTreeMap<LedgerKey, Held> = BTreeMap::new();
        let mut place = 0;
        for slo in &in_force.catalog.slos {
            let slo = Arc::new(slo.clone());
            for (index, promise) in slo.value.promises.iter().enumerate() {
                let after = self.history_after(promise, watermark);
                let server = self.server(promise, &in_force);
                let held = match ledgers.remove(&promise.key) {
                    Some(held) => held,
                    None => self.held(old.remove(&promise.key), promise, server, after),
                };
                let mut held = self.wanting(held, after);
                let before = tracked.remove(&(slo.value.name.clone(), index));
                // What was found of its ledger holds as long as that is the same.
                let before = before.filter(|t| t.slo.value == slo.value && held.is_recalled);
                let slo = Arc::clone(&slo);
                held.objectives.push(match before {
                    Some(before) => before.again(slo, place),
                    None => Tracked::new(slo, index, place),
                });
                ledgers.insert(promise.key.clone(), held);
                place += 1;
            }
        }
        self.inputs
            .extend(old.into_keys().map(|key| Input::Forget { key }));
        self.ledgers = ledgers;
        self.in_force = in_force;
    }

    /// Whether the ledger was held already, it is from here on; another server answers for it maybe.
    fn held(
        &mut self,
        old: Option<Held>,
        promise: &Promise,
        server: Result<ServerId, Unserved>,
        after: Minute,
    ) -> Held {
        let want = Arc::new(want(promise));
        match old {
            Some(mut held) if held.server.is_ok() == server.is_ok() => {
                (held.want, held.server) = (want, server);
                held.tended_until = None;
                held
            }
            old => {
                let mut held = Held::new(want, server, after, self.readers.begun());
                if old.is_some() {
                    // It could not be read before, or cannot be any more: as if it were new.
                    let key = promise.key.clone();
                    self.inputs.push(Input::Forget { key });
                }
                if let Err(why) = &held.server
                    && !held.is_pushed()
                {
                    let failure = why.clone().into();
                    held.failed(Span::new(after, self.watermark()), failure);
                }
                held
            }
        }
    }

    fn wanting(&mut self, mut held: Held, after: Minute) -> Held {
        if after < held.after {
            held.after = after;
            if held.is_recalled && held.server.is_ok() {
                self.inputs.push(wanted(&held));
            }
        }
        held
    }

    /// From when on an objective's history is wanted: what its figures need, and its window once
    /// more, so that the first point of its picture, too, stands on a whole window.
    fn history_after(&self, promise: &Promise, watermark: Minute) -> Minute {
        let window = promise.objective.window.nominal_minutes();
        let required = required_span(&promise.objective, watermark).len() + window;
        let most = self.options.history_days.max(HISTORY_DAYS_MIN) * DAY_MINUTES;
        watermark - required.clamp(HISTORY_DAYS_MIN * DAY_MINUTES, most)
    }

    /// Who answers for a promise.
    pub(super) fn server(
        &mut self,
        promise: &Promise,
        in_force: &InForce,
    ) -> Result<ServerId, Unserved> {
        if let Some(sli) = promise.indicator.pushed() {
            return Err(Unserved::Pushed(sli.to_owned()));
        }
        let server = match &self.options.origins {
            None => return Err(Unserved::NotConfigured),
            Some(Origins::One(source)) => self.readers.source(source),
            Some(Origins::Servers(servers)) => {
                let config = servers.of(promise, &in_force.catalog.data_sources)?;
                self.readers.server(config)
            }
        };
        self.sources.entry(server).or_default();
        Ok(server)
    }

    /// Takes in what the store holds of ledgers that are new, and begins to want them.
    pub(super) async fn recall(&mut self) {
        let is_new = |(_, held): &(&LedgerKey, &Held)| !held.is_recalled;
        let new: Vec<LedgerKey> = self
            .ledgers
            .iter()
            .filter(is_new)
            .map(|(k, _)| k.clone())
            .collect();
        if new.is_empty() {
            return;
        }
        let recalled = match self.options.store.recall(&new).await {
            Ok(recalled) => recalled,
            Err(error) => return self.database_failed(&error),
        };
        self.database_works();
        self.looked_at = None;
        let ends = self.ends();
        let recalled = recalled.into_iter();
        let recalled: BTreeMap<LedgerKey, (Known, Judged)> =
            recalled.map(|of| (of.0.key.clone(), of)).collect();
        let told = self.ledgers.par_iter_mut().filter_map(|(key, held)| {
            held.recall(recalled.get(key)?, ends);
            Some(inputs(held))
        });
        let told: Vec<Vec<Input>> = told.collect();
        self.inputs.extend(told.into_iter().flatten());
    }
}

/// What the engine has to know of a ledger.
pub(super) fn inputs(held: &Held) -> Vec<Input> {
    if held.server.is_err() {
        return Vec::new();
    }
    let stored = Input::Stored {
        key: held.want.key.clone(),
        settled: held.settled.clone(),
        closed: held.closed.clone(),
    };
    let step = Input::Step {
        key: held.want.key.clone(),
        minutes: held.want.resolution_minutes,
    };
    // What was refilled before a restart, and reaches further back than history is wanted.
    let opened = held.settled.difference(&held.closed);
    let opened = opened.spans().iter().map(|span| Input::Want {
        key: held.want.key.clone(),
        span: *span,
    });
    let mut inputs = vec![stored, step, wanted(held)];
    inputs.extend(opened);
    inputs
}

fn wanted(held: &Held) -> Input {
    Input::Want {
        key: held.want.key.clone(),
        span: Span::new(held.after, held.after + AHEAD_MINUTES),
    }
}
