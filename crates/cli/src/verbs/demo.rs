//! `tomoni demo`: the example organisation with 90 days of history, alive, and nothing left behind.

use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;
use tomoni_app::documents::Documents;
use tomoni_app::live::{Handle, Live, LiveOptions};
use tomoni_app::source::{Origins, SimulatedSource};
use tomoni_app::world::InForce;
use tomoni_ledger::{DAY_MINUTES, Minute};
use tomoni_sources::simulated::Simulated;
use tomoni_sources::simulator::scenarios;
use tomoni_spec::SourceFile;
use tomoni_store::Store;

use super::serving::{self, Lock, Stop};
use crate::args::DemoArgs;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::{clock, log};

include!(concat!(env!("OUT_DIR"), "/example.rs"));

/// What happens in the example follows from this number.
const SEED: u64 = 7;
/// How much of it there is at the beginning, in days.
const HISTORY_DAYS: i64 = 90;
/// What a page calls the source of its figures.
const SOURCE: &str = "the demo's simulator";
/// How a store remembers that it is a demo's: this, then the minute in which the demo began.
const MARK: &str = "demo since minute ";

pub(crate) fn demo(args: &DemoArgs) -> Result<Outcome, CliError> {
    log::begin(&args.log);
    // Gone when it is dropped: after the store in it was closed.
    let temporary;
    let folder = match &args.data {
        Some(folder) => folder.as_path(),
        None => {
            let named = tempfile::Builder::new().prefix("tomoni-demo-").tempdir();
            temporary = named.map_err(CliError::Temporary)?;
            TempDir::path(&temporary)
        }
    };
    serving::run(async |stop| work(args, folder, stop).await)?;
    Ok(Outcome::Clean)
}

async fn work(args: &DemoArgs, folder: &Path, stop: Stop) -> Result<(), CliError> {
    let settings = serving::settings(&args.site, None)?;
    let _lock = Lock::take(folder)?;
    let store = Store::open(folder).await?;
    let now_ms = clock::now_ms();
    let began = began(&store, folder, Minute::ended_by_ms(now_ms)).await?;
    let world = scenarios::tobira(SEED, began - HISTORY_DAYS * DAY_MINUTES, began);
    let source = SimulatedSource::new(Simulated::new(world), SOURCE);

    let mut options = serving::live_options(store.clone());
    options.origins = Some(Origins::One(Arc::new(source)));
    options.history_days = HISTORY_DAYS;
    options.in_force = InForce::read(documents(), now_ms);
    let opened = tokio::select! {
        opened = with_history(options) => opened,
        () = stop.clone().told() => return Ok(()),
    };
    serving::until_stopped(opened, None, settings, !args.site.no_browser, stop).await?;
    store.close().await;
    Ok(())
}

/// The loop with all of history, so that the first page is a full one.
async fn with_history(options: LiveOptions) -> (Live, Handle) {
    let (mut live, handle) = Live::open(options).await;
    live.tick(clock::now_ms()).await;
    while live.answers().await {}
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

/// The example's documents, as this program was built with them.
fn documents() -> Documents {
    let file = |(name, text): &(&str, &str)| SourceFile {
        name: (*name).into(),
        bytes: text.as_bytes().to_vec(),
    };
    let files: Vec<SourceFile> = EXAMPLE.iter().map(file).collect();
    Documents {
        catalog: tomoni_spec::read(&files),
        files,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_whole_and_without_an_error() {
        let documents = documents();
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
