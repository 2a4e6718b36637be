//! The outage proof: ninety days of ticks through everything that goes wrong, and a ledger that ends
//! equal, minute by minute, to that of a run that was never disturbed.
//!
//! Time, weather and chance come from a seed. The database is a real SQLite; processes end inside
//! its calls, before a commit and after it, and between ticks.

mod weather;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tempfile::TempDir;
use tokio::sync::watch;
use tomoni_app::live::{Handle, Live, LiveOptions};
use tomoni_app::source::Origins;
use tomoni_app::world::{InForce, Outage};
use tomoni_ledger::{DAY_MINUTES, Day, Fact, Minute, Span};
use tomoni_slo::{LedgerKey, Promise};
use tomoni_store::Store;
use tomoni_store::faults::Point;

use crate::support::{documents, failures_of};
use weather::{Chance, Flaky, Injected, Weather, truth};

/// The first instant, on no minute's edge.
const START_MS: i64 = 1_780_000_007_000;
const DAYS: i64 = 90;

/// A run: its folder, its source, and the process that is alive.
struct Run {
    folder: TempDir,
    promises: Vec<Promise>,
    weather: Arc<Mutex<Weather>>,
    waiting: Arc<AtomicUsize>,
    tick: watch::Sender<i64>,
    is_killed: Arc<AtomicBool>,
    is_away: Arc<AtomicBool>,
    /// When a call ends: after so many points of calls.
    kill_in: Arc<Mutex<Option<u64>>>,
    process: Option<(Live, Handle)>,
}

impl Run {
    fn new(promises: Vec<Promise>) -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            promises,
            weather: Arc::default(),
            waiting: Arc::default(),
            tick: watch::Sender::new(0),
            is_killed: Arc::default(),
            is_away: Arc::default(),
            kill_in: Arc::default(),
            process: None,
        }
    }

    async fn start(&mut self, now_ms: i64) {
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
        let mut options =
            LiveOptions::new(store, Arc::new(move || now_ms), Arc::new(|| Duration::ZERO));
        options.origins = Some(Origins::One(Arc::new(source)));
        options.in_force = InForce::read(documents(&self.promises, &[]), now_ms);
        self.process = Some(Live::open(options).await);
    }

    /// One tick, with all answers that come before the next one. A process that ended in it is
    /// followed by another.
    async fn tick(&mut self, now_ms: i64) {
        self.tick.send_modify(|tick| *tick += 1);
        if self.process.is_none() {
            self.start(now_ms).await;
        }
        let (live, _) = self.process.as_mut().unwrap();
        live.tick(now_ms).await;
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

    async fn kill(&mut self) {
        self.process = None;
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
    }

    /// Every minute of a span of each ledger, and what is settled, as the database holds them.
    async fn ledger(&mut self, span: Span) -> Vec<(LedgerKey, Vec<Option<Fact>>, bool)> {
        self.kill().await;
        let store = Store::open(self.folder.path()).await.unwrap();
        let days: Vec<Day> = span.days().collect();
        let mut all = Vec::new();
        for promise in &self.promises {
            let key = promise.key.clone();
            let known = store.known(std::slice::from_ref(&key)).await.unwrap();
            let held = store.days(&[(key.clone(), days.clone())]).await.unwrap();
            let of = |minute: Minute| {
                let day = held[0].1.iter().find(|day| day.day() == minute.day())?;
                day.facts().get(minute.place_in_day()).copied()
            };
            let facts = span.minutes().map(of).collect();
            all.push((key, facts, known[0].settled.gaps(span).is_empty()));
        }
        all
    }

    fn injected(&self) -> Injected {
        self.weather.lock().unwrap().injected
    }
}

fn promises() -> Vec<Promise> {
    vec![failures_of("a", None), failures_of("b", None)]
}

/// How far the clock is from the truth, and for how long it stays so.
#[derive(Default)]
struct Clock {
    ahead_ms: i64,
    ticks: i64,
}

/// Ninety days in all weathers.
async fn disturbed(seed: u64) -> Run {
    let mut chance = Chance(seed);
    let mut run = Run::new(promises());
    let (mut now_ms, end_ms) = (START_MS, START_MS + DAYS * 86_400_000);
    let mut clock = Clock::default();
    let (mut down, mut slow, mut away, mut late) = (0, 0, 0, 0);
    while now_ms < end_ms {
        // Mostly hours pass; at times every tick is there.
        now_ms += match chance.below(12) {
            0..=5 => 15_000 * (1 + chance.below(8)),
            6..=9 => 60_000 * (1 + chance.below(90)),
            _ => 3_600_000 * (1 + chance.below(8)),
        };
        clock.ticks -= 1;
        if clock.ticks == 0 && clock.ahead_ms != 0 {
            run.weather.lock().unwrap().injected.jumps_back += u64::from(clock.ahead_ms > 0);
            clock.ahead_ms = 0;
        }
        if chance.one_in(60) {
            let minutes = chance.below(20 * 60) - 300;
            clock = Clock {
                ahead_ms: 60_000 * minutes,
                ticks: 1 + chance.below(6),
            };
            let injected = &mut run.weather.lock().unwrap().injected;
            *(if minutes < 0 {
                &mut injected.jumps_back
            } else {
                &mut injected.jumps_forward
            }) += 1;
        }
        {
            let mut weather = run.weather.lock().unwrap();
            weather.now_ms = now_ms;
            (down, slow, away, late) = (down - 1, slow - 1, away - 1, late - 1);
            if chance.one_in(40) {
                down = 1 + chance.below(12);
                weather.injected.outages += 1;
            }
            if chance.one_in(30) {
                slow = 1 + chance.below(4);
            }
            if chance.one_in(80) {
                away = 1 + chance.below(6);
                weather.injected.database_away += 1;
            }
            if chance.one_in(25) {
                late = 1 + chance.below(8);
                weather.late_minutes = chance.below(10);
                weather.missing_minutes = [0, 3, 240][chance.below(3) as usize];
            }
            weather.is_down = down > 0;
            weather.slow_ticks = if slow > 0 { 1 + chance.below(5) } else { 0 };
            weather.is_incomplete = chance.one_in(20);
            if late <= 0 {
                (weather.late_minutes, weather.missing_minutes) = (0, 0);
            }
        }
        run.is_away.store(away > 0, Ordering::SeqCst);
        if chance.one_in(15) {
            *run.kill_in.lock().unwrap() = Some(chance.next() % 4);
        }
        if chance.one_in(50) {
            run.weather.lock().unwrap().injected.kills_between += 1;
            run.kill().await;
        }
        run.tick(now_ms + clock.ahead_ms).await;
    }
    run
}

/// Fine weather for a while after the end: everything is caught up with.
async fn calm(run: &mut Run) -> Span {
    run.is_away.store(false, Ordering::SeqCst);
    *run.kill_in.lock().unwrap() = None;
    let mut now_ms = START_MS + DAYS * 86_400_000;
    for _ in 0..40 {
        now_ms += 300_000;
        {
            let mut weather = run.weather.lock().unwrap();
            let injected = weather.injected;
            *weather = Weather {
                now_ms,
                injected,
                arrived: weather.arrived,
                ..Weather::default()
            };
        }
        run.tick(now_ms).await;
    }
    let (_, handle) = run.process.as_ref().unwrap();
    let world = handle.world();
    assert_eq!(world.outages, []);
    let watermark = world.watermark.unwrap();
    assert_eq!(watermark, Minute::ended_by_ms(now_ms - 60_000));
    assert!(
        world
            .standings
            .iter()
            .all(|s| s.watermark == Some(watermark))
    );
    Span::new(
        Minute::ended_by_ms(START_MS) - 27 * DAY_MINUTES,
        watermark - 15,
    )
}

async fn proves(seed: u64) {
    let mut calm_run = Run::new(promises());
    let mut now_ms = START_MS;
    while now_ms < START_MS + DAYS * 86_400_000 {
        calm_run.weather.lock().unwrap().now_ms = now_ms;
        calm_run.tick(now_ms).await;
        now_ms += 6 * 3_600_000;
    }
    let span = calm(&mut calm_run).await;
    let undisturbed = calm_run.ledger(span).await;

    let mut run = disturbed(seed).await;
    assert_eq!(calm(&mut run).await, span);
    let injected = run.injected();
    println!("seed {seed}: {injected:?}");
    let ledger = run.ledger(span).await;
    for ((key, facts, is_settled), (_, expected, _)) in ledger.iter().zip(&undisturbed) {
        assert!(
            is_settled,
            "seed {seed}: {key} has minutes that were never settled"
        );
        for ((minute, fact), expected) in span.minutes().zip(facts).zip(expected) {
            let known = |fact: &Option<Fact>| fact.unwrap_or(Fact::UNKNOWN).counts;
            assert_eq!(
                known(fact),
                known(expected),
                "seed {seed}: {key} at {minute:?}"
            );
            assert_eq!(
                known(fact),
                truth(key, minute).counts,
                "seed {seed}: {key} at {minute:?}"
            );
        }
    }
    let Injected {
        outages,
        refusals,
        slow,
        late,
        incomplete,
        duplicates,
        kills_before,
        kills_after,
        kills_between,
        database_away,
        jumps_forward,
        jumps_back,
    } = injected;
    let counts = [
        outages,
        refusals,
        slow,
        late,
        incomplete,
        duplicates,
        kills_before,
        kills_after,
        kills_between,
        database_away,
        jumps_forward,
        jumps_back,
    ];
    assert!(counts.iter().all(|count| *count > 0), "{injected:?}");
}

#[tokio::test]
async fn a_ledger_ends_equal_whatever_went_wrong_1() {
    proves(1).await;
}

#[tokio::test]
async fn a_ledger_ends_equal_whatever_went_wrong_2() {
    proves(2).await;
}

#[tokio::test]
async fn a_ledger_ends_equal_whatever_went_wrong_3() {
    proves(3).await;
}

#[tokio::test]
async fn figures_go_on_while_the_database_is_away() {
    let mut run = Run::new(promises());
    let at = |minutes: i64| START_MS + minutes * 60_000;
    for minute in 0..2 {
        run.weather.lock().unwrap().now_ms = at(minute);
        run.tick(at(minute)).await;
    }
    run.is_away.store(true, Ordering::SeqCst);
    let kept = {
        let (_, handle) = run.process.as_ref().unwrap();
        handle.health().counters.minutes_kept
    };
    for minute in 2..9 {
        run.weather.lock().unwrap().now_ms = at(minute);
        run.tick(at(minute)).await;
        let (_, handle) = run.process.as_ref().unwrap();
        let world = handle.world();
        assert_eq!(
            world.standings[0].watermark,
            Some(Minute::ended_by_ms(at(minute - 1)))
        );
        let [Outage::Database { since_ms, error }] = world.outages.as_slice() else {
            panic!("{:?}", world.outages);
        };
        assert_eq!(*since_ms, at(2));
        assert!(error.contains("killed"), "{error}");
        let health = handle.health();
        assert_eq!(health.counters.minutes_kept, kept);
        assert!(
            health.unkept_minutes as i64 >= 2 * (minute - 1),
            "{health:?}"
        );
    }
    run.is_away.store(false, Ordering::SeqCst);
    run.tick(at(9)).await;
    let (_, handle) = run.process.as_ref().unwrap();
    assert_eq!(handle.world().outages, []);
    assert_eq!(handle.health().unkept_minutes, 0);
    assert!(handle.health().counters.minutes_kept > kept);
    let watermark = Minute::ended_by_ms(at(8));
    let ledger = run.ledger(Span::ending_at(watermark, 10)).await;
    for (key, facts, is_settled) in ledger {
        assert!(is_settled);
        let truths: Vec<_> = (-9..=0).map(|i| Some(truth(&key, watermark + i))).collect();
        assert_eq!(facts[..9], truths[..9], "{key}");
    }
}

#[tokio::test]
async fn an_outage_of_a_source_is_said_until_it_answers() {
    let mut run = Run::new(vec![failures_of("a", None)]);
    let at = |ticks: i64| START_MS + ticks * 15_000;
    let mut since = None;
    for tick in 0..80 {
        {
            let mut weather = run.weather.lock().unwrap();
            weather.now_ms = at(tick);
            // Whether it is back takes a while to find out, each time.
            (weather.is_down, weather.slow_ticks) = (tick < 30, 2);
        }
        run.tick(at(tick)).await;
        let (_, handle) = run.process.as_ref().unwrap();
        match handle.world().outages.as_slice() {
            [
                Outage::Source {
                    since_ms, error, ..
                },
            ] => {
                assert_eq!(*since_ms, *since.get_or_insert(*since_ms));
                assert!(error.contains("connection refused"), "{error}");
            }
            outages => {
                assert_eq!(outages, []);
                assert!(since.is_none() || tick > 30, "not said at tick {tick}");
            }
        }
    }
    assert!(since.is_some());
    let (_, handle) = run.process.as_ref().unwrap();
    assert_eq!(handle.world().outages, []);
}
