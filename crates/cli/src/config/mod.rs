//! `serve`'s settings: a flag, else an environment variable, else the configuration file, else the
//! default. The table of all of them is that of the flags.

mod file;
#[cfg(test)]
mod page;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command, CommandFactory, FromArgMatches};

use crate::args::Cli;

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
    Cli::from_arg_matches(matches).unwrap_or_else(|error| error.exit())
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
