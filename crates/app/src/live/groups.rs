//! Which groups there are: asked for now and then, beside all else, and kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::task::JoinSet;
use tomoni_ledger::{Minute, Span};
use tomoni_slo::{Generation, GroupLabels};
use tomoni_sources::prometheus::SourceError;
use tomoni_spec::Finding;
use tomoni_store::KeptGroups;

use super::Live;
use crate::failure::Failure;
use crate::groups::{
    Key, Known, LOOKS_AT_ONCE, Look, Wanted, findings, look, present, wanted, with_groups,
};
use crate::world::{InForce, Reading, Told};

/// How often it is asked which groups there are, and how soon again where that failed.
const LOOK_EVERY_MS: i64 = 5 * 60_000;
const LOOK_AGAIN_MS: i64 = 60_000;
/// How old what is kept of groups that are still there may be: after a restart that much is asked for
/// once more.
const KEEP_EVERY_MS: i64 = 60 * 60_000;
/// Later than anything: by a clock that was set back groups may have been there after now.
const EVER: Minute = Minute::from_index(i64::MAX);

/// The documents as they were written, and the groups that they want.
#[derive(Debug, Default)]
pub(super) struct Grouped {
    documents: InForce,
    all: BTreeMap<Key, Looked>,
    looks: JoinSet<Answer>,
    /// The groups that are in force, each with its SLO's place among the documents'.
    present: Vec<(usize, GroupLabels)>,
    /// What is said of groups.
    said: Vec<Finding>,
}

/// Which groups were asked for, and what came of it.
pub(super) type Answer = (Key, Result<Look, SourceError>);

/// What is known of one grouping, and when it is looked at again.
#[derive(Debug)]
struct Looked {
    wanted: Wanted,
    known: Known,
    /// What the store knows of the window is known.
    is_recalled: bool,
    is_under_way: bool,
    /// When it was looked at last, and how long that is good for.
    looked_at: Option<(i64, i64)>,
    /// When all of it was kept last.
    kept_ms: Option<i64>,
}

impl Grouped {
    /// Whether somebody is being asked.
    pub(super) fn is_asking(&self) -> bool {
        !self.looks.is_empty()
    }

    /// The next answer; `None` when nobody is asked.
    pub(super) async fn next(&mut self) -> Option<Answer> {
        loop {
            match self.looks.join_next().await? {
                Ok(answer) => return Some(answer),
                Err(_) => self.note_defect(),
            }
        }
    }

    fn known(&self, key: &Key) -> Option<&Known> {
        self.all.get(key).map(|looked| &looked.known)
    }

    /// The groups that the documents have at a minute.
    fn present_at(&self, at: Minute) -> impl Iterator<Item = (usize, &GroupLabels)> {
        present(&self.documents.catalog, |key| self.known(key), at)
    }

    fn findings(&self) -> Vec<Finding> {
        findings(&self.documents.catalog, |key| self.known(key))
    }

    /// What was met while reading the documents, and what is said of their groups.
    fn reading(&self) -> Arc<Reading> {
        if self.said.is_empty() {
            return Arc::clone(&self.documents.reading);
        }
        let told = |finding: &Finding| Told {
            finding: finding.clone(),
            keeps_last_good: false,
        };
        let mut reading = Reading::clone(&self.documents.reading);
        reading.findings.extend(self.said.iter().map(told));
        Arc::new(reading)
    }

    /// A look ended in a panic, and nobody knows which: once all have ended they are free again.
    fn note_defect(&mut self) {
        if self.looks.is_empty() {
            for looked in self.all.values_mut() {
                looked.is_under_way = false;
            }
        }
    }
}

impl Looked {
    fn new(wanted: Wanted) -> Self {
        Self {
            wanted,
            known: Known::default(),
            is_recalled: false,
            is_under_way: false,
            looked_at: None,
            kept_ms: None,
        }
    }

    /// The same groups, wanted by other documents. What leaves memory when a window has passed is in
    /// the store, and may be in a longer one.
    fn wanted_by(self, wanted: Wanted, at: Minute) -> Self {
        let is_longer = wanted.window(at).after < self.wanted.window(at).after;
        Self {
            wanted,
            is_recalled: self.is_recalled && !is_longer,
            looked_at: self.looked_at.filter(|_| !is_longer),
            ..self
        }
    }

    fn is_due(&self, now_ms: i64) -> bool {
        let is_old = |(looked_ms, wait_ms): (i64, i64)| {
            // Of a clock that was set back nothing else is known.
            now_ms < looked_ms || now_ms - looked_ms >= wait_ms
        };
        self.is_recalled && !self.is_under_way && self.looked_at.is_none_or(is_old)
    }

    fn is_to_keep(&self, now_ms: i64) -> bool {
        let is_old = |kept_ms: i64| now_ms < kept_ms || now_ms - kept_ms >= KEEP_EVERY_MS;
        self.is_recalled && self.kept_ms.is_none_or(is_old)
    }
}

impl Live {
    /// Takes these documents for those in force, with the groups that are known.
    pub(super) async fn take_documents(&mut self, documents: InForce) {
        let mut old = std::mem::take(&mut self.grouped.all);
        let at = Minute::ended_by_ms(self.now_ms);
        let slos = documents.catalog.slos.iter().map(|slo| &slo.value);
        for (key, wanted) in wanted(slos) {
            let looked = match old.remove(&key) {
                Some(looked) => looked.wanted_by(wanted, at),
                None => Looked::new(wanted),
            };
            self.grouped.all.insert(key, looked);
        }
        self.grouped.documents = documents;
        self.recall_groups().await;
        self.put_groups_in_force();
    }

    /// Asks which groups there are where it is time to, takes in what has come, and keeps it.
    pub(super) async fn tend_groups(&mut self) {
        if self.grouped.all.is_empty() {
            return;
        }
        self.recall_groups().await;
        while let Some(done) = self.grouped.looks.try_join_next() {
            match done {
                Ok(answer) => self.take_groups(answer),
                Err(_) => self.grouped.note_defect(),
            }
        }
        self.put_changes_in_force();
        self.look_for_groups();
        self.keep_groups().await;
    }

    /// Waits for one answer about groups and takes it in; `false` when nobody is asked.
    pub async fn groups(&mut self) -> bool {
        let Some(look) = self.grouped.next().await else {
            return false;
        };
        self.take_in_groups(look).await;
        true
    }

    /// Takes in an answer; new groups are read and drawn at once.
    pub(super) async fn take_in_groups(&mut self, answer: Answer) {
        self.take_groups(answer);
        if self.put_changes_in_force() {
            self.recall().await;
            self.advance().await;
        } else {
            self.draw().await;
        }
        self.look_for_groups();
        self.keep_groups().await;
    }

    /// Puts in force what has changed of groups since they were put in force last; tells whether
    /// there are others. What is said of them changes nothing else.
    fn put_changes_in_force(&mut self) -> bool {
        let at = Minute::ended_by_ms(self.now_ms);
        for looked in self.grouped.all.values_mut() {
            looked.known.drop_before(looked.wanted.window(at).after);
        }
        let before = self.grouped.present.iter();
        let before = before.map(|(place, labels)| (*place, labels));
        if !self.grouped.present_at(at).eq(before) {
            self.put_groups_in_force();
            return true;
        }
        let said = self.grouped.findings();
        if said != self.grouped.said {
            self.grouped.said = said;
            self.in_force.reading = self.grouped.reading();
        }
        false
    }

    /// The documents with an SLO for each group.
    fn put_groups_in_force(&mut self) {
        let grouped = &mut self.grouped;
        let documents = grouped.documents.clone();
        let present = grouped.present_at(Minute::ended_by_ms(self.now_ms));
        let present = present.map(|(place, labels)| (place, labels.clone()));
        let present = present.collect();
        grouped.present = present;
        grouped.said = grouped.findings();
        if grouped.all.is_empty() {
            return self.put_in_force(documents);
        }
        let in_force = InForce {
            catalog: Arc::new(with_groups(&documents.catalog, &grouped.present)),
            reading: grouped.reading(),
            number: documents.number,
        };
        self.put_in_force(in_force);
    }

    /// Takes in what the store knows of groups of which that is not known here.
    async fn recall_groups(&mut self) {
        let at = Minute::ended_by_ms(self.now_ms);
        let new = self.grouped.all.iter();
        let new = new.filter(|(_, looked)| !looked.is_recalled);
        let windows = new.map(|(key, looked)| (key.whole, looked.wanted.window(at).after));
        let (of, after): (Vec<Generation>, Vec<Minute>) = windows.unzip();
        let Some(after) = after.into_iter().min() else {
            return;
        };
        let kept = match self.options.store.groups(&of, after).await {
            Ok(kept) => kept,
            Err(error) => return self.database_failed(&error),
        };
        let now_ms = self.now_ms;
        for (key, looked) in &mut self.grouped.all {
            if !looked.is_recalled {
                let after = looked.wanted.window(at).after;
                looked.known.recall(key, &kept, Span::new(after, EVER));
                looked.is_recalled = true;
                looked.kept_ms = Some(now_ms);
            }
        }
    }

    fn look_for_groups(&mut self) {
        let now_ms = self.now_ms;
        let at = Minute::ended_by_ms(now_ms);
        let due = self.grouped.all.iter();
        let due = due.filter(|(_, looked)| looked.is_due(now_ms));
        let places = LOOKS_AT_ONCE.saturating_sub(self.grouped.looks.len());
        let due: Vec<Key> = due.map(|(key, _)| key.clone()).take(places).collect();
        let documents = self.grouped.documents.clone();
        for key in due {
            let Some(looked) = self.grouped.all.get_mut(&key) else {
                continue;
            };
            looked.looked_at = Some((now_ms, LOOK_AGAIN_MS));
            let (wanted, asked) = (looked.wanted.clone(), looked.known.asked);
            // Why nobody can be asked is told of the SLO itself.
            let server = self.server(&wanted.promise, &documents);
            let Some(Ok(source)) = server.ok().map(|id| self.readers.source_of(id)) else {
                continue;
            };
            if let Some(looked) = self.grouped.all.get_mut(&key) {
                looked.is_under_way = true;
            }
            self.grouped.looks.spawn(async move {
                let looked = look(&*source, &wanted, asked, at).await;
                (key, looked)
            });
        }
    }

    /// Takes in which groups there were.
    fn take_groups(&mut self, (key, answer): Answer) {
        let Some(looked) = self.grouped.all.get_mut(&key) else {
            return;
        };
        looked.is_under_way = false;
        match answer {
            Ok(look) => {
                looked.looked_at = Some((self.now_ms, LOOK_EVERY_MS));
                let was_asked = looked.known.asked.is_some();
                if looked.known.take(look) || !was_asked {
                    looked.kept_ms = None;
                }
            }
            Err(error) => {
                tracing::debug!(%error, "it could not be asked which groups there are");
                // That a server is away is shown on top of every page.
                let is_of_query = !error.is_about_the_server();
                looked.known.failure = is_of_query.then(|| Failure::from(error).to_string());
            }
        }
    }

    /// Keeps what has changed, in one write.
    async fn keep_groups(&mut self) {
        let now_ms = self.now_ms;
        let mut kept = KeptGroups::default();
        for (key, looked) in &self.grouped.all {
            if looked.is_to_keep(now_ms) {
                looked.known.add_to(&mut kept, key);
            }
        }
        if kept.is_empty() || self.keeping.away.load().is_some() {
            return;
        }
        if let Err(error) = self.options.store.keep_groups(&kept).await {
            return self.write_failed(&error);
        }
        for looked in self.grouped.all.values_mut() {
            if looked.is_to_keep(now_ms) {
                looked.kept_ms = Some(now_ms);
            }
        }
    }

    /// The store has forgotten what is counted under these generations, and may have forgotten their
    /// groups: those that are known here are kept again.
    pub(super) fn forgot_groups(&mut self, of: &[Generation]) {
        for (key, looked) in &mut self.grouped.all {
            if of.contains(&key.whole) {
                looked.kept_ms = None;
            }
        }
    }
}
