//! A simulated world as live scrape targets.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tomoni_sources::simulator::{Labels, Life, Meter, Service, World};

use crate::error::TestkitError;

/// The present, in milliseconds since the Unix epoch. Only the caller knows what time it is.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The scrapes that one process answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// The service.
    pub service: String,
    /// The process that answered.
    pub life: Life,
    /// What time its first answer was of, in milliseconds since the Unix epoch.
    pub first_ms: i64,
    /// What time its last answer was of.
    pub last_ms: i64,
}

/// A process: service, slot and when it began to serve.
type ProcessKey = (String, usize, i64);

/// Serves `/metrics` of every living process of a world, and tells Prometheus where they are.
///
/// One port serves all: service discovery (`/sd`) gives each process a path of its own and the
/// labels `job`, `instance` and `pod` of its own. A dead process hangs up without an answer.
pub struct SimulatedTargets {
    address: String,
    state: Arc<State>,
    accepting: JoinHandle<()>,
}

struct State {
    world: World,
    clock: Clock,
    address: String,
    meters: Mutex<HashMap<ProcessKey, Meter>>,
    served: Mutex<BTreeMap<ProcessKey, Served>>,
}

impl SimulatedTargets {
    /// Begins to serve on a free loopback port. Needs a tokio runtime.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn start(world: World, clock: Clock) -> Result<Self, TestkitError> {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .map_err(TestkitError::Listen)?;
        let address = listener
            .local_addr()
            .map_err(TestkitError::Listen)?
            .to_string();
        let state = Arc::new(State {
            world,
            clock,
            address: address.clone(),
            meters: Mutex::default(),
            served: Mutex::default(),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&state)));
        Ok(Self {
            address,
            state,
            accepting,
        })
    }

    /// An item of Prometheus' `scrape_configs` that scrapes the whole world.
    pub fn scrape_config(&self, interval_s: u32) -> String {
        format!(
            "- job_name: simulator\n  \
               scrape_interval: {interval_s}s\n  \
               scrape_timeout: {interval_s}s\n  \
               http_sd_configs:\n  - url: http://{}/sd\n    refresh_interval: {interval_s}s\n",
            self.address
        )
    }

    /// The same without service discovery, which Prometheus is five seconds late with: all pods that
    /// will have been born before `until_ms` are targets from the start, and fail until they live.
    pub fn foreseen_config(&self, interval_s: u32, until_ms: i64) -> String {
        let world = &self.state.world;
        let mut pods = BTreeMap::new();
        for service in &world.services {
            for life in world.lives(service, until_ms) {
                let labels = self.state.labels(service, &life, until_ms);
                pods.insert(life.pod, labels);
            }
        }
        let mut config = format!(
            "- job_name: simulator\n  scrape_interval: {interval_s}s\n  \
               scrape_timeout: {interval_s}s\n  static_configs:\n"
        );
        for labels in pods.into_values() {
            let target = serde_json::json!({ "targets": [self.address], "labels": labels });
            // JSON is YAML.
            config += &format!("  - {target}\n");
        }
        config
    }

    /// What was answered so far, by process: by service and slot, in order of time.
    pub fn served(&self) -> Vec<Served> {
        let served = self
            .state
            .served
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        served.values().cloned().collect()
    }
}

impl Drop for SimulatedTargets {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl fmt::Debug for SimulatedTargets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedTargets")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        // A connection that breaks is the scraper's to notice.
        tokio::spawn(converse(stream, Arc::clone(&state)));
    }
}

/// Answers requests of one connection until either side has had enough.
async fn converse(stream: TcpStream, state: Arc<State>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let Some(path) = next_request(&mut stream).await? else {
            return Ok(());
        };
        let Some((kind, body)) = state.answer(&path) else {
            return Ok(());
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(body.as_bytes()).await?;
        stream.flush().await?;
    }
}

/// The path of the next GET; `None` at the end, or at something else than a GET.
async fn next_request(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<String>> {
    let mut request = String::new();
    stream.read_line(&mut request).await?;
    let mut header = String::new();
    while stream.read_line(&mut header).await? > 2 {
        header.clear();
    }
    let path = request
        .strip_prefix("GET ")
        .and_then(|rest| rest.split_whitespace().next());
    Ok(path.map(str::to_owned))
}

impl State {
    fn answer(&self, path: &str) -> Option<(&'static str, String)> {
        let now_ms = (self.clock)();
        match path {
            "/sd" => Some(("application/json", self.discovery(now_ms))),
            _ => {
                let pod = path.strip_prefix("/pods/")?.strip_suffix("/metrics")?;
                let body = self.metrics(pod, now_ms)?;
                Some(("text/plain; version=0.0.4; charset=utf-8", body))
            }
        }
    }

    /// The processes that answer now, as Prometheus' HTTP service discovery wants them.
    fn discovery(&self, now_ms: i64) -> String {
        let mut items = Vec::new();
        for service in &self.world.services {
            for life in self.living(service, now_ms) {
                let mut labels = service.target_at(&life, now_ms);
                labels.insert(
                    "__metrics_path__".to_owned(),
                    format!("/pods/{}/metrics", life.pod),
                );
                items.push(serde_json::json!({ "targets": [self.address], "labels": labels }));
            }
        }
        serde_json::Value::Array(items).to_string()
    }

    /// A target's labels, and where its metrics are.
    fn labels(&self, service: &Service, life: &Life, at_ms: i64) -> Labels {
        let mut labels = service.target_at(life, at_ms);
        labels.insert(
            "__metrics_path__".to_owned(),
            format!("/pods/{}/metrics", life.pod),
        );
        labels
    }

    fn living(&self, service: &Service, now_ms: i64) -> Vec<Life> {
        let mut lives = self.world.lives(service, now_ms + 1);
        lives.retain(|life| life.is_up(now_ms));
        lives
    }

    fn metrics(&self, pod: &str, now_ms: i64) -> Option<String> {
        let (service, life) = self.world.services.iter().find_map(|service| {
            let mut living = self.living(service, now_ms).into_iter();
            living
                .find(|life| life.pod == pod)
                .map(|life| (service, life))
        })?;
        if !self.world.is_reachable(service, &life, now_ms) {
            return None;
        }
        let key = (service.name.clone(), life.slot, life.served_ms.0);
        let mut meters = self.meters.lock().unwrap_or_else(PoisonError::into_inner);
        let meter = meters
            .entry(key.clone())
            .or_insert_with(|| Meter::new(&self.world, service, &life));
        let text = self.world.exposition(service, &life, meter, now_ms);
        drop(meters);
        let mut served = self.served.lock().unwrap_or_else(PoisonError::into_inner);
        let name = service.name.clone();
        let new = Served {
            service: name,
            life,
            first_ms: now_ms,
            last_ms: now_ms,
        };
        served.entry(key).or_insert(new).last_ms = now_ms;
        Some(text)
    }
}
