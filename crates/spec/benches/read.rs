//! How long it takes to read documents: the target is 1 000 SLOs with two queries each in 300 ms for
//! the whole of `tomoni validate` on one core.
#![expect(
    clippy::unwrap_used,
    reason = "a bench that cannot be set up has failed"
)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tomoni_spec::{SourceFile, promql, read, schema};

/// An SLO as people write them, a little different for each number.
fn slo(number: usize) -> String {
    format!(
        r#"apiVersion: openslo/v1
kind: SLO
metadata:
  name: service-{number}-availability
  displayName: Service {number} answers
  annotations:
    tomoni.dev/owner: team-{team}
spec:
  description: Requests that did not fail on our side.
  service: service-{number}
  indicator:
    metadata:
      name: service-{number}-availability
    spec:
      ratioMetric:
        counter: true
        bad:
          metricSource:
            type: Prometheus
            spec:
              query: sum(rate(http_requests_total{{job="service-{number}",code=~"5..",path!~"/health|/ready"}}[5m]))
        total:
          metricSource:
            type: Prometheus
            spec:
              query: sum(rate(http_requests_total{{job="service-{number}",path!~"/health|/ready"}}[5m]))
  timeWindow:
    - duration: 28d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - displayName: Three nines
      target: 0.999
"#,
        team = number % 20
    )
}

fn service(number: usize) -> String {
    format!(
        "apiVersion: openslo/v1\nkind: Service\nmetadata:\n  name: service-{number}\nspec:\n  \
         description: One of many.\n"
    )
}

/// So many SLOs, each in a file of its own, and their services in one.
fn files(count: usize) -> Vec<SourceFile> {
    let file = |name: String, text: String| SourceFile {
        name: name.into(),
        bytes: text.into_bytes(),
    };
    let services: Vec<String> = (0..count).map(service).collect();
    let mut files = vec![file("services.yaml".into(), services.join("---\n"))];
    files.extend((0..count).map(|n| file(format!("slo-{n}.yaml"), slo(n))));
    files
}

fn reading(c: &mut Criterion) {
    let mut group = c.benchmark_group("read");
    group.sample_size(20);
    for count in [1, 1_000] {
        let files = files(count);
        let catalog = read(&files);
        assert_eq!(catalog.findings, []);
        assert_eq!(catalog.slos.len(), count);
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(format!("{count} SLOs"), |b| b.iter(|| read(&files)));
    }
    group.finish();
}

fn queries(c: &mut Criterion) {
    let query =
        r#"sum(rate(http_requests_total{job="api",code=~"5..",path!~"/health|/ready"}[5m]))"#;
    c.bench_function("promql::read", |b| b.iter(|| promql::read(query).unwrap()));
    c.bench_function("schema", |b| b.iter(schema));
}

criterion_group!(benches, reading, queries);
criterion_main!(benches);
