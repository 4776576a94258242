-- The codes of ticket types that need one, {ticket_type_id: code}, as the message of the event's version told them; null when there are
-- none, or when none were heard. Apart from the snapshot, so that nothing that is made of a snapshot tells them.
ALTER TABLE events ADD COLUMN access_codes jsonb;
