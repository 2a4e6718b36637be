//! Which groups there are, asked for one run.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use futures::stream::{self, StreamExt};
use tomoni_ledger::Minute;
use tomoni_slo::{Generation, Slo};
use tomoni_spec::Catalog;
use tomoni_store::{KeptGroups, Store};

use super::Sources;
use crate::error::AppError;
use crate::failure::Failure;
use crate::findings::{FindingRow, of_document};
use crate::groups::{
    Key, Known, LOOKS_AT_ONCE, Look, Wanted, findings, look, present, wanted, with_groups,
};
use crate::reading::{Meter, READS_AT_ONCE, Readers};

/// Documents with their groups.
pub(crate) struct Grouped<'a> {
    /// The documents, with an SLO for each group.
    pub(crate) catalog: Cow<'a, Catalog>,
    /// What is to be said of the groups.
    pub(crate) findings: Vec<FindingRow>,
}

/// The documents with the groups of those SLOs that are meant, as far as somebody can be asked for
/// them or they are kept.
///
/// # Errors
///
/// When the store cannot be read or written. What a server does not tell is a finding.
pub(crate) async fn grouped<'a>(
    sources: &Sources<'a>,
    is_meant: impl Fn(&Slo) -> bool,
) -> Result<Grouped<'a>, AppError> {
    let catalog = &sources.documents.catalog;
    let at = sources.at();
    let slos = || catalog.slos.iter().map(|slo| &slo.value);
    let meant = slos().filter(|slo| is_meant(slo)).filter_map(Key::of);
    let meant: BTreeSet<Key> = meant.collect();
    let mut wanted = wanted(slos());
    wanted.retain(|key, _| meant.contains(key));
    if wanted.is_empty() {
        return Ok(Grouped {
            catalog: Cow::Borrowed(catalog),
            findings: Vec::new(),
        });
    }
    let mut known = match sources.store {
        Some(store) => recalled(store, &wanted, at).await?,
        None => BTreeMap::new(),
    };
    let mut kept = KeptGroups::default();
    for (key, answer) in looks(sources, &wanted, &known).await {
        let known = known.entry(key.clone()).or_default();
        match answer {
            Ok(look) => {
                known.take(look);
                known.add_to(&mut kept, &key);
            }
            Err(failure) => known.failure = Some(failure.to_string()),
        }
    }
    if let Some(store) = sources.store {
        store.keep_groups(&kept).await?;
    }
    let of = |key: &Key| known.get(key);
    let present = present(catalog, of, at).map(|(place, labels)| (place, labels.clone()));
    let present: Vec<_> = present.collect();
    let said = findings(catalog, of);
    Ok(Grouped {
        catalog: Cow::Owned(with_groups(catalog, &present)),
        findings: said.iter().map(of_document).collect(),
    })
}

/// What a store knows of these groups, as far as they were there in the windows that end at a minute.
async fn recalled(
    store: &Store,
    wanted: &BTreeMap<Key, Wanted>,
    at: Minute,
) -> Result<BTreeMap<Key, Known>, AppError> {
    let of: Vec<Generation> = wanted.keys().map(|key| key.whole).collect();
    let windows = wanted.values().map(|wanted| wanted.window(at));
    let after = windows.map(|window| window.after).min().unwrap_or(at);
    let kept = store.groups(&of, after).await?;
    let known = wanted.iter().map(|(key, wanted)| {
        let mut known = Known::default();
        known.recall(key, &kept, wanted.window(at));
        (key.clone(), known)
    });
    Ok(known.collect())
}

/// Which groups were asked for, and what came of it.
type Answer = (Key, Result<Look, Failure>);

/// Asks each server that can be asked.
async fn looks(
    sources: &Sources<'_>,
    wanted: &BTreeMap<Key, Wanted>,
    known: &BTreeMap<Key, Known>,
) -> Vec<Answer> {
    let Some(servers) = sources.servers else {
        return Vec::new();
    };
    let at = sources.at();
    let data_sources = &sources.documents.catalog.data_sources;
    let mut readers = Readers::new(Meter::new(sources.on_progress.clone()), READS_AT_ONCE);
    let looks = wanted.iter().map(|(key, wanted)| {
        let asked = known.get(key).and_then(|known| known.asked);
        let source = servers
            .of(&wanted.promise, data_sources)
            .map_err(Failure::from)
            .and_then(|config| {
                let id = readers.server(config);
                Ok(readers.source_of(id)?)
            });
        async move {
            let answer = match source {
                Ok(source) => look(&*source, wanted, asked, at)
                    .await
                    .map_err(Failure::from),
                Err(failure) => Err(failure),
            };
            (key.clone(), answer)
        }
    });
    let looks: Vec<_> = looks.collect();
    stream::iter(looks).buffered(LOOKS_AT_ONCE).collect().await
}
