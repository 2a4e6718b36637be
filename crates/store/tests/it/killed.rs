//! A process that keeps batch after batch is killed at any moment: what it had acknowledged is
//! there, and of the batch under way all or nothing.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tomoni_engine::Keep;
use tomoni_ledger::{DAY_MINUTES, Minute, Span};
use tomoni_slo::LedgerKey;
use tomoni_store::Store;

use crate::support::{DAY, Model, harvest, key};

/// Tells the child which folder to keep in, and from which batch on.
const FOLDER: &str = "TOMONI_TEST_KEEP_IN";
const FROM: &str = "TOMONI_TEST_KEEP_FROM";
const KEPT: &str = "kept ";

const ROUNDS: u64 = 20;
const LEDGERS: u128 = 6;

/// What the n-th batch holds: ticks, and every now and then some hours or days of history.
fn batch(n: u64) -> Vec<Keep> {
    let start = DAY.first() - 20;
    let span = match n % 10 {
        4 => Span::ending_at(start - (n as i64 % 7) * 500, 700),
        9 => Span::ending_at(start - (n as i64 % 5) * DAY_MINUTES, 2 * DAY_MINUTES),
        _ => Span::ending_at(start + n as i64 % 2_000, 3),
    };
    (0..LEDGERS)
        .map(|ledger| harvest(ledger, span, n))
        .collect()
}

/// Not a test of its own: the process that is killed.
#[tokio::test]
#[ignore = "run by `acknowledged_batches_survive_sigkill` in a process of its own"]
async fn keeper() {
    let folder = std::env::var_os(FOLDER).expect("run by another test");
    let from: u64 = std::env::var(FROM)
        .expect("run by another test")
        .parse()
        .expect("a number");
    let store = Store::open(Path::new(&folder)).await.expect("a store");
    let mut out = std::io::stdout();
    for n in from.. {
        store.keep(&batch(n)).await.expect("kept");
        writeln!(out, "{KEPT}{n}").expect("a pipe");
        out.flush().expect("a pipe");
    }
}

fn start(folder: &Path, from: u64) -> Child {
    Command::new(std::env::current_exe().expect("this test"))
        .args(["--ignored", "--exact", "killed::keeper", "--nocapture"])
        .env(FOLDER, folder)
        .env(FROM, from.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a child")
}

/// Lets the child keep some batches, kills it a little later, and gives the last acknowledged one.
fn keep_and_kill(folder: &Path, from: u64, round: u64) -> u64 {
    let mut child = start(folder, from);
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut acknowledged = || {
        let numbers = lines.by_ref().map_while(Result::ok);
        numbers
            .filter_map(|line| line.strip_prefix(KEPT)?.parse::<u64>().ok())
            .next()
    };
    let chance = (round + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    let mut last = None;
    for _ in 0..=chance % 23 {
        last = acknowledged();
        assert!(last.is_some(), "the child ended by itself");
    }
    // Anywhere within the next batches, not just after an acknowledgement.
    for _ in 0..chance % 4_000_000 {
        std::hint::spin_loop();
    }
    child.kill().expect("SIGKILL");
    while let Some(n) = acknowledged() {
        last = Some(n);
    }
    child.wait().expect("an end");
    last.expect("at least one batch")
}

#[tokio::test]
async fn acknowledged_batches_survive_sigkill() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys: Vec<LedgerKey> = (0..LEDGERS).map(key).collect();
    let mut model = Model::default();
    let (mut next, mut under_way) = (0, 0);
    for round in 0..ROUNDS {
        let last = keep_and_kill(folder.path(), next, round);
        for n in next..=last {
            model.keep(&batch(n));
        }
        next = last + 1;
        let store = Store::open(folder.path()).await.expect("a store");
        // One more may have been kept without a chance to say so.
        let mut more = model.clone();
        more.keep(&batch(next));
        let known = store.known(&keys[..1]).await.expect("known");
        if known[0] == more.known(&keys[0]) && known[0] != model.known(&keys[0]) {
            model = more;
            next += 1;
            under_way += 1;
        }
        model.check(&store, &keys).await;
        store.close().await;
    }
    // Otherwise nothing was ever under way, and the test shows less than it says.
    assert!(
        next > ROUNDS,
        "{next} batches, {under_way} of them without an answer"
    );
    let minute: Minute = DAY.first();
    assert!(
        model
            .known(&keys[0])
            .totals
            .iter()
            .any(|(day, _)| *day < minute.day())
    );
}
