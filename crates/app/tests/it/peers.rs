//! What peers would say: side by side with ours, and every difference accounted for.

use std::sync::Arc;

use tomoni_app::documents::Documents;
use tomoni_app::explain::{Explanation, Question, explain};
use tomoni_app::peers::{Compared, PartRows, PeerRow, compare};
use tomoni_app::status::{Filter, Sources};
use tomoni_ledger::{Minute, Span, SpanSet};
use tomoni_slo::{Method, MissingData, Promise, Window};
use tomoni_store::Store;
use tomoni_testkit::require;

use crate::support::{NOW_MS, documents, failures_of, prometheus, servers};

/// History begins so long before now that the window of seven days is whole.
const AT_MS: i64 = NOW_MS - 300_000;

fn with(change: impl FnOnce(&mut Promise)) -> Promise {
    let mut promise = failures_of("unlock-api", None);
    change(&mut promise);
    promise
}

async fn explained(promise: Promise, at_ms: i64) -> Explanation {
    let (documents, servers) = (documents(&[promise], &[]), servers(prometheus()));
    let sources = Sources {
        documents: &documents,
        servers: Some(&servers),
        store: None,
        at_ms,
        now_ms: NOW_MS,
        on_progress: Arc::new(|_| {}),
    };
    let question = Question {
        slo: "slo-0",
        objective: None,
        minutes: None,
        peer: None,
    };
    explain(&sources, question)
        .await
        .unwrap()
        .objectives
        .remove(0)
}

async fn compared(documents: &Documents, store: Option<&Store>) -> Vec<Compared> {
    let servers = servers(prometheus());
    let sources = Sources {
        documents,
        servers: Some(&servers),
        store,
        at_ms: AT_MS,
        now_ms: NOW_MS,
        on_progress: Arc::new(|_| {}),
    };
    let filter = Filter::default();
    compare(&sources, filter).await.unwrap().objectives
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(1.0)
}

/// What all parts make of the difference.
fn sum(rows: &PartRows) -> f64 {
    let listed = rows.listed.iter().map(|row| row.spent.difference);
    listed.sum::<f64>() + rows.others_spent.difference
}

fn assert_accounted_for(peer: &PeerRow) -> f64 {
    let difference = peer.difference.unwrap();
    let by_cause: f64 = peer.causes.iter().map(|cause| cause.difference).sum();
    assert!(
        close(by_cause, difference),
        "{difference}: {:?}",
        peer.causes
    );
    if !peer.causes.is_empty() {
        assert!(
            close(sum(&peer.days), difference),
            "{difference}: {:?}",
            peer.days
        );
        assert!(
            close(sum(&peer.hours), difference),
            "{difference}: {:?}",
            peer.hours
        );
    }
    difference
}

fn causes(peer: &PeerRow) -> Vec<&'static str> {
    peer.causes.iter().map(|cause| cause.cause).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn sloth_differs_by_its_weights_and_pyrra_does_not() {
    require!("prometheus", "promtool");
    let explanation = explained(with(|_| {}), AT_MS).await;
    let [sloth, pyrra] = explanation.peers.theirs.as_slice() else {
        panic!("{:?}", explanation.peers)
    };
    assert_eq!((sloth.tool, pyrra.tool), ("sloth", "pyrra"));
    // Nights are quiet in the lab, so failures weigh otherwise.
    let difference = assert_accounted_for(sloth);
    assert!(difference.abs() > 0.001, "{difference}");
    assert_eq!(causes(sloth), ["weights"]);
    let ours = explanation.peers.ours.unwrap();
    assert_eq!(Some(ours.remaining), explanation.figures.budget.remaining);
    let theirs = sloth.figures.unwrap();
    assert!(close(theirs.remaining - ours.remaining, difference));
    // Quiet and busy hours make up all that was spent, here and there.
    let traffic = sloth.by_traffic.unwrap();
    let (quiet, busy) = (traffic.quiet, traffic.busy);
    assert!(close(quiet.ours + busy.ours, 1.0 - ours.remaining));
    assert!(close(quiet.theirs + busy.theirs, 1.0 - theirs.remaining));
    assert!(close(assert_accounted_for(pyrra), 0.0));
    assert_eq!((causes(pyrra), pyrra.days.listed.len()), (Vec::new(), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_peers_do_not_know_of_is_named() {
    require!("prometheus", "promtool");
    let at = Minute::ended_by_ms(NOW_MS) - 5;
    let promise = with(|promise| {
        let maintenance = Span::ending_at(at - 600, 1_200);
        promise.objective.exclusions = SpanSet::from_iter([maintenance]);
        promise.objective.missing_data = MissingData::Bad;
    });
    // Of the window's seven days, three lie before history.
    let explanation = explained(promise.clone(), NOW_MS - 8 * 86_400_000).await;
    let [sloth, pyrra] = explanation.peers.theirs.as_slice() else {
        panic!("{:?}", explanation.peers)
    };
    assert_eq!(causes(sloth), ["missing_data", "weights"]);
    assert_eq!(causes(pyrra), ["missing_data"]);
    assert!(assert_accounted_for(sloth) > 1.0);
    assert!(assert_accounted_for(pyrra) > 1.0);
    let explanation = explained(promise, AT_MS).await;
    let pyrra = &explanation.peers.theirs[1];
    assert_eq!(causes(pyrra), ["exclusions"]);
    assert!(assert_accounted_for(pyrra).abs() > 1e-6);
    assert!(pyrra.causes[0].words.contains("1200 minutes"), "{pyrra:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_said_has_words_and_no_number() {
    require!("prometheus", "promtool");
    let explanation = explained(
        with(|promise| {
            promise.objective.method = Method::Timeslices {
                target: 0.99,
                width_minutes: 5,
            };
        }),
        AT_MS,
    )
    .await;
    for peer in &explanation.peers.theirs {
        assert_eq!((peer.figures, peer.difference), (None, None), "{peer:?}");
        let cannot = peer.cannot.as_ref().unwrap();
        assert!(cannot.contains("no slices of time"), "{cannot}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_ranked_by_difference_and_says_what_explain_says() {
    require!("prometheus", "promtool");
    let tight = |percent: f64| {
        with(|promise| {
            promise.objective.target = tomoni_slo::Target::from_percent(percent).unwrap();
        })
    };
    let calendar = with(|promise| {
        promise.objective.window =
            Window::calendar("1w", "Europe/Berlin", "2026-01-05 00:00:00").unwrap();
    });
    let documents = documents(&[calendar, tight(99.0), tight(99.99), tight(99.9)], &[]);
    let rows = compared(&documents, None).await;
    let names: Vec<&str> = rows.iter().map(|row| row.figures.slo.as_str()).collect();
    // The tighter the target, the more budget a difference is; what cannot be said comes last.
    assert_eq!(names, ["slo-2", "slo-3", "slo-1", "slo-0"]);
    for row in &rows[..3] {
        row.peers.theirs.iter().for_each(|peer| {
            assert_accounted_for(peer);
        });
    }
    let explanation = explained(tight(99.9), AT_MS).await;
    assert_eq!(rows[1].peers, explanation.peers);
    // With a store, minutes come from there.
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    assert_eq!(compared(&documents, Some(&store)).await, rows);
    assert_eq!(compared(&documents, Some(&store)).await, rows);
}
