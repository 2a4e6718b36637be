//! Burn rates now, and what would alert.

use maud::{Markup, html};
use tomoni_slo::Severity;

use crate::ui::chart::{Size, burn_rates};
use crate::ui::context::Context;
use crate::ui::i18n::format;
use crate::ui::view::{MethodView, Slo, SlotRow};

/// From which share of the budget on one failure is worth a remark.
const ONE_FAILURE_SAID_FROM: f64 = 0.01;

pub(super) fn section(view: &Slo, context: &Context) -> Markup {
    let messages = context.messages();
    html! {
        div.pair {
            section.card aria-labelledby="burn" data-live="burn" {
                h2 #burn { (messages.burn_rates()) }
                figure.chart.burn {
                    @for (size, id) in [(Size::Wide, "burn-now-w"), (Size::Narrow, "burn-now-n")] {
                        (burn_rates::draw(&view.burn_rates, &view.slots, context, size, id))
                    }
                }
                ul.legend {
                    li { span.key.key-page aria-hidden="true" {} (messages.legend_page()) }
                    li { span.key.key-ticket aria-hidden="true" {} (messages.legend_ticket()) }
                }
                p.quiet { (messages.burn_rates_what()) }
            }
            section.card aria-labelledby="alerts" data-live="alerts" {
                h2 #alerts { (messages.alert_table()) }
                table.plain.alerts {
                    thead {
                        tr {
                            th scope="col" { (messages.severity()) }
                            th.num scope="col" { (messages.long_window()) }
                            th.num scope="col" { (messages.short_window()) }
                            th.num scope="col" { (messages.factor()) }
                            th scope="col" { (messages.state_head()) }
                        }
                    }
                    tbody { @for slot in &view.slots { (slot_row(slot, context)) } }
                }
                p.quiet { (messages.alert_table_what()) }
                @if let Some(remark) = one_failure(view, context) { p.remark { (remark) } }
            }
        }
    }
}

/// Where traffic is low, or slices are long: how much time's budget one failure costs.
fn one_failure(view: &Slo, context: &Context) -> Option<String> {
    let (from, until) = view.window;
    let window_s = until.as_second() - from.as_second();
    let share = view
        .row
        .budget
        .one_failure
        .filter(|share| *share >= ONE_FAILURE_SAID_FROM)?;
    let (times, messages) = (context.times(), context.messages());
    let length = times.length((share * window_s as f64) as i64);
    Some(match view.method {
        MethodView::Timeslices { width_minutes, .. } => {
            messages.one_slice(times.length(width_minutes * 60), length)
        }
        MethodView::Occurrences | MethodView::RatioTimeslices { .. } => {
            messages.one_failure(length)
        }
    })
}

fn slot_row(slot: &SlotRow, context: &Context) -> Markup {
    let messages = context.messages();
    let times = context.times();
    let side = |(minutes, rate): (i64, Option<f64>)| {
        let is_beyond = rate.is_some_and(|rate| rate > slot.factor);
        html! {
            td class=(if is_beyond { "num is-beyond" } else { "num" }) {
                span.window-name { (times.window(minutes)) } " "
                @match rate {
                    Some(rate) => strong { (format::burn_rate(rate)) },
                    None => span.is-none { (messages.unknown()) },
                }
            }
        }
    };
    html! {
        tr {
            th scope="row" {
                @match slot.severity {
                    Severity::Page => (messages.page()),
                    Severity::Ticket => (messages.ticket()),
                }
            }
            (side(slot.long))
            (side(slot.short))
            td.num { (format::burn_rate(slot.factor)) }
            td { (slot_state(slot, context)) }
        }
    }
}

fn slot_state(slot: &SlotRow, context: &Context) -> Markup {
    let messages = context.messages();
    html! {
        @match (slot.is_impossible, slot.holds) {
            (true, _) => span.slot.is-impossible { (messages.slot_impossible()) },
            (_, None) => span.slot.is-frozen { (messages.slot_frozen()) },
            (_, Some(true)) => span.slot.is-true { (messages.slot_true()) },
            (_, Some(false)) => span.slot { (messages.slot_false()) },
        }
    }
}
