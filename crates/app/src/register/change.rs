//! What a change of documents changes, and what that means for figures.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;
use tomoni_slo::{Objective, Promise, Slo};
use tomoni_spec::{Catalog, Document, Identity};
use utoipa::ToSchema;

/// The most fields of one document that are told.
pub const FIELDS_MAX: usize = 200;

/// What happens to a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// There was none of this name.
    Created,
    /// Its text is another one.
    Changed,
    /// It is as it was.
    Unchanged,
    /// It is gone.
    Deleted,
}

impl ChangeKind {
    /// The word for it in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Deleted => "deleted",
        }
    }
}

/// What happens to one document.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Change {
    /// Its kind.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// What happens to it.
    pub change: ChangeKind,
    /// Its version now; 0 where there is none.
    pub version: i64,
    /// The file of a watched folder that manages it, where that keeps the change from being applied:
    /// it is to be made in the file.
    pub managed_by: Option<String>,
    /// The fields that change; none where only comments and layout do. At most [`FIELDS_MAX`].
    pub fields: Vec<Field>,
}

/// A field that changes.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Field {
    /// Where it stands, such as `spec.objectives[0].target`.
    pub path: String,
    /// What it was; `null` where it was not there.
    pub old: Value,
    /// What it becomes; `null` where it is taken away.
    pub new: Value,
}

/// What a change means for an SLO's figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Consequence {
    /// The SLO.
    pub slo: String,
    /// Which of its objectives, counted from 1; `null` where all are meant.
    pub objective: Option<usize>,
    /// What kind of consequence it is.
    pub effect: Effect,
    /// The same in words.
    pub message: String,
}

/// What happens to figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// A new SLO: its history is brought in.
    Appears,
    /// No figures any more; its counts are kept until they are forgotten.
    Disappears,
    /// Its counts start anew.
    NewGeneration,
    /// The same counts are judged anew.
    NewRevision,
}

/// What happens to a document that is put for another one, or deleted.
pub(super) fn of_document(
    identity: &Identity,
    version: i64,
    old: Option<&Document>,
    new: Option<&Document>,
) -> Change {
    let change = match (old, new) {
        (Some(old), Some(new)) if old.text == new.text => ChangeKind::Unchanged,
        (Some(_), Some(_)) => ChangeKind::Changed,
        (None, _) => ChangeKind::Created,
        (Some(_), None) => ChangeKind::Deleted,
    };
    let mut fields = Vec::new();
    if change != ChangeKind::Unchanged {
        let value =
            |document: Option<&Document>| document.and_then(Document::value).unwrap_or(Value::Null);
        differences("", &value(old), &value(new), &mut fields);
    }
    Change {
        kind: identity.kind(),
        name: identity.name().to_owned(),
        change,
        version,
        managed_by: None,
        fields,
    }
}

/// Puts the fields in which two values differ.
fn differences(path: &str, old: &Value, new: &Value, fields: &mut Vec<Field>) {
    if old == new || fields.len() >= FIELDS_MAX {
        return;
    }
    match (old, new) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                let get = |map: &serde_json::Map<String, Value>| {
                    map.get(key).cloned().unwrap_or(Value::Null)
                };
                differences(&path, &get(a), &get(b), fields);
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            for index in 0..a.len().max(b.len()) {
                let get = |list: &[Value]| list.get(index).cloned().unwrap_or(Value::Null);
                differences(&format!("{path}[{index}]"), &get(a), &get(b), fields);
            }
        }
        _ => fields.push(Field {
            path: path.to_owned(),
            old: old.clone(),
            new: new.clone(),
        }),
    }
}

/// What becomes of figures when one catalog takes the other's place.
pub(super) fn consequences(before: &Catalog, after: &Catalog) -> Vec<Consequence> {
    let (before, after) = (by_name(before), by_name(after));
    let names: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
    let mut all = Vec::new();
    for name in names {
        match (before.get(name), after.get(name)) {
            (Some(old), Some(new)) => of_slo(old, new, &mut all),
            (None, new) => all.push(Consequence {
                slo: name.to_owned(),
                objective: None,
                effect: Effect::Appears,
                message: appears(new.map_or(&[], |new| &new.promises)),
            }),
            (Some(_), None) => all.push(Consequence {
                slo: name.to_owned(),
                objective: None,
                effect: Effect::Disappears,
                message: "no figures any more; its counts are kept until they are forgotten"
                    .to_owned(),
            }),
        }
    }
    all
}

fn by_name(catalog: &Catalog) -> BTreeMap<&str, &Slo> {
    let slos = catalog.slos.iter();
    slos.map(|slo| (slo.value.name.as_str(), &slo.value))
        .collect()
}

fn of_slo(old: &Slo, new: &Slo, all: &mut Vec<Consequence>) {
    for index in 0..old.promises.len().max(new.promises.len()) {
        let (effect, message) = match (old.promises.get(index), new.promises.get(index)) {
            (Some(old), Some(new)) if old.key != new.key => {
                (Effect::NewGeneration, new_generation(new))
            }
            (Some(old), Some(new)) if old.objective != new.objective => {
                let what = judged(&old.objective, &new.objective);
                let message = format!("{what}: its history is recomputed from the same counts");
                (Effect::NewRevision, message)
            }
            (Some(_), Some(_)) | (None, None) => continue,
            (None, Some(_)) => (Effect::Appears, "a new objective".to_owned()),
            (Some(_), None) => (
                Effect::Disappears,
                "this objective is taken away".to_owned(),
            ),
        };
        all.push(Consequence {
            slo: new.name.clone(),
            objective: Some(index + 1),
            effect,
            message,
        });
    }
}

fn appears(promises: &[Promise]) -> String {
    let mut pushed = promises.iter().map(|promise| promise.indicator.pushed());
    let counted = match pushed.next().flatten() {
        Some(sli) if pushed.all(|sli| sli.is_some()) => {
            format!("it counts what is pushed from now on, with `tomoni push {sli}`")
        }
        _ => "its history is brought in from the source".to_owned(),
    };
    format!("a new SLO: {counted}")
}

fn new_generation(new: &Promise) -> String {
    let refilled = match new.indicator.pushed() {
        Some(_) => "what was pushed under the old name is not taken over",
        None => "they are refilled as far back as the source has history",
    };
    format!("a new generation: its counts start anew, and {refilled}")
}

/// In what two objectives over the same counts differ.
fn judged(old: &Objective, new: &Objective) -> String {
    let mut said = Vec::new();
    if old.target != new.target {
        let (old, new) = (old.target.fraction(), new.target.fraction());
        said.push(format!("the target goes from {old} to {new}"));
    }
    if old.window != new.window {
        said.push(format!(
            "the window goes from {} to {}",
            old.window, new.window
        ));
    }
    if old.method != new.method {
        said.push(format!("the budgeting method is now {}", new.method));
    }
    if old.missing_data != new.missing_data {
        said.push(format!(
            "missing minutes now count as {}",
            new.missing_data.as_str()
        ));
    }
    if old.exclusions != new.exclusions {
        said.push("other minutes are excluded".to_owned());
    }
    said.join(", ")
}
