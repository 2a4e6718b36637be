//! What a server finds while it runs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tomoni_app::GROUPS_MAX;
use tomoni_app::documents::Documents;
use tomoni_app::live::{Handle, Live, LiveOptions};
use tomoni_app::source::Origins;
use tomoni_app::status::Filter;
use tomoni_app::world::InForce;
use tomoni_ledger::{Events, Minute};
use tomoni_slo::LedgerKey;
use tomoni_store::{Draft, Op, Store};
use tomoni_testkit::require;

use super::{
    DAY, HANDLERS, HOUR, NOWHERE, long_and_short, lost, now, prometheus, shop, short, truth, users,
};
use crate::support::{NOW_MS, servers};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_says_when_there_are_too_many() {
    require!("prometheus", "promtool");
    let folder = TempDir::new().unwrap();
    let (mut live, handle) = open(&folder, prometheus(), users(), NOW_MS).await;
    settle(&mut live, NOW_MS).await;
    let report = handle.world().status(Filter::default()).unwrap();
    assert_eq!(report.slos.len(), 1 + GROUPS_MAX);
    let codes: Vec<&str> = report.findings.iter().map(|f| f.code).collect();
    assert_eq!(codes, ["groups/too-many"]);
    let world = handle.world();
    let told = world.reading.findings.iter().map(|told| told.finding.code);
    assert_eq!(told.collect::<Vec<_>>(), codes);
}

async fn open(folder: &TempDir, url: &str, documents: Documents, now_ms: i64) -> (Live, Handle) {
    let store = Store::open(folder.path()).await.unwrap();
    let clock = Arc::new(move || now_ms);
    let mut options = LiveOptions::new(store, clock, Arc::new(|| Duration::ZERO));
    options.origins = Some(Origins::Servers(Box::new(servers(url))));
    options.in_force = InForce::read(documents, now_ms);
    Live::open(options).await
}

/// Ticks once and takes in all that comes of it.
async fn settle(live: &mut Live, now_ms: i64) {
    live.tick(now_ms).await;
    while live.groups().await || live.answers().await {}
}

/// Which handlers have a budget, with what they count.
fn standings(handle: &Handle) -> BTreeMap<String, (Events, Events)> {
    let world = handle.world();
    let groups = world.standings.iter().filter_map(|standing| {
        let group = standing.slo.value.group.as_ref()?;
        let figures = &standing.measures.figures;
        let value = group.labels.iter().next()?.1.to_owned();
        Some((value, (figures.bad, figures.total)))
    });
    groups.collect()
}

fn expected(until: Minute, gone: &[&str]) -> BTreeMap<String, (Events, Events)> {
    let all = HANDLERS.iter().enumerate();
    let there = all.filter(|(_, (handler, ..))| !gone.contains(handler));
    there
        .map(|(place, (handler, ..))| ((*handler).to_owned(), truth(place, until)))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_come_and_go_while_a_server_runs() {
    require!("prometheus", "promtool");
    let folder = TempDir::new().unwrap();
    let before_ms = NOW_MS - 3_600_000;
    let (mut live, handle) = open(&folder, prometheus(), shop(), before_ms).await;
    assert_eq!(handle.world().standings.len(), 1);
    settle(&mut live, before_ms).await;
    assert_eq!(standings(&handle), expected(now() - HOUR - 1, &["/new"]));
    // An hour later there is one more.
    settle(&mut live, NOW_MS).await;
    assert_eq!(standings(&handle), expected(now() - 1, &[]));
    // What all of them count is still one SLO, and stands first.
    let world = handle.world();
    let figures = &world.standings[0].measures.figures;
    let sum = standings(&handle)
        .values()
        .fold((Events::ZERO, Events::ZERO), |sum, counts| {
            (sum.0 + counts.0, sum.1 + counts.1)
        });
    let sum = (sum.0, sum.1 + lost(now()));
    assert_eq!((figures.bad, figures.total), sum);
    drop((live, handle));

    // A restart while the server is away: they are there at once, with their numbers.
    let (mut live, handle) = open(&folder, NOWHERE, shop(), NOW_MS).await;
    assert_eq!(standings(&handle), expected(now() - 1, &[]));
    settle(&mut live, NOW_MS + 60_000).await;
    assert_eq!(standings(&handle).len(), HANDLERS.len());
    drop((live, handle));

    // One that was seen last a day and a quarter ago keeps its budget until its window has passed.
    for (later_ms, gone) in [(5 * DAY, &[][..]), (6 * DAY, &["/gone"])] {
        let later_ms = NOW_MS + later_ms * 60_000;
        let (mut live, handle) = open(&folder, prometheus(), shop(), later_ms).await;
        settle(&mut live, later_ms).await;
        let names: Vec<String> = standings(&handle).into_keys().collect();
        let expected: Vec<String> = expected(now(), gone).into_keys().collect();
        assert_eq!(names, expected);
        drop((live, handle));
        let kept = Store::open(folder.path()).await.unwrap();
        let of = shop().catalog.slos[0].value.promises[0].key.generation;
        // As long as there is a ledger of it, it is known that there was such a group.
        let ever = Minute::from_index(0);
        let seen = kept.groups(&[of], ever).await.unwrap().seen;
        assert_eq!(seen.len(), HANDLERS.len());
        kept.close().await;
    }
}

/// The SLOs in force, groups among them.
fn in_force(handle: &Handle) -> Vec<String> {
    let world = handle.world();
    let slos = world.catalog.slos.iter();
    slos.map(|slo| slo.value.name.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_comes_back_is_back_for_all_who_want_it() {
    require!("prometheus", "promtool");
    let folder = TempDir::new().unwrap();
    let before_ms = NOW_MS - 3_600_000;
    let documents = long_and_short("come_total");
    let (mut live, handle) = open(&folder, prometheus(), documents, before_ms).await;
    settle(&mut live, before_ms).await;
    let long = ["slo-0", "slo-0:~back", "slo-0:~stays", "slo-1"];
    let away = [&long[..], &["slo-1:~stays"]].concat();
    assert_eq!(in_force(&handle), away);
    settle(&mut live, NOW_MS).await;
    let back = [&long[..], &["slo-1:~back", "slo-1:~stays"]].concat();
    assert_eq!(in_force(&handle), back);
    // And each leaves when its own window has passed.
    settle(&mut live, NOW_MS + 25 * 3_600_000).await;
    assert_eq!(in_force(&handle), long);
}

/// Puts documents in force.
async fn put(live: &mut Live, handle: &Handle, documents: Documents, now_ms: i64) {
    let in_force = InForce::read(documents, now_ms);
    let (put, ()) = tokio::join!(handle.documents(in_force), live.tick(now_ms));
    put.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_looks_further_back_when_a_window_becomes_longer() {
    require!("prometheus", "promtool");
    let folder = TempDir::new().unwrap();
    let (mut live, handle) = open(&folder, prometheus(), short(), NOW_MS).await;
    settle(&mut live, NOW_MS).await;
    assert_eq!(in_force(&handle).len(), 6);
    let both = || long_and_short("req_total");
    put(&mut live, &handle, both(), NOW_MS).await;
    settle(&mut live, NOW_MS).await;
    assert_eq!(in_force(&handle).len(), 7 + 6);
    // What has left memory in between is known at once.
    put(&mut live, &handle, short(), NOW_MS).await;
    settle(&mut live, NOW_MS + 15_000).await;
    assert_eq!(in_force(&handle).len(), 6);
    put(&mut live, &handle, both(), NOW_MS + 15_000).await;
    assert_eq!(in_force(&handle).len(), 7 + 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_that_are_there_outlive_their_ledgers() {
    require!("prometheus", "promtool");
    let folder = TempDir::new().unwrap();
    let (mut live, handle) = open(&folder, prometheus(), shop(), NOW_MS).await;
    settle(&mut live, NOW_MS).await;
    let known = in_force(&handle);
    assert_eq!(known.len(), 1 + HANDLERS.len());
    let world = handle.world();
    let keys = world.catalog.slos.iter();
    let keys: Vec<LedgerKey> = keys.map(|slo| slo.value.promises[0].key.clone()).collect();
    let draft = Draft {
        recorded_ms: NOW_MS,
        effective_ms: NOW_MS,
        actor: "tester".to_owned(),
        origin: "test".to_owned(),
        reason: String::new(),
        kind: "Forget".to_owned(),
        uid: "forget-1".to_owned(),
        name: "slo-0".to_owned(),
        version: 1,
        op: Op::Put,
        body: String::new(),
    };
    let (forgotten, ()) = tokio::join!(handle.forget(keys, draft), live.tick(NOW_MS));
    forgotten.unwrap();
    live.tick(NOW_MS + 15_000).await;
    drop((live, handle));
    let (_live, handle) = open(&folder, NOWHERE, shop(), NOW_MS + 30_000).await;
    assert_eq!(in_force(&handle), known);
}
