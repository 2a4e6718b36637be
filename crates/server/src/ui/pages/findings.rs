//! `/findings`: what is wrong with our documents and queries, and what to do.

use maud::{Markup, html};

use crate::ui::context::Context;
use crate::ui::layout::{Section, Sheet, document};
use crate::ui::parts;
use crate::ui::view::{Check, CheckResult, Finding, FindingSeverity, Findings};

/// The command that sends counts.
const PUSH: &str = "tomoni push";

/// The page.
pub fn page(view: &Findings, context: &Context) -> Markup {
    let messages = context.messages();
    let sheet = Sheet {
        title: messages.findings(),
        section: Section::Findings,
        has_charts: false,
        is_live: true,
    };
    let content = html! {
        h1 { (messages.findings()) }
        (tallies(view, context))
        section.card aria-labelledby="checks" data-live="checks" {
            h2 #checks { (messages.checks()) }
            p.quiet { (messages.checks_what()) }
            @if view.checks.is_empty() {
                (parts::empty(messages.no_checks(), messages.no_slos_what(), Some("tomoni serve --specs ./slos")))
            } @else {
                (checks(&view.checks, context))
                (parts::pager(view.cut, "/findings?from=", context))
            }
        }
        section.card aria-labelledby="documents" data-live="documents" {
            h2 #documents { (messages.document_findings()) }
            p.quiet { (messages.documents_read(view.documents)) " · " (parts::time(view.read_at, context)) }
            @if view.findings.is_empty() {
                (parts::empty(messages.no_findings(), messages.no_findings_what(), None))
            } @else {
                ul.findings { @for finding in &view.findings { (one(finding, context)) } }
                (parts::pager(view.finding_cut, "/findings?finding=", context))
            }
        }
    };
    document(&sheet, context, &content)
}

fn tallies(view: &Findings, context: &Context) -> Markup {
    let messages = context.messages();
    let tally = |count: i64, class: &'static str, word: &'static str| {
        html! {
            li class=(format!("tally {}", if count > 0 { class } else { "is-still" })) {
                span.big { (count) }
                span.word { (word) }
            }
        }
    };
    html! {
        section.hero aria-label=(messages.findings()) {
            ul.tallies {
                (tally(view.blind as i64, "is-over", messages.blind_queries()))
                (tally(view.errors, "is-over", messages.errors()))
                (tally(view.warnings, "is-risk", messages.warnings()))
            }
        }
    }
}

fn checks(checks: &[Check], context: &Context) -> Markup {
    let messages = context.messages();
    html! {
        table.checks {
            caption.visually-hidden { (messages.checks()) }
            thead {
                tr {
                    th scope="col" { (messages.slo_head()) }
                    th scope="col" { (messages.check_result()) }
                    th scope="col" { (messages.query_head()) }
                }
            }
            tbody {
                @for check in checks {
                    tr data-row {
                        th.name scope="row" {
                            a href=(context.href(&parts::slo_path(&check.key))) { (check.title) }
                            span.of {
                                (check.service.title())
                                @if let Some(team) = &check.team { " · " (team.title()) }
                            }
                        }
                        td { (result(&check.result, context)) }
                        td.query {
                            pre tabindex="0" { code { (check.query) } }
                            span.of { (check.source) }
                        }
                    }
                }
            }
        }
    }
}

fn result(result: &CheckResult, context: &Context) -> Markup {
    let messages = context.messages();
    html! {
        @match result {
            CheckResult::NotYet => span.check { (messages.check_not_yet()) },
            CheckResult::Found { newest } => {
                span.check.is-ok { "✓ " (messages.check_found()) }
                span.of { (messages.newest_sample()) " " (parts::ago(*newest, context)) }
            }
            CheckResult::Quiet { newest } => {
                span.check { (messages.check_quiet()) }
                span.of { (messages.newest_sample()) " " (parts::ago(*newest, context)) }
                span.help { (messages.check_quiet_what()) }
            }
            CheckResult::Nothing { last_seen } => {
                span.check.is-over { "✕ " (messages.check_nothing()) }
                span.of {
                    @match last_seen {
                        Some(at) => { (messages.last_seen()) " " (parts::ago(*at, context)) }
                        None => (messages.never_seen()),
                    }
                }
                span.help { (messages.check_nothing_what()) }
            }
            CheckResult::Failed { error } => {
                span.check.is-over { "✕ " (messages.check_failed()) }
                code.said lang="en" { (error) }
                span.help { (messages.check_failed_what()) }
            }
            CheckResult::Pushed { newest: Some(at) } => {
                span.check.is-ok { "✓ " (messages.check_pushed()) }
                span.of { (messages.newest_batch()) " " (parts::ago(*at, context)) }
            }
            CheckResult::Pushed { newest: None } => {
                span.check.is-over { "✕ " (messages.never_pushed()) }
                span.help { (messages.never_pushed_what()) " " code { (PUSH) } }
            }
        }
    }
}

fn one(finding: &Finding, context: &Context) -> Markup {
    let messages = context.messages();
    let place = match (finding.line, finding.column) {
        (0, _) => finding.file.clone(),
        (line, 0) => format!("{}:{line}", finding.file),
        (line, column) => format!("{}:{line}:{column}", finding.file),
    };
    let (class, word) = match finding.severity {
        FindingSeverity::Error => ("finding is-error", messages.error()),
        FindingSeverity::Warning => ("finding is-warning", messages.warning()),
    };
    html! {
        li class=(class) data-row {
            p.finding-head {
                strong.severity { (word) } " " code { (finding.code) }
                @if let Some(object) = &finding.object { " · " (object) }
            }
            p.message lang="en" { (finding.message) }
            p.place { code { (place) } }
            @if let Some(help) = &finding.help {
                p.help lang="en" { (help) }
            }
            @if finding.keeps_last_good { p.remark { (messages.keeps_last_good()) } }
        }
    }
}
