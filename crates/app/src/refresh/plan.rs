//! What to read, for whom, from where.

use std::collections::BTreeMap;
use std::sync::Arc;

use tomoni_engine::{Input, Read};
use tomoni_ledger::{Minute, Span};
use tomoni_slo::{LedgerKey, Promise, required_span};
use tomoni_sources::prometheus::Want;

use super::{Failure, Ledger, Task};
use crate::reading::{Readers, ServerId};
use crate::servers::Unserved;

/// What to read, for whom, from where.
#[derive(Debug)]
pub(super) struct Plan {
    until: Minute,
    horizon: Minute,
    ledgers: BTreeMap<LedgerKey, Planned>,
}

#[derive(Debug)]
struct Planned {
    want: Arc<Want>,
    spans: Vec<Span>,
    server: Option<Result<ServerId, Unserved>>,
}

impl Plan {
    pub(super) fn new(task: &Task<'_>, readers: &mut Readers) -> Self {
        let horizon = task.pace.watermark(task.now_ms);
        let mut plan = Self {
            until: task.at.min(horizon),
            horizon,
            ledgers: BTreeMap::new(),
        };
        for promise in &task.promises {
            plan.add(promise, task, readers);
        }
        plan
    }

    fn add(&mut self, promise: &Promise, task: &Task<'_>, readers: &mut Readers) {
        let span = required_span(&promise.objective, self.until);
        if let Some(planned) = self.ledgers.get_mut(&promise.key) {
            planned.spans.push(span);
            return;
        }
        // What was pushed is in the store, or nowhere.
        let is_kept = promise.indicator.pushed().is_some() && task.store.is_some();
        let servers = task.servers.filter(|_| !is_kept);
        let server = servers.map(|servers| {
            let config = servers.of(promise, task.data_sources)?;
            Ok(readers.server(config))
        });
        let planned = Planned {
            want: Arc::new(want(promise)),
            spans: vec![span],
            server,
        };
        self.ledgers.insert(promise.key.clone(), planned);
    }

    /// The last minute that figures can end at.
    pub(super) const fn until(&self) -> Minute {
        self.until
    }

    pub(super) fn keys(&self) -> Vec<LedgerKey> {
        self.ledgers.keys().cloned().collect()
    }

    /// Queues a read of the engine, split by server.
    pub(super) fn ask(&self, read: &Read, readers: &mut Readers) {
        let mut by_server: BTreeMap<ServerId, Vec<Arc<Want>>> = BTreeMap::new();
        for key in &read.keys {
            if let Some(planned) = self.ledgers.get(key)
                && let Some(Ok(server)) = planned.server
            {
                let wants = by_server.entry(server).or_default();
                wants.push(Arc::clone(&planned.want));
            }
        }
        for (server, wants) in by_server {
            readers.ask(server, &wants, read.span, self.horizon);
        }
    }

    /// Empty ledgers, with what is known of them before anything is read.
    pub(super) fn ledgers(&self, readers: &Readers) -> BTreeMap<LedgerKey, Ledger> {
        let ledger = |planned: &Planned| {
            let mut ledger = Ledger::default();
            match &planned.server {
                Some(Ok(id)) => ledger.server = Some(readers.name(*id)),
                Some(Err(why)) => {
                    let spans = planned.spans.iter();
                    ledger.failures = spans
                        .map(|s| (*s, Failure::Unserved(why.clone())))
                        .collect();
                }
                None => {}
            }
            ledger
        };
        self.ledgers
            .iter()
            .map(|(key, planned)| (key.clone(), ledger(planned)))
            .collect()
    }

    /// What the engine is told to want: what somebody can be asked for.
    pub(super) fn wants(&self) -> impl Iterator<Item = Input> + '_ {
        let served = self
            .ledgers
            .values()
            .filter(|planned| matches!(planned.server, Some(Ok(_))));
        served.flat_map(|planned| {
            planned.spans.iter().map(|span| Input::Want {
                key: planned.want.key.clone(),
                span: *span,
            })
        })
    }
}

/// What is read for a promise.
pub(crate) fn want(promise: &Promise) -> Want {
    Want {
        key: promise.key.clone(),
        indicator: promise.indicator.clone(),
        resolution_minutes: promise.resolution_minutes,
    }
}
