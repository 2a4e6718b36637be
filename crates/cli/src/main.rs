#![doc = include_str!("../README.md")]

mod args;
mod draw;
mod error;
mod exit;
mod print;
mod progress;
mod verbs;
mod yaml;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use args::{Cli, Verb};
use error::CliError;
use exit::{COULD_NOT_RUN, Outcome};

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.verb) {
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

fn run(verb: Verb) -> Result<Outcome, CliError> {
    match verb {
        Verb::Validate(args) => verbs::validate(&args),
        Verb::Status(args) => verbs::status(&args),
        Verb::Explain(args) => verbs::explain(&args),
        Verb::Schema => verbs::schema(),
        Verb::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "tomoni", &mut text);
            print::data(&String::from_utf8_lossy(&text))?;
            Ok(Outcome::Clean)
        }
    }
}
