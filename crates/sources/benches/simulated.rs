//! Ninety days of the example organisation from the simulated source: what `tomoni demo` waits for.

#![expect(clippy::unwrap_used, reason = "a bench that stops at what cannot be")]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use tomoni_ledger::{DAY_MINUTES, Minute, Span};
use tomoni_sources::prometheus::Want;
use tomoni_sources::simulated::Simulated;
use tomoni_sources::simulator::scenarios;
use tomoni_spec::SourceFile;

/// 2026-11-24T12:00:00Z.
const NOW: Minute = Minute::ended_by_ms(1_795_521_600_000);
const DAYS: i64 = 90;

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, into);
        } else if path.extension().is_some_and(|e| e == "yaml") {
            into.push(path);
        }
    }
}

fn wants() -> Vec<Want> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/tobira");
    let mut paths = Vec::new();
    files(&folder, &mut paths);
    let read = |path: PathBuf| SourceFile {
        name: Arc::from(path.to_str().unwrap()),
        bytes: std::fs::read(&path).unwrap(),
    };
    let sources: Vec<SourceFile> = paths.into_iter().map(read).collect();
    let catalog = tomoni_spec::read(&sources);
    let promises = catalog.slos.into_iter().flat_map(|slo| slo.value.promises);
    promises
        .map(|promise| Want {
            key: promise.key,
            indicator: promise.indicator,
            resolution_minutes: promise.resolution_minutes,
        })
        .collect()
}

fn example(c: &mut Criterion) {
    let world = scenarios::tobira(7, NOW - DAYS * DAY_MINUTES, NOW);
    let source = Simulated::new(world);
    let wants = wants();
    let mut group = c.benchmark_group(format!("tobira, {} objectives", wants.len()));
    group.sample_size(10);
    for (name, minutes) in [
        ("90 days", DAYS * DAY_MINUTES),
        ("1 day", DAY_MINUTES),
        ("the last 5 minutes", 5),
    ] {
        let span = Span::ending_at(NOW, minutes);
        group.bench_function(name, |b| {
            b.iter(|| black_box(source.read(black_box(&wants), span)));
        });
    }
    group.finish();
}

criterion_group!(benches, example);
criterion_main!(benches);
