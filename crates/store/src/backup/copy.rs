//! Copying all rows from one database into another, a page at a time.

use crate::db::{Cells, ROWS, Sql, Tx, Value};
use crate::error::Trouble;
use crate::journal;
use crate::meta;
use crate::place::Place;

/// A table: its name, its columns, and those of them that put its rows in order.
struct Table<const N: usize, const K: usize> {
    name: &'static str,
    columns: [&'static str; N],
    order: [&'static str; K],
}

/// Whether no row of the tables is there.
pub(crate) async fn is_empty(db: &mut Tx) -> Result<bool, Trouble> {
    for table in [
        "ledger",
        "tail",
        "journal",
        "push",
        "slo_group",
        "slo_grouping",
    ] {
        let (rows,): (i64,) = db
            .one(Sql::new(format!("SELECT count(*) FROM {table}")))
            .await?;
        if rows > 0 {
            return Ok(false);
        }
    }
    // Whoever asks may have said already who writes.
    Ok(meta::all_but_writer(db).await?.is_empty())
}

/// Copies everything. What goes wrong in writing is said of `place`.
pub(crate) async fn everything(from: &mut Tx, to: &mut Tx, place: &Place) -> Result<(), Trouble> {
    let table = Table {
        name: "ledger",
        columns: ["id", "key", "settled", "closed"],
        order: ["id"],
    };
    type Ledger = (i64, String, Vec<u8>, Vec<u8>);
    let cells = |(id, key, settled, closed): Ledger| {
        (
            [id.into()],
            [id.into(), key.into(), settled.into(), closed.into()],
        )
    };
    copy(from, to, place, table, cells).await?;
    for (name, day) in [("block", "day"), ("totals", "period")] {
        let table = Table {
            name,
            columns: ["ledger", day, name],
            order: ["ledger", day],
        };
        let cells = |(ledger, day, bytes): (i64, i64, Vec<u8>)| {
            let order = [ledger.into(), day.into()];
            (order, [ledger.into(), day.into(), bytes.into()])
        };
        copy(from, to, place, table, cells).await?;
    }
    let table = Table {
        name: "tail",
        columns: ["seq", "newest", "facts", "batch"],
        order: ["seq"],
    };
    let cells = |(seq, newest, facts, batch): (i64, i64, i64, Vec<u8>)| {
        (
            [seq.into()],
            [seq.into(), newest.into(), facts.into(), batch.into()],
        )
    };
    copy(from, to, place, table, cells).await?;
    for (name, value) in meta::all_but_writer(from).await? {
        let written = meta::set(to, &name, &value).await;
        written.map_err(|trouble| trouble.at(place))?;
    }
    said(from, to, place).await
}

/// The journal, the ids of batches, and groups.
async fn said(from: &mut Tx, to: &mut Tx, place: &Place) -> Result<(), Trouble> {
    let mut last = 0;
    loop {
        let page = journal::after(from, last, ROWS as i64).await?;
        let Some(newest) = page.last() else {
            break;
        };
        last = newest.seq;
        let written = journal::write(to, &page).await;
        written.map_err(|trouble| trouble.at(place))?;
    }
    let table = Table {
        name: "push",
        columns: ["sli", "id", "ledger", "received", "digest"],
        order: ["sli", "id"],
    };
    let cells = |(sli, id, ledger, received, digest): (String, String, i64, i64, Vec<u8>)| {
        let order = [sli.as_str().into(), id.as_str().into()];
        let cells = [
            sli.into(),
            id.into(),
            ledger.into(),
            received.into(),
            digest.into(),
        ];
        (order, cells)
    };
    copy(from, to, place, table, cells).await?;
    groups(from, to, place).await
}

/// Groups, and what was asked of them.
async fn groups(from: &mut Tx, to: &mut Tx, place: &Place) -> Result<(), Trouble> {
    let seen = Table {
        name: "slo_group",
        columns: ["generation", "whole", "labels", "seen_after", "seen_until"],
        order: ["generation"],
    };
    let asked = Table {
        name: "slo_grouping",
        columns: ["id", "whole", "names", "asked_after", "asked_until"],
        order: ["id"],
    };
    for table in [seen, asked] {
        let cells = |(id, whole, texts, after, until): (String, String, Vec<u8>, i64, i64)| {
            (
                [id.as_str().into()],
                [
                    id.into(),
                    whole.into(),
                    texts.into(),
                    after.into(),
                    until.into(),
                ],
            )
        };
        copy(from, to, place, table, cells).await?;
    }
    Ok(())
}

/// Copies a table, in its order: each page begins after the last row of the one before.
async fn copy<T: Cells, const N: usize, const K: usize>(
    from: &mut Tx,
    to: &mut Tx,
    place: &Place,
    table: Table<N, K>,
    cells: impl Fn(T) -> ([Value; K], [Value; N]) + Send,
) -> Result<(), Trouble> {
    let Table { name, .. } = table;
    let (columns, order) = (table.columns.join(", "), table.order.join(", "));
    let places: Vec<String> = (1..=K).map(|n| format!("${n}")).collect();
    let places = places.join(", ");
    let select = format!("SELECT {columns} FROM {name}");
    let ordered = format!(" ORDER BY {order} LIMIT {ROWS}");
    let mut after: Option<[Value; K]> = None;
    loop {
        let sql = match after.take() {
            None => Sql::new(format!("{select}{ordered}")),
            Some(last) => {
                let next = format!("{select} WHERE ({order}) > ({places}){ordered}");
                last.into_iter().fold(Sql::new(next), Sql::bind)
            }
        };
        let rows: Vec<T> = from.all(sql).await?;
        let is_last = rows.len() < ROWS;
        let mut written = Vec::with_capacity(rows.len());
        for row in rows {
            let (order, row) = cells(row);
            after = Some(order);
            written.push(row);
        }
        if !written.is_empty() {
            let insert = Sql::new(format!("INSERT INTO {name} ({columns})")).rows(written);
            to.run(insert).await.map_err(|trouble| trouble.at(place))?;
        }
        if is_last {
            return Ok(());
        }
    }
}
