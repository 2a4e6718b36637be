//! A real Prometheus.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::TestkitError;
use crate::http;
use crate::server::{Server, Signs, file_error, temporary_folder};

/// The configuration's file in the server's folder.
const CONFIG: &str = "prometheus.yml";
/// Its data's folder there.
const DATA: &str = "data";

const SIGNS: Signs = Signs {
    ready: "/-/ready",
    flags: "/api/v1/status/flags",
};

/// With what a Prometheus is started.
#[derive(Clone, Debug, Default)]
pub struct PrometheusOptions {
    /// The items of `scrape_configs`, as YAML; empty scrapes nothing. `{port}` becomes the port
    /// that this Prometheus answers on itself.
    pub scrape_configs: String,
    /// A rule file's content, as YAML.
    pub rules: Option<String>,
    /// How often rules are evaluated, in seconds; 0 is Prometheus' own minute.
    pub evaluation_interval_s: u32,
    /// OpenMetrics files that are turned into blocks before the start.
    pub backfill: Vec<PathBuf>,
    /// More command-line flags.
    pub flags: Vec<String>,
}

/// A Prometheus on a free loopback port with a folder of its own. Dropping it ends it; so
/// does the end of this process, however it comes.
#[derive(Debug)]
pub struct Prometheus {
    server: Server,
}

impl Prometheus {
    /// Starts one and waits until it is ready.
    ///
    /// # Errors
    ///
    /// When a file cannot be written, promtool refuses the backfill, or Prometheus does not get
    /// ready; with what they printed.
    pub async fn start(options: PrometheusOptions) -> Result<Self, TestkitError> {
        let folder = temporary_folder()?;
        let data = folder.path().join(DATA);
        for file in &options.backfill {
            backfill(file, &data)?;
        }
        let server = Server::start("prometheus", folder, SIGNS, |port, folder| {
            let config = write_config(folder, &options, port)?;
            let mut arguments = vec![
                format!("--config.file={}", config.display()),
                format!("--storage.tsdb.path={}", data.display()),
                format!("--web.listen-address=127.0.0.1:{port}"),
                // Simulated months lie in the past; nothing of them may expire during a test.
                "--storage.tsdb.retention.time=100y".to_owned(),
                "--web.enable-lifecycle".to_owned(),
                "--web.enable-admin-api".to_owned(),
                "--log.level=warn".to_owned(),
            ];
            arguments.extend(options.flags.iter().cloned());
            Ok(arguments)
        });
        Ok(Self {
            server: server.await?,
        })
    }

    /// Makes it scrape nothing any more (and evaluate no rules): after this, what it holds stays as
    /// it is.
    ///
    /// # Errors
    ///
    /// When the configuration cannot be written, or it does not take it.
    pub async fn stop_scraping(&self) -> Result<(), TestkitError> {
        write_config(self.server.folder(), &PrometheusOptions::default(), 0)?;
        http::post(&format!("{}/-/reload", self.url()), Vec::new())
            .await
            .map(drop)
    }

    /// It is gone at once, as if its machine had lost its power; its files stay.
    pub fn vanish(&mut self) {
        self.server.vanish();
    }

    /// It is started again, on the same port and the same files.
    ///
    /// # Errors
    ///
    /// When it does not get ready; with what it printed.
    pub async fn come_back(&mut self) -> Result<(), TestkitError> {
        self.server.come_back(SIGNS).await
    }

    /// Where its blocks are.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder().join(DATA)
    }

    /// Where it answers: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.server.url
    }

    /// Its process id, for measuring what it costs.
    pub fn pid(&self) -> u32 {
        self.server.pid()
    }

    /// Where its files are: `data` beneath is the database.
    pub fn folder(&self) -> &Path {
        self.server.folder()
    }

    /// All that it printed so far.
    pub fn printed(&self) -> String {
        self.server.printed()
    }
}

/// Turns an OpenMetrics file into blocks in a Prometheus data folder, by promtool.
///
/// # Errors
///
/// When promtool cannot be started or refuses the file.
pub fn backfill(openmetrics: &Path, data: &Path) -> Result<(), TestkitError> {
    let program = "promtool tsdb create-blocks-from openmetrics";
    let output = Command::new("promtool")
        .args(["tsdb", "create-blocks-from", "openmetrics", "--quiet"])
        // One pass over the file for each block: with the default two hours, 360 passes a month.
        .arg("--max-block-duration=1458h")
        .args([openmetrics, data])
        .stdin(Stdio::null())
        .output()
        .map_err(|source| TestkitError::Spawn {
            program: program.to_owned(),
            source,
        })?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(TestkitError::Failed {
        program: program.to_owned(),
        status: output.status,
        output: String::from_utf8_lossy(&said).into_owned(),
    })
}

fn write_config(
    folder: &Path,
    options: &PrometheusOptions,
    port: u16,
) -> Result<PathBuf, TestkitError> {
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text)
            .map_err(|error| file_error("cannot write a configuration", &path, error))?;
        Ok(path)
    };
    let mut config = String::from("global:\n  scrape_interval: 15s\n");
    if options.evaluation_interval_s > 0 {
        config += &format!(
            "  evaluation_interval: {}s\n",
            options.evaluation_interval_s
        );
    }
    if let Some(rules) = &options.rules {
        config += &format!(
            "rule_files: [\"{}\"]\n",
            write("rules.yml", rules)?.display()
        );
    }
    if !options.scrape_configs.is_empty() {
        let items = options.scrape_configs.replace("{port}", &port.to_string());
        config += &format!("scrape_configs:\n{items}");
    }
    write(CONFIG, &config)
}
