//! The worked example of docs/concepts.md: its tables are read and computed again.

use std::collections::BTreeMap;
use std::fs;

use tomoni_ledger::{Events, Fact, Minute, Series, Span, SpanSet};
use tomoni_slo::{Figures, Method, MissingData, Objective, Target, Window, burn_rates, evaluate};

/// The cells of the page's table rows.
fn rows() -> Vec<Vec<String>> {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/concepts.md");
    let text = fs::read_to_string(page).unwrap();
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect();
    text.lines()
        .filter(|line| line.starts_with('|'))
        .map(|line| cells(line.trim_matches('|')))
        .collect()
}

/// `2026-11-18 10:00` as a minute.
fn minute(text: &str) -> Minute {
    let instant: jiff::Timestamp = format!("{}:00Z", text.replace(' ', "T")).parse().unwrap();
    Minute::ended_by_ms(instant.as_millisecond())
}

/// `2026-11-18 10:00 to 10:30` as a span.
fn span(text: &str) -> Option<Span> {
    let (from, clock) = text.split_once(" to ")?;
    let (date, _) = from.split_once(' ')?;
    date.starts_with("20")
        .then(|| Span::new(minute(from), minute(&format!("{date} {clock}"))))
}

fn fact(requests: &str, failed: &str) -> Fact {
    let events = |text: &str| text.parse().ok().map(Events::whole);
    match (events(failed), events(requests)) {
        (Some(bad), Some(total)) => Fact::counted(bad, total),
        _ => Fact::UNKNOWN,
    }
}

/// The four weeks of the page, and its excluded minutes.
fn four_weeks(rows: &[Vec<String>]) -> (Series, SpanSet) {
    let row = |what: &str| rows.iter().find(|row| row[0] == what).unwrap();
    let usual = |what| fact(&row(what)[2], &row(what)[3]);
    let (weekday, weekend) = (usual("weekdays"), usual("weekends"));
    let whole = Span::new(minute("2026-11-02 00:00"), minute("2026-11-30 00:00"));
    let mut facts: Vec<(Minute, Fact)> = whole
        .minutes()
        .map(|m| {
            // 1970-01-01 was a Thursday.
            let rests = matches!((m.day().index() + 4) % 7, 0 | 6);
            (m, if rests { weekend } else { weekday })
        })
        .collect();
    let mut excluded = SpanSet::new();
    let mut stretches = 0;
    for row in rows.iter().filter(|row| row.len() == 4) {
        let Some(span) = span(&row[1]) else { continue };
        stretches += 1;
        for (m, held) in &mut facts {
            if span.contains(*m) {
                *held = fact(&row[2], &row[3]);
            }
        }
        if row[0].ends_with("excluded") {
            excluded.insert(span);
        }
    }
    assert_eq!(stretches, 4, "the page tells of four stretches");
    let mut series = Series::new();
    series.put(&facts).unwrap();
    (series, excluded)
}

fn objective(method: Method, exclusions: SpanSet) -> Objective {
    Objective {
        target: Target::from_percent(99.9).unwrap(),
        method,
        window: Window::rolling("28d").unwrap(),
        missing_data: MissingData::Ignore,
        exclusions,
    }
}

fn percent(share: f64, digits: usize) -> String {
    format!("{:.digits$}%", 100.0 * share)
}

fn figures_told(figures: &Figures) -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("all events", figures.total.as_f64().to_string()),
        ("bad events", figures.bad.as_f64().to_string()),
        ("SLI", percent(figures.sli.unwrap(), 4)),
        ("error budget", format!("{:.1}", figures.budget.allowed)),
        ("spent", percent(figures.budget.consumed, 1)),
        ("left", percent(figures.budget.remaining(), 1)),
        ("coverage", percent(figures.coverage.unwrap(), 1)),
        ("excluded minutes", figures.excluded_minutes.to_string()),
        ("state", figures.state.as_str().to_owned()),
    ])
}

#[test]
fn the_pages_figures_are_what_its_minutes_give() {
    let rows = rows();
    let (series, excluded) = four_weeks(&rows);
    let end = minute("2026-11-30 00:00");
    let occurrences = objective(Method::Occurrences, excluded.clone());
    let figures = evaluate(&series, &occurrences, end).unwrap();
    let mut expected = figures_told(&figures);

    let during = burn_rates(&series, &occurrences, minute("2026-11-18 10:30")).unwrap();
    for (window, minutes) in [("5m", 5), ("1h", 60)] {
        let rate = during.iter().find(|rate| rate.minutes == minutes).unwrap();
        expected.insert(window, format!("{:.0}", rate.rate.unwrap()));
    }
    expected.insert("28d", format!("{:.3}", figures.budget.consumed));

    let slices = Method::Timeslices {
        target: 0.95,
        width_minutes: 5,
    };
    let means = Method::RatioTimeslices { width_minutes: 5 };
    for (name, method) in [
        ("Timeslices, 5 minutes, each to be 95 % good", slices),
        ("RatioTimeslices, 5 minutes", means),
    ] {
        let figures = evaluate(&series, &objective(method, excluded.clone()), end).unwrap();
        expected.insert(name, percent(figures.budget.remaining(), 1));
    }
    for (name, value) in expected {
        let row = rows.iter().find(|row| row[0] == name);
        assert_eq!(
            row.map(|row| row[1].as_str()),
            Some(value.as_str()),
            "{name}"
        );
    }
}
