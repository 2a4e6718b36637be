#![doc = include_str!("../README.md")]

mod args;
mod client;
mod clock;
mod config;
mod draw;
mod error;
mod exit;
mod log;
mod paths;
mod print;
mod progress;
mod replace;
mod tell;
mod verbs;
mod yaml;

use std::process::ExitCode;

use args::{Cli, Verb};
use error::CliError;
use exit::{COULD_NOT_RUN, Outcome};

fn main() -> ExitCode {
    let words = std::env::args_os().collect();
    match config::parse(words).map_err(CliError::from).and_then(run) {
        Ok(outcome) => outcome.into(),
        Err(CliError::Stopped(advice)) => {
            print::say(&format!("stopped{advice}"));
            ExitCode::from(exit::STOPPED)
        }
        Err(error) => {
            print::say(&format!("error: {error}"));
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

fn run(cli: Cli) -> Result<Outcome, CliError> {
    match cli.verb {
        Verb::Demo(args) => verbs::demo(&args),
        Verb::Serve(args) => verbs::serve(&args),
        Verb::Validate(args) => verbs::validate(&args),
        Verb::Rules(args) => verbs::rules(&args),
        Verb::Convert(args) => verbs::convert(&args),
        Verb::Status(args) => verbs::status(&args),
        Verb::Explain(args) => verbs::explain(&args),
        Verb::Compare(args) => verbs::compare(args),
        Verb::Apply(args) => verbs::apply(&args),
        Verb::Diff(args) => verbs::diff(&args),
        Verb::Delete(args) => verbs::delete(&args),
        Verb::Get(args) => verbs::get(&args),
        Verb::Export(args) => verbs::export(&args),
        Verb::Backup(args) => verbs::backup(&args),
        Verb::Restore(args) => verbs::restore(&args),
        Verb::Push(args) => verbs::push(&args),
        Verb::Refill(args) => verbs::refill(&args),
        Verb::Forget(args) => verbs::forget(&args),
        Verb::Schema => verbs::schema(),
        Verb::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut config::command(), "tomoni", &mut text);
            print::data(&String::from_utf8_lossy(&text))?;
            Ok(Outcome::Clean)
        }
    }
}
