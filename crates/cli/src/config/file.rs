//! The configuration file: TOML whose keys are the flags of `serve`, without their dashes in front.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use clap::builder::ValueHint;
use clap::error::{ContextKind, ErrorKind};
use clap::{Arg, Command};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{FILE, is_list, is_switch, settings};

/// The largest configuration file that is read, in bytes.
const BYTES_MAX: u64 = 1 << 20;

/// Why a configuration file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("cannot read {path} (given with --config): {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error("{path} (given with --config) is larger than {BYTES_MAX} bytes")]
    TooLarge { path: PathBuf },
    #[error("{path}:{line}:{column}: {message}")]
    Wrong {
        path: String,
        line: usize,
        column: usize,
        message: String,
    },
}

/// The values that a file gives to one flag.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Setting {
    /// The flag's name.
    key: String,
    values: Vec<String>,
}

/// Reads a file and checks every value as the flag of the same name would be checked.
pub(super) fn read(path: &Path, serve: Option<&Command>) -> Result<Vec<Setting>, ConfigError> {
    let failed = |source| ConfigError::Read {
        path: path.to_owned(),
        source,
    };
    if fs::metadata(path).map_err(failed)?.len() > BYTES_MAX {
        let path = path.to_owned();
        return Err(ConfigError::TooLarge { path });
    }
    let text = fs::read_to_string(path).map_err(failed)?;
    let Some(serve) = serve else {
        return Ok(Vec::new());
    };
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    parse(&text, folder, serve).map_err(|wrong| wrong.within(path, &text))
}

/// Gives the flags of a verb these values, for where neither flag nor variable gives one.
pub(super) fn preset(serve: Command, settings: Vec<Setting>) -> Command {
    settings.into_iter().fold(serve, |serve, setting| {
        let id = id_of(&serve, &setting.key);
        serve.mut_arg(id, |arg| arg.default_values(setting.values))
    })
}

/// What is wrong, and where in the text.
struct Wrong {
    at: Range<usize>,
    message: String,
}

impl Wrong {
    fn new(at: Range<usize>, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { at, message }
    }

    fn within(self, path: &Path, text: &str) -> ConfigError {
        let before = text.get(..self.at.start).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        ConfigError::Wrong {
            path: path.to_string_lossy().into_owned(),
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
            message: self.message,
        }
    }
}

fn parse(text: &str, folder: &Path, serve: &Command) -> Result<Vec<Setting>, Wrong> {
    let table = DeTable::parse(text).map_err(|error| {
        let message = error.message().trim().replace('\n', ", ");
        Wrong::new(
            error.span().unwrap_or_default(),
            format!("this is not TOML: {message}"),
        )
    })?;
    let mut settings = Vec::new();
    for (key, value) in table.get_ref() {
        let name: &str = key.get_ref();
        let arg = known(name, serve).map_err(|message| Wrong::new(key.span(), message))?;
        let values = values(name, value, arg)?;
        let values = values.into_iter().map(|(at, text)| {
            let text = if is_path(arg) {
                below(folder, text)
            } else {
                text
            };
            check(serve, name, &text, arg).map_err(|message| Wrong::new(at, message))?;
            Ok(text)
        });
        settings.push(Setting {
            key: name.to_owned(),
            values: values.collect::<Result<_, Wrong>>()?,
        });
    }
    Ok(settings)
}

/// The flag that a key means.
fn known<'a>(key: &str, serve: &'a Command) -> Result<&'a Arg, String> {
    let names = || {
        settings(serve)
            .map(|(name, _)| name)
            .filter(|name| *name != FILE)
    };
    let found = settings(serve).find(|(name, _)| *name == key && *name != FILE);
    found.map(|(_, arg)| arg).ok_or_else(|| {
        let near = tomoni_spec::nearest(key, names());
        let guess = near.map_or_else(String::new, |near| format!(": is it `{near}`?"));
        let all = names().collect::<Vec<_>>().join(", ");
        let known = if guess.is_empty() {
            format!("; there are {all}")
        } else {
            String::new()
        };
        format!("there is no setting `{key}`{guess}{known}")
    })
}

/// The values as the words that a flag would take, each with its place.
fn values(
    key: &str,
    value: &Spanned<DeValue<'_>>,
    arg: &Arg,
) -> Result<Vec<(Range<usize>, String)>, Wrong> {
    if is_switch(arg) {
        let switch = value.get_ref().as_bool();
        let switch = switch.ok_or_else(|| expected(key, value, "true or false"))?;
        return Ok(vec![(value.span(), switch.to_string())]);
    }
    let word = |value: &Spanned<DeValue<'_>>| match value.get_ref() {
        DeValue::String(text) => Ok((value.span(), text.to_string())),
        DeValue::Integer(number) if number.radix() == 10 => {
            Ok((value.span(), number.as_str().to_owned()))
        }
        _ => Err(expected(key, value, "a string or a whole number")),
    };
    match value.get_ref() {
        DeValue::Array(items) if is_list(arg) => items.iter().map(word).collect(),
        DeValue::Array(_) => Err(expected(key, value, "one value")),
        _ => Ok(vec![word(value)?]),
    }
}

fn expected(key: &str, value: &Spanned<DeValue<'_>>, what: &str) -> Wrong {
    let found = value.get_ref().type_str();
    Wrong::new(value.span(), format!("`{key}` takes {what}, not: {found}"))
}

fn is_path(arg: &Arg) -> bool {
    arg.get_value_hint() == ValueHint::AnyPath
}

/// A path of the file is meant from the file's folder.
fn below(folder: &Path, path: String) -> String {
    match folder.join(&path).into_os_string().into_string() {
        Ok(joined) if !path.is_empty() => joined,
        _ => path,
    }
}

/// Whether the flag would take the value.
fn check(serve: &Command, key: &str, value: &str, arg: &Arg) -> Result<(), String> {
    if is_switch(arg) {
        return Ok(());
    }
    let words = [serve.get_name().to_owned(), format!("--{key}={value}")];
    match serve.clone().try_get_matches_from(words) {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("`{key}` = {value:?}: {}", said(&error))),
    }
}

/// What clap has to say of a value, in short.
fn said(error: &clap::Error) -> String {
    use std::error::Error as _;
    let possible = error.get(ContextKind::ValidValue).map(ToString::to_string);
    match (error.kind(), error.source(), possible) {
        (_, Some(source), _) => source.to_string(),
        (ErrorKind::InvalidValue, None, Some(possible)) => format!("it is one of {possible}"),
        _ => error.kind().to_string(),
    }
}

fn id_of(serve: &Command, key: &str) -> String {
    let found = settings(serve).find(|(name, _)| *name == key);
    found.map_or_else(|| key.to_owned(), |(_, arg)| arg.get_id().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{Cli, LogFormat, Retention, ServeArgs, Verb};
    use crate::config::{command, serve};
    use clap::FromArgMatches;

    /// What the flags and a file's text come to.
    fn settled(flags: &[&str], text: &str) -> ServeArgs {
        let command = command();
        let read = parse(text, Path::new("/etc/tomoni"), serve(&command).unwrap());
        let read = read.unwrap_or_else(|wrong| panic!("{}", wrong.message));
        let command = command.mut_subcommand("serve", |serve| preset(serve, read));
        let words = ["tomoni", "serve"].iter().chain(flags);
        let cli = Cli::from_arg_matches(&command.get_matches_from(words)).unwrap();
        let Verb::Serve(args) = cli.verb else {
            panic!("another verb");
        };
        *args
    }

    fn wrong(text: &str) -> String {
        let command = command();
        let wrong = parse(text, Path::new(""), serve(&command).unwrap()).unwrap_err();
        wrong.within(Path::new("t.toml"), text).to_string()
    }

    #[test]
    fn a_file_stands_behind_the_flags_and_before_the_defaults() {
        let text = "specs = ['slos', '/srv/more']\nlisten = '127.0.0.1:1'\nno-browser = true\n\
                    prometheus-timeout = 7\nretention-days = 400\nlog-format = 'json'\n";
        let args = settled(&[], text);
        let specs = ["/etc/tomoni/slos", "/srv/more"].map(PathBuf::from);
        assert_eq!(args.specs, specs);
        assert_eq!(args.site.listen.port(), 1);
        assert!(args.site.no_browser && !args.site.listen_without_sign_in);
        assert_eq!(args.source.prometheus_timeout, 7);
        assert_eq!(args.retention_days, Retention::Days(400));
        assert_eq!(args.log.log_format, LogFormat::Json);

        let args = settled(&["--listen", "127.0.0.1:2", "--specs", "here"], text);
        assert_eq!(args.site.listen.port(), 2);
        assert_eq!(args.specs, [PathBuf::from("here")]);
        assert_eq!(settled(&[], "").site.listen.port(), 7357);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        insta::assert_snapshot!(
            [
                "\nlisten = '127.0.0.1'\n",
                "listn = 1",
                "data = 'd'\n  retention-days = 'soon'",
                "specs = ['a', 3.5]",
                "data = ['a', 'b']",
                "no-browser = 'yes'",
                "log-format = 'xml'",
                "prometheus-timeout = 0",
                "config = 'x.toml'",
                "data = ",
                "[serve]\ndata = 'x'",
            ]
            .map(wrong)
            .join("\n")
        );
    }
}
