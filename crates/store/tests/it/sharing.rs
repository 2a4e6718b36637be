//! Several stores on one folder, as several processes have them.

use tempfile::TempDir;
use tokio::task::JoinSet;
use tomoni_ledger::{DAY_MINUTES, Span};
use tomoni_slo::LedgerKey;
use tomoni_store::Store;

use crate::support::{DAY, Model, harvest, key};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_new_folder_can_be_opened_by_many_at_once() {
    let folder = TempDir::new().expect("a folder");
    let mut opening = JoinSet::new();
    for _ in 0..8 {
        let path = folder.path().join("not/yet/there");
        opening.spawn(async move { Store::open(&path).await });
    }
    for store in opening.join_all().await {
        let store = store.expect("a store");
        assert_eq!(store.known(&[key(1)]).await.expect("known")[0].totals, []);
    }
}

/// Four writers, two of them on the same ledgers, and a reader that never sees half a batch.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_never_undo_each_other() {
    let folder = TempDir::new().expect("a folder");
    let keys: Vec<LedgerKey> = (0..8).map(key).collect();
    let spans = |writer: i64| {
        (0..12_i64).map(move |n| {
            let len = if n % 4 == 3 { DAY_MINUTES / 3 } else { 2 };
            Span::ending_at(DAY.first() + 700 * writer + 20 * n, len)
        })
    };
    let mut writing = JoinSet::new();
    let mut model = Model::default();
    for writer in 0..4_i64 {
        let ledgers = (writer as u128 % 3) * 2..(writer as u128 % 3) * 2 + 4;
        for span in spans(writer) {
            let keeps: Vec<_> = ledgers
                .clone()
                .map(|n| harvest(n, span, n as u64))
                .collect();
            model.keep(&keeps);
        }
        let path = folder.path().to_owned();
        writing.spawn(async move {
            let store = Store::open(&path).await.expect("a store");
            for span in spans(writer) {
                let keeps: Vec<_> = ledgers
                    .clone()
                    .map(|n| harvest(n, span, n as u64))
                    .collect();
                store.keep(&keeps).await.expect("kept");
                let held = store
                    .known(&[keeps[0].key.clone(), keeps[3].key.clone()])
                    .await;
                for known in held.expect("known") {
                    assert!(span.minutes().all(|minute| known.settled.contains(minute)));
                }
            }
            store.close().await;
        });
    }
    writing.join_all().await;
    let store = Store::open(folder.path()).await.expect("a store");
    model.check(&store, &keys).await;
}

/// One process forgets ledgers while another one remembers their numbers.
#[tokio::test]
async fn numbers_that_were_given_to_others_are_not_remembered() {
    let folder = TempDir::new().expect("a folder");
    let one = Store::open(folder.path()).await.expect("a store");
    let other = Store::open(folder.path()).await.expect("a store");
    let keys: Vec<LedgerKey> = (0..3).map(key).collect();
    let keep = |n: u128, at| [harvest(n, Span::ending_at(DAY.minute(at), 3), n as u64)];
    let mut model = Model::default();
    for n in 0..2 {
        one.keep(&keep(n, 9)).await.expect("kept");
        model.keep(&keep(n, 9));
    }
    model.check(&one, &keys).await;
    other.forget(&keys[..2], &[]).await.expect("forgotten");
    other.keep(&keep(2, 5)).await.expect("kept");
    one.keep(&keep(1, 7)).await.expect("kept");
    let mut model = Model::default();
    model.keep(&keep(2, 5));
    model.keep(&keep(1, 7));
    model.check(&one, &keys).await;
    model.check(&other, &keys).await;
}
