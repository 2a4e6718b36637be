//! SIGKILL, fifty times, at any moment of a server that counts from a real Prometheus and takes
//! pushed counts: nothing that it acknowledged is lost, nothing is counted twice, and what it counted
//! is what a server counts that was never disturbed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;
use tokio::runtime::Builder;
use tomoni_ledger::{Fact, Minute};
use tomoni_store::Store;
use tomoni_testkit::{PUSHED, require};

use crate::exchange;
use crate::history::{History, check_undisturbed, document, end_at, minutes, present_ms};
use crate::pushed::{COUNTS, batch};
use crate::run::run;
use crate::serving::Serving;

const KILLS: u64 = 50;
/// After so many kills there is one more document, whose history is to be brought in.
const DOCUMENT_EVERY: u64 = 5;
/// Over how many minutes what is pushed is spread.
const PUSHED_MINUTES: i64 = 90;
/// How long an acknowledgement is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a client has had acknowledged.
#[derive(Debug, Default)]
struct Acknowledged {
    batches: u64,
    /// Bad and all events by minute.
    sums: BTreeMap<Minute, (u64, u64)>,
    /// Requests without an answer.
    unanswered: u64,
    /// Batches that had been counted although nobody had heard of it.
    unheard: u64,
}

/// Pushes batch after batch, each until it is acknowledged, to whichever server lives.
fn push(urls: &Receiver<String>, told: &Sender<()>, base: Minute) -> Acknowledged {
    let mut done = Acknowledged::default();
    let mut url = urls.recv().unwrap();
    loop {
        let n = done.batches;
        let minute = base - n as i64 * 37 % PUSHED_MINUTES;
        let (bad, total) = (n % 3, 10 + n % 7);
        let body = batch(&format!("batch-{n}"), minute, bad, total);
        let answer = loop {
            match exchange::post(&url, COUNTS, &body) {
                Ok((200, answer)) => break answer,
                Ok((status, answer)) => panic!("{status}: {answer}"),
                // It was killed; the same batch goes to the next one.
                Err(_) => {
                    done.unanswered += 1;
                    url = urls.recv().unwrap();
                }
            }
        };
        done.unheard += u64::from(answer.contains("already_counted"));
        done.batches += 1;
        let sum = done.sums.entry(minute).or_default();
        *sum = (sum.0 + bad, sum.1 + total);
        if told.send(()).is_err() {
            return done;
        }
    }
}

/// Bad and all events by minute.
fn sums(facts: &BTreeMap<Minute, Fact>) -> BTreeMap<Minute, (u64, u64)> {
    let counts = facts
        .iter()
        .filter_map(|(minute, fact)| Some((*minute, fact.counts?)));
    counts
        .map(|(minute, counts)| {
            let [bad, total] = [counts.bad, counts.total].map(|events| events.as_f64() as u64);
            (minute, (bad, total))
        })
        .collect()
}

#[test]
fn what_was_acknowledged_survives_fifty_kills() {
    require!("prometheus", "promtool");
    let history = History::start();
    let prometheus = history.prometheus.url();
    let [specs, data] = [(); 2].map(|()| TempDir::new().unwrap());
    fs::write(specs.path().join("updates.yaml"), PUSHED).unwrap();
    let base = Minute::ended_by_ms(present_ms());

    let (told_url, urls) = channel();
    let (told, acknowledged) = channel();
    let pushing = thread::spawn(move || push(&urls, &told, base));
    let acknowledgement = || acknowledged.recv_timeout(PATIENCE).unwrap();
    for kill in 0..KILLS {
        if kill % DOCUMENT_EVERY == 0 {
            let n = kill / DOCUMENT_EVERY;
            fs::write(specs.path().join(format!("unlock-{n}.yaml")), document(n)).unwrap();
        }
        let flags = ["--prometheus", prometheus];
        let server = Serving::over(specs.path().to_str().unwrap(), data.path(), &flags);
        told_url.send(server.url.clone()).unwrap();
        let chance = (kill + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        for _ in 0..=chance % 29 {
            acknowledgement();
        }
        // Anywhere within what comes next, not just after an acknowledgement.
        for _ in 0..chance % 4_000_000 {
            std::hint::spin_loop();
        }
        assert_eq!(server.end("KILL").code, None, "it was killed");
    }
    history.stop();
    // Those that are whole by now, and settled soon.
    let until = Minute::ended_by_ms(present_ms()) - 1;
    let last = Serving::over(
        specs.path().to_str().unwrap(),
        data.path(),
        &["--prometheus", prometheus],
    );
    told_url.send(last.url.clone()).unwrap();
    while acknowledged.try_recv().is_ok() {}
    acknowledgement();
    drop(acknowledged);
    let done = pushing.join().unwrap();
    end_at(last, until);

    assert!(
        done.unanswered >= KILLS / 2,
        "killed while nobody pushed: {done:?}"
    );
    let kept = minutes(specs.path(), data.path(), base);
    let counted = sums(&kept["updates"].facts);
    assert_eq!(counted, done.sums, "{} batches, each once", done.batches);

    let slos = (KILLS / DOCUMENT_EVERY) as usize;
    check_undisturbed(specs.path(), data.path(), (prometheus, until), slos);
    check_journal(data.path());
}

/// The journal has each document once; the database is sound.
fn check_journal(data: &Path) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let entries = runtime.block_on(async {
        let store = Store::open(data).await.unwrap();
        let entries = store.journal(0, 1_000).await.unwrap();
        store.close().await;
        entries
    });
    let places: Vec<i64> = entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(places, (1..=entries.len() as i64).collect::<Vec<_>>());
    let mut names: Vec<(&str, &str)> = entries
        .iter()
        .map(|entry| (entry.said.kind.as_str(), entry.said.name.as_str()))
        .collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count, "{entries:?}");
    assert!(entries.iter().all(|entry| entry.said.version == 1));
    assert!(count as u64 > KILLS / DOCUMENT_EVERY);
    // A backup is checked page by page, and row by row, before it is restored.
    let folder = TempDir::new().unwrap();
    let [file, restored] = ["backup.db", "restored"].map(|name| folder.path().join(name));
    let paths = [data, &file, &restored].map(|path| path.to_str().unwrap());
    let [data, file, restored] = paths;
    for words in [
        ["backup", file, "--data", data],
        ["restore", file, "--data", restored],
    ] {
        let ran = run(&words);
        assert_eq!(ran.code, Some(0), "{ran}");
    }
}
