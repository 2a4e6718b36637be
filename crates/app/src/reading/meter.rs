//! Progress of several reads, added up.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Told how far the reading has come.
pub type OnProgress = Arc<dyn Fn(Progress) + Send + Sync>;

/// How far the reading has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Ledger minutes that are done.
    pub done: u64,
    /// Ledger minutes in all.
    pub total: u64,
    /// Raw samples that came in so far.
    pub samples: u64,
}

/// Adds up how far reads have come, and tells whoever wants to know.
#[derive(Clone)]
pub(crate) struct Meter {
    state: Arc<Mutex<State>>,
    on_progress: OnProgress,
}

#[derive(Debug, Default)]
struct State {
    /// By read that is not over: ledger minutes done of how many, and samples.
    reads: HashMap<usize, Progress>,
    begun: usize,
    sum: Progress,
}

impl Meter {
    pub(crate) fn new(on_progress: OnProgress) -> Self {
        Self {
            state: Arc::default(),
            on_progress,
        }
    }

    /// A read that will bring so many ledger minutes; its number is for [`Meter::told`].
    pub(crate) fn expect(&self, total: u64) -> usize {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.sum.total += total;
        let read = Progress {
            total,
            ..Progress::default()
        };
        state.begun += 1;
        let number = state.begun;
        state.reads.insert(number, read);
        number
    }

    /// A read has come so far. Reads never go backwards, nor beyond what was expected of them.
    pub(crate) fn told(&self, read: usize, done: u64, samples: u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(held) = state.reads.get_mut(&read) else {
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
    pub(crate) fn ended(&self, read: usize) {
        self.told(read, u64::MAX, 0);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.reads.remove(&read);
    }

    /// How far all reads have come together.
    pub(crate) fn sum(&self) -> Progress {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.sum
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
