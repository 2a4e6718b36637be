//! Services whose counters are a function of time: any instant can be asked for, in any order.

use std::io::{self, Write};
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::programs::now_ms;

/// A day, in seconds: traffic has its rhythm.
const DAY_S: f64 = 86_400.0;

/// The number of one service; its name, its traffic and its failures follow from it.
#[derive(Clone, Copy, Debug)]
pub struct Service(pub usize);

impl Service {
    /// Its `job` label and name.
    pub fn name(self) -> String {
        format!("svc-{:04}", self.0)
    }

    /// Requests a second, on average.
    fn per_s(self) -> f64 {
        1.0 + (self.0 % 17) as f64
    }

    /// Requests answered with this code since `begun_ms`, as a counter that never resets.
    fn count(self, is_failed: bool, begun_ms: i64, at_ms: i64) -> u64 {
        let s = (at_ms - begun_ms) as f64 / 1_000.0;
        let phase = self.0 as f64;
        let turn = std::f64::consts::TAU / DAY_S;
        // The integral of 1 + 0.8 sin: always rising, with a busy and a quiet half of the day.
        let busy = s - 0.8 / turn * ((turn * s + phase).cos() - phase.cos());
        let failing = 0.000_2 * (1 + self.0 % 7) as f64;
        let share = if is_failed { failing } else { 1.0 - failing };
        (self.per_s() * share * busy) as u64
    }

    /// Both series: labels and value.
    fn series(self, begun_ms: i64, at_ms: i64) -> [(String, u64); 2] {
        [("200", false), ("500", true)].map(|(code, is_failed)| {
            let name = self.name();
            let head = format!(
                "http_requests_total{{job=\"{name}\",instance=\"{name}:80\",code=\"{code}\"}}"
            );
            (head, self.count(is_failed, begun_ms, at_ms))
        })
    }
}

/// Writes what would have been scraped of so many services, as OpenMetrics.
///
/// # Errors
///
/// Those of the writer.
pub fn write_history(
    services: usize,
    begun_ms: i64,
    until_ms: i64,
    interval_s: i64,
    to: &mut impl Write,
) -> io::Result<()> {
    writeln!(to, "# TYPE http_requests counter")?;
    for service in (0..services).map(Service) {
        let heads = service.series(begun_ms, begun_ms).map(|(head, _)| head);
        for (head, is_failed) in heads.iter().zip([false, true]) {
            for at_ms in (begun_ms..until_ms).step_by(interval_s as usize * 1_000) {
                let value = service.count(is_failed, begun_ms, at_ms);
                let (s, ms) = (at_ms / 1_000, at_ms % 1_000);
                writeln!(to, "{head} {value} {s}.{ms:03}")?;
            }
        }
    }
    to.write_all(b"# EOF\n")
}

/// The services as one live scrape target.
#[derive(Debug)]
pub struct Target {
    address: String,
    accepting: tokio::task::JoinHandle<()>,
}

impl Target {
    /// Begins to serve on a free loopback port.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn start(services: usize, begun_ms: i64) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?.to_string();
        let answer = move || {
            let at_ms = now_ms();
            let mut text = String::from("# TYPE http_requests_total counter\n");
            for service in (0..services).map(Service) {
                for (head, value) in service.series(begun_ms, at_ms) {
                    text += &format!("{head} {value}\n");
                }
            }
            text
        };
        let answer: Answer = Arc::new(answer);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A connection that breaks is the scraper's to notice.
                tokio::spawn(converse(stream, Arc::clone(&answer)));
            }
        });
        Ok(Self { address, accepting })
    }

    /// The item of `scrape_configs` that scrapes it.
    pub fn scrape_config(&self, interval_s: i64) -> String {
        format!(
            "- job_name: bench\n  honor_labels: true\n  scrape_interval: {interval_s}s\n  \
             static_configs:\n  - targets: [\"{}\"]\n",
            self.address
        )
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

type Answer = Arc<dyn Fn() -> String + Send + Sync>;

async fn converse(stream: TcpStream, answer: Answer) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut line = String::new();
        let mut is_end = true;
        while stream.read_line(&mut line).await? > 2 {
            is_end = false;
            line.clear();
        }
        if is_end {
            return Ok(());
        }
        let body = answer();
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(body.as_bytes()).await?;
        stream.flush().await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_never_fall() {
        for service in [Service(0), Service(16), Service(999)] {
            for is_failed in [false, true] {
                let counts: Vec<u64> = (0..5_000)
                    .map(|minute| service.count(is_failed, 0, minute * 60_000))
                    .collect();
                assert!(counts.is_sorted(), "{service:?}");
                assert!(counts.last() > Some(&0), "{service:?}");
            }
        }
    }

    #[test]
    fn history_ends_where_it_should() {
        let mut text = Vec::new();
        write_history(1, 0, 180_001, 60, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(text.lines().count(), 1 + 2 * 4 + 1);
        assert!(text.contains("code=\"200\"} 0 0.000\n"), "{text}");
        assert!(text.ends_with(" 180.000\n# EOF\n"), "{text}");
    }
}
