//! What the journal says of documents now.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use tomoni_spec::{Document, Identity};
use tomoni_store::{Draft, Entry, Op};

/// What an entry's origin begins with when a file of a watched folder says it.
const FILES: &str = "specs:";
/// Who says what files say.
pub(super) const FILES_ACTOR: &str = "specs";
/// How many hexadecimal digits of the hash a uid has.
const UID_DIGITS: usize = 26;

/// Where a document comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A file of a watched folder, by its name; and the line.
    File(Arc<str>, usize),
    /// Somebody who applied it: `api`, `cli`.
    Applied(String),
}

impl Origin {
    /// As an entry has it: `specs:FILE:LINE`, or the word that was given.
    pub(super) fn text(&self) -> String {
        match self {
            Self::File(file, line) => format!("{FILES}{file}:{line}"),
            Self::Applied(by) => by.clone(),
        }
    }

    fn read(text: &str) -> Self {
        let place = text
            .strip_prefix(FILES)
            .and_then(|place| place.rsplit_once(':'));
        match place {
            Some((file, line)) => Self::File(file.into(), line.parse().unwrap_or(1)),
            None => Self::Applied(text.to_owned()),
        }
    }

    /// The file that manages the document; `None` where people apply it.
    pub(super) fn file(&self) -> Option<&Arc<str>> {
        match self {
            Self::File(file, _) => Some(file),
            Self::Applied(_) => None,
        }
    }
}

/// What the journal says of one document last.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) uid: String,
    pub(super) version: i64,
    pub(super) recorded_ms: i64,
    pub(super) actor: String,
    pub(super) origin: Origin,
    /// Its text in force; `None` where it was deleted.
    pub(super) document: Option<Document>,
}

/// What the journal says of all documents last.
#[derive(Clone, Debug, Default)]
pub(super) struct Current {
    by_identity: BTreeMap<Identity, Held>,
    /// The uids that ever had a name.
    uids: BTreeMap<Identity, BTreeSet<String>>,
    /// The name under which each uid is held.
    names: BTreeMap<String, Identity>,
    /// All uids that ever were.
    used: BTreeSet<String>,
}

impl Current {
    /// Of the journal's newest entries; those of other kinds are passed over.
    pub(super) fn of(entries: &[Entry]) -> Self {
        let mut current = Self::default();
        current.take(entries);
        current
    }

    /// Remembers which uids had which names, in entries of any age.
    pub(super) fn remember_names(&mut self, entries: &[Entry]) {
        for said in entries.iter().map(|entry| &entry.said) {
            if let Some(identity) = Identity::new(&said.kind, &said.name) {
                let uids = self.uids.entry(identity).or_default();
                uids.insert(said.uid.clone());
                self.used.insert(said.uid.clone());
            }
        }
    }

    /// The same names, over the journal's newest entries as they are now.
    pub(super) fn renewed(&self, entries: &[Entry]) -> Self {
        let mut renewed = Self {
            uids: self.uids.clone(),
            used: self.used.clone(),
            ..Self::default()
        };
        renewed.take(entries);
        renewed
    }

    /// The uids that ever had a name.
    pub(super) fn uids(&self, identity: &Identity) -> impl Iterator<Item = &String> {
        self.uids.get(identity).into_iter().flatten()
    }

    /// A uid that no object ever had.
    fn new_uid(&self, identity: &Identity, now_ms: i64) -> String {
        let uids = (0..).map(|turn: u64| uid(identity, now_ms, turn));
        // At most as many turns as there are objects.
        uids.take(self.used.len() + 1)
            .find(|uid| !self.used.contains(uid))
            .unwrap_or_default()
    }

    /// Takes newer entries in.
    pub(super) fn take(&mut self, entries: &[Entry]) {
        self.remember_names(entries);
        for entry in entries {
            let said = &entry.said;
            let Some(identity) = Identity::new(&said.kind, &said.name) else {
                continue;
            };
            // A name that changed is free again.
            let named = self.names.insert(said.uid.clone(), identity.clone());
            if let Some(old) = named.filter(|old| *old != identity)
                && self.get(&old).is_some_and(|held| held.uid == said.uid)
            {
                self.by_identity.remove(&old);
            }
            let held = held(&identity, said);
            let there = self.by_identity.get(&identity);
            let yields = held.document.is_none()
                && there.is_some_and(|there| there.document.is_some() && there.uid != held.uid);
            if !yields {
                self.by_identity.insert(identity, held);
            }
        }
    }

    /// What is held under a name, deleted or not.
    pub(super) fn get(&self, identity: &Identity) -> Option<&Held> {
        self.by_identity.get(identity)
    }

    /// The text in force of a document.
    pub(super) fn document(&self, identity: &Identity) -> Option<&Document> {
        self.get(identity)?.document.as_ref()
    }

    /// The documents in force, with what is held of them.
    pub(super) fn live(&self) -> impl Iterator<Item = (&Identity, &Held, &Document)> {
        self.by_identity
            .iter()
            .filter_map(|(identity, held)| Some((identity, held, held.document.as_ref()?)))
    }

    /// An entry that puts a document in force. `before` names the object whose identity goes on
    /// under a new name.
    pub(super) fn put(
        &self,
        identity: &Identity,
        document: &Document,
        before: Option<&Identity>,
        said: &Said<'_>,
    ) -> Draft {
        let held = self.get(before.unwrap_or(identity));
        let uid = held.map_or_else(
            || self.new_uid(identity, said.now_ms),
            |held| held.uid.clone(),
        );
        let version = held.map_or(1, |held| held.version + 1);
        draft(identity, uid, version, Some(document), said)
    }

    /// An entry that deletes a document; `None` where there is none.
    pub(super) fn delete(&self, identity: &Identity, said: &Said<'_>) -> Option<Draft> {
        let held = self.get(identity)?;
        let (uid, version) = (held.uid.clone(), held.version + 1);
        held.document
            .as_ref()
            .map(|_| draft(identity, uid, version, None, said))
    }
}

/// Who says something, when, and why.
pub(super) struct Said<'s> {
    pub(super) now_ms: i64,
    pub(super) actor: &'s str,
    pub(super) origin: Origin,
    pub(super) reason: &'s str,
}

fn draft(
    identity: &Identity,
    uid: String,
    version: i64,
    document: Option<&Document>,
    said: &Said<'_>,
) -> Draft {
    Draft {
        recorded_ms: said.now_ms,
        effective_ms: said.now_ms,
        actor: said.actor.to_owned(),
        origin: said.origin.text(),
        reason: said.reason.to_owned(),
        kind: identity.kind().to_owned(),
        uid,
        name: identity.name().to_owned(),
        version,
        op: if document.is_some() {
            Op::Put
        } else {
            Op::Delete
        },
        body: document.map_or_else(String::new, |document| document.text.clone()),
    }
}

fn held(identity: &Identity, said: &Draft) -> Held {
    let origin = Origin::read(&said.origin);
    let document = matches!(said.op, Op::Put).then(|| document(identity, said));
    Held {
        uid: said.uid.clone(),
        version: said.version,
        recorded_ms: said.recorded_ms,
        actor: said.actor.clone(),
        origin,
        document,
    }
}

/// The document that an entry puts in force.
pub(super) fn document(identity: &Identity, said: &Draft) -> Document {
    let (file, line) = match Origin::read(&said.origin) {
        Origin::File(file, line) => (file, line),
        Origin::Applied(by) => (format!("{by}: {identity}").into(), 1),
    };
    Document {
        identity: Some(identity.clone()),
        file,
        line,
        text: said.body.clone(),
    }
}

/// An object's identity, made without chance: of what it was called first, and since when; and of a
/// turn, should that not tell it from another one.
fn uid(identity: &Identity, recorded_ms: i64, turn: u64) -> String {
    let mut hash = Sha256::new();
    for part in [identity.kind(), identity.name()] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.update(recorded_ms.to_be_bytes());
    hash.update(turn.to_be_bytes());
    let digits: String = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    digits.chars().take(UID_DIGITS).collect()
}
