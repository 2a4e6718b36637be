//! Documents as they are given out.

use serde::Serialize;
use tomoni_spec::Identity;
use utoipa::ToSchema;

use super::current::Current;
use super::{InForce, Register, RegisterError};
use crate::instant;
use crate::select::nearest_of;

/// OpenSLO's kind of documents that define an SLO.
const SLO: &str = "SLO";

/// A document in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DocumentRow {
    /// Its kind.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Its identity, which stays when its name changes.
    pub uid: String,
    /// Its version, counted from 1; to be given when it is applied again.
    pub version: i64,
    /// The file that manages it, as `specs:FILE:LINE`; or `api`, `cli`, where it was applied.
    pub origin: String,
    /// When it was written, RFC 3339 in UTC.
    pub recorded: String,
    /// Who wrote it.
    pub actor: String,
    /// Its text, as it was written.
    pub text: String,
}

/// A file of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExportFile {
    /// Its name, such as `slos.yaml`.
    pub name: String,
    /// Its text: documents, one after the other.
    pub text: String,
}

impl Register {
    /// The documents in force: all, those of a kind, or the one of a kind and name. A kind may be
    /// written in any case. `SLO` stands for every kind that defines SLOs, and a name of it for that of
    /// the document, or of an SLO that it defines.
    ///
    /// # Errors
    ///
    /// When there is no such kind, or nothing of that name.
    pub async fn find(
        &self,
        kind: Option<&str>,
        name: Option<&str>,
    ) -> Result<Vec<DocumentRow>, RegisterError> {
        let known = kind.map(known_kind).transpose()?;
        if known != Some(SLO) {
            return self.get(kind, name).await;
        }
        let state = self.state.lock().await;
        let of_slos: Vec<DocumentRow> = rows(&state.current).filter(defines_slos).collect();
        let Some(name) = name else {
            return Ok(of_slos);
        };
        let exact = |row: &&DocumentRow| row.kind == SLO && row.name == name;
        let found = of_slos
            .iter()
            .find(exact)
            .or_else(|| of_slo(&of_slos, &state.in_force, name));
        match found {
            Some(found) => Ok(vec![found.clone()]),
            None => {
                let names = of_slos.iter().map(|row| row.name.as_str());
                Err(unknown(SLO, name, names))
            }
        }
    }

    /// The documents in force of exactly these names: all, those of a kind, or the one of a kind and
    /// name. A kind may be written in any case.
    ///
    /// # Errors
    ///
    /// When there is no such kind, or nothing of that name.
    pub async fn get(
        &self,
        kind: Option<&str>,
        name: Option<&str>,
    ) -> Result<Vec<DocumentRow>, RegisterError> {
        let kind = kind.map(known_kind).transpose()?;
        let state = self.state.lock().await;
        let of_kind = rows(&state.current).filter(|row| kind.is_none_or(|kind| row.kind == kind));
        let Some(name) = name else {
            return Ok(of_kind.collect());
        };
        let (found, others): (Vec<_>, Vec<_>) = of_kind.partition(|row| row.name == name);
        if found.is_empty() {
            let of_slos: Vec<DocumentRow> = match kind {
                Some(SLO) => rows(&state.current).filter(defines_slos).collect(),
                _ => Vec::new(),
            };
            if let Some(DocumentRow {
                kind, name: in_it, ..
            }) = of_slo(&of_slos, &state.in_force, name)
            {
                return Err(RegisterError::Unknown {
                    kind: SLO.to_owned(),
                    name: name.to_owned(),
                    guess: format!(" of its own: it is defined by {kind} `{in_it}`"),
                });
            }
            let names = others.iter().map(|row| row.name.as_str());
            return Err(unknown(kind.unwrap_or("document"), name, names));
        }
        Ok(found)
    }

    /// All documents in force, as files that can be applied again.
    pub async fn export(&self) -> Vec<ExportFile> {
        let state = self.state.lock().await;
        let mut files = Vec::new();
        for kind in Identity::kinds() {
            let live = state.current.live();
            let texts: Vec<&str> = live
                .filter(|(identity, ..)| identity.kind() == kind)
                .map(|(_, _, document)| document.text.as_str())
                .collect();
            if !texts.is_empty() {
                files.push(ExportFile {
                    name: file_of(kind),
                    text: texts.join("---\n"),
                });
            }
        }
        files
    }
}

fn rows(current: &Current) -> impl Iterator<Item = DocumentRow> + '_ {
    current
        .live()
        .map(|(identity, held, document)| DocumentRow {
            kind: identity.kind(),
            name: identity.name().to_owned(),
            uid: held.uid.clone(),
            version: held.version,
            origin: held.origin.text(),
            recorded: instant::rfc3339(held.recorded_ms),
            actor: held.actor.clone(),
            text: document.text.clone(),
        })
}

fn defines_slos(row: &DocumentRow) -> bool {
    Identity::new(row.kind, &row.name).is_some_and(|identity| identity.is_of_slos())
}

/// The document that defines the SLO of this name, or one of another format that is called so.
fn of_slo<'r>(rows: &'r [DocumentRow], in_force: &InForce, name: &str) -> Option<&'r DocumentRow> {
    let made_of = in_force.catalog.made_of.get(name);
    let defines = |row: &DocumentRow| {
        made_of.is_some_and(|of| (of.kind(), of.name()) == (row.kind, row.name.as_str()))
    };
    let is_called = |row: &DocumentRow| row.kind != SLO && row.name == name;
    rows.iter().find(|row| is_called(row) || defines(row))
}

/// A kind as it is called, from what somebody wrote in any case.
fn known_kind(written: &str) -> Result<&'static str, RegisterError> {
    let mut kinds = Identity::kinds();
    let found = kinds.find(|kind| kind.eq_ignore_ascii_case(written));
    found.ok_or_else(|| unknown("kind", written, Identity::kinds()))
}

/// The file of a kind: `AlertPolicy` stands in `alert-policies.yaml`.
fn file_of(kind: &str) -> String {
    let mut name = String::new();
    let mut is_after_small = false;
    for letter in kind.chars() {
        if letter.is_ascii_uppercase() && is_after_small {
            name.push('-');
        }
        is_after_small = letter.is_ascii_lowercase();
        name.push(letter.to_ascii_lowercase());
    }
    if let Some(stem) = name.strip_suffix('y') {
        return format!("{stem}ies.yaml");
    }
    let plural = if name.ends_with('s') { "" } else { "s" };
    format!("{name}{plural}.yaml")
}

pub(super) fn unknown<'n>(
    kind: &str,
    name: &str,
    names: impl Iterator<Item = &'n str>,
) -> RegisterError {
    RegisterError::Unknown {
        kind: kind.to_owned(),
        name: name.to_owned(),
        guess: nearest_of(name, names),
    }
}

/// The same of an identity.
pub(super) fn unknown_identity(identity: &Identity, current: &Current) -> RegisterError {
    let same_kind = current.live().map(|(other, ..)| other);
    let names = same_kind.filter(|other| other.kind() == identity.kind());
    unknown(identity.kind(), identity.name(), names.map(Identity::name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_has_a_file_of_its_own() {
        let files: BTreeSet<String> = Identity::kinds().map(file_of).collect();
        assert_eq!(files.len(), Identity::kinds().count());
        for (kind, file) in [
            ("SLO", "slos.yaml"),
            ("DataSource", "data-sources.yaml"),
            ("AlertPolicy", "alert-policies.yaml"),
            ("AlertNotificationTarget", "alert-notification-targets.yaml"),
            ("AlertWindows", "alert-windows.yaml"),
            ("PrometheusServiceLevel", "prometheus-service-levels.yaml"),
        ] {
            assert!(files.contains(file), "{kind}: {files:?}");
            assert_eq!(file_of(kind), file);
        }
    }
}
