-- What the last batches did to timers, a row per batch in a ring of slots. Most timers are cancelled
-- within milliseconds: only one that outlives the ring comes into timers.
PRAGMA user_version = 2;

CREATE TABLE young_timers (
    slot     INTEGER PRIMARY KEY,
    sequence INTEGER NOT NULL,
    body     BLOB NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;
