//! Random edits of a folder, with the process killed in between.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use tomoni_app::register::Register;
use tomoni_spec::Severity;
use tomoni_store::faults::Point;

use super::{NOW_MS, Place, found, gauge, service, sli, slo, texts, told};

const FILES: [&str; 3] = ["specs/a.yaml", "specs/b.yaml", "specs/c.yaml"];

/// A document of a few: good ones, and ones with something wrong.
fn document() -> impl Strategy<Value = String> {
    let name = 0..2_u8;
    let code = prop_oneof![Just("500"), Just("503")];
    let target = prop_oneof![3 => Just("0.9"), 3 => Just("0.99"), 1 => Just("9")];
    prop_oneof![
        1 => Just(service("api")),
        2 => (name.clone(), code).prop_map(|(n, code)| sli(&format!("i{n}"), code)),
        1 => name.clone().prop_map(|n| gauge(&format!("i{n}"))),
        1 => name.clone().prop_map(|n| sli(&format!("i{n}"), "500").replace("bad:", "bed:")),
        4 => (name.clone(), name, target)
            .prop_map(|(n, of, target)| slo(&format!("o{n}"), &format!("i{of}"), target)),
        1 => Just("kind: [\n".to_owned()),
    ]
}

/// A file's text; `None` where it is not there.
fn file() -> impl Strategy<Value = Option<String>> {
    let documents = prop::collection::vec(document(), 1..4);
    prop_oneof![
        6 => documents.prop_map(|list| Some(list.join("---\n"))),
        1 => Just(None),
    ]
}

#[derive(Clone, Debug)]
struct Edit {
    file: usize,
    text: Option<String>,
    /// Killed at the first write: before or after its commit.
    killed: Option<Point>,
}

fn edit() -> impl Strategy<Value = Edit> {
    let killed = prop_oneof![
        4 => Just(None),
        1 => Just(Some(Point::BeforeCommit)),
        1 => Just(Some(Point::AfterCommit)),
    ];
    (0..FILES.len(), file(), killed).prop_map(|(file, text, killed)| Edit { file, text, killed })
}

type Folder = BTreeMap<usize, String>;

fn listed(folder: &Folder) -> Vec<(&'static str, String)> {
    let files = folder.iter();
    files.map(|(at, text)| (FILES[*at], text.clone())).collect()
}

/// What the files define, by kind and name, where all of them are right together.
fn right(folder: &Folder) -> Option<BTreeMap<String, String>> {
    let files: Vec<tomoni_spec::SourceFile> = listed(folder)
        .into_iter()
        .map(|(name, text)| tomoni_spec::SourceFile {
            name: name.into(),
            bytes: text.into_bytes(),
        })
        .collect();
    let findings = tomoni_spec::read(&files).findings;
    let is_right = findings.iter().all(|f| f.severity != Severity::Error);
    let documents = files
        .iter()
        .flat_map(|file| tomoni_spec::split(file).documents);
    let named = documents.map(|d| Some((d.identity?.to_string(), d.text)));
    is_right.then(|| named.collect::<Option<_>>()).flatten()
}

/// What must hold after files were taken.
async fn check(
    place: &Place,
    register: &Register,
    folder: &Folder,
    before: &BTreeMap<String, String>,
) {
    let now = texts(register).await;
    let whole: Vec<tomoni_spec::Document> = listed(folder)
        .into_iter()
        .flat_map(|(name, text)| {
            tomoni_spec::split(&tomoni_spec::SourceFile {
                name: name.into(),
                bytes: text.into_bytes(),
            })
            .documents
        })
        .collect();
    // Everything in force is what a file says, or what was in force.
    for (name, text) in &now {
        let is_said = whole.iter().any(|d| {
            d.text == *text && d.identity.as_ref().is_some_and(|i| i.to_string() == *name)
        });
        assert!(is_said || before.get(name) == Some(text), "{name}: {text}");
    }
    // Nothing in force is wrong.
    let export: Vec<String> = register
        .export()
        .await
        .into_iter()
        .map(|f| f.text)
        .collect();
    let file = tomoni_spec::SourceFile {
        name: "all".into(),
        bytes: export.join("---\n").into_bytes(),
    };
    let wrong = tomoni_spec::read(&[file]).findings;
    assert!(
        wrong.iter().all(|f| f.severity != Severity::Error),
        "{wrong:?}"
    );
    // What a file still means stays, good or bad.
    for name in before.keys() {
        let is_meant = whole
            .iter()
            .any(|d| d.identity.as_ref().is_some_and(|i| i.to_string() == *name));
        assert!(!is_meant || now.contains_key(name), "{name} is gone");
    }
    // Where the files are right, they are what is in force.
    if let Some(right) = right(folder).filter(|_| !folder.is_empty()) {
        assert_eq!(now, right);
    }
    // Asked again, and after a restart, nothing changes.
    let entries = place.journal().await.len();
    let files = listed(folder);
    let again = register.reconcile(found(&files), NOW_MS).await.unwrap();
    let restarted = place.register().await;
    assert_eq!(texts(&restarted).await, now);
    let after = restarted.reconcile(found(&files), NOW_MS).await.unwrap();
    assert_eq!(texts(&restarted).await, now);
    assert_eq!(told(&after), told(&again));
    assert_eq!(place.journal().await.len(), entries);
}

async fn run(edits: Vec<Edit>, kills: &AtomicUsize) {
    let place = Place::new();
    let mut folder = Folder::new();
    let mut register = place.register().await;
    for edit in edits {
        match edit.text {
            Some(text) => folder.insert(edit.file, text),
            None => folder.remove(&edit.file),
        };
        let before = texts(&register).await;
        if let Some(point) = edit.killed {
            let store = place.store().await;
            let dying = Register::open(store.clone(), NOW_MS).await.unwrap();
            store.set_faults(Some(Arc::new(move |_, at| at == point)));
            if dying
                .reconcile(found(&listed(&folder)), NOW_MS)
                .await
                .is_err()
            {
                kills.fetch_add(1, Ordering::Relaxed);
            }
            store.close().await;
            register = place.register().await;
        }
        register
            .reconcile(found(&listed(&folder)), NOW_MS)
            .await
            .unwrap();
        check(&place, &register, &folder, &before).await;
    }
}

#[test]
fn the_last_good_revision_of_everything_is_in_force_whatever_happens() {
    let kills = AtomicUsize::new(0);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let config = ProptestConfig {
        cases: 24,
        max_shrink_iters: 200,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(7),
        ..ProptestConfig::default()
    };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let edits = prop::collection::vec(edit(), 1..8);
    let outcome = runner.run(&edits, |edits| {
        runtime.block_on(run(edits, &kills));
        Ok(())
    });
    outcome.unwrap();
    assert!(kills.into_inner() > 5, "processes were killed");
}
