//! What others would say of an objective's minutes.

use tomoni_app::detail::{Course, History};
use tomoni_app::peers::{self, Cause, Part, Said, Spent, Unsayable};
use tomoni_app::world::Standing;
use tomoni_ledger::{NotLoaded, Span};
use tomoni_slo::Peer as Tool;

use super::instant;
use crate::ui::view::{Peer, PeerCannot, PeerCause, PeerDay, PeerFigures, PeerTraffic, Spending};

/// How many days are listed.
const DAYS_LISTED: usize = 5;

/// What every peer says; nothing where we say nothing ourselves. The course is that of the whole
/// window.
pub(super) fn of(
    course: &Course,
    history: &History,
    standing: &Standing,
) -> Result<Vec<Peer>, NotLoaded> {
    let figures = &standing.measures.figures;
    if figures.sli.is_none() {
        return Ok(Vec::new());
    }
    let days: Vec<Span> = course.days.iter().map(|day| day.span).collect();
    let peer = |tool: Tool| {
        let of = (&history.series, standing.promise());
        let beside = peers::beside(tool, of, figures, &days)?;
        Ok(Peer {
            tool,
            said: match &beside.said {
                Ok(said) => Ok(self::figures(said, course)),
                Err(unsayable) => Err(cannot(*unsayable)),
            },
        })
    };
    Tool::ALL.into_iter().map(peer).collect()
}

fn figures(said: &Said, course: &Course) -> PeerFigures {
    let mut days: Vec<(PeerDay, f64)> = said
        .days
        .iter()
        .zip(&course.days)
        .map(|(part, day)| (of_day(part, day.date), part.spent.difference().abs()))
        .collect();
    days.sort_by(|a, b| b.1.total_cmp(&a.1));
    let listed = days.len().min(DAYS_LISTED);
    let others = &days[listed..];
    let sum = |days: &[(PeerDay, f64)]| Spending {
        ours: days.iter().map(|(day, _)| day.spent.ours).sum(),
        theirs: days.iter().map(|(day, _)| day.spent.theirs).sum(),
    };
    PeerFigures {
        sli: said.theirs.map(|theirs| theirs.sli),
        remaining: said.theirs.map(|theirs| theirs.remaining),
        difference: said.difference,
        nan: said.nan.map(|nan| (nan.windows, instant(nan.until))),
        causes: said
            .causes
            .iter()
            .map(|(cause, difference)| (of_cause(*cause), *difference))
            .collect(),
        by_traffic: said.by_traffic.map(|traffic| PeerTraffic {
            mean: traffic.mean,
            quiet: spending(traffic.quiet),
            busy: spending(traffic.busy),
        }),
        others: (others.len() as i64, sum(others)),
        all: sum(&days),
        days: days[..listed].iter().map(|(day, _)| *day).collect(),
    }
}

fn of_day(part: &Part, date: jiff::civil::Date) -> PeerDay {
    PeerDay {
        date,
        bad: part.bad.as_f64(),
        total: part.total.as_f64(),
        spent: spending(part.spent),
    }
}

const fn spending(spent: Spent) -> Spending {
    Spending {
        ours: spent.ours,
        theirs: spent.theirs,
    }
}

const fn of_cause(cause: Cause) -> PeerCause {
    match cause {
        Cause::Exclusions => PeerCause::Exclusions,
        Cause::MissingData => PeerCause::MissingData,
        Cause::Weights => PeerCause::Weights,
    }
}

const fn cannot(unsayable: Unsayable) -> PeerCannot {
    match unsayable {
        Unsayable::Slices => PeerCannot::Slices,
        Unsayable::Calendar => PeerCannot::Calendar,
        Unsayable::Pushed => PeerCannot::Pushed,
        Unsayable::ReadyMade => PeerCannot::ReadyMade,
        Unsayable::Query => PeerCannot::Query,
        Unsayable::Threshold => PeerCannot::Threshold,
    }
}
