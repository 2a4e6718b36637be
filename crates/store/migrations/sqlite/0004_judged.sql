-- What the slices of days add up to, so that it need not be found out again after a start.
CREATE TABLE judged (
    ledger INTEGER NOT NULL REFERENCES ledger (id),
    -- By which rule slices were judged.
    rule   TEXT    NOT NULL,
    -- The days, each with the checksum of the minutes that were judged.
    days   BLOB    NOT NULL,
    PRIMARY KEY (ledger, rule)
) STRICT;
