//! Opening PostgreSQL: its address, its schema, how transactions begin.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection};

use super::tx::{Link, PgTx, Tx};
use crate::error::{StoreError, Trouble};
use crate::place::Place;
use crate::schema::{self, NEWEST, Upkeep};

/// How long a call waits for a connection: while the server is away, no call takes longer.
pub(super) const CONNECT_MS: u64 = 3_000;
/// How long a statement may take at the server's end before it is told to stop; a fold of a
/// thousand ledgers' days takes a tenth of it. [`WRITE`] and [`READ`] say it to the server.
const STATEMENT_MS: u64 = 30_000;
/// After that, when not even a refusal has come, nobody is there any more.
pub(crate) const ANSWER_MS: u64 = STATEMENT_MS + 5_000;
/// Readers beside the one writer.
const CONNECTIONS: u32 = 5;

/// Its own state, whatever others write meanwhile.
const READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \
                    SET LOCAL statement_timeout = '30s'; \
                    SET LOCAL idle_in_transaction_session_timeout = '60s'";
/// One writer at a time, for all processes on this database: the lock is had before anything is
/// read. Each statement then sees what was committed before it began (READ COMMITTED), so all that
/// earlier holders of the lock have written. With REPEATABLE READ the state seen would be the one
/// from before the lock, and what others wrote while one waited for it would be undone.
pub(super) const WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; \
                     SET LOCAL lock_timeout = '5s'; \
                     SET LOCAL statement_timeout = '30s'; \
                     SET LOCAL idle_in_transaction_session_timeout = '60s'; \
                     SELECT pg_advisory_xact_lock(1953459567)";

/// Our tables, none of which may belong to another program.
const OURS: &str = "SELECT count(*) FROM pg_catalog.pg_tables \
                    WHERE schemaname = current_schema() AND tablename IN ('ledger', 'block', \
                    'totals', 'judged', 'tail', 'meta', 'journal', 'push', 'slo_group', \
                    'slo_grouping', '_sqlx_migrations')";

/// Reads the address; what is shown of it has no password in it.
pub(crate) fn options(url: &str) -> Result<(Place, PgConnectOptions), StoreError> {
    let options: PgConnectOptions = url.parse().map_err(|source: sqlx::Error| {
        let why = source.to_string();
        StoreError::Address { why }
    })?;
    let options = options
        .application_name("tomoni")
        .disable_statement_logging();
    let host = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    let (user, database) = (options.get_username(), options.get_database());
    let database = database.unwrap_or(user);
    let place = Place::Server(format!("postgres://{user}@{host}/{database}"));
    Ok((place, options))
}

/// The pool, with the newest schema. Its connections are made when they are needed, and made
/// again when the server has been away.
pub(crate) async fn pool(
    place: &Place,
    options: PgConnectOptions,
    upkeep: Upkeep,
) -> Result<PgPool, StoreError> {
    let mut db = connect(&options)
        .await
        .map_err(|trouble| trouble.at(place))?;
    let preparing = tokio::time::timeout(Duration::from_millis(ANSWER_MS), async {
        prepare(&mut db, place, upkeep).await?;
        db.close()
            .await
            .map_err(|source| StoreError::of(place, source))
    });
    match preparing.await {
        Ok(prepared) => prepared?,
        Err(_) => return Err(Trouble::Silent(ANSWER_MS).at(place)),
    }
    Ok(PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(Duration::from_millis(CONNECT_MS))
        // A connection that the server has closed meanwhile is found out and replaced.
        .test_before_acquire(true)
        .connect_lazy_with(options))
}

/// A connection, unless none can be had in time.
pub(super) async fn connect(options: &PgConnectOptions) -> Result<PgConnection, Trouble> {
    let connecting = tokio::time::timeout(Duration::from_millis(CONNECT_MS), options.connect());
    match connecting.await {
        Ok(connected) => Ok(connected?),
        Err(_) => Err(Trouble::Silent(CONNECT_MS)),
    }
}

async fn prepare(db: &mut PgConnection, place: &Place, upkeep: Upkeep) -> Result<(), StoreError> {
    let sql = |source| StoreError::of(place, source);
    let encoding = sqlx::query_scalar("SHOW server_encoding").fetch_one(&mut *db);
    let encoding: String = encoding.await.map_err(sql)?;
    if encoding != "UTF8" {
        let place = place.clone();
        return Err(StoreError::Encoding { place, encoding });
    }
    let found = version(db, place).await?;
    if found == NEWEST {
        return Ok(());
    }
    if upkeep == Upkeep::Refuse {
        return Err(StoreError::not_newest(place, found));
    }
    // Asked again once nobody else can write: another process may have been quicker.
    let mut tx = db.begin_with(WRITE).await.map_err(sql)?;
    if version(&mut tx, place).await? < NEWEST {
        let migrator = schema::for_postgres();
        let migrated = migrator.run_direct(None, &mut *tx, false).await;
        migrated.map_err(|source| StoreError::migration(place, source))?;
    }
    tx.commit().await.map_err(sql)
}

/// The schema that the database has; 0 for a new one.
async fn version(db: &mut PgConnection, place: &Place) -> Result<i64, StoreError> {
    let sql = |source| StoreError::of(place, source);
    let things = sqlx::query_scalar(OURS).fetch_one(&mut *db);
    let things: i64 = things.await.map_err(sql)?;
    if things == 0 {
        return Ok(0);
    }
    let text = "SELECT pg_catalog.obj_description(to_regclass('ledger'), 'pg_class')";
    let comment = sqlx::query_scalar(text).fetch_one(&mut *db);
    let comment: Option<String> = comment.await.map_err(sql)?;
    if !comment.is_some_and(|comment| comment.starts_with("tomoni: ")) {
        return Err(StoreError::Foreign {
            place: place.clone(),
        });
    }
    let text = "SELECT coalesce(max(version), 0) FROM _sqlx_migrations";
    let found = sqlx::query_scalar(text).fetch_one(&mut *db);
    StoreError::unless_newer(place, found.await.map_err(sql)?)
}

/// A transaction that reads.
pub(crate) async fn read(pool: &PgPool) -> Result<Tx, Trouble> {
    let link = Link::Pooled(pool.acquire().await?);
    Ok(Tx::Postgres(PgTx::begin(link, READ).await?))
}

/// A transaction that writes.
pub(crate) async fn write(pool: &PgPool) -> Result<Tx, Trouble> {
    let link = Link::Pooled(pool.acquire().await?);
    Ok(Tx::Postgres(PgTx::begin(link, WRITE).await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown() {
        for (url, shown) in [
            (
                "postgres://ann:s3cret@db.example:5433/slo",
                "postgres://ann@db.example:5433/slo",
            ),
            (
                "postgresql://ann:s3cret@127.0.0.1/slo?sslmode=disable",
                "postgres://ann@127.0.0.1:5432/slo",
            ),
            (
                "postgres://ann@db.example/slo?password=s3cret",
                "postgres://ann@db.example:5432/slo",
            ),
        ] {
            let (place, options) = options(url).expect(url);
            assert_eq!(place.to_string(), shown);
            assert_eq!(options.get_application_name(), Some("tomoni"));
        }
        let error = options("postgres://ann:s3cret@db.example:port/slo").expect_err("no port");
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }

    #[test]
    fn the_server_is_told_what_we_wait_for() {
        let said = format!("statement_timeout = '{}s'", STATEMENT_MS / 1_000);
        assert!(READ.contains(&said) && WRITE.contains(&said));
    }
}
