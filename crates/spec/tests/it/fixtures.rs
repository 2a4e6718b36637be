//! Documents that others wrote: each is read, or refused for the right reason.
//!
//! They lie outside of the repository, in a folder `shared/fixtures` beside it or above it, or where
//! `TOMONI_FIXTURES` says. Where they are missing the tests say so and prove nothing; the rules of
//! these formats are held to documents of our own elsewhere.

use std::io::Write;
use std::path::PathBuf;

use tomoni_spec::{Catalog, read};

use crate::rules::see;
use crate::support::{folder, root};

/// The folder of documents that others wrote.
pub(crate) fn fixtures() -> Option<PathBuf> {
    let named = std::env::var_os("TOMONI_FIXTURES").map(PathBuf::from);
    let root = root().canonicalize().ok()?;
    let beside = root.ancestors().map(|f| f.join("shared/fixtures"));
    let found = named.into_iter().chain(beside).find(|f| f.is_dir());
    if found.is_none() {
        // Past the test harness, which keeps to itself what a passing test prints.
        let said = "\n*** SKIPPED: documents of others; no shared/fixtures beside or above the \
                    repository, and no TOMONI_FIXTURES\n";
        let _ = std::io::stderr().write_all(said.as_bytes());
    }
    found
}

fn catalog(path: &str) -> Option<Catalog> {
    Some(read(&folder(&fixtures()?.join(path))))
}

/// Each finding's code, file, line and object.
fn found(catalog: &Catalog) -> Vec<String> {
    catalog
        .findings
        .iter()
        .map(|f| {
            let object = f.object.as_deref().unwrap_or("-");
            format!("{} {}:{} {object}", f.code, f.place.file, f.place.line)
        })
        .collect()
}

#[test]
fn the_examples_of_the_specification_are_read() {
    let Some(catalog) = catalog("openslo/spec-examples") else {
        return;
    };
    let low = "treat-low-traffic-as-equally-important/timeslices-slo.yaml";
    // Their services are not defined and their sources are of the type `Any`; ratios have an `op`.
    // One calendar window of a month is written as a minute, `1m`.
    assert_eq!(
        found(&catalog),
        [
            "openslo/undefined-service budgeting-method/occurences-slo.yaml:9 SLO search-slo",
            "openslo/source-type budgeting-method/occurences-slo.yaml:17 SLO search-slo",
            "openslo/undefined-service budgeting-method/ratio-timeslices.yaml:9 SLO main-page",
            "openslo/source-type budgeting-method/ratio-timeslices.yaml:18 SLO main-page",
            "openslo/sdk-disagrees budgeting-method/ratio-timeslices.yaml:32 SLO main-page",
            "openslo/undefined-service budgeting-method/timeslices-slo.yaml:9 SLO service-availability",
            "openslo/source-type budgeting-method/timeslices-slo.yaml:18 SLO service-availability",
            "openslo/duration budgeting-method/timeslices-slo.yaml:27 SLO service-availability",
            "openslo/sdk-disagrees budgeting-method/timeslices-slo.yaml:35 SLO service-availability",
            &format!("openslo/duplicate-object {low}:4 SLO service-availability"),
        ]
    );
    assert_eq!(catalog.documents, 4);
}

#[test]
fn another_validator_s_findings_are_ours_in_meaning() {
    let Some(path) = fixtures().map(|f| f.join("openslo/validate")) else {
        return;
    };
    let expected = std::fs::read_to_string(path.join("v1.expected.txt")).unwrap();
    let files = folder(&path);
    let catalog = read(&files);
    let ours = found(&catalog);

    // The other validator had no time zones; the document's zone is a good one.
    assert!(
        expected.contains("'spec.timeWindow[0].calendar.timeZone' with value 'America/New_York'")
    );
    assert!(!ours.iter().any(|f| f.starts_with("openslo/time ")));
    // What it forbids, though the specification's own examples have it, is a warning here.
    assert!(expected.contains("'spec.objectives[0].op' with value 'gt'"));
    // And a name with a space in it.
    assert!(expected.contains("'metadata.name' with value 'example service'"));
    assert_eq!(
        ours,
        [
            "openslo/api-version invalid-apiversion.yaml:1 -",
            "openslo/name unknown-field.yaml:4 Service my-rad service",
            "openslo/unknown-field unknown-field.yaml:6 Service my-rad service",
            "openslo/undefined-service v1.yaml:14 SLO web-availability",
            "openslo/sdk-disagrees v1.yaml:40 SLO web-availability",
            "openslo/name v1.yaml:59 Service example service",
        ]
    );
    let slo = &catalog.slos[0].value;
    assert_eq!(
        (slo.name.as_str(), slo.team.as_deref()),
        ("web-availability", None)
    );
}

#[test]
fn the_sdk_s_documents_are_read() {
    let Some(catalog) = catalog("openslo/v1") else {
        return;
    };
    // They refer to objects that no file defines, and define one twice.
    assert_eq!(
        found(&catalog),
        [
            "openslo/dangling-reference alert_policies.yaml:18 AlertPolicy low-priority",
            "openslo/dangling-reference alert_policies.yaml:50 AlertPolicy high-priority",
            "openslo/duplicate-object services.yaml:24 Service example-service",
            "openslo/dangling-reference slis.yaml:18 SLI search-availability",
            "openslo/dangling-reference slis.yaml:24 SLI search-availability",
            "openslo/dangling-reference slis.yaml:44 SLI end-user-response",
            "openslo/dangling-reference slis.yaml:51 SLI end-user-response",
            "openslo/dangling-reference slis.yaml:99 SLI annotator-throughput",
            "openslo/undefined-service slos.yaml:14 SLO web-availability",
            "openslo/sdk-disagrees slos.yaml:40 SLO web-availability",
        ]
    );
    assert_eq!((catalog.documents, catalog.slos.len()), (16, 1));
    let sources = catalog.data_sources.iter().map(|s| &s.value);
    let sources: Vec<(&str, Option<&str>)> = sources
        .map(|s| (s.kind.as_str(), s.url.as_deref()))
        .collect();
    assert_eq!(
        sources,
        [
            ("Datadog", None),
            ("Prometheus", Some("http://prometheus.example.com"))
        ]
    );
}

#[test]
fn other_formats_are_known_by_name() {
    let Some(catalog) = catalog("backstage") else {
        return;
    };
    for finding in &catalog.findings {
        assert_eq!(finding.code, "formats/not-yet", "{finding:?}");
    }
    assert_eq!(catalog.findings.len(), 3);
}

/// What is found in each file of a folder, read alone, with how many SLOs it has.
fn alone(path: &str) -> Option<String> {
    let mut text = String::new();
    for file in folder(&fixtures()?.join(path)) {
        let name = file.name.clone();
        let catalog = read(&[file]);
        text.push_str(&format!(
            "{name}: {} of {} documents, {} SLOs\n",
            catalog.documents - catalog.passed_over,
            catalog.documents,
            catalog.slos.len()
        ));
        for found in found(&catalog) {
            text.push_str(&format!("  {found}\n"));
        }
    }
    Some(text)
}

#[test]
fn sloth_s_documents_are_read_or_refused_as_sloth_does() {
    // One of them has fields in the other spelling, which Sloth passes over. One has an objective
    // above 100, one no service, one a version that there never was. Rules are some other YAML.
    if let Some(found) = alone("sloth") {
        see!(found);
    }
}

#[test]
fn pyrra_s_documents_are_read() {
    if let Some(found) = alone("pyrra") {
        see!(found);
    }
}

#[test]
fn documents_of_v1alpha_are_read() {
    // Their services are not defined, one source cannot be asked, and nothing says that a window rolls.
    if let Some(found) = alone("openslo/v1alpha") {
        see!(found);
    }
}
