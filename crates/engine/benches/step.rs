//! How long a step takes with a thousand ledgers of ninety days.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use tomoni_engine::{Effect, Engine, Input, Pace, Read};
use tomoni_ledger::{DAY_MINUTES, Events, Fact, Minute, Span, SpanSet};
use tomoni_slo::{Generation, LedgerKey};

const LEDGERS: u128 = 1_000;
/// The watermark at the start: the middle of a day.
const NOW: Minute = Minute::from_index(20_000 * DAY_MINUTES + 700);

fn key(n: u128) -> LedgerKey {
    LedgerKey {
        generation: Generation::from_bits(n),
        threshold: None,
    }
}

/// An instant at which the minute has just settled.
fn at_ms(watermark: Minute) -> i64 {
    watermark.end_ms() + 60_000
}

fn ninety_days() -> Span {
    Span::ending_at(NOW + DAY_MINUTES, 90 * DAY_MINUTES)
}

fn wants() -> Vec<Input> {
    let span = ninety_days();
    (0..LEDGERS)
        .map(|n| Input::Want { key: key(n), span })
        .collect()
}

/// An engine that is told that nearly everything is closed, but for a minute in each day where
/// there are holes.
fn warm(has_holes: bool) -> Engine {
    let mut engine = Engine::new(Pace::default());
    let days = Span::new(ninety_days().after, NOW);
    let mut closed = SpanSet::from_iter([Span::new(days.after, NOW - 15)]);
    if has_holes {
        let holes = days.days().map(|day| Span::ending_at(day.minute(100), 1));
        closed = closed.difference(&SpanSet::from_iter(holes));
    }
    let mut inputs = wants();
    inputs.extend((0..LEDGERS).map(|n| Input::Stored {
        key: key(n),
        settled: SpanSet::from_iter([days]),
        closed: closed.clone(),
    }));
    engine.step(at_ms(NOW), inputs);
    engine
}

fn answers(reads: Vec<Effect>) -> Vec<Input> {
    let fact = Fact::counted(Events::ZERO, Events::whole(20));
    let mut inputs = Vec::new();
    for effect in reads {
        let Effect::Read(Read { keys, span }) = effect else {
            continue;
        };
        inputs.extend(keys.into_iter().map(|key| Input::Harvested {
            key,
            span,
            facts: span.minutes().map(|m| (m, fact)).collect(),
            partial: false,
        }));
    }
    inputs
}

fn step(c: &mut Criterion) {
    let mut group = c.benchmark_group("step/1000x90d");
    group.sample_size(20);
    group.bench_function("cold start", |b| {
        b.iter_batched(
            || (Engine::new(Pace::default()), wants()),
            |(mut engine, wants)| black_box(engine.step(at_ms(NOW), wants)),
            BatchSize::LargeInput,
        );
    });
    group.bench_function("warm start", |b| b.iter(|| warm(false)));
    group.bench_function("warm start, a hole in each day", |b| b.iter(|| warm(true)));
    let warm = warm(false);
    group.bench_function("a new minute: ask", |b| {
        b.iter_batched(
            || warm.clone(),
            |mut engine| black_box(engine.step(at_ms(NOW + 1), vec![])),
            BatchSize::LargeInput,
        );
    });
    let mut asked = warm.clone();
    let reads = asked.step(at_ms(NOW + 1), vec![]);
    group.bench_function("a new minute: take in", |b| {
        b.iter_batched(
            || (asked.clone(), answers(reads.clone())),
            |(mut engine, inputs)| black_box(engine.step(at_ms(NOW + 1), inputs)),
            BatchSize::LargeInput,
        );
    });
    group.bench_function("nothing to do", |b| {
        b.iter_batched_ref(
            || asked.clone(),
            |engine| black_box(engine.step(at_ms(NOW + 1) + 15_000, vec![])),
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

criterion_group!(benches, step);
criterion_main!(benches);
