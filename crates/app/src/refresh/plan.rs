//! What to read, for whom, from where.

use std::collections::BTreeMap;

use tomoni_engine::Input;
use tomoni_ledger::{Minute, Span};
use tomoni_slo::{LedgerKey, Promise, required_span};
use tomoni_sources::prometheus::{Config, Want};

use super::{Failure, Ledger, Task};
use crate::servers::Unserved;

/// Which of the plan's servers.
pub(super) type ServerId = usize;

/// What to read, for whom, from where.
#[derive(Debug)]
pub(super) struct Plan {
    until: Minute,
    horizon: Minute,
    ledgers: BTreeMap<LedgerKey, Planned>,
    servers: Vec<Config>,
}

#[derive(Debug)]
struct Planned {
    want: Want,
    spans: Vec<Span>,
    server: Option<Result<ServerId, Unserved>>,
}

impl Plan {
    pub(super) fn new(task: &Task<'_>) -> Self {
        let horizon = task.pace.watermark(task.now_ms);
        let mut plan = Self {
            until: task.at.min(horizon),
            horizon,
            ledgers: BTreeMap::new(),
            servers: Vec::new(),
        };
        for promise in &task.promises {
            plan.add(promise, task);
        }
        plan
    }

    fn add(&mut self, promise: &Promise, task: &Task<'_>) {
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
            Ok(self.server(config))
        });
        let planned = Planned {
            want: Want {
                key: promise.key.clone(),
                indicator: promise.indicator.clone(),
                resolution_minutes: promise.resolution_minutes,
            },
            spans: vec![span],
            server,
        };
        self.ledgers.insert(promise.key.clone(), planned);
    }

    fn server(&mut self, config: Config) -> ServerId {
        let is_same = |c: &Config| {
            (&c.url, &c.headers, &c.auth) == (&config.url, &config.headers, &config.auth)
        };
        let known = self.servers.iter().position(is_same);
        known.unwrap_or_else(|| {
            self.servers.push(config);
            self.servers.len() - 1
        })
    }

    /// The last minute that figures can end at.
    pub(super) const fn until(&self) -> Minute {
        self.until
    }

    /// The last minute that is settled, whatever instant figures are for.
    pub(super) const fn horizon(&self) -> Minute {
        self.horizon
    }

    pub(super) fn keys(&self) -> Vec<LedgerKey> {
        self.ledgers.keys().cloned().collect()
    }

    pub(super) fn servers(&self) -> &[Config] {
        &self.servers
    }

    /// What is read of a ledger, and from which server; `None` when nobody can be asked.
    pub(super) fn want(&self, key: &LedgerKey) -> Option<(&Want, ServerId)> {
        let planned = self.ledgers.get(key)?;
        match planned.server {
            Some(Ok(server)) => Some((&planned.want, server)),
            _ => None,
        }
    }

    /// Empty ledgers, with what is known of them before anything is read.
    pub(super) fn ledgers(&self) -> BTreeMap<LedgerKey, Ledger> {
        let ledger = |planned: &Planned| {
            let mut ledger = Ledger::default();
            match &planned.server {
                Some(Ok(id)) => ledger.server = self.servers.get(*id).map(|c| shown(&c.url)),
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

/// An address without what stands before its host's `@`.
fn shown(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_shown_without_secrets() {
        for (url, text) in [
            ("http://u:p@h:9090/a@b", "http://h:9090/a@b"),
            ("http://h:9090", "http://h:9090"),
            ("h:9090", "h:9090"),
        ] {
            assert_eq!(shown(url), text);
        }
    }
}
