//! A warm ledger in memory: window sums, and putting a minute.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use tomoni_ledger::{DAY_MINUTES, Events, Fact, Series, Span};

mod traffic;

fn series(c: &mut Criterion) {
    let days = traffic::days(traffic::SERVICES[4], 35);
    let mut series = Series::new();
    for day in &days {
        series.load(day);
    }
    let last = days[34].day().minute(700);
    c.bench_function("series/sum_28d", |b| {
        let mut back = 0;
        b.iter(|| {
            back = (back + 7) % 5_000;
            series.sum(Span::ending_at(black_box(last - back), 28 * DAY_MINUTES))
        });
    });
    c.bench_function("series/load_day", |b| {
        b.iter(|| series.load(black_box(&days[34])));
    });
    c.bench_function("series/put_minute", |b| {
        let fact = Fact::counted(Events::whole(1), Events::whole(400));
        b.iter(|| series.put(black_box(&[(last, fact)])));
    });
}

criterion_group!(benches, series);
criterion_main!(benches);
