//! Whether a job was there at all: what tells "nothing happened" from "nobody knows".

use tomoni_ledger::{MINUTE_MS, Minute, Span, SpanSet};
use tomoni_spec::promql::{MatchOp, Matcher, Selector};

use super::super::client::Remarks;
use super::super::error::SourceError;
use super::session::Session;

/// What nearly every application shows, one series for each process: looked at first, since it is
/// cheap.
const CHEAP: &str = "process_start_time_seconds";
/// What Prometheus itself says about a target; it does so also of one that is dead.
const NOT_THE_JOBS: &str = "up|scrape_.*";
/// Stretches that lie closer together than this, in minutes, are asked for together.
const NEAR_MINUTES: i64 = 60;
/// So many minutes are asked for at once, below the servers' own limits.
const MINUTES_AT_ONCE: i64 = 10_000;

/// Of these minutes, those in which some series of the job has a sample.
pub(super) async fn present(
    session: &Session<'_>,
    job: &Selector,
    minutes: &SpanSet,
    remarks: &mut Remarks,
) -> Result<SpanSet, SourceError> {
    let window_ms = session.range_of_a_minute_ms().await?;
    let mut present = SpanSet::new();
    for selector in [cheap(job), whole(job)] {
        let open = minutes.difference(&present);
        for span in stretches(&open) {
            let query = format!("count(count_over_time({selector}[{window_ms}ms]))");
            for minute in ask(session, &query, span, remarks).await? {
                present.insert(Span::ending_at(minute, 1));
            }
        }
    }
    Ok(present)
}

fn cheap(job: &Selector) -> Selector {
    Selector::new(Some(CHEAP.to_owned()), job.matchers.clone())
}

fn whole(job: &Selector) -> Selector {
    let mut matchers = job.matchers.clone();
    // It is a regular expression.
    matchers.extend(Matcher::new("__name__", MatchOp::MatchesNot, NOT_THE_JOBS).ok());
    Selector::new(None, matchers)
}

/// Spans that hold the minutes, few and not too long.
fn stretches(minutes: &SpanSet) -> Vec<Span> {
    let mut stretches: Vec<Span> = Vec::new();
    for span in minutes.spans() {
        match stretches.last_mut() {
            Some(last) if span.after - last.until <= NEAR_MINUTES => last.until = span.until,
            _ => stretches.push(*span),
        }
    }
    stretches
}

/// The minutes of a span at whose ends the query gives anything.
async fn ask(
    session: &Session<'_>,
    query: &str,
    span: Span,
    remarks: &mut Remarks,
) -> Result<Vec<Minute>, SourceError> {
    let mut found = Vec::new();
    let mut at_once = MINUTES_AT_ONCE;
    let mut after = span.after;
    while after < span.until {
        let until = span.until.min(after + at_once);
        let times_ms = ((after + 1).end_ms(), until.end_ms());
        match session.range(query, times_ms, MINUTE_MS, remarks).await {
            Ok(answer) => {
                let samples = answer.series.iter().flat_map(|series| &series.samples);
                found.extend(samples.map(|sample| Minute::holding_ms(sample.at_ms)));
                after = until;
            }
            Err(error) if error.is_too_much() && at_once > 1 => at_once /= 2,
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(after: i64, until: i64) -> Span {
        Span::new(Minute::from_index(after), Minute::from_index(until))
    }

    #[test]
    fn near_stretches_are_asked_for_together() {
        let minutes = SpanSet::from_iter([span(0, 2), span(50, 51), span(200, 300)]);
        assert_eq!(stretches(&minutes), [span(0, 51), span(200, 300)]);
    }

    #[test]
    fn a_job_is_looked_for_in_all_it_shows() {
        let job = Selector::new(None, vec![Matcher::equal("job", "api")]);
        assert_eq!(
            cheap(&job).to_string(),
            "process_start_time_seconds{job=\"api\"}"
        );
        assert_eq!(
            whole(&job).to_string(),
            "{__name__!~\"up|scrape_.*\",job=\"api\"}"
        );
    }
}
