//! What `tomoni compare` answers: every objective, beside what peers say of it.

use tomoni_slo::Peer;

use super::report::{Compared, Comparison, peers};
use crate::error::AppError;
use crate::status::{Filter, Sources, figures_of, grouped, row};
use crate::{findings, instant, select};

/// Brings the ledgers up to date, and tells what peers would say of every objective.
///
/// # Errors
///
/// When the filter names nobody, the store cannot be used, or nothing at all is known.
pub async fn compare(sources: &Sources<'_>, filter: Filter<'_>) -> Result<Comparison, AppError> {
    let grouped = grouped(sources, |slo| filter.takes(slo)).await?;
    let chosen = select::of(&grouped.catalog, filter.team, filter.service)?;
    let ledgers = sources.refresh(&chosen, false).await?;
    let mut objectives = Vec::new();
    let mut figures = Vec::new();
    for chosen in &chosen {
        let ledger = ledgers.get(&chosen.promise.key);
        let of_one = figures_of(*chosen, ledger, sources.at())?;
        // Peers look at every minute: those of one ledger at a time fit into memory.
        let series = ledgers.whole(sources.store, chosen.promise).await?;
        objectives.push(Compared {
            figures: row(*chosen, ledger, &of_one, sources.at())?,
            peers: peers(&Peer::ALL, (&series, chosen.promise), &of_one)?,
        });
        figures.push((*chosen, ledger, of_one));
    }
    objectives.sort_by(|a, b| b.greatest().total_cmp(&a.greatest()));
    let mut findings = findings::of(
        figures
            .iter()
            .map(|(chosen, ledger, f)| (*chosen, ledger.reports(), f)),
    );
    findings.extend(grouped.findings);
    Ok(Comparison {
        at: instant::of_minute(sources.at()),
        objectives,
        findings,
    })
}
