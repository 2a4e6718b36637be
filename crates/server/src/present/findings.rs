//! What is wrong with documents and queries.

use tomoni_app::explain::queries;
use tomoni_app::world::{QueryCheck, Standing, Told, World};
use tomoni_spec::Severity;

use super::{instant, key, of_ms, service_named, team_named, title};
use crate::site::limits::ROWS_PER_PAGE;
use crate::ui::view::{Check, CheckResult, Cut, Finding, FindingSeverity, Findings};

/// `/findings`, with the pages of checks and of findings that have those of these places, counted from 1.
pub fn findings(world: &World, check_place: usize, finding_place: usize) -> Findings {
    let mut told: Vec<&Told> = world.reading.findings.iter().collect();
    told.sort_by_key(|told| {
        let place = &told.finding.place;
        (severity(told), &place.file, place.line, place.column)
    });
    let (errors, all) = (errors(world), told.len());
    let finding_cut = Cut::at(finding_place, ROWS_PER_PAGE, all);
    let mut standings: Vec<&Standing> = of_documents(world).collect();
    standings.sort_by_key(|standing| trouble(&result(standing)));
    let cut = Cut::at(check_place, ROWS_PER_PAGE, standings.len());
    let checks = cut.of(standings).into_iter();
    Findings {
        findings: finding_cut.of(told).into_iter().map(finding).collect(),
        finding_cut,
        errors,
        warnings: all as i64 - errors,
        checks: checks.map(|standing| check(world, standing)).collect(),
        cut,
        blind: blind(world),
        documents: (world.reading.documents - world.reading.passed_over) as i64,
        read_at: of_ms(world.reading.read_at_ms),
    }
}

/// How many findings keep something from being used.
pub(super) fn errors(world: &World) -> i64 {
    let findings = world.reading.findings.iter();
    findings
        .filter(|told| told.finding.severity == Severity::Error)
        .count() as i64
}

/// How many objectives' queries find nothing.
pub(super) fn blind(world: &World) -> usize {
    of_documents(world)
        .filter(|standing| trouble(&result(standing)) < 2)
        .count()
}

/// Objectives that documents define. That the series of a group are gone is no finding: it is kept
/// until its window has passed.
fn of_documents(world: &World) -> impl Iterator<Item = &Standing> {
    let standings = world.standings.iter().map(AsRef::as_ref);
    standings.filter(|standing| standing.slo.value.group.is_none())
}

const fn severity(told: &Told) -> FindingSeverity {
    match told.finding.severity {
        Severity::Error => FindingSeverity::Error,
        Severity::Warning => FindingSeverity::Warning,
    }
}

fn finding(told: &Told) -> Finding {
    let finding = &told.finding;
    Finding {
        code: finding.code.to_owned(),
        severity: severity(told),
        file: finding.place.file.to_string(),
        line: finding.place.line,
        column: finding.place.column,
        message: finding.message.clone(),
        help: finding.help.clone(),
        object: finding.object.clone(),
        keeps_last_good: told.keeps_last_good,
    }
}

fn check(world: &World, standing: &Standing) -> Check {
    let slo = &standing.slo.value;
    // The last one is a ratio's total, which decides what is known.
    let query = queries(&standing.promise().indicator).pop();
    Check {
        key: key(standing),
        title: title(standing),
        service: service_named(&world.catalog, &slo.service),
        team: slo.team.as_deref().map(team_named),
        source: standing.server.clone().unwrap_or_default(),
        query: query.map(|(_, text)| text.to_owned()).unwrap_or_default(),
        result: result(standing),
    }
}

fn result(standing: &Standing) -> CheckResult {
    match &standing.check {
        QueryCheck::NotYet => CheckResult::NotYet,
        QueryCheck::Found { newest } => CheckResult::Found {
            newest: instant(*newest),
        },
        QueryCheck::Quiet { newest } => CheckResult::Quiet {
            newest: instant(*newest),
        },
        QueryCheck::Nothing { last_seen } => CheckResult::Nothing {
            last_seen: last_seen.map(instant),
        },
        QueryCheck::Failed { error } => CheckResult::Failed {
            error: error.clone(),
        },
        QueryCheck::Pushed { newest } => CheckResult::Pushed {
            newest: newest.map(instant),
        },
    }
}

/// Those that find nothing come first, then those that were not asked yet.
const fn trouble(result: &CheckResult) -> u8 {
    match result {
        CheckResult::Failed { .. } => 0,
        CheckResult::Nothing { .. } | CheckResult::Pushed { newest: None } => 1,
        CheckResult::NotYet | CheckResult::Quiet { .. } => 2,
        CheckResult::Found { .. } | CheckResult::Pushed { newest: Some(_) } => 3,
    }
}
