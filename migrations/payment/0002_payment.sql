-- Lock order, kept by everything that changes money: the payment's row first, then its operations and refunds, and the
-- counter of document numbers last, for everybody queues for that one until the transaction ends.

-- The account as auth's messages tell of it, for receipts.
CREATE TABLE buyers (
  user_id uuid PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL,
  version bigint NOT NULL
);

-- An attempt to pay for a booking. Its id is the provider's idempotency key and our reference there.
CREATE TABLE payments (
  id uuid PRIMARY KEY,
  booking_id uuid NOT NULL,
  user_id uuid NOT NULL,
  status text NOT NULL DEFAULT 'created'
    CHECK (status IN ('created', 'requires_action', 'authorised', 'captured', 'failed', 'voided')),
  provider text NOT NULL,
  payment_method text NOT NULL,
  return_url text,
  -- The request's Idempotency-Key, answered by whoever learns the result.
  idempotency_key text NOT NULL,
  -- What Booking's checkout answered. Absent: the provider has not been asked for anything yet.
  event_id uuid,
  seats int CHECK (seats > 0),
  amount bigint CHECK (amount > 0),
  currency text CHECK (currency ~ '^[A-Z]{3}$'),
  -- What is bought: {"event", "seller", "lines"}, for the receipt.
  purchase jsonb,
  -- When the hold ends; an authorisation is not begun after it.
  pay_until timestamptz,
  -- The provider's name for it, known from its first answer.
  provider_reference text,
  next_action_url text,
  failure_code text,
  failure_message text,
  -- What refunds will have given back, and what they have.
  refund_reserved bigint NOT NULL DEFAULT 0,
  refunded bigint NOT NULL DEFAULT 0,
  version bigint NOT NULL DEFAULT 1,
  -- When the reconciler looks at it next; null once nothing more can happen by itself.
  next_check_at timestamptz,
  checks int NOT NULL DEFAULT 0,
  traceparent text,
  created_at timestamptz NOT NULL DEFAULT now(),
  authorised_at timestamptz,
  captured_at timestamptz,
  ended_at timestamptz,
  CONSTRAINT payments_priced CHECK (
    num_nonnulls(event_id, seats, amount, currency, purchase, pay_until) IN (0, 6) AND (status = 'created' OR amount IS NOT NULL)),
  CONSTRAINT payments_never_refund_more_than_captured CHECK (
    0 <= refunded AND refunded <= refund_reserved AND (refund_reserved = 0 OR refund_reserved <= amount))
) WITH (fillfactor = 70);
-- A booking is paid at most once. Only its owner passes checkout, so that nobody else's attempt can stand in the way.
CREATE UNIQUE INDEX payments_one_open ON payments (booking_id, user_id)
  WHERE status IN ('created', 'requires_action', 'authorised', 'captured');
CREATE INDEX payments_of_user ON payments (user_id, id DESC);
CREATE INDEX payments_of_booking ON payments (booking_id);
CREATE INDEX payments_due ON payments (next_check_at) WHERE next_check_at IS NOT NULL;

-- The tickets that a payment bought, from booking.confirmed.
CREATE TABLE payment_tickets (
  payment_id uuid NOT NULL REFERENCES payments,
  ticket_id uuid NOT NULL,
  description text NOT NULL,
  amount bigint NOT NULL CHECK (amount >= 0),
  PRIMARY KEY (payment_id, ticket_id)
);

CREATE TABLE refunds (
  id uuid PRIMARY KEY,
  payment_id uuid NOT NULL REFERENCES payments,
  -- requested: asked of Booking, which decides. pending: the provider is to pay. failed: refused for good.
  status text NOT NULL CHECK (status IN ('requested', 'pending', 'succeeded', 'failed')),
  -- Absent while it is only requested. Zero for tickets that cost nothing: then there is nothing to pay and no credit note.
  amount bigint CHECK (amount >= 0),
  -- The tickets asked for; absent for all that are left.
  requested_ticket_ids uuid[],
  reason text,
  failure_code text,
  failure_message text,
  provider_reference text,
  created_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  CHECK ((amount IS NULL) = (status = 'requested' OR (status = 'failed' AND reason IS NULL)))
);
CREATE INDEX refunds_of_payment ON refunds (payment_id, id);
CREATE INDEX refunds_requested ON refunds (created_at) WHERE status = 'requested';

-- A ticket's money goes back once, whatever is asked how often.
CREATE TABLE refund_tickets (
  payment_id uuid NOT NULL REFERENCES payments,
  ticket_id uuid NOT NULL,
  refund_id uuid NOT NULL REFERENCES refunds,
  amount bigint NOT NULL CHECK (amount >= 0),
  PRIMARY KEY (payment_id, ticket_id)
);
CREATE INDEX refund_tickets_of_refund ON refund_tickets (refund_id);

-- Work at the provider that was decided on: done by whoever takes the row, as often as it needs, under the row's id as the
-- provider's idempotency key.
CREATE TABLE operations (
  id uuid PRIMARY KEY,
  payment_id uuid NOT NULL REFERENCES payments,
  kind text NOT NULL CHECK (kind IN ('capture', 'void', 'refund')),
  refund_id uuid REFERENCES refunds,
  -- waiting: a refund whose payment is not captured yet. dropped: it was no longer wanted before it began.
  status text NOT NULL DEFAULT 'due' CHECK (status IN ('waiting', 'due', 'done', 'refused', 'dropped')),
  -- Goes into payment.voided.
  reason text,
  attempts int NOT NULL DEFAULT 0,
  last_error text,
  due_at timestamptz NOT NULL DEFAULT now(),
  leased_until timestamptz,
  traceparent text,
  created_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  CHECK ((kind = 'refund') = (refund_id IS NOT NULL)),
  CHECK (status <> 'waiting' OR kind = 'refund')
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX operations_once ON operations (payment_id, kind) WHERE kind <> 'refund' AND status <> 'dropped';
CREATE UNIQUE INDEX operations_refund ON operations (refund_id);
CREATE INDEX operations_of_payment ON operations (payment_id);
CREATE INDEX operations_due ON operations (due_at) WHERE status = 'due';

-- Events that a provider told us of, each once.
CREATE TABLE webhook_events (
  provider text NOT NULL,
  event_id text NOT NULL,
  kind text NOT NULL,
  payment_id uuid,
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (provider, event_id)
);
CREATE INDEX webhook_events_age ON webhook_events (received_at);

-- Receipts and credit notes are numbered without gaps: the number is taken in the transaction that issues the document.
CREATE TABLE document_numbers (
  kind text PRIMARY KEY,
  last bigint NOT NULL DEFAULT 0
);
INSERT INTO document_numbers (kind) VALUES ('receipt'), ('credit_note');

CREATE TABLE documents (
  kind text NOT NULL REFERENCES document_numbers,
  number bigint NOT NULL CHECK (number > 0),
  payment_id uuid NOT NULL REFERENCES payments,
  refund_id uuid REFERENCES refunds,
  issued_at timestamptz NOT NULL,
  content jsonb NOT NULL,
  PRIMARY KEY (kind, number),
  CHECK ((kind = 'credit_note') = (refund_id IS NOT NULL))
);
CREATE UNIQUE INDEX documents_one_receipt ON documents (payment_id) WHERE kind = 'receipt';
CREATE UNIQUE INDEX documents_one_credit_note ON documents (refund_id) WHERE kind = 'credit_note';
CREATE INDEX documents_of_payment ON documents (payment_id);

CREATE FUNCTION documents_are_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'an issued document never changes';
END $$;
CREATE TRIGGER documents_are_immutable BEFORE UPDATE OR DELETE ON documents
  FOR EACH ROW EXECUTE FUNCTION documents_are_immutable();
