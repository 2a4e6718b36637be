//! The heartbeat: an address that is called every minute while all is well, so that somebody notices
//! when it is called no longer. Who watches for silence is elsewhere (a dead man's switch).

use std::time::Duration;

use reqwest::{Client, StatusCode};

use super::health;
use crate::site::limits::{HEARTBEAT_EVERY, HEARTBEAT_TIMEOUT};
use crate::site::{Heartbeat, Site};

pub use crate::site::Beat;

/// Calls the address every minute, until the future is dropped.
pub async fn run(site: Site, heartbeat: Heartbeat) {
    every(site, heartbeat, HEARTBEAT_EVERY).await;
}

/// The same at another pace.
pub async fn every(site: Site, heartbeat: Heartbeat, pause: Duration) {
    let client = match client() {
        Ok(client) => client,
        Err(error) => {
            tracing::error!(%error, "there is no heartbeat: its client cannot be made");
            return;
        }
    };
    let mut ticks = tokio::time::interval(pause);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let beat = beat(&site, &client, &heartbeat).await;
        site.metrics().beat(&beat);
        match beat {
            Beat::Sent => tracing::debug!("heartbeat sent"),
            Beat::Withheld => tracing::warn!("heartbeat withheld, since the server is not ready"),
            Beat::Failed(error) => tracing::warn!(error, "heartbeat failed"),
        }
    }
}

fn client() -> Result<Client, reqwest::Error> {
    // An error says that a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().timeout(HEARTBEAT_TIMEOUT).build()
}

async fn beat(site: &Site, client: &Client, heartbeat: &Heartbeat) -> Beat {
    if !health::readiness(site).is_ready {
        return Beat::Withheld;
    }
    let url = heartbeat.url.as_str();
    let request = if heartbeat.is_post {
        client.post(url)
    } else {
        client.get(url)
    };
    match request.send().await {
        Ok(answer) if answer.status().is_success() => Beat::Sent,
        Ok(answer) => Beat::Failed(refusal(answer.status())),
        // The address may hold a secret.
        Err(error) => Beat::Failed(chain(&error.without_url())),
    }
}

fn refusal(status: StatusCode) -> String {
    format!("the address answered {status}")
}

/// What an error says, with what is behind it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}
