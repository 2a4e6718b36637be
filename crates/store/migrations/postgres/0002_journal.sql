-- Everything that people and git say, and the ids of batches that were pushed.

-- The journal: rows are added, never changed.
CREATE TABLE journal (
    -- Counts up without gaps, in the order of writing.
    seq       BIGINT NOT NULL PRIMARY KEY,
    -- When it was written and from when on it holds, in milliseconds since the epoch.
    recorded  BIGINT NOT NULL,
    effective BIGINT NOT NULL,
    -- Who said it, where it came from, and why.
    actor     TEXT   NOT NULL,
    origin    TEXT   NOT NULL,
    reason    TEXT   NOT NULL,
    -- Of which object: its kind, its identity for good, its name at the time.
    kind      TEXT   NOT NULL,
    uid       TEXT   NOT NULL,
    name      TEXT   NOT NULL,
    -- The object's versions count up from 1: of two writers of one version the second is refused.
    version   BIGINT NOT NULL,
    -- `put` or `delete`.
    op        TEXT   NOT NULL,
    body      TEXT   NOT NULL,
    UNIQUE (uid, version)
);

-- Batches of counts that were counted, by indicator and id, so that none counts twice.
CREATE TABLE push (
    sli      TEXT   NOT NULL,
    id       TEXT   NOT NULL,
    ledger   BIGINT NOT NULL REFERENCES ledger (id),
    -- When it arrived, in milliseconds since the epoch.
    received BIGINT NOT NULL,
    -- A digest of what it held: the same id with something else is an error.
    digest   BYTEA   NOT NULL,
    PRIMARY KEY (sli, id)
);

CREATE INDEX push_by_received ON push (received);
CREATE INDEX push_by_ledger ON push (ledger);
