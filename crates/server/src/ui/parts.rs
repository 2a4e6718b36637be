//! What pages share: states, times, figures, lists of objectives, empty places.

use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};
use tomoni_slo::{BudgetUnit, Severity, State};

use super::chart::{budget_bar, icon, spark, states};
use super::context::Context;
use super::i18n::format;
use super::view::{Alert, Backfill, Cut, Groups, Named, Quality, Row, SloKey, Tally};

/// The path of an objective's page.
pub(crate) fn slo_path(key: &SloKey) -> String {
    match key.objective {
        None => format!("/slos/{}", key.name),
        Some(objective) => format!("/slos/{}?objective={objective}", key.name),
    }
}

/// The path of an objective's minutes of a day.
pub(crate) fn minutes_path(key: &SloKey, day: Date) -> String {
    let objective = key
        .objective
        .map_or_else(String::new, |n| format!("&objective={n}"));
    format!("/slos/{}/minutes?day={day}{objective}", key.name)
}

/// A name that is unique on a page, for an objective.
pub(crate) fn slo_id(key: &SloKey) -> String {
    format!("{}-{}", key.name, key.objective.unwrap_or(1))
}

/// What is left of a row's budget; `None` where nothing is known of it.
pub(crate) fn remaining(row: &Row) -> Option<f64> {
    match row.state {
        State::NoData => None,
        _ => Some(row.budget.remaining()),
    }
}

/// A state's shape and word.
pub(crate) fn state_chip(state: State, context: &Context) -> Markup {
    html! {
        span class=(format!("chip {}", icon::class(state))) {
            (icon::state(state)) (context.messages().state(state))
        }
    }
}

/// An instant with date, clock and zone.
pub(crate) fn time(at: Timestamp, context: &Context) -> Markup {
    html! { time datetime=(at) { (context.times().full(at)) } }
}

/// An instant with date and clock; the zone stands in its title.
pub(crate) fn short_time(at: Timestamp, context: &Context) -> Markup {
    let times = context.times();
    html! { time datetime=(at) title=(times.full(at)) { (times.day_clock(at)) } }
}

/// How long ago an instant was; the instant itself stands in its title.
pub(crate) fn ago(at: Timestamp, context: &Context) -> Markup {
    let times = context.times();
    let length = times.length(context.age_s(at));
    html! {
        time datetime=(at) title=(times.full(at)) { (context.messages().ago(length)) }
    }
}

/// A budget's figure with its unit: `504 of 1,235 events left`.
pub(crate) fn budget_words(row: &Row, context: &Context) -> String {
    let messages = context.messages();
    let times = context.times();
    let (allowed, left) = (row.budget.allowed, row.budget.allowed - row.budget.spent);
    let is_over = left < 0.0;
    match row.budget.unit {
        BudgetUnit::Events if is_over => {
            messages.events_overspent(format::count(-left), format::count(allowed))
        }
        BudgetUnit::Events => messages.events_left(format::count(left), format::count(allowed)),
        BudgetUnit::Minutes => {
            let length = |minutes: f64| times.length((minutes * 60.0).round() as i64);
            if is_over {
                messages.time_overspent(length(-left), length(allowed))
            } else {
                messages.time_left(length(left), length(allowed))
            }
        }
        BudgetUnit::Ratio => messages.ratio_spent(
            format::percent(row.budget.spent, 3),
            format::percent(allowed, 3),
        ),
    }
}

/// An alert that is pending or firing.
pub(crate) fn alert_chip(alert: &Alert, context: &Context) -> Markup {
    let messages = context.messages();
    let (class, word) = match (alert.severity, alert.is_firing) {
        (Severity::Page, true) => ("alert is-page", messages.page_fires()),
        (Severity::Ticket, true) => ("alert is-ticket", messages.ticket_fires()),
        (Severity::Page, false) => ("alert is-pending", messages.page_pending()),
        (Severity::Ticket, false) => ("alert is-pending", messages.ticket_pending()),
    };
    let since = context.times().full(alert.since);
    html! {
        span class=(class) title=(messages.since(since)) { (icon::bell()) (word) }
    }
}

/// What limits a figure, each in a few words.
pub(crate) fn quality_notes(quality: &Quality, is_frozen: bool, context: &Context) -> Vec<String> {
    let messages = context.messages();
    let mut notes = Vec::new();
    if let Some(coverage) = quality.coverage.filter(|coverage| *coverage < 0.9995) {
        // What is little is told from nothing.
        let is_little = coverage > 0.0 && coverage < 0.001;
        let places = if is_little { 3 } else { 1 };
        notes.push(messages.coverage_is(format::percent(coverage, places)));
    }
    if quality.coverage.is_none() {
        notes.push(messages.all_excluded().to_owned());
    }
    if quality.approximate_minutes > 0 {
        notes.push(messages.approximate().to_owned());
    }
    for (minutes, note) in [
        (
            quality.clamped_minutes,
            messages.clamped(quality.clamped_minutes),
        ),
        (
            quality.invalid_minutes,
            messages.invalid(quality.invalid_minutes),
        ),
        (
            quality.excluded_minutes,
            messages.excluded(quality.excluded_minutes),
        ),
        (
            quality.imputed_minutes,
            messages.imputed(quality.imputed_minutes),
        ),
    ] {
        if minutes > 0 {
            notes.push(note);
        }
    }
    if is_frozen {
        notes.push(messages.frozen().to_owned());
    }
    notes
}

/// Notes as a line of small labels; nothing where there are none.
pub(crate) fn notes(row: &Row, context: &Context) -> Markup {
    let mut notes = quality_notes(&row.quality, row.is_frozen, context);
    if row.stage != tomoni_slo::Stage::Active {
        notes.insert(0, context.messages().stage(row.stage).to_owned());
    }
    notes.extend(row.groups.map(|groups| groups_words(&groups, context)));
    html! {
        @if !notes.is_empty() {
            ul.notes { @for note in notes { li { (note) } } }
        }
    }
}

/// How the groups of an objective are doing, in a few words.
fn groups_words(groups: &Groups, context: &Context) -> String {
    let messages = context.messages();
    let count = messages.groups_count(groups.count);
    match groups.least_left {
        Some(left) => messages.worst_of_groups(count, format::share(left)),
        None => count,
    }
}

/// How far a backfill has come.
pub(crate) fn backfill(backfill: &Backfill, context: &Context) -> Markup {
    let messages = context.messages();
    let share = backfill.done_minutes as f64 / backfill.wanted_minutes.max(1) as f64;
    let share = format::percent(share, 0);
    html! {
        div.backfill {
            progress max=(backfill.wanted_minutes) value=(backfill.done_minutes)
                aria-label=(messages.backfilling()) { (share) }
            span {
                (messages.backfilled(share))
                @if let Some(seconds) = backfill.remaining_s {
                    " · " (messages.time_to_go(context.times().length(seconds)))
                }
            }
        }
    }
}

/// The big figure of a budget: what is left, and the bar.
pub(crate) fn left(row: &Row, context: &Context) -> Markup {
    html! {
        @match remaining(row) {
            Some(left) => {
                @let text = format::share(left);
                span class=(length_class("number", &text)) { (text) }
            }
            None => span.number.is-none { (context.messages().unknown()) },
        }
    }
}

/// A class for a number, and with it how long the number is, so that it can be set smaller.
pub(crate) fn length_class(class: &str, text: &str) -> String {
    match text.chars().count() {
        0..=6 => class.to_owned(),
        7 | 8 => format!("{class} is-long"),
        _ => format!("{class} is-long is-longer"),
    }
}

/// A service level beside its objective.
pub(crate) fn level(row: &Row, context: &Context) -> String {
    match row.sli {
        Some(sli) => format::service_level(sli, row.target),
        None => context.messages().unknown().to_owned(),
    }
}

/// Objectives as a table, one row each; on a small screen each row becomes a card.
pub(crate) fn table(rows: &[Row], caption: &str, has_service: bool, context: &Context) -> Markup {
    let messages = context.messages();
    html! {
        table.slos {
            caption.visually-hidden { (caption) }
            colgroup {
                @for column in ["state", "name", "left", "bar", "level", "burn", "course"] {
                    col class=(column);
                }
            }
            thead {
                tr {
                    th scope="col" { (messages.state_head()) }
                    th scope="col" { (messages.slo_head()) }
                    th.num scope="col" colspan="2" { (messages.left_head()) }
                    th.num scope="col" { (messages.level_head()) }
                    th.num scope="col" { (messages.burn_head()) }
                    th.course scope="col" { (messages.course_head()) }
                }
            }
            tbody { @for row in rows { (table_row(row, has_service, context)) } }
        }
    }
}

fn table_row(row: &Row, has_service: bool, context: &Context) -> Markup {
    let messages = context.messages();
    let id = slo_id(&row.key);
    html! {
        tr data-row data-live=(format!("row-{id}")) {
            td.state { (state_chip(row.state, context)) }
            th.name scope="row" {
                a href=(context.href(&slo_path(&row.key))) { (row.title) }
                @for alert in &row.alerts { (alert_chip(alert, context)) }
                @if has_service {
                    span.of { (row.service.title()) @if let Some(team) = &row.team { " · " (team.title()) } }
                }
                (notes(row, context))
                @if let Some(progress) = &row.backfill { (backfill(progress, context)) }
            }
            td.left.num title=(budget_words(row, context)) { (left(row, context)) }
            td.bar { (budget_bar::draw(remaining(row), row.state)) }
            td.level.num {
                span.label { (messages.sli()) " " }
                (level(row, context)) span.goal { " / " (format::target(row.target)) }
            }
            td.burn.num {
                span.label { (messages.burn_head()) " " }
                @match row.burn_rate {
                    Some(rate) => (format::burn_rate(rate)),
                    None => (messages.unknown()),
                }
            }
            td.course { (spark::draw(&row.spark)) }
        }
    }
}

/// The ways to the pages before and after this one; nothing where all rows stand on one. A row's place
/// ends the path, as in `/findings?from=`.
pub(crate) fn pager(cut: Cut, path_to_place: &str, context: &Context) -> Markup {
    let messages = context.messages();
    let place = |place: usize| format::integer(i64::try_from(place).unwrap_or(i64::MAX));
    let href = |from: usize| context.href(&format!("{path_to_place}{from}"));
    html! {
        @if cut.all > cut.per_page {
            nav.pager aria-label=(messages.list_pages()) {
                @if let Some(from) = cut.before() {
                    a rel="prev" href=(href(from)) { "← " (messages.rows_before()) }
                }
                span {
                    (messages.rows_of(place(cut.first), place(cut.last()), place(cut.all)))
                }
                @if let Some(from) = cut.after() {
                    a rel="next" href=(href(from)) { (messages.rows_after()) " →" }
                }
            }
        }
    }
}

/// Teams or services with their objectives' states.
pub(crate) fn tallies(tallies: &[Tally], folder: &str, context: &Context) -> Markup {
    let messages = context.messages();
    html! {
        ul.tallies {
            @for tally in tallies {
                li data-row {
                    a href=(context.href(&format!("/{folder}/{}", tally.named.name))) {
                        (tally.named.title())
                    }
                    @if tally.firing > 0 {
                        span.alert.is-page { (icon::bell()) (messages.firing_count(tally.firing)) }
                    }
                    (states::draw(&tally.states))
                    span.tally {
                        @for (state, count) in tally.states.worst_first() {
                            @if count > 0 {
                                span class=(format!("chip {}", icon::class(state)))
                                    title=(messages.state(state)) {
                                    (icon::state(state))
                                    span.visually-hidden { (messages.state(state)) " " }
                                    (count)
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A place where nothing is yet, with what to do next.
pub(crate) fn empty(title: &str, text: &str, command: Option<&str>) -> Markup {
    html! {
        div.empty {
            p.empty-title { (title) }
            p { (text) }
            @if let Some(command) = command { pre { code { (command) } } }
        }
    }
}

/// The way from the overview to a page: each step's name and path.
pub(crate) fn breadcrumbs(steps: &[(&str, String)], here: &str, context: &Context) -> Markup {
    let messages = context.messages();
    html! {
        nav.breadcrumbs aria-label=(messages.breadcrumbs()) {
            ol {
                li { a href=(context.href("/")) { (messages.overview()) } }
                @for (name, path) in steps { li { a href=(context.href(path)) { (name) } } }
                li aria-current="page" { (here) }
            }
        }
    }
}

/// The steps to a team and to a service, where both are known.
pub(crate) fn steps_to<'a>(
    team: Option<&'a Named>,
    service: Option<&'a Named>,
) -> Vec<(&'a str, String)> {
    let team = team.map(|team| (team.title(), format!("/teams/{}", team.name)));
    let service = service.map(|service| (service.title(), format!("/services/{}", service.name)));
    team.into_iter().chain(service).collect()
}
