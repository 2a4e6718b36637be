//! A folder as a company has it in its second year: documents of every format that is read, in files
//! of their own, and manifests of Kubernetes between them.

use std::fs;
use std::io;
use std::path::Path;

use crate::documents::{Method, bad, service, slo, team, total};
use crate::services::Service;

/// After so many documents the formats come round again.
const ROUND: usize = 10;
/// So many rounds lie in one folder, as the documents of one team do.
const ROUNDS_A_FOLDER: usize = 10;

/// Writes so many documents, rounded up to whole rounds; says how many it were, and in how many files.
///
/// # Errors
///
/// When a folder or a file cannot be written.
pub fn write(folder: &Path, documents: usize) -> io::Result<(usize, usize)> {
    let rounds = documents.div_ceil(ROUND);
    let mut files = 0;
    for round in 0..rounds {
        let team = folder.join(format!("team-{:03}", round / ROUNDS_A_FOLDER));
        fs::create_dir_all(&team)?;
        for (name, text) in of_round(round) {
            fs::write(team.join(format!("{round:04}-{name}.yaml")), text)?;
            files += 1;
        }
    }
    Ok((rounds * ROUND, files))
}

/// A round's files: ten documents in nine.
fn of_round(round: usize) -> [(&'static str, String); 9] {
    let at = |place: usize| Service(round * ROUND + place);
    let openslo = format!("{}---\n{}", slo(at(6), Method::Occurrences), service(at(6)));
    [
        ("sloth", sloth(at(0))),
        ("sloth-raw", sloth_raw(at(1))),
        ("service-level", service_level(at(2))),
        ("deployment", deployment(at(3))),
        ("pyrra-ratio", pyrra(at(4), &ratio(at(4)))),
        ("pyrra-latency", pyrra(at(5), &latency(at(5)))),
        ("openslo", openslo),
        ("v1alpha", v1alpha(at(8), at(6))),
        ("config", config_map(at(9))),
    ]
}

/// Sloth's own spelling, counted by events, with two SLOs.
fn sloth(service: Service) -> String {
    let (name, team) = (service.name(), team(service));
    let (bad, total) = (windowed(&bad(service)), windowed(&total(service)));
    let slow = windowed(&format!(
        r#"http_request_duration_seconds_bucket{{job="{name}",le="{}"}}"#,
        bound(service)
    ));
    let all = windowed(&format!(
        r#"http_request_duration_seconds_count{{job="{name}"}}"#
    ));
    format!(
        "version: prometheus/v1\nservice: {name}\nlabels:\n  owner: {team}\nslos:\n\
         {}{}",
        sloth_slo("availability", &bad, &total),
        sloth_slo("latency", &format!("{all} - {slow}"), &all)
    )
}

fn sloth_slo(name: &str, error: &str, total: &str) -> String {
    format!(
        "  - name: {name}\n    objective: 99.9\n    description: Requests are answered well.\n    \
         sli:\n      events:\n        error_query: {error}\n        total_query: {total}\n    \
         alerting:\n      name: {name}Burns\n      labels:\n        category: {name}\n      \
         annotations:\n        runbook: https://example.com/runbooks/{name}\n      page_alert:\n        \
         labels:\n          severity: page\n      ticket_alert:\n        labels:\n          \
         severity: ticket\n"
    )
}

/// Sloth's own spelling, with a ratio in one query.
fn sloth_raw(service: Service) -> String {
    let (name, team) = (service.name(), team(service));
    let (bad, total) = (windowed(&bad(service)), windowed(&total(service)));
    format!(
        "version: prometheus/v1\nservice: {name}\nlabels:\n  owner: {team}\nslos:\n  \
         - name: requests\n    objective: 99.5\n    sli:\n      raw:\n        error_ratio_query: |\n          \
         {bad}\n          /\n          {total}\n    alerting:\n      name: RequestsFail\n      \
         page_alert: {{}}\n      ticket_alert: {{}}\n"
    )
}

/// Sloth's Kubernetes kind.
fn service_level(service: Service) -> String {
    let name = service.name();
    let (bad, total) = (windowed(&bad(service)), windowed(&total(service)));
    format!(
        "apiVersion: sloth.slok.dev/v1\nkind: PrometheusServiceLevel\nmetadata:\n  name: {name}\n  \
         namespace: {team}\nspec:\n  service: {name}\n  slos:\n    - name: availability\n      \
         objective: 99.9\n      sli:\n        events:\n          errorQuery: {bad}\n          \
         totalQuery: {total}\n      alerting:\n        name: {name}Burns\n        pageAlert:\n          \
         labels: {{severity: page}}\n        ticketAlert:\n          labels: {{severity: ticket}}\n",
        team = team(service)
    )
}

/// Pyrra's kind, with an indicator.
fn pyrra(service: Service, indicator: &str) -> String {
    format!(
        "apiVersion: pyrra.dev/v1alpha1\nkind: ServiceLevelObjective\nmetadata:\n  name: {}\n  \
         namespace: {}\nspec:\n  target: \"99.5\"\n  window: 4w\n  indicator:\n{indicator}",
        service.name(),
        team(service)
    )
}

fn ratio(service: Service) -> String {
    format!(
        "    ratio:\n      errors:\n        metric: {}\n      total:\n        metric: {}\n",
        bad(service),
        total(service)
    )
}

fn latency(service: Service) -> String {
    let (name, bound) = (service.name(), bound(service));
    format!(
        "    latency:\n      success:\n        \
         metric: http_request_duration_seconds_bucket{{job=\"{name}\",le=\"{bound}\"}}\n      total:\n        \
         metric: http_request_duration_seconds_count{{job=\"{name}\"}}\n"
    )
}

/// `OpenSLO`'s first version, of a service that another document defines.
fn v1alpha(service: Service, defined: Service) -> String {
    let (name, total) = (service.name(), total(service));
    let good = total.replace('}', ",code!~\"5..\"}");
    let defined = defined.name();
    let source = "source: prometheus\n          queryType: promql\n          query: ";
    format!(
        "apiVersion: openslo/v1alpha\nkind: SLO\nmetadata:\n  name: {name}-answers\nspec:\n  \
         description: Requests are answered.\n  service: {defined}\n  budgetingMethod: Occurrences\n  \
         timeWindows:\n    - unit: Day\n      count: 28\n      isRolling: true\n  objectives:\n    \
         - displayName: Good\n      value: 1\n      target: 0.995\n      ratioMetrics:\n        \
         incremental: true\n        good:\n          {source}{good}\n        total:\n          \
         {source}{total}\n"
    )
}

fn deployment(service: Service) -> String {
    let name = service.name();
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\n  labels: {{app: {name}}}\n\
         spec:\n  replicas: 3\n  selector:\n    matchLabels: {{app: {name}}}\n  template:\n    metadata:\n      \
         labels: {{app: {name}}}\n    spec:\n      containers:\n        - name: main\n          \
         image: registry.example.com/{name}:1.4.2\n          ports: [{{containerPort: 8080}}]\n          \
         resources:\n            requests: {{cpu: 100m, memory: 128Mi}}\n"
    )
}

fn config_map(service: Service) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {}\ndata:\n  settings.toml: |\n    \
         listen = \"0.0.0.0:8080\"\n    timeout_s = {}\n",
        service.name(),
        1 + service.0 % 30
    )
}

/// A selector's rate over the window that Sloth puts in.
fn windowed(selector: &str) -> String {
    format!("sum(rate({selector}[{{{{.window}}}}]))")
}

/// The bucket within which a request is good.
fn bound(service: Service) -> &'static str {
    ["0.1", "0.25", "0.5", "1", "2.5"][service.0 % 5]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_has_as_many_documents_as_it_says() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(write(folder.path(), 11).unwrap(), (20, 18));
        let files = of_round(3);
        let documents: usize = files
            .iter()
            .map(|(_, text)| 1 + text.matches("\n---\n").count())
            .sum();
        assert_eq!(documents, ROUND);
    }
}
