-- What auth says of accounts, so that members can be added by e-mail address.
CREATE TABLE people (
  user_id uuid PRIMARY KEY,
  email text NOT NULL,
  name text NOT NULL,
  version bigint NOT NULL
);
CREATE INDEX people_email ON people (lower(email));

CREATE TABLE organisations (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE members (
  organisation_id uuid NOT NULL REFERENCES organisations,
  user_id uuid NOT NULL,
  role text NOT NULL CHECK (role IN ('organiser', 'staff')),
  added_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, user_id)
);
CREATE INDEX members_user ON members (user_id, organisation_id);

CREATE TABLE venues (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisations,
  name text NOT NULL,
  address text NOT NULL,
  city text NOT NULL,
  country text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX venues_organisation ON venues (organisation_id, id);

CREATE TABLE seating_plans (
  id uuid PRIMARY KEY,
  venue_id uuid NOT NULL REFERENCES venues,
  name text NOT NULL,
  -- As imported, in pretix's format.
  plan json NOT NULL,
  -- [{name, color}]
  categories jsonb NOT NULL,
  seat_count int NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX seating_plans_venue ON seating_plans (venue_id, id);
