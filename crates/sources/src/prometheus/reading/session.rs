//! What the parts of one read share.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Semaphore;
use tomoni_ledger::Minute;

use super::super::answer::{Answer, Series};
use super::super::client::{Client, Remarks};
use super::super::config::Limits;
use super::super::counting::Sample;
use super::super::error::SourceError;
use super::super::reader::Progress;
use super::dialect::Dialect;
use super::sizes::Sizes;

/// What the parts of one read share: the server, how far they have come, and whether it is worth
/// going on.
pub(in super::super) struct Session<'a> {
    client: &'a Client,
    pub(super) sizes: &'a Sizes,
    dialect: &'a Dialect,
    progress: &'a (dyn Fn(Progress) + Sync),
    total: u64,
    /// The last minute of which samples are there; nothing is evaluated later.
    pub(super) horizon: Minute,
    done: AtomicU64,
    samples: AtomicU64,
    /// Who waits here has not asked yet, and will not if the server is given up meanwhile.
    gate: Semaphore,
    /// The first error that is about the server as a whole: nothing more is asked of it.
    given_up: OnceLock<SourceError>,
}

impl<'a> Session<'a> {
    pub(in super::super) fn new(
        client: &'a Client,
        (sizes, dialect): (&'a Sizes, &'a Dialect),
        (total, horizon): (u64, Minute),
        progress: &'a (dyn Fn(Progress) + Sync),
    ) -> Self {
        let session = Self {
            client,
            sizes,
            dialect,
            progress,
            total,
            horizon,
            done: AtomicU64::new(0),
            samples: AtomicU64::new(0),
            gate: Semaphore::new(client.concurrency()),
            given_up: OnceLock::new(),
        };
        session.tell();
        session
    }

    pub(super) const fn limits(&self) -> Limits {
        self.client.limits()
    }

    pub(super) const fn concurrency(&self) -> usize {
        self.client.concurrency()
    }

    /// Evaluates a query at an instant. Samples from `from_ms` up to it are expected.
    pub(super) async fn instant(
        &self,
        query: &str,
        (from_ms, at_ms): (i64, i64),
        remarks: &mut Remarks,
    ) -> Result<Answer, SourceError> {
        let _permit = self.gate.acquire().await;
        self.check()?;
        let answer = self.client.instant(query, at_ms).await;
        self.note(answer, (from_ms, at_ms), remarks)
    }

    /// Evaluates a query at steps from `start_ms` to `end_ms`, both included.
    pub(super) async fn range(
        &self,
        query: &str,
        (start_ms, end_ms): (i64, i64),
        step_ms: i64,
        remarks: &mut Remarks,
    ) -> Result<Answer, SourceError> {
        let _permit = self.gate.acquire().await;
        self.check()?;
        let answer = self.client.range(query, start_ms, end_ms, step_ms).await;
        self.note(answer, (start_ms, end_ms), remarks)
    }

    /// The range, in milliseconds, that holds just the samples of a minute.
    pub(super) async fn range_of_a_minute_ms(&self) -> Result<i64, SourceError> {
        let _permit = self.gate.acquire().await;
        self.check()?;
        self.give_up_on(self.dialect.range_of_a_minute_ms(self.client).await)
    }

    /// Takes out what is no sample but the mark of a series' end.
    pub(super) async fn without_ends(&self, series: &mut [Series]) -> Result<(), SourceError> {
        let is_nan = |sample: &Sample| sample.value.is_nan();
        if !series
            .iter()
            .any(|series| series.samples.iter().any(is_nan))
        {
            return Ok(());
        }
        let _permit = self.gate.acquire().await;
        self.check()?;
        if self.give_up_on(self.dialect.writes_ends_as_nan(self.client).await)? {
            series
                .iter_mut()
                .for_each(|series| series.samples.retain(|sample| !is_nan(sample)));
        }
        Ok(())
    }

    fn check(&self) -> Result<(), SourceError> {
        self.given_up
            .get()
            .map_or(Ok(()), |error| Err(error.clone()))
    }

    fn note(
        &self,
        answer: Result<Answer, SourceError>,
        (from_ms, until_ms): (i64, i64),
        remarks: &mut Remarks,
    ) -> Result<Answer, SourceError> {
        let mut answer = self.give_up_on(answer)?;
        remarks.outside += answer.keep_within(from_ms, until_ms);
        remarks.take(&mut answer);
        Ok(answer)
    }

    /// An error that is about the server as a whole is the last.
    fn give_up_on<T>(&self, result: Result<T, SourceError>) -> Result<T, SourceError> {
        result.map_err(|error| {
            if error.is_about_the_server() {
                self.given_up.get_or_init(|| error).clone()
            } else {
                error
            }
        })
    }

    /// So many ledger minutes more are done.
    pub(super) fn finished(&self, minutes: u64) {
        self.done.fetch_add(minutes, Ordering::Relaxed);
        self.tell();
    }

    /// So many raw samples more came in.
    pub(super) fn received(&self, samples: u64) {
        self.samples.fetch_add(samples, Ordering::Relaxed);
        self.tell();
    }

    fn tell(&self) {
        (self.progress)(Progress {
            done: self.done.load(Ordering::Relaxed).min(self.total),
            total: self.total,
            samples: self.samples.load(Ordering::Relaxed),
        });
    }
}
