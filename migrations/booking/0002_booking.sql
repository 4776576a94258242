-- Lock order, kept by everything that changes stock: all stock rows of the event by ticket_type_id, then seats by
-- seat_guid, then bookings by id, then tickets by id. What takes only the last of these may do so on its own.

-- Catalog's event as last heard of. A cancelled one never comes back.
CREATE TABLE events (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL,
  version bigint NOT NULL,
  status text NOT NULL CHECK (status IN ('draft', 'published', 'cancelled', 'completed')),
  snapshot jsonb NOT NULL,
  -- Whether stock and seats of every ticket type are there; made on first use, for it may need the seating plan.
  stocked boolean NOT NULL DEFAULT false,
  -- Cancelled, but bookings may be left that are not: work that goes on after a crash.
  closing boolean NOT NULL DEFAULT false,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX events_closing ON events (id) WHERE closing;

-- The hottest rows: room on each page keeps updates in place.
CREATE TABLE stock (
  event_id uuid NOT NULL REFERENCES events,
  ticket_type_id uuid NOT NULL,
  capacity int NOT NULL CHECK (capacity >= 0),
  held int NOT NULL DEFAULT 0,
  sold int NOT NULL DEFAULT 0,
  -- Nothing is sold any more: the event is cancelled.
  closed boolean NOT NULL DEFAULT false,
  -- Grows with each change of the event's stock: one more than the highest of the event's rows.
  revision bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (event_id, ticket_type_id),
  CONSTRAINT stock_not_oversold CHECK (held >= 0 AND sold >= 0 AND held + sold <= capacity)
) WITH (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

CREATE TABLE seats (
  event_id uuid NOT NULL REFERENCES events,
  seat_guid text COLLATE "C" NOT NULL,
  ticket_type_id uuid NOT NULL,
  -- Rank of the seat's row in the plan, the first being the best.
  row_rank int NOT NULL,
  -- Place in the row; neighbours differ by exactly 1, an aisle leaves a gap.
  place int NOT NULL,
  -- 0 free, 1 held, 2 sold
  status smallint NOT NULL DEFAULT 0 CHECK (status BETWEEN 0 AND 2),
  booking_id uuid,
  -- The stock's revision at the last change of this seat.
  revision bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (event_id, seat_guid),
  CHECK ((status = 0) = (booking_id IS NULL))
) WITH (fillfactor = 70);

-- No foreign keys on what every hold writes: they would lock the event's row for each, and everything is written
-- in one transaction under the stock's lock anyway.
CREATE TABLE bookings (
  id uuid PRIMARY KEY,
  event_id uuid NOT NULL,
  user_id uuid NOT NULL,
  status text NOT NULL CHECK (status IN ('held', 'confirmed', 'expired', 'released', 'cancelled')),
  quantity int NOT NULL CHECK (quantity > 0),
  -- Lines as [{ticket_type_id, name, quantity, unit_price, seats}]; never change.
  items jsonb NOT NULL,
  total_amount bigint NOT NULL CHECK (total_amount >= 0),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  expires_at timestamptz NOT NULL,
  -- When checkout froze the total and prolonged the hold.
  checked_out_at timestamptz,
  payment_id uuid,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  confirmed_at timestamptz,
  cancelled_at timestamptz
) WITH (fillfactor = 85);
CREATE INDEX bookings_due ON bookings (expires_at) WHERE status = 'held';
CREATE INDEX bookings_of_user ON bookings (user_id, id DESC);
CREATE INDEX bookings_live ON bookings (event_id, id) WHERE status IN ('held', 'confirmed');

-- Every change of a booking, by the version it made.
CREATE TABLE booking_history (
  booking_id uuid NOT NULL,
  version bigint NOT NULL,
  at timestamptz NOT NULL,
  from_status text,
  to_status text NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (booking_id, version)
);

-- How many tickets somebody holds or owns of an event.
CREATE TABLE buyers (
  event_id uuid NOT NULL,
  user_id uuid NOT NULL,
  quantity int NOT NULL CHECK (quantity >= 0),
  PRIMARY KEY (event_id, user_id)
) WITH (fillfactor = 70);

CREATE TABLE tickets (
  id uuid PRIMARY KEY,
  booking_id uuid NOT NULL REFERENCES bookings,
  event_id uuid NOT NULL,
  ticket_type_id uuid NOT NULL,
  ticket_type_name text NOT NULL,
  seat_guid text COLLATE "C",
  price_amount bigint NOT NULL CHECK (price_amount >= 0),
  currency text NOT NULL,
  status text NOT NULL DEFAULT 'valid' CHECK (status IN ('valid', 'redeemed', 'cancelled')),
  sold_at timestamptz NOT NULL,
  redeemed_at timestamptz,
  cancelled_at timestamptz,
  -- What its cancelling gave back.
  refunded_amount bigint NOT NULL DEFAULT 0 CHECK (refunded_amount BETWEEN 0 AND price_amount),
  CHECK ((status = 'redeemed') = (redeemed_at IS NOT NULL)),
  CHECK ((status = 'cancelled') = (cancelled_at IS NOT NULL))
) WITH (fillfactor = 85);
CREATE INDEX tickets_of_booking ON tickets (booking_id);
CREATE INDEX tickets_of_event ON tickets (event_id);
-- A seat is sold once.
CREATE UNIQUE INDEX tickets_seat ON tickets (event_id, seat_guid) WHERE seat_guid IS NOT NULL AND status <> 'cancelled';

CREATE TABLE check_ins (
  id uuid PRIMARY KEY,
  ticket_id uuid NOT NULL REFERENCES tickets,
  event_id uuid NOT NULL,
  checked_in_by uuid NOT NULL,
  -- The gate's name for this scan, so that sending it again changes nothing.
  nonce text,
  at timestamptz NOT NULL DEFAULT now(),
  undone_at timestamptz,
  undone_by uuid,
  CHECK ((undone_at IS NULL) = (undone_by IS NULL))
);
-- One ticket opens the gate once, however many gates there are.
CREATE UNIQUE INDEX check_ins_once ON check_ins (ticket_id) WHERE undone_at IS NULL;
CREATE UNIQUE INDEX check_ins_nonce ON check_ins (ticket_id, nonce) WHERE nonce IS NOT NULL;
CREATE INDEX check_ins_of_event ON check_ins (event_id, id DESC);

-- The newest version handled of each payment; what comes later with an older one is stale.
CREATE TABLE payment_versions (
  payment_id uuid PRIMARY KEY,
  version bigint NOT NULL
);
