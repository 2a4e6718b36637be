//! Rules made of SLOs: equal to Sloth's, and as people see them.

mod equal;
mod others;
mod own;
mod refused;
mod theirs;

use tomoni_spec::rules::{Made, Settings, make, rules_file};
use tomoni_spec::{Catalog, read};

use crate::support::file;

/// The catalog of a text in which nothing is wrong.
fn catalog(text: &str) -> Catalog {
    read(&[file("slos.yaml", text)])
}

/// The rules of a text with the settings that nobody changed.
fn made(text: &str) -> Made {
    make(&catalog(text), &Settings::default())
}

/// Rules as a file of Prometheus.
fn written(made: &Made) -> String {
    rules_file(&made.bundles).collect()
}
