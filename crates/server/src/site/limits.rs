//! How much may come from outside, and how long it may take. Meeting a limit is a clear error.

use std::time::Duration;

/// Bytes of a path with its query.
pub const URI_BYTES_MAX: usize = 8 * 1024;
/// Bytes of a request's head. Beyond that the connection is answered 431, without a body, and closed.
pub const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Headers of a request; beyond, likewise.
pub const HEADERS_MAX: usize = 100;
/// How long a request's head may take to arrive, and how long an idle connection is kept.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// Bytes of a form.
pub const FORM_BYTES_MAX: usize = 16 * 1024;
/// Bytes of batches of counts.
pub const COUNTS_BYTES_MAX: usize = tomoni_app::push::BODY_BYTES_MAX;
/// Bytes of documents in one request.
pub const DOCUMENTS_BYTES_MAX: usize = 16 * 1024 * 1024;
/// How long a body may take to arrive.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(20);
/// How long an answer may take, from the request's head to its own.
pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a client may take nothing of an answer that waits for it; then the connection is closed.
pub const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// Connections that are open at once; others wait to be accepted.
pub const CONNECTIONS_MAX: usize = 1_024;
/// Requests that only look and are worked on at once; others are told to come back.
pub const REQUESTS_MAX: usize = 256;
/// Requests that change something and are worked on at once, likewise: they may wait for the
/// database, and take no place from those that look.
pub const WRITES_MAX: usize = 64;
/// Bytes of all bodies that are being worked on at once.
pub const BODIES_BYTES_MAX: usize = 64 * 1024 * 1024;
/// How long a body waits for others to be done with; then its sender is told to come back.
pub const BODIES_WAIT: Duration = Duration::from_secs(5);
/// Requests that go through an SLO's minutes, or wait for their turn; others are told to come back.
pub const HISTORIES_MAX: usize = 72;
/// Those of them that do so at once.
pub const TURNS_MAX: usize = 8;
/// Those of them that compare all SLOs with what others would say; others are told to come back.
pub const COMPARISONS_MAX: usize = 1;
/// Clients that listen to `/events` at once.
pub const STREAMS_MAX: usize = 512;
/// How often a silent stream says that it still lives.
pub const STREAM_KEEP_ALIVE: Duration = Duration::from_secs(20);
/// How long requests that are under way may take once the server was told to stop.
pub const STOP_GRACE: Duration = Duration::from_secs(10);
/// Characters of a request id that comes from outside; a longer one is replaced.
pub const REQUEST_ID_CHARS_MAX: usize = 64;
/// Objectives on one page of a list.
pub const ROWS_PER_PAGE: usize = 200;
/// Entries that the API lists at once, at most and by default.
pub const LIST_MAX: usize = 1_000;
/// Minutes that the API gives at once: a week.
pub const MINUTES_MAX: i64 = 7 * 24 * 60;
/// A server whose last tick is longer ago than this is not ready.
pub const TICK_AGE_MAX: Duration = Duration::from_secs(120);
/// How often the heartbeat's address is called.
pub const HEARTBEAT_EVERY: Duration = Duration::from_secs(60);
/// How long a call of the heartbeat's address may take.
pub const HEARTBEAT_TIMEOUT: Duration = Duration::from_secs(10);
/// How often the database is asked how much it holds, at most: it counts rows for that.
pub const SIZES_EVERY: Duration = Duration::from_secs(60);
/// Minutes that are read again at once, at most: 400 days.
pub const REFILL_MINUTES_MAX: i64 = 400 * 24 * 60;
/// Characters of a reason.
pub const REASON_CHARS_MAX: usize = 1_000;
