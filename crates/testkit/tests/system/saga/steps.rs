//! Every write of the saga, in order, and who dies right before it.

use testkit::platform::{Part, Write};

/// A write that is never made, since its process dies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    /// Who dies.
    pub(super) part: Part,
    /// The database that the write goes to.
    pub(super) database: &'static str,
    pub(super) write: Write,
    pub(super) table: &'static str,
    /// Which of the table's writes, as SQL over NEW and OLD.
    pub(super) condition: &'static str,
}

const fn step(
    part: Part,
    database: &'static str,
    write: Write,
    table: &'static str,
    condition: &'static str,
) -> Step {
    Step {
        part,
        database,
        write,
        table,
        condition,
    }
}

use Part::{Booking, Payment, Sandbox, Worker};
use Write::{Delete, Insert, Update};

/// From the click on "pay" to the mail.
pub(super) const PAY: &[Step] = &[
    step(Payment, "payment", Insert, "idempotency_keys", "true"),
    step(Payment, "payment", Insert, "payments", "true"),
    step(
        Booking,
        "booking",
        Update,
        "bookings",
        "NEW.checked_out_at IS NOT NULL AND OLD.checked_out_at IS NULL",
    ),
    step(
        Payment,
        "payment",
        Update,
        "payments",
        "NEW.amount IS NOT NULL AND OLD.amount IS NULL",
    ),
    step(Sandbox, "sandbox", Insert, "intents", "true"),
    // The provider is not heard of again.
    step(Payment, "sandbox", Insert, "intents", "true"),
    step(
        Sandbox,
        "sandbox",
        Insert,
        "ledger",
        "NEW.kind = 'authorised'",
    ),
    step(
        Payment,
        "payment",
        Update,
        "payments",
        "NEW.status = 'authorised' AND OLD.status = 'created'",
    ),
    step(
        Payment,
        "payment",
        Insert,
        "outbox",
        "NEW.routing_key = 'payment.authorised'",
    ),
    step(
        Payment,
        "payment",
        Update,
        "idempotency_keys",
        "NEW.status IS NOT NULL",
    ),
    step(
        Payment,
        "payment",
        Delete,
        "outbox",
        "OLD.routing_key = 'payment.authorised'",
    ),
    step(Booking, "booking", Insert, "inbox", "true"),
    step(Booking, "booking", Insert, "tickets", "true"),
    step(
        Booking,
        "booking",
        Insert,
        "outbox",
        "NEW.routing_key = 'booking.confirmed'",
    ),
    step(
        Booking,
        "booking",
        Delete,
        "outbox",
        "OLD.routing_key = 'booking.confirmed'",
    ),
    step(
        Payment,
        "payment",
        Insert,
        "operations",
        "NEW.kind = 'capture'",
    ),
    step(
        Payment,
        "payment",
        Update,
        "operations",
        "NEW.kind = 'capture' AND NEW.leased_until IS NOT NULL",
    ),
    step(
        Sandbox,
        "sandbox",
        Update,
        "intents",
        "NEW.amount_captured > 0",
    ),
    step(
        Payment,
        "sandbox",
        Update,
        "intents",
        "NEW.amount_captured > 0",
    ),
    step(
        Sandbox,
        "sandbox",
        Insert,
        "ledger",
        "NEW.kind = 'captured'",
    ),
    step(
        Payment,
        "payment",
        Update,
        "payments",
        "NEW.status = 'captured' AND OLD.status = 'authorised'",
    ),
    step(
        Payment,
        "payment",
        Insert,
        "documents",
        "NEW.kind = 'receipt'",
    ),
    step(
        Payment,
        "payment",
        Insert,
        "outbox",
        "NEW.routing_key = 'payment.captured'",
    ),
    step(
        Payment,
        "payment",
        Delete,
        "outbox",
        "OLD.routing_key = 'payment.captured'",
    ),
    step(
        Worker,
        "worker",
        Insert,
        "mails",
        "NEW.kind = 'booking_confirmed'",
    ),
];

/// From "give me my money back" to the money.
pub(super) const REFUND: &[Step] = &[
    step(
        Payment,
        "payment",
        Insert,
        "outbox",
        "NEW.routing_key = 'payment.refund_requested'",
    ),
    step(
        Payment,
        "payment",
        Delete,
        "outbox",
        "OLD.routing_key = 'payment.refund_requested'",
    ),
    step(
        Booking,
        "booking",
        Update,
        "tickets",
        "NEW.status = 'cancelled'",
    ),
    step(
        Booking,
        "booking",
        Insert,
        "outbox",
        "NEW.routing_key = 'booking.cancelled'",
    ),
    step(
        Booking,
        "booking",
        Delete,
        "outbox",
        "OLD.routing_key = 'booking.cancelled'",
    ),
    step(Payment, "payment", Insert, "refund_tickets", "true"),
    step(
        Payment,
        "payment",
        Insert,
        "operations",
        "NEW.kind = 'refund'",
    ),
    step(Sandbox, "sandbox", Insert, "refunds", "true"),
    step(Payment, "sandbox", Insert, "refunds", "true"),
    step(
        Sandbox,
        "sandbox",
        Insert,
        "ledger",
        "NEW.kind = 'refunded'",
    ),
    step(
        Payment,
        "payment",
        Update,
        "refunds",
        "NEW.status = 'succeeded'",
    ),
    step(
        Payment,
        "payment",
        Insert,
        "documents",
        "NEW.kind = 'credit_note'",
    ),
    step(
        Payment,
        "payment",
        Insert,
        "outbox",
        "NEW.routing_key = 'payment.refunded'",
    ),
];

/// From a payment whose hold was given back meanwhile to its void.
pub(super) const VOID: &[Step] = &[
    step(
        Booking,
        "booking",
        Insert,
        "outbox",
        "NEW.routing_key = 'booking.refused'",
    ),
    step(
        Booking,
        "booking",
        Delete,
        "outbox",
        "OLD.routing_key = 'booking.refused'",
    ),
    step(
        Payment,
        "payment",
        Insert,
        "operations",
        "NEW.kind = 'void'",
    ),
    step(
        Sandbox,
        "sandbox",
        Insert,
        "ledger",
        "NEW.kind = 'canceled'",
    ),
    step(
        Payment,
        "sandbox",
        Insert,
        "ledger",
        "NEW.kind = 'canceled'",
    ),
    step(
        Payment,
        "payment",
        Update,
        "payments",
        "NEW.status = 'voided'",
    ),
    step(
        Payment,
        "payment",
        Insert,
        "outbox",
        "NEW.routing_key = 'payment.voided'",
    ),
];

/// From a capture that is refused for good to the cancelled booking.
pub(super) const CAPTURE_REFUSED: &[Step] = &[
    step(
        Payment,
        "payment",
        Update,
        "payments",
        "NEW.status = 'failed'",
    ),
    step(
        Payment,
        "payment",
        Insert,
        "outbox",
        "NEW.routing_key = 'payment.failed'",
    ),
    step(
        Payment,
        "payment",
        Delete,
        "outbox",
        "OLD.routing_key = 'payment.failed'",
    ),
    step(
        Booking,
        "booking",
        Update,
        "tickets",
        "NEW.status = 'cancelled'",
    ),
    step(
        Booking,
        "booking",
        Delete,
        "outbox",
        "OLD.routing_key = 'booking.cancelled'",
    ),
];
