//! What it costs to keep SLOs up to date: recording rules, against Tomoni. See the README.

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use clap::Parser;
use tomoni_bench::services::{Target, write_history};
use tomoni_bench::{cpu, documents, programs, results, sloth};
use tomoni_testkit::{Prometheus, PrometheusOptions, http};

/// Measures the CPU seconds that SLOs cost, as recording rules and with Tomoni.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many SLOs, in order of size
    #[arg(long, value_delimiter = ',', default_value = "100,1000")]
    slos: Vec<usize>,
    /// Days of history
    #[arg(long, default_value_t = 30)]
    days: i64,
    /// Seconds between two scrapes
    #[arg(long, default_value_t = 60)]
    interval: i64,
    /// How many minutes each way is watched
    #[arg(long, default_value_t = 3)]
    minutes: u32,
}

/// Sloth's rules are evaluated every half minute.
const EVALUATION_S: u32 = 30;
const MINUTE: Duration = Duration::from_secs(60);

/// CPU seconds a minute.
#[derive(Clone, Copy, Debug, Default)]
struct Cost {
    prometheus: f64,
    tomoni: f64,
}

impl Cost {
    const fn together(self) -> f64 {
        self.prometheus + self.tomoni
    }
}

/// What was measured for so many SLOs.
#[derive(Debug)]
struct Measured {
    slos: usize,
    first_read: Duration,
    first_read_cpu: Cost,
    tomoni: Cost,
    rules: Cost,
    /// Rule evaluations that Prometheus left out because it could not keep up.
    missed: f64,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let bench = Bench::start(&arguments).await?;
    programs::say("the base: nothing but scraping");
    programs::wait(MINUTE).await;
    let base = bench.watch(arguments.minutes, || Ok(())).await?;
    let mut all = Vec::new();
    for slos in &arguments.slos {
        all.push(bench.tomoni_way(*slos).await?);
    }
    for measured in &mut all {
        bench.rules_way(measured).await?;
    }
    let sizes: Vec<String> = arguments.slos.iter().map(ToString::to_string).collect();
    results::publish(
        &format!("prometheus-rules-{}", sizes.join("-")),
        "CPU time to keep SLOs up to date",
        &report(&arguments, base, &all),
    )?;
    Ok(())
}

/// A Prometheus with its history, its live target, and a folder for everything else.
struct Bench {
    prometheus: Prometheus,
    _target: Target,
    folder: tempfile::TempDir,
    tomoni: PathBuf,
    rules: PathBuf,
    minutes: u32,
}

impl Bench {
    async fn start(arguments: &Arguments) -> Result<Self, Box<dyn Error>> {
        let tomoni = programs::tomoni()?;
        let folder = tempfile::tempdir()?;
        let services = arguments.slos.iter().copied().max().unwrap_or_default();
        let now_ms = programs::now_ms();
        let begun_ms = now_ms - arguments.days * 86_400_000;
        programs::say(&format!(
            "writing {} days of {services} services",
            arguments.days
        ));
        let history = folder.path().join("history.om");
        let mut file = BufWriter::with_capacity(1 << 20, File::create(&history)?);
        write_history(services, begun_ms, now_ms, arguments.interval, &mut file)?;
        file.flush()?;
        programs::say("backfilling (minutes)");
        let target = Target::start(services, begun_ms).await?;
        let prometheus = Prometheus::start(PrometheusOptions {
            scrape_configs: target.scrape_config(arguments.interval),
            rules: Some("groups: []\n".to_owned()),
            evaluation_interval_s: EVALUATION_S,
            backfill: vec![history.clone()],
            ..PrometheusOptions::default()
        })
        .await?;
        fs::remove_file(history)?;
        let rules = rules_file(&prometheus).await?;
        Ok(Self {
            prometheus,
            _target: target,
            folder,
            tomoni,
            rules,
            minutes: arguments.minutes,
        })
    }

    /// CPU seconds a minute over some whole minutes, in each of which something is done once.
    async fn watch(
        &self,
        minutes: u32,
        mut each_minute: impl FnMut() -> Result<(), Box<dyn Error>>,
    ) -> Result<Cost, Box<dyn Error>> {
        // Ten seconds into a minute the last one has been scraped.
        let into_minute = Duration::from_millis((programs::now_ms() % 60_000) as u64);
        programs::wait(Duration::from_secs(70).saturating_sub(into_minute)).await;
        let pid = self.prometheus.pid();
        let (prometheus, ours) = (cpu::of_process(pid)?, cpu::of_ended_children()?);
        for _ in 0..minutes {
            let begun = programs::now();
            each_minute()?;
            programs::wait(MINUTE.saturating_sub(begun.elapsed())).await;
        }
        let per_minute = |seconds: f64| seconds / f64::from(minutes);
        Ok(Cost {
            prometheus: per_minute(cpu::of_process(pid)? - prometheus),
            tomoni: per_minute(cpu::of_ended_children()? - ours),
        })
    }

    async fn tomoni_way(&self, slos: usize) -> Result<Measured, Box<dyn Error>> {
        let specs = self.folder.path().join(format!("specs-{slos}"));
        let data = self.folder.path().join(format!("data-{slos}"));
        documents::write(&specs, slos, true)?;
        let mut status = Command::new(&self.tomoni);
        status.args([
            "status",
            "--output",
            "json",
            "--prometheus",
            self.prometheus.url(),
        ]);
        status.arg("--specs").arg(&specs).arg("--data").arg(&data);

        programs::say(&format!("Tomoni, {slos} SLOs: the first read"));
        let pid = self.prometheus.pid();
        let (prometheus, ours) = (cpu::of_process(pid)?, cpu::of_ended_children()?);
        let (first_read, output) = programs::run(&mut status)?;
        let first_read_cpu = Cost {
            prometheus: cpu::of_process(pid)? - prometheus,
            tomoni: cpu::of_ended_children()? - ours,
        };
        all_counted(&output.stdout, slos)?;
        programs::say(&format!("Tomoni, {slos} SLOs: once a minute"));
        let tomoni = self
            .watch(self.minutes, || {
                let (_, output) = programs::run(&mut status)?;
                all_counted(&output.stdout, slos)
            })
            .await?;
        Ok(Measured {
            slos,
            first_read,
            first_read_cpu,
            tomoni,
            rules: Cost::default(),
            missed: 0.0,
        })
    }

    async fn rules_way(&self, measured: &mut Measured) -> Result<(), Box<dyn Error>> {
        programs::say(&format!("recording rules, {} SLOs", measured.slos));
        self.load_rules(&sloth::rules(measured.slos)).await?;
        programs::wait(MINUTE).await;
        let before = self.missed().await?;
        measured.rules = self.watch(self.minutes, || Ok(())).await?;
        measured.missed = self.missed().await? - before;
        self.load_rules("groups: []\n").await
    }

    async fn load_rules(&self, text: &str) -> Result<(), Box<dyn Error>> {
        fs::write(&self.rules, text)?;
        http::post(&format!("{}/-/reload", self.prometheus.url()), Vec::new()).await?;
        Ok(())
    }

    async fn missed(&self) -> Result<f64, Box<dyn Error>> {
        let metrics = http::get(&format!("{}/metrics", self.prometheus.url())).await?;
        let missed = metrics
            .lines()
            .filter(|line| line.starts_with("prometheus_rule_group_iterations_missed_total{"))
            .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
            .sum();
        Ok(missed)
    }
}

/// Where the running Prometheus reads its rules from.
async fn rules_file(prometheus: &Prometheus) -> Result<PathBuf, Box<dyn Error>> {
    let flags = http::get(&format!("{}/api/v1/status/flags", prometheus.url())).await?;
    let flags: serde_json::Value = serde_json::from_str(&flags)?;
    let config = flags["data"]["config.file"].as_str().unwrap_or_default();
    Ok(Path::new(config).with_file_name("rules.yml"))
}

/// Whether the report has a figure for every SLO: a cheap run that read nothing must not count.
fn all_counted(report: &[u8], slos: usize) -> Result<(), Box<dyn Error>> {
    let report: serde_json::Value = serde_json::from_slice(report)?;
    let rows = report["slos"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let counted = rows
        .iter()
        .filter(|row| row["total"].as_f64() > Some(0.0) && row["counting"] == "exact")
        .count();
    if counted == slos {
        Ok(())
    } else {
        Err(format!("only {counted} of {slos} SLOs were counted exactly").into())
    }
}

fn report(arguments: &Arguments, base: Cost, all: &[Measured]) -> String {
    let mut text = format!(
        "One Prometheus with {} days of 2 series per SLO, scraped every {} s; rules evaluated every \
         {EVALUATION_S} s; each way watched for {} minutes. CPU seconds (user and system) per minute.\n\n\
         | way | SLOs | Prometheus | Tomoni | together |\n|---|---|---|---|---|\n\
         | base: scraping only | – | {:.2} | – | {:.2} |\n",
        arguments.days, arguments.interval, arguments.minutes, base.prometheus, base.prometheus
    );
    for m in all {
        for (way, cost) in [("recording rules", m.rules), ("Tomoni", m.tomoni)] {
            text += &format!(
                "| {way} | {} | {:.2} | {:.2} | {:.2} |\n",
                m.slos,
                cost.prometheus,
                cost.tomoni,
                cost.together()
            );
        }
    }
    text += "\n";
    for m in all {
        let less = |cost: Cost| cost.together() - base.prometheus;
        text += &format!(
            "- {} SLOs: {:.1} times less than rules ({:.1} times with the base taken off both sides). \
             Rule evaluations left out for want of time: {}. The first read of {} days took {:.1} s, \
             {:.1} CPU seconds of Prometheus and {:.1} of Tomoni.\n",
            m.slos,
            m.rules.together() / m.tomoni.together(),
            less(m.rules) / less(m.tomoni),
            m.missed,
            arguments.days,
            m.first_read.as_secs_f64(),
            m.first_read_cpu.prometheus,
            m.first_read_cpu.tomoni
        );
    }
    text
}
