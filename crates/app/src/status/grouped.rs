//! Which groups there are, asked for one run.

use std::borrow::Cow;
use std::collections::BTreeMap;

use futures::stream::{self, StreamExt};
use tomoni_ledger::Minute;
use tomoni_slo::{Generation, Slo};
use tomoni_sources::prometheus::Groups;
use tomoni_spec::Catalog;
use tomoni_store::Store;

use super::Sources;
use crate::error::AppError;
use crate::failure::Failure;
use crate::findings::{FindingRow, of_document};
use crate::groups::{Key, Known, LOOKS_AT_ONCE, Wanted, findings, wanted, with_groups};
use crate::reading::{Meter, READS_AT_ONCE, Readers};

/// Up to how long ago an instant is the present, in minutes: then what happened before what is known
/// already is not asked for again.
const PRESENT_MINUTES: i64 = 60;

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
    let meant = catalog.slos.iter().map(|slo| &slo.value);
    let wanted = wanted(meant.filter(|slo| is_meant(slo)));
    if wanted.is_empty() {
        return Ok(Grouped {
            catalog: Cow::Borrowed(catalog),
            findings: Vec::new(),
        });
    }
    let mut known = match sources.store {
        Some(store) => recalled(store, wanted.keys()).await?,
        None => BTreeMap::new(),
    };
    let (mut rows, mut gone) = (Vec::new(), Vec::new());
    for (key, known) in known.iter_mut().filter(|_| is_present(sources)) {
        let after = wanted.get(key).map(|wanted| wanted.after(at));
        let old = after.map(|after| known.drop_before(after));
        gone.extend(old.into_iter().flatten().map(|labels| (key.of, labels)));
    }
    for (key, until, answer) in looks(sources, &wanted, &known).await {
        let known = known.entry(key.clone()).or_default();
        match answer {
            Ok(found) => {
                known.take(found, until);
                rows.extend(known.rows(&key));
            }
            Err(failure) => known.failure = Some(failure.to_string()),
        }
    }
    if let Some(store) = sources.store {
        store.keep_groups(&rows, &gone).await?;
    }
    let said = findings(catalog, &known);
    Ok(Grouped {
        catalog: Cow::Owned(with_groups(catalog, &known, at)),
        findings: said.iter().map(of_document).collect(),
    })
}

/// What a store knows of these groups.
async fn recalled(
    store: &Store,
    keys: impl Iterator<Item = &Key> + Clone,
) -> Result<BTreeMap<Key, Known>, AppError> {
    let of: Vec<Generation> = keys.clone().map(|key| key.of).collect();
    let kept = store.groups(&of).await?;
    let known = keys.map(|key| {
        let mut known = Known::default();
        known.recall(key, &kept);
        (key.clone(), known)
    });
    Ok(known.collect())
}

/// Whether the instant that is looked at is the present.
fn is_present(sources: &Sources<'_>) -> bool {
    Minute::ended_by_ms(sources.now_ms) - sources.at() <= PRESENT_MINUTES
}

/// What is asked of whom, until which minute, and what came of it.
type Look = (Key, Minute, Result<Groups, Failure>);

/// Asks each server that can be asked.
async fn looks(
    sources: &Sources<'_>,
    wanted: &BTreeMap<Key, Wanted>,
    known: &BTreeMap<Key, Known>,
) -> Vec<Look> {
    let Some(servers) = sources.servers else {
        return Vec::new();
    };
    let at = sources.at();
    let data_sources = &sources.documents.catalog.data_sources;
    let mut readers = Readers::new(Meter::new(sources.on_progress.clone()), READS_AT_ONCE);
    let looks = wanted.iter().map(|(key, wanted)| {
        let until = known.get(key).and_then(Known::until);
        let span = wanted.since(until.filter(|_| is_present(sources)), at);
        let source = servers
            .of(&wanted.promise, data_sources)
            .map_err(Failure::from)
            .and_then(|config| {
                let id = readers.server(config);
                Ok(readers.source_of(id)?)
            });
        async move {
            let answer = match source {
                Ok(source) => source
                    .groups(&wanted.grouping, span)
                    .await
                    .map_err(Failure::from),
                Err(failure) => Err(failure),
            };
            (key.clone(), at, answer)
        }
    });
    let looks: Vec<_> = looks.collect();
    stream::iter(looks).buffered(LOOKS_AT_ONCE).collect().await
}
