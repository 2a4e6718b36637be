//! How long a page takes to draw: `cargo bench -p tomoni-server`.

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;

use tomoni_server::http::limits::ROWS_PER_PAGE;
use tomoni_server::ui::view::Cut;
use tomoni_server::ui::{Language, Theme, pages, samples};

fn draw(criterion: &mut Criterion) {
    let context = samples::context(Language::English, Theme::Light, "/");
    let overview = samples::overview();
    criterion.bench_function("overview", |b| {
        b.iter(|| pages::overview::page(black_box(&overview), &context).into_string());
    });
    let slo = samples::rows().first().map(samples::slo);
    if let Some(slo) = slo {
        criterion.bench_function("slo", |b| {
            b.iter(|| pages::slo::page(black_box(&slo), &context).into_string());
        });
    }
    let mut team = samples::team("home");
    team.cut = Cut::at(401, ROWS_PER_PAGE, 1_000);
    team.rows = samples::rows()
        .into_iter()
        .cycle()
        .take(ROWS_PER_PAGE)
        .collect();
    criterion.bench_function("a page of a team of 1000 SLOs", |b| {
        b.iter(|| pages::team::page(black_box(&team), &context).into_string());
    });
    if let Some((_, minutes)) = samples::minutes().into_iter().nth(1) {
        criterion.bench_function("all minutes of a day", |b| {
            b.iter(|| pages::minutes::page(black_box(&minutes), &context).into_string());
        });
    }
}

criterion_group!(benches, draw);
criterion_main!(benches);
