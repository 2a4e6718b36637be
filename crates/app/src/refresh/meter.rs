//! Progress of several reads, added up.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::{OnProgress, Progress};

/// Adds up how far reads have come, and tells whoever wants to know.
#[derive(Clone)]
pub(super) struct Meter {
    state: Arc<Mutex<State>>,
    on_progress: OnProgress,
}

#[derive(Debug, Default)]
struct State {
    /// By read: ledger minutes done of how many, and samples.
    reads: Vec<Progress>,
    sum: Progress,
}

impl Meter {
    pub(super) fn new(on_progress: OnProgress) -> Self {
        Self {
            state: Arc::default(),
            on_progress,
        }
    }

    /// A read that will bring so many ledger minutes; its number is for [`Meter::told`].
    pub(super) fn expect(&self, total: u64) -> usize {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.sum.total += total;
        let read = Progress {
            total,
            ..Progress::default()
        };
        state.reads.push(read);
        state.reads.len() - 1
    }

    /// A read has come so far. Reads never go backwards, nor beyond what was expected of them.
    pub(super) fn told(&self, read: usize, done: u64, samples: u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(held) = state.reads.get_mut(read) else {
            return;
        };
        let before = *held;
        held.done = done.clamp(held.done, held.total);
        held.samples = samples.max(held.samples);
        let (done, samples) = (held.done - before.done, held.samples - before.samples);
        state.sum.done += done;
        state.sum.samples += samples;
        // Told while locked: in order.
        (self.on_progress)(state.sum);
    }

    /// A read is over, whether it went well or not.
    pub(super) fn ended(&self, read: usize) {
        self.told(read, u64::MAX, 0);
    }
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meter")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_add_up_and_never_go_back() {
        let told: Arc<Mutex<Vec<Progress>>> = Arc::default();
        let hears = Arc::clone(&told);
        let meter = Meter::new(Arc::new(move |p| hears.lock().unwrap().push(p)));
        let (a, b) = (meter.expect(100), meter.expect(50));
        meter.told(a, 30, 7);
        meter.told(b, 50, 1);
        meter.told(a, 20, 9);
        meter.ended(a);
        let all: Vec<_> = told
            .lock()
            .unwrap()
            .iter()
            .map(|p| (p.done, p.total, p.samples))
            .collect();
        assert_eq!(
            all,
            [(30, 150, 7), (80, 150, 8), (80, 150, 10), (150, 150, 10)]
        );
    }
}
