//! Which objectives are meant.

use std::collections::BTreeSet;

use tomoni_slo::{Promise, Slo};
use tomoni_spec::{Catalog, Defined};

use crate::error::AppError;

/// How many names an error lists.
const NAMES_MAX: usize = 12;

/// One objective of an SLO.
#[derive(Clone, Copy, Debug)]
pub struct Chosen<'a> {
    /// The SLO, with its place.
    pub slo: &'a Defined<Slo>,
    /// The objective's number in its SLO, counted from 0.
    pub index: usize,
    /// The objective.
    pub promise: &'a Promise,
}

/// The objectives of a team and of a service, where these are given.
///
/// # Errors
///
/// When there is no such team or service, or no SLO belongs to both.
pub fn of<'a>(
    catalog: &'a Catalog,
    team: Option<&str>,
    service: Option<&str>,
) -> Result<Vec<Chosen<'a>>, AppError> {
    let of_slo = |f: fn(&Slo) -> Option<&str>| -> BTreeSet<&'a str> {
        catalog
            .slos
            .iter()
            .filter_map(|slo| f(&slo.value))
            .collect()
    };
    if let Some(name) = team {
        check("team", name, &of_slo(|slo| slo.team.as_deref()))?;
    }
    if let Some(name) = service {
        check("service", name, &of_slo(|slo| Some(&slo.service)))?;
    }
    let chosen: Vec<Chosen<'a>> = catalog
        .slos
        .iter()
        .filter(|slo| team.is_none_or(|team| slo.value.team.as_deref() == Some(team)))
        .filter(|slo| service.is_none_or(|service| slo.value.service == service))
        .flat_map(objectives)
        .collect();
    match (team, service) {
        (Some(team), Some(service)) if chosen.is_empty() => Err(AppError::NoneOfBoth {
            team: team.to_owned(),
            service: service.to_owned(),
        }),
        _ => Ok(chosen),
    }
}

/// The objectives of the SLO with this name, or the one of this index, counted from 0.
///
/// # Errors
///
/// When there is no such SLO or objective.
pub fn named<'a>(
    catalog: &'a Catalog,
    name: &str,
    index: Option<usize>,
) -> Result<Vec<Chosen<'a>>, AppError> {
    let names = catalog.slos.iter().map(|slo| slo.value.name.as_str());
    check("SLO", name, &names.collect())?;
    let slos = catalog.slos.iter().filter(|slo| slo.value.name == name);
    let mut chosen: Vec<Chosen<'a>> = slos.flat_map(objectives).collect();
    if let Some(index) = index {
        let count = chosen.len();
        chosen.retain(|chosen| chosen.index == index);
        if chosen.is_empty() {
            return Err(AppError::NoObjective {
                slo: name.to_owned(),
                number: index + 1,
                count,
            });
        }
    }
    Ok(chosen)
}

fn objectives(slo: &Defined<Slo>) -> impl Iterator<Item = Chosen<'_>> {
    let promises = slo.value.promises.iter().enumerate();
    promises.map(move |(index, promise)| Chosen {
        slo,
        index,
        promise,
    })
}

fn check(kind: &'static str, name: &str, names: &BTreeSet<&str>) -> Result<(), AppError> {
    if names.contains(name) {
        return Ok(());
    }
    let near = nearest(name, names).map(str::to_owned);
    let known = match (near.is_none(), names.len()) {
        (false, _) => String::new(),
        (true, 0) => format!(": the documents name no {kind}"),
        (true, count) => {
            let some: Vec<&str> = names.iter().take(NAMES_MAX).copied().collect();
            let more = if count > NAMES_MAX { ", …" } else { "" };
            format!("; there are {}{more}", some.join(", "))
        }
    };
    Err(AppError::Unknown {
        kind,
        name: name.to_owned(),
        near,
        known,
    })
}

/// The name that is most like this one, as the end of a sentence that asks; empty when none is.
pub(crate) fn nearest_of<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> String {
    let names: BTreeSet<&str> = names.collect();
    nearest(name, &names).map_or_else(String::new, |near| format!(": is it `{near}`?"))
}

/// The name that is most like this one, if one is enough so: it holds the name, or differs in a
/// third of its characters at most.
fn nearest<'a>(name: &str, names: &BTreeSet<&'a str>) -> Option<&'a str> {
    let near = names.iter().map(|other| (distance(name, other), *other));
    let (distance, nearest) = near.min()?;
    if distance * 3 <= name.chars().count().max(3) {
        return Some(nearest);
    }
    let mut holding = names
        .iter()
        .filter(|other| !name.is_empty() && other.contains(name));
    holding.next().copied()
}

/// How many characters must be put, taken or changed to get from one text to the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (above, to) in row.iter_mut().skip(1).zip(&b) {
            let cost = (diagonal + usize::from(from != *to))
                .min(*above + 1)
                .min(left + 1);
            diagonal = std::mem::replace(above, cost);
            left = cost;
        }
        row[0] = i + 1;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_levenshteins() {
        for (a, b, edits) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("unlock", "unlcok", 2),
        ] {
            assert_eq!(distance(a, b), edits, "{a} {b}");
        }
    }

    #[test]
    fn near_names_are_offered() {
        let names = BTreeSet::from(["auth-availability", "unlock-availability", "unlock-latency"]);
        assert_eq!(
            nearest("unlock-availabilty", &names),
            Some("unlock-availability")
        );
        assert_eq!(nearest("latency", &names), Some("unlock-latency"));
        assert_eq!(nearest("visitors", &names), None);
        assert_eq!(nearest("", &names), None);
        let error = check("SLO", "visitors", &names).unwrap_err().to_string();
        assert_eq!(
            error,
            "no SLO is called `visitors`; there are auth-availability, unlock-availability, \
             unlock-latency"
        );
    }
}
