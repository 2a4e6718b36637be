//! What other tools take, but is unwise.

use crate::codes;
use crate::scope::Scope;
use crate::source::Extent;

/// A window shorter than this, in milliseconds, holds fewer than two samples of most servers at
/// times: they scrape every 15 to 60 seconds.
pub(crate) const WINDOW_MS_MIN: u64 = 60_000;

/// Warns that a target leaves no budget, so that there is nothing to compute.
pub(crate) fn no_budget(scope: &mut Scope<'_>, extent: Extent) {
    let message = "a target of 100 % leaves no error budget, so this has no figures";
    let help = "promise a little less, such as 99.99: nothing is up always";
    scope.report(&codes::NO_BUDGET, extent, message, help);
}

/// Warns that an SLO pages nobody.
pub(crate) fn no_page(scope: &mut Scope<'_>, extent: Extent) {
    let message = "nobody is paged when this SLO's budget burns";
    let help = "leave the alert that pages on, where somebody should wake up for it";
    scope.report(&codes::NO_PAGE, extent, message, help);
}

/// Warns that a window is shorter than two scrapes.
pub(crate) fn short_window(scope: &mut Scope<'_>, extent: Extent, what: &str) {
    let message = format!("{what} is shorter than two scrapes of most servers");
    let help = "make it a minute or more: with fewer than two samples in it there is no rate";
    scope.report(&codes::SHORT_WINDOW, extent, message, help);
}
