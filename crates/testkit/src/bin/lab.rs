//! A real Prometheus with a month of simulated data, scraped live from now on.
//!
//! Without a command it stays until Ctrl-C. With one, given after `--`, it runs the command with
//! `{url}` and `{specs}` replaced, and ends with the command's exit code.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use clap::Parser;
use tomoni_ledger::{DAY_MINUTES, Minute};
use tomoni_sources::simulator::{Metric, Scraping, World, scenarios, write_openmetrics};
use tomoni_testkit::{Clock, Prometheus, PrometheusOptions, SimulatedTargets, missing};

/// Runs a Prometheus with simulated services: months of history at once, live from now on.
#[derive(Debug, Parser)]
#[command(name = "lab")]
struct Arguments {
    /// Days of history.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(i64).range(1..=400))]
    days: i64,
    /// Seconds between two scrapes in the history.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(i64).range(1..=300))]
    interval: i64,
    /// Seconds between two scrapes from now on.
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=300))]
    live_interval: u32,
    /// What happens in the world follows from this number.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The folder of OpenSLO documents that `{specs}` stands for.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/lab"))]
    specs: PathBuf,
    /// A command to run against it; `{url}` and `{specs}` are replaced.
    #[arg(last = true)]
    command: Vec<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments).await {
        Ok(code) => code,
        Err(error) => {
            say(&format!("lab: {error}"));
            ExitCode::from(2)
        }
    }
}

async fn run(arguments: &Arguments) -> Result<ExitCode, Box<dyn Error>> {
    let missing = missing(&["prometheus", "promtool"]);
    if !missing.is_empty() {
        let missing = missing.join(", ");
        return Err(format!("{missing} not on the PATH; apt-get install prometheus").into());
    }
    let now_ms = present_ms();
    let now = Minute::ended_by_ms(now_ms);
    let start = now - arguments.days * DAY_MINUTES;
    let world = scenarios::lab(arguments.seed, start, now);
    let interval_ms = arguments.interval * 1_000;
    let scraping = Scraping {
        interval_ms,
        from_ms: start.end_ms(),
        until_ms: now_ms,
    };

    let folder = tempfile::Builder::new().prefix("tomoni-lab-").tempdir()?;
    let history = folder.path().join("history.om");
    write_history(&world, scraping, &history)?;
    let targets = SimulatedTargets::start(world, Arc::new(present_ms) as Clock).await?;
    let options = PrometheusOptions {
        scrape_configs: targets.scrape_config(arguments.live_interval),
        backfill: vec![history],
        ..PrometheusOptions::default()
    };
    let begun = timer();
    let prometheus = Prometheus::start(options).await?;
    drop(folder);
    say(&format!(
        "lab: Prometheus has it after {:.1?}",
        begun.elapsed()
    ));
    let specs = arguments
        .specs
        .canonicalize()
        .unwrap_or_else(|_| arguments.specs.clone());
    say(&format!(
        "lab: Prometheus at {}\nlab: specs in {}",
        prometheus.url(),
        specs.display()
    ));
    if arguments.command.is_empty() {
        say("lab: until Ctrl-C");
        tokio::signal::ctrl_c().await?;
        return Ok(ExitCode::SUCCESS);
    }
    command(&arguments.command, prometheus.url(), &specs).await
}

fn write_history(world: &World, scraping: Scraping, to: &Path) -> Result<(), Box<dyn Error>> {
    let begun = timer();
    let services = world.services.iter();
    let metrics: Vec<Metric> = services.flat_map(|s| world.scraped(s, scraping)).collect();
    let samples: usize = metrics.iter().map(|metric| metric.values.len()).sum();
    let series: usize = metrics.iter().map(|metric| metric.columns.len()).sum();
    let mut file = BufWriter::with_capacity(1 << 20, File::create(to)?);
    write_openmetrics(&metrics, &mut file)?;
    file.flush()?;
    let took = begun.elapsed();
    say(&format!(
        "lab: simulated {samples} samples of {series} series in {took:.1?}"
    ));
    Ok(())
}

/// Runs the command to its end, or to Ctrl-C, which the command gets as well.
async fn command(words: &[String], url: &str, specs: &Path) -> Result<ExitCode, Box<dyn Error>> {
    let specs = specs.to_string_lossy();
    let mut words = words
        .iter()
        .map(|w| w.replace("{url}", url).replace("{specs}", &specs));
    let program = words.next().unwrap_or_default();
    let mut command = Command::new(&program);
    command.args(words);
    let mut child = tokio::process::Command::from(command)
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("cannot start {program}: {error}"))?;
    let status = tokio::select! {
        status = child.wait() => status?,
        _ = tokio::signal::ctrl_c() => child.wait().await?,
    };
    Ok(status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the lab is a program: it reads the clock itself"
)]
fn present_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the lab is a program: it reads the clock itself"
)]
fn timer() -> Instant {
    Instant::now()
}

#[expect(
    clippy::print_stderr,
    reason = "talk; the command's own output is what stdout is for"
)]
fn say(text: &str) {
    eprintln!("{text}");
}
