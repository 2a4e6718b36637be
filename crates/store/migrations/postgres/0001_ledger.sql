-- The ledger. docs/STORAGE.md tells what the bytes of each column mean.

-- Which ledgers there are, and what has been read of them.
CREATE TABLE ledger (
    id      BIGINT NOT NULL PRIMARY KEY,
    -- The ledger's key as text.
    key     TEXT   NOT NULL UNIQUE,
    -- Spans of minutes. What the tail settles and closes is not yet among them.
    settled BYTEA  NOT NULL,
    closed  BYTEA  NOT NULL
);

-- Whose tables they are. What is no comment of ours is a table of somebody else.
COMMENT ON TABLE ledger IS 'tomoni: ledgers';

-- One block for each ledger and UTC day. A day that changes gets a new one.
CREATE TABLE block (
    ledger BIGINT NOT NULL REFERENCES ledger (id),
    -- Days since 1970-01-01.
    day    BIGINT NOT NULL,
    block  BYTEA  NOT NULL,
    PRIMARY KEY (ledger, day)
);

-- Blocks are compressed already.
ALTER TABLE block ALTER COLUMN block SET STORAGE EXTERNAL;

-- The totals of the blocks of 64 days in one row, so that a ledger's history is told in few rows.
CREATE TABLE totals (
    ledger BIGINT NOT NULL REFERENCES ledger (id),
    -- The day divided by 64.
    period BIGINT NOT NULL,
    totals BYTEA  NOT NULL,
    PRIMARY KEY (ledger, period)
);

-- What was kept last, one row for each write, until it is folded into blocks.
CREATE TABLE tail (
    seq    BIGINT NOT NULL PRIMARY KEY,
    -- The newest day that the batch holds a minute of.
    newest BIGINT NOT NULL,
    -- How many minutes the batch holds.
    facts  BIGINT NOT NULL,
    batch  BYTEA  NOT NULL
);

-- What holds for all ledgers together, by name.
CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);
