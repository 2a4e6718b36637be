//! `/findings`: what is wrong with our documents and queries.

use jiff::Timestamp;

use super::{Cut, Named, SloKey};

/// What is wrong, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Findings {
    /// Findings in documents, errors first, then by place; as many as stand on a page.
    pub findings: Vec<Finding>,
    /// Which of the findings these are.
    pub finding_cut: Cut,
    /// How many of all findings are errors.
    pub errors: i64,
    /// How many of all findings are warnings.
    pub warnings: i64,
    /// Whether each SLI's query finds anything, those that do not first; as many as stand on a page.
    pub checks: Vec<Check>,
    /// Which of the checks these are.
    pub cut: Cut,
    /// How many of all queries find nothing.
    pub blind: usize,
    /// How many documents were read.
    pub documents: i64,
    /// When they were last read.
    pub read_at: Timestamp,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A stable code, such as `openslo/unknown-field`.
    pub code: String,
    /// How bad it is.
    pub severity: FindingSeverity,
    /// The file.
    pub file: String,
    /// The line, from 1; 0 where none is known.
    pub line: usize,
    /// The column, from 1; 0 where none is known.
    pub column: usize,
    /// What is wrong, in English.
    pub message: String,
    /// What to write or do instead, in English.
    pub help: Option<String>,
    /// The object it is about, where one is known.
    pub object: Option<String>,
    /// The last good revision of the object stays in force.
    pub keeps_last_good: bool,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingSeverity {
    /// The document, or a part of it, cannot be used.
    Error,
    /// It is used, but somebody should look.
    Warning,
}

/// Whether an SLI's query finds anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Which objective.
    pub key: SloKey,
    /// The SLO's name for people.
    pub title: String,
    /// Its service.
    pub service: Named,
    /// Its team, where one is known.
    pub team: Option<Named>,
    /// Where it is asked.
    pub source: String,
    /// The query that decides what is known.
    pub query: String,
    /// What came back.
    pub result: CheckResult,
}

/// What a query found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckResult {
    /// It has not been asked yet.
    NotYet,
    /// There are counts.
    Found {
        /// The newest minute of which something is known.
        newest: Timestamp,
    },
    /// Nothing matches, but its job is scraped: nothing has happened.
    Quiet {
        /// The newest minute of which that is known.
        newest: Timestamp,
    },
    /// The source answered, and nothing matches.
    Nothing {
        /// When something last did, where it ever did.
        last_seen: Option<Timestamp>,
    },
    /// The source did not answer, or refused.
    Failed {
        /// What it said.
        error: String,
    },
    /// Counts are pushed: the last batch.
    Pushed {
        /// When it came; `None` when none ever did.
        newest: Option<Timestamp>,
    },
}
