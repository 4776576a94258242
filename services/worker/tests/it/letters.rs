//! Each notification becomes a letter that a person understands.

use anyhow::{Context as _, Result};
use chrono::Utc;
use contracts::{
    AccessCode, Currency, EventSnapshot, EventStatus, Message, Money, PaymentId, RefundId,
    TicketTypeId, TicketTypeKind, TicketTypeSnapshot,
    messages::{
        BookingCancelled, BookingHeld, BookingOffered, CancelReason, EventCancelled, EventChanged,
        HoldEnded, PasswordReset, PaymentRef, PaymentRefunded, PaymentVoided, RefusalReason,
    },
};
use lapin::BasicProperties;
use serde_json::json;
use sqlx::PgPool;
use testkit::{eventually, smtp::Mail};

use crate::shop::{PATIENCE, Shop, event, ledger};

#[sqlx::test(migrations = "../../migrations/worker")]
async fn a_confirmed_booking_brings_its_tickets(pool: PgPool) -> Result<()> {
    let shop = Shop::open(&pool).await?;
    let confirmed = shop.confirmed();
    shop.send(&Message::BookingConfirmed(confirmed.clone()))
        .await?;
    let mail = &shop.mails(1).await?[0];
    assert_eq!(mail.to, ["ada@example.com"]);
    assert_eq!(mail.header("x-notification"), Some("booking_confirmed"));
    let text = plain(mail)?;
    for code in confirmed.tickets.iter().map(|ticket| &ticket.code) {
        assert!(
            text.contains(code.as_str()),
            "the text has the code: {text}"
        );
    }
    assert!(
        text.contains("90.00 EUR") && text.contains("(Europe/Vienna)") && text.contains("A-12"),
        "{text}"
    );
    assert_eq!(mail.data.matches("Content-Type: image/png").count(), 2);
    assert!(
        mail.data.contains("cid:ticket1") || mail.data.contains("cid:tick"),
        "the HTML shows the images"
    );
    assert!(mail.data.contains("text/calendar"));

    // The reminder waits for the day before, and what could open a gate is no longer in the database.
    assert_eq!(ledger(&pool, "reminder").await?, ("queued".into(), 0));
    let pool_ = &pool;
    eventually("the text is forgotten", PATIENCE, async || {
        let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM mails WHERE kind = 'booking_confirmed' AND notification IS NOT NULL")
            .fetch_one(pool_)
            .await?;
        Ok(kept == 0)
    })
    .await
}

#[sqlx::test(migrations = "../../migrations/worker")]
async fn four_fields_are_a_booking_to_notify_about(pool: PgPool) -> Result<()> {
    let shop = Shop::open(&pool).await?;
    let booking = shop.booking(event().id, 2);
    let body = json!({
        "booking_id": booking.booking_id, "user_id": booking.user_id, "event_id": booking.event_id, "seats": 2,
    });
    // No message_id: the same body twice is the same message.
    for _ in 0..2 {
        shop.put(serde_json::to_vec(&body)?, BasicProperties::default())
            .await?;
    }
    shop.send(&Message::BookingConfirmed(shop.confirmed()))
        .await?;
    let mails = shop.mails(2).await?;
    assert_eq!(
        mails
            .iter()
            .filter(|mail| mail.header("x-notification") == Some("booking_held"))
            .count(),
        1
    );
    assert!(plain(&mails[0])?.contains("2 places") || plain(&mails[1])?.contains("2 places"));
    Ok(())
}

#[sqlx::test(migrations = "../../migrations/worker")]
async fn an_offer_names_event_places_time_and_where_to_buy(pool: PgPool) -> Result<()> {
    let shop = Shop::open(&pool).await?;
    let event = event();
    shop.send(&Message::EventPublished(EventChanged {
        event: event.clone(),
        version: 1,
    }))
    .await?;
    let booking = shop.booking(event.id, 2);
    shop.send(&Message::BookingOffered(BookingOffered {
        booking: booking.clone(),
        total: Money::new(9000, Currency::EUR),
        expires_at: "2026-12-05T18:30:00Z".parse()?,
    }))
    .await?;
    let mail = &shop.mails(1).await?[0];
    assert_eq!(mail.header("x-notification"), Some("booking_offered"));
    let text = plain(mail)?;
    for part in [
        event.title.as_str(),
        "2 places",
        "90.00 EUR",
        "Saturday, 5 December 2026, 19:30 (Europe/Vienna)",
        &format!("/bookings/{}/checkout", booking.booking_id),
    ] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    Ok(())
}

#[sqlx::test(migrations = "../../migrations/worker")]
async fn a_hold_is_mailed_about_later_and_only_while_it_lasts(pool: PgPool) -> Result<()> {
    let shop = Shop::open(&pool).await?;
    let held = |booking| {
        Message::BookingHeld(BookingHeld {
            booking,
            items: Vec::new(),
            total: Money::new(4500, Currency::EUR),
            expires_at: Utc::now() + chrono::Duration::minutes(10),
        })
    };
    let (kept, ended, late) = (
        shop.booking(event().id, 1),
        shop.booking(event().id, 1),
        shop.booking(event().id, 1),
    );
    shop.send(&held(kept.clone())).await?;
    shop.send(&held(ended.clone())).await?;
    shop.send(&Message::BookingExpired(HoldEnded {
        booking: ended.clone(),
    }))
    .await?;
    // Its end overtakes it.
    shop.send(&Message::BookingExpired(HoldEnded {
        booking: late.clone(),
    }))
    .await?;
    shop.send(&held(late.clone())).await?;
    let pool = &pool;
    for (booking, status) in [(&kept, "queued"), (&ended, "dropped"), (&late, "dropped")] {
        eventually(
            &format!("the mail about {} is {status}", booking.booking_id),
            PATIENCE,
            async || {
                let found: Option<String> =
                    sqlx::query_scalar("SELECT status FROM mails WHERE booking_id = $1")
                        .bind(booking.booking_id)
                        .fetch_optional(pool)
                        .await?;
                Ok(found.as_deref() == Some(status))
            },
        )
        .await?;
    }
    assert!(shop.smtp.mails().is_empty());
    Ok(())
}

#[sqlx::test(migrations = "../../migrations/worker")]
async fn every_other_kind_says_what_happened_to_the_money(pool: PgPool) -> Result<()> {
    let shop = Shop::open(&pool).await?;
    let event = event();
    shop.send(&Message::EventPublished(EventChanged {
        event: event.clone(),
        version: 1,
    }))
    .await?;
    let price = Money::new(4500, Currency::EUR);
    let cancelled = |reason| {
        Message::BookingCancelled(BookingCancelled {
            booking: shop.booking(event.id, 1),
            payment_id: Some(PaymentId::new()),
            ticket_ids: vec![contracts::TicketId::new()],
            tickets: Vec::new(),
            amount: price,
            reason,
            whole: true,
        })
    };
    let payment = PaymentRef {
        payment_id: PaymentId::new(),
        booking_id: contracts::BookingId::new(),
        user_id: shop.user.user_id,
        event_id: event.id,
        seats: 1,
        amount: price,
        version: 3,
    };
    let cases = [
        (
            "booking_cancelled",
            "You get 45.00 EUR back",
            cancelled(CancelReason::Buyer),
        ),
        (
            "event_cancelled",
            "no longer valid",
            cancelled(CancelReason::EventCancelled),
        ),
        (
            "payment_voided",
            "You were not charged",
            Message::PaymentVoided(PaymentVoided {
                payment: payment.clone(),
                reason: Some(RefusalReason::Expired),
            }),
        ),
        (
            "refunded",
            "CN-7",
            Message::PaymentRefunded(PaymentRefunded {
                payment,
                refund_id: RefundId::new(),
                ticket_ids: Vec::new(),
                refunded: price,
                credit_note: "CN-7".into(),
            }),
        ),
        (
            "password_reset",
            "/password-reset/confirm#token=secret",
            Message::PasswordResetRequested(PasswordReset {
                user_id: shop.user.user_id,
                email: "ada@example.com".into(),
                name: "Ada".into(),
                token: "secret".into(),
                expires_at: Utc::now() + chrono::Duration::hours(1),
            }),
        ),
    ];
    for (count, (kind, words, message)) in cases.into_iter().enumerate() {
        shop.send(&message).await?;
        let mails = shop.mails(count + 1).await?;
        let mail = mails.last().context("no mail")?;
        assert_eq!(mail.header("x-notification"), Some(kind));
        assert!(plain(mail)?.contains(words), "{kind}: {}", plain(mail)?);
    }
    Ok(())
}

#[sqlx::test(migrations = "../../migrations/worker")]
async fn a_reminder_follows_its_event(pool: PgPool) -> Result<()> {
    let shop = Shop::open(&pool).await?;
    let confirmed = shop.confirmed();
    let mut event = confirmed.event.clone();
    shop.send(&Message::BookingConfirmed(confirmed)).await?;
    shop.mails(1).await?;

    // Moved to in a day and a half: the reminder moves along; half a day later it is due.
    event.version = 2;
    event.starts_at = Utc::now() + chrono::Duration::hours(36);
    shop.send(&Message::EventUpdated(EventChanged {
        event: event.clone(),
        version: 2,
    }))
    .await?;
    let pool = &pool;
    eventually("the reminder moves", PATIENCE, async || {
        let soon: bool = sqlx::query_scalar(
            "SELECT not_before < now() + interval '13 hours' FROM mails WHERE kind = 'reminder'",
        )
        .fetch_one(pool)
        .await?;
        Ok(soon)
    })
    .await?;
    event.version = 3;
    event.status = EventStatus::Cancelled;
    shop.send(&Message::EventCancelled(EventCancelled {
        event,
        reason: None,
        version: 3,
    }))
    .await?;
    eventually("the reminder is dropped", PATIENCE, async || {
        Ok(ledger(pool, "reminder").await?.0 == "dropped")
    })
    .await
}

#[sqlx::test(migrations = "../../migrations/worker")]
async fn no_access_code_is_kept(pool: PgPool) -> Result<()> {
    let shop = Shop::open(&pool).await?;
    let fans = TicketTypeSnapshot {
        id: TicketTypeId::new(),
        name: "Fans".into(),
        price: Money::new(4500, Currency::EUR),
        capacity: 10,
        max_per_order: 4,
        sales_start: None,
        sales_end: None,
        kind: TicketTypeKind::General,
        seating_categories: Vec::new(),
        access_code_required: true,
        access_code: Some(AccessCode::new("Moonlight")),
    };
    let event = EventSnapshot {
        ticket_types: vec![fans],
        ..event()
    };
    shop.send(&Message::EventPublished(EventChanged { event, version: 1 }))
        .await?;
    let pool = &pool;
    let kept = async || -> Result<Option<String>> {
        let kept = sqlx::query_scalar("SELECT snapshot::text FROM events");
        Ok(kept.fetch_optional(pool).await?)
    };
    eventually("the event is kept", PATIENCE, async || {
        Ok(kept().await?.is_some())
    })
    .await?;
    let kept = kept().await?.unwrap_or_default();
    assert!(
        kept.contains("Fans") && !kept.contains("Moonlight"),
        "{kept}"
    );
    Ok(())
}

/// The plain-text part, decoded.
fn plain(mail: &Mail) -> Result<String> {
    let (_, rest) = mail
        .data
        .split_once("Content-Type: text/plain")
        .context("no text")?;
    let (headers, body) = rest.split_once("\r\n\r\n").context("no body")?;
    let body = body.split("\r\n--").next().unwrap_or_default();
    if headers.contains("base64") {
        use base64::Engine as _;
        let packed: String = body.split_whitespace().collect();
        return Ok(String::from_utf8(
            base64::prelude::BASE64_STANDARD.decode(packed)?,
        )?);
    }
    if !headers.contains("quoted-printable") {
        return Ok(body.to_owned());
    }
    let joined = body.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'=' {
            let hex: String = rest.by_ref().take(2).map(char::from).collect();
            bytes.push(u8::from_str_radix(&hex, 16)?);
        } else {
            bytes.push(byte);
        }
    }
    Ok(String::from_utf8(bytes)?)
}
