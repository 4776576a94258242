-- How many entries wait for a ticket type: every change of the stock sees it without asking.
ALTER TABLE stock ADD COLUMN waiting int NOT NULL DEFAULT 0 CHECK (waiting >= 0);

-- A hold that was made for somebody on the waiting list.
ALTER TABLE bookings ADD COLUMN offered boolean NOT NULL DEFAULT false;

-- Who wants places of a sold-out ticket type. Changed under the stock's lock, like everything that decides who gets places.
CREATE TABLE waiting_list (
  id uuid PRIMARY KEY,
  event_id uuid NOT NULL,
  ticket_type_id uuid NOT NULL,
  user_id uuid NOT NULL,
  -- All of them or none.
  quantity int NOT NULL CHECK (quantity > 0),
  status text NOT NULL DEFAULT 'waiting'
    CHECK (status IN ('waiting', 'offered', 'purchased', 'expired', 'declined', 'left')),
  -- First come, first served: given under the stock's lock, so that the order is that of the commits.
  place bigint GENERATED ALWAYS AS IDENTITY,
  -- How often somebody behind got places because fewer than these came back.
  skips int NOT NULL DEFAULT 0,
  -- The offer.
  booking_id uuid UNIQUE,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK ((booking_id IS NULL) = (status IN ('waiting', 'left')) OR status = 'expired')
) WITH (fillfactor = 85);
-- One entry per buyer and ticket type.
CREATE UNIQUE INDEX waiting_list_once ON waiting_list (event_id, ticket_type_id, user_id) WHERE status IN ('waiting', 'offered');
CREATE INDEX waiting_list_next ON waiting_list (event_id, ticket_type_id, place) WHERE status = 'waiting';
CREATE INDEX waiting_list_of_user ON waiting_list (user_id, event_id);
