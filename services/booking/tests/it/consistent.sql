-- Every contradiction between stock, seats, tickets, buyers, history and bookings, one a row.
WITH line AS (
  SELECT b.event_id, b.id AS booking_id, b.status, (l ->> 'ticket_type_id')::uuid AS type_id, (l ->> 'quantity')::int AS quantity
  FROM bookings b CROSS JOIN LATERAL jsonb_array_elements(b.items) l
), held AS (
  SELECT event_id, type_id, sum(quantity) AS n FROM line WHERE status = 'held' GROUP BY 1, 2
), sold AS (
  SELECT event_id, ticket_type_id AS type_id, count(*) AS n FROM tickets WHERE status <> 'cancelled' GROUP BY 1, 2
), owned AS (
  SELECT event_id, user_id, sum(n) AS n FROM (
    SELECT event_id, user_id, quantity AS n FROM bookings WHERE status = 'held'
    UNION ALL
    SELECT b.event_id, b.user_id, 1 FROM tickets t JOIN bookings b ON b.id = t.booking_id WHERE t.status <> 'cancelled'
  ) o GROUP BY 1, 2
), seat_held AS (
  SELECT b.event_id, s.value ->> 0 AS guid, b.id AS booking_id
  FROM bookings b CROSS JOIN LATERAL jsonb_array_elements(b.items) l
    CROSS JOIN LATERAL jsonb_array_elements(l -> 'seats') s (value)
  WHERE b.status = 'held'
), seat_sold AS (
  SELECT event_id, seat_guid AS guid, booking_id FROM tickets WHERE seat_guid IS NOT NULL AND status <> 'cancelled'
)
SELECT format('stock %s: %s held, %s sold, but bookings hold %s and tickets are %s', s.ticket_type_id, s.held, s.sold, h.n, t.n)
FROM stock s LEFT JOIN held h ON (h.event_id, h.type_id) = (s.event_id, s.ticket_type_id)
  LEFT JOIN sold t ON (t.event_id, t.type_id) = (s.event_id, s.ticket_type_id)
WHERE s.held <> coalesce(h.n, 0) OR s.sold <> coalesce(t.n, 0)
UNION ALL
SELECT format('buyer %s: counted %s, has %s', coalesce(b.user_id, o.user_id), b.quantity, o.n)
FROM buyers b FULL JOIN owned o USING (event_id, user_id) WHERE coalesce(b.quantity, 0) <> coalesce(o.n, 0)
UNION ALL
SELECT format('seat %s: status %s of %s, but held by %s and sold to %s', s.seat_guid, s.status, s.booking_id, h.booking_id, t.booking_id)
FROM seats s LEFT JOIN seat_held h ON (h.event_id, h.guid) = (s.event_id, s.seat_guid)
  LEFT JOIN seat_sold t ON (t.event_id, t.guid) = (s.event_id, s.seat_guid)
WHERE (s.status, s.booking_id) IS DISTINCT FROM
  (CASE WHEN t.guid IS NOT NULL THEN 2 WHEN h.guid IS NOT NULL THEN 1 ELSE 0 END, coalesce(t.booking_id, h.booking_id))
UNION ALL
SELECT format('booking %s: version %s, %s changes recorded', b.id, b.version, count(h.version))
FROM bookings b LEFT JOIN booking_history h ON h.booking_id = b.id GROUP BY b.id HAVING b.version <> count(h.version)
UNION ALL
SELECT format('booking %s is %s, its history says %s', b.id, b.status, h.to_status)
FROM bookings b JOIN booking_history h ON (h.booking_id, h.version) = (b.id, b.version) WHERE h.to_status <> b.status
UNION ALL
SELECT format('stock %s: %s wait, %s entries do', s.ticket_type_id, s.waiting, count(w.id))
FROM stock s LEFT JOIN waiting_list w ON (w.event_id, w.ticket_type_id, w.status) = (s.event_id, s.ticket_type_id, 'waiting')
GROUP BY s.event_id, s.ticket_type_id, s.waiting HAVING s.waiting <> count(w.id)
UNION ALL
SELECT format('entry %s is %s, its offer %s', w.id, w.status, b.status)
FROM waiting_list w JOIN bookings b ON b.id = w.booking_id
WHERE NOT b.offered OR (w.status, b.status) NOT IN (('offered', 'held'), ('purchased', 'confirmed'), ('purchased', 'cancelled'),
  ('expired', 'expired'), ('expired', 'released'), ('declined', 'released'))
