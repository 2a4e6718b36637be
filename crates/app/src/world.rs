//! One picture of everything, as pages and the API are drawn from it.
//!
//! A [`World`] never changes: the loop draws a new one and puts it in the old one's place, so that
//! whoever holds one sees figures that belong together. It holds figures, not minutes; what needs
//! minutes reads them from the store.

use std::sync::Arc;

use tomoni_ledger::{Minute, Span};
use tomoni_slo::{Group, Promise, Severity, Slo};
use tomoni_sources::prometheus::Observation;
use tomoni_spec::{Catalog, Defined, Finding};

use crate::documents::Documents;
use crate::error::AppError;
use crate::findings::{self, FindingRow};
use crate::groups;
use crate::instant;
use crate::refresh::{Failure, Reports};
use crate::register;
use crate::select::{self, Chosen};
use crate::status::{Filter, Measures, StatusReport, row_of};

/// One picture of everything.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// Rises with every change of what was found. That time goes on does not raise it.
    pub version: u64,
    /// When it was so, in milliseconds since the Unix epoch: the newest tick, also where that found
    /// nothing new.
    pub now_ms: i64,
    /// The last minute that is settled by the clock; `None` before the first tick.
    pub watermark: Option<Minute>,
    /// The documents in force, with an SLO for each group.
    pub catalog: Arc<Catalog>,
    /// Which set of documents that is: the number of [`InForce`].
    pub number: u64,
    /// What was met while reading documents.
    pub reading: Arc<Reading>,
    /// Where each objective stands, in the order of service, SLO and objective.
    pub standings: Vec<Arc<Standing>>,
    /// What does not work right now.
    pub outages: Vec<Outage>,
}

/// The documents in force, and how the newest ones read.
#[derive(Clone, Debug, Default)]
pub struct InForce {
    /// What they define: of each document the last good revision.
    pub catalog: Arc<Catalog>,
    /// What was met while reading them.
    pub reading: Arc<Reading>,
    /// Which set it is: the loop takes none that is older than the one it has.
    pub number: u64,
}

impl InForce {
    /// Documents that were read at this instant, as they are.
    pub fn read(documents: Documents, read_at_ms: i64) -> Self {
        let catalog = documents.catalog;
        let told = |finding: &Finding| Told {
            finding: finding.clone(),
            keeps_last_good: false,
        };
        let reading = Reading {
            findings: catalog.findings.iter().map(told).collect(),
            documents: catalog.documents,
            passed_over: catalog.passed_over,
            read_at_ms,
        };
        Self {
            catalog: Arc::new(catalog),
            reading: Arc::new(reading),
            number: 0,
        }
    }
}

impl From<register::InForce> for InForce {
    fn from(register: register::InForce) -> Self {
        let findings = register.findings.into_iter();
        let told = |(finding, keeps_last_good)| Told {
            finding,
            keeps_last_good,
        };
        let reading = Reading {
            findings: findings.map(told).collect(),
            documents: register.documents,
            passed_over: register.passed_over,
            read_at_ms: register.read_at_ms,
        };
        Self {
            catalog: register.catalog,
            reading: Arc::new(reading),
            number: register.number,
        }
    }
}

/// What was met while reading documents.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// What is wrong or unwise, by file and place.
    pub findings: Vec<Told>,
    /// How many documents were found.
    pub documents: usize,
    /// How many of them are of other programs and were passed over.
    pub passed_over: usize,
    /// When they were read last, in milliseconds since the Unix epoch.
    pub read_at_ms: i64,
}

/// A finding in documents that are read again and again.
#[derive(Clone, Debug)]
pub struct Told {
    /// The finding.
    pub finding: Finding,
    /// An earlier revision of what it is about was good and stays in force.
    pub keeps_last_good: bool,
}

/// Where one objective stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Its SLO.
    pub slo: Arc<Defined<Slo>>,
    /// The objective's number in its SLO, counted from 0.
    pub index: usize,
    /// The minute that its figures end at: the last settled one, and where there is none the last
    /// one that could be.
    pub end: Minute,
    /// The last settled minute; `None` when there is none.
    pub watermark: Option<Minute>,
    /// Figures, burn rates and slots.
    pub measures: Measures,
    /// The severities of which a slot is true, page first.
    pub firing: Vec<Firing>,
    /// What was left of the budget at instants of the window, oldest first and evenly spaced, the
    /// last one now; sixty at most. Empty until there was time to work it out.
    pub spark: Vec<Option<f64>>,
    /// History that is still being brought in.
    pub backfill: Option<Backfill>,
    /// Who is asked, without credentials; `None` when nobody can be.
    pub server: Option<String>,
    /// What could not be read and has not been since.
    pub failures: Vec<(Span, Failure)>,
    /// What was seen while reading.
    pub seen: Vec<(Span, Observation)>,
    /// Whether its query finds anything.
    pub check: QueryCheck,
}

/// A severity of which a slot is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Firing {
    /// How urgent it is.
    pub severity: Severity,
    /// The first minute from which on a slot of it has been true ever since; a day back at most.
    pub since: Minute,
}

/// How much of a ledger's history has been brought in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backfill {
    /// Minutes that have been read.
    pub done_minutes: i64,
    /// Minutes that are wanted.
    pub wanted_minutes: i64,
    /// Seconds that the rest will take at the rate so far; `None` before anything has come.
    pub remaining_s: Option<i64>,
}

/// Whether an SLI's query finds anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryCheck {
    /// It has not been asked yet.
    NotYet,
    /// There are counts.
    Found {
        /// The newest minute of which something is known.
        newest: Minute,
    },
    /// Nothing matches, but others of its job are scraped: nothing has happened.
    Quiet {
        /// The newest minute of which that is known.
        newest: Minute,
    },
    /// The source answers, and knows nothing of the last hour.
    Nothing {
        /// The last minute of which something is known, where there is one.
        last_seen: Option<Minute>,
    },
    /// The source cannot be asked, does not answer, or refuses.
    Failed {
        /// Why.
        error: String,
    },
    /// Nobody is asked: counts are pushed.
    Pushed {
        /// The newest minute of which something is known.
        newest: Option<Minute>,
    },
}

/// Something that does not work right now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outage {
    /// The database cannot be read or written; what comes in is held in memory.
    Database {
        /// Since when, in milliseconds since the Unix epoch.
        since_ms: i64,
        /// What it says.
        error: String,
    },
    /// A source cannot be used at all.
    Source {
        /// Its name or address.
        name: String,
        /// Since when, in milliseconds since the Unix epoch.
        since_ms: i64,
        /// What it says.
        error: String,
    },
}

impl Standing {
    /// The objective, with what it counts.
    ///
    /// # Panics
    ///
    /// Never: a standing is made of one of its SLO's objectives.
    #[expect(
        clippy::expect_used,
        reason = "a standing is made of an objective that exists"
    )]
    pub fn promise(&self) -> &Promise {
        let promises = &self.slo.value.promises;
        promises
            .get(self.index)
            .expect("the SLO has this objective")
    }

    /// What is meant, as the use cases name it.
    pub fn chosen(&self) -> Chosen<'_> {
        Chosen {
            slo: &self.slo,
            index: self.index,
            promise: self.promise(),
        }
    }
}

impl World {
    /// The objectives of an SLO; empty when there is no such SLO.
    pub fn of_slo<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Arc<Standing>> {
        let standings = self.standings.iter();
        standings.filter(move |standing| standing.slo.value.name == name)
    }

    /// What is to be said of the groups of these, as far as only those who ask for them can tell.
    fn of_groups(&self, standings: &[&Arc<Standing>]) -> Vec<FindingRow> {
        let told = self.reading.findings.iter().map(|told| &told.finding);
        let told = told.filter(|finding| groups::is_told_of(finding));
        let rows = told.map(findings::of_document);
        let is_of = |row: &FindingRow| {
            let mut slos = standings.iter().map(|standing| &standing.slo.value.name);
            row.slo
                .as_ref()
                .is_some_and(|name| slos.any(|slo| slo == name))
        };
        rows.filter(is_of).collect()
    }

    /// The objectives of an SLO's groups, with which groups they are.
    pub fn groups_of<'a>(
        &'a self,
        name: &'a str,
    ) -> impl Iterator<Item = (&'a Group, &'a Arc<Standing>)> {
        let standings = self.standings.iter();
        let groups = standings.filter_map(|standing| {
            let group = standing.slo.value.group.as_ref()?;
            Some((group, standing))
        });
        groups.filter(move |(group, _)| group.of == name)
    }

    /// What `GET /api/v1/status` answers: as [`crate::status::status`] would for the watermark,
    /// without asking anybody.
    ///
    /// # Errors
    ///
    /// When the filter names nobody.
    pub fn status(&self, filter: Filter<'_>) -> Result<StatusReport, AppError> {
        // Says who is meant where nobody has the name.
        select::of(&self.catalog, filter.team, filter.service)?;
        let standings = self.standings.iter();
        let standings: Vec<&Arc<Standing>> =
            standings.filter(|s| filter.takes(&s.slo.value)).collect();
        let row = |standing: &&Arc<Standing>| {
            let failure = standing.failures.first().map(|(_, failure)| failure);
            row_of(
                standing.chosen(),
                &standing.measures,
                standing.watermark,
                failure,
            )
        };
        let reports = standings.iter().map(|standing| {
            let reports = Reports {
                failures: &standing.failures,
                seen: &standing.seen,
                read: None,
            };
            (standing.chosen(), reports, &standing.measures.figures)
        });
        let at = self.watermark.map_or(self.now_ms, Minute::end_ms);
        let mut findings = findings::of(reports);
        findings.extend(self.of_groups(&standings));
        Ok(StatusReport {
            at: instant::of_minute(Minute::ended_by_ms(at)),
            slos: standings.iter().map(row).collect(),
            findings,
        })
    }
}
