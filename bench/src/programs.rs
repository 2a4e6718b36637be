//! The programs that are measured, and the clock.

use std::error::Error;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::memory::Memory;

/// The released `tomoni`, which cargo put beside us.
///
/// # Errors
///
/// When it is not there.
pub fn tomoni() -> Result<PathBuf, Box<dyn Error>> {
    let beside = std::env::current_exe()?.with_file_name("tomoni");
    if beside.is_file() {
        return Ok(beside);
    }
    Err("there is no tomoni beside this program: cargo build --release --package tomoni-cli".into())
}

/// Runs a command to its end without showing what it prints.
///
/// # Errors
///
/// When it cannot start, or ends with another code than 0 or 1 (findings; budgets spent).
pub fn run(command: &mut Command) -> Result<(Duration, Output), Box<dyn Error>> {
    let begun = now();
    let output = command.stdin(Stdio::null()).output()?;
    let took = begun.elapsed();
    if matches!(output.status.code(), Some(0 | 1)) {
        return Ok((took, output));
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(format!("{command:?} ended with {}:\n{said}", output.status).into())
}

/// Runs a command so many times, after once for the page cache; the times in order of size.
///
/// # Errors
///
/// As [`run`].
pub fn time(times: usize, command: &mut Command) -> Result<Vec<Duration>, Box<dyn Error>> {
    run(command)?;
    let mut took = Vec::new();
    for _ in 0..times {
        took.push(run(command)?.0);
    }
    took.sort_unstable();
    Ok(took)
}

/// The most memory that is resident while a command runs, in megabytes of a million bytes. It is looked
/// at every millisecond; what is taken in the last one before the end is not seen.
///
/// # Errors
///
/// When it cannot start, or is never seen.
pub fn peak(command: &mut Command) -> Result<f64, Box<dyn Error>> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let mut peak = 0.0_f64;
    while child.try_wait()?.is_none() {
        // Once it has ended it has no memory to tell of.
        if let Ok(memory) = Memory::of_process(child.id()) {
            peak = peak.max(memory.peak);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    if peak > 0.0 {
        return Ok(peak);
    }
    Err(format!("{command:?} ended before its memory was looked at").into())
}

/// Sleeps: the thing that is measured goes on beside us.
pub async fn wait(time: Duration) {
    tokio::time::sleep(time).await;
}

/// A stopwatch.
#[expect(clippy::disallowed_methods, reason = "measuring is what this is for")]
pub fn now() -> Instant {
    Instant::now()
}

/// Milliseconds since the Unix epoch.
#[expect(clippy::disallowed_methods, reason = "live services live now")]
pub fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Says how far it is.
#[expect(clippy::print_stderr, reason = "talk, beside the results")]
pub fn say(text: &str) {
    eprintln!("bench: {text}");
}
