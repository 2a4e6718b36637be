-- What is known of the groups of SLOs that have a budget for each group. A group stays known as long as
-- there is a ledger of it.
CREATE TABLE slo_group (
    -- The generation of what the group counts, as in its ledgers' keys. It is made of the next two.
    generation TEXT   NOT NULL PRIMARY KEY,
    -- The generation of what all groups together count.
    whole      TEXT   NOT NULL,
    -- Which group: its labels with their values.
    labels     BYTEA  NOT NULL,
    -- After which minute it was there first, and until which it was last.
    seen_after BIGINT NOT NULL,
    seen_until BIGINT NOT NULL
);

CREATE INDEX slo_group_by_whole ON slo_group (whole, seen_until);

-- In which time it was asked which groups there are.
CREATE TABLE slo_grouping (
    -- A digest of the next two.
    id          TEXT   NOT NULL PRIMARY KEY,
    -- The generation of what all groups together count.
    whole       TEXT   NOT NULL,
    -- By which labels: their names.
    names       BYTEA  NOT NULL,
    -- After which minute, and until which.
    asked_after BIGINT NOT NULL,
    asked_until BIGINT NOT NULL
);

CREATE INDEX slo_grouping_by_whole ON slo_grouping (whole);
