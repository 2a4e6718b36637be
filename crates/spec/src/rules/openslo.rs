//! OpenSLO's objectives: as Sloth takes those of v1alpha, each objective is an SLO of its own, without
//! alerts. What other formats say of an objective beside that is theirs to add.

mod query;

use rayon::prelude::*;
use tomoni_slo::{Method, Promise, Window};

use super::slo::{Origin, Slo};
use super::{Input, Named, Refusal, pyrra, refusal, sloth};
use crate::alpha;
use crate::catalog::Catalog;
use crate::codes;
use crate::definition::Defined;
use crate::openslo;
use crate::sloth::Texts;

const MINUTE_MS: u64 = 60_000;
const MODE: &str = "cli-gen-openslo";

/// What keeps an objective from having rules: what it is, and what to do.
type Why = (String, &'static str);

/// The objectives of OpenSLO's and of Pyrra's documents.
pub(super) fn inputs(catalog: &Catalog, named: &Named<'_>) -> Vec<Result<Input, Refusal>> {
    let of_sloth = sloth::names(catalog);
    // Their queries are read, which is most of the work.
    let slos = catalog.slos.par_iter();
    slos.flat_map_iter(|defined| {
        let name = &defined.value.name;
        if of_sloth.contains(&(&defined.place.file, name.clone())) {
            return Vec::new();
        }
        let of_pyrra = named.pyrra(defined);
        // One of v1alpha whose objectives count different events is one for each, named by its index.
        let is_one_of_many = catalog
            .made_of
            .get(name)
            .is_some_and(|of| of.kind() == "SLO");
        let promises = defined.value.promises.iter().enumerate();
        let inputs = promises.map(|(index, promise)| {
            let name = match of_pyrra.is_some() || is_one_of_many {
                true => name.clone(),
                false => format!("{name}-{index}"),
            };
            let input = input(catalog, defined, name, promise);
            input.map(|input| match of_pyrra {
                Some(objective) => pyrra::with(input, objective),
                None => input,
            })
        });
        inputs.collect()
    })
    .collect()
}

fn input(
    catalog: &Catalog,
    defined: &Defined<tomoni_slo::Slo>,
    name: String,
    promise: &Promise,
) -> Result<Input, Refusal> {
    let Defined { value: slo, place } = defined;
    let parts = period_ms(promise).and_then(|p| Ok((p, query::sli(promise, &slo.group_by)?)));
    let (period_ms, sli) = parts.map_err(|(message, help)| {
        refusal(&codes::RULES_IMPOSSIBLE, place, &slo.name, message, help)
    })?;
    let spec = match catalog.alpha.contains(&slo.name) {
        true => alpha::API_VERSION,
        false => openslo::API_VERSION,
    };
    Ok(Input {
        place: place.clone(),
        called: slo.name.clone(),
        object: None,
        otherwise: None,
        is_second: false,
        slo: Slo {
            id: format!("{}-{name}", slo.service),
            service: slo.service.clone(),
            name,
            // As Sloth computes it, with the digits that this makes.
            objective_percent: promise.objective.target.fraction() * 100.0,
            period_ms,
            sli,
            labels: Texts::new(),
            page: None,
            ticket: None,
            origin: Origin { mode: MODE, spec },
        },
    })
}

/// Over which time an objective counts, in milliseconds.
fn period_ms(promise: &Promise) -> Result<u64, Why> {
    let method = promise.objective.method;
    if method != Method::Occurrences {
        let message = format!("the budgeting method {method} cannot be said in rules");
        let help = "rules count events; leave this one to Tomoni, or write `Occurrences`";
        return Err((message, help));
    }
    match &promise.objective.window {
        Window::Rolling { minutes, .. } => Ok(u64::try_from(*minutes).unwrap_or(0) * MINUTE_MS),
        Window::Calendar(_) => {
            let message = "a calendar window cannot be said in rules".to_owned();
            let help = "rules look back over a fixed time; write a rolling window, such as `28d`";
            Err((message, help))
        }
    }
}
