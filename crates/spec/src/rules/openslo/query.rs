//! An indicator's queries over a window.
//!
//! A query with a placeholder is asked as it stands, as Sloth does. Counters without one are rated
//! over the window. Anything else is asked at the SLO's resolution within the window, as it is where
//! figures are counted.

use tomoni_slo::{Indicator, Part, Promise, Query, Several, Threshold, minutes_text};

use super::Why;
use crate::promql::{PromqlError, Reading, Template, WINDOW, enclosable, read_events, read_gauge};
use crate::rules::slo::Sli;

/// What an objective measures; for each value of the labels that it is grouped by, where there are any.
pub(super) fn sli(promise: &Promise, group_by: &[String]) -> Result<Sli, Why> {
    let step = minutes_text(promise.resolution_minutes);
    let sum = match group_by {
        [] => "sum".to_owned(),
        labels => format!("sum by ({}) ", labels.join(", ")),
    };
    match &promise.indicator {
        Indicator::Ratio {
            part,
            part_query,
            total,
            counter,
        } => {
            let read = |query: &Query| read_events(&query.promql, *counter).map_err(not_read);
            let [part_text, total_text] = events(&read(part_query)?, &read(total)?, &sum, &step);
            Ok(match part {
                Part::Bad => Sli::Events {
                    error: Template::new(&part_text),
                    total: Template::new(&total_text),
                },
                Part::Good => ratio(format!(
                    "\n  1 - (\n    (\n      {part_text}\n    )\n    /\n    (\n      \
                     {total_text}\n    )\n  )\n"
                )),
            })
        }
        Indicator::Raw {
            rates_success,
            query,
        } => {
            let text = match Template::new(&query.promql).has_placeholder() {
                true => query.promql.clone(),
                false => format!(
                    "avg_over_time(({})[{WINDOW}:{step}])",
                    enclosable(&query.promql)
                ),
            };
            Ok(ratio(match rates_success {
                true => format!("1 - ({})", enclosable(&text)),
                false => text,
            }))
        }
        Indicator::Threshold { query, several } => {
            let threshold = promise.threshold.ok_or_else(no_threshold)?;
            let is_read = read_gauge(&query.promql).map_err(not_read)?.is_some();
            // The samples of a gauge are read minute by minute.
            let step = if is_read { "1m" } else { &step };
            let good = judged(query, threshold, step);
            Ok(ratio(match several {
                Several::Ambiguous => format!("1 - avg_over_time({good})"),
                Several::Each => {
                    format!("1 - {sum}(sum_over_time({good})) / {sum}(count_over_time({good}))")
                }
            }))
        }
        Indicator::Pushed { .. } => {
            let message = "its counts are pushed, so no query can make rules of them".to_owned();
            Err((message, "leave this one to Tomoni"))
        }
    }
}

fn ratio(text: String) -> Sli {
    Sli::Ratio(Template::new(&text))
}

/// The two sides of a ratio of events, in the same unit.
fn events(part: &Reading, total: &Reading, sum: &str, step: &str) -> [String; 2] {
    let text = |reading: &Reading| match reading {
        Reading::Counters(counters) => counters.text.clone(),
        Reading::Expression(template) => template.clone(),
    };
    let texts = [text(part), text(total)];
    if texts.iter().all(Template::has_placeholder) {
        return texts.map(|text| text.as_str().to_owned());
    }
    match (part, total) {
        (Reading::Counters(part), Reading::Counters(total)) => {
            let [part, total] = [part, total].map(|counters| counters.rates(sum, WINDOW));
            // No series of what is rare is none of it; and where nothing happens there is no ratio.
            [
                format!("({part}) or 0 * ({total})"),
                format!("({total}) > 0"),
            ]
        }
        _ => texts.map(|text| {
            let asked = text.with_window(step);
            format!(
                "{sum}(sum_over_time(({})[{WINDOW}:{step}]))",
                enclosable(&asked)
            )
        }),
    }
}

/// Values over the window: 1 where a threshold finds one good, else 0.
fn judged(query: &Query, threshold: Threshold, step: &str) -> String {
    let op = threshold.op.sign();
    let asked = Template::new(&query.promql).with_window(step);
    let value = threshold.value;
    format!(
        "(({}) {op} bool {value})[{WINDOW}:{step}]",
        enclosable(&asked)
    )
}

fn not_read(error: PromqlError) -> Why {
    (
        format!("its query is not read: {error}"),
        "put the query right",
    )
}

fn no_threshold() -> Why {
    ("it has no threshold".to_owned(), "add `op` and `value`")
}
