//! Documents: what is in force, what a change would mean, changing it.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use tomoni_app::AppError;
use tomoni_app::findings::FindingRow;
use tomoni_app::register::{Applied, DocumentRow, ExportFile, Register, RegisterError, Request};
use tomoni_spec::{Finding, Identity};
use utoipa::ToSchema;

use super::extract::{InPath, Nothing, Params};
use super::names;
use crate::site::body::{self, Taken};
use crate::site::limits::{DOCUMENTS_BYTES_MAX, REASON_CHARS_MAX};
use crate::site::{Code, Problem, ProblemBody, Site};

/// How documents may be sent.
const YAML: [&str; 3] = ["application/yaml", "application/x-yaml", "text/yaml"];

/// Documents in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Documents {
    /// By kind and name.
    pub documents: Vec<DocumentRow>,
}

/// All documents in force, as files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Export {
    /// A file for each kind; applying them all changes nothing.
    pub files: Vec<ExportFile>,
}

impl From<RegisterError> for Problem {
    fn from(error: RegisterError) -> Self {
        let detail = error.to_string();
        match error {
            RegisterError::Store(error) => AppError::from(error).into(),
            RegisterError::Refused(findings) => {
                let mut problem = Self::new(Code::InvalidDocuments, detail);
                problem.findings = findings.iter().map(finding).collect();
                problem
            }
            RegisterError::NotADocument(_) | RegisterError::Twice(_) => {
                Self::new(Code::InvalidDocuments, detail)
            }
            RegisterError::Managed { .. } => Self::new(Code::ManagedElsewhere, detail),
            RegisterError::Conflict { .. } => Self::new(Code::Conflict, detail),
            RegisterError::Unknown { .. } => Self::new(Code::UnknownName, detail),
            RegisterError::TooMany { .. } | RegisterError::TooLarge { .. } => {
                Self::new(Code::BodyTooLarge, detail)
            }
        }
    }
}

fn finding(finding: &Finding) -> FindingRow {
    let place = &finding.place;
    FindingRow {
        slo: None,
        code: finding.code,
        severity: finding.severity.as_str(),
        file: place.file.to_string(),
        line: (place.line > 0).then_some(place.line),
        column: (place.column > 0).then_some(place.column),
        message: finding.message.clone(),
        help: finding.help.clone(),
    }
}

fn register(site: &Site) -> Result<&Register, Problem> {
    site.register().ok_or_else(|| {
        let detail = "this server keeps no documents in its journal: it shows an example";
        Problem::new(Code::NotReady, detail)
    })
}

/// Which documents.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Of {
    /// Only those of this kind, in any case: `Service`, `DataSource`, …; `slo` is for every kind that
    /// defines SLOs.
    kind: Option<String>,
}

/// The documents in force, as they were written.
#[utoipa::path(
    get, path = "/api/v1/documents", tag = "documents", params(Of),
    responses(
        (status = 200, body = Documents, description = "By kind and name."),
        (status = 404, body = ProblemBody, content_type = "application/problem+json",
         description = "`unknown-name`: no such kind."),
    ),
)]
pub(crate) async fn list(
    State(site): State<Site>,
    Params(of): Params<Of>,
) -> Result<Json<Documents>, Problem> {
    let documents = register(&site)?.find(of.kind.as_deref(), None).await?;
    Ok(Json(Documents { documents }))
}

/// One document in force, with its version.
#[utoipa::path(
    get, path = "/api/v1/documents/{kind}/{name}", tag = "documents",
    params(
        ("kind" = String, Path, description = "Its kind, in any case; `slo` for every kind that defines SLOs."),
        ("name" = String, Path, description = "Its name; with `slo` also the name of an SLO that it defines."),
    ),
    responses(
        (status = 200, body = Documents, description = "The document: a list of one."),
        (status = 404, body = ProblemBody, content_type = "application/problem+json",
         description = "`unknown-name`: no such kind, or nothing of that name."),
    ),
)]
pub(crate) async fn one(
    State(site): State<Site>,
    InPath((kind, name)): InPath<(String, String)>,
    Params(Nothing {}): Params<Nothing>,
) -> Result<Json<Documents>, Problem> {
    let documents = register(&site)?.find(Some(&kind), Some(&name)).await?;
    Ok(Json(Documents { documents }))
}

/// All documents in force, as files that can be applied again.
#[utoipa::path(
    get, path = "/api/v1/export", tag = "documents",
    responses((status = 200, body = Export, description = "A file for each kind.")),
)]
pub(crate) async fn export(
    State(site): State<Site>,
    Params(Nothing {}): Params<Nothing>,
) -> Result<Json<Export>, Problem> {
    let files = register(&site)?.export().await;
    Ok(Json(Export { files }))
}

/// How documents are applied.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct How {
    /// Only look at what would change.
    #[serde(default)]
    dry_run: bool,
    /// Why; it is kept in the journal.
    #[serde(default)]
    reason: String,
    /// What findings call the text; by default `request`.
    name: Option<String>,
    /// The version that the document has as far as is known, 0 for none: where it has another one,
    /// nothing is changed. Only with a single document.
    version: Option<i64>,
}

/// How a document is deleted.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Removal {
    /// Why; it is kept in the journal.
    #[serde(default)]
    reason: String,
    /// The version that the document has as far as is known: where it has another one, it stays.
    version: Option<i64>,
    /// Only look at what would change.
    #[serde(default)]
    dry_run: bool,
}

/// Puts documents in force: all of them, or none. What is not named stays.
#[utoipa::path(
    put, path = "/api/v1/documents", tag = "documents", params(How),
    request_body(content = String, content_type = "application/yaml",
                 description = "Documents, one after the other, between lines of `---`."),
    responses(
        (status = 200, body = Applied, description = "What was changed, and what it means."),
        (status = 409, body = ProblemBody, content_type = "application/problem+json",
         description = "`conflict`, `managed-elsewhere`: nothing was changed."),
        (status = 413, body = ProblemBody, content_type = "application/problem+json",
         description = "`body-too-large`: too many bytes or documents."),
        (status = 415, body = ProblemBody, content_type = "application/problem+json",
         description = "`unsupported-media-type`: the body is no YAML."),
        (status = 422, body = ProblemBody, content_type = "application/problem+json",
         description = "`invalid-documents`: `findings` says what is wrong with them."),
        (status = 503, body = ProblemBody, content_type = "application/problem+json",
         description = "`database-unavailable`: nothing was changed; try again."),
    ),
)]
pub(crate) async fn apply(
    State(site): State<Site>,
    Params(how): Params<How>,
    headers: HeaderMap,
    content: Body,
) -> Result<Json<Applied>, Problem> {
    let register = register(&site)?;
    if !how.dry_run {
        names::writable(&site)?;
    }
    let (request, taken) = request(&site, how, &headers, content).await?;
    carry_out(&site, register, request, Some(taken)).await
}

/// Takes a document out of force. What was counted of an SLO stays in its ledger, and is there again
/// when its document comes back.
#[utoipa::path(
    delete, path = "/api/v1/documents/{kind}/{name}", tag = "documents",
    params(
        ("kind" = String, Path, description = "Its kind, in any case."),
        ("name" = String, Path, description = "Its name."),
        Removal,
    ),
    responses(
        (status = 200, body = Applied, description = "What was changed, and what it means."),
        (status = 404, body = ProblemBody, content_type = "application/problem+json",
         description = "`unknown-name`: no such kind, or nothing of that name."),
        (status = 409, body = ProblemBody, content_type = "application/problem+json",
         description = "`conflict`, `managed-elsewhere`: nothing was changed."),
        (status = 422, body = ProblemBody, content_type = "application/problem+json",
         description = "`invalid-documents`: others need it; `findings` says which."),
        (status = 503, body = ProblemBody, content_type = "application/problem+json",
         description = "`database-unavailable`: nothing was changed; try again."),
    ),
)]
pub(crate) async fn remove(
    State(site): State<Site>,
    InPath((kind, name)): InPath<(String, String)>,
    Params(how): Params<Removal>,
) -> Result<Json<Applied>, Problem> {
    let register = register(&site)?;
    check_reason(&how.reason)?;
    if !how.dry_run {
        names::writable(&site)?;
    }
    // Says which name was probably meant, and what the kind is called.
    let found = register.get(Some(&kind), Some(&name)).await?;
    let named = found.iter().map(|row| (row.kind, row.name.as_str()));
    let deletes: Vec<Identity> = named
        .filter_map(|(kind, name)| Identity::new(kind, name))
        .collect();
    let request = Request {
        expected: expected(&deletes, how.version)?,
        deletes,
        actor: super::ANYBODY.to_owned(),
        origin: "api".to_owned(),
        reason: how.reason,
        dry_run: how.dry_run,
        ..Request::default()
    };
    carry_out(&site, register, request, None).await
}

/// What a document's version has to be.
fn expected(
    identities: &[Identity],
    version: Option<i64>,
) -> Result<BTreeMap<Identity, i64>, Problem> {
    match (version, identities) {
        (None, _) => Ok(BTreeMap::new()),
        (Some(version), [one]) => Ok(BTreeMap::from([(one.clone(), version)])),
        (Some(_), many) => {
            let count = many.len();
            let detail = format!("`version` is of one document, and there are {count}");
            Err(Problem::new(Code::BadQuery, detail))
        }
    }
}

fn check_reason(reason: &str) -> Result<(), Problem> {
    if reason.chars().count() > REASON_CHARS_MAX {
        let detail = format!("`reason` has more than {REASON_CHARS_MAX} characters");
        return Err(Problem::new(Code::BadQuery, detail));
    }
    Ok(())
}

/// What applying these documents would change, field by field, and what that means for figures.
#[utoipa::path(
    post, path = "/api/v1/documents/diff", tag = "documents", params(How),
    request_body(content = String, content_type = "application/yaml",
                 description = "Documents, one after the other, between lines of `---`."),
    responses(
        (status = 200, body = Applied, description = "What would change."),
        (status = 413, body = ProblemBody, content_type = "application/problem+json",
         description = "`body-too-large`: too many bytes or documents."),
        (status = 415, body = ProblemBody, content_type = "application/problem+json",
         description = "`unsupported-media-type`: the body is no YAML."),
        (status = 422, body = ProblemBody, content_type = "application/problem+json",
         description = "`invalid-documents`: `findings` says what is wrong with them."),
    ),
)]
pub(crate) async fn diff(
    State(site): State<Site>,
    Params(how): Params<How>,
    headers: HeaderMap,
    content: Body,
) -> Result<Json<Applied>, Problem> {
    let register = register(&site)?;
    let (request, _taken) = request(&site, how, &headers, content).await?;
    Ok(Json(register.diff(&request).await?))
}

/// What is asked for, and the body, whose room is taken until it is done.
async fn request(
    site: &Site,
    how: How,
    headers: &HeaderMap,
    content: Body,
) -> Result<(Request, Taken), Problem> {
    body::expect_type(headers, &YAML)?;
    check_reason(&how.reason)?;
    let taken = body::read(site, headers, content, DOCUMENTS_BYTES_MAX).await?;
    let name = how.name.unwrap_or_else(|| "request".to_owned());
    let (request, taken) = tomoni_app::beside(move || (of_bytes(&name, &taken), taken)).await;
    let request = request?;
    let documents = request.documents.iter();
    let identities: Vec<Identity> = documents.filter_map(|d| d.identity.clone()).collect();
    let request = Request {
        expected: expected(&identities, how.version)?,
        actor: super::ANYBODY.to_owned(),
        origin: "api".to_owned(),
        reason: how.reason,
        dry_run: how.dry_run,
        ..request
    };
    Ok((request, taken))
}

fn of_bytes(name: &str, bytes: &[u8]) -> Result<Request, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let detail = format!("the body is not UTF-8 from byte {} on", error.valid_up_to());
        Problem::new(Code::MalformedBody, detail)
    })?;
    Ok(Request::of_text(name, text)?)
}

/// Applies a request, and lets the loop count by what is in force then. Once begun it is done whole,
/// also where nobody waits for the answer any more: what is in the journal is to be counted by.
async fn carry_out(
    site: &Site,
    register: &Register,
    request: Request,
    taken: Option<Taken>,
) -> Result<Json<Applied>, Problem> {
    let (site, register) = (site.clone(), register.clone());
    let work = async move {
        let _taken = taken;
        let applied = register.apply(&request, site.clock().now_ms()).await;
        let is_newer = match &applied {
            Ok(applied) => applied.is_applied,
            // Somebody else has written to the journal.
            Err(error) => matches!(error, RegisterError::Conflict { .. }),
        };
        if is_newer {
            put_in_force(&site, &register).await?;
        }
        Ok(Json(applied?))
    };
    tokio::spawn(work).await.unwrap_or_else(|error| {
        tracing::error!(%error, "documents could not be applied");
        Err(Problem::new(
            Code::Internal,
            "the documents could not be applied",
        ))
    })
}

/// Lets the loop count by what the register says, where it does not yet.
async fn put_in_force(site: &Site, register: &Register) -> Result<(), Problem> {
    let in_force = register.in_force().await;
    if site.world().number == in_force.number {
        return Ok(());
    }
    Ok(site.handle().documents(in_force.into()).await?)
}
