//! A real VictoriaMetrics, single node.

use std::fs;

use crate::error::TestkitError;
use crate::http;
use crate::server::{Server, Signs, file_error, temporary_folder};

/// Imports are sent in pieces of about this many bytes.
const PIECE_BYTES: usize = 16 << 20;

/// A VictoriaMetrics on a free loopback port with a folder of its own. Dropping it
/// ends it; so does the end of this process, however it comes.
#[derive(Debug)]
pub struct VictoriaMetrics {
    server: Server,
}

impl VictoriaMetrics {
    /// Starts one that scrapes nothing and waits until it is ready.
    ///
    /// # Errors
    ///
    /// When it does not get ready; with what it printed.
    pub async fn start() -> Result<Self, TestkitError> {
        Self::start_scraping("").await
    }

    /// Starts one that scrapes and waits until it is ready. `scrape_configs` are items of YAML, as
    /// Prometheus has them; empty scrapes nothing.
    ///
    /// # Errors
    ///
    /// When its configuration cannot be written, or it does not get ready; with what it printed.
    pub async fn start_scraping(scrape_configs: &str) -> Result<Self, TestkitError> {
        let folder = temporary_folder()?;
        let config = folder.path().join("scrape.yml");
        let items = if scrape_configs.is_empty() {
            " []"
        } else {
            scrape_configs
        };
        fs::write(&config, format!("scrape_configs:\n{items}"))
            .map_err(|error| file_error("cannot write a configuration", &config, error))?;
        let signs = Signs {
            ready: "/health",
            flags: "/flags",
        };
        let server = Server::start("victoria-metrics", folder, signs, |port, folder| {
            Ok(vec![
                format!("-storageDataPath={}", folder.join("data").display()),
                format!("-httpListenAddr=127.0.0.1:{port}"),
                format!("-promscrape.config={}", folder.join("scrape.yml").display()),
                "-retentionPeriod=100y".to_owned(),
                "-loggerLevel=WARN".to_owned(),
            ])
        });
        Ok(Self {
            server: server.await?,
        })
    }

    /// Imports samples in the Prometheus text format with timestamps in milliseconds, and waits
    /// until they can be queried.
    ///
    /// # Errors
    ///
    /// When the server refuses them.
    pub async fn import(&self, text: &[u8]) -> Result<(), TestkitError> {
        let url = format!("{}/api/v1/import/prometheus", self.url());
        let mut rest = text;
        while !rest.is_empty() {
            let piece = first_lines(rest, PIECE_BYTES);
            http::post(&url, piece.to_vec()).await?;
            rest = &rest[piece.len()..];
        }
        self.flush().await
    }

    /// Waits until what it has can be queried.
    ///
    /// # Errors
    ///
    /// When it does not answer.
    pub async fn flush(&self) -> Result<(), TestkitError> {
        http::get(&format!("{}/internal/force_flush", self.url()))
            .await
            .map(drop)
    }

    /// Where it answers: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.server.url
    }

    /// All that it printed so far.
    pub fn printed(&self) -> String {
        self.server.printed()
    }
}

/// Whole lines from the start, at least one, of about so many bytes.
fn first_lines(text: &[u8], bytes: usize) -> &[u8] {
    let from = bytes.min(text.len());
    let end = text[from..]
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(text.len(), |i| from + i + 1);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::first_lines;

    #[test]
    fn pieces_end_with_a_line() {
        assert_eq!(first_lines(b"a 1\nb 2\nc 3\n", 1), b"a 1\n");
        assert_eq!(first_lines(b"a 1\nb 2\nc 3\n", 5), b"a 1\nb 2\n");
        assert_eq!(first_lines(b"a 1\nb 2", 6), b"a 1\nb 2");
        assert_eq!(first_lines(b"a 1\n", 100), b"a 1\n");
    }
}
