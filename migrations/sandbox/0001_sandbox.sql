-- The stand-in for a payment provider. Amounts are minor units. One row of `intents` is locked by whatever changes it.

CREATE TABLE intents (
  id text PRIMARY KEY,
  -- The merchant's own name for it.
  reference text NOT NULL UNIQUE,
  amount bigint NOT NULL CHECK (amount > 0),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  description text NOT NULL DEFAULT '',
  payment_method text NOT NULL,
  return_url text,
  status text NOT NULL
    CHECK (status IN ('processing', 'requires_action', 'requires_capture', 'succeeded', 'failed', 'canceled')),
  error_code text,
  error_message text,
  amount_captured bigint NOT NULL DEFAULT 0,
  amount_refunded bigint NOT NULL DEFAULT 0,
  -- How often an operation was made to fail before it may succeed, by its name.
  faults jsonb NOT NULL DEFAULT '{}',
  -- When the result of an asynchronous method comes.
  resolves_at timestamptz,
  created timestamptz NOT NULL DEFAULT now(),
  updated timestamptz NOT NULL DEFAULT now(),
  CHECK (amount_captured IN (0, amount)),
  CHECK (0 <= amount_refunded AND amount_refunded <= amount_captured)
);
CREATE INDEX intents_newest ON intents (created DESC, id DESC);
CREATE INDEX intents_resolving ON intents (resolves_at) WHERE resolves_at IS NOT NULL;

CREATE TABLE refunds (
  id text PRIMARY KEY,
  intent_id text NOT NULL REFERENCES intents,
  reference text NOT NULL UNIQUE,
  amount bigint NOT NULL CHECK (amount > 0),
  status text NOT NULL CHECK (status IN ('pending', 'succeeded', 'failed')),
  error_code text,
  error_message text,
  resolves_at timestamptz,
  created timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX refunds_of_intent ON refunds (intent_id);
CREATE INDEX refunds_resolving ON refunds (resolves_at) WHERE resolves_at IS NOT NULL;

-- Every movement of money, never changed: what a checker compares the merchant's books with.
CREATE TABLE ledger (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  intent_id text NOT NULL REFERENCES intents,
  reference text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('authorised', 'captured', 'canceled', 'refunded')),
  amount bigint NOT NULL,
  currency text NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ledger_of_intent ON ledger (intent_id);

-- Answers by Idempotency-Key, committed with their effect.
CREATE TABLE answers (
  key text PRIMARY KEY,
  request_hash bytea NOT NULL,
  status smallint,
  body jsonb,
  created timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX answers_age ON answers (created);

CREATE TABLE events (
  id text PRIMARY KEY,
  kind text NOT NULL,
  intent_id text NOT NULL REFERENCES intents,
  -- Signed and sent as these very bytes.
  payload text NOT NULL,
  created timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX events_newest ON events (created DESC, id DESC);

-- Webhooks that are to be sent, again and again until one is answered with 2xx.
CREATE TABLE deliveries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id text NOT NULL REFERENCES events,
  due_at timestamptz NOT NULL,
  leased_until timestamptz,
  attempts int NOT NULL DEFAULT 0,
  last_result text,
  delivered_at timestamptz,
  given_up_at timestamptz
);
CREATE INDEX deliveries_due ON deliveries (due_at) WHERE delivered_at IS NULL AND given_up_at IS NULL;
