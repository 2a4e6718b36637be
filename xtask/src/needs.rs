//! The real servers that tests and the demo stand on: found, or installed where that is possible.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::programs::{complain, find, find_anywhere, quietly};

/// A Debian package and the programs that are wanted of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    pub(crate) name: &'static str,
    pub(crate) programs: &'static [&'static str],
}

/// Prometheus and promtool.
pub(crate) const PROMETHEUS: Package = Package {
    name: "prometheus",
    programs: &["prometheus", "promtool"],
};

/// VictoriaMetrics, single node.
pub(crate) const VICTORIA_METRICS: Package = Package {
    name: "victoria-metrics",
    programs: &["victoria-metrics"],
};

/// PostgreSQL; Debian keeps its programs beside the `PATH`.
pub(crate) const POSTGRESQL: Package = Package {
    name: "postgresql",
    programs: &["postgres", "initdb"],
};

/// What asks for many pages at once.
pub(crate) const WRK: Package = Package {
    name: "wrk",
    programs: &["wrk"],
};

/// The browser that looks at the pages.
pub(crate) const CHROMIUM: Package = Package {
    name: "chromium",
    programs: &["chromium"],
};

/// What runs the browser's tests, and what bundles the pages' scripts.
pub(crate) const NODE: Package = Package {
    name: "nodejs",
    programs: &["node"],
};

/// What installs the packages of the two.
pub(crate) const NPM: Package = Package {
    name: "npm",
    programs: &["npm"],
};

/// While this file says no, Debian's packages do not start the services they bring: we want the
/// programs, not a server that stays behind.
const POLICY: &str = "/usr/sbin/policy-rc.d";

/// Sees to it that the packages' programs are there; gives those packages that are still missing.
pub(crate) fn see_to(packages: &[Package]) -> Vec<Package> {
    let missing = without(packages);
    if missing.is_empty() {
        return missing;
    }
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    let Some(installer) = Installer::of_this_machine() else {
        return missing;
    };
    complain(&format!(
        "xtask: installing {} with apt-get",
        names.join(", ")
    ));
    if let Err(error) = installer.install(&names) {
        complain(&error);
    }
    without(packages)
}

/// What to do about packages that could not be had.
pub(crate) fn advice(missing: &[Package]) -> String {
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    let programs: Vec<&str> = missing.iter().flat_map(|p| p.programs).copied().collect();
    format!(
        "{} not on the PATH and could not be installed; on Debian or Ubuntu: apt-get install {}",
        programs.join(", "),
        names.join(" ")
    )
}

fn without(packages: &[Package]) -> Vec<Package> {
    let is_missing =
        |package: &&Package| package.programs.iter().any(|p| find_anywhere(p).is_none());
    packages.iter().filter(is_missing).copied().collect()
}

/// How packages are installed here.
struct Installer {
    /// The words before `apt-get`: none as root, else sudo without a question.
    as_root: Vec<String>,
    policy: PathBuf,
}

impl Installer {
    /// `None` where there is no apt-get, or no right to use it without a question.
    fn of_this_machine() -> Option<Self> {
        find("apt-get")?;
        let policy = PathBuf::from(POLICY);
        let is_root = quietly(Command::new("id").arg("-u")).is_ok_and(|said| said.trim() == "0");
        if is_root {
            let as_root = Vec::new();
            return Some(Self { as_root, policy });
        }
        find("sudo")?;
        quietly(Command::new("sudo").args(["-n", "true"])).ok()?;
        let as_root = ["sudo", "-n"].map(str::to_owned).to_vec();
        Some(Self { as_root, policy })
    }

    /// Installs, with a fresh package list should the present one not do.
    fn install(&self, names: &[&str]) -> Result<(), String> {
        let hushed = self.hush();
        let done = self.install_now(names).or_else(|_| {
            quietly(&mut self.apt_get(&["update"]))?;
            self.install_now(names)
        });
        if hushed {
            let removed = quietly(&mut self.command("rm", &["-f", &self.policy_text()]));
            removed?;
        }
        done
    }

    fn install_now(&self, names: &[&str]) -> Result<(), String> {
        let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
        arguments.extend(names);
        quietly(&mut self.apt_get(&arguments)).map(drop)
    }

    /// Forbids services to start, unless somebody has a policy of their own. True when it did.
    fn hush(&self) -> bool {
        if self.policy.exists() || !self.policy.parent().is_some_and(Path::is_dir) {
            return false;
        }
        let script = r#"printf '#!/bin/sh\nexit 101\n' > "$1" && chmod 755 "$1""#;
        let policy = self.policy_text();
        quietly(&mut self.command("sh", &["-c", script, "sh", &policy])).is_ok()
    }

    fn policy_text(&self) -> String {
        self.policy.to_string_lossy().into_owned()
    }

    fn apt_get(&self, arguments: &[&str]) -> Command {
        let mut words = vec!["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"];
        words.extend(arguments);
        self.command("env", &words)
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut words = self.as_root.iter().map(String::as_str).chain([program]);
        let mut command = Command::new(words.next().unwrap_or(program));
        command.args(words).args(arguments);
        command
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// An installer whose "root" is a script that writes down what it was asked to do, says whether
    /// services were forbidden then, and fails the first `failures` installs.
    struct Pretended {
        folder: PathBuf,
        installer: Installer,
    }

    impl Pretended {
        fn new(name: &str, failures: usize) -> Self {
            let folder = std::env::temp_dir().join(format!("tomoni-{name}-{}", std::process::id()));
            fs::create_dir_all(&folder).unwrap();
            let policy = folder.join("policy-rc.d");
            let script = folder.join("as-root");
            let text = format!(
                r#"cd "{}"
case "$*" in
  *apt-get*) test -x policy-rc.d && echo hushed >> log; echo "$*" >> log ;;
  *) exec "$@" ;;
esac
case "$*" in
  *install*) echo x >> tries; test "$(wc -l < tries)" -gt {failures} || {{ echo "cannot locate" >&2; exit 100; }} ;;
esac
"#,
                folder.display()
            );
            fs::write(&script, text).unwrap();
            let as_root = vec!["sh".to_owned(), script.to_string_lossy().into_owned()];
            Self {
                folder,
                installer: Installer { as_root, policy },
            }
        }

        fn log(&self) -> String {
            fs::read_to_string(self.folder.join("log")).unwrap()
        }
    }

    impl Drop for Pretended {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }

    const INSTALL: &str = "env DEBIAN_FRONTEND=noninteractive apt-get --quiet install --yes \
                           --no-install-recommends prometheus\n";
    const UPDATE: &str = "env DEBIAN_FRONTEND=noninteractive apt-get --quiet update\n";

    #[test]
    fn services_are_forbidden_while_installing_and_allowed_again() {
        let machine = Pretended::new("hush", 0);
        machine.installer.install(&["prometheus"]).unwrap();
        assert_eq!(machine.log(), format!("hushed\n{INSTALL}"));
        assert!(!machine.installer.policy.exists());
    }

    #[test]
    fn a_stale_list_is_renewed_once() {
        let machine = Pretended::new("stale", 1);
        machine.installer.install(&["prometheus"]).unwrap();
        let expected = format!("hushed\n{INSTALL}hushed\n{UPDATE}hushed\n{INSTALL}");
        assert_eq!(machine.log(), expected);
    }

    #[test]
    fn what_apt_said_is_told_and_a_policy_of_others_is_left_alone() {
        let machine = Pretended::new("fails", 2);
        fs::write(&machine.installer.policy, "theirs").unwrap();
        let error = machine.installer.install(&["prometheus"]).unwrap_err();
        assert!(error.contains("cannot locate"), "{error}");
        assert_eq!(
            fs::read_to_string(&machine.installer.policy).unwrap(),
            "theirs"
        );
    }

    #[test]
    fn a_program_of_which_versions_are_installed_is_found_beside_the_path() {
        let has_versions = Path::new("/usr/lib/postgresql").is_dir();
        let found = find_anywhere("initdb").is_some();
        assert!(
            found || !has_versions,
            "PostgreSQL's folder holds no initdb"
        );
        assert_eq!(find_anywhere("no-such-program-anywhere"), None);
    }

    #[test]
    fn advice_names_programs_and_packages() {
        assert_eq!(
            advice(&[PROMETHEUS, VICTORIA_METRICS]),
            "prometheus, promtool, victoria-metrics not on the PATH and could not be installed; \
             on Debian or Ubuntu: apt-get install prometheus victoria-metrics"
        );
    }
}
