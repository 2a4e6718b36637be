//! Where findings are put while documents are looked at.

use std::collections::HashMap;

use crate::codes::{self, Code, Dialect};
use crate::finding::{Finding, Severity};
use crate::source::{Extent, Text};

/// The findings so far, bounded for each file.
#[derive(Debug)]
pub(crate) struct Findings {
    /// Each with the file that it is about.
    list: Vec<(usize, Finding)>,
    /// How many were reported for each file that has any, with those that were not kept.
    counts: HashMap<usize, usize>,
    most: usize,
    dropped_errors: usize,
}

/// A moment in the reporting of findings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    findings: usize,
    dropped_errors: usize,
}

impl Findings {
    /// No findings yet; of each file at most `most` are kept.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            list: Vec::new(),
            counts: HashMap::new(),
            most,
            dropped_errors: 0,
        }
    }

    /// No findings yet, for a part of the work that is done beside others, to be given to [`Self::merge`].
    pub(crate) fn part(&self) -> Self {
        Self::new(self.most)
    }

    /// Puts what was found in a part of the work.
    pub(crate) fn merge(&mut self, part: Self) {
        for (file, finding) in part.list {
            self.put(file, finding);
        }
        for (file, count) in part.counts {
            let kept = count.min(part.most);
            *self.counts.entry(file).or_default() += count - kept;
        }
        self.dropped_errors += part.dropped_errors;
    }

    /// Puts a finding about a file.
    pub(crate) fn put(&mut self, file: usize, finding: Finding) {
        if self.admit(file, finding.severity) {
            self.list.push((file, finding));
        }
    }

    /// Counts a finding about a file; whether it is kept.
    fn admit(&mut self, file: usize, severity: Severity) -> bool {
        let count = self.counts.entry(file).or_default();
        *count += 1;
        let is_kept = *count <= self.most;
        if !is_kept && severity == Severity::Error {
            self.dropped_errors += 1;
        }
        is_kept
    }

    /// All of them, each with the number of its file, sorted by file name and place, each once; and
    /// where there were more, that.
    pub(crate) fn finish(self, texts: &[Text<'_>]) -> Vec<(usize, Finding)> {
        let mut list = self.list;
        for text in texts {
            let count = self.counts.get(&text.index).copied().unwrap_or_default();
            let Some(more) = count.checked_sub(self.most).filter(|more| *more > 0) else {
                continue;
            };
            let mut findings = Self::new(1);
            let message = format!(
                "{more} more findings in this file are not told; the first {} are",
                self.most
            );
            let help = "put right what is told and ask again";
            let end = Extent::at(text.as_str().len());
            Scope::new(text, &mut findings).report(&codes::FILE_MORE, end, message, help);
            list.append(&mut findings.list);
        }
        list.sort_by(|(_, a), (_, b)| {
            let key = |f: &Finding| (f.place.clone(), f.severity, f.code);
            key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
        });
        list.dedup_by(|(_, a), (_, b)| a == b);
        list
    }
}

/// A document that is being looked at: its text, what it defines, and the findings.
pub(crate) struct Scope<'s> {
    text: &'s Text<'s>,
    dialect: &'static Dialect,
    object: Option<String>,
    findings: &'s mut Findings,
}

impl<'s> Scope<'s> {
    pub(crate) fn new(text: &'s Text<'s>, findings: &'s mut Findings) -> Self {
        Self {
            text,
            dialect: &codes::OPENSLO,
            object: None,
            findings,
        }
    }

    /// The same, of a document of another format than OpenSLO.
    pub(crate) fn of_format(mut self, dialect: &'static Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// The same, for an object that findings call by name.
    pub(crate) fn of_object(mut self, object: impl Into<String>) -> Self {
        self.object = Some(object.into());
        self
    }

    /// The codes of the document's format.
    pub(crate) fn dialect(&self) -> &'static Dialect {
        self.dialect
    }

    /// The file's text.
    pub(crate) fn text(&self) -> &'s Text<'s> {
        self.text
    }

    /// Reports what is wrong at a place, and what to do; no help is the empty text.
    pub(crate) fn report(
        &mut self,
        code: &'static Code,
        extent: Extent,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        // A file can be wrong in a hundred thousand places; those that are not told cost nothing.
        if !self.findings.admit(self.text.index, code.severity) {
            return;
        }
        let help = help.into();
        let finding = Finding {
            code: code.id,
            severity: code.severity,
            place: self.text.place(extent),
            message: message.into(),
            help: Some(help).filter(|h| !h.is_empty()),
            object: self.object.clone(),
        };
        self.findings.list.push((self.text.index, finding));
    }

    /// Whether another error would not be kept. Then it is counted, as if it had been reported.
    pub(crate) fn drops_error(&mut self) -> bool {
        let count = self.findings.counts.get(&self.text.index);
        let is_full = count.is_some_and(|count| *count >= self.findings.most);
        is_full && !self.findings.admit(self.text.index, Severity::Error)
    }

    /// This moment, to be given to [`Self::has_errors_since`].
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            findings: self.findings.list.len(),
            dropped_errors: self.findings.dropped_errors,
        }
    }

    /// Whether an error was reported since the mark, other than inside some bytes.
    pub(crate) fn has_errors_since(&self, mark: Mark, beside: Option<Extent>) -> bool {
        let found = self.findings.list.get(mark.findings..).unwrap_or_default();
        self.findings.dropped_errors > mark.dropped_errors
            || found.iter().any(|(_, f)| {
                let (start, _) = f.place.bytes;
                let is_beside = beside.is_some_and(|extent| self.text.extent_holds(extent, start));
                f.severity == Severity::Error && !is_beside
            })
    }
}
