//! Sloth's own files: of each input come the rules that Sloth makes of it.

use tomoni_spec::rules::{Settings, make, prometheus_rules};
use tomoni_spec::{Catalog, SourceFile, read};

use super::equal::{differences, documents};
use super::written;
use crate::fixtures::fixtures;

/// The catalog of one of Sloth's inputs; `None` where the folder is missing.
pub(super) fn input(name: &str) -> Option<Catalog> {
    let bytes = std::fs::read(fixtures()?.join("sloth").join(name)).unwrap();
    let name = name.into();
    Some(read(&[SourceFile { name, bytes }]))
}

/// What Sloth made, with the version put in, and the two templates undone in which the tests of Sloth
/// keep it.
fn output(name: &str) -> String {
    let path = fixtures().unwrap().join("sloth").join(name);
    let text = std::fs::read_to_string(path).unwrap();
    text.replace("{{ .version }}", "dev")
        .replace("{{\"{{", "{{")
        .replace("}}\"}}", "}}")
}

/// As Sloth was asked for its files.
pub(super) fn settings() -> Settings {
    Settings {
        version: "dev".to_owned(),
        ..Settings::default()
    }
}

fn hold(input_name: &str, output_name: &str, settings: &Settings) {
    let Some(catalog) = input(input_name) else {
        return;
    };
    let made = make(&catalog, settings);
    assert_eq!(made.findings, []);
    let theirs = output(output_name);
    for ours in [written(&made), prometheus_rules(&made.bundles).collect()] {
        assert_eq!(differences(&ours, &theirs), [""; 0], "{output_name}");
    }
}

#[test]
fn sloth_s_rules_are_made() {
    hold("in-base.yaml", "out-base.yaml.tpl", &settings());
    hold("in-multifile.yaml", "out-multifile.yaml.tpl", &settings());
    hold("in-base-k8s.yaml", "out-base-k8s.yaml.tpl", &settings());
    hold("in-openslo.yaml", "out-openslo.yaml.tpl", &settings());
}

#[test]
fn no_alerts_are_made_where_none_are_wanted() {
    let settings = Settings {
        has_alerts: false,
        ..settings()
    };
    hold("in-base.yaml", "out-base-no-alerts.yaml.tpl", &settings);
}

#[test]
fn the_examples_with_another_label_are_made() {
    let labels = [("cmd".to_owned(), "examplesgen.sh".to_owned())];
    let settings = Settings {
        labels: labels.into(),
        ..settings()
    };
    for name in [
        "getting-started.yml",
        "k8s-getting-started.yml",
        "openslo-getting-started.yml",
    ] {
        hold(
            &format!("examples/{name}"),
            &format!("examples/_gen/{name}"),
            &settings,
        );
    }
}

#[test]
fn an_operator_s_object_is_called_as_sloth_calls_it() {
    for (name, made_name) in [
        ("in-base-k8s.yaml", "out-base-k8s.yaml.tpl"),
        (
            "examples/k8s-getting-started.yml",
            "examples/_gen/k8s-getting-started.yml",
        ),
    ] {
        let Some(catalog) = input(name) else {
            return;
        };
        let ours: String = prometheus_rules(&make(&catalog, &settings()).bundles).collect();
        let (ours, theirs) = (documents(&ours), documents(&output(made_name)));
        assert_eq!((ours.len(), theirs.len()), (1, 1));
        for field in ["apiVersion", "kind", "metadata"] {
            assert_eq!(ours[0][field], theirs[0][field], "{name}");
        }
    }
}

#[test]
fn sloth_s_catalogues_are_those_that_are_built_in() {
    for (file, period) in [("google-28d", "28d"), ("google-30d", "30d")] {
        let Some(theirs) = input(&format!("windows/{file}.yaml")) else {
            return;
        };
        let catalog = input("in-base.yaml").unwrap();
        let built_in = Settings {
            period_ms: tomoni_spec::prometheus::duration_ms(period).unwrap(),
            ..settings()
        };
        let given = Settings {
            windows: theirs
                .alert_windows
                .iter()
                .map(|w| w.value.clone())
                .collect(),
            ..built_in.clone()
        };
        assert_eq!(given.windows.len(), 1);
        assert_eq!(
            make(&catalog, &given),
            make(&catalog, &built_in),
            "{period}"
        );
    }
}
