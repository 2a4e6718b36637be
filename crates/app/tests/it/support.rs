//! A real Prometheus with a month of the lab's world, and documents that are built by hand.

use std::sync::{Arc, OnceLock};

use tempfile::TempDir;
use tomoni_app::AppError;
use tomoni_app::documents::Documents;
use tomoni_app::servers::Servers;
use tomoni_app::status::{Filter, Sources, StatusReport, status};
use tomoni_ledger::{DAY_MINUTES, Minute, SpanSet};
use tomoni_slo::{
    Indicator, LedgerKey, Method, MissingData, Objective, Part, Promise, Query, Slo, Stage, Target,
    Window,
};
use tomoni_sources::prometheus::Config;
use tomoni_sources::simulator::{Scraping, scenarios, write_openmetrics};
use tomoni_spec::promql::generation;
use tomoni_spec::{Catalog, DataSource, Defined, Place};
use tomoni_store::Store;
use tomoni_testkit::{Prometheus, PrometheusOptions};

/// How long history is, in days: longer than the longest window and its burn windows.
const DAYS: i64 = 12;

/// 2026-11-22T09:00:00Z.
pub(crate) const NOW_MS: i64 = 1_795_338_000_000;

/// A Prometheus with history up to [`NOW_MS`], shared by the tests of this binary.
pub(crate) fn prometheus() -> &'static str {
    static SERVER: OnceLock<Prometheus> = OnceLock::new();
    let server = SERVER.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        // On a thread of its own: the caller may be inside a runtime.
        let begun = std::thread::spawn(move || runtime.block_on(start()));
        begun.join().unwrap()
    });
    server.url()
}

async fn start() -> Prometheus {
    let now = Minute::ended_by_ms(NOW_MS);
    let start = now - DAYS * DAY_MINUTES;
    let mut world = scenarios::lab(1, start, now);
    let wanted = ["unlock-api", "legacy-unlock-api"];
    world
        .services
        .retain(|service| wanted.contains(&service.name.as_str()));
    let scraping = Scraping {
        interval_ms: 60_000,
        from_ms: start.end_ms(),
        until_ms: NOW_MS,
    };
    let metrics: Vec<_> = world
        .services
        .iter()
        .flat_map(|service| world.scraped(service, scraping))
        .collect();
    let folder = TempDir::new().unwrap();
    let history = folder.path().join("history.om");
    write_openmetrics(&metrics, &mut std::fs::File::create(&history).unwrap()).unwrap();
    let options = PrometheusOptions {
        backfill: vec![history],
        ..PrometheusOptions::default()
    };
    Prometheus::start(options).await.unwrap()
}

/// A promise over a ratio of these two queries.
pub(crate) fn promise(bad: &str, total: &str, source: Option<&str>) -> Promise {
    let query = |promql: &str| Query {
        source: source.map(str::to_owned),
        promql: promql.to_owned(),
    };
    let indicator = Indicator::Ratio {
        part: Part::Bad,
        part_query: query(bad),
        total: query(total),
        counter: true,
    };
    let generation = generation(&indicator, source.unwrap_or_default(), 5).unwrap();
    Promise {
        display_name: None,
        indicator,
        threshold: None,
        key: LedgerKey {
            generation,
            threshold: None,
        },
        resolution_minutes: 5,
        objective: Objective {
            target: Target::new(0.999).unwrap(),
            method: Method::Occurrences,
            window: Window::rolling("7d").unwrap(),
            missing_data: MissingData::Ignore,
            exclusions: SpanSet::new(),
        },
    }
}

/// The share of failed requests of a service in the lab.
pub(crate) fn failures_of(job: &str, source: Option<&str>) -> Promise {
    promise(
        &format!("http_requests_total{{job=\"{job}\",code=~\"5..\"}}"),
        &format!("http_requests_total{{job=\"{job}\"}}"),
        source,
    )
}

/// Documents that define one SLO for each promise, named after its place: `slo-0`, `slo-1`.
pub(crate) fn documents(promises: &[Promise], sources: &[(&str, &str)]) -> Documents {
    let place = Place {
        file: Arc::from("slos.yaml"),
        line: 1,
        column: 1,
        bytes: (0, 0),
    };
    let slos = promises.iter().enumerate().map(|(i, promise)| Defined {
        value: Slo {
            name: format!("slo-{i}"),
            display_name: None,
            description: None,
            service: "service".to_owned(),
            team: Some("home".to_owned()),
            group_by: Vec::new(),
            group: None,
            stage: Stage::Active,
            exclusions: Vec::new(),
            promises: vec![promise.clone()],
        },
        place: place.clone(),
    });
    let data_sources = sources.iter().map(|(name, url)| Defined {
        value: DataSource {
            name: (*name).to_owned(),
            kind: "Prometheus".to_owned(),
            url: Some((*url).to_owned()),
            headers: Vec::new(),
        },
        place: place.clone(),
    });
    Documents {
        files: Vec::new(),
        catalog: Catalog {
            slos: slos.collect(),
            data_sources: data_sources.collect(),
            ..Catalog::default()
        },
    }
}

/// The configured server, asked without patience: tests of what fails should fail soon.
pub(crate) fn servers(url: &str) -> Servers {
    let named = Config {
        retries: 0,
        ..Config::new("")
    };
    let configured = Config {
        url: url.to_owned(),
        ..named.clone()
    };
    Servers {
        configured: Some(configured),
        named,
    }
}

/// A `status` run, as the binary would make it.
pub(crate) struct Run<'a> {
    pub(crate) documents: &'a Documents,
    pub(crate) servers: Option<&'a Servers>,
    pub(crate) store: Option<&'a Store>,
    pub(crate) at_ms: i64,
    pub(crate) filter: Filter<'a>,
    pub(crate) on_progress: tomoni_app::refresh::OnProgress,
}

impl<'a> Run<'a> {
    pub(crate) fn new(documents: &'a Documents, servers: Option<&'a Servers>) -> Self {
        Self {
            documents,
            servers,
            store: None,
            at_ms: NOW_MS,
            filter: Filter::default(),
            on_progress: Arc::new(|_| {}),
        }
    }

    pub(crate) async fn status(self) -> Result<StatusReport, AppError> {
        let sources = Sources {
            documents: self.documents,
            servers: self.servers,
            store: self.store,
            at_ms: self.at_ms,
            now_ms: NOW_MS,
            on_progress: self.on_progress,
        };
        status(&sources, self.filter).await
    }
}
