//! The loop: clock, documents, sources and the store, feeding the engine and carrying out what it
//! says, and a new [`World`] after each change.
//!
//! One task owns everything. What it does is told by ticks and by what comes in between: answers of
//! sources, and commands of a [`Handle`]. New minutes are put into memory first, so that figures go
//! on while the database is away; then all of a tick are kept in one write. What could not be kept
//! waits in memory, up to a limit; when that is reached nothing more is read, and nothing is dropped.
//!
//! It can be driven step by step without any clock: [`Live::tick`] and [`Live::answers`] are all
//! that [`Live::run`] calls.

mod draw;
mod groups;
mod handle;
mod health;
mod held;
mod judged;
mod keeping;
mod minutes;
mod source;
mod tracked;
mod wanted;

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval};
use tomoni_engine::{Effect, Engine, Input, Pace, Read};
use tomoni_ledger::Minute;
use tomoni_slo::LedgerKey;
use tomoni_store::Store;

use crate::reading::{Answer, Meter, Readers, ServerId};
use crate::source::Origins;
use crate::world::{InForce, World};
use groups::Grouped;
pub use handle::Handle;
use handle::{COMMANDS_MAX, Command};
use health::Vitals;
pub use health::{Counters, Health, SourceHealth, TIME_BUCKETS_MS, Times};
use held::Held;
use keeping::Keeping;
use source::SourceState;

/// How many reads of history one server has under way: the present never waits for all of them.
const OLD_READS_AT_ONCE: usize = 1;
/// A clock that goes back by more than this is taken at its word.
const CLOCK_BACK_MS: i64 = 60_000;
/// How long after a failed read the next one is tried, at first and at most.
const RETRY_FIRST_MS: i64 = 15_000;
const RETRY_MOST_MS: i64 = 5 * 60_000;

/// Reads a clock.
pub type Clock<T> = Arc<dyn Fn() -> T + Send + Sync>;

/// What the loop needs.
pub struct LiveOptions {
    /// Where minutes are kept.
    pub store: Store,
    /// Who is asked; `None` asks nobody.
    pub origins: Option<Origins>,
    /// The documents in force at first.
    pub in_force: InForce,
    /// When minutes settle and close.
    pub pace: Pace,
    /// How much history is fetched of an SLO at most, in days; see [`LiveOptions::new`].
    pub history_days: i64,
    /// From one tick to the next.
    pub tick: Duration,
    /// The present, in milliseconds since the Unix epoch.
    pub now_ms: Clock<i64>,
    /// A clock that only ever goes forward, from wherever: measures how long ticks take.
    pub elapsed: Clock<Duration>,
}

impl LiveOptions {
    /// The defaults: nobody is asked, no documents, a tick every 15 s, and of each SLO as much
    /// history as its figures need, between 28 and 90 days.
    pub fn new(store: Store, now_ms: Clock<i64>, elapsed: Clock<Duration>) -> Self {
        Self {
            store,
            origins: None,
            in_force: InForce::default(),
            pace: Pace::default(),
            history_days: 90,
            tick: Duration::from_secs(15),
            now_ms,
            elapsed,
        }
    }
}

/// The loop. See the module's documentation.
#[derive(Debug)]
pub struct Live {
    options: LiveOptions,
    engine: Engine,
    grouped: Grouped,
    /// The documents in force, with their groups.
    in_force: InForce,
    ledgers: BTreeMap<LedgerKey, Held>,
    readers: Readers,
    sources: BTreeMap<ServerId, SourceState>,
    meter: Meter,
    keeping: Keeping,
    inputs: Vec<Input>,
    now_ms: i64,
    /// The watermark at which everything was looked at last, when nothing has come since.
    looked_at: Option<Minute>,
    /// The watermark at which it was looked last whether days have been judged.
    judged_at: Option<Minute>,
    /// When history began to come in, and how many ledger minutes have come since.
    backfill: Option<(i64, i64)>,
    commands: mpsc::Receiver<Command>,
    world: Arc<ArcSwap<World>>,
    changes: watch::Sender<u64>,
    vitals: Arc<Vitals>,
}

impl Live {
    /// The loop at its beginning: what the store holds is in memory, and the first world is drawn
    /// from it. A store that cannot be read is an outage, and is tried again at each tick.
    pub async fn open(options: LiveOptions) -> (Self, Handle) {
        let (told, commands) = mpsc::channel(COMMANDS_MAX);
        let (changes, changed) = watch::channel(0);
        let world = Arc::new(ArcSwap::from_pointee(World::default()));
        let vitals = Arc::new(Vitals::default());
        let keeping = Keeping::default();
        let handle = Handle {
            away: Arc::clone(&keeping.away),
            world: Arc::clone(&world),
            changes: changed,
            commands: told,
            vitals: Arc::clone(&vitals),
            store: options.store.clone(),
        };
        let now_ms = (options.now_ms)();
        vitals.note(|health| health.begun_ms = now_ms);
        let meter = Meter::new(Arc::new(|_| {}));
        let mut live = Self {
            engine: Engine::new(options.pace),
            grouped: Grouped::default(),
            in_force: InForce::default(),
            ledgers: BTreeMap::new(),
            readers: Readers::new(meter.clone(), OLD_READS_AT_ONCE),
            sources: BTreeMap::new(),
            meter,
            keeping,
            inputs: Vec::new(),
            now_ms,
            looked_at: None,
            judged_at: None,
            backfill: None,
            commands,
            world,
            changes,
            vitals,
            options,
        };
        let in_force = live.options.in_force.clone();
        live.take_documents(in_force).await;
        live.recall().await;
        live.draw().await;
        (live, handle)
    }

    /// Ticks until `stop` is done; then what waits is kept if it can be.
    pub async fn run(mut self, stop: impl Future<Output = ()>) {
        let mut ticks = interval(self.options.tick);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut stop = std::pin::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                _ = ticks.tick() => self.tick((self.options.now_ms)()).await,
                Some(command) = self.commands.recv() => {
                    self.carry_out(command).await;
                    self.tick((self.options.now_ms)()).await;
                }
                Some(answers) = self.readers.next(), if self.readers.under_way() > 0 => {
                    self.take_in(answers).await;
                }
                Some(look) = self.grouped.next(), if self.grouped.is_asking() => {
                    self.take_in_groups(look).await;
                }
            }
        }
        self.write().await;
    }

    /// One tick at this instant: takes in what has come, asks for what is due, keeps and draws.
    pub async fn tick(&mut self, now_ms: i64) {
        let begun = (self.options.elapsed)();
        self.set_clock(now_ms);
        // Those that wait now, and no more: others come while these are carried out.
        for _ in 0..self.commands.len() {
            let Ok(command) = self.commands.try_recv() else {
                break;
            };
            self.carry_out(command).await;
        }
        self.tend_groups().await;
        self.recall().await;
        self.probe().await;
        while let Some(answers) = self.readers.try_next() {
            self.take(answers);
        }
        self.retry();
        self.advance().await;
        let took = (self.options.elapsed)().saturating_sub(begun);
        self.vitals.note(|health| {
            health.counters.ticks.add(took);
            health.last_tick_ms = Some(now_ms);
        });
    }

    /// Waits for the answers of one read and takes them in; `false` when nothing is under way.
    pub async fn answers(&mut self) -> bool {
        let Some(answers) = self.readers.next().await else {
            return false;
        };
        self.take_in(answers).await;
        true
    }

    /// How many reads are under way.
    pub fn under_way(&self) -> usize {
        self.readers.under_way()
    }

    /// Takes in these answers and what else has come. While reads of the present are under way
    /// everything waits for them, so that all of a tick is kept in one write.
    async fn take_in(&mut self, answers: Vec<Answer>) {
        let begun = (self.options.elapsed)();
        self.take(answers);
        while let Some(answers) = self.readers.try_next() {
            self.take(answers);
        }
        if !self.readers.is_asking() {
            self.advance().await;
        }
        let took = (self.options.elapsed)().saturating_sub(begun);
        self.vitals.note(|health| health.counters.intakes.add(took));
    }

    async fn carry_out(&mut self, command: Command) {
        self.looked_at = None;
        match command {
            Command::Documents(in_force, done) => {
                // Whoever read an older set may have been overtaken on the way here.
                if in_force.number >= self.in_force.number {
                    self.take_documents(in_force).await;
                    self.recall().await;
                    self.draw().await;
                }
                // Whoever asked may have gone.
                let _ = done.send(());
            }
            Command::Refill(keys, span, draft, done) => {
                let _ = done.send(self.refill(&keys, span, draft).await);
            }
            Command::Push(sli, batches, done) => {
                let _ = done.send(self.push(&sli, &batches).await);
            }
            Command::Forget(keys, draft, done) => {
                let _ = done.send(self.forget(&keys, draft).await);
            }
        }
    }

    /// Steps the engine, keeps what it says, asks what it asks, and draws.
    async fn advance(&mut self) {
        if !self.keeping.is_full() {
            let inputs = std::mem::take(&mut self.inputs);
            for effect in self.engine.step(self.now_ms, inputs) {
                self.looked_at = None;
                match effect {
                    Effect::Keep(mut keeps) => {
                        for keep in &mut keeps {
                            if let Some(held) = self.ledgers.get_mut(&keep.key) {
                                held.keep(keep);
                            }
                        }
                        self.keeping.add(keeps);
                    }
                    Effect::Read(read) => self.ask(&read),
                }
            }
            // Reads begin now, not when somebody next looks for answers.
            self.readers.start();
        }
        self.write().await;
        self.keep_judged().await;
        self.draw().await;
    }

    /// Queues a read of the engine, split by server.
    fn ask(&mut self, read: &Read) {
        let horizon = self.watermark();
        let mut by_server: BTreeMap<ServerId, Vec<_>> = BTreeMap::new();
        for key in &read.keys {
            if let Some(held) = self.ledgers.get(key)
                && let Ok(server) = held.server
            {
                let wants = by_server.entry(server).or_default();
                wants.push(Arc::clone(&held.want));
            }
        }
        for (server, wants) in by_server {
            self.readers.ask(server, &wants, read.span, horizon);
        }
    }

    /// Notes what came back, for the engine's next step.
    fn take(&mut self, answers: Vec<Answer>) {
        self.looked_at = None;
        for answer in answers {
            let Answer {
                server,
                number,
                key,
                span,
                result,
            } = answer;
            let source = self.sources.entry(server).or_default();
            let Some(held) = self
                .ledgers
                .get_mut(&key)
                .filter(|held| number > held.valid_from)
            else {
                continue;
            };
            match result {
                Ok(harvest) => {
                    source.answered(self.now_ms, || self.readers.name(server));
                    held.answered(span, &harvest);
                    if let Some((_, minutes)) = &mut self.backfill {
                        *minutes += span.len();
                    }
                    self.inputs.push(Input::Harvested {
                        partial: harvest.is_partial(),
                        key,
                        span,
                        facts: harvest.facts,
                    });
                }
                Err(failure) => {
                    source.failures += 1;
                    if let Some(error) = self.readers.broken(server) {
                        source.is_away(self.now_ms, || self.readers.name(server), error);
                    }
                    held.failed(span, failure);
                    if held.retry_ms.is_none() {
                        held.retry_ms = Some(self.now_ms + wait_ms(held.failed));
                        held.failed += 1;
                    }
                    self.inputs.push(Input::Failed { key, span });
                }
            }
        }
    }

    /// Tries again what failed, when its time has come: servers that could not be used at all, then
    /// ledgers by themselves.
    fn retry(&mut self) {
        let now_ms = self.now_ms;
        for (server, source) in &mut self.sources {
            let Some(error) = self.readers.broken(*server) else {
                continue;
            };
            self.looked_at = None;
            source.is_away(now_ms, || self.readers.name(*server), error);
            match source.retry_ms {
                None => source.try_later(now_ms),
                Some(retry_ms) if retry_ms <= now_ms => {
                    source.retry_ms = None;
                    self.readers.mend(*server);
                    let mut is_asked = false;
                    let is_of = |held: &&mut Held| held.server == Ok(*server);
                    for held in self.ledgers.values_mut().filter(is_of) {
                        is_asked = true;
                        held.retry_ms = held.retry_ms.map(|_| now_ms);
                    }
                    if !is_asked {
                        // No answer will end it.
                        source.outage = None;
                    }
                }
                Some(_) => {}
            }
        }
        for (key, held) in &mut self.ledgers {
            let is_usable = held
                .server
                .as_ref()
                .is_ok_and(|id| self.readers.broken(*id).is_none());
            if is_usable && held.retry_ms.is_some_and(|retry_ms| retry_ms <= now_ms) {
                held.retry_ms = None;
                // Behind the failures that wait to be told.
                self.inputs.push(Input::Retry { key: key.clone() });
            }
        }
    }

    /// A clock that was set back is taken at its word: what was settled ahead of it is not, and
    /// answers that are under way were asked for by the clock that was wrong.
    fn set_clock(&mut self, now_ms: i64) {
        if now_ms >= self.now_ms.saturating_sub(CLOCK_BACK_MS) {
            self.now_ms = self.now_ms.max(now_ms);
            return;
        }
        self.now_ms = now_ms;
        self.looked_at = None;
        let ends = self.ends();
        self.engine = Engine::new(self.options.pace);
        self.inputs.clear();
        let begun = self.readers.begun();
        for held in self.ledgers.values_mut() {
            held.turn_back(ends);
            held.valid_from = begun;
            if held.is_recalled {
                self.inputs.extend(wanted::inputs(held));
            }
        }
    }

    /// The last minutes that are settled, and closed, by the clock.
    fn ends(&self) -> (Minute, Minute) {
        let pace = self.options.pace;
        (pace.watermark(self.now_ms), pace.closing(self.now_ms))
    }

    /// The last minute that is settled by the clock.
    fn watermark(&self) -> Minute {
        self.options.pace.watermark(self.now_ms)
    }
}

/// How long to wait after so many failures in a row.
fn wait_ms(failed: u32) -> i64 {
    let doubled = RETRY_FIRST_MS
        .checked_shl(failed.min(16))
        .unwrap_or(RETRY_MOST_MS);
    doubled.min(RETRY_MOST_MS)
}

impl fmt::Debug for LiveOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveOptions")
            .field("origins", &self.origins)
            .field("pace", &self.pace)
            .field("history_days", &self.history_days)
            .field("tick", &self.tick)
            .finish_non_exhaustive()
    }
}
