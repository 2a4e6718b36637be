//! Sockets: listening, accepting, stopping.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::patience::Patience;
use super::router;
use crate::site::Site;
use crate::site::limits::{CONNECTIONS_MAX, HEAD_BYTES_MAX, HEADERS_MAX};
use crate::site::settings::{Settings, SettingsError};

/// How long to wait when the system has no more sockets to give.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Why the server does not listen.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The settings forbid it.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Somebody else listens there.
    #[error(
        "{0} is taken: another program, or another Tomoni, listens there; stop it, or choose \
         another port with --listen (port 0 takes a free one)"
    )]
    Taken(SocketAddr),
    /// The system refuses.
    #[error("cannot listen on {address}: {error}")]
    Bind {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        error: io::Error,
    },
}

/// Listens where the settings say, if they may.
///
/// # Errors
///
/// When the settings forbid it, or the system does.
pub async fn bind(settings: &Settings) -> Result<TcpListener, ServeError> {
    settings.check()?;
    let address = settings.listen;
    TcpListener::bind(address)
        .await
        .map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => ServeError::Taken(address),
            _ => ServeError::Bind { address, error },
        })
}

/// Answers until `stop` is done; then takes no more connections, ends streams, and gives requests
/// that are under way a little time.
pub async fn serve(listener: TcpListener, site: Site, stop: impl Future<Output = ()>) {
    let app = router(site.clone());
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    tokio::pin!(stop);
    loop {
        let accepted = async {
            // The semaphore is never closed.
            let place = places.clone().acquire_owned().await.ok();
            (listener.accept().await, place)
        };
        let (accepted, place) = tokio::select! {
            () = &mut stop => break,
            accepted = accepted => accepted,
        };
        match accepted {
            Ok((socket, _)) => {
                let served = connection(socket, app.clone(), &site, &graceful);
                tokio::spawn(async move {
                    served.await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    site.stop();
    let grace = site.timeouts().stop;
    if tokio::time::timeout(grace, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!(
            seconds = grace.as_secs(),
            "gave up on requests that were still under way"
        );
    }
}

fn connection(
    socket: TcpStream,
    app: Router,
    site: &Site,
    graceful: &GracefulShutdown,
) -> impl Future<Output = ()> + use<> {
    let (head, write) = (site.timeouts().head, site.timeouts().write);
    let watcher = graceful.watcher();
    async move {
        // Small answers should not wait for each other; where the system cannot, they do.
        let _ = socket.set_nodelay(true);
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(head)
            .max_headers(HEADERS_MAX)
            .max_header_size(HEAD_BYTES_MAX)
            .half_close(false);
        let service = TowerToHyperService::new(app);
        let socket = TokioIo::new(Patience::new(socket, write));
        let served = watcher.watch(builder.serve_connection(socket, service));
        if let Err(error) = served.await {
            tracing::debug!(%error, "a connection ended early");
        }
    }
}
