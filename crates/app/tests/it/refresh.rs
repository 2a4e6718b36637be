//! Ledgers brought up to date: from a real Prometheus, with and without a store, undisturbed or not.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tempfile::TempDir;
use tokio::sync::Notify;
use tomoni_app::AppError;
use tomoni_app::documents::Documents;
use tomoni_app::status::SloRow;
use tomoni_store::Store;
use tomoni_testkit::require;

use crate::support::{NOW_MS, Run, documents, failures_of, prometheus, promise, servers};

/// Nobody listens there.
const NOWHERE: &str = "http://127.0.0.1:1";

fn two_services() -> Documents {
    let promises = ["unlock-api", "legacy-unlock-api"].map(|job| failures_of(job, None));
    documents(&promises, &[])
}

/// What a run without a store says.
async fn undisturbed(documents: &Documents) -> Vec<SloRow> {
    let servers = servers(prometheus());
    let report = Run::new(documents, Some(&servers)).status().await.unwrap();
    report.slos
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_come_from_the_server() {
    require!("prometheus", "promtool");
    let slos = undisturbed(&two_services()).await;
    let [unlock, legacy] = slos.as_slice() else {
        panic!("{slos:?}");
    };
    assert_eq!(unlock.watermark.as_deref(), Some("2026-11-22T08:59:00Z"));
    assert_eq!((unlock.state, unlock.counting), ("ok", Some("exact")));
    assert!(
        unlock.sli.is_some_and(|sli| sli > 0.999 && sli < 1.0),
        "{:?}",
        unlock.sli
    );
    assert_eq!(unlock.trend.len(), 8);
    // Nobody calls it: that is known, and no service level follows from it.
    assert_eq!((legacy.state, legacy.sli), ("no_traffic", None));
    assert_eq!(
        legacy.total,
        Some(tomoni_app::status::Count(tomoni_ledger::Events::ZERO))
    );
    assert_eq!(legacy.coverage, Some(1.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_reads_nothing_and_says_the_same() {
    require!("prometheus", "promtool");
    let documents = two_services();
    let folder = TempDir::new().unwrap();
    let alive = servers(prometheus());
    let store = Store::open(folder.path()).await.unwrap();
    let first = Run {
        store: Some(&store),
        ..Run::new(&documents, Some(&alive))
    };
    let first = first.status().await.unwrap();
    assert_eq!(first.slos, undisturbed(&documents).await);
    store.close().await;

    // A day ago everything has closed: once it is read, the server need not even be there.
    let dead = servers(NOWHERE);
    let mut reports = Vec::new();
    for servers in [Some(&alive), Some(&alive), Some(&dead), None] {
        let store = Store::open(folder.path()).await.unwrap();
        let run = Run {
            store: Some(&store),
            at_ms: NOW_MS - 86_400_000,
            ..Run::new(&documents, servers)
        };
        reports.push(run.status().await.unwrap().slos);
        store.close().await;
    }
    assert_eq!(
        reports[0][0].watermark.as_deref(),
        Some("2026-11-21T09:00:00Z")
    );
    assert_eq!(reports[0][0].coverage, Some(1.0));
    for again in &reports[1..] {
        assert_eq!(again, &reports[0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_cut_and_repeated_ends_the_same() {
    require!("prometheus", "promtool");
    let documents = two_services();
    let servers = servers(prometheus());
    let undisturbed = undisturbed(&documents).await;
    for cut_after in [1, 8_000, 15_000] {
        let folder = TempDir::new().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let reached = Arc::new(Notify::new());
        let heard = Arc::clone(&reached);
        let run = Run {
            store: Some(&store),
            on_progress: Arc::new(move |progress| {
                if progress.done >= cut_after {
                    heard.notify_one();
                }
            }),
            ..Run::new(&documents, Some(&servers))
        };
        tokio::select! {
            biased;
            () = reached.notified() => {}
            report = run.status() => panic!("it was not cut: {report:?}"),
        }
        store.close().await;

        let store = Store::open(folder.path()).await.unwrap();
        let again = Run {
            store: Some(&store),
            ..Run::new(&documents, Some(&servers))
        };
        assert_eq!(
            again.status().await.unwrap().slos,
            undisturbed,
            "cut after {cut_after}"
        );
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_ends_at_its_total() {
    require!("prometheus", "promtool");
    let documents = two_services();
    let servers = servers(prometheus());
    let (done, total, samples) = <(Arc<AtomicU64>, Arc<AtomicU64>, Arc<AtomicU64>)>::default();
    let heard = (Arc::clone(&done), Arc::clone(&total), Arc::clone(&samples));
    let run = Run {
        on_progress: Arc::new(move |progress| {
            let before = heard.0.swap(progress.done, Ordering::SeqCst);
            assert!(before <= progress.done, "it never goes back");
            heard.1.store(progress.total, Ordering::SeqCst);
            heard.2.store(progress.samples, Ordering::SeqCst);
        }),
        ..Run::new(&documents, Some(&servers))
    };
    run.status().await.unwrap();
    // Two ledgers over seven days and what the longest burn window needs beyond.
    assert_eq!(total.load(Ordering::SeqCst), 2 * 7 * 1_440);
    assert_eq!(done.load(Ordering::SeqCst), total.load(Ordering::SeqCst));
    assert!(samples.load(Ordering::SeqCst) > 100_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_server_that_is_down_does_not_keep_the_others_from_it() {
    require!("prometheus", "promtool");
    let promises = [
        failures_of("unlock-api", None),
        failures_of("unlock-api", Some("away")),
        failures_of("unlock-api", Some("undefined")),
    ];
    let documents = documents(&promises, &[("away", NOWHERE)]);
    let servers = servers(prometheus());
    let report = Run::new(&documents, Some(&servers)).status().await.unwrap();
    let states: Vec<&str> = report.slos.iter().map(|slo| slo.state).collect();
    assert_eq!(states, ["ok", "no_data", "no_data"]);
    let away = &report.slos[1];
    assert_eq!(
        (away.sli, away.total, away.budget.remaining),
        (None, None, None)
    );
    assert!(
        away.source_error
            .as_ref()
            .unwrap()
            .starts_with("cannot reach http://127.0.0.1:1")
    );
    let said: Vec<(&str, &str)> = report
        .findings
        .iter()
        .map(|f| (f.slo.as_deref().unwrap_or_default(), f.code))
        .collect();
    assert_eq!(said, [("slo-1", "read/failed"), ("slo-2", "read/failed")]);
    assert_eq!(
        report.findings[1].message,
        "the data source `undefined` is not defined"
    );
}

#[tokio::test]
async fn where_nothing_is_known_there_is_no_report() {
    let documents = documents(&[failures_of("unlock-api", None)], &[]);
    let down = servers(NOWHERE);
    let error = Run::new(&documents, Some(&down))
        .status()
        .await
        .unwrap_err();
    assert!(matches!(error, AppError::Unread(_)), "{error}");

    let folder = TempDir::new().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    let offline = Run {
        store: Some(&store),
        ..Run::new(&documents, None)
    };
    let error = offline.status().await.unwrap_err();
    assert!(matches!(error, AppError::NothingKept { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_selector_that_matches_nothing_is_said() {
    require!("prometheus", "promtool");
    let promises = [
        promise("nothing{code=\"500\"}", "nothing", None),
        // Fine: nothing bad has happened.
        promise(
            "http_requests_total{job=\"unlock-api\",code=\"599\"}",
            "http_requests_total{job=\"unlock-api\"}",
            None,
        ),
    ];
    let documents = documents(&promises, &[]);
    let servers = servers(prometheus());
    let report = Run::new(&documents, Some(&servers)).status().await.unwrap();
    let [nothing, perfect] = report.slos.as_slice() else {
        panic!("{report:?}");
    };
    assert_eq!(
        (nothing.state, nothing.watermark.is_some()),
        ("no_data", true)
    );
    assert_eq!((perfect.state, perfect.sli), ("ok", Some(1.0)));
    let said: Vec<(&str, &str, &str)> = report
        .findings
        .iter()
        .filter(|f| f.slo.as_deref() == Some("slo-0"))
        .map(|f| (f.code, f.severity, f.message.as_str()))
        .collect();
    let nothing_known = ("sli/no-data", "error", "no minute of the window is known");
    let nothing_found = (
        "read/nothing-found",
        "warning",
        "no series matches `nothing`",
    );
    assert_eq!(said, [nothing_known, nothing_found]);
}

#[tokio::test(flavor = "multi_thread")]
async fn history_that_begins_late_is_said() {
    require!("prometheus", "promtool");
    let documents = two_services();
    let servers = servers(prometheus());
    // The server has twelve days before now: at eight days ago, four of the window's seven.
    let run = Run {
        at_ms: NOW_MS - 8 * 86_400_000,
        ..Run::new(&documents, Some(&servers))
    };
    let report = run.status().await.unwrap();
    let unlock = &report.slos[0];
    assert_eq!(unlock.state, "partial");
    let starts = unlock.history_starts.as_deref().unwrap();
    assert!(starts.starts_with("2026-11-10T09:0"), "{starts}");
    assert!(
        unlock.coverage.is_some_and(|c| c > 0.55 && c < 0.58),
        "{:?}",
        unlock.coverage
    );
}
