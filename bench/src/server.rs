//! A running `tomoni`, as a process: how soon it answers, what it takes, what it tells of itself.

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tomoni_testkit::http;

use crate::memory::Memory;
use crate::programs;

/// A server that ends when it is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where its pages are, without a slash at the end.
    pub url: String,
    /// From its start until the first page had come as a whole.
    pub first_page: Duration,
}

impl Server {
    /// Starts it and fetches its first page. The address must be the first line that it prints.
    ///
    /// # Errors
    ///
    /// When it cannot start, or answers with anything but a page.
    pub async fn start(command: &mut Command) -> Result<Self, Box<dyn Error>> {
        let begun = programs::now();
        command.args(["--listen", "127.0.0.1:0", "--no-browser"]);
        command.args(["--log", "warn", "--zone", "UTC"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut server = Self {
            child: command.spawn()?,
            url: String::new(),
            first_page: Duration::ZERO,
        };
        let mut line = String::new();
        if let Some(out) = server.child.stdout.take() {
            BufReader::new(out).read_line(&mut line)?;
        }
        line.trim_end()
            .trim_end_matches('/')
            .clone_into(&mut server.url);
        if server.url.is_empty() {
            let status = server.child.wait()?;
            return Err(format!("{command:?} printed no address and ended with {status}").into());
        }
        let page = http::get(&format!("{}/", server.url)).await?;
        server.first_page = begun.elapsed();
        if page.trim_end().ends_with("</html>") {
            Ok(server)
        } else {
            Err(format!("{} is no whole page", server.url).into())
        }
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it answers to a path.
    ///
    /// # Errors
    ///
    /// When it does not answer, or not with success.
    pub async fn get(&self, path: &str) -> Result<String, Box<dyn Error>> {
        Ok(http::get(&format!("{}{path}", self.url)).await?)
    }

    /// What it tells of its work so far.
    ///
    /// # Errors
    ///
    /// As [`Server::get`].
    pub async fn work(&self) -> Result<Work, Box<dyn Error>> {
        Ok(Work::read(&self.get("/metrics").await?))
    }

    /// Its memory.
    ///
    /// # Errors
    ///
    /// When there is no `/proc`.
    pub fn memory(&self) -> Result<Memory, Box<dyn Error>> {
        Ok(Memory::of_process(self.pid())?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the loop has done, as `/metrics` tells it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Work {
    /// Seconds in ticks.
    pub ticks_s: f64,
    /// Seconds in taking in answers.
    pub intakes_s: f64,
    /// How often answers were taken in.
    pub intakes: f64,
    /// Writes to the database.
    pub writes: f64,
    /// Minutes that were kept.
    pub minutes: f64,
    /// How old the last minute is that is settled in all ledgers, in seconds.
    pub lag_s: f64,
    /// History that is still to come, in minutes.
    pub backfill: f64,
}

impl Work {
    fn read(metrics: &str) -> Self {
        let of = |name: &str| {
            let line = metrics.lines().find_map(|line| line.strip_prefix(name));
            let value = line.and_then(|rest| rest.trim().parse::<f64>().ok());
            value.unwrap_or_default()
        };
        Self {
            ticks_s: of("tomoni_tick_duration_seconds_sum "),
            intakes_s: of("tomoni_intake_duration_seconds_sum "),
            intakes: of("tomoni_intake_duration_seconds_count "),
            writes: of("tomoni_database_writes_total "),
            minutes: of("tomoni_minutes_kept_total "),
            lag_s: of("tomoni_lag_seconds "),
            backfill: of("tomoni_backfill_minutes "),
        }
    }

    /// Milliseconds of the loop since an earlier reading.
    pub fn ms_since(&self, before: &Self) -> f64 {
        (self.ticks_s - before.ticks_s + self.intakes_s - before.intakes_s) * 1_000.0
    }
}

/// What the files of a folder take, in megabytes of a million bytes.
///
/// # Errors
///
/// When the folder cannot be read.
pub fn disk(folder: &Path) -> Result<f64, Box<dyn Error>> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_what_has_been_added() {
        let text = |ticks: &str, intakes: &str, writes: u64| {
            format!(
                "tomoni_tick_duration_seconds_sum {ticks}\ntomoni_tick_duration_seconds_count 4\n\
                 tomoni_intake_duration_seconds_sum {intakes}\ntomoni_database_writes_total {writes}\n"
            )
        };
        let (before, after) = (
            Work::read(&text("0.25", "1.0", 7)),
            Work::read(&text("0.5", "1.5", 8)),
        );
        let since = [after.ms_since(&before), after.writes - before.writes];
        assert_eq!(since.map(f64::to_bits), [750.0, 1.0].map(f64::to_bits));
    }
}
