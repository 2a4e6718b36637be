//! The outage proof: ninety days of ticks through everything that goes wrong, and a ledger that ends
//! equal, minute by minute, to that of a run that was never disturbed; so does what is shown of it.
//!
//! Time, weather and chance come from a seed. The database is a real SQLite; processes end inside
//! its calls, before a commit and after it, and between ticks.

mod run;
mod sender;
mod weather;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tomoni_app::status::Filter;
use tomoni_app::world::{Outage, Standing, World};
use tomoni_ledger::{DAY_MINUTES, Fact, Minute, Span};
use tomoni_slo::Promise;
use tomoni_spec::{SourceFile, read};
use tomoni_testkit::PUSHED;

use crate::support::failures_of;
use run::Run;
use weather::{Chance, Injected, Weather, truth};

/// The first instant, on no minute's edge.
const START_MS: i64 = 1_780_000_007_000;
const DAYS: i64 = 90;
/// What was pushed, and is not acknowledged after so long, meets with fine weather.
const WAITS_MINUTES_MAX: i64 = 12 * 60;

fn promises() -> Vec<Promise> {
    let pushed = read(&[SourceFile {
        name: "updates.yaml".into(),
        bytes: PUSHED.as_bytes().to_vec(),
    }]);
    let pushed = pushed.slos[0].value.promises[0].clone();
    vec![failures_of("a", None), failures_of("b", None), pushed]
}

/// How far the clock is from the truth, and for how long it stays so.
#[derive(Default)]
struct Clock {
    ahead_ms: i64,
    ticks: i64,
}

impl Clock {
    /// A tick later: it may be put right, or go wrong.
    fn wander(&mut self, chance: &mut Chance, injected: &mut Injected) {
        self.ticks -= 1;
        if self.ticks == 0 && self.ahead_ms != 0 {
            injected.jumps_back += u64::from(self.ahead_ms > 0);
            self.ahead_ms = 0;
        }
        if chance.one_in(60) {
            let minutes = chance.below(20 * 60) - 300;
            *self = Self {
                ahead_ms: 60_000 * minutes,
                ticks: 1 + chance.below(6),
            };
            *(if minutes < 0 {
                &mut injected.jumps_back
            } else {
                &mut injected.jumps_forward
            }) += 1;
        }
    }
}

/// The minute at which the devices that push were switched on.
fn begun() -> Minute {
    Minute::ended_by_ms(START_MS)
}

/// Ninety days in all weathers.
async fn disturbed(seed: u64) -> Run {
    let mut chance = Chance(seed);
    let mut run = Run::new(promises(), START_MS);
    run.sender.chance = Some(Chance(!seed));
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
        now_ms = now_ms.min(end_ms);
        clock.wander(&mut chance, &mut run.weather.lock().unwrap().injected);
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
        let waits_minutes = run.sender.waits_minutes(Minute::ended_by_ms(now_ms));
        if waits_minutes > WAITS_MINUTES_MAX {
            // Minutes close: what waits longer is lost, and ought to be.
            away = 0;
            clock.ahead_ms = 0;
        }
        run.is_away.store(away > 0, Ordering::SeqCst);
        if waits_minutes <= WAITS_MINUTES_MAX && chance.one_in(15) {
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
    run.sender.chance = None;
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
    let world = run.world();
    assert_eq!(world.outages, []);
    let watermark = world.watermark.unwrap();
    assert_eq!(watermark, Minute::ended_by_ms(now_ms - 60_000));
    let is_there = |standing: &Arc<Standing>| standing.end == watermark;
    assert!(world.standings.iter().all(is_there));
    Span::new(
        Minute::ended_by_ms(START_MS) - 27 * DAY_MINUTES,
        watermark - 15,
    )
}

/// What is shown after everything that went wrong is what a fresh start shows that saw none of it.
fn check_shown(shown: &World, fresh: &World) {
    let report = |world: &World| world.status(Filter::default()).unwrap();
    assert_eq!(report(shown), report(fresh));
    assert_eq!(shown.standings.len(), fresh.standings.len());
    for (shown, fresh) in shown.standings.iter().zip(&fresh.standings) {
        let name = &fresh.slo.value.name;
        assert_eq!(shown.slo.value.name, *name);
        assert_eq!((shown.end, shown.watermark), (fresh.end, fresh.watermark));
        assert_eq!(shown.measures, fresh.measures, "{name}");
        assert_eq!(shown.firing, fresh.firing, "{name}");
        assert_eq!(shown.spark, fresh.spark, "{name}");
        assert_eq!(shown.backfill, fresh.backfill, "{name}");
        assert_eq!(shown.check, fresh.check, "{name}");
        assert_eq!(shown.failures, fresh.failures, "{name}");
        assert_eq!(shown.seen, fresh.seen, "{name}");
    }
    assert_eq!(shown.outages, fresh.outages);
}

async fn proves(seed: u64) {
    let mut calm_run = Run::new(promises(), START_MS);
    let mut now_ms = START_MS;
    while now_ms < START_MS + DAYS * 86_400_000 {
        calm_run.weather.lock().unwrap().now_ms = now_ms;
        calm_run.tick(now_ms).await;
        now_ms += 6 * 3_600_000;
    }
    let span = calm(&mut calm_run).await;
    let end_ms = calm_run.world().now_ms;
    let undisturbed = calm_run.ledger(span).await;
    let fresh = calm_run.start(end_ms).await.world();

    let mut run = disturbed(seed).await;
    assert_eq!(calm(&mut run).await, span);
    let injected = run.injected();
    println!("seed {seed}: {injected:?}");
    let shown = run.world();
    let ledger = run.ledger(span).await;
    for ((promise, facts), (_, expected)) in ledger.iter().zip(&undisturbed) {
        for ((minute, fact), expected) in span.minutes().zip(facts).zip(expected) {
            let known = |fact: &Option<Fact>| fact.unwrap_or(Fact::UNKNOWN).counts;
            let about = format!("seed {seed}: {} at {minute:?}", promise.key);
            assert_eq!(known(fact), known(expected), "{about}");
            let truth = truth(promise, minute).counts;
            let is_before = promise.indicator.pushed().is_some() && minute <= begun();
            assert_eq!(known(fact), truth.filter(|_| !is_before), "{about}");
        }
    }
    check_shown(&shown, &fresh);
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
        pushes_refused,
        answers_lost,
        disordered,
        sent_twice,
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
        pushes_refused,
        answers_lost,
        disordered,
        sent_twice,
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
async fn figures_go_on_while_the_database_is_away() {
    let mut run = Run::new(
        vec![failures_of("a", None), failures_of("b", None)],
        START_MS,
    );
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
    for (promise, facts) in ledger {
        let truths: Vec<_> = (-9..=0)
            .map(|i| Some(truth(&promise, watermark + i)))
            .collect();
        assert_eq!(facts[..9], truths[..9], "{}", promise.key);
    }
}

#[tokio::test]
async fn an_outage_of_a_source_is_said_until_it_answers() {
    let mut run = Run::new(vec![failures_of("a", None)], START_MS);
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
        match run.world().outages.as_slice() {
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
    assert_eq!(run.world().outages, []);
}
