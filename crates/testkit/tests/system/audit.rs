//! What must be true whatever was killed, found out from the databases of all services and from the mails.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use sqlx::{AssertSqlSafe, PgPool};
use testkit::platform::{Platform, comes_true};
use uuid::Uuid;

pub(crate) struct Audit<'a> {
    platform: &'a Platform,
    booking: PgPool,
    payment: PgPool,
    sandbox: PgPool,
}

/// Rules that hold at every moment within Booking's database: each query finds the rows that break one.
const STOCK_RULES: [(&str, &str); 5] = [
    (
        "stock is the sum of its bookings",
        "SELECT s.event_id::text FROM stock s LEFT JOIN (
            SELECT b.event_id, (i->>'ticket_type_id')::uuid AS ticket_type_id, sum((i->>'quantity')::int) AS held
            FROM bookings b, jsonb_array_elements(b.items) i WHERE b.status = 'held' GROUP BY 1, 2
         ) h USING (event_id, ticket_type_id) LEFT JOIN (
            SELECT event_id, ticket_type_id, count(*) AS sold FROM tickets WHERE status <> 'cancelled' GROUP BY 1, 2
         ) t USING (event_id, ticket_type_id)
         WHERE s.held <> coalesce(h.held, 0) OR s.sold <> coalesce(t.sold, 0)",
    ),
    (
        "a buyer's count is what the buyer holds and owns",
        "SELECT u.user_id::text FROM buyers u WHERE u.quantity <>
            (SELECT coalesce(sum(b.quantity), 0) FROM bookings b
             WHERE b.event_id = u.event_id AND b.user_id = u.user_id AND b.status = 'held')
          + (SELECT count(*) FROM tickets t JOIN bookings b ON b.id = t.booking_id
             WHERE t.event_id = u.event_id AND b.user_id = u.user_id AND t.status <> 'cancelled')",
    ),
    (
        "a confirmed booking has a ticket for each place",
        "SELECT b.id::text FROM bookings b WHERE b.status = 'confirmed'
         AND b.quantity <> (SELECT count(*) FROM tickets t WHERE t.booking_id = b.id)",
    ),
    (
        "only confirmed bookings have tickets that open the gate",
        "SELECT t.id::text FROM tickets t JOIN bookings b ON b.id = t.booking_id
         WHERE t.status <> 'cancelled' AND b.status <> 'confirmed'",
    ),
    (
        "an occupied seat belongs to a booking that holds or owns it",
        "SELECT s.seat_guid FROM seats s JOIN bookings b ON b.id = s.booking_id
         WHERE (s.status = 1 AND b.status <> 'held') OR (s.status = 2 AND b.status <> 'confirmed')",
    ),
];

impl<'a> Audit<'a> {
    pub(crate) async fn of(platform: &'a Platform) -> Result<Self> {
        Ok(Self {
            platform,
            booking: platform.databases.pool("booking").await?,
            payment: platform.databases.pool("payment").await?,
            sandbox: platform.databases.pool("sandbox").await?,
        })
    }

    /// Everything: what holds always, and what holds once things have calmed down.
    pub(crate) async fn passes(&self) -> Result<()> {
        self.stock_adds_up().await?;
        self.calms_down().await?;
        self.stock_adds_up().await?;
        self.money_matches_tickets().await?;
        self.provider_agrees().await
    }

    pub(crate) async fn stock_adds_up(&self) -> Result<()> {
        for (rule, query) in STOCK_RULES {
            let breaches: Vec<String> = sqlx::query_scalar(query).fetch_all(&self.booking).await?;
            ensure!(breaches.is_empty(), "not so: {rule}: {breaches:?}");
        }
        Ok(())
    }

    /// Waits until nothing is on its way: outboxes are empty and no payment is between two final states.
    async fn calms_down(&self) -> Result<()> {
        for service in ["auth", "catalog", "booking", "payment"] {
            let pool = self.platform.databases.pool(service).await?;
            comes_true(&format!("the outbox of {service} is empty"), async || {
                let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM outbox")
                    .fetch_one(&pool)
                    .await?;
                Ok(rows == 0)
            })
            .await?;
        }
        comes_true("no payment is left half-way", async || {
            let open = self.payments("status IN ('created', 'authorised')").await?;
            Ok(open.is_empty())
        })
        .await
    }

    /// No captured payment without a booking that is confirmed or whose money went back; no confirmed booking that costs
    /// something without a captured payment.
    async fn money_matches_tickets(&self) -> Result<()> {
        comes_true("money and tickets match", async || {
            let captured = self
                .payments("status = 'captured' AND amount > refunded")
                .await?;
            let confirmed: Vec<Uuid> = sqlx::query_scalar(
                "SELECT id FROM bookings WHERE status = 'confirmed' AND total_amount > 0",
            )
            .fetch_all(&self.booking)
            .await?;
            let confirmed: BTreeSet<_> = confirmed.into_iter().collect();
            Ok(
                captured.values().copied().collect::<BTreeSet<_>>() == confirmed
                    && captured.len() == confirmed.len(),
            )
        })
        .await
    }

    /// The provider's books say the same as ours: what was taken for each payment, and what went back.
    async fn provider_agrees(&self) -> Result<()> {
        const OURS: &str =
            "SELECT id::text, amount, refunded FROM payments WHERE status = 'captured'";
        const THEIRS: &str = "SELECT i.reference, coalesce(sum(l.amount) FILTER (WHERE l.kind = 'captured'), 0)::bigint,
               coalesce(sum(l.amount) FILTER (WHERE l.kind = 'refunded'), 0)::bigint
             FROM intents i JOIN ledger l ON l.intent_id = i.id GROUP BY i.reference
             HAVING count(*) FILTER (WHERE l.kind = 'captured') > 0";
        let books =
            async |pool: &PgPool, query: &'static str| -> Result<BTreeSet<(String, i64, i64)>> {
                let rows: Vec<(String, i64, i64)> = sqlx::query_as(query).fetch_all(pool).await?;
                Ok(rows.into_iter().collect())
            };
        comes_true("the provider's books agree with ours", async || {
            Ok(books(&self.payment, OURS).await? == books(&self.sandbox, THEIRS).await?)
        })
        .await
    }

    /// Payments for which `condition` holds, with their bookings.
    async fn payments(&self, condition: &str) -> Result<BTreeMap<Uuid, Uuid>> {
        let query = format!("SELECT id, booking_id FROM payments WHERE {condition}");
        let rows: Vec<(Uuid, Uuid)> = sqlx::query_as(AssertSqlSafe(query))
            .fetch_all(&self.payment)
            .await?;
        Ok(rows.into_iter().collect())
    }

    /// Exactly one Message-ID for each confirmed booking.
    pub(crate) async fn every_confirmed_booking_is_mailed_once(&self) -> Result<()> {
        let bookings: i64 =
            sqlx::query_scalar("SELECT count(*) FROM bookings WHERE confirmed_at IS NOT NULL")
                .fetch_one(&self.booking)
                .await?;
        let bookings = usize::try_from(bookings)?;
        let confirmations = || {
            let mails = self.platform.smtp.mails();
            mails
                .iter()
                .filter(|mail| mail.header("x-notification") == Some("booking_confirmed"))
                .map(|mail| {
                    mail.message_id()
                        .context("a mail without Message-ID")
                        .map(ToOwned::to_owned)
                })
                .collect::<Result<BTreeSet<_>>>()
        };
        comes_true("every confirmed booking is mailed", async || {
            Ok(confirmations()?.len() >= bookings)
        })
        .await?;
        ensure!(
            confirmations()?.len() == bookings,
            "more confirmations than bookings"
        );
        Ok(())
    }
}
