//! The arithmetic, written out with the real numbers (semantics.md, "Budgeting methods").

use tomoni_slo::{Figures, Method, MissingData, Objective};

use super::report::Step;

pub(super) fn steps(objective: &Objective, figures: &Figures) -> Vec<Step> {
    if figures.known_minutes == 0 {
        return Vec::new();
    }
    let mut steps = match objective.method {
        Method::Occurrences => of_events(objective, figures),
        Method::Timeslices { width_minutes, .. } => of_slices(objective, figures, width_minutes),
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
    // The missing-data policy adds to bad and total before the division.
    let is_imputed = figures.imputed_minutes > 0;
    let (bad, total) = if is_imputed {
        (
            budget.spent,
            budget.allowed / objective.target.budget_share(),
        )
    } else {
        (figures.bad.as_f64(), figures.total.as_f64())
    };
    let also = if is_imputed {
        " (with the missing minutes)"
    } else {
        ""
    };
    vec![
        Step {
            name: "sli",
            formula: format!("1 − bad / total{also}"),
            numbers: format!("1 − {} / {}", number(bad), number(total)),
            result: figures.sli,
        },
        Step {
            name: "allowed",
            formula: format!("(1 − target) × total{also}"),
            numbers: format!("{} × {}", share(objective), number(total)),
            result: Some(budget.allowed),
        },
        Step {
            name: "spent",
            formula: format!("bad{also}"),
            numbers: number(bad),
            result: Some(budget.spent),
        },
    ]
}

fn of_slices(objective: &Objective, figures: &Figures, width: i64) -> Vec<Step> {
    let slices = figures.slices.unwrap_or_default();
    let budget = &figures.budget;
    let bad = slices.known - slices.good;
    vec![
        Step {
            name: "sli",
            formula: "good slices / known slices".to_owned(),
            numbers: format!("{} / {}", slices.good, slices.known),
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
            formula: "bad slices × their width in minutes".to_owned(),
            numbers: format!("{bad} × {width}"),
            result: Some(budget.spent),
        },
    ]
}

fn of_ratios(objective: &Objective, figures: &Figures) -> Vec<Step> {
    let slices = figures.slices.unwrap_or_default();
    let budget = &figures.budget;
    let sli = figures.sli.map_or_else(|| "unknown".to_owned(), number);
    vec![
        Step {
            name: "sli",
            formula: "mean ratio of the known slices with traffic".to_owned(),
            numbers: format!("mean of {} slices", slices.with_traffic),
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

/// What the missing-data policy did.
fn imputed(objective: &Objective, figures: &Figures) -> Option<Step> {
    let counts_as = match objective.missing_data {
        MissingData::Ignore => return None,
        MissingData::Good => "good",
        MissingData::Bad => "bad",
    };
    (figures.imputed_minutes > 0).then(|| Step {
        name: "imputed",
        formula: format!(
            "missing minutes count as {counts_as}, each with the known minutes' mean traffic"
        ),
        numbers: format!(
            "{} minutes × {} / {}",
            figures.imputed_minutes,
            number(figures.total.as_f64()),
            figures.known_minutes
        ),
        result: Some(
            figures.imputed_minutes as f64 * figures.total.as_f64() / figures.known_minutes as f64,
        ),
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
    use super::number;

    #[test]
    fn numbers_have_no_noise() {
        assert_eq!(number(1_235_296.0), "1235296");
        assert_eq!(number(1.0 - 0.999), "0.001");
        assert_eq!(number(0.0), "0");
        assert_eq!(number(100.0), "100");
    }
}
