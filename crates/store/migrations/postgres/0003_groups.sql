-- The groups of SLOs that have a budget for each group, as far as they have been seen.
CREATE TABLE slo_group (
    -- The generation of what all groups together count, as in a ledger's key.
    generation TEXT    NOT NULL,
    -- Which group: its labels with their values.
    labels     BYTEA   NOT NULL,
    -- After which minute it was there first, and until which it was last.
    seen_after BIGINT  NOT NULL,
    seen_until BIGINT  NOT NULL,
    PRIMARY KEY (generation, labels)
);
