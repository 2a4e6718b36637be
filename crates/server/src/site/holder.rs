//! What every handler holds.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, Semaphore, watch};
use tomoni_app::detail::Details;
use tomoni_app::live::Handle;
use tomoni_app::register::Register;
use tomoni_app::world::World;
use tomoni_store::Sizes;

use super::limits;
use super::metrics::Metrics;
use super::settings::Settings;

/// Where handlers get the time from: the wall, and a clock that only runs forward.
#[derive(Clone)]
pub struct Clock {
    now_ms: Arc<dyn Fn() -> i64 + Send + Sync>,
    elapsed: Arc<dyn Fn() -> Duration + Send + Sync>,
}

impl Clock {
    /// A clock of these two: milliseconds since the Unix epoch, and the time since some instant.
    pub fn new(
        now_ms: impl Fn() -> i64 + Send + Sync + 'static,
        elapsed: impl Fn() -> Duration + Send + Sync + 'static,
    ) -> Self {
        Self {
            now_ms: Arc::new(now_ms),
            elapsed: Arc::new(elapsed),
        }
    }

    /// Milliseconds since the Unix epoch.
    pub fn now_ms(&self) -> i64 {
        (self.now_ms)()
    }

    /// The time since some instant; it never runs backward.
    pub fn elapsed(&self) -> Duration {
        (self.elapsed)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock").finish_non_exhaustive()
    }
}

/// How long things may take; [`Timeouts::default`] are the constants of [`limits`].
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// A request's head.
    pub head: Duration,
    /// A request's body.
    pub body: Duration,
    /// A body that waits for room.
    pub room: Duration,
    /// An answer.
    pub answer: Duration,
    /// A client that takes nothing of its answer.
    pub write: Duration,
    /// What is under way when the server is told to stop.
    pub stop: Duration,
    /// How often a silent stream says that it lives.
    pub keep_alive: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            head: limits::HEAD_TIMEOUT,
            body: limits::BODY_TIMEOUT,
            room: limits::BODIES_WAIT,
            answer: limits::ANSWER_TIMEOUT,
            write: limits::WRITE_TIMEOUT,
            stop: limits::STOP_GRACE,
            keep_alive: limits::STREAM_KEEP_ALIVE,
        }
    }
}

/// What every handler holds; cheap to clone.
#[derive(Clone)]
pub struct Site(Arc<Inner>);

struct Inner {
    details: Details,
    register: Option<Register>,
    handle: Handle,
    settings: Settings,
    timeouts: Timeouts,
    clock: Clock,
    boot: String,
    next_id: AtomicU64,
    metrics: Metrics,
    sizes: Mutex<Measured>,
    requests: Semaphore,
    writes: Semaphore,
    bodies: Arc<Semaphore>,
    histories: Semaphore,
    turns: Semaphore,
    comparisons: Semaphore,
    streams: Arc<Semaphore>,
    is_stopping: watch::Sender<bool>,
}

/// How much the database held when it was asked last.
#[derive(Debug, Default)]
struct Measured {
    asked_ms: Option<i64>,
    sizes: Option<Sizes>,
}

impl Site {
    /// A site over a running loop.
    pub fn new(handle: Handle, settings: Settings, clock: Clock) -> Self {
        Self::with(handle, None, settings, clock, Timeouts::default())
    }

    /// The same, with a register in which documents can be changed, and with other timeouts.
    pub fn with(
        handle: Handle,
        register: Option<Register>,
        settings: Settings,
        clock: Clock,
        timeouts: Timeouts,
    ) -> Self {
        // Distinguishes this process's ids and tags from those of the one before.
        let boot = format!("{:x}", clock.now_ms());
        Self(Arc::new(Inner {
            details: Details::new(handle.store().clone()),
            register,
            handle,
            settings,
            timeouts,
            clock,
            boot,
            next_id: AtomicU64::new(1),
            metrics: Metrics::default(),
            sizes: Mutex::default(),
            requests: Semaphore::new(limits::REQUESTS_MAX),
            writes: Semaphore::new(limits::WRITES_MAX),
            bodies: Arc::new(Semaphore::new(limits::BODIES_BYTES_MAX)),
            histories: Semaphore::new(limits::HISTORIES_MAX),
            turns: Semaphore::new(limits::TURNS_MAX),
            comparisons: Semaphore::new(limits::COMPARISONS_MAX),
            streams: Arc::new(Semaphore::new(limits::STREAMS_MAX)),
            is_stopping: watch::Sender::new(false),
        }))
    }

    /// The loop.
    pub fn handle(&self) -> &Handle {
        &self.0.handle
    }

    /// World as it is now.
    pub fn world(&self) -> Arc<World> {
        self.0.handle.world()
    }

    /// Objectives' histories.
    pub fn details(&self) -> &Details {
        &self.0.details
    }

    /// Documents in the journal; `None` where the server shows what cannot be changed.
    pub fn register(&self) -> Option<&Register> {
        self.0.register.as_ref()
    }

    /// What the operator chose.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// How long things may take.
    pub fn timeouts(&self) -> &Timeouts {
        &self.0.timeouts
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// What is counted for `/metrics`.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// How much the database holds, counted once a minute at most; `None` where it was never counted.
    pub(crate) async fn sizes(&self) -> Option<Sizes> {
        let mut measured = self.0.sizes.lock().await;
        let now_ms = self.clock().now_ms();
        let every = i64::try_from(limits::SIZES_EVERY.as_millis()).unwrap_or(i64::MAX);
        let is_old = |at_ms: i64| (now_ms - at_ms).abs() >= every;
        if measured.asked_ms.is_none_or(is_old) {
            measured.asked_ms = Some(now_ms);
            match self.handle().store().sizes().await {
                Ok(sizes) => measured.sizes = Some(sizes),
                Err(error) => tracing::warn!(%error, "what the database holds was not counted"),
            }
        }
        measured.sizes
    }

    /// Tells streams to end; requests that are under way go on.
    pub fn stop(&self) {
        self.0.is_stopping.send_replace(true);
    }

    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.0.is_stopping.subscribe()
    }

    pub(crate) fn boot(&self) -> &str {
        &self.0.boot
    }

    pub(crate) fn next_request_id(&self) -> String {
        let number = self.0.next_id.fetch_add(1, Ordering::Relaxed);
        format!("{}-{number}", self.0.boot)
    }

    /// Places for requests that only look.
    pub(crate) fn requests(&self) -> &Semaphore {
        &self.0.requests
    }

    /// Places for requests that change something.
    pub(crate) fn writes(&self) -> &Semaphore {
        &self.0.writes
    }

    /// Room for bodies, in bytes.
    pub(crate) fn bodies(&self) -> Arc<Semaphore> {
        self.0.bodies.clone()
    }

    /// Places for requests that go through an SLO's minutes.
    pub(crate) fn histories(&self) -> &Semaphore {
        &self.0.histories
    }

    /// Their turns: [`limits::TURNS_MAX`].
    pub fn turns(&self) -> &Semaphore {
        &self.0.turns
    }

    /// The place of whoever compares all SLOs with what others would say.
    pub(crate) fn comparisons(&self) -> &Semaphore {
        &self.0.comparisons
    }

    pub(crate) fn streams(&self) -> Arc<Semaphore> {
        self.0.streams.clone()
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site")
            .field("settings", &self.0.settings)
            .finish_non_exhaustive()
    }
}
