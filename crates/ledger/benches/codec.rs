//! Blocks: how small, how fast to write and to read, and the same with pco.
//!
//! Throughput is in minutes of 16 bytes. Sizes are printed first.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench that prints sizes and stops at what cannot be"
)]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tomoni_ledger::block::{self, Head};
use tomoni_ledger::{DAY_MINUTES, DayFacts};

mod traffic;

const DAYS: i64 = 28;
const DAY_BYTES: u64 = 16 * DAY_MINUTES as u64;

/// The columns of a day as pco gets them: totals, then bads, of known minutes.
fn columns(day: &DayFacts) -> [Vec<i64>; 2] {
    let counts = day.facts().iter().filter_map(|fact| fact.counts);
    let of = |number: fn(tomoni_ledger::Counts) -> i64| counts.clone().map(number).collect();
    [of(|c| c.total.parts()), of(|c| c.bad.parts())]
}

fn pco_encode(day: &DayFacts) -> [Vec<u8>; 2] {
    let config = pco::ChunkConfig::default();
    columns(day).map(|column| pco::standalone::simple_compress(&column, &config).unwrap())
}

fn sizes() {
    let per_minute = |bytes: usize| bytes as f64 / (DAYS * DAY_MINUTES) as f64;
    println!("bytes a minute, good and total together, over {DAYS} days: ours | pco's columns");
    for service in traffic::SERVICES {
        let days = traffic::days(service, DAYS);
        let ours = days.iter().map(|day| block::encode(day).len()).sum();
        let theirs = days.iter().flat_map(pco_encode).map(|b| b.len()).sum();
        let (name, ours, theirs) = (service.0, per_minute(ours), per_minute(theirs));
        println!("  {name:16} {ours:.3} | {theirs:.3}");
    }
}

fn codec(c: &mut Criterion) {
    sizes();
    for service in traffic::SERVICES {
        let days = traffic::days(service, DAYS);
        let blocks: Vec<Vec<u8>> = days.iter().map(block::encode).collect();
        let packed: Vec<[Vec<u8>; 2]> = days.iter().map(pco_encode).collect();
        let mut at = 0;
        let mut next = move || {
            at = (at + 1) % DAYS as usize;
            at
        };
        let mut group = c.benchmark_group("block");
        group.throughput(Throughput::Bytes(DAY_BYTES));
        group.bench_function(BenchmarkId::new("encode", service.0), |b| {
            b.iter(|| block::encode(black_box(&days[next()])));
        });
        group.bench_function(BenchmarkId::new("decode", service.0), |b| {
            b.iter(|| block::decode(black_box(&blocks[next()])));
        });
        group.bench_function(BenchmarkId::new("pco_encode", service.0), |b| {
            b.iter(|| pco_encode(black_box(&days[next()])));
        });
        group.bench_function(BenchmarkId::new("pco_decode", service.0), |b| {
            b.iter(|| {
                let [totals, bads] = black_box(&packed[next()]);
                let decode = pco::standalone::simple_decompress::<i64>;
                (decode(totals).unwrap(), decode(bads).unwrap())
            });
        });
        group.finish();
        c.bench_function(&format!("head/{}", service.0), |b| {
            b.iter(|| Head::read(black_box(&blocks[next()])));
        });
    }
}

criterion_group!(benches, codec);
criterion_main!(benches);
