CREATE TABLE users (
  id uuid PRIMARY KEY,
  email text NOT NULL,
  name text NOT NULL,
  password_hash text NOT NULL,
  roles text[] NOT NULL DEFAULT '{buyer}' CHECK (roles <@ ARRAY['buyer', 'admin']),
  -- Grows when all sessions must end (password, a role taken away); a session of an older epoch is dead, whatever Redis says.
  session_epoch int NOT NULL DEFAULT 0,
  -- What auth.user.* messages carry.
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
-- Addresses are kept as typed, for mails, and compared without case.
CREATE UNIQUE INDEX users_email ON users (lower(email));

-- One open request a user; only the hash of what was mailed.
CREATE TABLE password_resets (
  user_id uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  token_hash bytea NOT NULL UNIQUE,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE signing_keys (
  kid text PRIMARY KEY,
  public_key bytea NOT NULL,
  -- PKCS#8, encrypted by AES-256-GCM: nonce, ciphertext, tag; the kid is authenticated with it.
  private_key bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- It is published at once and signs from here on, until the next one does.
  active_from timestamptz NOT NULL
);
CREATE INDEX signing_keys_active_from ON signing_keys (active_from);
