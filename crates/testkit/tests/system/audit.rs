//! The audit is able to fail: books that were tampered with break the rule that is about it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use sqlx::AssertSqlSafe;
use testkit::{
    audit::Audit,
    platform::{OnSale, Options, Part, Person, Platform, comes_true, id},
};

/// In whose books, what is done to them, and the rule that it breaks.
const TAMPERED: &[(&str, &str, &str)] = &[
    (
        "booking",
        "INSERT INTO tickets SELECT gen_random_uuid(), booking_id, event_id, ticket_type_id, ticket_type_name, seat_guid,
           price_amount, currency, status, sold_at FROM tickets WHERE seat_guid IS NOT NULL",
        "no seat has two tickets",
    ),
    (
        "booking",
        "INSERT INTO bookings SELECT gen_random_uuid(), event_id, user_id, 'held', quantity, items, total_amount, currency,
           now() - interval '1 h', checked_out_at, NULL, version, created_at FROM bookings WHERE items::text LIKE '%1-1%'",
        "no seat has two owners",
    ),
    (
        "booking",
        "UPDATE bookings SET expires_at = now() - interval '2 h'",
        "no hold outlives its time",
    ),
    (
        "booking",
        "UPDATE stock SET sold = sold + 1",
        "stock is the sum of its bookings",
    ),
    (
        "booking",
        "UPDATE stock SET capacity = 0",
        "held + sold ≤ capacity",
    ),
    (
        "booking",
        "UPDATE buyers SET quantity = quantity + 1",
        "a buyer's count is what the buyer holds and owns",
    ),
    (
        "booking",
        "UPDATE tickets SET status = 'redeemed', redeemed_at = now()",
        "a ticket that was checked in has exactly one entry at the gate",
    ),
    (
        "payment",
        "UPDATE payments SET amount = amount + 1",
        "the provider's ledger agrees with ours",
    ),
    (
        "payment",
        "UPDATE payments SET status = 'failed'",
        "no confirmed booking with a price and without captured payment",
    ),
    (
        "payment",
        "UPDATE payments SET status = 'captured'; UPDATE payments SET booking_id = gen_random_uuid()",
        "no captured payment without a confirmed booking",
    ),
    (
        "payment",
        "UPDATE payments SET status = 'authorised'",
        "no payment is left half-way",
    ),
    (
        "worker",
        "UPDATE mails SET message_id = 'another' WHERE kind = 'booking_confirmed'",
        "every confirmed booking is notified under one Message-ID",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn tampered_books_are_found_out() -> Result<()> {
    let mut platform = Platform::start("tampered", Options::default()).await?;
    let sale = OnSale::publish_seats(&platform, 10, 2500).await?;
    let buyer = Person::register(&platform, "ada").await?;
    let url = format!("{}/bookings", platform.url(Part::Booking));
    let wish = serde_json::json!({"event_id": sale.event, "seats": ["1-1"]});
    let booking = id(&buyer.post(url, &wish).await?.ok()?["id"])?;
    buyer.pay(&platform, booking, "pm_card_visa").await?.ok()?;
    comes_true("the booking is confirmed", async || {
        Ok(buyer.booking(&platform, booking).await?["status"] == "confirmed")
    })
    .await?;

    Audit::of(&platform).await?.passes().await?;
    // Nobody mends what is tampered with now.
    for part in [Part::Booking, Part::Payment, Part::Worker] {
        platform.kill(part).await?;
    }
    // What the database itself refuses could not be tried otherwise.
    let guards = "ALTER TABLE stock DROP CONSTRAINT stock_not_oversold; DROP INDEX tickets_seat";
    let books = platform.databases.pool("booking").await?;
    sqlx::raw_sql(guards).execute(&books).await?;
    let audit = Audit::of(&platform).await?;
    for (database, tampering, rule) in TAMPERED {
        let books = platform.databases.pool(database).await?;
        sqlx::raw_sql(AssertSqlSafe(*tampering))
            .execute(&books)
            .await
            .context(*tampering)?;
        let findings = audit.verdict(Duration::ZERO).await?;
        let broken = findings.iter().filter(|finding| !finding.holds());
        ensure!(
            broken.clone().any(|finding| finding.rule == *rule),
            "{tampering} breaks other rules than \"{rule}\": {:?}",
            broken.collect::<Vec<_>>()
        );
    }
    Ok(())
}
