//! What a part of a window contributes to the window's figures.

use tomoni_ledger::{Events, NotLoaded, Series, Span};

use crate::budget::BudgetUnit;
use crate::figures::Figures;
use crate::level::Level;
use crate::objective::{MissingData, Objective};
use crate::tally::RunningTotals;

/// What a part of a window contributes to its figures: parts that make up the window make up its
/// counts, its minutes and what was spent.
///
/// Slices are those of the window itself, so of a calendar's they begin with its period; each belongs
/// to the part in which it ends. A missing minute weighs what it weighs in the window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Portion {
    /// Bad events of the known minutes that are not excluded.
    pub bad: Events,
    /// All events, likewise.
    pub total: Events,
    /// The part's minutes that are not excluded.
    pub minutes: i64,
    /// Those of them that are known.
    pub known_minutes: i64,
    /// Minutes taken out by exclusions.
    pub excluded_minutes: i64,
    /// What it spent, in the unit of the window's budget.
    pub spent: f64,
    /// What it spent as a share of the whole window's budget; `None` when nothing is known of it, or
    /// there is no budget.
    pub share: Option<f64>,
}

/// What a part of the window of these figures contributes to them. Minutes outside the window are
/// left out.
///
/// ```
/// use tomoni_ledger::{Events, Fact, Minute, Series, Span, SpanSet};
/// use tomoni_slo::{Method, MissingData, Objective, Target, Window, evaluate, portion};
/// let at = Minute::from_index(29_000_000);
/// let bad = |minute: Minute| Events::whole(minute.index() % 2);
/// let facts: Vec<_> = Span::ending_at(at, 10)
///     .minutes()
///     .map(|minute| (minute, Fact::counted(bad(minute), Events::whole(100))))
///     .collect();
/// let mut series = Series::new();
/// series.put(&facts).unwrap();
/// let objective = Objective {
///     target: Target::from_percent(99.0).unwrap(),
///     method: Method::Occurrences,
///     window: Window::rolling("10m").unwrap(),
///     missing_data: MissingData::Ignore,
///     exclusions: SpanSet::new(),
/// };
/// let figures = evaluate(&series, &objective, at).unwrap();
/// // Five of ten bad events were allowed; the last four minutes had two of them.
/// let last = portion(&series, &objective, &figures, Span::ending_at(at, 4)).unwrap();
/// assert_eq!((last.spent, last.share), (2.0, Some(0.2)));
/// ```
///
/// # Errors
///
/// When the minutes of a day at the part's edges (with slices, of a day within it) are not loaded.
pub fn portion(
    series: &Series,
    objective: &Objective,
    figures: &Figures,
    part: Span,
) -> Result<Portion, NotLoaded> {
    portion_with(series, objective, figures, part)
}

/// [`portion`], from whatever knows the running totals.
pub(crate) fn portion_with(
    ledger: &impl RunningTotals,
    objective: &Objective,
    figures: &Figures,
    part: Span,
) -> Result<Portion, NotLoaded> {
    let part = part.intersection(figures.window);
    if part.is_empty() {
        return Ok(Portion::NOTHING);
    }
    let grid = objective.grid(figures.window.until);
    let level = Level::of(ledger, objective, grid.as_ref(), part)?;
    let (tally, sums) = (&level.tally, &level.tally.sums);
    let spent = match figures.budget.unit {
        BudgetUnit::Events => {
            let missing = match objective.missing_data {
                MissingData::Bad => tally.missing() as f64,
                MissingData::Ignore | MissingData::Good => 0.0,
            };
            let each = figures.basis.imputed / figures.imputed_minutes.max(1) as f64;
            sums.bad.as_f64() + missing * each
        }
        BudgetUnit::Minutes => level.spent,
        // A mean over all slices: each of them weighs the same.
        BudgetUnit::Ratio => (level.basis.all - level.basis.good) / figures.basis.all.max(1.0),
    };
    let is_known = sums.known > 0 || spent > 0.0;
    let allowed = figures.budget.allowed;
    Ok(Portion {
        bad: sums.bad,
        total: sums.total,
        minutes: tally.minutes,
        known_minutes: sums.known,
        excluded_minutes: tally.excluded,
        spent,
        share: (is_known && allowed > 0.0).then(|| spent / allowed),
    })
}

impl Portion {
    /// That of no minute.
    const NOTHING: Self = Self {
        bad: Events::ZERO,
        total: Events::ZERO,
        minutes: 0,
        known_minutes: 0,
        excluded_minutes: 0,
        spent: 0.0,
        share: None,
    };
}
