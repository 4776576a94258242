//! Mails leave once, whatever the mail server does.

use std::collections::BTreeSet;

use anyhow::Result;
use contracts::Message;
use sqlx::PgPool;
use testkit::{eventually, smtp::Fault};

use crate::shop::{PATIENCE, Shop, ledger};

#[sqlx::test(migrations = "../../migrations/worker")]
async fn a_temporary_refusal_is_tried_again(pool: PgPool) -> Result<()> {
    let shop = Shop::open(&pool).await?;
    shop.smtp.misbehave(Fault::Temporary);
    shop.send(&Message::BookingConfirmed(shop.confirmed()))
        .await?;
    assert_eq!(shop.mails(1).await?.len(), 1);
    sent(&pool, 2).await
}

#[sqlx::test(migrations = "../../migrations/worker")]
async fn a_permanent_refusal_is_kept_as_failed(pool: PgPool) -> Result<()> {
    let shop = Shop::open(&pool).await?;
    shop.smtp.misbehave(Fault::Permanent);
    shop.send(&Message::BookingConfirmed(shop.confirmed()))
        .await?;
    let pool = &pool;
    eventually("the mail has failed", PATIENCE, async || {
        Ok(ledger(pool, "booking_confirmed")
            .await
            .is_ok_and(|mail| mail.0 == "failed"))
    })
    .await?;
    // It held nobody else up.
    shop.send(&Message::BookingConfirmed(shop.confirmed()))
        .await?;
    shop.mails(1).await?;
    Ok(())
}

/// The server took the mail, but its answer was lost: it goes out again under the same Message-ID.
#[sqlx::test(migrations = "../../migrations/worker")]
async fn a_repeated_mail_has_the_same_message_id(pool: PgPool) -> Result<()> {
    let shop = Shop::open(&pool).await?;
    shop.smtp.misbehave(Fault::LostAnswer);
    shop.send(&Message::BookingConfirmed(shop.confirmed()))
        .await?;
    let mails = shop.mails(2).await?;
    let ids: BTreeSet<_> = mails.iter().map(|mail| mail.message_id()).collect();
    assert_eq!(ids.len(), 1);
    sent(&pool, 2).await
}

/// Two workers and every message twice: one mail each.
#[sqlx::test(migrations = "../../migrations/worker")]
async fn two_workers_send_each_mail_once(pool: PgPool) -> Result<()> {
    const BOOKINGS: usize = 40;
    let shop = Shop::open(&pool).await?;
    shop.start_worker(&pool)?;
    for _ in 0..BOOKINGS {
        let message = Message::BookingConfirmed(shop.confirmed());
        shop.send(&message).await?;
        shop.send(&message).await?;
    }
    let pool = &pool;
    eventually("everything is sent", PATIENCE, async || {
        let sent: i64 = sqlx::query_scalar("SELECT count(*) FROM mails WHERE status = 'sent'")
            .fetch_one(pool)
            .await?;
        let handled: i64 = sqlx::query_scalar("SELECT count(*) FROM inbox")
            .fetch_one(pool)
            .await?;
        Ok(sent == i64::try_from(BOOKINGS)? && handled == 2 * i64::try_from(BOOKINGS)? + 1)
    })
    .await?;
    let mails = shop.smtp.mails();
    let ids: BTreeSet<_> = mails.iter().map(|mail| mail.message_id()).collect();
    assert_eq!((mails.len(), ids.len()), (BOOKINGS, BOOKINGS));
    Ok(())
}

async fn sent(pool: &PgPool, attempts: i32) -> Result<()> {
    eventually("the ledger says sent", PATIENCE, async || {
        Ok(ledger(pool, "booking_confirmed").await? == ("sent".into(), attempts))
    })
    .await
}
