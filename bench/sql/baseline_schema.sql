-- The least that a durable booking system needs, as most are built: one stock row, a booking, a message.
CREATE TABLE stock (
  event_id bigint PRIMARY KEY,
  capacity int NOT NULL,
  held int NOT NULL DEFAULT 0,
  CHECK (held BETWEEN 0 AND capacity)
) WITH (fillfactor = 10);
CREATE TABLE bookings (
  id uuid PRIMARY KEY,
  event_id bigint NOT NULL,
  user_id uuid NOT NULL,
  quantity int NOT NULL CHECK (quantity > 0),
  status smallint NOT NULL DEFAULT 1,
  hold_until timestamptz NOT NULL
);
CREATE INDEX bookings_due ON bookings (hold_until) WHERE status = 1;
CREATE INDEX bookings_of_user ON bookings (user_id);
CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic text NOT NULL,
  payload jsonb NOT NULL
);
INSERT INTO stock (event_id, capacity) VALUES (1, 2000000000);
