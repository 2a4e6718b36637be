//! Servers over their data: prepared, started, and watched at work.

use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use tomoni_bench::documents::{self, Method};
use tomoni_bench::load::Times;
use tomoni_bench::memory::Memory;
use tomoni_bench::server::{Server, Work, disk};
use tomoni_bench::{cpu, programs, year};

use crate::Arguments;

/// Ticks come every 15 s. Servers that begin so far apart tick at different times.
const APART: Duration = Duration::from_secs(4);
const MINUTE_MS: u64 = 60_000;
/// When in a minute the last one has been taken in: it settles after a minute, a tick comes within
/// fifteen seconds, and Prometheus answers in less than the rest.
const TAKEN_IN_MS: u64 = 40_000;
/// A server has caught up when it is no further behind.
const LAG_S_MAX: f64 = 150.0;
/// How many minutes a server may take to catch up.
const CATCH_UP_MINUTES: usize = 5;

/// What was measured of a server with so many SLOs.
#[derive(Debug, Default)]
pub(crate) struct Measured {
    pub(crate) slos: usize,
    pub(crate) filling: Duration,
    /// Of the first server of all over the data.
    pub(crate) first_of_all: Duration,
    pub(crate) first_page: Times,
    /// Milliseconds of the loop for each minute.
    pub(crate) minutes_ms: Vec<f64>,
    /// Writes to the database for each.
    pub(crate) writes: Vec<f64>,
    pub(crate) cpu_s_per_minute: f64,
    pub(crate) memory: Memory,
    pub(crate) disk: f64,
}

/// A server, with its documents and its data.
pub(crate) struct Site {
    pub(crate) server: Server,
    pub(crate) measured: Measured,
}

impl Site {
    pub(crate) async fn prepare(
        slos: usize,
        place: &Path,
        arguments: &Arguments,
        prometheus: &str,
    ) -> Result<Self, Box<dyn Error>> {
        programs::say(&format!("{slos} SLOs: {} days of minutes", arguments.days));
        let (specs, data) = (place.join("specs"), place.join("data"));
        documents::write_with(&specs, slos, true, Method::mixed)?;
        let begun = programs::now();
        let ledgers = year::ledgers(&specs)?;
        year::fill(&data, ledgers, arguments.days, programs::now_ms).await?;
        let filling = begun.elapsed();
        let disk = disk(&data)?;
        let tomoni = programs::tomoni()?;
        let start = async || Server::start(&mut serve(&tomoni, &specs, &data, prometheus)).await;
        // A restart is one of a server that has run: what it judged is kept.
        let first = start().await?;
        let first_of_all = first.first_page;
        programs::wait(APART).await;
        drop(first);
        let mut first_page = Vec::new();
        for _ in 0..arguments.starts {
            first_page.push(start().await?.first_page);
        }
        programs::wait(APART).await;
        Ok(Self {
            server: start().await?,
            measured: Measured {
                slos,
                filling,
                first_of_all,
                first_page: Times::of(&first_page),
                disk,
                ..Measured::default()
            },
        })
    }

    /// A minute that has passed.
    async fn note(&mut self, before: &Work) -> Result<Work, Box<dyn Error>> {
        let now = self.server.work().await?;
        self.measured.minutes_ms.push(now.ms_since(before));
        self.measured.writes.push(now.writes - before.writes);
        let kept = now.minutes - before.minutes;
        if kept < self.measured.slos as f64 {
            return Err(format!(
                "{} SLOs: {kept} minutes were kept in one",
                self.measured.slos
            )
            .into());
        }
        Ok(now)
    }
}

fn serve(tomoni: &Path, specs: &Path, data: &Path, prometheus: &str) -> Command {
    let mut command = Command::new(tomoni);
    command
        .arg("serve")
        .arg("--specs")
        .arg(specs)
        .arg("--data")
        .arg(data);
    command.args(["--prometheus", prometheus]);
    command
}

/// Watches servers at work over some whole minutes, once they have caught up.
pub(crate) async fn watch(sites: &mut [Site], minutes: u32) -> Result<(), Box<dyn Error>> {
    let mut before = Vec::new();
    for _ in 0..CATCH_UP_MINUTES {
        wait_until_taken_in().await;
        before.clear();
        for site in &*sites {
            before.push(site.server.work().await?);
        }
        let is_there = |work: &Work| work.backfill == 0.0 && (1.0..LAG_S_MAX).contains(&work.lag_s);
        if before.iter().all(is_there) {
            break;
        }
    }
    let mut cpu_s = Vec::new();
    for site in &*sites {
        cpu_s.push(cpu::of_process(site.server.pid())?);
    }
    for _ in 0..minutes {
        programs::wait(Duration::from_secs(5)).await;
        wait_until_taken_in().await;
        for (site, before) in sites.iter_mut().zip(&mut before) {
            *before = site.note(before).await?;
        }
    }
    for (site, cpu_s) in sites.iter_mut().zip(cpu_s) {
        let all = cpu::of_process(site.server.pid())? - cpu_s;
        site.measured.cpu_s_per_minute = all / f64::from(minutes.max(1));
        site.measured.memory = site.server.memory()?;
    }
    Ok(())
}

async fn wait_until_taken_in() {
    let into_minute = programs::now_ms().unsigned_abs() % MINUTE_MS;
    let left = (MINUTE_MS + TAKEN_IN_MS - into_minute) % MINUTE_MS;
    programs::wait(Duration::from_millis(left)).await;
}
