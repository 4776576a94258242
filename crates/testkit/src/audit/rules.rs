//! Rules within one database: each query finds the rows that break one.

/// A rule in words, and a query for what breaks it.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    pub name: &'static str,
    pub query: &'static str,
}

/// No seat twice, nothing oversold: cheap enough to be looked at all the time.
pub const STOCK: &[Rule] = &[
    Rule {
        name: "held + sold ≤ capacity",
        query: "SELECT format('event %s: %s held + %s sold of %s', event_id, held, sold, capacity) FROM stock
                WHERE held < 0 OR sold < 0 OR held + sold > capacity",
    },
    Rule {
        name: "no seat has two owners",
        query: "SELECT format('event %s seat %s: %s', b.event_id, seat, string_agg(b.id::text, ' '))
                FROM bookings b, jsonb_array_elements(b.items) AS line, jsonb_array_elements_text(line -> 'seats') AS seat
                WHERE b.status = 'held' OR b.status = 'confirmed' AND EXISTS (
                  SELECT FROM tickets t WHERE t.booking_id = b.id AND t.seat_guid = seat AND t.status <> 'cancelled')
                GROUP BY b.event_id, seat HAVING count(*) > 1",
    },
    Rule {
        name: "no seat has two tickets",
        query: "SELECT format('event %s seat %s: %s', event_id, seat_guid, string_agg(id::text, ' ')) FROM tickets
                WHERE seat_guid IS NOT NULL AND status <> 'cancelled' GROUP BY event_id, seat_guid HAVING count(*) > 1",
    },
];

/// What holds at every moment within Booking's database.
pub const ALWAYS: &[Rule] = &[
    STOCK[0],
    STOCK[1],
    STOCK[2],
    Rule {
        name: "stock is the sum of its bookings",
        query: "SELECT format('event %s: stock says %s held, %s sold; bookings %s, tickets %s',
                  s.event_id, s.held, s.sold, coalesce(h.held, 0), coalesce(t.sold, 0)) FROM stock s LEFT JOIN (
                  SELECT b.event_id, (i->>'ticket_type_id')::uuid AS ticket_type_id, sum((i->>'quantity')::int) AS held
                  FROM bookings b, jsonb_array_elements(b.items) i WHERE b.status = 'held' GROUP BY 1, 2
                ) h USING (event_id, ticket_type_id) LEFT JOIN (
                  SELECT event_id, ticket_type_id, count(*) AS sold FROM tickets WHERE status <> 'cancelled' GROUP BY 1, 2
                ) t USING (event_id, ticket_type_id)
                WHERE s.held <> coalesce(h.held, 0) OR s.sold <> coalesce(t.sold, 0)",
    },
    Rule {
        name: "a buyer's count is what the buyer holds and owns",
        query: "SELECT u.user_id::text FROM buyers u WHERE u.quantity <>
                  (SELECT coalesce(sum(b.quantity), 0) FROM bookings b
                   WHERE b.event_id = u.event_id AND b.user_id = u.user_id AND b.status = 'held')
                + (SELECT count(*) FROM tickets t JOIN bookings b ON b.id = t.booking_id
                   WHERE t.event_id = u.event_id AND b.user_id = u.user_id AND t.status <> 'cancelled')",
    },
    Rule {
        name: "a confirmed booking has a ticket for each place",
        query: "SELECT b.id::text FROM bookings b WHERE b.status = 'confirmed'
                AND b.quantity <> (SELECT count(*) FROM tickets t WHERE t.booking_id = b.id)",
    },
    Rule {
        name: "only confirmed bookings have tickets that open the gate",
        query: "SELECT t.id::text FROM tickets t JOIN bookings b ON b.id = t.booking_id
                WHERE t.status <> 'cancelled' AND b.status <> 'confirmed'",
    },
    Rule {
        name: "an occupied seat belongs to a booking that holds or owns it",
        query: "SELECT format('event %s seat %s', s.event_id, s.seat_guid) FROM seats s JOIN bookings b ON b.id = s.booking_id
                WHERE (s.status = 1 AND b.status <> 'held') OR (s.status = 2 AND b.status <> 'confirmed')",
    },
    Rule {
        name: "seats that are taken are as many as the stock says",
        query: "SELECT format('event %s: %s seats, stock says %s', s.event_id, taken, s.held + s.sold) FROM stock s JOIN (
                  SELECT event_id, ticket_type_id, count(*) FILTER (WHERE status <> 0) AS taken FROM seats GROUP BY 1, 2
                ) t USING (event_id, ticket_type_id) WHERE taken <> s.held + s.sold",
    },
    Rule {
        name: "a ticket that was checked in has exactly one entry at the gate",
        // Who is in stays in the list, also when the ticket turns out not to be paid.
        query: "SELECT t.id::text FROM tickets t WHERE t.status <> 'cancelled' AND (t.status = 'redeemed')::int <>
                  (SELECT count(*) FROM check_ins c WHERE c.ticket_id = t.id AND c.undone_at IS NULL)",
    },
    Rule {
        name: "the stock knows how many wait",
        query: "SELECT format('event %s: stock says %s', s.event_id, s.waiting) FROM stock s WHERE s.waiting <>
                  (SELECT count(*) FROM waiting_list w
                   WHERE w.event_id = s.event_id AND w.ticket_type_id = s.ticket_type_id AND w.status = 'waiting')",
    },
];

/// What nothing is left of once things have calmed down.
pub const BOOKING_SETTLED: &[Rule] = &[
    Rule {
        name: "no hold outlives its time",
        query: "SELECT id::text FROM bookings WHERE status = 'held' AND expires_at < now() - interval '3 s'",
    },
    Rule {
        name: "nobody waits while enough places are free",
        query: "SELECT w.id::text FROM waiting_list w JOIN stock s USING (event_id, ticket_type_id)
                WHERE w.status = 'waiting' AND w.quantity <= s.capacity - s.held - s.sold",
    },
    Rule {
        name: "an offer ends with its booking",
        query: "SELECT format('entry %s is %s, its booking %s', w.id, w.status, b.status)
                FROM waiting_list w JOIN bookings b ON b.id = w.booking_id
                WHERE (w.status = 'offered') <> (b.status = 'held')
                   OR w.status = 'purchased' AND b.status NOT IN ('confirmed', 'cancelled')
                   OR b.status IN ('confirmed', 'cancelled') AND w.status <> 'purchased'",
    },
];

pub const PAYMENT_SETTLED: &[Rule] = &[
    Rule {
        name: "no payment is left half-way",
        query:
            "SELECT format('payment %s of booking %s is %s', id, booking_id, status) FROM payments
                WHERE status IN ('created', 'requires_action', 'authorised')",
    },
    Rule {
        name: "nothing is left to do at the provider",
        query: "SELECT format('%s of payment %s is %s', kind, payment_id, status) FROM operations
                WHERE status IN ('waiting', 'due')",
    },
    Rule {
        name: "every refund has ended well",
        query: "SELECT format('refund %s of payment %s is %s', r.id, p.id, r.status) FROM refunds r JOIN payments p ON p.id = payment_id
                WHERE r.status IN ('requested', 'pending') OR r.status = 'failed' AND r.amount > 0 AND p.status = 'captured'",
    },
    Rule {
        name: "no request to pay is left without its answer",
        query: "SELECT format('user %s key %s', user_id, key) FROM idempotency_keys WHERE status IS NULL",
    },
];

pub const SANDBOX_SETTLED: &[Rule] = &[
    Rule {
        name: "the provider keeps no money on hold",
        query: "SELECT format('payment %s is %s', reference, status) FROM intents
                WHERE status IN ('processing', 'requires_action', 'requires_capture')",
    },
    Rule {
        name: "every webhook was delivered",
        query: "SELECT format('event %s: %s', event_id, coalesce(last_result, 'not tried')) FROM deliveries
                WHERE delivered_at IS NULL",
    },
];

pub const WORKER_SETTLED: &[Rule] = &[
    Rule {
        name: "no mail that is due is left unsent",
        query: "SELECT format('%s of booking %s is %s: %s', kind, booking_id, status, last_error) FROM mails
                WHERE status IN ('retrying', 'failed') OR status = 'queued' AND not_before <= now()",
    },
];
