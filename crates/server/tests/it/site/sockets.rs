//! What only a socket shows: listening, streams, heads that are too large or too slow, stopping.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tomoni_server::http::{ServeError, Settings, SettingsError, Timeouts, bind, serve};

use super::rig::Rig;

struct Served {
    rig: Rig,
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

fn free() -> Settings {
    Settings {
        listen: "127.0.0.1:0".parse().unwrap(),
        ..Settings::default()
    }
}

impl Served {
    async fn start(timeouts: Timeouts) -> Self {
        let rig = Rig::with(free(), timeouts).await;
        let listener = bind(rig.site.settings()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(serve(listener, rig.site.clone(), async {
            let _ = stopped.await;
        }));
        Self {
            rig,
            address,
            stop,
            serving,
        }
    }

    /// Everything that comes back for these bytes, until the server closes.
    async fn exchange(&self, bytes: &[u8]) -> String {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        // A server that has answered already may have closed.
        let _ = socket.write_all(bytes).await;
        let mut answer = Vec::new();
        let _ = socket.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    async fn end(self) {
        self.stop.send(()).unwrap();
        self.serving.await.unwrap();
        self.rig.end().await;
    }
}

fn quick() -> Timeouts {
    Timeouts {
        head: Duration::from_millis(100),
        body: Duration::from_millis(100),
        stop: Duration::from_secs(5),
        ..Timeouts::default()
    }
}

#[tokio::test]
async fn it_listens_where_it_may() {
    let exposed = Settings {
        listen: "0.0.0.0:0".parse().unwrap(),
        ..Settings::default()
    };
    let refused = bind(&exposed).await.unwrap_err();
    assert!(matches!(
        refused,
        ServeError::Settings(SettingsError::Exposed(_))
    ));
    assert!(
        refused.to_string().contains("--listen-without-sign-in"),
        "{refused}"
    );
    let allowed = Settings {
        allow_exposed: true,
        ..exposed
    };
    bind(&allowed).await.unwrap();
    let first = bind(&free()).await.unwrap();
    let taken = Settings {
        listen: first.local_addr().unwrap(),
        ..free()
    };
    let refused = bind(&taken).await.unwrap_err();
    assert!(matches!(refused, ServeError::Taken(_)), "{refused}");
}

#[tokio::test]
async fn hostile_bytes_get_an_answer_or_a_closed_door() {
    let served = Served::start(quick()).await;
    let huge = format!(
        "GET / HTTP/1.1\r\nhost: localhost\r\nx: {}\r\n\r\n",
        "x".repeat(128 * 1024)
    );
    assert!(
        served
            .exchange(huge.as_bytes())
            .await
            .starts_with("HTTP/1.1 431 ")
    );
    let many: String = (0..200).map(|n| format!("x-{n}: 1\r\n")).collect();
    let many = format!("GET / HTTP/1.1\r\nhost: localhost\r\n{many}\r\n");
    assert!(
        served
            .exchange(many.as_bytes())
            .await
            .starts_with("HTTP/1.1 431 ")
    );
    let noise = served
        .exchange(b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n")
        .await;
    assert!(noise.starts_with("HTTP/1.1 400 "), "{noise}");
    // A head that never ends is given up.
    let slow = served
        .exchange(b"GET / HTTP/1.1\r\nhost: localhost\r\n")
        .await;
    assert!(
        slow.is_empty() || slow.starts_with("HTTP/1.1 408 "),
        "{slow}"
    );
    // A body that never ends, too.
    let body = b"POST /preferences HTTP/1.1\r\nhost: localhost\r\n\
        content-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n\r\ntheme=";
    let slow = served.exchange(body).await;
    assert!(slow.starts_with("HTTP/1.1 408 "), "{slow}");
    assert!(slow.contains("\"code\":\"slow-body\""), "{slow}");
    let broken = b"GET /\xff\xfe HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let broken = served.exchange(broken).await;
    assert!(broken.starts_with("HTTP/1.1 400 "), "{broken}");
    let smuggled = b"POST /preferences HTTP/1.1\r\nhost: localhost\r\ncontent-length: 4\r\n\
        transfer-encoding: chunked\r\nconnection: close\r\n\r\n0\r\n\r\n";
    let smuggled = served.exchange(smuggled).await;
    assert!(smuggled.starts_with("HTTP/1.1 4"), "{smuggled}");
    // It still answers.
    let well = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    assert!(served.exchange(well).await.ends_with("\r\n\r\nok\n"));
    served.end().await;
}

/// Reads lines of a stream up to the one that starts so.
async fn until(lines: &mut (impl AsyncBufReadExt + Unpin), start: &str) -> String {
    let mut line = String::new();
    loop {
        line.clear();
        let count = lines.read_line(&mut line).await.unwrap();
        assert!(count > 0, "the stream ended before `{start}`");
        if line.starts_with(start) {
            return line.trim_end().to_owned();
        }
    }
}

#[tokio::test]
async fn a_listener_hears_of_changes_and_of_the_end() {
    let served = Served::start(quick()).await;
    let mut socket = TcpStream::connect(served.address).await.unwrap();
    let ask = b"GET /events HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n\
        last-event-id: another-1\r\n\r\n";
    socket.write_all(ask).await.unwrap();
    let mut lines = BufReader::new(socket);
    assert_eq!(until(&mut lines, "HTTP").await, "HTTP/1.1 200 OK");
    assert_eq!(
        until(&mut lines, "content-type").await,
        "content-type: text/event-stream"
    );
    // It missed something while it was away.
    assert_eq!(until(&mut lines, "event").await, "event: tick");
    let id = until(&mut lines, "id").await;
    // Documents that are put in force change World.
    let world = served.rig.site.world();
    let in_force = tomoni_app::world::InForce {
        catalog: world.catalog.clone(),
        reading: world.reading.clone(),
        number: u64::MAX,
    };
    served.rig.site.handle().documents(in_force).await.unwrap();
    assert_eq!(until(&mut lines, "event").await, "event: tick");
    assert_ne!(until(&mut lines, "id").await, id);
    served.end().await;
    let mut rest = Vec::new();
    lines.read_to_end(&mut rest).await.unwrap();
    assert!(
        String::from_utf8(rest).unwrap().ends_with("0\r\n\r\n"),
        "the stream ends as it should"
    );
}
