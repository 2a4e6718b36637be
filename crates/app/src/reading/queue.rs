//! What is still to be asked of one server, and in which order.

use std::collections::VecDeque;
use std::sync::Arc;

use tomoni_ledger::{DAY_MINUTES, Minute, Span};
use tomoni_sources::prometheus::Want;

use super::{Answer, ServerId};
use crate::failure::Failure;

/// Up to how long before the last settled minute a read is one of the present.
const PRESENT_MINUTES: i64 = 60;

/// One read: a span of some ledgers.
#[derive(Clone, Debug)]
pub(super) struct Batch {
    pub(super) wants: Vec<Arc<Want>>,
    pub(super) span: Span,
    /// The last settled minute when it was asked for.
    pub(super) horizon: Minute,
    pub(super) number: u64,
    /// The read's number in the meter.
    pub(super) meter: usize,
}

impl Batch {
    /// Whether it brings history: nobody waits for it as for the present.
    pub(super) fn is_old(&self) -> bool {
        self.span.len() > DAY_MINUTES || self.horizon - self.span.until > PRESENT_MINUTES
    }

    pub(super) fn failed(self, server: ServerId, failure: &Failure) -> Vec<Answer> {
        let failed = |want: &Arc<Want>| Answer {
            server,
            number: self.number,
            key: want.key.clone(),
            span: self.span,
            result: Err(failure.clone()),
        };
        self.wants.iter().map(failed).collect()
    }
}

/// Reads that wait: the present in the order asked for, history newest first.
#[derive(Debug, Default)]
pub(super) struct Queue {
    fresh: VecDeque<Batch>,
    old: VecDeque<Batch>,
}

impl Queue {
    pub(super) fn push(&mut self, batch: Batch) {
        if !batch.is_old() {
            self.fresh.push_back(batch);
            return;
        }
        let newer = |waiting: &Batch| waiting.span.until >= batch.span.until;
        let place = self.old.partition_point(newer);
        self.old.insert(place, batch);
    }

    /// The next read; the present goes first.
    pub(super) fn pop(&mut self, may_be_old: bool) -> Option<Batch> {
        let fresh = self.fresh.pop_front();
        fresh.or_else(|| may_be_old.then(|| self.old.pop_front()).flatten())
    }

    pub(super) fn has_fresh(&self) -> bool {
        !self.fresh.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(after: i64, until: i64, number: u64) -> Batch {
        Batch {
            wants: Vec::new(),
            span: Span::new(Minute::from_index(after), Minute::from_index(until)),
            horizon: Minute::from_index(100_000),
            number,
            meter: 0,
        }
    }

    #[test]
    fn the_present_goes_before_history_and_history_comes_newest_first() {
        let mut queue = Queue::default();
        let batches = [
            (90_000, 97_000),
            (80_000, 90_000),
            (99_998, 99_999),
            (95_000, 99_000),
            (99_999, 100_000),
        ];
        for (number, (after, until)) in (0..).zip(batches) {
            queue.push(batch(after, until, number));
        }
        assert!(queue.has_fresh());
        let order = [false, true, true, true].map(|may_be_old| queue.pop(may_be_old));
        assert_eq!(
            order.map(|batch| batch.map(|b| b.number)),
            [Some(2), Some(4), Some(3), Some(0)]
        );
        assert!(queue.pop(false).is_none());
        assert_eq!(queue.pop(true).map(|b| b.number), Some(1));
    }
}
