//! A proxy before the real server that counts what comes through and can say when it is enough.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// A proxy on a free loopback port.
pub(crate) struct Proxy {
    pub(crate) url: String,
    bytes: Arc<AtomicU64>,
    enough: Receiver<()>,
}

impl Proxy {
    /// Before the server at this address; it is enough when so many bytes were answered.
    pub(crate) fn start(server: &str, enough_bytes: u64) -> Self {
        let server = server.strip_prefix("http://").unwrap().to_owned();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let bytes = Arc::new(AtomicU64::new(0));
        let (tell, enough) = channel();
        let count = Counter {
            bytes: Arc::clone(&bytes),
            enough_bytes,
            tell,
        };
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect(&server) else {
                    return;
                };
                converse(&client, &server, &count);
            }
        });
        Self { url, bytes, enough }
    }

    /// How many bytes were answered so far.
    pub(crate) fn answered(&self) -> u64 {
        self.bytes.load(Ordering::SeqCst)
    }

    /// Waits until it is enough. Fails when everybody has hung up before.
    pub(crate) fn wait(&self) {
        self.enough.recv().unwrap();
    }
}

#[derive(Clone)]
struct Counter {
    bytes: Arc<AtomicU64>,
    enough_bytes: u64,
    tell: Sender<()>,
}

fn converse(client: &TcpStream, server: &TcpStream, count: &Counter) {
    let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    thread::spawn(move || copy(from, to, None));
    let (from, to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    let count = count.clone();
    thread::spawn(move || copy(from, to, Some(&count)));
}

/// Copies until either side has had enough.
fn copy(mut from: TcpStream, mut to: TcpStream, count: Option<&Counter>) {
    let mut buffer = vec![0; 16 * 1_024];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        if let Some(count) = count {
            let before = count.bytes.fetch_add(length as u64, Ordering::SeqCst);
            if before < count.enough_bytes && before + length as u64 >= count.enough_bytes {
                // Nobody waits where the test only counts.
                let _ = count.tell.send(());
            }
        }
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}
