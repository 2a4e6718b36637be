//! One run of the proof: its folder, what it leans on, and the process that is alive.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tempfile::TempDir;
use tokio::sync::watch;
use tomoni_app::live::{Handle, Live, LiveOptions};
use tomoni_app::source::Origins;
use tomoni_app::world::{InForce, World};
use tomoni_ledger::{Day, Fact, Minute, Span};
use tomoni_slo::Promise;
use tomoni_store::Store;
use tomoni_store::faults::Point;

use super::sender::Sender;
use super::weather::{Flaky, Injected, Weather};
use crate::support::documents;

/// A run: its folder, its source, and the process that is alive.
pub(super) struct Run {
    folder: TempDir,
    promises: Vec<Promise>,
    pub(super) weather: Arc<Mutex<Weather>>,
    pub(super) sender: Sender,
    /// What the process' clock says.
    clock: Arc<AtomicI64>,
    waiting: Arc<AtomicUsize>,
    tick: watch::Sender<i64>,
    is_killed: Arc<AtomicBool>,
    pub(super) is_away: Arc<AtomicBool>,
    /// When a call ends: after so many points of calls.
    pub(super) kill_in: Arc<Mutex<Option<u64>>>,
    pub(super) process: Option<(Live, Handle)>,
}

impl Run {
    /// A run whose devices are switched on at this instant.
    pub(super) fn new(promises: Vec<Promise>, now_ms: i64) -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            promises,
            weather: Arc::default(),
            sender: Sender::new(Minute::ended_by_ms(now_ms)),
            clock: Arc::default(),
            waiting: Arc::default(),
            tick: watch::Sender::new(0),
            is_killed: Arc::default(),
            is_away: Arc::default(),
            kill_in: Arc::default(),
            process: None,
        }
    }

    /// Starts a process.
    pub(super) async fn start(&mut self, now_ms: i64) -> &Handle {
        self.clock.store(now_ms, Ordering::SeqCst);
        let store = Store::open(self.folder.path()).await.unwrap();
        self.is_killed.store(false, Ordering::SeqCst);
        let (killed, away) = (Arc::clone(&self.is_killed), Arc::clone(&self.is_away));
        let (kill_in, weather) = (Arc::clone(&self.kill_in), Arc::clone(&self.weather));
        store.set_faults(Some(Arc::new(move |_, point| {
            if killed.load(Ordering::SeqCst) {
                return true;
            }
            let mut kill_in = kill_in.lock().unwrap();
            let is_now = *kill_in == Some(0);
            *kill_in = kill_in.and_then(|n| n.checked_sub(1));
            if is_now {
                killed.store(true, Ordering::SeqCst);
                let injected = &mut weather.lock().unwrap().injected;
                match point {
                    Point::BeforeCommit => injected.kills_before += 1,
                    Point::AfterCommit => injected.kills_after += 1,
                }
            }
            is_now || (point == Point::BeforeCommit && away.load(Ordering::SeqCst))
        })));
        let source = Flaky {
            weather: Arc::clone(&self.weather),
            tick: self.tick.subscribe(),
            waiting: Arc::clone(&self.waiting),
        };
        let clock = Arc::clone(&self.clock);
        let now = Arc::new(move || clock.load(Ordering::SeqCst));
        let mut options = LiveOptions::new(store, now, Arc::new(|| Duration::ZERO));
        options.origins = Some(Origins::One(Arc::new(source)));
        options.in_force = InForce::read(documents(&self.promises, &[]), now_ms);
        &self.process.insert(Live::open(options).await).1
    }

    /// One tick, with all that is pushed, and all answers that come before the next one. A process that ended in it is
    /// followed by another.
    pub(super) async fn tick(&mut self, now_ms: i64) {
        self.tick.send_modify(|tick| *tick += 1);
        self.clock.store(now_ms, Ordering::SeqCst);
        if self.process.is_none() {
            self.start(now_ms).await;
        }
        let (live, handle) = self.process.as_mut().unwrap();
        if self.promises.iter().any(|p| p.indicator.pushed().is_some()) {
            self.sender.make(self.weather.lock().unwrap().now());
        }
        let sending = self.sender.send(handle, &self.weather);
        // What is sent waits for the tick, and the tick takes what waits.
        tokio::join!(biased; sending, live.tick(now_ms));
        loop {
            // Tasks run when we let them: one that does not wait is done after this.
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
            if live.under_way() <= self.waiting.load(Ordering::SeqCst) {
                break;
            }
            live.answers().await;
        }
        if self.is_killed.load(Ordering::SeqCst) {
            self.kill().await;
        }
    }

    pub(super) async fn kill(&mut self) {
        self.process = None;
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
    }

    /// Every minute of a span of each ledger, as the database holds them. All that is read is settled.
    pub(super) async fn ledger(&mut self, span: Span) -> Vec<(Promise, Vec<Option<Fact>>)> {
        self.kill().await;
        let store = Store::open(self.folder.path()).await.unwrap();
        let days: Vec<Day> = span.days().collect();
        let mut all = Vec::new();
        for promise in &self.promises {
            let key = promise.key.clone();
            let known = store.known(std::slice::from_ref(&key)).await.unwrap();
            let is_settled = known[0].settled.gaps(span).is_empty();
            assert!(is_settled || promise.indicator.pushed().is_some(), "{key}");
            let held = store.days(&[(key, days.clone())]).await.unwrap();
            let of = |minute: Minute| {
                let day = held[0].1.iter().find(|day| day.day() == minute.day())?;
                day.facts().get(minute.place_in_day()).copied()
            };
            all.push((promise.clone(), span.minutes().map(of).collect()));
        }
        all
    }

    pub(super) fn world(&self) -> Arc<World> {
        self.process.as_ref().unwrap().1.world()
    }

    pub(super) fn injected(&self) -> Injected {
        self.weather.lock().unwrap().injected
    }
}
