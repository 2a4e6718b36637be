//! `tomoni status` over a warm ledger, whole process.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use clap::Parser;
use tomoni_bench::services::{Target, write_history};
use tomoni_bench::{documents, programs, results};
use tomoni_testkit::{Prometheus, PrometheusOptions};

/// Measures `tomoni status` of many SLOs.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many SLOs
    #[arg(long, default_value_t = 100)]
    slos: usize,
    /// Days of history
    #[arg(long, default_value_t = 31)]
    days: i64,
    /// How often each is run
    #[arg(long, default_value_t = 20)]
    runs: usize,
}

const INTERVAL_S: i64 = 60;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let tomoni = programs::tomoni()?;
    let folder = tempfile::tempdir()?;
    let specs = folder.path().join("specs");
    documents::write(&specs, arguments.slos, true)?;

    let now_ms = programs::now_ms();
    let begun_ms = now_ms - arguments.days * 86_400_000;
    let history = folder.path().join("history.om");
    let mut file = BufWriter::new(File::create(&history)?);
    write_history(arguments.slos, begun_ms, now_ms, INTERVAL_S, &mut file)?;
    file.flush()?;
    let target = Target::start(arguments.slos, begun_ms).await?;
    programs::say("backfilling");
    let prometheus = Prometheus::start(PrometheusOptions {
        scrape_configs: target.scrape_config(INTERVAL_S),
        backfill: vec![history],
        ..PrometheusOptions::default()
    })
    .await?;

    let data = folder.path().join("data");
    let status = |extra: &[&str]| command(&tomoni, &specs, &data, extra);
    let online = ["--prometheus", prometheus.url()];
    programs::say("first run");
    let (first, _) = programs::run(&mut status(&online))?;
    programs::say("nothing new");
    let nothing_new = programs::time(arguments.runs, &mut status(&online))?;
    let offline = programs::time(arguments.runs, &mut status(&["--offline"]))?;
    let mut new_minute = Vec::new();
    for left in (0..5).rev() {
        programs::say(&format!("waiting for a new minute, {left} more"));
        let into_minute_ms = programs::now_ms() % 60_000;
        programs::wait(Duration::from_millis(60_500 - into_minute_ms as u64)).await;
        new_minute.push(programs::run(&mut status(&online))?.0);
    }
    new_minute.sort_unstable();

    let first = [first];
    let rows: Vec<String> = [
        ("first run: reads all of it", first.as_slice()),
        ("warm ledger, a new minute to read", &new_minute),
        ("warm ledger, nothing new", &nothing_new),
        ("warm ledger, offline", &offline),
    ]
    .map(|(what, times)| {
        format!(
            "| {what} | {} | {} |\n",
            times.len(),
            results::spread(times)
        )
    })
    .to_vec();
    let text = format!(
        "`tomoni status --data` of {} SLOs over 30 days, whole process, as JSON.\n\n\
         | | runs | least, ms | median, ms | greatest, ms |\n|---|---|---|---|---|\n{}",
        arguments.slos,
        rows.concat()
    );
    let name = format!("status-{}", arguments.slos);
    results::publish(&name, "Status over a warm ledger", &text)?;
    Ok(())
}

fn command(tomoni: &Path, specs: &Path, data: &Path, extra: &[&str]) -> Command {
    let mut command = Command::new(tomoni);
    command.args(["status", "--output", "json"]);
    command.arg("--specs").arg(specs).arg("--data").arg(data);
    command.args(extra);
    command
}
