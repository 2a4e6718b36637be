//! Burn rates now, window by window, against the factors that raise an alert.

use maud::{Markup, html};
use tomoni_slo::Severity;

use super::path::short;
use super::scale::Linear;
use crate::ui::context::Context;
use crate::ui::i18n::format;
use crate::ui::view::SlotRow;

const WIDTH: f64 = 520.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = WIDTH - 76.0;
const ROW: f64 = 34.0;
const TOP: f64 = 10.0;

/// The least and the greatest burn rate that the scale shows; it is logarithmic, since a factor of
/// 14 and one of 1 must both be readable.
const RATES: (f64, f64) = (0.1, 100.0);

/// The picture. `id` is unique on the page.
pub fn draw(
    rates: &[(i64, Option<f64>)],
    slots: &[SlotRow],
    context: &Context,
    id: &str,
) -> Markup {
    let messages = context.messages();
    let times = context.times();
    let bottom = TOP + rates.len() as f64 * ROW;
    let log = Linear::new((RATES.0.log10(), RATES.1.log10()), (LEFT, RIGHT));
    let x = |rate: f64| log.place(rate.max(RATES.0).log10());
    let (title, text) = (format!("{id}-t"), format!("{id}-d"));
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {}", bottom + 28.0)) role="img"
            aria-labelledby=(format!("{title} {text}")) {
            title id=(title) { (messages.burn_rates()) }
            desc id=(text) { (messages.burn_rates_told()) }
            @for rate in [0.1, 1.0, 10.0, 100.0] {
                @let class = if rate == 1.0 { "zero" } else { "grid" };
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
                        text.value x=(WIDTH - 4.0) y=(middle + 5.0) text-anchor="end" {
                            (format::burn_rate(*rate))
                        }
                    }
                    None => {
                        text.tick x=(WIDTH - 4.0) y=(middle + 5.0) text-anchor="end" {
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
