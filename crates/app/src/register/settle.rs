//! Which revision of each document is in force: the last good one.
//!
//! A document is *bad* when something is wrong with it that keeps it from being used. A bad new text
//! gives way to the text before it. Where a text that was good becomes bad because others changed
//! beneath it, those others give way instead. So what was in force stays a set that holds together,
//! and the outcome is a function of what is in force and what is wanted: asked again, after a
//! restart, it is the same.

use std::collections::{BTreeMap, BTreeSet};

use tomoni_spec::codes::SLOTH_PLUGIN;
use tomoni_spec::{Catalog, Document, Finding, Identity, Severity, read_documents};

/// Documents by what they define.
pub(super) type Set = BTreeMap<Identity, Document>;

/// Kinds whose objects an SLO's figures come from.
const FIGURES: [&str; 2] = ["SLI", "DataSource"];

/// What is in force, and why something is not as it was wanted.
#[derive(Debug, Default)]
pub(super) struct Settled {
    /// The documents in force.
    pub(super) in_force: Set,
    /// What they define.
    pub(super) catalog: Catalog,
    /// How many documents were wanted, or stand beside those.
    pub(super) documents: usize,
    /// How many of them are of other programs.
    pub(super) passed_over: usize,
    /// What is wrong or unwise with the wanted documents, in their order.
    pub(super) findings: Vec<(Identity, Vec<Finding>)>,
    /// What is wrong with documents beside them, in their order.
    pub(super) beside: Vec<Vec<Finding>>,
    /// Documents whose wanted text is not in force, but an earlier one; with what they would break,
    /// where nothing is wrong with them themselves.
    pub(super) kept: BTreeMap<Identity, Option<Identity>>,
    /// Documents with the wanted text in force that is only good because others gave way.
    pub(super) rescued: BTreeSet<Identity>,
    /// Documents that are wanted, but never were good.
    pub(super) dropped: BTreeSet<Identity>,
}

/// Settles what is in force. `beside` are documents that are read with the wanted ones for what is
/// wrong with them, and never are in force: second ones of a name, and those that cannot be told.
pub(super) fn settle(before: &Set, wanted: &Set, beside: &[Document]) -> Settled {
    let mut round = Round {
        before,
        wanted,
        kept: BTreeMap::new(),
        dropped: BTreeSet::new(),
    };
    let mut settled = Settled::default();
    let first = Reading::of(wanted.values().chain(beside));
    settled.findings = wanted
        .keys()
        .cloned()
        .zip(first.findings.iter().cloned())
        .collect();
    let beside_of = first.findings.get(wanted.len()..);
    settled.beside = beside_of.unwrap_or_default().to_vec();
    settled.documents = first.catalog.documents;
    settled.passed_over = first.catalog.passed_over;
    // What stands beside the wanted documents may only have been meant, and helps nobody.
    let mut bad = if beside.is_empty() {
        first.bad(wanted)
    } else {
        bad_of(wanted)
    };
    let at_first = bad.clone();
    while round.give_way(&bad) {
        bad = bad_of(&round.set(true));
    }
    settled.in_force = round.set(false);
    settled.catalog = if beside.is_empty() && settled.in_force == *wanted {
        first.catalog
    } else {
        Reading::of(settled.in_force.values()).catalog
    };
    settled.rescued = at_first.difference(&bad).cloned().collect();
    settled.kept = round.kept;
    settled.dropped = round.dropped;
    settled
}

/// Documents of a set that cannot be used as they are.
pub(super) fn bad_of(set: &Set) -> BTreeSet<Identity> {
    Reading::of(set.values()).bad(set)
}

struct Reading {
    catalog: Catalog,
    findings: Vec<Vec<Finding>>,
}

impl Reading {
    fn of<'d>(documents: impl Iterator<Item = &'d Document>) -> Self {
        let documents: Vec<Document> = documents.cloned().collect();
        let (catalog, findings) = read_documents(&documents);
        Self { catalog, findings }
    }

    /// Those of the set that was read that are bad.
    fn bad(&self, set: &Set) -> BTreeSet<Identity> {
        let slos: BTreeSet<&str> = self
            .catalog
            .slos
            .iter()
            .map(|slo| slo.value.name.as_str())
            .collect();
        let is_bad = |identity: &Identity, findings: &[Finding]| {
            let has_error = findings.iter().any(|f| {
                // What cannot run here leaves the other SLOs of its document as they are.
                f.severity == Severity::Error && f.code != SLOTH_PLUGIN.id
            });
            // What is wrong with an SLO's alerts touches no figure: it is used all the same.
            has_error && !(identity.kind() == "SLO" && slos.contains(identity.name()))
        };
        let each = set.keys().zip(&self.findings);
        let found = each.filter(|(identity, findings)| is_bad(identity, findings));
        found.map(|(identity, _)| identity.clone()).collect()
    }
}

struct Round<'s> {
    before: &'s Set,
    wanted: &'s Set,
    kept: BTreeMap<Identity, Option<Identity>>,
    dropped: BTreeSet<Identity>,
}

impl Round<'_> {
    /// The documents as they stand; with or without those that never were good.
    fn set(&self, with_dropped: bool) -> Set {
        let mut set = self.wanted.clone();
        for identity in self.kept.keys() {
            if let Some(document) = self.before.get(identity) {
                set.insert(identity.clone(), document.clone());
            }
        }
        if !with_dropped {
            set.retain(|identity, _| !self.dropped.contains(identity));
        }
        set
    }

    /// Whether a document's text is a new one that has not given way.
    fn is_new(&self, identity: &Identity) -> bool {
        let is_changed = self.wanted.get(identity).map(|d| &d.text)
            != self.before.get(identity).map(|d| &d.text);
        is_changed && !self.kept.contains_key(identity) && !self.dropped.contains(identity)
    }

    /// Lets something give way for the bad documents; whether anything did.
    fn give_way(&mut self, bad: &BTreeSet<Identity>) -> bool {
        let new: Vec<Identity> = bad.iter().filter(|i| self.is_new(i)).cloned().collect();
        if !new.is_empty() {
            new.into_iter()
                .for_each(|identity| self.yield_text(identity, None));
            return true;
        }
        let standing: Vec<Identity> = self
            .wanted
            .keys()
            .filter(|identity| self.is_new(identity) && self.stands_on_dropped(identity))
            .cloned()
            .collect();
        if !standing.is_empty() {
            let each = standing.into_iter();
            each.for_each(|identity| self.yield_text(identity, None));
            return true;
        }
        let mut any = false;
        for identity in bad.iter().filter(|i| !self.dropped.contains(i)) {
            for beneath in self.beneath(identity) {
                if self.is_new(&beneath) && self.before.contains_key(&beneath) {
                    self.kept.insert(beneath, Some(identity.clone()));
                    any = true;
                }
            }
        }
        any
    }

    fn yield_text(&mut self, identity: Identity, broken: Option<Identity>) {
        if self.before.contains_key(&identity) {
            self.kept.insert(identity, broken);
        } else {
            self.dropped.insert(identity);
        }
    }

    /// Whether an object's figures would come from what never was good.
    fn stands_on_dropped(&self, identity: &Identity) -> bool {
        !self.dropped.is_empty()
            && self
                .beneath(identity)
                .iter()
                .any(|beneath| FIGURES.contains(&beneath.kind()) && self.dropped.contains(beneath))
    }

    /// Everything that an object refers to, and what that refers to, in any text of theirs.
    fn beneath(&self, identity: &Identity) -> BTreeSet<Identity> {
        let mut found = BTreeSet::new();
        let mut open = vec![identity.clone()];
        while let Some(next) = open.pop() {
            let texts = [self.wanted.get(&next), self.before.get(&next)];
            for reference in texts.into_iter().flatten().flat_map(Document::references) {
                if reference != *identity && found.insert(reference.clone()) {
                    open.push(reference);
                }
            }
        }
        found
    }
}
