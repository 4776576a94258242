-- One booking in one transaction; all buyers want the same event.
\set quantity random(1, 2)
BEGIN;
UPDATE stock SET held = held + :quantity WHERE event_id = 1 AND held + :quantity <= capacity;
INSERT INTO bookings (id, event_id, user_id, quantity, hold_until)
  VALUES (gen_random_uuid(), 1, gen_random_uuid(), :quantity, now() + interval '10 minutes');
INSERT INTO outbox (topic, payload) VALUES ('booking.held', jsonb_build_object('event', 1, 'quantity', :quantity::int));
COMMIT;
