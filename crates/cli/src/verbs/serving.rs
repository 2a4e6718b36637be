//! What `serve` and `demo` share: a loop, a site over it, signals, and an orderly end.

use std::fs::{self, File};
use std::io::{self, IsTerminal, Read, Seek, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinError;
use tomoni_app::live::{Handle, Live, LiveOptions};
use tomoni_app::register::Register;
use tomoni_server::http::{self, Clock, Heartbeat, Settings, Site, Timeouts};
use tomoni_store::Store;

use crate::args::SiteArgs;
use crate::error::CliError;
use crate::{clock, exit, print};

/// In the data folder: held by the one server that may write there.
const LOCK: &str = "tomoni.lock";
/// How much of a lock file is read: a process id.
const HOLDER_BYTES_MAX: u64 = 32;

/// Runs a server until it is told to stop, on threads of its own.
pub(super) fn run(work: impl AsyncFnOnce(Stop) -> Result<(), CliError>) -> Result<(), CliError> {
    let runtime = Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(CliError::Runtime)?;
    let ended = runtime.block_on(async { work(Stop::listen().map_err(CliError::Runtime)?).await });
    // Whatever still counts or decodes need not be waited for: nobody would take its answer.
    runtime.shutdown_timeout(Duration::from_millis(100));
    ended
}

/// Whether SIGTERM or Ctrl-C has come. A second one ends the process at once.
#[derive(Clone, Debug)]
pub(super) struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Listens from now on.
    fn listen() -> io::Result<Self> {
        let mut interrupted = signal(SignalKind::interrupt())?;
        let mut terminated = signal(SignalKind::terminate())?;
        let (told, stop) = watch::channel(false);
        tokio::spawn(async move {
            for _ in 0..2 {
                tokio::select! {
                    _ = interrupted.recv() => {}
                    _ = terminated.recv() => {}
                }
                if told.send_replace(true) {
                    process::exit(i32::from(exit::STOPPED));
                }
                tracing::info!("stopping; once more stops at once");
            }
        });
        Ok(Self(stop))
    }

    /// Done once it has come.
    pub(super) async fn told(mut self) {
        // The listening task holds the sender for as long as there is anything to wait for.
        let _ = self.0.wait_for(|is_told| *is_told).await;
    }
}

/// The settings that the flags make.
pub(super) fn settings(
    args: &SiteArgs,
    heartbeat: Option<Heartbeat>,
) -> Result<Settings, CliError> {
    let zone = match &args.zone {
        Some(name) => TimeZone::get(name).map_err(|_| CliError::Zone(name.clone()))?,
        None => TimeZone::system(),
    };
    let mut settings = Settings {
        listen: args.listen,
        base_path: args.base_path.trim_end_matches('/').to_owned(),
        public_url: args.public_url.clone(),
        allow_exposed: args.listen_without_sign_in,
        heartbeat,
        zone,
    };
    if settings.base_path.is_empty() {
        settings.base_path = settings.public_path().to_owned();
    }
    settings.check()?;
    Ok(settings)
}

/// The loop's options with the real clocks.
pub(super) fn live_options(store: Store) -> LiveOptions {
    let begun = clock::timer();
    LiveOptions::new(
        store,
        Arc::new(clock::now_ms),
        Arc::new(move || begun.elapsed()),
    )
}

/// Serves a loop until it is told to stop: says where on standard output, once it answers.
pub(super) async fn until_stopped(
    (live, handle): (Live, Handle),
    register: Option<Register>,
    settings: Settings,
    is_browser_wanted: bool,
    stop: Stop,
) -> Result<(), CliError> {
    let listener = http::bind(&settings).await?;
    let address = listener.local_addr().unwrap_or(settings.listen);
    let url = url(address, &settings.base_path);
    let begun = clock::timer();
    let heartbeat = settings.heartbeat.clone();
    let clocks = Clock::new(clock::now_ms, move || begun.elapsed());
    let site = Site::with(handle, register, settings, clocks, Timeouts::default());

    // The loop outlives the sockets: requests under way still ask it.
    let (end_loop, loop_ends) = oneshot::channel::<()>();
    let mut looping = tokio::spawn(live.run(async {
        // Whether it is told or whoever would tell it has gone: it ends.
        let _ = loop_ends.await;
    }));
    let beating = heartbeat.map(|heartbeat| {
        let site = site.clone();
        tokio::spawn(http::heartbeat::run(site, heartbeat))
    });
    let mut serving = tokio::spawn(http::serve(listener, site, stop.clone().told()));
    print::data(&format!("{url}\n"))?;
    tracing::info!(url, "serving");
    if is_browser_wanted
        && can_show_browser()
        && let Err(error) = open::that_detached(&url)
    {
        // Somebody without a browser has the address.
        tracing::debug!(%error, "no browser could be opened");
    }
    // A part that ends by itself has failed: better no server than one that shows old figures.
    let failed = tokio::select! {
        biased;
        () = stop.clone().told() => None,
        ended = &mut looping => Some(("the loop", ended)),
        ended = &mut serving => Some(("the sockets", ended)),
    };
    if let Some(beating) = beating {
        beating.abort();
    }
    if let Some((part, ended)) = failed {
        let why = ended
            .err()
            .map_or_else(|| "it ended".to_owned(), |error| error.to_string());
        return Err(CliError::Part { part, why });
    }
    ended_well("the sockets", serving.await)?;
    drop(end_loop);
    ended_well("the loop", looping.await)?;
    tracing::info!("stopped");
    Ok(())
}

fn ended_well(part: &'static str, ended: Result<(), JoinError>) -> Result<(), CliError> {
    ended.map_err(|error| CliError::Part {
        part,
        why: error.to_string(),
    })
}

/// Where a browser on this machine finds the pages.
fn url(address: SocketAddr, base_path: &str) -> String {
    let ip = match address.ip() {
        ip if !ip.is_unspecified() => ip,
        _ => IpAddr::V4(Ipv4Addr::LOCALHOST),
    };
    let address = SocketAddr::new(ip, address.port());
    format!("http://{address}{base_path}/")
}

/// Whether a person sits before a screen.
fn can_show_browser() -> bool {
    let has_display = cfg!(any(target_os = "macos", target_os = "windows"))
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    has_display && io::stdout().is_terminal()
}

/// The right to serve from a data folder. It ends with the process, however that ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the right, if nobody has it.
    pub(super) fn take(folder: &Path) -> Result<Self, CliError> {
        let path = folder.join(LOCK);
        let failed = |source| CliError::Lock {
            path: path.clone(),
            source,
        };
        fs::create_dir_all(folder).map_err(failed)?;
        let mut options = File::options();
        let options = options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(in_use(folder, &mut file)),
            Err(fs::TryLockError::Error(error)) => return Err(failed(error)),
        }
        let written = file.set_len(0).and_then(|()| file.rewind());
        let written = written.and_then(|()| write!(file, "{}", process::id()));
        written.map_err(failed)?;
        Ok(Self { _file: file })
    }

    /// The right that a process had, as its file tells, and left behind when it died.
    pub(super) fn of_dead(folder: &Path) -> Option<Self> {
        let path = folder.join(LOCK);
        // What is no file could be waited for without end.
        fs::symlink_metadata(&path)
            .ok()
            .filter(fs::Metadata::is_file)?;
        let file = File::open(path).ok()?;
        file.try_lock().ok()?;
        let mut holder = String::new();
        (&file)
            .take(HOLDER_BYTES_MAX)
            .read_to_string(&mut holder)
            .ok()?;
        is_id(&holder).then_some(Self { _file: file })
    }
}

fn is_id(holder: &str) -> bool {
    !holder.is_empty() && holder.bytes().all(|byte| byte.is_ascii_digit())
}

fn in_use(folder: &Path, file: &mut File) -> CliError {
    let mut holder = String::new();
    // The id is for people; without it they still know which folder.
    let _ = file.take(HOLDER_BYTES_MAX).read_to_string(&mut holder);
    CliError::InUse {
        folder: PathBuf::from(folder),
        holder: if is_id(&holder) {
            format!(" (process {holder})")
        } else {
            String::new()
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_that_a_browser_can_open() {
        let of = |text: &str, base| url(text.parse().unwrap(), base);
        assert_eq!(of("127.0.0.1:7357", ""), "http://127.0.0.1:7357/");
        assert_eq!(of("0.0.0.0:80", "/tomoni"), "http://127.0.0.1:80/tomoni/");
        assert_eq!(of("[::1]:1", ""), "http://[::1]:1/");
    }

    #[test]
    fn one_server_at_a_time_and_the_next_when_it_has_ended() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::take(folder.path()).unwrap();
        let said = Lock::take(folder.path()).unwrap_err().to_string();
        assert!(
            said.contains(&format!("(process {})", process::id())),
            "{said}"
        );
        drop(first);
        Lock::take(folder.path()).unwrap();
    }
}
