//! What others compute from the same minutes (semantics.md, "What others would say").

use tomoni_ledger::{Minute, NotLoaded, Series};
use tomoni_slo::{Figures, Method, Objective, evaluate};

/// The width over which Sloth takes its ratios, in minutes.
const RATIO_MINUTES: i64 = 5;

/// The figures as Sloth would have them: the mean of five-minute error ratios, so that five minutes
/// at night weigh as much as five at noon. `None` where Sloth knows no such objective: it has no
/// slices.
///
/// # Errors
///
/// When minutes of the window are not loaded.
pub fn mean_of_five_minutes(
    series: &Series,
    objective: &Objective,
    end: Minute,
) -> Result<Option<Figures>, NotLoaded> {
    if objective.method != Method::Occurrences {
        return Ok(None);
    }
    let as_sloth = Objective {
        method: Method::RatioTimeslices {
            width_minutes: RATIO_MINUTES,
        },
        ..objective.clone()
    };
    evaluate(series, &as_sloth, end).map(Some)
}
