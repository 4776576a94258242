-- The codes of ticket types that need one, {ticket_type_id: code}. Apart from ticket_types, which everybody may read, and in which a
-- release that does not know codes would meet an unknown field.
ALTER TABLE events ADD COLUMN access_codes jsonb NOT NULL DEFAULT '{}';
