//! Progress while history is fetched: a bar on a terminal, plain lines in a log.

use std::io::{IsTerminal, stderr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tomoni_app::refresh::{OnProgress, Progress};

use crate::draw::amount;
use crate::print::say;

/// How soon a log hears of a read, and how often after that. Short reads are not worth a line.
const LINE_EVERY: Duration = Duration::from_secs(5);
/// How soon a bar is drawn.
const BAR_AFTER: Duration = Duration::from_millis(500);
/// Redraws of the bar a second.
const BAR_HZ: u8 = 10;

/// Shows progress until it is dropped.
pub(crate) struct Shown {
    state: Arc<Mutex<State>>,
}

struct State {
    begun: Instant,
    now: fn() -> Instant,
    bar: Option<ProgressBar>,
    is_terminal: bool,
    last_line: Instant,
    last: Progress,
}

impl Shown {
    /// A display on standard error; `now` is the clock.
    pub(crate) fn new(now: fn() -> Instant) -> Self {
        let state = State {
            begun: now(),
            now,
            bar: None,
            is_terminal: stderr().is_terminal(),
            last_line: now(),
            last: Progress::default(),
        };
        Self {
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// What the reading tells.
    pub(crate) fn callback(&self) -> OnProgress {
        let state = Arc::clone(&self.state);
        Arc::new(move |progress| {
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            state.show(progress);
        })
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.end();
    }
}

impl State {
    fn show(&mut self, progress: Progress) {
        self.last = progress;
        let now = (self.now)();
        if self.is_terminal {
            if self.bar.is_none() && now - self.begun >= BAR_AFTER {
                self.bar = Some(bar());
            }
            if let Some(bar) = &self.bar {
                bar.set_length(progress.total);
                bar.set_position(progress.done);
                bar.set_message(format!("{} samples", amount(progress.samples as f64)));
            }
        } else if now - self.last_line >= LINE_EVERY && progress.done < progress.total {
            self.last_line = now;
            say(&line(progress, now - self.begun));
        }
    }

    fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        let now = (self.now)();
        let took = now - self.begun;
        let has_spoken = self.is_terminal && took >= BAR_AFTER || took >= LINE_EVERY;
        if has_spoken && self.last.samples > 0 {
            say(&format!(
                "read {} ledger minutes from {} samples in {:.1} s",
                amount(self.last.done as f64),
                amount(self.last.samples as f64),
                took.as_secs_f64()
            ));
        }
    }
}

fn bar() -> ProgressBar {
    let target = ProgressDrawTarget::stderr_with_hz(BAR_HZ);
    let bar = ProgressBar::with_draw_target(None, target);
    // Within 80 columns up to ten million samples.
    let template = "reading {bar:16} {percent:>3}% · {per_sec} · {msg} · {eta} left";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("█▉▊▋▌▍▎▏·").with_key(
            "per_sec",
            |state: &indicatif::ProgressState, text: &mut dyn std::fmt::Write| {
                let _ = write!(text, "{} minutes/s", amount(state.per_sec().trunc()));
            },
        ));
    }
    bar
}

/// A line for a log: how far, how fast, how long still.
fn line(progress: Progress, elapsed: Duration) -> String {
    let rate = progress.done as f64 / elapsed.as_secs_f64().max(0.001);
    let left = (progress.total - progress.done.min(progress.total)) as f64 / rate.max(0.001);
    let percent = 100.0 * progress.done as f64 / progress.total.max(1) as f64;
    let left = if progress.done == 0 {
        "unknown".to_owned()
    } else {
        format!("{left:.0} s")
    };
    format!(
        "reading history: {} of {} ledger minutes ({percent:.0}%), {} samples, {} minutes/s, {left} left",
        amount(progress.done as f64),
        amount(progress.total as f64),
        amount(progress.samples as f64),
        amount(rate.trunc()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_how_fast_how_long() {
        let progress = Progress {
            done: 250,
            total: 1_000,
            samples: 1_234,
        };
        assert_eq!(
            line(progress, Duration::from_secs(5)).replace('\u{202f}', " "),
            "reading history: 250 of 1 000 ledger minutes (25%), 1 234 samples, 50 minutes/s, \
             15 s left"
        );
        let none = Progress {
            done: 0,
            ..progress
        };
        assert!(line(none, Duration::from_secs(5)).ends_with("unknown left"));
    }
}
