//! References between objects.

use crate::codes;
use crate::near::{listed, nearest};
use crate::scope::Scope;
use crate::source::Extent;

/// Names that are offered where a reference leads nowhere.
const OFFERED_MAX: usize = 5;

/// Reports a reference to an object that nobody defines.
pub(crate) fn dangling<'a>(
    scope: &mut Scope<'_>,
    extent: Extent,
    kind: &str,
    name: &str,
    defined: impl Iterator<Item = &'a &'a str>,
) {
    let message = format!("nobody defines the {kind} `{name}`");
    let names: Vec<&str> = defined.copied().collect();
    let help = offer(kind, name, &names);
    scope.report(&codes::DANGLING, extent, message, help);
}

/// What to write instead of a name that nobody defines.
pub(crate) fn offer(kind: &str, name: &str, defined: &[&str]) -> String {
    if let Some(near) = nearest(name, defined.iter().copied()) {
        return format!("did you mean `{near}`?");
    }
    match defined {
        [] => format!("no {kind} is defined in the files that were read; add it, or its file"),
        [one] => format!("there is only `{one}`"),
        few if few.len() <= OFFERED_MAX => {
            format!("there are {}", listed(few.iter().copied(), "and"))
        }
        many => format!(
            "there are {} of that kind, and none has a name like it",
            many.len()
        ),
    }
}
