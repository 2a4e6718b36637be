//! The arithmetic, written out with the real numbers (semantics.md, "Budgeting methods").

use tomoni_ledger::Events;
use tomoni_slo::{Figures, Method, MissingData, Objective};

use super::report::Step;

pub(super) fn steps(objective: &Objective, figures: &Figures) -> Vec<Step> {
    if figures.known_minutes == 0 {
        return Vec::new();
    }
    let mut steps = match objective.method {
        Method::Occurrences => of_events(objective, figures),
        Method::Timeslices { .. } => of_slices(objective, figures),
        Method::RatioTimeslices { .. } => of_ratios(objective, figures),
    };
    let budget = &figures.budget;
    if figures.sli.is_none() {
        return vec![nothing_happened(figures)];
    }
    steps.push(Step {
        name: "remaining",
        formula: "1 − spent / allowed".to_owned(),
        numbers: format!("1 − {} / {}", number(budget.spent), number(budget.allowed)),
        result: Some(budget.remaining()),
    });
    if let Some(step) = imputed(objective, figures) {
        steps.insert(0, step);
    }
    steps
}

/// Without traffic there is nothing to divide by: the service level is unknown, and nothing is spent.
fn nothing_happened(figures: &Figures) -> Step {
    Step {
        name: "remaining",
        formula: "1 − 0, because nothing happened".to_owned(),
        numbers: "1 − 0".to_owned(),
        result: Some(figures.budget.remaining()),
    }
}

fn of_events(objective: &Objective, figures: &Figures) -> Vec<Step> {
    let budget = &figures.budget;
    let total = number(figures.basis.all);
    // The missing-data policy adds to bad and total before the division.
    let also = also(figures, "minutes");
    vec![
        Step {
            name: "sli",
            formula: format!("1 − bad / total{also}"),
            numbers: format!("1 − {} / {total}", number(budget.spent)),
            result: figures.sli,
        },
        Step {
            name: "allowed",
            formula: format!("(1 − target) × total{also}"),
            numbers: format!("{} × {total}", share(objective)),
            result: Some(budget.allowed),
        },
        Step {
            name: "spent",
            formula: format!("bad{also}"),
            numbers: number(budget.spent),
            result: Some(budget.spent),
        },
    ]
}

fn of_slices(objective: &Objective, figures: &Figures) -> Vec<Step> {
    let (budget, basis) = (&figures.budget, &figures.basis);
    let also = also(figures, "slices");
    // A slice weighs its minutes that are not excluded, and a period's last one may be cut short.
    let (spent, minutes) = if objective.missing_data == MissingData::Bad && !also.is_empty() {
        (
            "minutes of the bad slices + minutes of the missing slices",
            format!("{} + {}", basis.bad_minutes, figures.imputed_minutes),
        )
    } else {
        ("minutes of the bad slices", basis.bad_minutes.to_string())
    };
    vec![
        Step {
            name: "sli",
            formula: format!("good slices / known slices{also}"),
            numbers: format!("{} / {}", number(basis.good), number(basis.all)),
            result: figures.sli,
        },
        Step {
            name: "allowed",
            formula: "(1 − target) × minutes of the whole window's slices".to_owned(),
            numbers: format!(
                "{} × {}",
                share(objective),
                number(budget.allowed / objective.target.budget_share())
            ),
            result: Some(budget.allowed),
        },
        Step {
            name: "spent",
            formula: spent.to_owned(),
            numbers: minutes,
            result: Some(budget.spent),
        },
    ]
}

fn of_ratios(objective: &Objective, figures: &Figures) -> Vec<Step> {
    let (budget, basis) = (&figures.budget, &figures.basis);
    let also = also(figures, "slices");
    let sli = figures.sli.map_or_else(|| "unknown".to_owned(), number);
    vec![
        Step {
            name: "sli",
            formula: format!("sum of the slices' ratios / known slices with traffic{also}"),
            numbers: format!("{} / {}", number(basis.good), number(basis.all)),
            result: figures.sli,
        },
        Step {
            name: "allowed",
            formula: "1 − target".to_owned(),
            numbers: share(objective),
            result: Some(budget.allowed),
        },
        Step {
            name: "spent",
            formula: "1 − SLI".to_owned(),
            numbers: format!("1 − {sli}"),
            result: Some(budget.spent),
        },
    ]
}

/// What stands behind a name that counts what the missing-data policy added.
fn also(figures: &Figures, unit: &str) -> String {
    if figures.basis.imputed > 0.0 {
        format!(" (with the missing {unit})")
    } else {
        String::new()
    }
}

/// What the missing-data policy did.
fn imputed(objective: &Objective, figures: &Figures) -> Option<Step> {
    let counts_as = match objective.missing_data {
        MissingData::Ignore => return None,
        MissingData::Good => "good",
        MissingData::Bad => "bad",
    };
    let (formula, numbers) = match figures.slices {
        Some(slices) => (
            format!("slices so far − known slices: each counts as {counts_as}"),
            format!("{} − {}", slices.all, slices.known),
        ),
        None if figures.total > Events::ZERO => (
            format!(
                "missing minutes count as {counts_as}, each with the known minutes' mean traffic"
            ),
            format!(
                "{} × {} / {}",
                figures.imputed_minutes,
                number(figures.total.as_f64()),
                figures.known_minutes
            ),
        ),
        None => (
            format!(
                "missing minutes count as {counts_as}, each with one event, because nothing \
                 happened in the known ones"
            ),
            format!("{} × 1", figures.imputed_minutes),
        ),
    };
    (figures.basis.imputed > 0.0).then_some(Step {
        name: "imputed",
        formula,
        numbers,
        result: Some(figures.basis.imputed),
    })
}

fn share(objective: &Objective) -> String {
    number(objective.target.budget_share())
}

/// A number with all its digits and no noise: whole where it is whole.
fn number(value: f64) -> String {
    let text = format!("{value:.9}");
    let trimmed = text.trim_end_matches('0').trim_end_matches('.');
    trimmed.to_owned()
}

#[cfg(test)]
mod tests {
    use tomoni_ledger::{Day, DayFacts, Fact, Minute, Series, Span, SpanSet};
    use tomoni_slo::{Target, Window, evaluate};

    use super::*;

    #[test]
    fn numbers_have_no_noise() {
        assert_eq!(number(1_235_296.0), "1235296");
        assert_eq!(number(1.0 - 0.999), "0.001");
        assert_eq!(number(0.0), "0");
        assert_eq!(number(100.0), "100");
    }

    /// What a line of arithmetic comes to: sums of products.
    fn computed(numbers: &str) -> f64 {
        let mut words = numbers.split(' ');
        let mut product: f64 = words.next().unwrap().parse().unwrap();
        let mut sum = 0.0;
        while let (Some(operator), Some(word)) = (words.next(), words.next()) {
            let next: f64 = word.parse().unwrap();
            match operator {
                "×" => product *= next,
                "/" => product /= next,
                "+" => (sum, product) = (sum + product, next),
                "−" => (sum, product) = (sum + product, -next),
                other => panic!("`{other}` in {numbers}"),
            }
        }
        sum + product
    }

    /// Two days, of which the second has a hole of four hours and, with traffic, bad minutes.
    fn ledger(events: i64) -> Series {
        let mut series = Series::default();
        for index in [20_000, 20_001] {
            let mut facts = DayFacts::unknown(Day::from_index(index));
            for minute in facts.day().span().minutes() {
                let of_day = minute.index() % 1_440;
                let (is_known, is_bad) = (
                    index == 20_000 || !(300..540).contains(&of_day),
                    of_day % 7 == 3,
                );
                if is_known {
                    let bad = if is_bad { events / 2 } else { 0 };
                    let fact = Fact::counted(Events::whole(bad), Events::whole(events));
                    facts.set(minute, fact);
                }
            }
            series.set_totals(facts.day(), facts.totals());
            series.load(&facts);
        }
        series
    }

    #[test]
    fn what_is_written_out_comes_to_what_is_shown() {
        let at: Minute = Day::from_index(20_001).last() - 3;
        let methods = [
            Method::Occurrences,
            Method::Timeslices {
                target: 0.95,
                width_minutes: 7,
            },
            Method::RatioTimeslices { width_minutes: 7 },
        ];
        let windows = [
            Window::rolling("30h").unwrap(),
            Window::calendar("1d", "Europe/Berlin", "2024-01-01 00:00:00").unwrap(),
        ];
        let policies = [MissingData::Ignore, MissingData::Good, MissingData::Bad];
        let mut shown = 0;
        for (method, window) in methods
            .iter()
            .flat_map(|m| windows.iter().map(move |w| (m, w)))
        {
            for (missing_data, events) in policies.into_iter().flat_map(|p| [(p, 0), (p, 10)]) {
                let objective = Objective {
                    target: Target::new(0.9).unwrap(),
                    method: *method,
                    window: window.clone(),
                    missing_data,
                    exclusions: SpanSet::from_iter([Span::ending_at(at - 100, 31)]),
                };
                let figures = evaluate(&ledger(events), &objective, at).unwrap();
                for step in steps(&objective, &figures) {
                    let (numbers, result) = (computed(&step.numbers), step.result.unwrap());
                    assert!(
                        (numbers - result).abs() <= 1e-6 * result.abs().max(1.0),
                        "{method} over {window}, {missing_data:?}, {events} events: {step:?}"
                    );
                    shown += 1;
                }
            }
        }
        assert!(shown > 100, "{shown}");
    }
}
