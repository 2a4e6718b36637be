//! What others would say of the same minutes, and where a difference comes from.

use maud::{Markup, html};
use tomoni_slo::Peer as Tool;

use crate::ui::context::Context;
use crate::ui::i18n::format;
use crate::ui::parts;
use crate::ui::view::{
    MethodView, Peer, PeerCannot, PeerCause, PeerFigures, PeerTraffic, Slo, Spending,
};

pub(super) fn part(view: &Slo, context: &Context) -> Markup {
    let messages = context.messages();
    let told = view.explanation.peers.iter();
    let differing = told.filter_map(|peer| Some((peer.tool, peer.said.as_ref().ok()?)));
    html! {
        h3 { (messages.peers()) }
        (figures(view, context))
        @for (tool, said) in differing {
            @if let Some((windows, until)) = said.nan {
                p.remark {
                    (messages.peer_nan(tool.as_str(), format::integer(windows)))
                    " " (messages.peer_nan_gone()) " " (parts::short_time(until, context))
                }
            }
            @if !said.causes.is_empty() { (difference(view, (tool, said), context)) }
        }
    }
}

/// The figures side by side.
fn figures(view: &Slo, context: &Context) -> Markup {
    let messages = context.messages();
    let row = &view.row;
    let level = |sli: Option<f64>| match sli {
        Some(sli) => format::service_level(sli, row.target),
        None => messages.unknown().to_owned(),
    };
    let left =
        |left: Option<f64>| left.map_or_else(|| messages.unknown().to_owned(), format::share);
    html! {
        div.scroll tabindex="0" role="group" aria-label=(messages.peers()) {
            table.plain {
                thead {
                    tr {
                        th scope="col" { (messages.tool()) }
                        th.num scope="col" { (messages.sli()) }
                        th.num scope="col" { (messages.budget_left()) }
                        th.num scope="col" { (messages.peer_difference()) }
                        th scope="col" { (messages.why()) }
                    }
                }
                tbody {
                    tr {
                        th scope="row" { (messages.tomoni()) }
                        td.num { (level(row.sli)) }
                        td.num { (left(Some(row.budget.remaining()))) }
                        td.num {}
                        td { (our_why(view, context)) }
                    }
                    @for peer in &view.explanation.peers {
                        tr {
                            th scope="row" { (peer.tool.as_str()) }
                            @match &peer.said {
                                Ok(said) => {
                                    td.num { (level(said.sli)) @if said.nan.is_some() { " " (messages.peer_shows_none()) } }
                                    td.num { (left(said.remaining)) }
                                    td.num {
                                        @if let Some(difference) = said.difference {
                                            (messages.peer_points(format::points(difference)))
                                        }
                                    }
                                    td { (why(peer, context)) }
                                }
                                Err(cannot) => {
                                    td.num { (messages.unknown()) }
                                    td.num { (messages.unknown()) }
                                    td.num {}
                                    td { (cannot_say(peer.tool, *cannot, context)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What our own figure is.
fn our_why(view: &Slo, context: &Context) -> String {
    match view.method {
        MethodView::Occurrences => context.messages().tomoni_why().to_owned(),
        _ => super::method(&view.method, context),
    }
}

fn why(peer: &Peer, context: &Context) -> &'static str {
    let messages = context.messages();
    match peer.tool {
        Tool::Sloth => messages.sloth_why(),
        Tool::Pyrra => messages.pyrra_why(),
    }
}

fn cannot_say(tool: Tool, cannot: PeerCannot, context: &Context) -> String {
    let messages = context.messages();
    let tool = tool.as_str();
    match cannot {
        PeerCannot::Slices => messages.peer_no_slices(tool),
        PeerCannot::Calendar => messages.peer_no_calendar(tool),
        PeerCannot::Pushed => messages.peer_not_pushed(tool),
        PeerCannot::ReadyMade => messages.peer_not_ready_made(tool),
        PeerCannot::Query => messages.peer_no_query(tool),
        PeerCannot::Threshold => messages.peer_no_threshold(tool),
    }
}

/// Why a peer differs, and on which days.
fn difference(view: &Slo, (tool, said): (Tool, &PeerFigures), context: &Context) -> Markup {
    let messages = context.messages();
    html! {
        details.data {
            summary { (messages.peer_where(tool.as_str())) }
            ul.quiet {
                @for (cause, points) in &said.causes {
                    li {
                        (messages.peer_points(format::points(*points))) ": "
                        (caused(tool, *cause, context))
                    }
                }
            }
            @if let Some(traffic) = &said.by_traffic { (by_traffic(tool, traffic, context)) }
            (days(view, (tool, said), context))
        }
    }
}

fn caused(tool: Tool, cause: PeerCause, context: &Context) -> String {
    let messages = context.messages();
    let tool = tool.as_str();
    match cause {
        PeerCause::Exclusions => messages.peer_counts_excluded(tool),
        PeerCause::MissingData => messages.peer_leaves_missing(tool),
        PeerCause::Weights => messages.peer_weighs(tool),
    }
}

fn by_traffic(tool: Tool, traffic: &PeerTraffic, context: &Context) -> Markup {
    let messages = context.messages();
    let tool = tool.as_str();
    let mean = format::count(traffic.mean.round());
    let shares =
        |spent: Spending| [spent.ours, spent.theirs].map(|share| format::percent(share, 1));
    let [[quiet, quiet_there], [busy, busy_there]] = [shares(traffic.quiet), shares(traffic.busy)];
    html! {
        p.quiet { (messages.peer_quiet_hours(mean, quiet, tool, quiet_there)) }
        p.quiet { (messages.peer_busy_hours(busy, tool, busy_there)) }
    }
}

/// What days spent here and there; each leads to its minutes.
fn days(view: &Slo, (tool, said): (Tool, &PeerFigures), context: &Context) -> Markup {
    let messages = context.messages();
    let spent = |spent: Spending| {
        html! {
            td.num { (format::percent(spent.ours, 1)) }
            td.num { (format::percent(spent.theirs, 1)) }
            td.num { (format::points(spent.ours - spent.theirs)) }
        }
    };
    let (others, others_spent) = said.others;
    html! {
        div.scroll tabindex="0" role="group" aria-label=(messages.peer_where(tool.as_str())) {
            table.plain {
                thead {
                    tr {
                        th scope="col" { (messages.day()) }
                        th.num scope="col" { (messages.bad()) }
                        th.num scope="col" { (messages.total()) }
                        th.num scope="col" { (messages.peer_spent(messages.tomoni())) }
                        th.num scope="col" { (messages.peer_spent(tool.as_str())) }
                        th.num scope="col" { (messages.peer_difference()) }
                    }
                }
                tbody {
                    @for day in &said.days {
                        @let minutes = parts::minutes_path(&view.row.key, day.date);
                        tr {
                            th scope="row" { a href=(context.href(&minutes)) { (context.times().day(day.date)) } }
                            td.num { (format::count(day.bad)) }
                            td.num { (format::count(day.total)) }
                            (spent(day.spent))
                        }
                    }
                    @if others > 0 {
                        tr {
                            th scope="row" colspan="3" { (messages.peer_other_days(others)) }
                            (spent(others_spent))
                        }
                    }
                    tr {
                        th scope="row" colspan="3" { (messages.peer_all_days()) }
                        (spent(said.all))
                    }
                }
            }
        }
    }
}
