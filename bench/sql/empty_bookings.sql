-- What a bench has made so far goes; only its own database is ever emptied.
TRUNCATE bookings, booking_history, buyers, idempotency_keys, inbox CASCADE;
