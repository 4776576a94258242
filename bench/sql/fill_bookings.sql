-- $3 confirmed bookings of ticket type $2 of event $1, one ticket each. Ids are UUIDv7, as booking makes them.
WITH made AS MATERIALIZED (
  SELECT (stamp || '7' || substr(a, 1, 3) || '8' || substr(a, 4, 15))::uuid AS booking,
         (stamp || '7' || substr(b, 1, 3) || '8' || substr(b, 4, 15))::uuid AS buyer,
         (stamp || '7' || substr(c, 1, 3) || '8' || substr(c, 4, 15))::uuid AS ticket
  FROM (
    SELECT lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') AS stamp,
           md5(random()::text || n) AS a, md5(random()::text || n) AS b, md5(random()::text || n) AS c
    FROM generate_series(1, $3) AS n
  ) AS words
),
stocked AS (
  UPDATE stock SET sold = sold + $3, revision = revision + 1 WHERE event_id = $1 AND ticket_type_id = $2
),
booked AS (
  INSERT INTO bookings (id, event_id, user_id, status, quantity, items, total_amount, currency, expires_at, checked_out_at,
                        payment_id, version, created_at, confirmed_at)
  SELECT booking, $1, buyer, 'confirmed', 1,
         jsonb_build_array(jsonb_build_object('ticket_type_id', $2, 'name', 'Standing', 'quantity', 1,
           'unit_price', jsonb_build_object('amount', 2500, 'currency', 'EUR'), 'seats', jsonb_build_array())),
         2500, 'EUR', now() + interval '10 minutes', now(), gen_random_uuid(), 3, now(), now()
  FROM made
),
told AS (
  INSERT INTO booking_history (booking_id, version, at, from_status, to_status, reason)
  SELECT booking, step.version, now(), step.was, step.became, step.reason
  FROM made, (VALUES (1, NULL, 'held', 'held'), (2, 'held', 'held', 'checkout'), (3, 'held', 'confirmed', 'paid'))
             AS step (version, was, became, reason)
),
counted AS (
  INSERT INTO buyers (event_id, user_id, quantity) SELECT $1, buyer, 1 FROM made
)
INSERT INTO tickets (id, booking_id, event_id, ticket_type_id, ticket_type_name, price_amount, currency, sold_at)
SELECT ticket, booking, $1, $2, 'Standing', 2500, 'EUR', now() FROM made
