//! Documents in the journal, over a real SQLite.

mod applying;
mod files;
mod foreign;
mod random;

use std::collections::BTreeMap;

use tempfile::TempDir;
use tomoni_app::documents::Files;
use tomoni_app::register::{Found, InForce, Register};
use tomoni_spec::SourceFile;
use tomoni_store::{Entry, Store};

pub(crate) const NOW_MS: i64 = 1_795_338_000_000;

pub(crate) fn service(name: &str) -> String {
    format!("apiVersion: openslo/v1\nkind: Service\nmetadata: {{name: {name}}}\n")
}

pub(crate) fn sli(name: &str, code: &str) -> String {
    let query =
        |of: &str| format!("{{metricSource: {{type: Prometheus, spec: {{query: '{of}'}}}}}}");
    format!(
        "apiVersion: openslo/v1\nkind: SLI\nmetadata: {{name: {name}}}\nspec:\n  ratioMetric:\n    \
         counter: true\n    bad: {}\n    total: {}\n",
        query(&format!("hits_total{{job=\"{name}\",code=\"{code}\"}}")),
        query(&format!("hits_total{{job=\"{name}\"}}")),
    )
}

/// An SLI over a value: what refers to it without a threshold is wrong.
pub(crate) fn gauge(name: &str) -> String {
    format!(
        "apiVersion: openslo/v1\nkind: SLI\nmetadata: {{name: {name}}}\nspec:\n  thresholdMetric: \
         {{metricSource: {{type: Prometheus, spec: {{query: volts}}}}}}\n"
    )
}

pub(crate) fn slo(name: &str, sli: &str, target: &str) -> String {
    format!(
        "apiVersion: openslo/v1\nkind: SLO\nmetadata:\n  name: {name}\nspec:\n  service: api\n  \
         indicatorRef: {sli}\n  timeWindow: [{{duration: 28d, isRolling: true}}]\n  \
         budgetingMethod: Occurrences\n  objectives:\n    - target: {target}\n"
    )
}

pub(crate) fn found(files: &[(&str, String)]) -> Found {
    let file = |(name, text): &(&str, String)| SourceFile {
        name: (*name).into(),
        bytes: text.as_bytes().to_vec(),
    };
    Found::of(Files {
        files: files.iter().map(file).collect(),
        findings: Vec::new(),
    })
}

pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        Self { folder }
    }

    pub(crate) async fn store(&self) -> Store {
        Store::open(self.folder.path()).await.unwrap()
    }

    pub(crate) async fn register(&self) -> Register {
        Register::open(self.store().await, NOW_MS).await.unwrap()
    }

    pub(crate) async fn journal(&self) -> Vec<Entry> {
        self.store().await.journal(0, 10_000).await.unwrap()
    }
}

/// The texts in force, by kind and name.
pub(crate) async fn texts(register: &Register) -> BTreeMap<String, String> {
    let rows = register.get(None, None).await.unwrap();
    let named = rows
        .into_iter()
        .map(|row| (format!("{} {}", row.kind, row.name), row.text));
    named.collect()
}

/// What is told: code, place, and whether the last good revision stays.
pub(crate) fn told(in_force: &InForce) -> Vec<(&'static str, String, bool)> {
    let findings = in_force.findings.iter();
    let row = |(finding, keeps): &(tomoni_spec::Finding, bool)| {
        let place = &finding.place;
        (
            finding.code,
            format!("{}:{}", place.file, place.line),
            *keeps,
        )
    };
    findings.map(row).collect()
}

pub(crate) fn slos(in_force: &InForce) -> Vec<String> {
    let slos = in_force.catalog.slos.iter();
    slos.map(|slo| slo.value.name.clone()).collect()
}
