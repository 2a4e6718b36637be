//! The right to be the only one who serves from a PostgreSQL database.
//!
//! It is a session's advisory lock, so it ends with the connection, however that ends. Every write
//! goes over that connection: whoever has lost the lock has lost the way to write, and takes the
//! lock again first. What says whether somebody else has written in between is a row that everybody
//! who has the right leaves behind with the first write.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection, Executor};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::postgres::{CONNECT_MS, WRITE, connect};
use super::tx::{Link, PgTx, Tx, in_time};
use crate::error::{StoreError, Trouble};
use crate::meta;
use crate::place::Place;

/// The lock, in the schema that our tables are in. One whose process has ended just now is waited
/// for; one whose machine is gone is freed by the server within half a minute.
const LOCK: &str = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; \
                    SET tcp_keepalives_count = 3; SET idle_session_timeout = 0; \
                    BEGIN; SET LOCAL lock_timeout = '3s'; \
                    SELECT pg_advisory_lock(1953459567, (SELECT oid::int FROM pg_namespace \
                    WHERE nspname = current_schema())); \
                    COMMIT";
/// Who has the lock: the number of the server's process, and what it knows of the client.
const HOLDER: &str = "SELECT l.pid, coalesce(nullif(a.application_name, ''), 'a client') || \
                      ', from ' || coalesce(host(a.client_addr), 'the database''s machine') || \
                      coalesce(to_char(a.backend_start AT TIME ZONE 'UTC', \
                      '\", since \"YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), '') \
                      FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid \
                      WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 1953459567 \
                      AND l.objid = (SELECT oid FROM pg_namespace \
                      WHERE nspname = current_schema()) AND l.objsubid = 2 \
                      AND l.database = (SELECT oid FROM pg_database \
                      WHERE datname = current_database())";
/// The number of the server's process; a name that no other connection ever has; who wrote last.
const WHO: &str = "SELECT pid, pid || '@' || extract(epoch FROM backend_start), \
                   (SELECT value FROM meta WHERE name = $1) \
                   FROM pg_stat_activity WHERE pid = pg_backend_pid()";
/// The refusal of a lock that was not free in time.
const LOCK_NOT_AVAILABLE: &str = "55P03";

/// The right, taken.
pub(crate) struct Claim {
    place: Place,
    options: PgConnectOptions,
    session: Arc<Mutex<Session>>,
    /// What our writes leave behind.
    name: String,
    /// What the last of those before us left behind.
    before: Option<String>,
    is_written: AtomicBool,
}

/// The connection that holds the lock, while there is one.
pub(crate) struct Session {
    connection: Option<PgConnection>,
    /// The number of the server's process at its other end.
    pid: i32,
}

impl Session {
    pub(crate) const fn connection(&mut self) -> Option<&mut PgConnection> {
        self.connection.as_mut()
    }

    /// Whether the server still answers on it.
    async fn is_alive(&mut self) -> bool {
        let Some(connection) = &mut self.connection else {
            return false;
        };
        let answer = tokio::time::timeout(Duration::from_millis(CONNECT_MS), connection.ping());
        let is_alive = matches!(answer.await, Ok(Ok(())));
        if !is_alive {
            self.connection = None;
        }
        is_alive
    }

    async fn roll_back(&mut self) {
        if let Some(connection) = &mut self.connection
            && in_time(connection.execute("ROLLBACK")).await.is_err()
        {
            self.connection = None;
        }
    }
}

/// Undoes what was written in a transaction that ended without a commit. A connection that is sound
/// is not closed: the right would end with it.
pub(crate) fn give_back(mut session: OwnedMutexGuard<Session>, is_sound: bool) {
    match Handle::try_current() {
        Ok(runtime) if is_sound => {
            runtime.spawn(async move { session.roll_back().await });
        }
        _ => session.connection = None,
    }
}

/// A connection that has just taken the lock.
struct Locked {
    session: Session,
    name: String,
    /// Who wrote last, of those who had the lock.
    writer: Option<String>,
}

impl Claim {
    /// Takes the right, unless somebody has it.
    pub(crate) async fn take(
        place: &Place,
        options: PgConnectOptions,
        verb: &str,
    ) -> Result<Self, Trouble> {
        let called = format!("tomoni {verb}, process {}", std::process::id());
        let options = options.application_name(&called);
        let locked = lock(place, &options, None).await?;
        Ok(Self {
            place: place.clone(),
            options,
            session: Arc::new(Mutex::new(locked.session)),
            name: locked.name,
            before: locked.writer,
            is_written: AtomicBool::new(false),
        })
    }

    /// A transaction that writes, over the connection that holds the right.
    pub(crate) async fn write(&self) -> Result<Tx, Trouble> {
        let mut session = Arc::clone(&self.session).lock_owned().await;
        if !session.is_alive().await {
            *session = self.again(session.pid).await?;
        }
        let mut tx = Tx::Postgres(PgTx::begin(Link::Held(session), WRITE).await?);
        if !self.is_written.load(Ordering::Acquire) {
            meta::set_writer(&mut tx, &self.name).await?;
        }
        Ok(tx)
    }

    /// Takes the right again, unless somebody has written since we had it.
    async fn again(&self, pid: i32) -> Result<Session, Trouble> {
        let Locked {
            session, writer, ..
        } = lock(&self.place, &self.options, Some(pid)).await?;
        // A commit whose answer was lost is ours, too.
        if writer.as_ref() == Some(&self.name) || writer == self.before {
            return Ok(session);
        }
        let place = self.place.clone();
        Err(StoreError::Overtaken { place }.into())
    }

    /// Notes that a write was kept, and with it whose it was.
    pub(crate) fn committed(&self) {
        self.is_written.store(true, Ordering::Release);
    }

    /// Lets others have the right.
    pub(crate) async fn give_up(&self) {
        let connection = self.session.lock().await.connection.take();
        if let Some(connection) = connection {
            // The server frees the lock in either case.
            let _ = in_time(connection.close()).await;
        }
    }
}

/// Connects and takes the lock; `ours` is the server's process that held it for us before.
async fn lock(
    place: &Place,
    options: &PgConnectOptions,
    ours: Option<i32>,
) -> Result<Locked, Trouble> {
    let mut db = connect(options).await?;
    match in_time(sqlx::raw_sql(LOCK).execute(&mut db)).await {
        Ok(_) => {}
        Err(Trouble::Sql(sqlx::Error::Database(error)))
            if error.code().as_deref() == Some(LOCK_NOT_AVAILABLE) =>
        {
            return Err(held(place, &mut db, ours).await?.into());
        }
        Err(trouble) => return Err(trouble),
    }
    let who = sqlx::query_as(WHO).bind(meta::WRITER).fetch_one(&mut db);
    let (pid, name, writer): (i32, String, Option<String>) = in_time(who).await?;
    let connection = Some(db);
    Ok(Locked {
        session: Session { connection, pid },
        name,
        writer,
    })
}

/// Why the lock cannot be had.
async fn held(
    place: &Place,
    db: &mut PgConnection,
    ours: Option<i32>,
) -> Result<StoreError, Trouble> {
    in_time(db.execute("ROLLBACK")).await?;
    let holder = sqlx::query_as(HOLDER).fetch_optional(db);
    let holder: Option<(i32, String)> = in_time(holder).await?;
    let place = place.clone();
    Ok(match holder {
        Some((pid, by)) if Some(pid) != ours => StoreError::Served { place, by },
        _ => StoreError::Unavailable {
            place,
            why: "the right to write was not free in time".to_owned(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_waits_as_long_for_the_lock_as_for_a_connection() {
        assert!(LOCK.contains(&format!("lock_timeout = '{}s'", CONNECT_MS / 1_000)));
    }
}
