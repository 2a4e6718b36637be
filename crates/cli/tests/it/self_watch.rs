//! examples/self against a real Prometheus.

use std::fs;
use std::process::Command;

use tomoni_spec::{SourceFile, read};
use tomoni_testkit::{Prometheus, PrometheusOptions, http, require};

use crate::run::{root, run};

#[tokio::test]
async fn a_prometheus_has_every_metric_that_the_example_asks_for() {
    require!("prometheus", "promtool");
    let folder = root().join("examples/self");
    let checked = Command::new("promtool")
        .args(["check", "config"])
        .arg(folder.join("prometheus.yml"))
        .output()
        .unwrap();
    assert!(checked.status.success(), "{checked:?}");

    // Without a rule there is nothing to show about rules.
    let rules = "groups: [{name: g, rules: [{record: one, expr: '1'}]}]\n";
    let options = PrometheusOptions {
        rules: Some(rules.to_owned()),
        ..PrometheusOptions::default()
    };
    let prometheus = Prometheus::start(options).await.unwrap();
    let shown = http::get(&format!("{}/metrics", prometheus.url()))
        .await
        .unwrap();
    let documents = read(&[SourceFile {
        name: "prometheus.yaml".into(),
        bytes: fs::read(folder.join("slos/prometheus.yaml")).unwrap(),
    }]);
    let promises = documents.slos.iter().flat_map(|slo| &slo.value.promises);
    let queries = promises.flat_map(|promise| promise.indicator.queries());
    let mut asked = 0;
    for query in queries {
        let before = query.promql.split('{').next().unwrap();
        let name = before.rsplit('(').next().unwrap();
        // Written by Prometheus when it scrapes; not among what it shows.
        if name != "up" {
            assert!(
                shown.contains(&format!("\n{name}")),
                "Prometheus has no {name}"
            );
            asked += 1;
        }
    }
    assert_eq!(asked, 6);
}

#[test]
fn its_commands_name_what_is_there() {
    let readme = fs::read_to_string(root().join("examples/self/README.md")).unwrap();
    let commands: Vec<&str> = readme
        .lines()
        .filter_map(|l| l.strip_prefix("cargo run --release -- "))
        .collect();
    assert_eq!(commands.len(), 2);
    for command in commands {
        let mut words = command.split_whitespace();
        let help = run(&[words.next().unwrap(), "--help"]).stdout;
        for word in words {
            let is_there = match word {
                flag if flag.starts_with("--") => help.contains(flag),
                path if path.starts_with("examples/") => root().join(path).is_dir(),
                _ => true,
            };
            assert!(is_there, "{command}: {word}");
        }
    }
}
