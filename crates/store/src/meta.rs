//! What holds for all ledgers together.

use crate::db::{Sql, Tx};
use crate::error::Trouble;

/// The server that ledgers without a data source of their own are counted from.
const SERVER: &str = "server";
/// When it was last tried whether the database takes writes.
const PROBED: &str = "probed";
/// How often ledgers were forgotten: whoever remembers their numbers looks at it.
const FORGOTTEN: &str = "forgotten";
/// Who wrote last, of those who serve.
pub(crate) const WRITER: &str = "writer";

/// The latest instant that upkeep went by.
const UPKEEP: &str = "upkeep";

/// The server's name, as it was given; `None` before the first.
pub(crate) async fn server(db: &mut Tx) -> Result<Option<String>, Trouble> {
    get(db, SERVER).await
}

/// Gives the server another name.
pub(crate) async fn set_server(db: &mut Tx, name: &str) -> Result<(), Trouble> {
    set(db, SERVER, name).await
}

/// How often ledgers were forgotten.
pub(crate) async fn forgotten(db: &mut Tx) -> Result<i64, Trouble> {
    Ok(number(db, FORGOTTEN).await?.unwrap_or(0))
}

/// Ledgers are forgotten: their numbers may be given to others.
pub(crate) async fn forget(db: &mut Tx) -> Result<(), Trouble> {
    let times = forgotten(db).await? + 1;
    set(db, FORGOTTEN, &times.to_string()).await
}

/// Writes that it was tried to write.
pub(crate) async fn probe(db: &mut Tx, now_ms: i64) -> Result<(), Trouble> {
    set(db, PROBED, &now_ms.to_string()).await
}

/// Says who serves, and writes.
pub(crate) async fn set_writer(db: &mut Tx, who: &str) -> Result<(), Trouble> {
    set(db, WRITER, who).await
}

/// The latest instant that upkeep went by, in milliseconds since the epoch; `None` before the first.
pub(crate) async fn upkeep(db: &mut Tx) -> Result<Option<i64>, Trouble> {
    number(db, UPKEEP).await
}

/// Says which instant that is now.
pub(crate) async fn set_upkeep(db: &mut Tx, at_ms: i64) -> Result<(), Trouble> {
    set(db, UPKEEP, &at_ms.to_string()).await
}

/// All of it, but who wrote last: that is true of one database alone.
pub(crate) async fn all_but_writer(db: &mut Tx) -> Result<Vec<(String, String)>, Trouble> {
    let text = "SELECT name, value FROM meta WHERE name <> $1 ORDER BY name";
    db.all(Sql::new(text).bind(WRITER)).await
}

async fn number(db: &mut Tx, name: &str) -> Result<Option<i64>, Trouble> {
    let Some(text) = get(db, name).await? else {
        return Ok(None);
    };
    let why = "it is not a number";
    let number = text.parse();
    number
        .map(Some)
        .map_err(|_| Trouble::Row(format!("`{name}` in the table meta"), why))
}

async fn get(db: &mut Tx, name: &str) -> Result<Option<String>, Trouble> {
    let sql = Sql::new("SELECT value FROM meta WHERE name = $1").bind(name);
    let found: Option<(String,)> = db.first(sql).await?;
    Ok(found.map(|(value,)| value))
}

pub(crate) async fn set(db: &mut Tx, name: &str, value: &str) -> Result<(), Trouble> {
    let text = "INSERT INTO meta (name, value) VALUES ($1, $2) \
                ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    db.run(Sql::new(text).bind(name).bind(value))
        .await
        .map(drop)
}
