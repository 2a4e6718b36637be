//! How an SLO came to be as it is.

use std::collections::{BTreeMap, BTreeSet};

use tomoni_ledger::SpanSet;
use tomoni_slo::{LedgerKey, Objective, Slo};
use tomoni_spec::{Document, Identity, read_documents};
use tomoni_store::{Draft, Entry, JOURNAL_PAGE_MAX, Op};

use super::current;
use super::{Register, RegisterError};
use crate::beside::beside;

/// The most revisions, and generations, that are told of one objective.
pub const REVISIONS_MAX: usize = 100;

/// An objective's past, newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// What was promised.
    pub revisions: Vec<Revision>,
    /// What was counted.
    pub generations: Vec<Generation>,
}

/// What was promised from an instant on.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// Its number, from 1.
    pub number: i64,
    /// From when on, in milliseconds since the Unix epoch.
    pub since_ms: i64,
    /// The promise, without exclusions: these are no revision.
    pub objective: Objective,
    /// Who changed it.
    pub actor: String,
    /// Why; may be empty.
    pub reason: String,
}

/// What was counted from an instant on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generation {
    /// The ledger.
    pub key: LedgerKey,
    /// From when on, in milliseconds since the Unix epoch.
    pub since_ms: i64,
}

impl Register {
    /// How an SLO's objective came to be: its revisions and generations.
    ///
    /// # Errors
    ///
    /// When there is no such SLO, or the journal cannot be read.
    pub async fn history(&self, slo: &str, objective: usize) -> Result<History, RegisterError> {
        let defined = self.defined(slo).await?;
        let events = self.events(&defined.uid).await?;
        Ok(fold(&events, &defined, objective))
    }

    /// All ledgers that an SLO's objectives ever counted in.
    ///
    /// # Errors
    ///
    /// Those of [`Register::history`]; an SLO whose document is gone is still known.
    pub async fn ledgers(&self, slo: &str) -> Result<BTreeSet<LedgerKey>, RegisterError> {
        let defined = match self.defined(slo).await {
            Ok(defined) => vec![defined],
            Err(unknown) => {
                let once = self.once_defined(slo).await?;
                if once.is_empty() {
                    return Err(unknown);
                }
                once
            }
        };
        let mut ledgers = BTreeSet::new();
        for defined in defined {
            let events = self.events(&defined.uid).await?;
            each_state(&events, &defined, |_, slo| {
                let promises = slo.promises.iter();
                ledgers.extend(promises.map(|promise| promise.key.clone()));
            });
        }
        Ok(ledgers)
    }

    /// Which documents ever defined an SLO that none does now. Only the journal knows: an SLO of Sloth's
    /// is called otherwise than the document in which it stands.
    async fn once_defined(&self, slo: &str) -> Result<Vec<Defined>, RegisterError> {
        let mut uids = BTreeSet::new();
        let mut after = 0;
        loop {
            let entries = self.store.journal(after, JOURNAL_PAGE_MAX).await?;
            let Some(last) = entries.last() else {
                break;
            };
            after = last.seq;
            let name = slo.to_owned();
            uids.extend(beside(move || defining(&entries, &name)).await);
        }
        let defined = |uid| Defined {
            uid,
            name: Some(slo.to_owned()),
        };
        Ok(uids.into_iter().map(defined).collect())
    }

    /// Which document defines an SLO.
    async fn defined(&self, slo: &str) -> Result<Defined, RegisterError> {
        let state = self.state.lock().await;
        let document = state.in_force.catalog.made_of.get(slo);
        let identity = document.cloned().or_else(|| Identity::new("SLO", slo));
        let held = identity.and_then(|identity| state.current.get(&identity));
        let defined = held.map(|held| Defined {
            uid: held.uid.clone(),
            // What is called as its document goes on under that one's names.
            name: document
                .filter(|document| document.name() != slo)
                .map(|_| slo.to_owned()),
        });
        defined.ok_or_else(|| super::rows::unknown("SLO", slo, std::iter::empty()))
    }

    /// Everything that was said of an object and of all that it ever referred to, in order.
    async fn events(&self, uid: &str) -> Result<Vec<(i64, Draft)>, RegisterError> {
        let mut events = BTreeMap::new();
        let mut open = vec![uid.to_owned()];
        let mut met = BTreeSet::new();
        while let Some(uid) = open.pop() {
            if !met.insert(uid.clone()) {
                continue;
            }
            for entry in self.store.versions(&uid).await? {
                if let Some(identity) = Identity::new(&entry.said.kind, &entry.said.name) {
                    let document = current::document(&identity, &entry.said);
                    open.extend(self.uids(&document).await);
                }
                events.insert(entry.seq, entry.said);
            }
        }
        Ok(events.into_iter().collect())
    }

    /// The uids of all that a document refers to.
    async fn uids(&self, document: &Document) -> Vec<String> {
        let state = self.state.lock().await;
        let references = document.references();
        let uids = references.iter().flat_map(|r| state.current.uids(r));
        uids.cloned().collect()
    }
}

/// Which document defines an SLO.
struct Defined {
    /// What goes on when the document gets another name.
    uid: String,
    /// The SLO's name, by which a document of several keeps it apart.
    name: Option<String>,
}

/// The uids of documents that define an SLO of this name in one of these entries.
fn defining(entries: &[Entry], slo: &str) -> Vec<String> {
    let mut uids = Vec::new();
    for said in entries.iter().map(|entry| &entry.said) {
        let identity = Identity::new(&said.kind, &said.name).filter(Identity::is_of_slos);
        let Some(identity) = identity.filter(|_| said.op == Op::Put) else {
            continue;
        };
        let (catalog, _) = read_documents(&[current::document(&identity, said)]);
        if catalog.slos.iter().any(|found| found.value.name == slo) {
            uids.push(said.uid.clone());
        }
    }
    uids
}

/// What was written at once, which holds at once.
type AtOnce<'e> = &'e [(i64, Draft)];

/// Tells the SLO as it was after each change of it or of what it refers to.
fn each_state(events: &[(i64, Draft)], defined: &Defined, mut told: impl FnMut(AtOnce<'_>, &Slo)) {
    let uid = defined.uid.as_str();
    let mut documents: BTreeMap<&str, Document> = BTreeMap::new();
    for at_once in events.chunk_by(|(_, a), (_, b)| a.recorded_ms == b.recorded_ms) {
        for (_, said) in at_once {
            match Identity::new(&said.kind, &said.name).filter(|_| said.op == Op::Put) {
                Some(identity) => {
                    documents.insert(&said.uid, current::document(&identity, said));
                }
                None => {
                    documents.remove(said.uid.as_str());
                }
            }
        }
        let Some(name) = documents.get(uid).and_then(|d| d.identity.as_ref()) else {
            continue;
        };
        let set: Vec<Document> = documents.values().cloned().collect();
        let (catalog, _) = read_documents(&set);
        let name = defined.name.as_deref().unwrap_or(name.name());
        if let Some(slo) = catalog.slos.iter().find(|slo| slo.value.name == name) {
            told(at_once, &slo.value);
        }
    }
}

fn fold(events: &[(i64, Draft)], defined: &Defined, objective: usize) -> History {
    let mut history = History::default();
    each_state(events, defined, |at_once, slo| {
        let (Some(promise), Some((_, last))) = (slo.promises.get(objective), at_once.last()) else {
            return;
        };
        let promised = Objective {
            exclusions: SpanSet::new(),
            ..promise.objective.clone()
        };
        if history
            .revisions
            .last()
            .is_none_or(|r| r.objective != promised)
        {
            let of_slo = at_once
                .iter()
                .rev()
                .find(|(_, said)| said.uid == defined.uid);
            let said = of_slo.map_or(last, |(_, said)| said);
            history.revisions.push(Revision {
                number: history.revisions.len() as i64 + 1,
                since_ms: said.effective_ms,
                objective: promised,
                actor: said.actor.clone(),
                reason: said.reason.clone(),
            });
        }
        if history
            .generations
            .last()
            .is_none_or(|g| g.key != promise.key)
        {
            history.generations.push(Generation {
                key: promise.key.clone(),
                since_ms: last.effective_ms,
            });
        }
    });
    history.revisions.reverse();
    history.revisions.truncate(REVISIONS_MAX);
    history.generations.reverse();
    history.generations.truncate(REVISIONS_MAX);
    history
}
