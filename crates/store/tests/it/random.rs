//! Any sequence of keeps and reopenings leaves what a map of minutes would hold.

use proptest::prelude::*;
use tempfile::TempDir;
use tomoni_engine::Keep;
use tomoni_ledger::{Minute, Span, SpanSet};
use tomoni_slo::LedgerKey;
use tomoni_store::Store;

use crate::support::{DAY, Model, POSTGRES, harvest, key, some_fact};

#[derive(Clone, Debug)]
enum Act {
    Keep(Vec<Keep>),
    Reopen,
    Check,
}

fn any_keep() -> impl Strategy<Value = Keep> {
    let len = prop_oneof![3 => 0..20_i64, 2 => 200..300_i64, 1 => 1_300..3_500_i64];
    let whole = (0..5_u128, -3_000..3_000_i64, len, any::<u64>())
        .prop_map(|(n, end, len, seed)| harvest(n, Span::ending_at(DAY.first() + end, len), seed));
    let minutes = prop::collection::vec(-3_000..3_000_i64, 0..30);
    let ragged = (0..5_u128, minutes, any::<u64>()).prop_map(|(n, minutes, seed)| {
        let minutes = minutes.into_iter().map(|m| DAY.first() + m);
        let seeds = seed..;
        let facts = minutes
            .zip(seeds)
            .map(|(m, seed): (Minute, u64)| (m, some_fact(seed, m)));
        Keep {
            key: key(n),
            facts: facts.collect(),
            settled: SpanSet::new(),
            closed: SpanSet::new(),
        }
    });
    prop_oneof![3 => whole, 1 => ragged]
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        8 => prop::collection::vec(any_keep(), 0..4).prop_map(Act::Keep),
        1 => Just(Act::Reopen),
        1 => Just(Act::Check),
    ]
}

async fn play(acts: Vec<Act>, url: &str) {
    let mut store = Store::connect(url).await.expect("a store");
    let mut model = Model::default();
    let keys: Vec<LedgerKey> = (0..6).map(key).collect();
    // What an earlier case has left.
    store.forget(&keys, &[]).await.expect("forgotten");
    for act in acts {
        match act {
            Act::Keep(keeps) => {
                store.keep(&keeps).await.expect("kept");
                model.keep(&keeps);
            }
            Act::Reopen => {
                store.close().await;
                store = Store::connect(url).await.expect("a store");
            }
            Act::Check => model.check(&store, &keys).await,
        }
    }
    model.check(&store, &keys).await;
    store.close().await;
}

fn play_to_its_end(acts: Vec<Act>, url: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(play(acts, url));
}

fn any_acts() -> impl Strategy<Value = Vec<Act>> {
    prop::collection::vec(any_act(), 0..16)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_store_is_a_map_of_minutes(acts in any_acts()) {
        let folder = TempDir::new().expect("a folder");
        play_to_its_end(acts, &format!("sqlite:{}", folder.path().display()));
    }
}

/// One database for all cases: making one takes longer than a case.
#[test]
fn a_store_in_postgresql_is_a_map_of_minutes() {
    tomoni_testkit::require!("postgres", "initdb", "psql");
    let url = POSTGRES.database().expect("a database");
    proptest!(ProptestConfig::with_cases(24), |(acts in any_acts())| {
        play_to_its_end(acts, &url);
    });
}
