//! The groups of SLOs that have a budget for each group.

use std::collections::BTreeSet;

use tomoni_ledger::bytes::{Bytes, put_varint};
use tomoni_ledger::{Day, Minute, Span};
use tomoni_slo::{Generation, GroupLabels};

use crate::db::{ROWS, Sql, Tx};
use crate::error::Trouble;
use crate::ledger::packed::{ended, sealed, unsealed};

/// A group, and when it was there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenGroup {
    /// The generation of what all groups together count.
    pub whole: Generation,
    /// Which group.
    pub labels: GroupLabels,
    /// After which minute it was there first, and until which it was last.
    pub seen: Span,
}

/// In which time it was asked which groups there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedGroups {
    /// The generation of what all groups together count.
    pub whole: Generation,
    /// By which labels they are told apart: their names, sorted, each once.
    pub names: Vec<String>,
    /// After which minute, and until which.
    pub asked: Span,
}

/// What is kept of groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptGroups {
    /// Those that were seen, in order of generations and labels.
    pub seen: Vec<SeenGroup>,
    /// What was asked, in order of generations and names.
    pub asked: Vec<AskedGroups>,
}

impl KeptGroups {
    /// Whether there is nothing of it.
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty() && self.asked.is_empty()
    }
}

/// The groups of these that were there after a minute.
pub(crate) async fn groups(
    db: &mut Tx,
    whole: &[Generation],
    after: Minute,
) -> Result<KeptGroups, Trouble> {
    let mut kept = KeptGroups::default();
    for chunk in distinct(whole).chunks(ROWS) {
        let sql = Sql::new(format!("{SEEN} WHERE seen_until > $1 AND whole IN"));
        let sql = sql.bind(after.index()).list(chunk.iter().cloned());
        for row in db.all(sql).await? {
            kept.seen.push(seen(row)?);
        }
        let sql = Sql::new(format!("{ASKED} WHERE whole IN"));
        for row in db.all(sql.list(chunk.iter().cloned())).await? {
            kept.asked.push(asked(row)?);
        }
    }
    let seen = &mut kept.seen;
    seen.sort_by(|a, b| (a.whole, &a.labels).cmp(&(b.whole, &b.labels)));
    let asked = &mut kept.asked;
    asked.sort_by(|a, b| (a.whole, &a.names).cmp(&(b.whole, &b.names)));
    Ok(kept)
}

/// Reads every row, of whatever generation.
pub(crate) async fn check(db: &mut Tx) -> Result<(), Trouble> {
    for row in db.all(SEEN).await? {
        seen(row)?;
    }
    for row in db.all(ASKED).await? {
        asked(row)?;
    }
    Ok(())
}

/// Writes these down. A group was there from the first to the last time that anybody says.
pub(crate) async fn keep(db: &mut Tx, kept: &KeptGroups) -> Result<(), Trouble> {
    for chunk in kept.seen.chunks(ROWS) {
        let rows = chunk.iter().map(|group| {
            [
                group
                    .labels
                    .generation_within(group.whole)
                    .to_string()
                    .into(),
                group.whole.to_string().into(),
                packed(group.labels.iter().flat_map(|(name, value)| [name, value])).into(),
                group.seen.after.index().into(),
                group.seen.until.index().into(),
            ]
        });
        let sql = "INSERT INTO slo_group (generation, whole, labels, seen_after, seen_until)";
        let sql = Sql::new(sql).rows(rows).then(
            " ON CONFLICT (generation) DO UPDATE SET \
             seen_after = CASE WHEN slo_group.seen_after < excluded.seen_after \
             THEN slo_group.seen_after ELSE excluded.seen_after END, \
             seen_until = CASE WHEN slo_group.seen_until > excluded.seen_until \
             THEN slo_group.seen_until ELSE excluded.seen_until END",
        );
        db.run(sql).await?;
    }
    for chunk in kept.asked.chunks(ROWS) {
        let rows = chunk.iter().map(|grouping| {
            [
                digest(grouping).to_string().into(),
                grouping.whole.to_string().into(),
                packed(grouping.names.iter().map(String::as_str)).into(),
                grouping.asked.after.index().into(),
                grouping.asked.until.index().into(),
            ]
        });
        let sql = "INSERT INTO slo_grouping (id, whole, names, asked_after, asked_until)";
        let sql = Sql::new(sql).rows(rows).then(
            " ON CONFLICT (id) DO UPDATE SET \
             asked_after = excluded.asked_after, asked_until = excluded.asked_until",
        );
        db.run(sql).await?;
    }
    Ok(())
}

/// Forgets what is known of the groups of these, and of these as groups, as far as nothing is counted
/// of them any more.
pub(crate) async fn forget(db: &mut Tx, of: &[Generation]) -> Result<(), Trouble> {
    for chunk in distinct(of).chunks(ROWS) {
        let sql = Sql::new("DELETE FROM slo_group WHERE (whole IN");
        let sql = sql.list(chunk.iter().cloned()).then(" OR generation IN");
        let sql = sql.list(chunk.iter().cloned()).then(&format!(
            ") AND whole NOT IN ({COUNTED}) AND generation NOT IN ({COUNTED})"
        ));
        db.run(sql).await?;
        let sql = Sql::new("DELETE FROM slo_grouping WHERE whole IN");
        let sql = sql.list(chunk.iter().cloned());
        db.run(sql.then(&format!(" AND whole NOT IN ({COUNTED})")))
            .await?;
    }
    Ok(())
}

/// Forgets the groups that were there last before a day and of which nothing is left.
pub(crate) async fn retain(db: &mut Tx, since: Day) -> Result<(), Trouble> {
    for sql in [
        format!("DELETE FROM slo_group WHERE seen_until < $1 AND generation NOT IN ({COUNTED})"),
        format!("DELETE FROM slo_grouping WHERE asked_until < $1 AND whole NOT IN ({COUNTED})"),
    ] {
        db.run(Sql::new(sql).bind(since.first().index())).await?;
    }
    Ok(())
}

/// Generations of which there is a ledger: a key begins with them.
const COUNTED: &str = "SELECT substr(key, 1, 32) FROM ledger";

const SEEN: &str = "SELECT whole, labels, seen_after, seen_until FROM slo_group";
const ASKED: &str = "SELECT whole, names, asked_after, asked_until FROM slo_grouping";

type Row = (String, Vec<u8>, i64, i64);

fn seen(row: Row) -> Result<SeenGroup, Trouble> {
    let (whole, texts, seen) = read(row, |texts| texts.len() % 2 == 0)?;
    let mut texts = texts.into_iter();
    let pairs = std::iter::from_fn(|| texts.next().zip(texts.next()));
    Ok(SeenGroup {
        whole,
        labels: GroupLabels::new(pairs),
        seen,
    })
}

fn asked(row: Row) -> Result<AskedGroups, Trouble> {
    let (whole, names, asked) = read(row, |_| true)?;
    Ok(AskedGroups {
        whole,
        names,
        asked,
    })
}

/// A row's generation, texts and span.
fn read(
    (whole, texts, after, until): Row,
    are_whole: impl Fn(&[String]) -> bool,
) -> Result<(Generation, Vec<String>, Span), Trouble> {
    let damaged = |why| Trouble::Row(format!("a group of what is kept as {whole}"), why);
    let texts = unpacked(&texts).map_err(damaged)?;
    if !are_whole(&texts) {
        return Err(damaged("a label has no value"));
    }
    let generation = whole.parse();
    let generation = generation.map_err(|_| damaged("its generation is no generation"))?;
    let [after, until] = [after, until].map(Minute::from_index);
    Ok((generation, texts, Span::new(after, until)))
}

fn distinct(generations: &[Generation]) -> Vec<String> {
    let distinct: BTreeSet<String> = generations.iter().map(ToString::to_string).collect();
    distinct.into_iter().collect()
}

/// What tells one grouping from another: a key in a database has a limit, and names have none.
fn digest(grouping: &AskedGroups) -> Generation {
    let names = grouping.names.iter();
    let labels = GroupLabels::new(names.map(|name| (name.clone(), String::new())));
    labels.generation_within(grouping.whole)
}

fn packed<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<u8> {
    sealed(|out| {
        for text in texts {
            put_varint(text.len() as u64, out);
            out.extend_from_slice(text.as_bytes());
        }
    })
}

fn unpacked(bytes: &[u8]) -> Result<Vec<String>, &'static str> {
    let mut rest = unsealed(bytes)?;
    let mut texts = Vec::new();
    while !rest.is_empty() {
        texts.push(take_text(&mut rest)?);
    }
    ended(&rest, texts)
}

fn take_text(rest: &mut Bytes<'_>) -> Result<String, &'static str> {
    let length = rest.varint()?;
    let bytes: Vec<u8> = (0..length).map(|_| rest.byte()).collect::<Result<_, _>>()?;
    String::from_utf8(bytes).map_err(|_| "a label is no text")
}
