//! Requests for pages: one after another, and as `wrk` sends them.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::programs;
use crate::server::Server;

/// Connections of `wrk`. Each waits between two requests, so that a slow answer delays one in so
/// many of those that follow.
const CONNECTIONS: u32 = 25;

/// Times in order of size, in milliseconds.
#[derive(Clone, Debug, Default)]
pub struct Times(Vec<f64>);

impl Times {
    /// Puts times in order.
    pub fn of(times: &[Duration]) -> Self {
        let mut ms: Vec<f64> = times.iter().map(|t| t.as_secs_f64() * 1_000.0).collect();
        ms.sort_unstable_by(f64::total_cmp);
        Self(ms)
    }

    /// The time that so many of a hundred do not exceed.
    pub fn percentile(&self, percent: f64) -> f64 {
        let place = (self.0.len() as f64 * percent / 100.0).ceil() as usize;
        self.0
            .get(place.saturating_sub(1))
            .or(self.0.last())
            .copied()
            .unwrap_or_default()
    }
}

/// How long answers take when they are asked for one after another, so many times each path.
///
/// # Errors
///
/// When one is not a success.
pub async fn one_by_one(
    server: &Server,
    paths: &[String],
    times: usize,
) -> Result<Times, Box<dyn Error>> {
    let mut took = Vec::new();
    for path in paths.iter().cycle().take(times) {
        let begun = programs::now();
        server.get(path).await?;
        took.push(begun.elapsed());
    }
    Ok(Times::of(&took))
}

/// What `wrk` measured; times in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Load {
    /// Requests a second that were answered.
    pub per_s: f64,
    /// Half of the answers took no longer.
    pub p50: f64,
    /// Of a hundred answers 99 took no longer.
    pub p99: f64,
    /// The longest.
    pub most: f64,
    /// Answers that were no success, and requests without one.
    pub errors: u64,
}

/// Has `wrk` ask for these paths in turn, about so many a second, for so long.
///
/// `wrk` sends a connection's next request when the last is answered; here each connection waits
/// first, so that all together keep the rate as long as answers are quick.
///
/// # Errors
///
/// When `wrk` is not installed, or fails.
pub fn wrk(
    server: &Server,
    paths: &[String],
    per_s: u32,
    seconds: u32,
    folder: &Path,
) -> Result<Load, Box<dyn Error>> {
    let script = folder.join("load.lua");
    fs::write(&script, lua(paths, per_s))?;
    let mut command = Command::new("wrk");
    command.args(["--threads", "1", "--connections", &CONNECTIONS.to_string()]);
    command.args(["--duration", &format!("{seconds}s"), "--timeout", "10s"]);
    command.arg("--script").arg(&script).arg(&server.url);
    let (_, output) = programs::run(&mut command)?;
    let said = String::from_utf8_lossy(&output.stdout);
    Load::read(&said).ok_or_else(|| format!("wrk said:\n{said}").into())
}

/// Waits are spread by half around their mean, so that connections do not march in step.
fn lua(paths: &[String], per_s: u32) -> String {
    let wait_ms = CONNECTIONS * 1_000 / per_s;
    let mut text = String::from("local paths = {\n");
    for path in paths {
        // Writing into a string does not fail.
        let _ = writeln!(text, "  {path:?},");
    }
    let _ = writeln!(
        text,
        "}}\nlocal at = 0\n\
         function delay() return math.random({least}, {most}) end\n\
         function request()\n  at = at % #paths + 1\n  return wrk.format(\"GET\", paths[at])\nend\n\
         function done(summary, latency, requests)\n  local errors = summary.errors\n  \
         io.write(string.format(\"load: %d %d %d %d %d %d\\n\", summary.requests, summary.duration, \
         latency:percentile(50), latency:percentile(99), latency.max, errors.connect + errors.read + \
         errors.write + errors.status + errors.timeout))\nend",
        least = wait_ms / 2,
        most = wait_ms * 3 / 2,
    );
    text
}

impl Load {
    /// Reads the line that our script prints: a count, then microseconds, then a count.
    fn read(said: &str) -> Option<Self> {
        let line = said.lines().find_map(|line| line.strip_prefix("load: "))?;
        let numbers: Vec<f64> = line.split(' ').map_while(|n| n.parse().ok()).collect();
        let [requests, us, p50, p99, most, errors] = numbers[..] else {
            return None;
        };
        Some(Self {
            per_s: requests / (us / 1e6),
            p50: p50 / 1_000.0,
            p99: p99 / 1_000.0,
            most: most / 1_000.0,
            errors: errors as u64,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_were_taken() {
        let times: Vec<Duration> = (1..=200).rev().map(Duration::from_millis).collect();
        let times = Times::of(&times);
        let at = |percent| times.percentile(percent);
        assert_eq!((at(50.0), at(99.0), at(100.0)), (100.0, 198.0, 200.0));
        assert_eq!(Times::default().percentile(99.0).to_bits(), 0);
    }

    #[test]
    fn what_the_script_prints_is_read() {
        let said = "Running 60s test\nload: 6000 60000000 2500 12250 80000 3\n";
        let load = Load::read(said).unwrap();
        let expected = Load {
            per_s: 100.0,
            p50: 2.5,
            p99: 12.25,
            most: 80.0,
            errors: 3,
        };
        assert_eq!(load, expected);
        assert_eq!(Load::read("load: 1 2\n"), None);
    }
}
