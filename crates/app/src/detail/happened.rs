//! What stands on the axis of time beside the figures.

use tomoni_ledger::{DAY_MINUTES, NotLoaded, Span, SpanSet};
use tomoni_slo::{Exclusion, Objective, Replay, Severity};

use super::History;

/// How many gaps, and how many stretches still to be brought in, are told: the longest.
const GAPS_MAX: usize = 100;

/// Something on the axis of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// What it is.
    pub kind: Kind,
    /// Its minutes.
    pub span: Span,
    /// A reason or a name, from a document; may be empty.
    pub note: String,
}

/// What can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Nobody knows what happened.
    Gap,
    /// Minutes that do not count.
    Exclusion,
    /// History that is still being brought in.
    Backfill,
    /// An alert was raised; the span is still open when it ends with what is shown.
    Alert(Severity),
}

/// What happened in a span, in order of time: gaps, exclusions, what is still being brought in, and
/// alerts of the settled history.
///
/// # Errors
///
/// When minutes that this needs are not loaded.
pub fn happened(
    history: &History,
    exclusions: &[Exclusion],
    replay: &Replay<'_>,
    shown: Span,
    is_backfilling: bool,
) -> Result<Vec<Happened>, NotLoaded> {
    let unknown = unknown(history, replay.objective(), shown)?;
    let (gaps, to_come) = if is_backfilling {
        let unread: SpanSet = history.settled.gaps(shown).into_iter().collect();
        let to_come = unread.spans().iter().flat_map(|span| unknown.within(*span));
        (unknown.difference(&unread), to_come.collect())
    } else {
        (unknown, SpanSet::new())
    };
    let plain = |kind: Kind| {
        move |span| Happened {
            kind,
            span,
            note: String::new(),
        }
    };
    let mut all: Vec<Happened> = longest(&gaps).into_iter().map(plain(Kind::Gap)).collect();
    all.extend(longest(&to_come).into_iter().map(plain(Kind::Backfill)));
    all.extend(
        exclusions
            .iter()
            .filter_map(|exclusion| of_exclusion(exclusion, shown)),
    );
    for episode in replay.episodes(shown)? {
        all.push(plain(Kind::Alert(episode.severity))(episode.span));
    }
    all.sort_by_key(|happened| (happened.span.after, happened.kind));
    Ok(all)
}

fn of_exclusion(exclusion: &Exclusion, shown: Span) -> Option<Happened> {
    let span = exclusion.span.intersection(shown);
    let said = [&exclusion.category, &exclusion.reason, &exclusion.author];
    let said: Vec<&str> = said
        .into_iter()
        .filter(|text| !text.is_empty())
        .map(String::as_str)
        .collect();
    (!span.is_empty()).then(|| Happened {
        kind: Kind::Exclusion,
        span,
        note: said.join(" · "),
    })
}

/// The minutes of which nothing is known and that are not excluded.
fn unknown(history: &History, objective: &Objective, shown: Span) -> Result<SpanSet, NotLoaded> {
    let mut unknown = SpanSet::new();
    for day in shown.days() {
        let of_day = day.span().intersection(shown);
        let known = history.series.sum(of_day)?.known;
        if known == 0 {
            unknown.insert(of_day);
        } else if known < of_day.len().min(DAY_MINUTES) {
            for minute in of_day.minutes() {
                if history.series.fact(minute)?.counts.is_none() {
                    unknown.insert(Span::ending_at(minute, 1));
                }
            }
        }
    }
    Ok(unknown.difference(&objective.exclusions))
}

/// The longest stretches, in order of time.
fn longest(set: &SpanSet) -> Vec<Span> {
    let mut spans = set.spans().to_vec();
    spans.sort_by_key(|span| (-span.len(), span.after));
    spans.truncate(GAPS_MAX);
    spans.sort_by_key(|span| span.after);
    spans
}
