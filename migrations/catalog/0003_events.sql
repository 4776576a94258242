CREATE EXTENSION IF NOT EXISTS unaccent;

-- Immutable, so that it may stand in an index: the dictionary is named and never changes.
CREATE FUNCTION plain(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, $1)) $$;

CREATE FUNCTION plain_list(text[]) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT plain(array_to_string($1, ' ')) $$;

CREATE TABLE events (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisations,
  -- What names an imported event at its source, so that importing again finds it.
  source_key text,
  title text NOT NULL,
  description text NOT NULL,
  category text NOT NULL,
  tags text[] NOT NULL,
  image_url text,
  external_url text,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  time_zone text NOT NULL,
  venue_id uuid REFERENCES venues,
  -- {name, address, city, country}
  venue jsonb,
  seating_plan_id uuid REFERENCES seating_plans,
  status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'published', 'cancelled', 'completed')),
  max_per_buyer int,
  -- [{id, name, price, capacity, max_per_order, sales_start, sales_end, kind, seating_categories}]
  ticket_types jsonb NOT NULL,
  -- The lowest price; null without ticket types.
  from_price bigint,
  currency text,
  -- As Booking last said.
  sold_out boolean NOT NULL DEFAULT false,
  stock_version bigint NOT NULL DEFAULT 0,
  -- The version of Booking's last word on each ticket type's capacity, by its id.
  capacity_versions jsonb NOT NULL DEFAULT '{}',
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  published_at timestamptz,
  cancelled_at timestamptz,
  cancel_reason text,
  city_key text GENERATED ALWAYS AS (plain(venue ->> 'city')) STORED,
  country text GENERATED ALWAYS AS (venue ->> 'country') STORED,
  search tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('simple', plain(title)), 'A')
    || setweight(to_tsvector('simple', plain(category) || ' ' || plain_list(tags)), 'B')
    || setweight(to_tsvector('simple', coalesce(plain((venue ->> 'name') || ' ' || (venue ->> 'city')), '')), 'B')
    || setweight(to_tsvector('simple', plain(left(description, 5000))), 'D')
  ) STORED,
  CHECK (ends_at >= starts_at)
);
CREATE UNIQUE INDEX events_source ON events (organisation_id, source_key);
-- Every list of what the public sees begins at one of these and goes on by keyset.
CREATE INDEX events_by_start ON events (starts_at, id) WHERE status = 'published';
CREATE INDEX events_by_category ON events (category, starts_at, id) WHERE status = 'published';
CREATE INDEX events_by_city ON events (city_key, starts_at, id) WHERE status = 'published';
CREATE INDEX events_by_country ON events (country, starts_at, id) WHERE status = 'published';
CREATE INDEX events_by_price ON events (from_price, id) WHERE status = 'published';
CREATE INDEX events_by_words ON events USING gin (search) WHERE status = 'published';
CREATE INDEX events_by_organisation ON events (organisation_id, starts_at, id);
CREATE INDEX events_by_end ON events (ends_at) WHERE status = 'published';
ALTER TABLE events ALTER COLUMN search SET STATISTICS 1000;

-- Seats as they were when the event was published: they never change again.
CREATE TABLE event_seatings (
  event_id uuid PRIMARY KEY REFERENCES events,
  -- {plan, seats, categories}, as GET /events/{id}/seating answers
  seating json NOT NULL
);
