//! Our payments, our bookings and the provider's own books say the same.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use sqlx::PgPool;
use uuid::Uuid;

use super::{Audit, Finding};

/// Taken and given back for a payment, in minor units.
type Books = BTreeMap<String, (i64, i64)>;

impl Audit<'_> {
    /// No captured payment without a booking that is confirmed or whose money went back; no confirmed booking that costs
    /// something without a captured payment.
    pub(super) async fn money_matches_tickets(&self) -> Result<[Finding; 2]> {
        let captured: Vec<(Uuid, Uuid)> = sqlx::query_as(
            "SELECT id, booking_id FROM payments WHERE status = 'captured' AND amount > refunded",
        )
        .fetch_all(&self.payment)
        .await?;
        let confirmed: Vec<Uuid> = sqlx::query_scalar(
            "SELECT id FROM bookings WHERE status = 'confirmed' AND total_amount > 0",
        )
        .fetch_all(&self.booking)
        .await?;
        let mut unpaid: BTreeSet<Uuid> = confirmed.iter().copied().collect();
        let mut without_tickets = Vec::new();
        // A booking that is paid twice is found here, too: only one of its payments can be matched.
        for (payment, booking) in captured {
            if !unpaid.remove(&booking) {
                without_tickets.push(format!("payment {payment} of booking {booking}"));
            }
        }
        let mut without_money = Vec::new();
        for booking in unpaid {
            without_money.push(self.tell(booking).await?);
        }
        Ok([
            Finding::new(
                "no captured payment without a confirmed booking",
                without_tickets,
            ),
            Finding::new(
                "no confirmed booking with a price and without captured payment",
                without_money,
            ),
        ])
    }

    /// A booking's tickets and payments in words.
    async fn tell(&self, booking: Uuid) -> Result<String> {
        let tickets: Vec<String> =
            sqlx::query_scalar("SELECT status FROM tickets WHERE booking_id = $1 ORDER BY id")
                .bind(booking)
                .fetch_all(&self.booking)
                .await?;
        let payments: Vec<String> = sqlx::query_scalar(
            "SELECT format('%s is %s (%s %s)', id, status, payment_method, failure_code) FROM payments
             WHERE booking_id = $1 ORDER BY id",
        )
        .bind(booking)
        .fetch_all(&self.payment)
        .await?;
        let (tickets, payments) = (tickets.join(", "), payments.join(", "));
        Ok(format!(
            "booking {booking}: tickets {tickets}; payments {payments}"
        ))
    }

    /// What went back is what the cancelled tickets say.
    pub(super) async fn refunds_match_tickets(&self) -> Result<Finding> {
        let tickets: Vec<(Uuid, i64)> = sqlx::query_as(
            "SELECT b.id, sum(t.refunded_amount)::bigint FROM bookings b JOIN tickets t ON t.booking_id = b.id
             WHERE b.total_amount > 0 GROUP BY b.id",
        )
        .fetch_all(&self.booking)
        .await?;
        let tickets: BTreeMap<_, _> = tickets.into_iter().collect();
        let payments: Vec<(Uuid, i64)> = sqlx::query_as(
            "SELECT booking_id, sum(refunded)::bigint FROM payments WHERE status = 'captured' GROUP BY booking_id",
        )
        .fetch_all(&self.payment)
        .await?;
        let breaches = payments
            .into_iter()
            .filter_map(|(booking, refunded)| {
                let owed = tickets.get(&booking).copied().unwrap_or(0);
                (owed != refunded)
                    .then(|| format!("booking {booking}: {owed} owed, {refunded} refunded"))
            })
            .collect();
        Ok(Finding::new(
            "what was refunded is what cancelled tickets cost",
            breaches,
        ))
    }

    /// The provider's books say the same as ours: what was taken for each payment, and what went back.
    pub(super) async fn provider_agrees(&self) -> Result<Finding> {
        const OURS: &str =
            "SELECT id::text, amount, refunded FROM payments WHERE status = 'captured'";
        const THEIRS: &str = "SELECT i.reference, coalesce(sum(l.amount) FILTER (WHERE l.kind = 'captured'), 0)::bigint,
               coalesce(sum(l.amount) FILTER (WHERE l.kind = 'refunded'), 0)::bigint
             FROM intents i JOIN ledger l ON l.intent_id = i.id GROUP BY i.reference
             HAVING count(*) FILTER (WHERE l.kind = 'captured') > 0";
        let ours = books(&self.payment, OURS).await?;
        let theirs = books(&self.sandbox, THEIRS).await?;
        let payments: BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
        let breaches = payments
            .into_iter()
            .filter(|payment| ours.get(*payment) != theirs.get(*payment))
            .map(|payment| {
                let (our, their) = (ours.get(payment), theirs.get(payment));
                format!("payment {payment}: ours {our:?}, theirs {their:?} (taken, given back)")
            })
            .collect();
        Ok(Finding::new(
            "the provider's ledger agrees with ours",
            breaches,
        ))
    }
}

async fn books(pool: &PgPool, query: &'static str) -> Result<Books> {
    let rows: Vec<(String, i64, i64)> = sqlx::query_as(query).fetch_all(pool).await?;
    Ok(rows
        .into_iter()
        .map(|(payment, taken, back)| (payment, (taken, back)))
        .collect())
}
