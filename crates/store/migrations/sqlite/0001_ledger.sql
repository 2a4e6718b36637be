-- The ledger. docs/STORAGE.md tells what the bytes of each column mean.

-- Whose file it is: "tomo".
PRAGMA application_id = 1953459567;

-- Which ledgers there are, and what has been read of them.
CREATE TABLE ledger (
    id      INTEGER NOT NULL PRIMARY KEY,
    -- The ledger's key as text.
    key     TEXT    NOT NULL UNIQUE,
    -- Spans of minutes. What the tail settles and closes is not yet among them.
    settled BLOB    NOT NULL,
    closed  BLOB    NOT NULL
) STRICT;

-- One block for each ledger and UTC day. A day that changes gets a new one.
CREATE TABLE block (
    ledger INTEGER NOT NULL REFERENCES ledger (id),
    -- Days since 1970-01-01.
    day    INTEGER NOT NULL,
    block  BLOB    NOT NULL,
    PRIMARY KEY (ledger, day)
) STRICT;

-- The totals of the blocks of 64 days in one row, so that a ledger's history is told in few rows.
CREATE TABLE totals (
    ledger INTEGER NOT NULL REFERENCES ledger (id),
    -- The day divided by 64.
    period INTEGER NOT NULL,
    totals BLOB    NOT NULL,
    PRIMARY KEY (ledger, period)
) STRICT;

-- What was kept last, one row for each write, until it is folded into blocks.
CREATE TABLE tail (
    seq    INTEGER NOT NULL PRIMARY KEY,
    -- The newest day that the batch holds a minute of.
    newest INTEGER NOT NULL,
    -- How many minutes the batch holds.
    facts  INTEGER NOT NULL,
    batch  BLOB    NOT NULL
) STRICT;

-- What holds for all ledgers together, by name.
CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
