//! One request over a connection of its own: tests of failures want the status, whatever it is.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// How long an answer is waited for: longer than a server waits for its database.
const PATIENCE: Duration = Duration::from_secs(60);

/// The status and the body of the answer to a GET.
pub(crate) fn get(url: &str, path: &str) -> io::Result<(u16, String)> {
    exchange(url, &format!("GET {path}"), "")
}

/// The same of a POST of JSON.
pub(crate) fn post(url: &str, path: &str, json: &str) -> io::Result<(u16, String)> {
    exchange(url, &format!("POST {path}"), json)
}

/// An answer that ends before it is whole is an error.
fn exchange(url: &str, what: &str, json: &str) -> io::Result<(u16, String)> {
    let address = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let length = json.len();
    let request = format!(
        "{what} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{json}"
    );
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    whole(&answer).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

fn whole(answer: &str) -> Option<(u16, String)> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let head = head.to_lowercase();
    let said = head
        .lines()
        .find_map(|l| l.strip_prefix("content-length: "));
    let is_whole = match said {
        Some(length) => length.parse() == Ok(body.len()),
        None => body.ends_with("0\r\n\r\n"),
    };
    is_whole.then(|| (status, body.to_owned()))
}
