//! No address of anybody else's machine: nothing here may be fetched, called or counted by others.

use super::tree::Tree;
use super::{Breach, Rule};

/// Names that stand for a document's vocabulary or a text, and are never asked.
const NAMES: &[&str] = &[
    "www.apache.org",
    "www.w3.org",
    "json-schema.org",
    "keepachangelog.com",
    "semver.org",
    "docs.oasis-open.org",
    "json.schemastore.org",
];
/// Endings that RFC 2606 keeps for examples and tests.
const EXAMPLES: &[&str] = &[
    "example",
    "example.com",
    "example.org",
    "example.net",
    "test",
    "invalid",
    "localhost",
];
/// Registries' names, in two halves so that this file does not hold them.
const REGISTRIES: &[(&str, &str)] = &[
    ("crates", ".io"),
    ("docs", ".rs"),
    ("npmjs", ".org"),
    ("pypi", ".org"),
    ("debian", ".org"),
    ("docker", ".io"),
    ("ghcr", ".io"),
];
/// Written by cargo, which names its registry.
const BY_CARGO: &str = "Cargo.lock";

pub(crate) const RULES: &[Rule] = &[
    Rule {
        name: "no addresses of machines that are not ours",
        check: addresses,
        broken: &[("README.md", concat!("see http", "://metrics.vendor.io/x\n"))],
    },
    Rule {
        name: "no registry is named",
        check: registries,
        broken: &[("README.md", concat!("it is on crates", ".io\n"))],
    },
];

fn addresses(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (path, text) in tree.files().filter(|(path, _)| *path != BY_CARGO) {
        for (at, line) in text.lines().enumerate() {
            for host in hosts(line).filter(|host| !is_allowed(host)) {
                let text = format!("`{host}` is somebody's: use a name under example.com");
                breaches.push(Breach::new(path, at + 1, text));
            }
        }
    }
    breaches
}

/// The host of every URL in the line.
fn hosts(line: &str) -> impl Iterator<Item = &str> {
    let schemes = line.match_indices("://").filter_map(|(at, _)| {
        let scheme = line[..at]
            .rsplit(|c: char| !c.is_ascii_alphabetic())
            .next()?;
        matches!(scheme, "http" | "https" | "ftp" | "git" | "ssh").then_some(at + 3)
    });
    schemes.map(|from| {
        let rest = &line[from..];
        let authority = rest
            .split(|c: char| !(c.is_ascii_alphanumeric() || "-.@:_[]{}$".contains(c)))
            .next()
            .unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        match host.strip_prefix('[') {
            Some(v6) => v6.split(']').next().unwrap_or_default(),
            None => host
                .split(':')
                .next()
                .unwrap_or_default()
                .trim_end_matches('.'),
        }
    })
}

/// A host on this machine, in this network (a single word), in an example, a vocabulary's name, or
/// a placeholder.
fn is_allowed(host: &str) -> bool {
    let is_loopback = host.starts_with("127.") || host == "::1" || host == "0.0.0.0";
    let is_word = !host.contains('.') && !host.contains(':');
    let is_placeholder = host.contains(['{', '$']);
    let ends = |ending: &&str| {
        host.strip_suffix(*ending)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    is_loopback || is_word || is_placeholder || EXAMPLES.iter().any(ends) || NAMES.contains(&host)
}

fn registries(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let names: Vec<String> = REGISTRIES.iter().map(|(a, b)| format!("{a}{b}")).collect();
    for (path, text) in tree.files().filter(|(path, _)| *path != BY_CARGO) {
        for (at, line) in text.lines().enumerate() {
            for name in names.iter().filter(|name| line.contains(name.as_str())) {
                breaches.push(Breach::new(path, at + 1, format!("`{name}` is a registry")));
            }
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_found_wherever_they_stand() {
        let scheme = concat!("https", "://");
        let line = format!(
            "a {scheme}user:pw@one.two:80/x?y <{scheme}[2001:db8::1]/> \"{scheme}three.\" x://no"
        );
        assert_eq!(
            hosts(&line).collect::<Vec<_>>(),
            ["one.two", "2001:db8::1", "three"]
        );
    }

    #[test]
    fn ours_and_examples_are_allowed_look_alikes_are_not() {
        for host in [
            "127.0.0.1",
            "::1",
            "localhost",
            "prometheus",
            "slo.example.com",
            "mimir.example",
            "{}",
        ] {
            assert!(is_allowed(host), "{host}");
        }
        for host in ["badexample.com", "vendor.io", "10.0.0.1", "2001:db8::1"] {
            assert!(!is_allowed(host), "{host}");
        }
    }
}
