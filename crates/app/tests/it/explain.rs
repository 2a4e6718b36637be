//! Explanations: what is said adds up to the figures that are shown.

use std::sync::Arc;

use tomoni_app::documents::Documents;
use tomoni_app::explain::{Explanation, Question, explain};
use tomoni_app::status::Sources;
use tomoni_ledger::{Events, Minute, Span, SpanSet};
use tomoni_slo::{Exclusion, Method, MissingData, Promise};
use tomoni_testkit::require;

use crate::support::{NOW_MS, documents, failures_of, prometheus, servers};

async fn explained(documents: &Documents, at_ms: i64) -> Explanation {
    let servers = servers(prometheus());
    let sources = Sources {
        documents,
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
    let mut all = explain(&sources, question).await.unwrap();
    all.objectives.remove(0)
}

fn with(change: impl FnOnce(&mut Promise)) -> Documents {
    let mut promise = failures_of("unlock-api", None);
    change(&mut promise);
    documents(&[promise], &[])
}

fn result(explanation: &Explanation, name: &str) -> f64 {
    let mut steps = explanation.arithmetic.iter();
    steps
        .find(|step| step.name == name)
        .unwrap()
        .result
        .unwrap()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(1.0)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_excluded_is_named_and_does_not_count() {
    require!("prometheus", "promtool");
    let at = Minute::ended_by_ms(NOW_MS) - 1;
    let maintenance = Span::ending_at(at - 600, 120);
    let plain = explained(&with(|_| {}), NOW_MS).await;
    let mut documents = with(|promise| {
        promise.objective.exclusions = SpanSet::from_iter([maintenance]);
    });
    documents.catalog.slos[0].value.exclusions = vec![Exclusion {
        span: maintenance,
        category: "maintenance".to_owned(),
        reason: "new racks".to_owned(),
        author: "home".to_owned(),
    }];
    let without = explained(&documents, NOW_MS).await;

    assert_eq!(without.figures.excluded_minutes, 120);
    let [exclusion] = without.exclusions.as_slice() else {
        panic!("{:?}", without.exclusions);
    };
    assert_eq!(
        (exclusion.reason.as_str(), exclusion.span.minutes),
        ("new racks", 120)
    );
    assert_eq!(exclusion.span.until, "2026-11-21T22:59:00Z");
    let total = |e: &Explanation| e.figures.total.unwrap().0;
    assert!(total(&without) < total(&plain));
    assert!(close(
        result(&without, "allowed"),
        0.001 * total(&without).as_f64()
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_minutes_count_as_the_document_says() {
    require!("prometheus", "promtool");
    let documents = with(|promise| promise.objective.missing_data = MissingData::Bad);
    // Of the window's seven days, three lie before history.
    let explanation = explained(&documents, NOW_MS - 8 * 86_400_000).await;
    let figures = &explanation.figures;
    let gaps = &explanation.coverage.gaps;
    assert_eq!(gaps.minutes, figures.imputed_minutes);
    assert!(gaps.minutes > 4_000 && gaps.minutes < 4_400, "{gaps:?}");
    let (known, imputed) = (explanation.coverage.known as f64, gaps.minutes as f64);
    let mean = figures.total.unwrap().0.as_f64() / known;
    assert!(close(result(&explanation, "imputed"), imputed * mean));
    // The steps that are written out lead to the figures.
    let total = figures.total.unwrap().0.as_f64() + imputed * mean;
    let bad = figures.bad.unwrap().0.as_f64() + imputed * mean;
    assert!(close(result(&explanation, "spent"), bad));
    assert!(close(result(&explanation, "allowed"), 0.001 * total));
    assert!(close(result(&explanation, "sli"), 1.0 - bad / total));
    assert!(close(
        result(&explanation, "remaining"),
        1.0 - bad / (0.001 * total)
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn days_add_up_to_what_was_spent() {
    require!("prometheus", "promtool");
    let methods = [
        Method::Occurrences,
        Method::Timeslices {
            target: 0.99,
            width_minutes: 5,
        },
        Method::RatioTimeslices { width_minutes: 5 },
    ];
    for method in methods {
        let documents = with(|promise| promise.objective.method = method);
        // The window's edges are edges of slices.
        let explanation = explained(&documents, NOW_MS - 300_000).await;
        let days = &explanation.spending.days;
        let bad: Events = days
            .iter()
            .filter_map(|day| day.bad)
            .map(|count| count.0)
            .sum();
        assert_eq!(
            Some(bad),
            explanation.figures.bad.map(|count| count.0),
            "{method}"
        );
        let shares: f64 = days.iter().filter_map(|day| day.share_of_budget).sum();
        let consumed = 1.0 - explanation.figures.budget.remaining.unwrap();
        assert!(close(shares, consumed), "{method}: {shares} of {consumed}");
    }
}
