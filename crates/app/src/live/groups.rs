//! Which groups there are: asked for now and then, beside all else, and kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::task::JoinSet;
use tomoni_ledger::Minute;
use tomoni_slo::{Generation, GroupLabels};
use tomoni_sources::prometheus::{Groups, SourceError};
use tomoni_spec::Finding;
use tomoni_store::SeenGroup;

use super::Live;
use crate::failure::Failure;
use crate::groups::{Key, Known, LOOKS_AT_ONCE, Wanted, findings, wanted, with_groups};
use crate::world::{InForce, Reading, Told};

/// How often it is asked which groups there are, and how soon again where that failed.
const LOOK_EVERY_MS: i64 = 5 * 60_000;
const LOOK_AGAIN_MS: i64 = 60_000;
/// How old what is kept of groups that are still there may be: after a restart that much is asked for
/// once more.
const KEEP_EVERY_MS: i64 = 60 * 60_000;

/// The documents as they were written, and the groups that they want.
#[derive(Debug, Default)]
pub(super) struct Grouped {
    documents: InForce,
    all: BTreeMap<Key, Looked>,
    looks: JoinSet<Look>,
}

/// What was asked, until which minute, and what came of it.
pub(super) type Look = (Key, Minute, Result<Groups, SourceError>);

/// What is known of one grouping, and when it is looked at again.
#[derive(Debug)]
struct Looked {
    wanted: Wanted,
    known: Known,
    /// What the store knows of it is known.
    is_recalled: bool,
    is_under_way: bool,
    /// When it was asked last, and how long that is good for.
    asked: Option<(i64, i64)>,
    until: Option<Minute>,
    /// When all of it was kept last.
    kept_ms: Option<i64>,
    /// Groups that are not there any more, and are still kept.
    gone: Vec<GroupLabels>,
}

impl Grouped {
    /// Whether somebody is being asked.
    pub(super) fn is_asking(&self) -> bool {
        !self.looks.is_empty()
    }

    /// The next answer; `None` when nobody is asked.
    pub(super) async fn next(&mut self) -> Option<Look> {
        loop {
            match self.looks.join_next().await? {
                Ok(look) => return Some(look),
                Err(_) => self.note_defect(),
            }
        }
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
            asked: None,
            until: None,
            kept_ms: None,
            gone: Vec::new(),
        }
    }

    fn is_due(&self, now_ms: i64) -> bool {
        let is_old = |(asked_ms, wait_ms): (i64, i64)| {
            // Of a clock that was set back nothing else is known.
            now_ms < asked_ms || now_ms - asked_ms >= wait_ms
        };
        self.is_recalled && !self.is_under_way && self.asked.is_none_or(is_old)
    }

    fn is_to_keep(&self, now_ms: i64) -> bool {
        let is_old = |kept_ms: i64| now_ms < kept_ms || now_ms - kept_ms >= KEEP_EVERY_MS;
        self.until.is_some() && self.kept_ms.is_none_or(is_old)
    }
}

impl Live {
    /// Takes these documents for those in force, with the groups that are known.
    pub(super) async fn take_documents(&mut self, documents: InForce) {
        let mut old = std::mem::take(&mut self.grouped.all);
        let slos = documents.catalog.slos.iter().map(|slo| &slo.value);
        for (key, wanted) in wanted(slos) {
            let looked = match old.remove(&key) {
                Some(looked) => Looked { wanted, ..looked },
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
        let mut has_changed = self.recall_groups().await;
        while let Some(done) = self.grouped.looks.try_join_next() {
            match done {
                Ok(look) => has_changed |= self.take_groups(look),
                Err(_) => self.grouped.note_defect(),
            }
        }
        has_changed |= self.drop_groups();
        if has_changed {
            self.put_groups_in_force();
        }
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
    pub(super) async fn take_in_groups(&mut self, look: Look) {
        if self.take_groups(look) {
            self.put_groups_in_force();
            self.recall().await;
            self.advance().await;
        }
        self.look_for_groups();
        self.keep_groups().await;
    }

    /// The documents with an SLO for each group.
    fn put_groups_in_force(&mut self) {
        let documents = self.grouped.documents.clone();
        if self.grouped.all.is_empty() {
            return self.put_in_force(documents);
        }
        let known = self.grouped.all.iter();
        let known: BTreeMap<Key, Known> = known
            .map(|(key, looked)| (key.clone(), looked.known.clone()))
            .collect();
        let catalog = &documents.catalog;
        let told = |finding: Finding| Told {
            finding,
            keeps_last_good: false,
        };
        let mut reading = Reading::clone(&documents.reading);
        let said = findings(catalog, &known).into_iter();
        reading.findings.extend(said.map(told));
        let at = Minute::ended_by_ms(self.now_ms);
        self.put_in_force(InForce {
            catalog: Arc::new(with_groups(catalog, &known, at)),
            reading: Arc::new(reading),
            number: documents.number,
        });
    }

    /// Takes in what the store knows of groups that are new here; tells whether that is anything.
    async fn recall_groups(&mut self) -> bool {
        let new = self.grouped.all.iter();
        let new = new.filter(|(_, looked)| !looked.is_recalled);
        let new: Vec<Generation> = new.map(|(key, _)| key.of).collect();
        if new.is_empty() {
            return false;
        }
        let kept = match self.options.store.groups(&new).await {
            Ok(kept) => kept,
            Err(error) => {
                self.database_failed(&error);
                return false;
            }
        };
        for (key, looked) in &mut self.grouped.all {
            if !looked.is_recalled {
                looked.is_recalled = true;
                looked.known.recall(key, &kept);
            }
        }
        !kept.is_empty()
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
            looked.asked = Some((now_ms, LOOK_AGAIN_MS));
            let wanted = looked.wanted.clone();
            let span = wanted.since(looked.until.or(looked.known.until()), at);
            // Why nobody can be asked is told of the SLO itself.
            let server = self.server(&wanted.promise, &documents);
            let Some(Ok(source)) = server.ok().map(|id| self.readers.source_of(id)) else {
                continue;
            };
            if let Some(looked) = self.grouped.all.get_mut(&key) {
                looked.is_under_way = true;
            }
            self.grouped.looks.spawn(async move {
                let answer = source.groups(&wanted.grouping, span).await;
                (key, at, answer)
            });
        }
    }

    /// Takes in which groups there were up to a minute; tells whether that changes anything that is
    /// shown.
    fn take_groups(&mut self, (key, until, answer): Look) -> bool {
        let Some(looked) = self.grouped.all.get_mut(&key) else {
            return false;
        };
        looked.is_under_way = false;
        let known = &mut looked.known;
        let before = (known.without_budget, known.failure.clone());
        let has_new = match answer {
            Ok(found) => {
                let has_new = known.take(found, until);
                known.failure = None;
                looked.asked = Some((self.now_ms, LOOK_EVERY_MS));
                looked.until = Some(until);
                has_new
            }
            Err(error) => {
                tracing::debug!(%error, "it could not be asked which groups there are");
                // That a server is away is shown on top of every page.
                let is_of_query = !error.is_about_the_server();
                known.failure = is_of_query.then(|| Failure::from(error).to_string());
                false
            }
        };
        let is_other = before != (known.without_budget, known.failure.clone());
        if has_new {
            looked.kept_ms = None;
        }
        has_new || is_other
    }

    /// Drops groups of which nothing is in any window any more; tells whether there were some.
    fn drop_groups(&mut self) -> bool {
        let at = Minute::ended_by_ms(self.now_ms);
        let mut has_dropped = false;
        for looked in self.grouped.all.values_mut() {
            let gone = looked.known.drop_before(looked.wanted.after(at));
            has_dropped |= !gone.is_empty();
            looked.gone.extend(gone);
        }
        has_dropped
    }

    /// Keeps what has changed, in one write.
    async fn keep_groups(&mut self) {
        let now_ms = self.now_ms;
        let mut rows: Vec<SeenGroup> = Vec::new();
        let mut gone = Vec::new();
        for (key, looked) in &self.grouped.all {
            if looked.is_to_keep(now_ms) {
                rows.extend(looked.known.rows(key));
            }
            gone.extend(looked.gone.iter().map(|labels| (key.of, labels.clone())));
        }
        if rows.is_empty() && gone.is_empty() || self.keeping.away.load().is_some() {
            return;
        }
        if let Err(error) = self.options.store.keep_groups(&rows, &gone).await {
            return self.write_failed(&error);
        }
        for looked in self.grouped.all.values_mut() {
            looked.gone.clear();
            if looked.is_to_keep(now_ms) {
                looked.kept_ms = Some(now_ms);
            }
        }
    }
}
