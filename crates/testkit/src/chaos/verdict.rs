//! Whether everything is as it was acknowledged, once things have calmed down.

use std::{collections::BTreeSet, time::Duration};

use anyhow::Result;
use contracts::BookingId;
use sqlx::PgPool;
use uuid::Uuid;

use super::journal::{Facts, Journal};
use crate::{
    audit::{Audit, Finding, merge},
    eventually,
    platform::{Person, Platform},
};

/// Holds are short in these runs.
const LAST_HOLD: Duration = Duration::from_secs(90);

/// Waits until everything has calmed down, then looks at every rule.
pub(super) async fn of(
    platform: &Platform,
    people: &[Person],
    journal: &Journal,
    patience: Duration,
) -> Result<Vec<Finding>> {
    let audit = Audit::of(platform).await?;
    let booking = platform.databases.pool("booking").await?;
    let payment = platform.databases.pool("payment").await?;
    let holds_end = eventually("every hold has ended", LAST_HOLD, async || {
        let held: i64 = sqlx::query_scalar("SELECT count(*) FROM bookings WHERE status = 'held'")
            .fetch_one(&booking)
            .await?;
        Ok(held == 0)
    })
    .await;

    let mut findings = audit.verdict(patience).await?;
    if let Err(error) = holds_end {
        findings.push(Finding::new(
            "no hold outlives its time",
            vec![format!("{error:#}")],
        ));
    }
    let facts = journal.facts().clone();
    findings.extend(acknowledged(&facts, &booking, &payment).await?);
    findings.push(histories(&facts, platform, people).await?);
    // What was seen meanwhile, also when it has healed since.
    for finding in facts.findings {
        merge(&mut findings, finding);
    }
    Ok(findings)
}

/// Every answer against the books.
async fn acknowledged(facts: &Facts, booking: &PgPool, payment: &PgPool) -> Result<Vec<Finding>> {
    let holds: Vec<Uuid> = facts.holds.keys().map(|id| id.as_uuid()).collect();
    let owners: Vec<Uuid> = facts.holds.values().copied().collect();
    let lost_holds = sqlx::query_scalar(
        "SELECT told.id::text FROM unnest($1::uuid[], $2::uuid[]) AS told (id, user_id)
         LEFT JOIN bookings b USING (id, user_id) WHERE b.id IS NULL",
    )
    .bind(&holds)
    .bind(&owners)
    .fetch_all(booking)
    .await?;
    let payments: Vec<Uuid> = facts.payments.iter().map(|id| id.as_uuid()).collect();
    let lost_payments = sqlx::query_scalar(
        "SELECT told.id::text FROM unnest($1::uuid[]) AS told (id) LEFT JOIN payments p USING (id) WHERE p.id IS NULL",
    )
    .bind(&payments)
    .fetch_all(payment)
    .await?;
    let joined: Vec<Uuid> = facts.joined.iter().copied().collect();
    let lost_entries = sqlx::query_scalar(
        "SELECT told.id::text FROM unnest($1::uuid[]) AS told (id) LEFT JOIN waiting_list w USING (id) WHERE w.id IS NULL",
    )
    .bind(&joined)
    .fetch_all(booking)
    .await?;

    let mut unsettled = Vec::new();
    for (bookings, statuses) in [
        (&facts.confirmed, &["confirmed", "cancelled"][..]),
        (&facts.released, &["released"]),
        (&facts.cancelled, &["cancelled"]),
    ] {
        unsettled.extend(other_than(booking, bookings, statuses).await?);
    }
    let tickets: Vec<Uuid> = facts.cancelled_tickets.iter().copied().collect();
    unsettled.extend(
        sqlx::query_scalar::<_, String>(
            "SELECT format('ticket %s is %s', told.id, coalesce(t.status, 'not there'))
             FROM unnest($1::uuid[]) AS told (id) LEFT JOIN tickets t USING (id) WHERE t.status IS DISTINCT FROM 'cancelled'",
        )
        .bind(&tickets)
        .fetch_all(booking)
        .await?,
    );
    Ok(vec![
        Finding::new("every acknowledged booking is there", lost_holds),
        Finding::new("every acknowledged payment is there", lost_payments),
        Finding::new(
            "every acknowledged entry of a waiting list is there",
            lost_entries,
        ),
        Finding::new(
            "what was acknowledged as confirmed, released or cancelled is so",
            unsettled,
        ),
        Finding::new(
            "every acknowledged check-in is in the books",
            inside(facts, booking).await?,
        ),
    ])
}

async fn other_than(
    booking: &PgPool,
    bookings: &BTreeSet<BookingId>,
    statuses: &[&str],
) -> Result<Vec<String>> {
    let ids: Vec<Uuid> = bookings.iter().map(|id| id.as_uuid()).collect();
    let breaches = sqlx::query_scalar(
        "SELECT format('booking %s is %s, not %s', told.id, coalesce(b.status, 'not there'), array_to_string($2::text[], ' or '))
         FROM unnest($1::uuid[]) AS told (id) LEFT JOIN bookings b USING (id)
         WHERE b.status IS NULL OR b.status <> ALL ($2)",
    )
    .bind(&ids)
    .bind(statuses)
    .fetch_all(booking)
    .await?;
    Ok(breaches)
}

async fn inside(facts: &Facts, booking: &PgPool) -> Result<Vec<String>> {
    let (tickets, inside): (Vec<Uuid>, Vec<bool>) = facts.inside.iter().unzip();
    let breaches = sqlx::query_scalar(
        "SELECT format('ticket %s is %s', told.id, coalesce(t.status, 'not there'))
         FROM unnest($1::uuid[], $2::bool[]) AS told (id, inside) LEFT JOIN tickets t USING (id)
         WHERE told.inside <> EXISTS (SELECT FROM check_ins c WHERE c.ticket_id = told.id AND c.undone_at IS NULL)",
    )
    .bind(&tickets)
    .bind(&inside)
    .fetch_all(booking)
    .await?;
    Ok(breaches)
}

/// The history that a buyer sees lists every booking that the buyer was told of.
async fn histories(facts: &Facts, platform: &Platform, people: &[Person]) -> Result<Finding> {
    let mut breaches = Vec::new();
    for person in people {
        let history = person.history(platform).await?;
        let told = facts
            .holds
            .iter()
            .filter(|(_, owner)| **owner == person.id.as_uuid())
            .map(|(booking, _)| *booking);
        let missing = told.filter(|booking| !history.contains(booking));
        breaches.extend(missing.map(|booking| format!("booking {booking} of {}", person.email)));
    }
    Ok(Finding::new(
        "every acknowledged booking is in its buyer's history",
        breaches,
    ))
}
