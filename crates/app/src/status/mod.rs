//! What `tomoni status` answers: the figures of every objective, at one instant.

mod grouped;
mod order;
mod report;
mod row;

use std::fmt;

use tomoni_engine::Pace;
use tomoni_ledger::{Minute, NotLoaded};
use tomoni_slo::{Figures, Slo, evaluate};
use tomoni_store::Store;

pub(crate) use grouped::grouped;
pub use order::{Order, Shown};
pub use report::{AlertRow, BudgetRow, BurnRates, Count, GroupRow, SloRow, SlotRow, StatusReport};
pub use row::Measures;
pub(crate) use row::{row, row_of, slot_rows};

use crate::documents::Documents;
use crate::error::AppError;
use crate::findings;
use crate::instant;
use crate::refresh::{Ledger, Ledgers, OnProgress, Task, refresh};
use crate::select::{self, Chosen};
use crate::servers::Servers;

/// What figures are drawn from: documents, servers, a store, an instant.
pub struct Sources<'a> {
    /// The documents.
    pub documents: &'a Documents,
    /// Who is asked; `None` asks nobody.
    pub servers: Option<&'a Servers>,
    /// Where ledgers are kept; `None` forgets them.
    pub store: Option<&'a Store>,
    /// The instant to look at, in milliseconds since the Unix epoch.
    pub at_ms: i64,
    /// The present, likewise.
    pub now_ms: i64,
    /// Told how far the reading has come.
    pub on_progress: OnProgress,
}

/// Which objectives.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter<'a> {
    /// Only those of this team.
    pub team: Option<&'a str>,
    /// Only those of this service.
    pub service: Option<&'a str>,
}

impl Filter<'_> {
    /// Whether an SLO is meant.
    pub(crate) fn takes(&self, slo: &Slo) -> bool {
        let is_team = |team| slo.team.as_deref() == Some(team);
        self.team.is_none_or(is_team) && self.service.is_none_or(|service| slo.service == service)
    }
}

/// Brings the ledgers up to date and draws up every objective's figures.
///
/// # Errors
///
/// When the filter names nobody, the store cannot be used, or nothing at all is known.
pub async fn status(sources: &Sources<'_>, filter: Filter<'_>) -> Result<StatusReport, AppError> {
    let grouped = grouped(sources, |slo| filter.takes(slo)).await?;
    let chosen = select::of(&grouped.catalog, filter.team, filter.service)?;
    let ledgers = sources.refresh(&chosen, false).await?;
    let mut slos = Vec::new();
    let mut figures = Vec::new();
    for chosen in &chosen {
        let ledger = ledgers.get(&chosen.promise.key);
        let of_one = figures_of(*chosen, ledger, sources.at())?;
        slos.push(row(*chosen, ledger, &of_one, sources.at())?);
        figures.push((*chosen, ledger, of_one));
    }
    let mut findings = findings::of(
        figures
            .iter()
            .map(|(chosen, ledger, f)| (*chosen, ledger.reports(), f)),
    );
    findings.extend(grouped.findings);
    Ok(StatusReport {
        at: instant::of_minute(sources.at()),
        slos,
        findings,
    })
}

/// An objective's figures at its ledger's watermark, or where it has none at the instant itself.
pub(crate) fn figures_of(
    chosen: Chosen<'_>,
    ledger: &Ledger,
    at: Minute,
) -> Result<Figures, NotLoaded> {
    let end = ledger.watermark.unwrap_or(at);
    evaluate(&ledger.series, &chosen.promise.objective, end)
}

impl Sources<'_> {
    /// The instant, floored to the minute.
    pub fn at(&self) -> Minute {
        Minute::ended_by_ms(self.at_ms)
    }

    pub(crate) async fn refresh(
        &self,
        chosen: &[Chosen<'_>],
        all_minutes: bool,
    ) -> Result<Ledgers, AppError> {
        let task = Task {
            promises: chosen.iter().map(|chosen| chosen.promise).collect(),
            data_sources: &self.documents.catalog.data_sources,
            at: self.at(),
            now_ms: self.now_ms,
            pace: Pace::default(),
            servers: self.servers,
            store: self.store,
            all_minutes,
            on_progress: self.on_progress.clone(),
        };
        let ledgers = refresh(&task).await?;
        if let Some(failure) = ledgers.hopeless() {
            return Err(AppError::Unread(failure.clone()));
        }
        let is_known = |c: &Chosen<'_>| ledgers.get(&c.promise.key).watermark.is_some();
        if self.servers.is_none() && !chosen.iter().any(is_known) {
            return Err(AppError::NothingKept {
                at: instant::of_minute(self.at()),
            });
        }
        Ok(ledgers)
    }
}

impl fmt::Debug for Sources<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources")
            .field("at_ms", &self.at_ms)
            .field("now_ms", &self.now_ms)
            .finish_non_exhaustive()
    }
}
