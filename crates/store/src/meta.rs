//! What holds for all ledgers together.

use sqlx::SqliteConnection;

use crate::error::Trouble;

/// The server that ledgers without a data source of their own are counted from.
const SERVER: &str = "server";

/// The server's name, as it was given; `None` before the first.
pub(crate) async fn server(db: &mut SqliteConnection) -> Result<Option<String>, Trouble> {
    let text = "SELECT value FROM meta WHERE name = $1";
    let found = sqlx::query_scalar(text).bind(SERVER);
    Ok(found.fetch_optional(db).await?)
}

/// Gives the server another name.
pub(crate) async fn set_server(db: &mut SqliteConnection, name: &str) -> Result<(), Trouble> {
    let text = "INSERT INTO meta (name, value) VALUES ($1, $2) \
                ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    sqlx::query(text)
        .bind(SERVER)
        .bind(name)
        .execute(db)
        .await?;
    Ok(())
}
