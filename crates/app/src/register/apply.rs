//! Documents that people apply, and what that would change.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;
use tomoni_spec::codes::DUPLICATE;
use tomoni_spec::{Document, Finding, Identity, Severity, SourceFile, read_documents, split};
use tomoni_store::{Draft, StoreError};
use utoipa::ToSchema;

use super::change::{self, Change, ChangeKind, Consequence};
use super::current::{Origin, Said};
use super::settle::{Set, bad_of};
use super::{APPLIED_MAX, DOCUMENTS_MAX, Register, RegisterError, State, apart, rows};
use crate::documents::FILE_BYTES_MAX;

/// What somebody wants changed.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The documents to put in force.
    pub documents: Vec<Document>,
    /// The documents to delete.
    pub deletes: Vec<Identity>,
    /// The versions that were looked at, 0 for none; what is not named here is not compared.
    pub expected: BTreeMap<Identity, i64>,
    /// Who wants it.
    pub actor: String,
    /// By which way it came, such as `api` or `cli`.
    pub origin: String,
    /// Why; may be empty.
    pub reason: String,
    /// Only look at what would change.
    pub dry_run: bool,
}

impl Request {
    /// A request to put the documents of a text in force; `name` is what findings call the text.
    ///
    /// # Errors
    ///
    /// When the text is too long, or a part of it is no document that can be applied.
    pub fn of_text(name: &str, text: &str) -> Result<Self, RegisterError> {
        if text.len() as u64 > FILE_BYTES_MAX {
            return Err(RegisterError::TooLarge { bytes: text.len() });
        }
        let file = SourceFile {
            name: name.into(),
            bytes: text.as_bytes().to_vec(),
        };
        Ok(Self {
            documents: split(&file).documents,
            ..Self::default()
        })
    }
}

/// What a request changed, or would.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Applied {
    /// What happens to each document.
    pub changes: Vec<Change>,
    /// What that means for figures.
    pub consequences: Vec<Consequence>,
    /// What is unwise with the documents, as `file:line: message (code)`.
    pub warnings: Vec<String>,
    /// Whether it was done, and not only looked at.
    pub is_applied: bool,
}

impl Applied {
    /// Whether nothing changes.
    pub fn is_nothing(&self) -> bool {
        let mut changes = self.changes.iter();
        changes.all(|change| change.change == ChangeKind::Unchanged)
    }
}

/// A request that was looked at: the documents as they would be.
struct Looked {
    before: Set,
    after: Set,
    asked: BTreeSet<Identity>,
}

impl Register {
    /// What a request would change, also where files manage the documents.
    ///
    /// # Errors
    ///
    /// When the documents are wrong, or would make wrong what is in force.
    pub async fn diff(&self, request: &Request) -> Result<Applied, RegisterError> {
        let request = request.clone();
        let work = move |state: &mut State| {
            let looked = state.look(&request)?;
            state.applied(&looked, false)
        };
        apart(self.locked().await, work).await.1
    }

    /// Does what a request wants: all of it or nothing.
    ///
    /// # Errors
    ///
    /// When the documents are wrong, or would make wrong what is in force; when a file manages one
    /// of them; when one was changed since it was looked at; when the journal cannot be written. Where
    /// the journal was written all the same, or the future is dropped after that, the next call puts in
    /// force what it says.
    pub async fn apply(&self, request: &Request, now_ms: i64) -> Result<Applied, RegisterError> {
        let request = request.clone();
        let work = move |state: &mut State| {
            let looked = state.look(&request)?;
            let applied = state.applied(&looked, !request.dry_run)?;
            state.allow(&request, &looked)?;
            let drafts = if request.dry_run || applied.is_nothing() {
                Vec::new()
            } else {
                state.asked(&request, &looked, now_ms)
            };
            Ok::<_, RegisterError>((applied, drafts))
        };
        let state = self.catch_up(self.locked().await, now_ms).await?;
        let (mut state, done) = apart(state, work).await;
        let (applied, drafts) = done?;
        if drafts.is_empty() {
            return Ok(applied);
        }
        if let Err(error) = self.append(&mut state, &drafts).await {
            if matches!(error, RegisterError::Store(StoreError::Conflict(_))) {
                // What somebody else has written is in force, too.
                self.catch_up(state, now_ms).await?;
            }
            return Err(lost_race(error));
        }
        self.settle_again(state, now_ms).await;
        Ok(applied)
    }
}

/// Another process over the same journal was quicker.
fn lost_race(error: RegisterError) -> RegisterError {
    if let RegisterError::Store(StoreError::Conflict(conflict)) = &error
        && let Some(identity) = Identity::new(&conflict.kind, &conflict.name)
    {
        return RegisterError::Conflict {
            identity,
            expected: conflict.version - 1,
            found: conflict.newest,
            actor: conflict.actor.clone(),
        };
    }
    error
}

impl Looked {
    /// What is asked for and is not so yet.
    fn changed(&self) -> impl Iterator<Item = &Identity> {
        self.asked.iter().filter(|identity| {
            self.before.get(*identity).map(|d| &d.text)
                != self.after.get(*identity).map(|d| &d.text)
        })
    }
}

impl State {
    /// What a request makes of what is in force.
    fn look(&self, request: &Request) -> Result<Looked, RegisterError> {
        let count = request.documents.len() + request.deletes.len();
        if count > APPLIED_MAX {
            return Err(RegisterError::TooMany { count });
        }
        let before = self.live();
        let mut looked = Looked {
            after: before.clone(),
            before,
            asked: BTreeSet::new(),
        };
        let mut wrong = Vec::new();
        for document in &request.documents {
            let Some(identity) = &document.identity else {
                wrong.push(document.clone());
                continue;
            };
            if !looked.asked.insert(identity.clone()) {
                return Err(there_twice(request, identity));
            }
            looked.after.insert(identity.clone(), document.clone());
        }
        if let Some(first) = wrong.first() {
            return Err(not_a_document(&wrong, first));
        }
        for identity in &request.deletes {
            if !looked.asked.insert(identity.clone()) {
                return Err(RegisterError::Twice(identity.clone()));
            }
            if looked.after.remove(identity).is_none() {
                return Err(rows::unknown_identity(identity, &self.current));
            }
        }
        // An object that is called otherwise now is not there under its old name, too.
        for document in &request.documents {
            if let Some(identity) = &document.identity
                && let Some(old) = self.renamed(identity, document, &Set::new())
                && !looked.asked.contains(&old)
            {
                looked.after.remove(&old);
                looked.asked.insert(old);
            }
        }
        if looked.after.len() > DOCUMENTS_MAX {
            let count = looked.after.len();
            return Err(RegisterError::TooMany { count });
        }
        Ok(looked)
    }

    /// What a request changes; refused where something would be wrong.
    fn applied(&self, looked: &Looked, is_applied: bool) -> Result<Applied, RegisterError> {
        let documents: Vec<Document> = looked.after.values().cloned().collect();
        let (catalog, findings) = read_documents(&documents);
        let was_bad = bad_of(&looked.before);
        let is_bad = bad_of(&looked.after);
        let mut wrong: Vec<Finding> = Vec::new();
        let mut warnings = Vec::new();
        for (identity, told) in looked.after.keys().zip(&findings) {
            let is_asked = looked.asked.contains(identity);
            let is_broken = is_bad.contains(identity) && !was_bad.contains(identity);
            for finding in told {
                match finding.severity {
                    Severity::Error if is_asked || is_broken => wrong.push(finding.clone()),
                    Severity::Warning if is_asked => warnings.push(warning(finding)),
                    _ => {}
                }
            }
        }
        if !wrong.is_empty() {
            return Err(RegisterError::Refused(wrong));
        }
        let change = |identity: &Identity| {
            let held = self.current.get(identity);
            let version = held
                .filter(|h| h.document.is_some())
                .map_or(0, |h| h.version);
            let (old, new) = (looked.before.get(identity), looked.after.get(identity));
            let mut change = change::of_document(identity, version, old, new);
            if change.change != ChangeKind::Unchanged {
                change.managed_by = self.managing_file(identity).map(ToString::to_string);
            }
            change
        };
        Ok(Applied {
            changes: looked.asked.iter().map(change).collect(),
            consequences: change::consequences(&self.in_force.catalog, &catalog),
            warnings,
            is_applied,
        })
    }

    /// What has to be written for a request that was looked at.
    fn asked(&self, request: &Request, looked: &Looked, now_ms: i64) -> Vec<Draft> {
        let said = Said {
            now_ms,
            actor: &request.actor,
            origin: Origin::Applied(request.origin.clone()),
            reason: &request.reason,
        };
        let mut drafts = Vec::new();
        for identity in looked.changed() {
            match looked.after.get(identity) {
                Some(document) => {
                    let before = self.renamed(identity, document, &looked.after);
                    drafts.push(self.current.put(identity, document, before.as_ref(), &said));
                }
                None => drafts.extend(self.current.delete(identity, &said)),
            }
        }
        // An identity that goes on under another name is not deleted.
        let renamed: BTreeSet<String> = drafts
            .iter()
            .filter(|draft| !draft.body.is_empty())
            .map(|draft| draft.uid.clone())
            .collect();
        drafts.retain(|draft| !draft.body.is_empty() || !renamed.contains(&draft.uid));
        drafts
    }

    /// Whether the request may change what it changes.
    fn allow(&self, request: &Request, looked: &Looked) -> Result<(), RegisterError> {
        for (identity, expected) in &request.expected {
            let held = self.current.get(identity).filter(|h| h.document.is_some());
            let found = held.map_or(0, |held| held.version);
            if found != *expected {
                return Err(RegisterError::Conflict {
                    identity: identity.clone(),
                    expected: *expected,
                    found,
                    actor: held.map_or_else(|| "nobody".to_owned(), |held| held.actor.clone()),
                });
            }
        }
        for identity in looked.changed() {
            if let Some(file) = self.managing_file(identity) {
                return Err(RegisterError::Managed {
                    identity: identity.clone(),
                    file: file.to_string(),
                });
            }
        }
        Ok(())
    }

    /// The file of a watched folder that says what a document is. Without a watched folder nobody
    /// would undo what is applied, so nothing manages it.
    fn managing_file(&self, identity: &Identity) -> Option<&Arc<str>> {
        self.found.as_ref()?;
        let held = self.current.get(identity)?;
        held.document.as_ref().and(held.origin.file())
    }
}

fn warning(finding: &Finding) -> String {
    let place = &finding.place;
    format!(
        "{}:{}: {} ({})",
        place.file, place.line, finding.message, finding.code
    )
}

/// That a document stands in a request twice, and where, when its text tells.
fn there_twice(request: &Request, identity: &Identity) -> RegisterError {
    let (_, findings) = read_documents(&request.documents);
    let found = findings.into_iter().flatten();
    let twice: Vec<Finding> = found
        .filter(|finding| finding.code == DUPLICATE.id)
        .collect();
    if twice.is_empty() {
        return RegisterError::Twice(identity.clone());
    }
    RegisterError::Refused(twice)
}

/// Why something is no document: what is wrong with it as YAML or OpenSLO, where that can be told.
fn not_a_document(wrong: &[Document], first: &Document) -> RegisterError {
    let (_, findings) = read_documents(wrong);
    let findings: Vec<Finding> = findings.into_iter().flatten().collect();
    if findings.is_empty() {
        return RegisterError::NotADocument(format!(
            "{}:{}: this is no document that can be applied: it begins with `apiVersion: openslo/v1`",
            first.file, first.line
        ));
    }
    RegisterError::Refused(findings)
}
