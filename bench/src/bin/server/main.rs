//! What a server of many SLOs takes: time, memory, disk; and how soon its pages come. See the README.

mod pages;
mod report;
mod site;

use std::error::Error;
use std::process::Command;

use clap::Parser;
use pages::Pages;
use site::Site;
use tomoni_bench::load::Times;
use tomoni_bench::server::Server;
use tomoni_bench::services::Target;
use tomoni_bench::{programs, results};
use tomoni_testkit::{Prometheus, PrometheusOptions};

/// Measures `tomoni serve` over a year of minutes.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many SLOs, in order of size
    #[arg(long, value_delimiter = ',', default_value = "10,100,1000")]
    sizes: Vec<usize>,
    /// Days of minutes
    #[arg(long, default_value_t = 365)]
    days: i64,
    /// How many minutes the servers are watched
    #[arg(long, default_value_t = 3)]
    minutes: u32,
    /// Seconds between two scrapes
    #[arg(long, default_value_t = 15)]
    interval: i64,
    /// How often each server is started
    #[arg(long, default_value_t = 5)]
    starts: usize,
    /// Requests a second that `wrk` is to send (each connection waits after an answer, so it sends a few
    /// less), and for how many seconds
    #[arg(long, num_args = 2, default_values_t = [108, 60])]
    load: Vec<u32>,
    /// Write the figures under another name than `server`
    #[arg(long, default_value = "server")]
    name: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let folder = tempfile::tempdir()?;
    let most = arguments.sizes.iter().copied().max().unwrap_or_default();
    let target = Target::start(most, programs::now_ms()).await?;
    let prometheus = Prometheus::start(PrometheusOptions {
        scrape_configs: target.scrape_config(arguments.interval),
        ..PrometheusOptions::default()
    })
    .await?;
    let mut sites = Vec::new();
    for slos in &arguments.sizes {
        let place = folder.path().join(slos.to_string());
        sites.push(Site::prepare(*slos, &place, &arguments, prometheus.url()).await?);
    }
    programs::say("watching");
    site::watch(&mut sites, arguments.minutes).await?;
    let Some(largest) = sites.pop() else {
        return Err("no size was given".into());
    };
    // Nothing else runs while pages are asked for.
    let mut measured: Vec<_> = sites.into_iter().map(|site| site.measured).collect();
    let pages = Pages::measure(&largest, &arguments, folder.path()).await?;
    measured.push(largest.measured);
    drop(largest.server);
    programs::say("the demo");
    let mut demo = Vec::new();
    for _ in 0..arguments.starts {
        let mut command = Command::new(programs::tomoni()?);
        demo.push(Server::start(command.arg("demo")).await?.first_page);
    }
    let text = report::report(&arguments, &measured, &pages, &Times::of(&demo));
    results::publish_picture(&arguments.name, &report::picture(&measured))?;
    results::publish(&arguments.name, "A server over a year of minutes", &text)?;
    Ok(())
}
