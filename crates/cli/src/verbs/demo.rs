//! `tomoni demo`: the example organisation with 90 days of history, alive, and nothing left behind.

use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

use tempfile::TempDir;
use tomoni_app::live::{Handle, Live, LiveOptions};
use tomoni_app::register::{Register, Request};
use tomoni_app::source::{Origins, SimulatedSource};
use tomoni_ledger::{DAY_MINUTES, Minute};
use tomoni_sources::simulated::Simulated;
use tomoni_sources::simulator::scenarios;
use tomoni_spec::{SourceFile, split};
use tomoni_store::Store;

use super::serving::{self, Lock, Stop};
use crate::args::DemoArgs;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::{clock, log};

include!(concat!(env!("OUT_DIR"), "/example.rs"));

/// What the temporary folder of every demo is called, up to what tells it from others.
const PREFIX: &str = "tomoni-demo-";
/// The file that tells a demo's temporary folder from one that somebody asked to keep. It is there once
/// the demo has its lock.
const TEMPORARY: &str = "temporary";
/// What happens in the example follows from this number.
const SEED: u64 = 7;
/// How much of it there is at the beginning, in days.
const HISTORY_DAYS: i64 = 90;
/// What a page calls the source of its figures.
const SOURCE: &str = "the demo's simulator";
/// Who wrote the example's documents, and where they come from.
const ORIGIN: &str = "demo";
/// How a store remembers that it is a demo's: this, then the minute in which the demo began.
const MARK: &str = "demo since minute ";

pub(crate) fn demo(args: &DemoArgs) -> Result<Outcome, CliError> {
    log::begin(&args.log);
    // Gone when it is dropped: after the store in it was closed.
    let temporary;
    let folder = match &args.data {
        Some(folder) => folder.as_path(),
        None => {
            let named = tempfile::Builder::new().prefix(PREFIX).tempdir();
            temporary = named.map_err(CliError::Temporary)?;
            TempDir::path(&temporary)
        }
    };
    serving::run(async |stop| work(args, folder, stop).await)?;
    Ok(Outcome::Clean)
}

/// Marks a folder that is ours alone as one that nobody asked to keep.
fn mark_temporary(folder: &Path) -> io::Result<()> {
    fs::write(folder.join(TEMPORARY), "")
}

/// Removes the folders of demos that were killed before they could do it themselves, from where a
/// demo's own one is.
fn clear_leftovers(own: &Path) {
    let beside = own.parent().and_then(|parent| fs::read_dir(parent).ok());
    let entries = beside.into_iter().flatten().flatten();
    let named = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX));
    let folders = named.map(|entry| entry.path());
    for folder in folders.filter(|folder| folder != own && is_temporary(folder, own)) {
        // Held until the folder is gone, so that nobody begins to serve from it.
        let Some(_lock) = Lock::of_dead(&folder) else {
            continue;
        };
        match fs::remove_dir_all(&folder) {
            Ok(()) => tracing::info!(folder = %folder.display(), "removed what a killed demo left"),
            Err(error) => {
                tracing::debug!(%error, folder = %folder.display(), "a killed demo's folder stays");
            }
        }
    }
}

/// Whether a folder is one that a demo of the same user made for itself. Others may put anything where
/// all may write: none of it is followed, or waited for.
fn is_temporary(folder: &Path, own: &Path) -> bool {
    let looked = |path: &Path| fs::symlink_metadata(path).ok();
    let (Some(folder_is), Some(own_is)) = (looked(folder), looked(own)) else {
        return false;
    };
    let marked = looked(&folder.join(TEMPORARY));
    folder_is.is_dir() && is_same_owner(&folder_is, &own_is) && marked.is_some_and(|m| m.is_file())
}

#[cfg(unix)]
fn is_same_owner(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    one.uid() == other.uid()
}

/// Where each user has a temporary folder of their own.
#[cfg(not(unix))]
const fn is_same_owner(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true
}

async fn work(args: &DemoArgs, folder: &Path, stop: Stop) -> Result<(), CliError> {
    let settings = serving::settings(&args.site, None)?;
    let _lock = Lock::take(folder)?;
    if args.data.is_none() {
        mark_temporary(folder).map_err(CliError::Temporary)?;
        clear_leftovers(folder);
    }
    let store = Store::open(folder).await?;
    let now_ms = clock::now_ms();
    let began = began(&store, folder, Minute::ended_by_ms(now_ms)).await?;
    let world = scenarios::tobira(SEED, began - HISTORY_DAYS * DAY_MINUTES, began);
    let source = SimulatedSource::new(Simulated::new(world), SOURCE);

    let mut options = serving::live_options(store.clone());
    options.origins = Some(Origins::One(Arc::new(source)));
    options.history_days = HISTORY_DAYS;
    let register = register(&store, now_ms).await?;
    options.in_force = register.in_force().await.into();
    let opened = tokio::select! {
        opened = with_history(options) => opened,
        () = stop.clone().told() => return Ok(()),
    };
    serving::until_stopped(
        opened,
        Some(register),
        settings,
        !args.site.no_browser,
        stop,
    )
    .await?;
    store.close().await;
    Ok(())
}

/// The example's documents in a register, as somebody would have applied them: so all verbs can be
/// tried on them. What was kept of a demo is not written over.
async fn register(store: &Store, now_ms: i64) -> Result<Register, CliError> {
    let register = Register::open(store.clone(), now_ms).await?;
    if register.in_force().await.documents == 0 {
        let request = Request {
            documents: files()
                .iter()
                .flat_map(|file| split(file).documents)
                .collect(),
            actor: ORIGIN.to_owned(),
            origin: ORIGIN.to_owned(),
            reason: "the example".to_owned(),
            ..Request::default()
        };
        register.apply(&request, now_ms).await?;
    }
    Ok(register)
}

/// The loop with all of history, so that the first page is a full one.
async fn with_history(options: LiveOptions) -> (Live, Handle) {
    let (mut live, handle) = Live::open(options).await;
    live.tick(clock::now_ms()).await;
    while live.groups().await || live.answers().await {}
    (live, handle)
}

/// The minute in which the demo began: what was kept of one goes on as the same story.
async fn began(store: &Store, folder: &Path, now: Minute) -> Result<Minute, CliError> {
    match store.server().await? {
        None => {
            store.set_server(&format!("{MARK}{}", now.index())).await?;
            Ok(now)
        }
        Some(kept) => {
            let index = kept.strip_prefix(MARK).and_then(|index| index.parse().ok());
            index
                .map(Minute::from_index)
                .ok_or_else(|| CliError::NotDemo {
                    folder: folder.to_owned(),
                    kept,
                })
        }
    }
}

/// The example's files, as this program was built with them.
fn files() -> Vec<SourceFile> {
    let file = |(name, text): &(&str, &str)| SourceFile {
        name: (*name).into(),
        bytes: text.as_bytes().to_vec(),
    };
    EXAMPLE.iter().map(file).collect()
}

#[cfg(test)]
mod tests {
    use std::process;

    use tomoni_app::documents::Documents;

    use super::*;

    #[test]
    fn only_what_killed_demos_left_is_removed() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = |name: &str| {
            let folder = temporary.path().join(name);
            fs::create_dir(&folder).unwrap();
            folder
        };
        let lock = "tomoni.lock";
        let own = folder("tomoni-demo-own");
        let _own = Lock::take(&own).unwrap();
        mark_temporary(&own).unwrap();
        let killed = folder("tomoni-demo-killed");
        fs::write(killed.join(lock), "4000000000").unwrap();
        mark_temporary(&killed).unwrap();
        let alive = folder("tomoni-demo-alive");
        let _held = Lock::take(&alive).unwrap();
        mark_temporary(&alive).unwrap();
        // Somebody has said `--data` with such a name.
        let asked = folder("tomoni-demo-talk");
        fs::write(asked.join(lock), "4000000000").unwrap();
        // One that has not come to its lock yet, and one whose holder has not written its id yet.
        let begins = [folder("tomoni-demo-begins"), folder("tomoni-demo-locks")];
        fs::write(begins[1].join(lock), "").unwrap();
        let other = folder("tomoni-data");
        fs::write(other.join(lock), process::id().to_string()).unwrap();
        clear_leftovers(&own);
        assert!(!killed.exists());
        for folder in [&own, &alive, &asked, &begins[0], &begins[1], &other] {
            assert!(folder.exists(), "{}", folder.display());
        }
    }

    #[test]
    fn the_example_is_whole_and_without_an_error() {
        let files = files();
        let documents = Documents {
            catalog: tomoni_spec::read(&files),
            files,
        };
        assert_eq!(documents.errors(), 0);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/tobira");
        let read = tomoni_app::documents::read(&[folder]);
        let names = |documents: &Documents| {
            let slos = documents.catalog.slos.iter();
            slos.map(|slo| slo.value.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(names(&documents), names(&read));
        assert!(names(&documents).len() >= 30);
    }
}
