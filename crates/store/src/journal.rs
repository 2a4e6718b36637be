//! The journal: everything that people and git say, added one after the other and never changed.

use std::collections::BTreeMap;

use crate::db::{ROWS, Sql, Tx, Value};
use crate::error::{Conflict, StoreError, Trouble};

/// The most entries that [`Store::journal`](crate::Store::journal) gives at once.
pub const JOURNAL_PAGE_MAX: i64 = 10_000;

/// What an entry does to its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// The object is what the body says.
    Put,
    /// The object is gone. Its identity, and its versions, go on should it come back.
    Delete,
}

impl Op {
    /// As it is kept.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Put => "put",
            Self::Delete => "delete",
        }
    }
}

/// Something to be written into the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// When it is written, in milliseconds since the epoch.
    pub recorded_ms: i64,
    /// From when on it holds; the date of a commit for what is taken from git's history.
    pub effective_ms: i64,
    /// Who says it.
    pub actor: String,
    /// Where it comes from: a file, the web, the API.
    pub origin: String,
    /// Why; may be empty.
    pub reason: String,
    /// The object's kind.
    pub kind: String,
    /// The object's identity, which stays when its name changes.
    pub uid: String,
    /// The object's name.
    pub name: String,
    /// One more than the version that it was made from; 1 for a new object.
    pub version: i64,
    /// What is done.
    pub op: Op,
    /// The object as text; empty for a deletion.
    pub body: String,
}

/// An entry of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place: counts up without gaps.
    pub seq: i64,
    /// What it says.
    pub said: Draft,
}

/// The newest version of an object, as far as a conflict needs it.
struct Newest {
    version: i64,
    kind: String,
    name: String,
    actor: String,
    recorded_ms: i64,
}

const COLUMNS: &str = "seq, recorded, effective, actor, origin, reason, kind, uid, name, version, \
                       op, body";

/// Appends all of these, or none.
pub(crate) async fn append(db: &mut Tx, drafts: &[Draft]) -> Result<Vec<Entry>, Trouble> {
    for draft in drafts {
        check_text(draft)?;
    }
    let mut newest = newest(db, drafts).await?;
    for draft in drafts {
        let made = Newest {
            version: draft.version,
            kind: draft.kind.clone(),
            name: draft.name.clone(),
            actor: draft.actor.clone(),
            recorded_ms: draft.recorded_ms,
        };
        let before = newest.insert(draft.uid.as_str(), made);
        if before.as_ref().map_or(0, |before| before.version) + 1 != draft.version {
            return Err(conflict(draft, before).into());
        }
    }
    let text = "SELECT coalesce(max(seq), 0) FROM journal";
    let (last,): (i64,) = db.one(text).await?;
    let entries: Vec<Entry> = (last + 1..)
        .zip(drafts.iter().cloned())
        .map(|(seq, said)| Entry { seq, said })
        .collect();
    write(db, &entries).await?;
    Ok(entries)
}

/// Writes entries that have their places.
pub(crate) async fn write(db: &mut Tx, entries: &[Entry]) -> Result<(), Trouble> {
    for chunk in entries.chunks(ROWS) {
        let insert = Sql::new(format!("INSERT INTO journal ({COLUMNS})"));
        db.run(insert.rows(chunk.iter().map(row))).await?;
    }
    Ok(())
}

/// The newest versions of the drafts' objects.
async fn newest<'d>(
    db: &mut Tx,
    drafts: &'d [Draft],
) -> Result<BTreeMap<&'d str, Newest>, Trouble> {
    let mut uids: Vec<&str> = drafts.iter().map(|draft| draft.uid.as_str()).collect();
    uids.sort_unstable();
    uids.dedup();
    let mut newest = BTreeMap::new();
    for chunk in uids.chunks(ROWS) {
        let text = "SELECT j.uid, j.version, j.kind, j.name, j.actor, j.recorded FROM journal j \
                    JOIN (SELECT uid, max(version) AS version FROM journal WHERE uid IN";
        let sql = Sql::new(text).list(chunk.iter().copied());
        let sql = sql.then(" GROUP BY uid) n ON n.uid = j.uid AND n.version = j.version");
        let rows: Vec<(String, i64, String, String, String, i64)> = db.all(sql).await?;
        for (uid, version, kind, name, actor, recorded_ms) in rows {
            let found = Newest {
                version,
                kind,
                name,
                actor,
                recorded_ms,
            };
            if let Ok(at) = chunk.binary_search(&uid.as_str()) {
                newest.insert(chunk[at], found);
            }
        }
    }
    Ok(newest)
}

fn conflict(draft: &Draft, newest: Option<Newest>) -> StoreError {
    let newest = newest.unwrap_or(Newest {
        version: 0,
        kind: draft.kind.clone(),
        name: draft.name.clone(),
        actor: "nobody".to_owned(),
        recorded_ms: 0,
    });
    StoreError::Conflict(Box::new(Conflict {
        kind: newest.kind,
        name: newest.name,
        uid: draft.uid.clone(),
        version: draft.version,
        newest: newest.version,
        actor: newest.actor,
        recorded_ms: newest.recorded_ms,
    }))
}

/// PostgreSQL keeps no U+0000 in texts; what one database refuses, all refuse.
fn check_text(draft: &Draft) -> Result<(), StoreError> {
    let texts = [
        ("actor", &draft.actor),
        ("origin", &draft.origin),
        ("reason", &draft.reason),
        ("kind", &draft.kind),
        ("uid", &draft.uid),
        ("name", &draft.name),
        ("body", &draft.body),
    ];
    match texts.iter().find(|(_, text)| text.contains('\0')) {
        Some((what, _)) => Err(StoreError::Nul {
            what: format!(
                "the {what} of {} {}",
                draft.kind,
                draft.name.replace('\0', "")
            ),
        }),
        None => Ok(()),
    }
}

fn row(entry: &Entry) -> [Value; 12] {
    let said = &entry.said;
    let text = |text: &String| Value::from(text.as_str());
    [
        entry.seq.into(),
        said.recorded_ms.into(),
        said.effective_ms.into(),
        text(&said.actor),
        text(&said.origin),
        text(&said.reason),
        text(&said.kind),
        text(&said.uid),
        text(&said.name),
        said.version.into(),
        said.op.as_str().into(),
        text(&said.body),
    ]
}

/// The columns of an entry, as they are read.
type Row = (
    i64,
    i64,
    i64,
    String,
    String,
    String,
    String,
    String,
    String,
    i64,
    String,
    String,
);

async fn entries(db: &mut Tx, sql: Sql) -> Result<Vec<Entry>, Trouble> {
    let rows: Vec<Row> = db.all(sql).await?;
    rows.into_iter().map(entry).collect()
}

fn entry(row: Row) -> Result<Entry, Trouble> {
    let (seq, recorded_ms, effective_ms, actor, origin, reason, kind, uid, name, version, op, body) =
        row;
    let op = match op.as_str() {
        "put" => Op::Put,
        "delete" => Op::Delete,
        _ => {
            let what = format!("entry {seq} of the journal");
            return Err(Trouble::Row(what, "what it does is unknown"));
        }
    };
    let said = Draft {
        recorded_ms,
        effective_ms,
        actor,
        origin,
        reason,
        kind,
        uid,
        name,
        version,
        op,
        body,
    };
    Ok(Entry { seq, said })
}

/// What follows this place, in order.
pub(crate) async fn after(db: &mut Tx, seq: i64, limit: i64) -> Result<Vec<Entry>, Trouble> {
    let text = format!("SELECT {COLUMNS} FROM journal WHERE seq > $1 ORDER BY seq LIMIT $2");
    let limit = limit.clamp(0, JOURNAL_PAGE_MAX);
    entries(db, Sql::new(text).bind(seq).bind(limit)).await
}

/// All versions of an object, the first one first.
pub(crate) async fn versions(db: &mut Tx, uid: &str) -> Result<Vec<Entry>, Trouble> {
    let text = format!("SELECT {COLUMNS} FROM journal WHERE uid = $1 ORDER BY version");
    entries(db, Sql::new(text).bind(uid)).await
}

/// The newest version of each object, deletions included, in the order of writing.
pub(crate) async fn current(db: &mut Tx) -> Result<Vec<Entry>, Trouble> {
    let newest = "SELECT uid, max(version) AS version FROM journal GROUP BY uid";
    entries(db, joined(newest)).await
}

/// The newest version of each object of those that held by then and were known by then.
pub(crate) async fn as_of(
    db: &mut Tx,
    effective_ms: i64,
    known_ms: i64,
) -> Result<Vec<Entry>, Trouble> {
    let newest = "SELECT uid, max(version) AS version FROM journal \
                  WHERE effective <= $1 AND recorded <= $2 GROUP BY uid";
    entries(db, joined(newest).bind(effective_ms).bind(known_ms)).await
}

fn joined(newest: &str) -> Sql {
    let columns = COLUMNS.split(", ").map(|column| format!("j.{column}"));
    let columns: Vec<String> = columns.collect();
    Sql::new(format!(
        "SELECT {} FROM journal j JOIN ({newest}) n ON n.uid = j.uid AND n.version = j.version \
         ORDER BY j.seq",
        columns.join(", ")
    ))
}
