//! Measuring: criterion's benches in the crates, and the comparisons in `bench/`.

use std::process::ExitCode;

use crate::programs::{cargo, complain, succeeds};
use crate::steps::{Account, COULD_NOT_RUN};
use crate::{needs, web};

/// The comparisons, and the package that has them.
const COMPARISONS: &[&str] = &[
    "validate",
    "formats",
    "status",
    "server",
    "prometheus-rules",
];
const PACKAGE: &str = "tomoni-bench";

/// Runs the bench that is named, or all the short ones.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let mut account = Account::default();
    match arguments.split_first() {
        None => {
            micro(&mut account);
            compare(&mut account, "validate", &[]);
            compare(&mut account, "formats", &[]);
            compare(&mut account, "status", &[]);
            account.note("server and prometheus-rules take many minutes: cargo xtask bench server");
        }
        Some((name, _)) if name == "micro" => micro(&mut account),
        Some((name, rest)) if COMPARISONS.contains(&name.as_str()) => {
            compare(&mut account, name, rest);
        }
        Some((name, _)) => {
            complain(&format!(
                "xtask: there is no bench `{name}`; there are micro, {}",
                COMPARISONS.join(", ")
            ));
            return COULD_NOT_RUN.into();
        }
    }
    account.close()
}

fn micro(account: &mut Account) {
    account.step("criterion's benches", || {
        succeeds(&mut cargo(&[
            "bench",
            "--workspace",
            "--locked",
            "--benches",
        ]))
    });
}

fn compare(account: &mut Account, name: &str, arguments: &[String]) {
    let wanted: &[needs::Package] = match name {
        "validate" | "formats" => &[],
        "server" => &[needs::PROMETHEUS, needs::WRK],
        _ => &[needs::PROMETHEUS],
    };
    if !wanted.is_empty() {
        let missing = needs::see_to(wanted);
        if !missing.is_empty() {
            account.note(format!("NOT MEASURED: {name}: {}", needs::advice(&missing)));
            return;
        }
    }
    web::see_to_bundler(account);
    account.step(name, || {
        let built = ["build", "--release", "--locked", "--package", "tomoni-cli"];
        let run = [
            "run",
            "--release",
            "--locked",
            "--package",
            PACKAGE,
            "--bin",
            name,
            "--",
        ];
        succeeds(&mut cargo(&built)) && succeeds(cargo(&run).args(arguments))
    });
}
