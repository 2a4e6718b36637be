//! `serve`'s settings: a flag, else an environment variable, else the configuration file, else the
//! default. The table of all of them is that of the flags.

mod file;
#[cfg(test)]
mod page;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, CommandFactory, FromArgMatches};

use crate::args::{Cli, Verb};

pub(crate) use file::ConfigError;

/// The verb that has settings.
const VERB: &str = "serve";
/// The flag that names the configuration file; not a setting itself.
const FILE: &str = "config";

/// What was asked for, with everything that the environment and a configuration file add.
///
/// # Errors
///
/// When the configuration file cannot be used. Misuse of flags, and help, end the process at once,
/// as clap does.
pub(crate) fn parse(words: Vec<OsString>) -> Result<Cli, ConfigError> {
    let command = command();
    let matches = command.clone().get_matches_from(words.clone());
    let Some(file) = named_file(&matches) else {
        return Ok(cli(&matches));
    };
    let settings = file::read(&file, serve(&command))?;
    let command = command.mut_subcommand(VERB, |serve| file::preset(serve, settings));
    Ok(cli(&command.get_matches_from(words)))
}

/// All verbs; every setting of `serve` with its environment variable.
pub(crate) fn command() -> Command {
    Cli::command().mut_subcommand(VERB, |serve| serve.mut_args(with_variable))
}

fn cli(matches: &ArgMatches) -> Cli {
    let mut cli = Cli::from_arg_matches(matches).unwrap_or_else(|error| error.exit());
    if let Some((_, given)) = matches.subcommand() {
        prefer_flags(&mut cli.verb, given);
    }
    cli
}

/// A flag says which of the two is meant where a variable says the other: a server, or documents.
fn prefer_flags(verb: &mut Verb, given: &ArgMatches) {
    let (server, specs, documents) = match verb {
        Verb::Status(args) => (&mut args.server, &mut args.ledger.specs, "specs"),
        Verb::Explain(args) => (&mut args.server, &mut args.ledger.specs, "specs"),
        Verb::Compare(args) if args.paths.is_empty() => {
            (&mut args.server, &mut args.ledger.specs, "specs")
        }
        Verb::Compare(args) => (&mut args.server, &mut args.ledger.specs, "paths"),
        _ => return,
    };
    let source = |id| given.value_source(id);
    let (flag, variable) = (
        Some(ValueSource::CommandLine),
        Some(ValueSource::EnvVariable),
    );
    match (source("server"), source(documents)) {
        (of_server, of_specs) if of_server == flag && of_specs == variable => specs.clear(),
        (of_server, of_specs) if of_server == variable && of_specs == flag => server.server = None,
        _ => {}
    }
}

fn named_file(matches: &ArgMatches) -> Option<PathBuf> {
    let serve = matches.subcommand_matches(VERB)?;
    serve.get_one::<PathBuf>(FILE).cloned()
}

/// The verb with its flags.
fn serve(command: &Command) -> Option<&Command> {
    command.find_subcommand(VERB)
}

fn is_switch(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::SetTrue)
}

fn is_list(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Append)
}

/// The settings among a verb's flags: what has a long name, but for those that ask for help.
fn settings(serve: &Command) -> impl Iterator<Item = (&str, &Arg)> {
    let flags = serve.get_arguments().filter(|arg| !is_about_itself(arg));
    flags.filter_map(|arg| Some((arg.get_long()?, arg)))
}

fn is_about_itself(arg: &Arg) -> bool {
    use ArgAction::{Help, HelpLong, HelpShort, Version};
    matches!(arg.get_action(), Help | HelpShort | HelpLong | Version)
}

/// The same flag, read from `TOMONI_…` where it is not given.
fn with_variable(arg: Arg) -> Arg {
    if is_about_itself(&arg) {
        return arg;
    }
    let arg = match variable(&arg) {
        Some(variable) => arg.env(variable).hide_env_values(true),
        None => arg,
    };
    if is_switch(&arg) {
        return arg.value_parser(BoolishValueParser::new());
    }
    arg
}

/// The environment variable of a flag: `--log-format` is `TOMONI_LOG_FORMAT`.
fn variable(arg: &Arg) -> Option<String> {
    let long = arg.get_long()?;
    Some(format!("TOMONI_{}", long.replace('-', "_").to_uppercase()))
}
