//! One objective's history from a real store: every figure is that of `tomoni_slo`, days make up
//! windows, minutes make up days, in zones with odd days too.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use tempfile::TempDir;
use tomoni_app::detail::{
    Details, Edition, History, Kind, NotASeries, Range, Steps, course, day_span, days, minutes,
    points, series,
};
use tomoni_engine::Keep;
use tomoni_ledger::{Events, Fact, Marks, Minute, Series, Span, SpanSet};
use tomoni_slo::{
    Figures, Method, MissingData, Promise, Replay, Severity, Slo, Target, Window, evaluate,
};
use tomoni_store::Store;

use crate::support::{documents, failures_of};

/// 2026-11-02T07:13:00Z: a week after Berlin's clocks were put back.
fn end() -> Minute {
    let end: jiff::Timestamp = "2026-11-02T07:13:00Z".parse().unwrap();
    Minute::ended_by_ms(end.as_millisecond())
}

/// Calm and busy times, quiet nights, holes, and half an hour in which a third fails.
fn fact(seed: u64, minute: Minute, outage: Span) -> Fact {
    let bits = (seed ^ (minute.index() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15))
        .wrapping_mul(0xbf58_476d_1ce4_e5b9)
        >> 16;
    let of_day = minute.place_in_day() as i64;
    let is_hole = minute.index() / 300 % 37 == 5;
    let total = if (60..120).contains(&of_day) {
        0
    } else {
        200 + (bits % 90) as i64
    };
    let bad = match bits % 31 {
        _ if outage.contains(minute) => total / 3,
        0 => total.min(3),
        _ => 0,
    };
    match bits % 211 {
        0 => Fact::UNKNOWN.marked(Marks::INVALID),
        _ if is_hole => Fact::UNKNOWN,
        1 => Fact::counted(Events::whole(bad), Events::whole(total)).marked(Marks::APPROXIMATE),
        _ => Fact::counted(Events::whole(bad), Events::whole(total)),
    }
}

struct Kept {
    _folder: TempDir,
    store: Store,
    details: Details,
    slo: Slo,
    all: Series,
}

const OUTAGE_AGO: i64 = 3 * 1_440;

impl Kept {
    /// So many days of a ledger, settled, closed but for the last quarter of an hour.
    async fn of(seed: u64, days: i64) -> Self {
        let folder = TempDir::new().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let promise = failures_of("unlock-api", None);
        let slo = documents(std::slice::from_ref(&promise), &[]).catalog.slos[0]
            .value
            .clone();
        let span = Span::ending_at(end(), days * 1_440 - 77);
        let outage = Span::ending_at(end() - OUTAGE_AGO, 30);
        let facts: Vec<_> = span.minutes().map(|m| (m, fact(seed, m, outage))).collect();
        let mut all = Series::new();
        all.put(&facts).unwrap();
        let keep = Keep {
            key: promise.key,
            facts,
            settled: SpanSet::from_iter([span]),
            closed: SpanSet::from_iter([Span::new(span.after, span.until - 15)]),
        };
        store.keep(&[keep]).await.unwrap();
        let details = Details::new(store.clone());
        Self {
            _folder: folder,
            store,
            details,
            slo,
            all,
        }
    }

    fn promise(&self) -> &Promise {
        &self.slo.promises[0]
    }

    fn figures(&self) -> Figures {
        evaluate(&self.all, &self.promise().objective, end()).unwrap()
    }
}

fn edition(version: u64) -> Edition {
    Edition {
        version,
        now_ms: end().end_ms() + version as i64 * 15_000,
    }
}

fn methods() -> [Method; 3] {
    [
        Method::Occurrences,
        Method::Timeslices {
            target: 0.98,
            width_minutes: 7,
        },
        Method::RatioTimeslices { width_minutes: 5 },
    ]
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(1.0)
}

#[tokio::test]
async fn a_page_shows_what_the_ledger_says() {
    let mut kept = Kept::of(7, 60).await;
    let windows = [
        Window::rolling("28d").unwrap(),
        Window::rolling("7d").unwrap(),
        Window::rolling("90d").unwrap(),
        Window::rolling("150d").unwrap(),
        Window::calendar("1M", "Europe/Berlin", "2024-01-01 00:00:00").unwrap(),
        Window::calendar("1Q", "Asia/Tokyo", "2024-01-01 00:00:00").unwrap(),
    ];
    let excluded = Span::ending_at(end() - 2_000, 90);
    for (window, method) in windows.iter().flat_map(|w| methods().map(|m| (w, m))) {
        let objective = &mut kept.slo.promises[0].objective;
        objective.window = window.clone();
        objective.method = method;
        objective.target = Target::new(0.995).unwrap();
        objective.missing_data = MissingData::Bad;
        objective.exclusions = SpanSet::from_iter([excluded]);
        let figures = kept.figures();
        let history = kept
            .details
            .of_window(kept.promise(), &figures, edition(1))
            .await
            .unwrap();
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let told = course(&history, &kept.slo, kept.promise(), &figures, false, &zone).unwrap();
        assert_eq!(told.shown, figures.window, "{window}");
        assert!(
            (1..=400).contains(&told.points.len()),
            "{window}: {}",
            told.points.len()
        );
        for point in &told.points {
            let then = evaluate(&kept.all, &kept.promise().objective, point.at).unwrap();
            let remaining = (then.known_minutes > 0).then(|| then.budget.remaining());
            assert_eq!(
                (point.remaining, point.sli),
                (remaining, then.sli),
                "{window} {method}"
            );
            assert_eq!(point.is_partial, then.coverage.is_some_and(|c| c < 0.9));
        }
        let last = told.points.last().unwrap();
        assert_eq!((last.at, last.sli), (end(), figures.sli));
        // Days make up the window.
        let known: i64 = told.days.iter().map(|day| day.part.known_minutes).sum();
        let bad: Events = told.days.iter().map(|day| day.part.bad).sum();
        let spent: f64 = told.days.iter().filter_map(|day| day.part.share).sum();
        assert_eq!(
            (known, bad),
            (figures.known_minutes, figures.bad),
            "{window} {method}"
        );
        assert!(
            close(spent, figures.budget.consumed),
            "{window} {method}: {spent}"
        );
        // A series is the same again, and its steps make up the window.
        let range = Range::new(&figures, None, None, None).unwrap();
        let history = kept
            .details
            .of_range(kept.promise(), &range, edition(1))
            .await
            .unwrap();
        let objective = &kept.promise().objective;
        let replay = Replay::new(&history.series, objective, range.steps.span()).unwrap();
        let columns = series(&replay, &range).unwrap();
        let of_points: Vec<_> = told.points.iter().map(|point| point.remaining).collect();
        assert_eq!(columns.remaining, of_points);
        let total: Events = columns.total.iter().flatten().copied().sum();
        let bad: Events = columns.bad.iter().flatten().copied().sum();
        assert_eq!((total, bad), (figures.total, figures.bad), "{window}");
    }
}

#[tokio::test]
async fn minutes_make_up_days_of_23_to_25_hours() {
    let kept = Kept::of(3, 260).await;
    let days_of = [
        ("2026-10-25", "Europe/Berlin", 25),
        ("2026-03-29", "Europe/Berlin", 23),
        ("2026-10-24", "Europe/Berlin", 24),
        ("2026-10-25", "Asia/Tokyo", 24),
    ];
    for (date, zone, hours) in days_of {
        let (date, zone): (Date, _) = (date.parse().unwrap(), TimeZone::get(zone).unwrap());
        let span = day_span(date, &zone).unwrap();
        assert_eq!(span.len(), hours * 60, "{date}");
        let history = kept
            .details
            .of_span(kept.promise(), span, edition(1))
            .await
            .unwrap();
        let objective = &kept.promise().objective;
        let rows = minutes(&history, objective, span).unwrap();
        assert_eq!(rows.len() as i64, hours * 60);
        assert!(
            rows.iter()
                .all(|row| row.is_settled && row.is_closed && !row.is_excluded)
        );
        // All of them, as part of a window that ends with the day.
        let figures = evaluate(&kept.all, objective, span.until).unwrap();
        let replay = Replay::new(&kept.all, objective, figures.window).unwrap();
        let parts = days(&replay, &figures, figures.window, &zone).unwrap();
        let day = parts.last().unwrap();
        assert_eq!((day.date, day.span), (date, span));
        let counts = rows.iter().filter_map(|row| row.fact.counts);
        let (bad, total): (Vec<Events>, Vec<Events>) = counts.map(|c| (c.bad, c.total)).unzip();
        assert_eq!(day.part.known_minutes, bad.len() as i64);
        assert_eq!(day.part.bad, bad.into_iter().sum());
        assert_eq!(day.part.total, total.into_iter().sum());
    }
    let apia = TimeZone::get("Pacific/Apia").unwrap();
    assert_eq!(
        day_span("2011-12-30".parse().unwrap(), &apia),
        None,
        "Apia skipped it"
    );
}

#[tokio::test]
async fn what_happened_stands_on_the_axis() {
    let mut kept = Kept::of(5, 20).await;
    let excluded = Span::ending_at(end() - 2_000, 90);
    kept.slo.promises[0].objective.window = Window::rolling("14d").unwrap();
    kept.slo.promises[0].objective.exclusions = SpanSet::from_iter([excluded]);
    kept.slo.exclusions = vec![tomoni_slo::Exclusion {
        span: excluded,
        category: "maintenance".to_owned(),
        reason: "new racks".to_owned(),
        author: "home".to_owned(),
    }];
    let figures = kept.figures();
    let history = kept
        .details
        .of_window(kept.promise(), &figures, edition(1))
        .await
        .unwrap();
    let told = course(
        &history,
        &kept.slo,
        kept.promise(),
        &figures,
        false,
        &TimeZone::UTC,
    )
    .unwrap();
    let of = |kind| {
        let those = told
            .happened
            .iter()
            .filter(move |happened| happened.kind == kind);
        those.cloned().collect::<Vec<_>>()
    };
    assert_eq!(
        of(Kind::Exclusion)[0].note,
        "maintenance · new racks · home"
    );
    // The hour in which a third failed paged, and a page is sent once.
    let pages = of(Kind::Alert(Severity::Page));
    let began = end() - OUTAGE_AGO - 30;
    assert!(
        pages
            .iter()
            .any(|page| page.span.after >= began && page.span.after <= began + 5),
        "{pages:?}"
    );
    let gaps: i64 = of(Kind::Gap).iter().map(|gap| gap.span.len()).sum();
    assert!(
        gaps > 300 && gaps <= figures.minutes - figures.known_minutes,
        "{gaps}"
    );
    assert_eq!(of(Kind::Backfill), []);
}

#[tokio::test]
async fn what_is_kept_follows_the_store() {
    let kept = Kept::of(9, 35).await;
    let figures = kept.figures();
    let of = |version| {
        kept.details
            .of_window(kept.promise(), &figures, edition(version))
    };
    let first = of(1).await.unwrap();
    assert!(
        Arc::ptr_eq(&first, &of(1).await.unwrap()),
        "one picture, one read"
    );
    let bytes = kept.details.bytes();
    assert!(bytes > 1 << 18 && bytes < 1 << 20, "{bytes}");

    // A late batch changes a closed day, and the last minutes go on.
    let late = end() - 9_999;
    let keep = Keep {
        key: kept.promise().key.clone(),
        facts: vec![(
            late,
            Fact::counted(Events::whole(123), Events::whole(1_000)),
        )],
        settled: SpanSet::new(),
        closed: SpanSet::new(),
    };
    kept.store.keep(&[keep]).await.unwrap();
    let second = of(2).await.unwrap();
    let objective = &kept.promise().objective;
    let steps = Steps::about(figures.window, 300);
    let read = |history: &History| {
        let replay = Replay::new(&history.series, objective, figures.window).unwrap();
        points(&replay, &steps).unwrap()
    };
    let before = read(&first);
    let after = read(&second);
    assert_ne!(before, after);
    let counted = second.series.fact(late).unwrap().counts.unwrap();
    assert_eq!(counted.bad, Events::whole(123));
    let fresh = Details::new(kept.store.clone());
    let fresh = fresh
        .of_window(kept.promise(), &figures, edition(2))
        .await
        .unwrap();
    assert_eq!(after, read(&fresh));
}

#[tokio::test]
async fn a_series_has_bounds() {
    let kept = Kept::of(1, 2).await;
    let figures = kept.figures();
    let range = |from: i64, to: i64, step| {
        Range::new(&figures, Some(end() - from), Some(end() - to), step).map(|r| r.steps.count())
    };
    assert_eq!(range(600, 0, Some(60)), Ok(600));
    assert_eq!(range(0, 0, None), Err(NotASeries::Empty));
    assert_eq!(range(0, 600, None), Err(NotASeries::Empty));
    assert_eq!(range(600, 0, Some(90)), Err(NotASeries::Step(90)));
    assert_eq!(range(2_001, 0, Some(60)), Err(NotASeries::TooMany(2_001)));
    assert_eq!(range(401 * 1_440, 0, None), Err(NotASeries::TooLong));
    // The future is not known.
    assert_eq!(range(10, -500, Some(60)), Ok(10));
}
