//! A manifest's dependencies, as far as the rules need them. Not a TOML reader: our own manifests
//! have one dependency a line, and another rule sees to that.

/// A `Cargo.toml`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub(crate) path: String,
    pub(crate) dependencies: Vec<Dependency>,
    /// Whether the workspace's lints hold here.
    pub(crate) has_lints: bool,
}

/// One line under a heading of dependencies.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) line: usize,
    /// Only tests and benches need it.
    pub(crate) is_for_tests: bool,
    /// Its version stands in the workspace's manifest.
    pub(crate) is_shared: bool,
}

impl Manifest {
    pub(crate) fn read(path: &str, text: &str) -> Self {
        let mut manifest = Self {
            path: path.to_owned(),
            dependencies: Vec::new(),
            has_lints: false,
        };
        let mut heading = "";
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if let Some(inner) = line.strip_prefix('[') {
                heading = inner.trim_end_matches(']');
            } else if line.is_empty() || line.starts_with('#') {
                continue;
            } else if heading == "lints" {
                manifest.has_lints |= line.replace(' ', "") == "workspace=true";
            } else if heading.ends_with("dependencies") {
                manifest.dependencies.push(Dependency {
                    name: line
                        .split(['.', '=', ' '])
                        .next()
                        .unwrap_or_default()
                        .to_owned(),
                    line: at + 1,
                    is_for_tests: heading.ends_with("dev-dependencies"),
                    is_shared: line.replace(' ', "").contains("workspace=true"),
                });
            }
        }
        manifest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_under_headings_of_dependencies_are_read() {
        let text = "[package]\nname = \"a\"\n[lints]\nworkspace = true\n[dependencies]\n# why\n\
                    b.workspace = true\n[dev-dependencies]\nc = { version = \"1\" }\n";
        let manifest = Manifest::read("crates/a/Cargo.toml", text);
        assert!(manifest.has_lints);
        let read: Vec<_> = manifest
            .dependencies
            .iter()
            .map(|d| (d.name.as_str(), d.line, d.is_for_tests, d.is_shared))
            .collect();
        assert_eq!(read, [("b", 7, false, true), ("c", 9, true, false)]);
    }
}
