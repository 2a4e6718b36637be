//! Documents that people apply.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, mpsc};
use std::task::Poll;

use tomoni_app::register::{Applied, ChangeKind, Effect, Register, RegisterError, Request};
use tomoni_spec::Identity;
use tomoni_store::faults::Point;

use super::{NOW_MS, Place, found, service, sli, slo, texts};

pub(crate) fn request(text: &str) -> Request {
    Request {
        actor: "naoko".to_owned(),
        origin: "api".to_owned(),
        reason: "agreed on".to_owned(),
        ..Request::of_text("stdin", text).unwrap()
    }
}

pub(crate) async fn apply(register: &Register, text: &str) -> Result<Applied, RegisterError> {
    register.apply(&request(text), NOW_MS).await
}

pub(crate) fn code(result: Result<Applied, RegisterError>) -> &'static str {
    result.expect_err("it is refused").code()
}

fn all(target: &str) -> String {
    [service("api"), sli("i", "500"), slo("a", "i", target)].join("---\n")
}

#[tokio::test]
async fn what_is_applied_is_told_and_in_force() {
    let place = Place::new();
    let register = place.register().await;
    let applied = apply(&register, &all("0.99")).await.unwrap();
    let kinds: Vec<ChangeKind> = applied.changes.iter().map(|c| c.change).collect();
    assert_eq!(kinds, [ChangeKind::Created; 3]);
    assert_eq!(applied.consequences[0].effect, Effect::Appears);

    let looked = register.diff(&request(&all("0.999"))).await.unwrap();
    assert!(!looked.is_applied);
    let change = looked.changes.iter().find(|c| c.kind == "SLO").unwrap();
    let field = &change.fields[0];
    assert_eq!(field.path, "spec.objectives[0].target");
    assert_eq!(
        (field.old.as_f64(), field.new.as_f64()),
        (Some(0.99), Some(0.999))
    );
    assert_eq!(looked.consequences[0].effect, Effect::NewRevision);
    assert_eq!(
        looked.consequences[0].message,
        "the target goes from 0.99 to 0.999: its history is recomputed from the same counts"
    );
    let counted = register.diff(&request(&sli("i", "503"))).await.unwrap();
    assert_eq!(counted.consequences[0].effect, Effect::NewGeneration);
    assert!(texts(&register).await["SLO a"].contains("target: 0.99\n"));

    let dry = Request {
        dry_run: true,
        ..request(&all("0.999"))
    };
    assert!(!register.apply(&dry, NOW_MS).await.unwrap().is_applied);
    assert!(texts(&register).await["SLO a"].contains("target: 0.99\n"));
    assert!(apply(&register, &all("0.999")).await.unwrap().is_applied);
    assert!(texts(&register).await["SLO a"].contains("target: 0.999\n"));
    let entry = place.journal().await.pop().unwrap().said;
    assert_eq!(
        (entry.actor.as_str(), entry.reason.as_str()),
        ("naoko", "agreed on")
    );
    let again = place.register().await;
    assert!(
        again.in_force().await.catalog.slos.len() == 1,
        "after a restart, too"
    );
}

#[tokio::test]
async fn an_export_applied_again_changes_nothing() {
    let place = Place::new();
    let register = place.register().await;
    let tobira = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/tobira");
    let files = tomoni_app::register::Found::read(&[tobira]);
    let in_force = register.reconcile(files, NOW_MS).await.unwrap();
    assert!(in_force.catalog.slos.len() >= 30);
    let export = register.export().await;
    let written = place.journal().await.len();
    for file in &export {
        let applied = apply(&register, &file.text).await.unwrap();
        assert!(applied.is_nothing(), "{}", file.name);
    }
    assert_eq!(place.journal().await.len(), written);

    // In an empty place it makes the same documents.
    let other = Place::new();
    let empty = other.register().await;
    let whole: Vec<&str> = export.iter().map(|file| file.text.as_str()).collect();
    apply(&empty, &whole.join("---\n")).await.unwrap();
    assert_eq!(texts(&empty).await, texts(&register).await);
    assert_eq!(empty.export().await, export);
}

#[tokio::test]
async fn what_is_wrong_is_refused_whole() {
    let place = Place::new();
    let register = place.register().await;
    apply(&register, &all("0.99")).await.unwrap();
    let before = texts(&register).await;
    let pair = |second: &str| format!("{}---\n{second}", service("other"));
    for (text, wanted) in [
        (pair(&slo("b", "nothing", "0.9")), "documents/refused"),
        (pair(&slo("b", "i", "2")), "documents/refused"),
        (pair("kind: [\n"), "documents/refused"),
        (pair("just a text\n"), "documents/refused"),
        (
            pair("apiVersion: v1\nkind: Pod\n"),
            "documents/not-a-document",
        ),
        (pair(&service("other")), "documents/refused"),
        (String::new(), "documents/refused"),
        (super::gauge("i"), "documents/refused"),
    ] {
        assert_eq!(code(apply(&register, &text).await), wanted, "{text}");
    }
    let needed = Request {
        deletes: vec![Identity::new("SLI", "i").unwrap()],
        ..request("")
    };
    let needed = Request {
        documents: Vec::new(),
        ..needed
    };
    assert_eq!(
        code(register.apply(&needed, NOW_MS).await),
        "documents/refused"
    );
    let unknown = Request {
        deletes: vec![Identity::new("SLI", "j").unwrap()],
        ..needed
    };
    let error = register.apply(&unknown, NOW_MS).await.unwrap_err();
    assert_eq!(error.to_string(), "there is no SLI `j`: is it `i`?");
    assert_eq!(texts(&register).await, before);
    let large = Request::of_text("stdin", &" ".repeat(9 << 20));
    assert_eq!(large.unwrap_err().code(), "documents/too-large");
    let many = service("x") + "---\n" + &"a: 1\n---\n".repeat(5_001);
    assert_eq!(code(apply(&register, &many).await), "documents/too-large");
}

#[tokio::test]
async fn nobody_overwrites_what_they_have_not_seen() {
    let place = Place::new();
    let register = place.register().await;
    apply(&register, &all("0.99")).await.unwrap();
    let expecting = |version, target| Request {
        expected: [(Identity::new("SLO", "a").unwrap(), version)].into(),
        ..request(&all(target))
    };
    register.apply(&expecting(1, "0.98"), NOW_MS).await.unwrap();
    let error = register
        .apply(&expecting(1, "0.97"), NOW_MS)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "documents/conflict");
    assert!(
        error.to_string().contains("has version 2, not 1: naoko"),
        "{error}"
    );
    assert_eq!(
        code(register.apply(&expecting(0, "0.97"), NOW_MS).await),
        "documents/conflict"
    );
    // Two processes over one journal: the slower one is told, and then knows.
    let other = place.register().await;
    apply(&other, &all("0.96")).await.unwrap();
    assert_eq!(
        code(apply(&register, &all("0.95")).await),
        "documents/conflict"
    );
    // Also what the other one has written is in force.
    assert_eq!(targets(&register).await, [0.96]);
    apply(&register, &all("0.95")).await.unwrap();
}

/// The targets of the SLOs in force.
async fn targets(register: &Register) -> Vec<f64> {
    let in_force = register.in_force().await;
    let slos = in_force.catalog.slos.iter();
    slos.map(|slo| slo.value.promises[0].objective.target.fraction())
        .collect()
}

#[tokio::test]
async fn what_was_written_and_never_answered_is_in_force_at_the_next_try() {
    for (is_new, target_before) in [(true, None), (false, Some(0.9))] {
        let place = Place::new();
        let store = place.store().await;
        let register = Register::open(store.clone(), NOW_MS).await.unwrap();
        if let Some(target) = target_before {
            apply(&register, &all(&target.to_string())).await.unwrap();
        }
        let entries = place.journal().await.len();
        store.set_faults(Some(Arc::new(|_, at| at == Point::AfterCommit)));
        apply(&register, &all("0.99")).await.unwrap_err();
        store.set_faults(None);
        let later = request(&all("0.99"));
        let again = register.apply(&later, NOW_MS + 1).await.unwrap();
        assert!(again.is_nothing(), "{again:?}");
        assert_eq!(targets(&register).await, [0.99]);
        let written = if is_new { 3 } else { 1 };
        assert_eq!(place.journal().await.len(), entries + written);
    }
}

#[tokio::test]
async fn what_was_written_when_nobody_waited_any_more_is_in_force_at_the_next_try() {
    let place = Place::new();
    let register = place.register().await;
    apply(&register, &all("0.9")).await.unwrap();
    let entries = place.journal().await.len();
    let wanted = request(&all("0.99"));
    {
        let mut applying = pin!(register.apply(&wanted, NOW_MS));
        while place.journal().await.len() == entries {
            let is_done =
                poll_fn(|context| Poll::Ready(applying.as_mut().poll(context).is_ready())).await;
            assert!(!is_done);
        }
    }
    let again = register.apply(&wanted, NOW_MS + 1).await.unwrap();
    assert!(again.is_nothing(), "{again:?}");
    assert_eq!(targets(&register).await, [0.99]);
}

#[tokio::test]
async fn what_a_file_manages_is_changed_there() {
    let place = Place::new();
    let register = place.register().await;
    let files = found(&[("specs/all.yaml", all("0.99"))]);
    register.reconcile(files.clone(), NOW_MS).await.unwrap();
    assert!(apply(&register, &all("0.99")).await.unwrap().is_nothing());
    let error = apply(&register, &all("0.9")).await.unwrap_err();
    assert_eq!(error.code(), "documents/managed");
    assert!(
        error
            .to_string()
            .contains("SLO a is managed by the file specs/all.yaml")
    );
    assert!(
        !register
            .diff(&request(&all("0.9")))
            .await
            .unwrap()
            .is_nothing()
    );
    // Others can stand beside, and stay when files are read again.
    apply(&register, &slo("b", "i", "0.9")).await.unwrap();
    let in_force = register.reconcile(files, NOW_MS).await.unwrap();
    assert_eq!(super::slos(&in_force), ["a", "b"]);
    // Without a folder nobody manages them any more.
    let alone = place.register().await;
    apply(&alone, &all("0.9")).await.unwrap();
}

#[tokio::test]
async fn revisions_and_generations_are_told() {
    let place = Place::new();
    let register = place.register().await;
    let at = |n: i64| NOW_MS + n * 1_000;
    for (n, text) in [
        all("0.99"),
        all("0.999"),
        sli("i", "503"),
        slo("a", "i", "0.999").replace("name: a\n", "name: a\n  displayName: A\n"),
        slo("z", "i", "0.9").replace(
            "name: z\n",
            "name: z\n  annotations: {tomoni.dev/renamed-from: a}\n",
        ),
    ]
    .iter()
    .enumerate()
    {
        register.apply(&request(text), at(n as i64)).await.unwrap();
    }
    let history = register.history("z", 0).await.unwrap();
    let revisions: Vec<(i64, i64, f64)> = history
        .revisions
        .iter()
        .map(|r| (r.number, r.since_ms, r.objective.target.fraction()))
        .collect();
    assert_eq!(
        revisions,
        [(3, at(4), 0.9), (2, at(1), 0.999), (1, at(0), 0.99)]
    );
    assert_eq!(history.revisions[0].actor, "naoko");
    let generations: Vec<i64> = history.generations.iter().map(|g| g.since_ms).collect();
    assert_eq!(generations, [at(2), at(0)]);
    assert_eq!(
        register.history("a", 0).await.unwrap_err().code(),
        "documents/unknown"
    );
}

/// Reading documents takes long: the thread that answers requests goes on meanwhile.
#[test]
fn documents_are_read_beside_the_runtime() {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().max_blocking_threads(1).build();
    runtime.unwrap().block_on(async {
        let place = Place::new();
        let register = place.register().await;
        apply(&register, &all("0.99")).await.unwrap();
        let found = found(&[]);
        register.reconcile(found.clone(), NOW_MS).await.unwrap();
        // Each changes nothing, so that nothing is waited for but the reading.
        let same = request(&all("0.99"));
        assert!(is_beside(register.diff(&same)).await);
        assert!(is_beside(register.apply(&same, NOW_MS)).await);
        assert!(is_beside(register.reconcile(found, NOW_MS)).await);
    });
}

/// Whether something waits for the thread beside the runtime's, while that has other work.
async fn is_beside<T>(work: impl Future<Output = Result<T, RegisterError>>) -> bool {
    let (free, until_free) = mpsc::channel::<()>();
    let other = tokio::task::spawn_blocking(move || until_free.recv().is_err());
    let mut work = pin!(work);
    let waits = poll_fn(|context| Poll::Ready(work.as_mut().poll(context).is_pending())).await;
    drop(free);
    assert!(other.await.unwrap(), "the other work is done");
    if waits {
        work.await.map(drop).unwrap();
    }
    waits
}
