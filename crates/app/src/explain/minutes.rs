//! Which minutes are known, missing, excluded, clamped.

use tomoni_ledger::{Fact, Marks, NotLoaded, Series, Span, SpanSet};
use tomoni_slo::{Exclusion, Figures, Objective};

use super::report::{CoverageRow, ExclusionRow, Gaps, MinuteRow};
use crate::instant;
use crate::refresh::Ledger;
use crate::span::span_row;
use crate::status::Count;

/// How many stretches are listed.
const LISTED_MAX: usize = 10;

pub(super) fn coverage(
    ledger: &Ledger,
    objective: &Objective,
    figures: &Figures,
) -> Result<CoverageRow, NotLoaded> {
    let (mut missing, mut clamped, mut invalid) = <(SpanSet, SpanSet, SpanSet)>::default();
    for minute in figures.window.minutes() {
        if objective.exclusions.contains(minute) {
            continue;
        }
        let fact = ledger.series.fact(minute)?;
        let span = Span::ending_at(minute, 1);
        for (is_it, set) in [
            (fact.counts.is_none(), &mut missing),
            (fact.marks.has(Marks::CLAMPED), &mut clamped),
            (fact.marks.has(Marks::INVALID), &mut invalid),
        ] {
            if is_it {
                set.insert(span);
            }
        }
    }
    Ok(CoverageRow {
        share: figures.coverage,
        minutes: figures.minutes,
        known: figures.known_minutes,
        read: ledger.read.within(figures.window).map(Span::len).sum(),
        approximate: figures.approximate_minutes,
        missing_data: objective.missing_data.as_str(),
        imputed: figures.imputed_minutes,
        gaps: gaps(&missing),
        clamped: gaps(&clamped),
        invalid: gaps(&invalid),
    })
}

pub(super) fn exclusions(exclusions: &[Exclusion], window: Span) -> Vec<ExclusionRow> {
    let inside = exclusions.iter().filter_map(|exclusion| {
        let span = exclusion.span.intersection(window);
        (!span.is_empty()).then(|| ExclusionRow {
            span: span_row(span),
            category: exclusion.category.clone(),
            reason: exclusion.reason.clone(),
            author: exclusion.author.clone(),
        })
    });
    inside.collect()
}

/// The window's last minutes, oldest first.
pub(super) fn list(
    series: &Series,
    objective: &Objective,
    window: Span,
    count: usize,
) -> Result<Vec<MinuteRow>, NotLoaded> {
    let first = window.minutes().len().saturating_sub(count);
    let minutes = window.minutes().skip(first);
    minutes
        .map(|minute| {
            let fact = series.fact(minute)?;
            Ok(MinuteRow {
                end: instant::of_minute(minute),
                bad: fact.counts.map(|counts| Count(counts.bad)),
                total: fact.counts.map(|counts| Count(counts.total)),
                excluded: objective.exclusions.contains(minute),
                marks: marks(fact),
            })
        })
        .collect()
}

fn marks(fact: Fact) -> Vec<&'static str> {
    [
        (Marks::APPROXIMATE, "approximate"),
        (Marks::CLAMPED, "clamped"),
        (Marks::INVALID, "invalid"),
    ]
    .into_iter()
    .filter(|(mark, _)| fact.marks.has(*mark))
    .map(|(_, word)| word)
    .collect()
}

fn gaps(set: &SpanSet) -> Gaps {
    let mut longest: Vec<Span> = set.spans().to_vec();
    // Stable: of equally long ones the latest are listed.
    longest.reverse();
    longest.sort_by_key(|span| -span.len());
    longest.truncate(LISTED_MAX);
    longest.sort_by_key(|span| span.after);
    Gaps {
        count: set.spans().len(),
        minutes: set.len(),
        longest: longest.into_iter().map(span_row).collect(),
    }
}
