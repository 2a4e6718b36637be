//! From what the loop knows to what the pages show.
//!
//! Pages of figures are pure functions of a [`World`]; those that need minutes read one ledger
//! through [`Details`](tomoni_app::detail::Details). While the store cannot be read they show the figures that are known, and
//! say what is missing.

mod findings;
mod groups;
mod lists;
mod minutes;
mod order;
mod peers;
mod row;
mod series;
mod slo;

pub use findings::findings;
pub use lists::{overview, service, team};
pub use minutes::minutes;
pub(crate) use minutes::minutes_of;
pub use series::series;
pub use slo::{Past, slo};

use jiff::Timestamp;
use tomoni_app::detail::Edition;
use tomoni_app::world::{Standing, World};
use tomoni_ledger::Minute;
use tomoni_spec::Catalog;

use crate::ui::view::{Named, SloKey};

/// Of which picture something is a part.
pub(crate) fn edition(world: &World) -> Edition {
    Edition {
        version: world.version,
        now_ms: world.now_ms,
    }
}

/// The instant at which a minute ends.
fn instant(minute: Minute) -> Timestamp {
    of_ms(minute.end_ms())
}

/// An instant; one outside of jiff's ten thousand years is cut to them.
fn of_ms(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(if ms < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

/// The objective's address.
fn key(standing: &Standing) -> SloKey {
    let slo = &standing.slo.value;
    SloKey {
        name: slo.name.clone(),
        objective: (slo.promises.len() > 1).then_some(standing.index + 1),
    }
}

/// The SLO's name for people; of several objectives, with the objective's own.
fn title(standing: &Standing) -> String {
    let slo = &standing.slo.value;
    let name = slo.display_name.as_deref().unwrap_or(&slo.name);
    if slo.promises.len() < 2 {
        return name.to_owned();
    }
    match &standing.promise().display_name {
        Some(own) => format!("{name} ({own})"),
        None => format!("{name} ({})", standing.index + 1),
    }
}

fn service_named(catalog: &Catalog, name: &str) -> Named {
    let services = catalog.services.iter();
    let found = services
        .map(|s| &s.value)
        .find(|service| service.name == name);
    Named {
        name: name.to_owned(),
        display_name: found.and_then(|service| service.display_name.clone()),
    }
}

/// A team; documents give them no other name.
fn team_named(name: &str) -> Named {
    Named {
        name: name.to_owned(),
        display_name: None,
    }
}

/// Where something is defined, `file:line`.
fn place(place: &tomoni_spec::Place) -> String {
    match place.line {
        0 => place.file.to_string(),
        line => format!("{}:{line}", place.file),
    }
}
