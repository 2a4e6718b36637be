//! CPU time of processes, from `/proc` (Linux only).

use std::fs;
use std::io;

/// Ticks a second in `/proc`; Linux shows a hundred whatever the kernel's own are.
const TICKS_PER_S: f64 = 100.0;

/// User and system time of a process so far, in seconds.
///
/// # Errors
///
/// When there is no such process, or no `/proc`.
pub fn of_process(pid: u32) -> io::Result<f64> {
    let fields = stat(&pid.to_string())?;
    Ok(seconds(&fields, 13))
}

/// User and system time of all children of ours that have ended, in seconds.
///
/// # Errors
///
/// When there is no `/proc`.
pub fn of_ended_children() -> io::Result<f64> {
    let fields = stat("self")?;
    Ok(seconds(&fields, 15))
}

/// The fields of `/proc/…/stat`, from the first on.
fn stat(process: &str) -> io::Result<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{process}/stat"))?;
    Ok(split(&text))
}

/// The second field is a name in parentheses, which may itself hold blanks.
fn split(text: &str) -> Vec<String> {
    let (before, after) = text.rsplit_once(')').unwrap_or((text, ""));
    let (pid, name) = before.split_once(" (").unwrap_or((before, ""));
    let rest = after.split_whitespace();
    [pid, name]
        .into_iter()
        .chain(rest)
        .map(str::to_owned)
        .collect()
}

/// The sum of two neighbouring fields of ticks, in seconds.
fn seconds(fields: &[String], first: usize) -> f64 {
    let ticks = |at: usize| {
        fields
            .get(at)
            .and_then(|f| f.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    (ticks(first) + ticks(first + 1)) / TICKS_PER_S
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_behind_a_strange_name() {
        let text = "42 (a (b) c) S 1 42 42 0 -1 4194304 9 8 7 6 150 50 25 75 20 0 1 0";
        let fields = split(text);
        assert_eq!(fields[1], "a (b) c");
        assert_eq!(seconds(&fields, 13).to_bits(), 2.0_f64.to_bits());
        assert_eq!(seconds(&fields, 15).to_bits(), 1.0_f64.to_bits());
    }

    #[test]
    fn a_process_that_is_not_there_is_an_error() {
        assert!(of_process(u32::MAX).is_err());
    }
}
