//! The register: documents in the journal, and which revision of each is in force.
//!
//! Files of watched folders and people's `apply` say what is wanted; the journal says what is in
//! force. Only what is good gets into the journal, so the last good revision of everything is there
//! after a restart, whatever the files say by then.

mod apply;
mod change;
mod current;
mod error;
mod found;
mod history;
mod rows;
mod settle;
mod watch;

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::{Mutex, OwnedMutexGuard};
use tomoni_spec::{Catalog, Document, Finding, Identity, Severity};
use tomoni_store::{Draft, JOURNAL_PAGE_MAX, Store};

pub use apply::{Applied, Request};
pub use change::{Change, ChangeKind, Consequence, Effect, FIELDS_MAX, Field};
pub use error::RegisterError;
pub use found::Found;
pub use history::{Generation, History, REVISIONS_MAX, Revision};
pub use rows::{DocumentRow, ExportFile};
pub use watch::{POLL_MS, Watch, follow};

use crate::beside::beside;
use current::{Current, FILES_ACTOR, Origin, Said};
use found::{Wanted, about, wanted};
use settle::{Set, Settled, settle};

/// The most documents that are in force.
pub const DOCUMENTS_MAX: usize = 20_000;
/// The most documents that are applied at once.
pub const APPLIED_MAX: usize = 5_000;

/// The documents in force, and what was met on the way.
#[derive(Clone, Debug, Default)]
pub struct InForce {
    /// What they define: of each document the last good revision.
    pub catalog: Arc<Catalog>,
    /// What is wrong or unwise with what is wanted, by file and place; and whether an earlier
    /// revision of what it is about was good and stays in force.
    pub findings: Vec<(Finding, bool)>,
    /// How many documents files and people say.
    pub documents: usize,
    /// How many of them are of other programs and were passed over.
    pub passed_over: usize,
    /// When they were read, in milliseconds since the Unix epoch.
    pub read_at_ms: i64,
    /// Rises with every set that this register puts in force: of two, the greater is the newer.
    pub number: u64,
}

/// Documents in the journal. Cheap to clone; clones are the same register.
#[derive(Clone, Debug)]
pub struct Register {
    store: Store,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    current: Current,
    /// What the watched folders said last; `None` where there are none.
    found: Option<Found>,
    in_force: InForce,
    /// Whether the journal may say more than `current`: it was written to, and the answer is not known.
    is_unsure: bool,
    /// Whether `current` says what `in_force` does not show yet.
    is_behind: bool,
}

/// The state, while nobody else can change it.
type Locked = OwnedMutexGuard<State>;

/// Works with the state beside the runtime's threads: reading thousands of documents takes seconds,
/// in which requests are to be answered.
async fn apart<T: Send + 'static>(
    mut state: Locked,
    work: impl FnOnce(&mut State) -> T + Send + 'static,
) -> (Locked, T) {
    beside(move || {
        let done = work(&mut state);
        (state, done)
    })
    .await
}

impl Register {
    /// Opens the register over the journal: what was in force is in force again.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read.
    pub async fn open(store: Store, now_ms: i64) -> Result<Self, RegisterError> {
        let register = Self::load(store).await?;
        register.resume(now_ms).await;
        Ok(register)
    }

    /// Loads the register from the journal. Nothing is in force before [`Register::resume`], or
    /// [`Register::reconcile`], which reads the same documents only once.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read.
    pub async fn load(store: Store) -> Result<Self, RegisterError> {
        let mut state = State {
            current: Current::of(&store.current().await?),
            ..State::default()
        };
        let mut after = 0;
        loop {
            let entries = store.journal(after, JOURNAL_PAGE_MAX).await?;
            let Some(last) = entries.last() else {
                break;
            };
            after = last.seq;
            state.current.remember_names(&entries);
        }
        Ok(Self {
            store,
            state: Arc::new(Mutex::new(state)),
        })
    }

    /// Puts in force what the journal says, whatever files do.
    pub async fn resume(&self, now_ms: i64) -> InForce {
        let resumed = apart(self.locked().await, move |state| {
            state.show_journal(now_ms);
            state.in_force.clone()
        });
        resumed.await.1
    }

    /// What is in force.
    pub async fn in_force(&self) -> InForce {
        self.state.lock().await.in_force.clone()
    }

    /// Takes what watched folders say now: what is good gets into the journal and in force, in one
    /// transaction; of what is not, the last good revision stays.
    ///
    /// # Errors
    ///
    /// When the journal cannot be written: nothing changed then, and what was in force stays.
    pub async fn reconcile(&self, found: Found, now_ms: i64) -> Result<InForce, RegisterError> {
        let mut state = self.locked().await;
        self.be_sure(&mut state).await?;
        let (state, settled) = self.settle_with(state, Some(found), now_ms).await;
        settled.map(|()| state.in_force.clone())
    }

    async fn locked(&self) -> Locked {
        Arc::clone(&self.state).lock_owned().await
    }

    /// Reads what the journal says, where an earlier write may be in it unnoticed.
    async fn be_sure(&self, state: &mut State) -> Result<(), RegisterError> {
        if state.is_unsure {
            let entries = self.store.current().await?;
            state.current = state.current.renewed(&entries);
            state.is_unsure = false;
            state.is_behind = true;
        }
        Ok(())
    }

    /// Shows what the journal says, where an earlier change was written and never got as far.
    async fn catch_up(&self, mut state: Locked, now_ms: i64) -> Result<Locked, RegisterError> {
        self.be_sure(&mut state).await?;
        if state.is_behind {
            state = self.settle_again(state, now_ms).await;
        }
        Ok(state)
    }

    /// Settles with what files said last: that may be good now, and was not before.
    async fn settle_again(&self, state: Locked, now_ms: i64) -> Locked {
        let found = state.found.clone();
        let (state, settled) = self.settle_with(state, found, now_ms).await;
        let Err(error) = settled else {
            return state;
        };
        // What was applied is in the journal all the same; files are read again soon.
        tracing::warn!(%error, "files wait to be taken");
        apart(state, move |state| state.show_journal(now_ms))
            .await
            .0
    }

    async fn settle_with(
        &self,
        state: Locked,
        found: Option<Found>,
        now_ms: i64,
    ) -> (Locked, Result<(), RegisterError>) {
        let work = move |state: &mut State| {
            let wanted = wanted(&state.current, found.as_ref());
            let settled = state.settle(&wanted);
            let drafts = state.drafts(&settled, now_ms);
            (found, wanted, settled, drafts)
        };
        let (mut state, (found, wanted, settled, drafts)) = apart(state, work).await;
        let appended = self.append(&mut state, &drafts).await;
        if appended.is_ok() {
            state.found = found;
            state.show(&wanted, settled, now_ms);
        }
        (state, appended)
    }

    async fn append(&self, state: &mut State, drafts: &[Draft]) -> Result<(), RegisterError> {
        if drafts.is_empty() {
            return Ok(());
        }
        // So it stays where the answer is lost, or nobody waits for it any more.
        state.is_unsure = true;
        let entries = self.store.append(drafts).await?;
        state.current.take(&entries);
        state.is_unsure = false;
        state.is_behind = true;
        Ok(())
    }
}

impl State {
    fn live(&self) -> Set {
        let live = self.current.live();
        live.map(|(identity, _, document)| (identity.clone(), document.clone()))
            .collect()
    }

    fn settle(&self, wanted: &Wanted) -> Settled {
        settle(&self.live(), &wanted.set, &wanted.beside)
    }

    /// What has to be written so that the journal says what is in force.
    fn drafts(&self, settled: &Settled, now_ms: i64) -> Vec<Draft> {
        let mut drafts = Vec::new();
        let mut renamed = BTreeSet::new();
        let said = |origin| Said {
            now_ms,
            actor: FILES_ACTOR,
            origin,
            reason: "",
        };
        for (identity, document) in &settled.in_force {
            let held = self.current.document(identity);
            // That it stands on another line now is no change.
            let is_as_it_was = held
                .is_some_and(|held| (&held.text, &held.file) == (&document.text, &document.file));
            if is_as_it_was {
                continue;
            }
            let before = self.renamed(identity, document, &settled.in_force);
            let origin = Origin::File(Arc::clone(&document.file), document.line);
            drafts.push(
                self.current
                    .put(identity, document, before.as_ref(), &said(origin)),
            );
            renamed.extend(before);
        }
        for (identity, held, _) in self.current.live() {
            let is_gone = !settled.in_force.contains_key(identity) && !renamed.contains(identity);
            if is_gone {
                drafts.extend(self.current.delete(identity, &said(held.origin.clone())));
            }
        }
        drafts
    }

    /// The name that an object had before, where its identity goes on from that.
    fn renamed(
        &self,
        identity: &Identity,
        document: &Document,
        in_force: &Set,
    ) -> Option<Identity> {
        if self.current.document(identity).is_some() {
            return None;
        }
        let old = Identity::new(identity.kind(), &document.renamed_from()?)?;
        let is_free = self.current.document(&old).is_some() && !in_force.contains_key(&old);
        is_free.then_some(old)
    }

    /// Shows what the journal says, whatever files do.
    fn show_journal(&mut self, now_ms: i64) {
        let wanted = wanted(&self.current, None);
        let settled = self.settle(&wanted);
        self.show(&wanted, settled, now_ms);
    }

    /// Puts together what is shown.
    fn show(&mut self, wanted: &Wanted, settled: Settled, now_ms: i64) {
        self.is_behind = false;
        let mut findings = Vec::new();
        for (identity, told) in &settled.findings {
            // What a hidden or earlier text says is not what its file says now.
            let is_read = wanted.read.contains(identity) || self.found.is_none();
            let is_applied = self
                .current
                .get(identity)
                .is_some_and(|held| held.origin.file().is_none());
            if is_read || is_applied {
                let is_kept = settled.kept.contains_key(identity);
                let stays = is_kept || settled.rescued.contains(identity);
                let keeps = |f: &Finding| stays && f.severity == Severity::Error;
                findings.extend(told.iter().map(|f| (f.clone(), keeps(f))));
            }
        }
        for (document, told) in wanted.beside.iter().zip(&settled.beside) {
            let keeps = wanted.hidden.contains_key(&document.file);
            findings.extend(told.iter().map(|f| (f.clone(), keeps)));
        }
        let of_files = self.found.iter().flat_map(|found| &found.findings);
        findings.extend(of_files.map(|f| (f.clone(), self.keeps(f, wanted))));
        findings.extend(self.held_back(wanted, &settled));
        findings.sort_by(|(a, _), (b, _)| {
            let key = |f: &Finding| (f.place.clone(), f.severity, f.code);
            key(a).cmp(&key(b))
        });
        self.in_force = InForce {
            catalog: Arc::new(settled.catalog),
            findings,
            documents: settled.documents,
            passed_over: settled.passed_over,
            read_at_ms: now_ms,
            number: self.in_force.number + 1,
        };
    }

    /// Whether a finding about a file or folder hides documents that stay in force.
    fn keeps(&self, finding: &Finding, wanted: &Wanted) -> bool {
        let path = finding.place.file.trim_end_matches('/');
        wanted.hidden.keys().any(|file| {
            file.strip_prefix(path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    /// What is held back, or stays, for the sake of others.
    fn held_back(&self, wanted: &Wanted, settled: &Settled) -> Vec<(Finding, bool)> {
        let mut findings = Vec::new();
        for (identity, broken) in &settled.kept {
            let Some(broken) = broken else {
                continue;
            };
            if let Some(document) = wanted.set.get(identity) {
                let message = format!(
                    "with this change {broken} could not be used any more, so it is held back: the \
                     revision before stays in force"
                );
                let help = "change both so that they fit; they are taken together";
                let code = "documents/held-back";
                findings.push((about(code, document, message, help), true));
            } else if let Some(document) = self.current.document(identity) {
                let message =
                    format!("{identity} was deleted, but {broken} needs it, so it stays in force");
                let help = "put it back, or change what needs it; then it goes";
                let code = "documents/still-needed";
                findings.push((about(code, document, message, help), true));
            }
        }
        if let Some(document) = &wanted.too_many {
            let message = format!(
                "there are more than {DOCUMENTS_MAX} documents: this one, and new ones after it, are \
                 not taken"
            );
            let help = "name folders that hold your documents, not one above them";
            findings.push((about("documents/too-many", document, message, help), false));
        }
        let found = self.found.iter().flat_map(|found| &found.findings);
        for finding in found.filter(|f| f.code == "file/none" && self.keeps(f, wanted)) {
            let count: usize = wanted.hidden.values().sum();
            let message = format!(
                "there were documents below this folder, and now there is none: {count} stay in \
                 force, since a folder that is empty all at once was hardly meant"
            );
            let help = "put the files back. If all are to go, leave a file with one document, such \
                        as a Service";
            findings.push((
                Finding {
                    code: "documents/folder-empty",
                    severity: Severity::Error,
                    place: finding.place.clone(),
                    message,
                    help: Some(help.to_owned()),
                    object: None,
                },
                true,
            ));
        }
        findings
    }
}
