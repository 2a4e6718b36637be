//! What files say, and which revision is in force.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use tomoni_app::register::{Register, Watch, follow};
use tomoni_store::Op;

use super::{NOW_MS, Place, found, gauge, service, sli, slo, slos, texts, told};

async fn take(register: &Register, files: &[(&str, String)]) -> tomoni_app::register::InForce {
    register.reconcile(found(files), NOW_MS).await.unwrap()
}

fn three() -> Vec<(&'static str, String)> {
    vec![
        (
            "specs/api.yaml",
            format!("{}---\n{}", service("api"), slo("a", "i", "0.99")),
        ),
        ("specs/sli.yaml", sli("i", "500")),
        ("specs/b.yaml", slo("b", "i", "0.9")),
    ]
}

#[tokio::test]
async fn a_bad_document_keeps_its_last_good_revision_also_after_a_restart() {
    let place = Place::new();
    let register = place.register().await;
    let mut files = three();
    let good = take(&register, &files).await;
    assert_eq!(slos(&good), ["a", "b"]);
    assert_eq!(told(&good), []);
    let before = texts(&register).await;
    let entries = place.journal().await;
    assert_eq!(entries.len(), 4);
    assert_eq!(entries[0].said.origin.split(':').next(), Some("specs"));

    files[0].1 = files[0].1.replace("0.99", "99");
    files[2].1 = files[2].1.replace("0.9", "0.95");
    let kept = take(&register, &files).await;
    assert_eq!(slos(&kept), ["a", "b"]);
    assert_eq!(
        told(&kept),
        [("openslo/out-of-range", "specs/api.yaml:15".to_owned(), true)]
    );
    let targets = |f: &tomoni_app::register::InForce| {
        let slos = f.catalog.slos.iter();
        slos.map(|s| s.value.promises[0].objective.target.fraction())
            .collect::<Vec<_>>()
    };
    assert_eq!(targets(&kept), [0.99, 0.95]);
    assert_eq!(texts(&register).await["SLO a"], before["SLO a"]);

    let again = place.register().await;
    assert_eq!(targets(&again.in_force().await), [0.99, 0.95]);
    let after = take(&again, &files).await;
    assert_eq!(told(&after), told(&kept));
    assert_eq!(place.journal().await.len(), 5, "a restart writes nothing");

    files[0].1 = files[0].1.replace("target: 99", "target: 0.98");
    assert_eq!(targets(&take(&again, &files).await), [0.98, 0.95]);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_keeps_all_of_its_documents() {
    let place = Place::new();
    let register = place.register().await;
    let mut files = three();
    take(&register, &files).await;
    for broken in [
        "kind: \"SLO\n",
        "\u{1}",
        "",
        "apiVersion: openslo/v1\nkind: SLI\nmetadata: {name: A b}\n",
    ] {
        files[1].1 = broken.to_owned();
        let kept = take(&register, &files).await;
        assert_eq!(slos(&kept), ["a", "b"], "{broken}");
        assert!(
            told(&kept)
                .iter()
                .all(|(_, at, keeps)| *keeps && at.starts_with("specs/sli.yaml"))
        );
        assert!(!told(&kept).is_empty());
    }
    // What stands beside a mistake in the same file is taken.
    files[2].1 = format!("{}---\nkind: [\n", slo("b", "i", "0.8"));
    let kept = take(&register, &files).await;
    assert_eq!(slos(&kept), ["a", "b"]);
    assert!(texts(&register).await["SLO b"].contains("0.8"));
}

#[tokio::test]
async fn what_goes_is_deleted_and_comes_back_as_the_same() {
    let place = Place::new();
    let register = place.register().await;
    let files = three();
    take(&register, &files).await;
    let uid = |row: &tomoni_app::register::DocumentRow| (row.uid.clone(), row.version);
    let first = register.get(Some("slo"), Some("b")).await.unwrap();
    let gone = take(&register, &files[..2]).await;
    assert_eq!(slos(&gone), ["a"]);
    let last = place.journal().await.pop().unwrap().said;
    assert_eq!((last.op, last.name.as_str()), (Op::Delete, "b"));
    take(&register, &files).await;
    let back = register.get(Some("SLO"), Some("b")).await.unwrap();
    assert_eq!(uid(&back[0]), (first[0].uid.clone(), 3));
}

#[tokio::test]
async fn a_rename_keeps_the_identity() {
    let place = Place::new();
    let register = place.register().await;
    let mut files = three();
    take(&register, &files).await;
    let old = register
        .get(Some("SLO"), Some("b"))
        .await
        .unwrap()
        .remove(0);
    let annotated = "name: c\n  annotations: {tomoni.dev/renamed-from: b}\n";
    files[2].1 = files[2].1.replace("name: b\n", annotated);
    let renamed = take(&register, &files).await;
    assert_eq!(slos(&renamed), ["a", "c"]);
    let new = register
        .get(Some("SLO"), Some("c"))
        .await
        .unwrap()
        .remove(0);
    assert_eq!((new.uid, new.version), (old.uid.clone(), 2));
    assert!(register.get(Some("SLO"), Some("b")).await.is_err());
    // The old name is free for another object.
    files.push(("specs/new.yaml", slo("b", "i", "0.5")));
    files[2].1 = slo("c", "i", "0.9");
    take(&register, &files).await;
    let other = register
        .get(Some("SLO"), Some("b"))
        .await
        .unwrap()
        .remove(0);
    assert_ne!(other.uid, old.uid);
    assert_eq!(other.version, 1);
}

#[tokio::test]
async fn a_change_that_would_break_others_is_held_back() {
    let place = Place::new();
    let register = place.register().await;
    let mut files = three();
    take(&register, &files).await;
    // The SLI becomes one that the SLOs cannot use.
    files[1].1 = gauge("i");
    let held = take(&register, &files).await;
    assert_eq!(slos(&held), ["a", "b"]);
    let codes: Vec<&str> = told(&held).iter().map(|row| row.0).collect();
    assert!(codes.contains(&"documents/held-back"), "{codes:?}");
    assert!(texts(&register).await["SLI i"].contains("500"));
    // It is deleted, though it is needed.
    let mut without = files.clone();
    without.remove(1);
    let held = take(&register, &without).await;
    assert_eq!(slos(&held), ["a", "b"]);
    let codes: Vec<&str> = told(&held).iter().map(|row| row.0).collect();
    assert!(codes.contains(&"documents/still-needed"), "{codes:?}");
    // With those that need it, it goes.
    let gone = take(&register, &[("specs/s.yaml", service("api"))]).await;
    assert_eq!(slos(&gone), [""; 0]);
    assert_eq!(texts(&register).await.len(), 1);
}

#[tokio::test]
async fn a_new_text_over_what_never_was_good_waits_with_it() {
    let place = Place::new();
    let register = place.register().await;
    let mut files = three();
    take(&register, &files).await;
    files.push(("specs/new.yaml", sli("new", "500").replace("bad:", "bed:")));
    files[2].1 = slo("b", "new", "0.9");
    let kept = take(&register, &files).await;
    assert_eq!(slos(&kept), ["a", "b"]);
    assert!(texts(&register).await["SLO b"].contains("indicatorRef: i\n"));
    files[3].1 = sli("new", "500");
    take(&register, &files).await;
    assert!(texts(&register).await["SLO b"].contains("indicatorRef: new\n"));
}

#[tokio::test]
async fn of_two_with_one_name_the_one_in_force_stays() {
    let place = Place::new();
    let register = place.register().await;
    let mut files = three();
    take(&register, &files).await;
    files.insert(0, ("specs/a-second.yaml", slo("b", "i", "0.1")));
    let kept = take(&register, &files).await;
    assert!(texts(&register).await["SLO b"].contains("0.9"));
    assert_eq!(told(&kept)[0].0, "openslo/duplicate-object");
    assert_eq!(told(&kept)[0].1, "specs/a-second.yaml:4");
}

#[tokio::test]
async fn watched_folders_are_taken_at_rest_and_an_empty_one_takes_nothing_away() {
    let place = Place::new();
    let register = place.register().await;
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("specs");
    fs::create_dir(&path).unwrap();
    let write = |name: &str, text: &str| fs::write(path.join(name), text).unwrap();
    for (name, text) in three() {
        write(name.trim_start_matches("specs/"), &text);
    }
    let mut watch = Watch::new(vec![path.clone()]);
    let first = watch.look().expect("the first look is taken");
    let in_force = register.reconcile(first, NOW_MS).await.unwrap();
    assert_eq!(slos(&in_force), ["a", "b"]);
    // Looked at for minutes on end, it says nothing new.
    assert!((0..100).all(|_| watch.look().is_none()));

    // Half of a file, then all of it, then at rest.
    write("c.yaml", "apiVersion: openslo/v1\n");
    assert!(watch.look().is_none(), "it has just changed");
    write("c.yaml", &slo("c", "i", "0.5"));
    assert!(watch.look().is_none(), "and again");
    let taken = watch.look().expect("it is at rest");
    let in_force = register.reconcile(taken, NOW_MS).await.unwrap();
    assert_eq!(slos(&in_force), ["a", "b", "c"]);

    // Nothing at all is there: nothing was meant.
    for wreck in ["empty", "missing"] {
        for file in fs::read_dir(&path).unwrap() {
            fs::remove_file(file.unwrap().path()).unwrap();
        }
        if wreck == "missing" {
            fs::remove_dir(&path).unwrap();
        }
        assert!(watch.look().is_none());
        let taken = watch.look().expect("it is at rest");
        let in_force = register.reconcile(taken, NOW_MS).await.unwrap();
        assert_eq!(slos(&in_force), ["a", "b", "c"], "{wreck}");
        let errors: Vec<_> = told(&in_force);
        assert!(errors.iter().all(|(.., keeps)| *keeps), "{errors:?}");
        assert!(!errors.is_empty());
    }
}

#[tokio::test]
async fn a_folder_that_changes_all_the_while_is_taken_at_last() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut watch = Watch::new(vec![folder.path().to_owned()]);
    assert!(watch.look().is_some());
    let mut looks = 0;
    let taken = loop {
        looks += 1;
        fs::write(folder.path().join("a.yaml"), "x".repeat(looks)).unwrap();
        if let Some(found) = watch.look() {
            break found;
        }
        assert!(looks < 100);
    };
    assert_eq!(looks, 15);
    drop(taken);
}

#[tokio::test]
async fn a_followed_folder_tells_what_is_in_force() {
    let place = Place::new();
    let register = place.register().await;
    let folder = tempfile::TempDir::new().unwrap();
    let write = |text: String| fs::write(folder.path().join("all.yaml"), text).unwrap();
    write(service("api"));
    let watch = Watch::new(vec![folder.path().to_owned()]);
    let (sender, mut told) = tokio::sync::mpsc::unbounded_channel();
    let every = Duration::from_millis(10);
    let following = tokio::spawn(follow(
        register,
        watch,
        every,
        Arc::new(|| NOW_MS),
        move |taken| {
            sender.send(taken.unwrap()).unwrap();
            std::future::ready(())
        },
    ));
    assert_eq!(told.recv().await.unwrap().catalog.services.len(), 1);
    write(format!("{}---\n{}", service("api"), service("web")));
    while told.recv().await.unwrap().catalog.services.len() < 2 {}
    following.abort();
}
