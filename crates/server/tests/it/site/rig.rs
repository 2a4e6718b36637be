//! A whole server in this process: the lab's documents, counted in a simulated world, kept in a real
//! SQLite; asked over its router, without a socket.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tomoni_app::documents;
use tomoni_app::live::{Live, LiveOptions};
use tomoni_app::register::Register;
use tomoni_app::source::{Origins, SimulatedSource};
use tomoni_app::world::InForce;
use tomoni_ledger::{DAY_MINUTES, Minute};
use tomoni_server::http::{Clock, Settings, Site, Timeouts, router};
use tomoni_sources::simulated::Simulated;
use tomoni_sources::simulator::scenarios;
use tomoni_store::Store;
pub(crate) use tomoni_testkit::PUSHED;
use tower::ServiceExt;

/// Sunday, 22 November 2026, 09:00:10 UTC.
pub(crate) const NOW_MS: i64 = 1_795_338_010_000;
/// How much history the simulated world has.
const HISTORY_DAYS: i64 = 2;
/// More than any answer has.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;

/// A server with everything behind it.
pub(crate) struct Rig {
    pub(crate) site: Site,
    pub(crate) router: Router,
    pub(crate) now_ms: Arc<AtomicI64>,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
    _folder: TempDir,
}

impl Rig {
    pub(crate) async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let source = Some(lab());
        Self::over(
            store,
            folder,
            source,
            Settings::default(),
            Timeouts::default(),
        )
        .await
    }

    /// A server whose figures are all unknown: nobody is asked. Starts at once.
    pub(crate) async fn bare() -> Self {
        Self::with(Settings::default(), Timeouts::default()).await
    }

    /// The same with these settings.
    pub(crate) async fn with(settings: Settings, timeouts: Timeouts) -> Self {
        let folder = TempDir::new().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        Self::over(store, folder, None, settings, timeouts).await
    }

    pub(crate) async fn over(
        store: Store,
        folder: TempDir,
        source: Option<Origins>,
        settings: Settings,
        timeouts: Timeouts,
    ) -> Self {
        let now_ms = Arc::new(AtomicI64::new(NOW_MS));
        let read_clock = now_ms.clone();
        let now: Arc<dyn Fn() -> i64 + Send + Sync> =
            Arc::new(move || read_clock.load(Ordering::Relaxed));
        let elapsed: Arc<dyn Fn() -> Duration + Send + Sync> = Arc::new(Duration::default);
        let register = Register::open(store.clone(), NOW_MS).await.unwrap();
        let mut options = LiveOptions::new(store, now.clone(), elapsed);
        options.origins = source;
        options.in_force = InForce::read(documents::read(&[lab_documents()]), NOW_MS);
        options.history_days = HISTORY_DAYS;
        let (mut live, handle) = Live::open(options).await;
        live.tick(NOW_MS).await;
        while live.answers().await {}
        live.tick(NOW_MS).await;
        while live.answers().await {}
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(live.run(async {
            let _ = stopped.await;
        }));
        let clock = Clock::new(move || now(), Duration::default);
        let site = Site::with(handle, Some(register), settings, clock, timeouts);
        Self {
            router: router(site.clone()),
            site,
            now_ms,
            stop,
            running,
            _folder: folder,
        }
    }

    /// Ends the loop.
    pub(crate) async fn end(self) {
        self.stop.send(()).unwrap();
        self.running.await.unwrap();
    }

    /// The answer to a GET of a program on this machine.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(ask(Method::GET, path).body(Body::empty()).unwrap())
            .await
    }

    /// The answer to a GET of a browser on this machine.
    pub(crate) async fn page(&self, path: &str) -> Answer {
        let request = ask(Method::GET, path).header(header::ACCEPT, "text/html,*/*;q=0.8");
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// The answer to a request with a body.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        content_type: &str,
        body: impl Into<Body>,
    ) -> Answer {
        let request = ask(method, path).header(header::CONTENT_TYPE, content_type);
        self.send(request.body(body.into()).unwrap()).await
    }

    /// Puts documents in force.
    pub(crate) async fn apply(&self, text: &str) -> Answer {
        let (path, content_type) = ("/api/v1/documents", "application/yaml");
        self.ask(Method::PUT, path, content_type, text.to_owned())
            .await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, ANSWER_BYTES_MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: body.to_vec(),
        }
    }
}

fn lab_documents() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/lab")
}

/// A world in which the lab's documents find what they ask for.
pub(crate) fn lab() -> Origins {
    let until = Minute::ended_by_ms(NOW_MS);
    let world = scenarios::lab(7, until - HISTORY_DAYS * DAY_MINUTES, until);
    Origins::One(Arc::new(SimulatedSource::new(
        Simulated::new(world),
        "the lab",
    )))
}

/// A request to this machine.
pub(crate) fn ask(method: Method, path: &str) -> axum::http::request::Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "localhost:7357")
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The body of a success.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/json");
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The code of a failure, which is a whole problem.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{self:?}"
        );
        let body: Value = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(body["status"], self.status.as_u16());
        assert_eq!(body["request_id"], self.header("x-request-id"));
        assert!(!body["detail"].as_str().unwrap().is_empty(), "{body}");
        let code = body["code"].as_str().unwrap().to_owned();
        assert!(
            body["type"]
                .as_str()
                .unwrap()
                .ends_with(&format!("/api#{code}")),
            "{body}"
        );
        code
    }
}
