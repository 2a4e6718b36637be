//! Asking a source who was there.

use tomoni_ledger::{Minute, Span};
use tomoni_sources::prometheus::{FoundGroups, SourceError};

use super::Wanted;
use crate::source::Source;

/// How much is asked for at least, in minutes: who is there now, however often one asks.
const LOOK_MINUTES_MIN: i64 = 10;

/// What a source says of who was there.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    /// The minutes of which it is known now who was there.
    pub(crate) window: Span,
    /// What was found in those of them that were asked for.
    pub(crate) found: FoundGroups,
}

/// Asks a source who was there in the window that ends at a minute, as far as that is not known.
///
/// # Errors
///
/// When the source cannot be asked, or refuses.
pub(crate) async fn look(
    source: &dyn Source,
    wanted: &Wanted,
    asked: Option<Span>,
    at: Minute,
) -> Result<Look, SourceError> {
    let window = wanted.window(at);
    let mut found = FoundGroups::default();
    for span in to_ask(window, asked) {
        found.merge(source.groups(&wanted.grouping, span).await?);
    }
    Ok(Look { window, found })
}

/// What is to be asked of a window, newest first, given in which time it was asked: what came after
/// that, and what lies before it where a window has become longer.
fn to_ask(window: Span, asked: Option<Span>) -> Vec<Span> {
    let Some(asked) = asked.filter(|asked| !asked.intersection(window).is_empty()) else {
        return vec![window];
    };
    let now = window.until;
    let newest = Span::new(asked.until.min(now - LOOK_MINUTES_MIN), now);
    let oldest = Span::new(window.after, asked.after);
    let mut spans = vec![newest];
    spans.extend((!oldest.is_empty()).then_some(oldest));
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_known_is_asked_for() {
        let span = |after, until| Span::new(Minute::from_index(after), Minute::from_index(until));
        let of = |asked: Option<(i64, i64)>| {
            let asked = asked.map(|(after, until)| span(after, until));
            to_ask(span(1_000, 2_000), asked)
        };
        assert_eq!(of(None), [span(1_000, 2_000)]);
        assert_eq!(of(Some((1_000, 1_900))), [span(1_900, 2_000)]);
        assert_eq!(of(Some((500, 1_999))), [span(1_990, 2_000)]);
        assert_eq!(of(Some((500, 3_000))), [span(1_990, 2_000)]);
        // A window that has become longer, and one of long ago.
        let both = [span(1_900, 2_000), span(1_000, 1_400)];
        assert_eq!(of(Some((1_400, 1_900))), both);
        assert_eq!(of(Some((0, 1_000))), [span(1_000, 2_000)]);
        assert_eq!(of(Some((2_000, 3_000))), [span(1_000, 2_000)]);
    }
}
