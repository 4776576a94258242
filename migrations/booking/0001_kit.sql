-- Outbox, inbox and idempotency keys: the same in every service (crates/kit).
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id uuid NOT NULL UNIQUE,
    routing_key text NOT NULL,
    payload jsonb NOT NULL,
    traceparent text,
    -- 0 goes first; 1 is what nobody waits for.
    priority smallint NOT NULL DEFAULT 0,
    attempts int NOT NULL DEFAULT 0,
    last_error text,
    not_before timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX outbox_due ON outbox (priority, id);

CREATE TABLE inbox (
    consumer text NOT NULL,
    message_id text NOT NULL,
    handled_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, message_id)
);
CREATE INDEX inbox_age ON inbox (handled_at);

CREATE TABLE idempotency_keys (
    user_id uuid NOT NULL,
    method text NOT NULL,
    path text NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    -- Absent while the first request is being worked on.
    status smallint,
    body jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    completed_at timestamptz,
    PRIMARY KEY (user_id, method, path, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
