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
    pub of: Generation,
    /// Which group.
    pub labels: GroupLabels,
    /// After which minute it was there first, and until which it was last.
    pub seen: Span,
}

/// The groups of these, in order of generations and labels.
pub(crate) async fn groups(db: &mut Tx, of: &[Generation]) -> Result<Vec<SeenGroup>, Trouble> {
    let mut found = Vec::new();
    for chunk in distinct(of).chunks(ROWS) {
        let sql = Sql::new(format!("{SELECT} WHERE generation IN"));
        let rows: Vec<Row> = db.all(sql.list(chunk.iter().cloned())).await?;
        for row in rows {
            found.push(read(row)?);
        }
    }
    found.sort_by(|a, b| (a.of, &a.labels).cmp(&(b.of, &b.labels)));
    Ok(found)
}

/// Reads every row, of whatever generation.
pub(crate) async fn check(db: &mut Tx) -> Result<(), Trouble> {
    let rows: Vec<Row> = db.all(SELECT).await?;
    rows.into_iter().try_for_each(|row| read(row).map(drop))
}

/// Writes these groups, each over what was known of it, and deletes those.
pub(crate) async fn keep(
    db: &mut Tx,
    groups: &[SeenGroup],
    gone: &[(Generation, GroupLabels)],
) -> Result<(), Trouble> {
    for (of, labels) in gone {
        let sql = Sql::new("DELETE FROM slo_group WHERE generation = $1 AND labels = $2");
        db.run(sql.bind(of.to_string()).bind(packed(labels)))
            .await?;
    }
    for chunk in groups.chunks(ROWS) {
        let rows = chunk.iter().map(|group| {
            [
                group.of.to_string().into(),
                packed(&group.labels).into(),
                group.seen.after.index().into(),
                group.seen.until.index().into(),
            ]
        });
        let sql = Sql::new("INSERT INTO slo_group (generation, labels, seen_after, seen_until)");
        let sql = sql.rows(rows).then(
            " ON CONFLICT (generation, labels) DO UPDATE SET \
             seen_after = excluded.seen_after, seen_until = excluded.seen_until",
        );
        db.run(sql).await?;
    }
    Ok(())
}

/// Deletes the groups of these.
pub(crate) async fn forget(db: &mut Tx, of: &[Generation]) -> Result<(), Trouble> {
    for chunk in distinct(of).chunks(ROWS) {
        let sql = Sql::new("DELETE FROM slo_group WHERE generation IN");
        db.run(sql.list(chunk.iter().cloned())).await?;
    }
    Ok(())
}

/// Deletes the groups that were there last before a day: their minutes are gone, too.
pub(crate) async fn retain(db: &mut Tx, since: Day) -> Result<(), Trouble> {
    let sql = Sql::new("DELETE FROM slo_group WHERE seen_until < $1");
    db.run(sql.bind(since.first().index())).await.map(drop)
}

type Row = (String, Vec<u8>, i64, i64);

const SELECT: &str = "SELECT generation, labels, seen_after, seen_until FROM slo_group";

fn read((of, labels, after, until): Row) -> Result<SeenGroup, Trouble> {
    let damaged = |why| Trouble::Row(format!("a group of what is kept as {of}"), why);
    let [after, until] = [after, until].map(Minute::from_index);
    Ok(SeenGroup {
        labels: unpacked(&labels).map_err(damaged)?,
        seen: Span::new(after, until),
        of: of
            .parse()
            .map_err(|_| damaged("its generation is no generation"))?,
    })
}

fn distinct(of: &[Generation]) -> Vec<String> {
    let distinct: BTreeSet<String> = of.iter().map(ToString::to_string).collect();
    distinct.into_iter().collect()
}

fn packed(labels: &GroupLabels) -> Vec<u8> {
    sealed(|out| {
        for (name, value) in labels.iter() {
            for text in [name, value] {
                put_varint(text.len() as u64, out);
                out.extend_from_slice(text.as_bytes());
            }
        }
    })
}

fn unpacked(bytes: &[u8]) -> Result<GroupLabels, &'static str> {
    let mut rest = unsealed(bytes)?;
    let mut labels = Vec::new();
    while !rest.is_empty() {
        labels.push((take_text(&mut rest)?, take_text(&mut rest)?));
    }
    ended(&rest, GroupLabels::new(labels))
}

fn take_text(rest: &mut Bytes<'_>) -> Result<String, &'static str> {
    let length = rest.varint()?;
    let bytes: Vec<u8> = (0..length).map(|_| rest.byte()).collect::<Result<_, _>>()?;
    String::from_utf8(bytes).map_err(|_| "a label is no text")
}
