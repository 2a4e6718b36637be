//! `tomoni apply`, `diff`, `delete`, `get` and `export`: documents on a running server.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use reqwest::Method;
use tomoni_app::documents;

use crate::args::{ApplyArgs, DeleteArgs, DiffArgs, ExportArgs, GetArgs, Output};
use crate::client::documents::{Applied, Change, Documents, Export};
use crate::client::{self, Ask, Client, Part};
use crate::draw::{self, Screen};
use crate::error::CliError;
use crate::exit::Outcome;
use crate::replace::replace;
use crate::{paths, print};

/// What findings call several files that were sent as one text.
const JOINED: &str = "joined";
/// What stands between two files of one text.
const SEPARATOR: &str = "---\n";

pub(crate) fn apply(args: &ApplyArgs) -> Result<Outcome, CliError> {
    let client = Client::new(&args.server)?;
    let text = Text::read(&args.paths)?;
    let mut query = client::given(&[("reason", &args.reason)]);
    if args.dry_run {
        query.push(("dry_run", "true".to_owned()));
    }
    let applied = text.send(&client, Method::PUT, &["api", "v1", "documents"], query)?;
    show(&applied, args.output)?;
    Ok(Outcome::Clean)
}

pub(crate) fn diff(args: &DiffArgs) -> Result<Outcome, CliError> {
    let client = Client::new(&args.server)?;
    let text = Text::read(&args.paths)?;
    let path = ["api", "v1", "documents", "diff"];
    let applied = text.send(&client, Method::POST, &path, Vec::new())?;
    show(&applied, args.output)?;
    let has_changes = !applied.changes.iter().all(Change::is_nothing);
    Ok(Outcome::findings_if(has_changes))
}

pub(crate) fn delete(args: &DeleteArgs) -> Result<Outcome, CliError> {
    let client = Client::new(&args.server)?;
    let mut query = client::given(&[("reason", &args.reason)]);
    if args.dry_run {
        query.push(("dry_run", "true".to_owned()));
    }
    let path = ["api", "v1", "documents", &args.kind, &args.name];
    let ask = Ask {
        method: Method::DELETE,
        query,
        ..Ask::get(&path)
    };
    let applied: Applied = client.read(client.ask(&ask)?)?;
    show(&applied, args.output)?;
    Ok(Outcome::Clean)
}

pub(crate) fn get(args: &GetArgs) -> Result<Outcome, CliError> {
    let client = Client::new(&args.server)?;
    let one = args.kind.as_deref().zip(args.name.as_deref());
    let path: Vec<&str> = match one {
        Some((kind, name)) => vec!["api", "v1", "documents", kind, name],
        None => vec!["api", "v1", "documents"],
    };
    let mut ask = Ask::get(&path);
    if one.is_none() {
        ask.query = client::given(&[("kind", &args.kind)]);
    }
    let documents: Documents = client.read(client.ask(&ask)?)?;
    print::report(&documents, args.output, |report| {
        if one.is_some() {
            report
                .documents
                .iter()
                .map(|document| document.text.as_str())
                .collect()
        } else {
            draw::documents(report, Screen::stdout())
        }
    })?;
    Ok(Outcome::Clean)
}

pub(crate) fn export(args: &ExportArgs) -> Result<Outcome, CliError> {
    let client = Client::new(&args.server)?;
    let export: Export = client.read(client.ask(&Ask::get(&["api", "v1", "export"]))?)?;
    let Some(folder) = &args.folder else {
        let texts: Vec<&str> = export.files.iter().map(|file| file.text.as_str()).collect();
        print::data(&texts.join(SEPARATOR))?;
        return Ok(Outcome::Clean);
    };
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| CliError::Export { path, source }
    };
    fs::create_dir_all(folder).map_err(failed(folder))?;
    for file in &export.files {
        let path = folder.join(named(&file.name)?);
        let written = if args.force {
            replace(&path, std::iter::once(&file.text))
        } else {
            File::create_new(&path).and_then(|mut to| to.write_all(file.text.as_bytes()))
        };
        written.map_err(failed(&path))?;
        print::data(&format!("{}\n", path.display()))?;
    }
    Ok(Outcome::Clean)
}

/// A file's name as a server gives it: it cannot lead out of the folder.
fn named(name: &str) -> Result<&str, CliError> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let is_name = !name.is_empty() && !name.starts_with('.') && name.chars().all(is_plain);
    is_name
        .then_some(name)
        .ok_or_else(|| CliError::ExportName(name.to_owned()))
}

fn show(applied: &Applied, output: Output) -> Result<(), CliError> {
    print::report(applied, output, |applied| {
        draw::changes(applied, Screen::stdout())
    })
}

/// Files as the one text that is sent.
struct Text {
    name: String,
    bytes: Vec<u8>,
    parts: Vec<Part>,
}

impl Text {
    fn read(paths: &[PathBuf]) -> Result<Self, CliError> {
        paths::check(paths)?;
        let read = documents::files(paths);
        if let Some(finding) = read
            .findings
            .iter()
            .find(|f| f.severity == tomoni_spec::Severity::Error)
        {
            let place = &finding.place;
            return Err(CliError::Document(format!(
                "{}: {}",
                place.file, finding.message
            )));
        }
        if read.files.is_empty() {
            let paths = paths.iter().map(|path| path.to_string_lossy());
            let paths = paths.collect::<Vec<_>>().join(" ");
            return Err(CliError::Document(format!("no documents in {paths}")));
        }
        let mut text = Self {
            name: JOINED.to_owned(),
            bytes: Vec::new(),
            parts: Vec::new(),
        };
        if let [only] = read.files.as_slice() {
            text.name = only.name.to_string();
        }
        for file in &read.files {
            if !text.bytes.is_empty() {
                if !text.bytes.ends_with(b"\n") {
                    text.bytes.push(b'\n');
                }
                text.bytes.extend_from_slice(SEPARATOR.as_bytes());
            }
            text.parts.push(Part {
                file: file.name.to_string(),
                lines_before: text.bytes.iter().filter(|byte| **byte == b'\n').count(),
            });
            text.bytes.extend_from_slice(&file.bytes);
        }
        Ok(text)
    }

    fn send(
        self,
        client: &Client,
        method: Method,
        path: &[&str],
        mut query: Vec<(&'static str, String)>,
    ) -> Result<Applied, CliError> {
        query.push(("name", self.name));
        let ask = Ask {
            method,
            query,
            body: Some(("application/yaml", self.bytes)),
            ..Ask::get(path)
        };
        client.read(
            client
                .ask(&ask)
                .map_err(|error| error.of_parts(JOINED, &self.parts))?,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_elsewhere_is_refused() {
        assert_eq!(named("slos.yaml").unwrap(), "slos.yaml");
        for name in ["", "../x", "/etc/x", ".hidden", "a\\b"] {
            assert!(named(name).is_err(), "{name}");
        }
    }

    #[test]
    fn several_files_are_one_text_whose_lines_are_known() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("a.yaml", "a: 1\nb: 2"), ("b.yaml", "c: 3\n")] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let text = Text::read(&[folder.path().to_owned()]).unwrap();
        assert_eq!(text.bytes, b"a: 1\nb: 2\n---\nc: 3\n");
        let lines: Vec<usize> = text.parts.iter().map(|part| part.lines_before).collect();
        assert_eq!((text.name.as_str(), lines), (JOINED, vec![0, 3]));
    }
}
