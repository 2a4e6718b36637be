//! `tomoni serve`.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tomoni_app::live::{Handle, Live, LiveOptions};
use tomoni_app::register::{self, InForce, POLL_MS, Register, Watch};
use tomoni_app::servers::hold_to;
use tomoni_app::source::Origins;
use tomoni_server::http::Heartbeat;
use tomoni_spec::{Finding, Severity};
use tomoni_store::Store;

use super::serving::{self, Lock, Stop};
use super::{session, upkeep};
use crate::args::ServeArgs;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::{clock, log};

/// The codes of findings that say that a path, or all below it, was not read.
const UNREAD: [&str; 5] = [
    "file/missing",
    "file/none",
    "file/unreadable",
    "file/too-many",
    "documents/folder-empty",
];

/// How many errors in documents the log tells at once: /findings has them all.
const ERRORS_TOLD: usize = 20;

pub(crate) fn serve(args: &ServeArgs) -> Result<Outcome, CliError> {
    log::begin(&args.log);
    if args.specs.is_empty() {
        return Err(CliError::NoSpecs);
    }
    session::check(&args.source, true)?;
    serving::run(async |stop| work(args, stop).await)?;
    Ok(Outcome::Clean)
}

async fn work(args: &ServeArgs, stop: Stop) -> Result<(), CliError> {
    let heartbeat = args.heartbeat_url.clone().map(|url| Heartbeat {
        url,
        is_post: args.heartbeat_post,
    });
    let settings = serving::settings(&args.site, heartbeat)?;
    let (store, _lock) = place(args).await?;
    let servers = session::servers(&args.source, clock::now_ms())?;
    if let Some(configured) = &servers.configured {
        hold_to(&store, configured, args.source.prometheus_moved).await?;
    }
    let looking = Watch::new(args.specs.clone()).look_beside();
    let (register, (watch, found)) = tokio::join!(Register::load(store.clone()), looking);
    let register = register?;
    let in_force = match found {
        Some(found) => register.reconcile(found, clock::now_ms()).await?,
        None => register.resume(clock::now_ms()).await,
    };
    let mut teller = Teller::default();
    teller.tell(&in_force);
    let mut options = serving::live_options(store.clone());
    options.origins = Some(Origins::Servers(Box::new(servers)));
    options.history_days = args.history_days;
    options.in_force = in_force.into();
    let opened = tokio::select! {
        opened = begun(options) => opened,
        () = stop.clone().told() => return Ok(()),
    };
    let following = tokio::spawn(follow(register.clone(), watch, opened.1.clone(), teller));
    let keeping = tokio::spawn(upkeep::run(
        store.clone(),
        args.retention_days,
        opened.1.clone(),
    ));
    let browser = !args.site.no_browser;
    let served = serving::until_stopped(opened, Some(register), settings, browser, stop).await;
    following.abort();
    keeping.abort();
    served?;
    store.close().await;
    Ok(())
}

/// The loop after its first tick: who asks it finds it ready.
async fn begun(options: LiveOptions) -> (Live, Handle) {
    let (mut live, handle) = Live::open(options).await;
    live.tick(clock::now_ms()).await;
    (live, handle)
}

/// Tells in the log what files say, and what keeps them from being read: once, as long as it stays so.
#[derive(Debug, Default)]
struct Teller {
    unread: BTreeSet<(String, &'static str)>,
    errors: BTreeSet<String>,
}

impl Teller {
    fn tell(&mut self, in_force: &InForce) {
        let findings = || in_force.findings.iter().map(|(finding, _)| finding);
        tracing::info!(documents = in_force.documents, "documents were read");
        let is_error = |f: &&Finding| f.severity == Severity::Error;
        let errors = findings().filter(is_error).count();
        if errors > 0 {
            tracing::warn!(errors, "documents have errors: /findings shows all of them");
        }
        self.tell_errors(findings().filter(is_error));
        let is_unread = |f: &&Finding| UNREAD.contains(&f.code);
        let key = |f: &Finding| (f.place.file.to_string(), f.code);
        for finding in findings().filter(is_unread) {
            if !self.unread.contains(&key(finding)) {
                let Finding { code, message, .. } = finding;
                tracing::warn!(path = %finding.place.file, code, "cannot read --specs: {message}");
            }
        }
        let unread = findings().filter(is_unread).map(key).collect();
        for (path, code) in self.unread.difference(&unread) {
            tracing::info!(path, code, "can read --specs again");
        }
        self.unread = unread;
    }

    /// Tells errors that were not there when documents were read last.
    fn tell_errors<'a>(&mut self, errors: impl Iterator<Item = &'a Finding>) {
        let errors: BTreeSet<String> = errors
            .filter(|finding| !UNREAD.contains(&finding.code))
            .map(line)
            .collect();
        let new: Vec<&String> = errors.difference(&self.errors).collect();
        for error in new.iter().take(ERRORS_TOLD) {
            tracing::warn!("{error}");
        }
        if new.len() > ERRORS_TOLD {
            tracing::warn!(others = new.len() - ERRORS_TOLD, "more errors in documents");
        }
        self.errors = errors;
    }
}

/// A finding as an editor opens it: file, line and column, then what is wrong and what to do.
fn line(finding: &Finding) -> String {
    let place = &finding.place;
    let numbers = [place.line, place.column].into_iter();
    let numbers: String = numbers
        .filter(|number| *number > 0)
        .map(|number| format!(":{number}"))
        .collect();
    let help = finding.help.as_ref();
    let help = help.map_or_else(String::new, |help| format!(" ({help})"));
    let Finding { code, message, .. } = finding;
    format!("{}{numbers}: {message}{help} [{code}]", place.file)
}

/// Puts in force what files say whenever they have changed.
async fn follow(register: Register, watch: Watch, handle: Handle, teller: Teller) {
    let every = Duration::from_millis(POLL_MS);
    let now_ms = Arc::new(clock::now_ms);
    let teller = &Mutex::new(teller);
    register::follow(register, watch, every, now_ms, async |taken| match taken {
        Ok(in_force) => {
            teller.lock().await.tell(&in_force);
            if let Err(error) = handle.documents(in_force.into()).await {
                tracing::error!(%error, "changed documents could not be put in force");
            }
        }
        Err(error) => tracing::warn!(%error, "changed documents wait"),
    })
    .await;
}

/// The store, and the right to be the one who serves from it.
async fn place(args: &ServeArgs) -> Result<(Store, Option<Lock>), CliError> {
    match (&args.data, &args.database) {
        (Some(folder), None) => {
            let lock = Lock::take(folder)?;
            Ok((Store::open(folder).await?, Some(lock)))
        }
        (None, Some(url)) => {
            let store = Store::connect(url).await?;
            store.claim().await?;
            Ok((store, None))
        }
        (None, None) => Err(CliError::NoData),
        (Some(_), Some(_)) => Err(CliError::TwoPlaces),
    }
}
