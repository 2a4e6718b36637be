//! What changes closed minutes: reading them again, deleting them. The journal says so in the same
//! transaction.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use tomoni_app::instant;
use tomoni_app::register::RegisterError;
use tomoni_app::world::{QueryCheck, Standing, World};
use tomoni_app::{AppError, GroupLedger, group_ledgers};
use tomoni_ledger::{Minute, Span};
use tomoni_slo::LedgerKey;
use tomoni_store::{Draft, Op};
use utoipa::ToSchema;

use super::extract::{InPath, Nothing, Params};
use super::names;
use crate::site::limits::{FORM_BYTES_MAX, REASON_CHARS_MAX, REFILL_MINUTES_MAX};
use crate::site::{Code, Problem, ProblemBody, Site, body};

/// Which minutes to read again, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refill {
    /// After which instant (RFC 3339, or how long ago: `2h`, `7d`).
    from: String,
    /// Up to which instant.
    to: String,
    /// Why; it is kept in the journal.
    reason: String,
}

/// What is being done to an SLO's ledgers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Undertaken {
    /// The SLO.
    pub slo: String,
    /// Its ledgers.
    pub ledgers: Vec<String>,
    /// Other SLOs over the same ledgers, whose figures change as well.
    pub also: Vec<String>,
    /// Other SLOs that count by further ledgers of this one, which stay for their sake.
    pub kept_for: Vec<String>,
    /// The journal's entry.
    pub entry: i64,
}

/// Reads minutes of an SLO and its groups again from their source, closed ones too. What the source
/// does not know any more stays as it is.
#[utoipa::path(
    post, path = "/api/v1/slos/{slo}/refill", tag = "ledgers", request_body = Refill,
    params(("slo" = String, Path, description = "The SLO's name.")),
    responses(
        (status = 202, body = Undertaken,
         description = "It is being read; should the server end meanwhile, the next one reads it."),
        (status = 404, body = ProblemBody, content_type = "application/problem+json",
         description = "`unknown-name`: no such SLO."),
        (status = 415, body = ProblemBody, content_type = "application/problem+json",
         description = "`unsupported-media-type`: the body is no JSON."),
        (status = 422, body = ProblemBody, content_type = "application/problem+json",
         description = "`invalid-body`: no time, too much of it, or no reason. `nothing-to-read`: its \
                        counts are pushed, or nobody is asked for them."),
        (status = 503, body = ProblemBody, content_type = "application/problem+json",
         description = "`database-unavailable`: nothing was changed; try again."),
    ),
)]
pub(crate) async fn refill(
    State(site): State<Site>,
    InPath(name): InPath<String>,
    Params(Nothing {}): Params<Nothing>,
    headers: HeaderMap,
    content: Body,
) -> Result<(StatusCode, Json<Undertaken>), Problem> {
    let world = site.world();
    let mut standings = names::standings(&world, &name, None)?;
    let groups = world.groups_of(&name).map(|(_, standing)| standing);
    standings.extend(groups.cloned());
    body::expect_type(&headers, &["application/json"])?;
    let bytes = body::read(&site, &headers, content, FORM_BYTES_MAX).await?;
    let asked: Refill = body::json(&bytes)?;
    let span = span(&site, &world, &asked)?;
    check_reason(&asked.reason)?;
    let keys = readable(&name, &standings)?;
    names::writable(&site)?;
    let said = serde_json::json!({
        "slo": name,
        "from": instant::of_minute(span.after),
        "to": instant::of_minute(span.until),
    });
    let draft = draft(&site, "Refill", &name, &asked.reason, said.to_string());
    let entry = site
        .handle()
        .refill(keys.iter().cloned().collect(), span, draft)
        .await?;
    let undertaken = Undertaken {
        ledgers: keys.iter().map(ToString::to_string).collect(),
        also: sharing(&world, &name, &keys, &[]).into_keys().collect(),
        kept_for: Vec::new(),
        slo: name,
        entry,
    };
    Ok((StatusCode::ACCEPTED, Json(undertaken)))
}

fn span(site: &Site, world: &World, asked: &Refill) -> Result<Span, Problem> {
    let minute = |name: &str, text: &str| {
        let at_ms = instant::parse(text, site.clock().now_ms());
        at_ms
            .map(Minute::ended_by_ms)
            .map_err(|error| invalid(format!("`{name}`: {error}")))
    };
    let until = minute("to", &asked.to)?;
    let until = world
        .watermark
        .map_or(until, |watermark| until.min(watermark));
    let span = Span::new(minute("from", &asked.from)?, until);
    if span.is_empty() {
        return Err(invalid(
            "`from` is not before `to`, or both are not settled yet".to_owned(),
        ));
    }
    if span.len() > REFILL_MINUTES_MAX {
        let detail = format!(
            "{} minutes are too many: at most {REFILL_MINUTES_MAX}",
            span.len()
        );
        return Err(invalid(detail));
    }
    Ok(span)
}

fn check_reason(reason: &str) -> Result<(), Problem> {
    if reason.trim().is_empty() {
        return Err(invalid(
            "`reason` is empty: say why, so that others can understand it".to_owned(),
        ));
    }
    if reason.chars().count() > REASON_CHARS_MAX {
        return Err(invalid(format!(
            "`reason` has more than {REASON_CHARS_MAX} characters"
        )));
    }
    Ok(())
}

fn invalid(detail: String) -> Problem {
    Problem::new(Code::InvalidBody, detail)
}

/// That it is meant.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Confirmation {
    /// The SLO's name a second time.
    confirm: Option<String>,
    /// Also delete what other SLOs count by now.
    #[serde(default)]
    shared: bool,
    /// Why; it is kept in the journal.
    reason: Option<String>,
}

/// Deletes an SLO's minutes for good, with those of all groups that it ever had: all that it ever
/// counted, also by earlier queries and under earlier names, but for what other SLOs count by now,
/// unless `shared` asks for that. Where its document is still in force it begins anew, with what its
/// source still knows.
#[utoipa::path(
    delete, path = "/api/v1/slos/{slo}/ledger", tag = "ledgers",
    params(("slo" = String, Path, description = "The SLO's name."), Confirmation),
    responses(
        (status = 200, body = Undertaken, description = "They are gone."),
        (status = 404, body = ProblemBody, content_type = "application/problem+json",
         description = "`unknown-name`: no such SLO."),
        (status = 409, body = ProblemBody, content_type = "application/problem+json",
         description = "`ledger-shared`: other SLOs count by all of it, and `shared` is not said."),
        (status = 422, body = ProblemBody, content_type = "application/problem+json",
         description = "`confirmation-missing`: `confirm` is not the SLO's name."),
        (status = 503, body = ProblemBody, content_type = "application/problem+json",
         description = "`database-unavailable`: nothing was deleted; try again."),
    ),
)]
pub(crate) async fn forget(
    State(site): State<Site>,
    InPath(name): InPath<String>,
    Params(given): Params<Confirmation>,
) -> Result<Json<Undertaken>, Problem> {
    let world = site.world();
    let ever = ever(&site, &world, &name).await?;
    let mut keys = ever.keys();
    match in_force(&world, &name) {
        Err(problem) if problem.code != Code::UnknownName || keys.is_empty() => {
            return Err(problem);
        }
        now => keys.extend(now.unwrap_or_default()),
    }
    if given.confirm.as_deref() != Some(name.as_str()) {
        let detail = format!(
            "this deletes every minute that was counted for {name}, and cannot be undone: add \
             ?confirm={name} if it is meant"
        );
        return Err(Problem::new(Code::ConfirmationMissing, detail));
    }
    let others = sharing(&world, &name, &keys, &ever.groups);
    if !given.shared {
        keys.retain(|key| !others.values().any(|shared| shared.contains(key)));
    }
    let others: Vec<String> = others.into_keys().collect();
    let (also, kept_for) = if given.shared {
        (others, Vec::new())
    } else {
        (Vec::new(), others)
    };
    if keys.is_empty() && !kept_for.is_empty() {
        let detail = format!(
            "{} count by all that was counted for {name}: add &shared=true to delete it for them, too",
            kept_for.join(", ")
        );
        return Err(Problem::new(Code::LedgerShared, detail));
    }
    let reason = given.reason.unwrap_or_default();
    if !reason.is_empty() {
        check_reason(&reason)?;
    }
    names::writable(&site)?;
    let said = serde_json::json!({ "slo": name, "shared": given.shared }).to_string();
    let draft = draft(&site, "Forget", &name, &reason, said);
    let entry = site
        .handle()
        .forget(keys.iter().cloned().collect(), draft)
        .await?;
    Ok(Json(Undertaken {
        ledgers: keys.iter().map(ToString::to_string).collect(),
        also,
        kept_for,
        slo: name,
        entry,
    }))
}

/// The ledgers of an SLO's objectives, and those of its groups.
fn in_force(world: &World, slo: &str) -> Result<BTreeSet<LedgerKey>, Problem> {
    let standings = names::standings(world, slo, None)?;
    let groups = world.groups_of(slo).map(|(_, standing)| standing);
    let keys = standings
        .iter()
        .chain(groups)
        .map(|standing| &standing.promise().key);
    Ok(keys.cloned().collect())
}

/// Those of an SLO's ledgers that are read from a server.
fn readable(slo: &str, standings: &[Arc<Standing>]) -> Result<BTreeSet<LedgerKey>, Problem> {
    let read = standings.iter().filter(|s| s.server.is_some());
    let keys: BTreeSet<LedgerKey> = read.map(|s| s.promise().key.clone()).collect();
    if !keys.is_empty() {
        return Ok(keys);
    }
    let is_pushed = |s: &Arc<Standing>| matches!(s.check, QueryCheck::Pushed { .. });
    let detail = if standings.iter().all(is_pushed) {
        format!("the counts of {slo} are pushed: push what is missing, under an id of its own")
    } else {
        format!("no server is asked for the counts of {slo}: name one with --prometheus")
    };
    Err(Problem::new(Code::NothingToRead, detail))
}

/// The ledgers that an SLO ever counted in.
#[derive(Default)]
struct Ever {
    whole: BTreeSet<LedgerKey>,
    groups: Vec<GroupLedger>,
}

impl Ever {
    fn keys(&self) -> BTreeSet<LedgerKey> {
        let groups = self.groups.iter().map(|group| &group.key);
        self.whole.iter().chain(groups).cloned().collect()
    }
}

/// The SLO that another is a group of by its name; one that is no group is its own.
fn whole_of(slo: &str) -> &str {
    slo.split_once(':').map_or(slo, |(of, _)| of)
}

/// The ledgers that an SLO ever counted in, as the journal knows them, and those of all groups that it
/// ever had; of a group its own.
async fn ever(site: &Site, world: &World, slo: &str) -> Result<Ever, Problem> {
    let of = whole_of(slo);
    let mut whole = match site.register() {
        None => BTreeSet::new(),
        Some(register) => match register.ledgers(of).await {
            Ok(ledgers) => ledgers,
            Err(RegisterError::Unknown { .. }) => BTreeSet::new(),
            Err(error) => return Err(error.into()),
        },
    };
    let now = world.of_slo(of).map(|standing| &standing.promise().key);
    whole.extend(now.cloned());
    let groups = group_ledgers(site.handle().store(), &whole).await;
    let mut groups = groups.map_err(AppError::from)?;
    if slo != of {
        groups.retain(|group| group.labels.name_within(of) == slo);
        whole.clear();
    }
    Ok(Ever { whole, groups })
}

/// The other SLOs in force, apart from its groups, that count by some of these ledgers, and by which.
/// Whoever counts by the same groups may have those back that have gone.
fn sharing(
    world: &World,
    slo: &str,
    keys: &BTreeSet<LedgerKey>,
    groups: &[GroupLedger],
) -> BTreeMap<String, BTreeSet<LedgerKey>> {
    let of = whole_of(slo);
    let mut sharing: BTreeMap<String, BTreeSet<LedgerKey>> = BTreeMap::new();
    for standing in &world.standings {
        let (value, key) = (&standing.slo.value, &standing.promise().key);
        let name = &value.name;
        let is_group = value.group.as_ref().is_some_and(|group| group.of == slo);
        if is_group || name == slo || name == of {
            continue;
        }
        let is_its =
            |group: &&GroupLedger| group.whole == *key && group.labels.are_named(&value.group_by);
        let groups = groups.iter().filter(is_its).map(|group| &group.key);
        let shared = groups.chain(Some(key).filter(|key| keys.contains(key)));
        for shared in shared {
            let all = sharing.entry(name.clone()).or_default();
            all.insert(shared.clone());
        }
    }
    sharing
}

/// What the journal is to say of it.
fn draft(site: &Site, kind: &str, slo: &str, reason: &str, body: String) -> Draft {
    let now_ms = site.clock().now_ms();
    Draft {
        recorded_ms: now_ms,
        effective_ms: now_ms,
        actor: super::ANYBODY.to_owned(),
        origin: "api".to_owned(),
        reason: reason.to_owned(),
        kind: kind.to_owned(),
        // An object of its own, which is never changed: the request's number keeps two of one
        // millisecond apart.
        uid: format!("{}-{}", kind.to_lowercase(), site.next_request_id()),
        name: slo.to_owned(),
        version: 1,
        op: Op::Put,
        body,
    }
}
