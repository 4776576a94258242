-- Who is written to, as auth last said.
CREATE TABLE contacts (
  user_id uuid PRIMARY KEY,
  email text NOT NULL,
  name text NOT NULL,
  version bigint NOT NULL
);

-- Events as Catalog last said.
CREATE TABLE events (
  id uuid PRIMARY KEY,
  -- contracts::EventSnapshot
  snapshot jsonb NOT NULL,
  version bigint NOT NULL
);

-- The mail ledger: one row for each notification, whatever becomes of it.
CREATE TABLE mails (
  id uuid PRIMARY KEY,
  -- Names the notification: the same one that comes again finds its row.
  dedup_key text NOT NULL UNIQUE,
  -- What the letter says and to whom (worker::notifications::Notification). Emptied once the mail is sent, for it may carry
  -- ticket codes and tokens; absent in a row that only keeps a later notification from being sent.
  notification jsonb,
  kind text NOT NULL,
  user_id uuid NOT NULL,
  booking_id uuid,
  event_id uuid,
  -- The Message-ID, fixed before the first attempt.
  message_id text NOT NULL UNIQUE,
  status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'retrying', 'sent', 'failed', 'dropped')),
  attempts int NOT NULL DEFAULT 0,
  not_before timestamptz NOT NULL DEFAULT now(),
  last_error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  sent_at timestamptz
) WITH (fillfactor = 80);
CREATE INDEX mails_due ON mails (not_before) WHERE status IN ('queued', 'retrying');
CREATE INDEX mails_of_event ON mails (event_id) WHERE status IN ('queued', 'retrying');
CREATE INDEX mails_of_user ON mails (user_id, created_at);
