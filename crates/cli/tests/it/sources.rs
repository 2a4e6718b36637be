//! What a server counts from goes away and comes back, or the server does in the middle of it: each
//! minute is counted all the same, once.

use std::fs;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;
use tomoni_ledger::Minute;
use tomoni_testkit::require;

use crate::exchange;
use crate::history::{History, check_undisturbed, document, end_at, is_caught_up, present_ms};
use crate::lab;
use crate::proxy::Proxy;
use crate::serving::{Serving, wait, wait_until};

/// The one source, as `/api/v1/sources` shows it.
fn source(body: &str) -> Value {
    let mut sources: Value = serde_json::from_str(body).unwrap();
    sources["sources"][0].take()
}

/// The last minute that is settled in the first SLO's ledger, and its events.
fn settled(body: &str) -> (String, f64) {
    let report: Value = serde_json::from_str(body).unwrap();
    let slo = &report["slos"][0];
    let watermark = slo["watermark"].as_str().unwrap_or_default();
    (watermark.to_owned(), slo["total"].as_f64().unwrap())
}

/// The source is away: it is said everywhere and figures are still shown; that is no reason to send
/// nobody here any more.
fn check_away(server: &Serving, why: &str) {
    let (_, body) = wait(server, "/api/v1/sources", |_, body| {
        source(body)["is_up"] == false
    });
    let source = source(&body);
    assert!(source["down_since"].is_string(), "{source}");
    let error = source["error"].as_str().unwrap();
    assert!(error.contains(why), "{error}");
    let address = source["name"].as_str().unwrap();
    for path in ["/", "/slos/unlock-0", "/findings"] {
        let (status, page) = exchange::get(&server.url, path).unwrap();
        assert_eq!(status, 200, "{path}: {page}");
        let banner = page.split("class=\"banner\"").nth(1);
        let banner = banner.unwrap_or_else(|| panic!("{path} shows no outage"));
        let end = banner.find("</main>").unwrap_or(banner.len());
        assert!(banner[..end].contains(address), "{path}: whose outage?");
    }
    let metrics = server.get("/metrics");
    let is_down = |line: &str| line.starts_with("tomoni_source_up{") && line.ends_with(" 0");
    assert!(metrics.lines().any(is_down), "{metrics}");
    assert_eq!(exchange::get(&server.url, "/readyz").unwrap().0, 200);
    assert!(settled(&server.get("/api/v1/status")).1 > 0.0);
}

/// The source is back: the server has noticed by itself, and reads what it missed.
fn check_back(server: &Serving) {
    wait_until(server, "/api/v1/sources", is_caught_up);
    let page = server.get("/");
    assert!(!page.contains("class=\"banner\""), "the outage is over");
}

#[test]
fn a_prometheus_may_go_and_come_back_and_hang_for_a_while() {
    require!("prometheus", "promtool");
    let mut history = History::start();
    let prometheus = history.prometheus.url().to_owned();
    let [specs, data] = [(); 2].map(|()| TempDir::new().unwrap());
    let write = |n: u64| {
        let path = specs.path().join(format!("unlock-{n}.yaml"));
        fs::write(path, document(n)).unwrap();
    };
    write(0);
    let flags = ["--prometheus", &prometheus, "--prometheus-timeout", "5"];
    let server = Serving::over(specs.path().to_str().unwrap(), data.path(), &flags);
    wait_until(&server, "/api/v1/sources", is_caught_up);
    let (watermark, _) = settled(&server.get("/api/v1/status"));

    // It is gone, with a history to be read, until a minute is missed of what was read before.
    history.prometheus.vanish();
    write(1);
    check_away(&server, "cannot reach");
    wait_until(&server, "/api/v1/sources", |body| {
        let sources: Value = serde_json::from_str(body).unwrap();
        sources["watermark"].as_str() > Some(&watermark)
    });
    assert_eq!(settled(&server.get("/api/v1/status")).0, watermark);
    history.come_back();
    check_back(&server);

    // It is there, and answers nothing.
    let id = history.prometheus.pid().to_string();
    let signal = |name: &str| {
        let sent = Command::new("kill").args([name, &id]).status();
        assert!(sent.unwrap().success());
    };
    signal("-STOP");
    write(2);
    check_away(&server, "within 5 s");
    signal("-CONT");
    check_back(&server);

    history.stop();
    let until = Minute::ended_by_ms(present_ms()) - 1;
    end_at(server, until);
    check_undisturbed(specs.path(), data.path(), (&prometheus, until), 3);
}

/// How many raw samples a server has read since it began.
fn samples(server: &Serving) -> u64 {
    let metrics = server.get("/metrics");
    let mut lines = metrics.lines();
    let value = lines.find_map(|line| line.strip_prefix("tomoni_samples_total "));
    value.map_or(0, |value| value.parse().unwrap())
}

/// Serves the lab's documents through a proxy of its own.
fn over_proxy(proxy: &Proxy, data: &TempDir) -> Serving {
    let flags = ["--prometheus", &proxy.url, "--prometheus-moved"];
    Serving::over("examples/lab", data.path(), &flags)
}

#[test]
fn a_history_that_was_being_read_at_the_end_is_read_on_at_the_next_start() {
    require!("prometheus", "promtool");
    let read_to_the_end = |data: &TempDir| {
        let proxy = Proxy::start(lab::live_url(), u64::MAX);
        let server = over_proxy(&proxy, data);
        wait_until(&server, "/api/v1/sources", is_caught_up);
        let samples = samples(&server);
        assert_eq!(server.end("TERM").code, Some(0));
        (samples, proxy.answered())
    };
    let (all, bytes) = read_to_the_end(&TempDir::new().unwrap());

    let data = TempDir::new().unwrap();
    let proxy = Proxy::start(lab::live_url(), bytes * 8 / 10);
    let server = over_proxy(&proxy, &data);
    proxy.wait();
    assert!(!is_caught_up(&server.get("/api/v1/sources")));
    let ended = server.end("TERM");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let (rest, _) = read_to_the_end(&data);
    assert!(rest > 0, "it was stopped in the middle");
    assert!(rest < all * 7 / 10, "{rest} of {all} samples read again");
}
