-- One file per service. Every table that is no event's carries a checksum over its row; events
-- carry their own chain of hashes. Texts that repeat (kinds, types, shops, states) stand once, in
-- names; that a name is there is checked by the hashes, which are made over the texts.
PRAGMA application_id = 1247104334; -- 'JUMN'
PRAGMA user_version = 1;

-- Which journal this is, whose, and in which of its lives: one row.
CREATE TABLE journal (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
    journal  BLOB NOT NULL,
    epoch    INTEGER NOT NULL,
    role     TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE names (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE events (
    position           INTEGER PRIMARY KEY,
    stream_id          BLOB NOT NULL,
    version            INTEGER NOT NULL,
    stream_kind        INTEGER NOT NULL,
    event_type         INTEGER NOT NULL,
    at                 INTEGER NOT NULL, -- milliseconds
    shop               INTEGER NOT NULL,
    order_id           BLOB,             -- empty: the stream's own id
    order_number       INTEGER NOT NULL,
    causation          ANY NOT NULL,     -- a blob: the id of a command
    actor              TEXT NOT NULL,
    data               BLOB NOT NULL,
    personal           BLOB,             -- empty once erased; its hash stays
    personal_key       BLOB,
    personal_algorithm INTEGER,
    personal_hash      BLOB,
    previous_hash      BLOB NOT NULL,
    hash               BLOB NOT NULL,
    seal               BLOB,             -- on a batch's last event: the batch's hash
    UNIQUE (stream_id, version)
) STRICT;

-- The last batches, in a ring of slots: which ids are there, and where the journal ends.
CREATE TABLE batches (
    slot     INTEGER PRIMARY KEY,
    sequence INTEGER NOT NULL,
    id       BLOB NOT NULL,
    head     INTEGER NOT NULL,
    seal     BLOB NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;

-- Own lists and logs by name. A cleared one keeps its number until its rows are swept away.
CREATE TABLE collections (
    id      INTEGER PRIMARY KEY,
    name    TEXT NOT NULL,
    cleared INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX collections_standing ON collections (name) WHERE cleared = 0;
CREATE INDEX collections_cleared ON collections (cleared) WHERE cleared = 1;

CREATE TABLE rows (
    key        INTEGER PRIMARY KEY,
    collection INTEGER NOT NULL,
    id         BLOB NOT NULL,
    shop       INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    customer   TEXT,
    state      INTEGER NOT NULL,
    at         INTEGER NOT NULL, -- milliseconds
    search     TEXT NOT NULL,
    version    INTEGER NOT NULL,
    hidden     INTEGER NOT NULL,
    body       BLOB NOT NULL,
    checksum   INTEGER NOT NULL,
    UNIQUE (collection, id)
) STRICT;
CREATE INDEX rows_by_number ON rows (collection, shop, number);
CREATE INDEX rows_by_state ON rows (collection, shop, state, number);
CREATE INDEX rows_by_customer ON rows (collection, customer, number) WHERE customer IS NOT NULL;

CREATE TABLE entries (
    collection INTEGER NOT NULL,
    id         BLOB NOT NULL,
    sequence   INTEGER NOT NULL,
    body       BLOB NOT NULL,
    checksum   INTEGER NOT NULL,
    PRIMARY KEY (collection, id, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE timers (
    key      TEXT PRIMARY KEY,
    kind     INTEGER NOT NULL,
    at       INTEGER NOT NULL, -- milliseconds
    order_id BLOB,
    attempt  INTEGER NOT NULL,
    payload  BLOB NOT NULL,
    checksum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX timers_by_time ON timers (at, key);

-- Clients' keys, in the order of their time: place is the millisecond it was first seen, and a few
-- bits that tell records of one millisecond apart. So neither time nor scope needs an index that
-- grows at random places by more than eight bytes a record.
CREATE TABLE idempotency (
    place     INTEGER PRIMARY KEY,
    tag       INTEGER NOT NULL, -- the scope's first eight bytes
    scope     BLOB NOT NULL,
    body_hash BLOB NOT NULL,
    order_id  BLOB NOT NULL,
    status    INTEGER,
    version   INTEGER,
    body      BLOB,
    checksum  INTEGER NOT NULL
) STRICT;
CREATE INDEX idempotency_by_tag ON idempotency (tag);

CREATE TABLE positions (
    source   TEXT PRIMARY KEY,
    journal  BLOB NOT NULL,
    epoch    INTEGER NOT NULL,
    position INTEGER NOT NULL,
    checksum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE parked (
    source             TEXT NOT NULL,
    position           INTEGER NOT NULL,
    blocks             BLOB NOT NULL,
    cause              TEXT,
    at                 INTEGER NOT NULL, -- milliseconds
    attempts           INTEGER NOT NULL,
    stream_kind        TEXT NOT NULL,
    stream_id          BLOB NOT NULL,
    version            INTEGER NOT NULL,
    event_type         TEXT NOT NULL,
    event_at           INTEGER NOT NULL, -- milliseconds
    shop               TEXT NOT NULL,
    order_id           BLOB,
    order_number       INTEGER NOT NULL,
    causation          TEXT NOT NULL,
    actor              TEXT NOT NULL,
    data               BLOB NOT NULL,
    personal           BLOB,
    personal_key       BLOB,
    personal_algorithm TEXT,
    previous_hash      BLOB NOT NULL,
    hash               BLOB NOT NULL,
    checksum           INTEGER NOT NULL,
    PRIMARY KEY (source, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshots (
    stream_id      BLOB PRIMARY KEY,
    stream_kind    TEXT NOT NULL,
    version        INTEGER NOT NULL,
    evolve_version INTEGER NOT NULL,
    last_hash      BLOB NOT NULL,
    state          BLOB NOT NULL,
    checksum       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE counters (
    name     TEXT PRIMARY KEY,
    value    INTEGER NOT NULL,
    checksum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
