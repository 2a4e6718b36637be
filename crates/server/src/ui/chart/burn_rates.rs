//! Burn rates now, window by window, against the factors that raise an alert.

use maud::{Markup, html};
use tomoni_slo::Severity;

use super::frame::Size;
use super::path::short;
use super::scale::Linear;
use crate::ui::context::Context;
use crate::ui::i18n::format;
use crate::ui::view::SlotRow;

const LEFT: f64 = 64.0;
/// What the figures at the right take.
const FIGURES: f64 = 76.0;
const ROW: f64 = 34.0;
const TOP: f64 = 10.0;

/// The least and the greatest burn rate that the scale shows; it is logarithmic, since a factor of
/// 14 and one of 1 must both be readable.
const RATES: (f64, f64) = (0.1, 100.0);

/// The picture, for one width. `id` is unique on the page.
pub fn draw(
    rates: &[(i64, Option<f64>)],
    slots: &[SlotRow],
    context: &Context,
    size: Size,
    id: &str,
) -> Markup {
    let width = if size.is_wide() { 560.0 } else { 350.0 };
    let right = width - FIGURES;
    let messages = context.messages();
    let times = context.times();
    let bottom = TOP + rates.len() as f64 * ROW;
    let log = Linear::new((RATES.0.log10(), RATES.1.log10()), (LEFT, right));
    let x = |rate: f64| log.place(rate.max(RATES.0).log10());
    let (title, text) = (format!("{id}-t"), format!("{id}-d"));
    html! {
        svg class=(size.class()) viewBox=(format!("0 0 {width} {}", bottom + 28.0)) role="img"
            aria-labelledby=(format!("{title} {text}")) {
            title id=(title) { (messages.burn_rates()) }
            desc id=(text) { (messages.burn_rates_told()) }
            @for (rate, class) in [(0.1, "grid"), (1.0, "zero"), (10.0, "grid"), (100.0, "grid")] {
                line class=(class) x1=(short(x(rate))) x2=(short(x(rate))) y1=(TOP) y2=(bottom) {}
                text.tick x=(short(x(rate))) y=(bottom + 20.0) text-anchor="middle" {
                    (format::burn_rate(rate))
                }
            }
            @for (row, (minutes, rate)) in rates.iter().enumerate() {
                @let middle = TOP + (row as f64 + 0.5) * ROW;
                text.tick x=(LEFT - 10.0) y=(middle + 4.5) text-anchor="end" {
                    (times.window(*minutes))
                }
                @match rate {
                    Some(rate) => {
                        @let end = x(*rate);
                        @let class = bar_class(*minutes, *rate, slots);
                        rect class=(class) x=(LEFT) y=(middle - 8.0)
                            width=(short((end - LEFT).max(1.5))) height="16" rx="2" {}
                        text.value x=(width - 4.0) y=(middle + 5.0) text-anchor="end" {
                            (format::burn_rate(*rate))
                        }
                    }
                    None => {
                        text.tick x=(width - 4.0) y=(middle + 5.0) text-anchor="end" {
                            (messages.unknown())
                        }
                    }
                }
                @for slot in slots.iter().filter(|slot| uses(slot, *minutes)) {
                    @let class = factor_class(slot.severity);
                    line class=(class) x1=(short(x(slot.factor))) x2=(short(x(slot.factor)))
                        y1=(middle - 13.0) y2=(middle + 13.0) {}
                }
            }
        }
    }
}

fn uses(slot: &SlotRow, minutes: i64) -> bool {
    slot.long.0 == minutes || slot.short.0 == minutes
}

const fn factor_class(severity: Severity) -> &'static str {
    match severity {
        Severity::Page => "factor page-factor",
        Severity::Ticket => "factor ticket-factor",
    }
}

/// A bar that reaches beyond a factor is drawn as what it would raise.
fn bar_class(minutes: i64, rate: f64, slots: &[SlotRow]) -> &'static str {
    let beyond = |severity| {
        slots
            .iter()
            .any(|slot| slot.severity == severity && uses(slot, minutes) && rate > slot.factor)
    };
    if beyond(Severity::Page) {
        "burn-bar over-page"
    } else if beyond(Severity::Ticket) {
        "burn-bar over-ticket"
    } else {
        "burn-bar"
    }
}
