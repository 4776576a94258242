//! Places that come back: holds that their buyers release, and tickets that are cancelled one booking at a time.

use chrono::{DateTime, Utc};
use contracts::{TicketId, messages::CancelReason};
use sqlx::PgConnection;

use super::{
    batch::Batch,
    cancel::{Cancel, Selection, cancel},
    changes::Changes,
    checkout::may_become,
    end::end,
    error::Error,
    work::{Outcome, Work},
};
use crate::{
    domain::{Booking, BookingStatus, Refusal, booking::Reason},
    store::bookings::Record,
};

/// What is to be done with a booking.
enum Step<'a> {
    Release,
    Cancel(Selection<'a>, CancelReason),
    Nothing,
}

/// Does all of the batch's work that gives places back, but for holds that ran out.
pub(super) async fn run(
    connection: &mut PgConnection,
    changes: &mut Changes,
    batch: &mut Batch<'_>,
) -> Result<(), Error> {
    let mut released = Vec::new();
    let mut cancelled = Vec::new();
    for (place, job) in batch.open().collect::<Vec<_>>() {
        let Some(decided) = decide(batch, changes.now, &job.work) else {
            continue;
        };
        match decided {
            Err(refusal) => batch.answer(place, Err(refusal.into())),
            Ok((_, Step::Nothing)) => batch.answer(place, Ok(Outcome::Nothing)),
            Ok((record, Step::Release)) => released.push((place, record.booking)),
            Ok((record, Step::Cancel(selection, why))) => {
                let wanted_by_buyer = matches!(job.work, Work::GiveBack { .. });
                cancelled.push((
                    (place, wanted_by_buyer),
                    Cancel {
                        record,
                        selection,
                        why,
                    },
                ));
            }
        }
    }
    release(&mut *connection, changes, batch, released).await?;

    let (places, cancels): (Vec<_>, Vec<_>) = cancelled.into_iter().unzip();
    let outcomes = cancel(connection, changes, cancels).await?;
    for ((place, wanted_by_buyer), outcome) in places.into_iter().zip(outcomes) {
        let answer = match outcome {
            Ok(Some(booking)) => Ok(Outcome::changed(booking)),
            Ok(None) if wanted_by_buyer => Err(Refusal::NothingToCancel.into()),
            Ok(None) => Ok(Outcome::Nothing),
            Err(refusal) => Err(refusal.into()),
        };
        batch.answer(place, answer);
    }
    Ok(())
}

async fn release(
    connection: &mut PgConnection,
    changes: &mut Changes,
    batch: &mut Batch<'_>,
    released: Vec<(usize, Booking)>,
) -> Result<(), Error> {
    let ids: Vec<_> = released.iter().map(|(_, booking)| booking.id).collect();
    end(
        connection,
        changes,
        &ids,
        BookingStatus::Released,
        Reason::Buyer,
    )
    .await?;
    for (place, mut booking) in released {
        booking.status = BookingStatus::Released;
        booking.version += 1;
        batch.answer(place, Ok(Outcome::changed(booking)));
    }
    Ok(())
}

/// What the work does with its booking; `None` for work that is not of this kind.
fn decide<'a>(
    batch: &mut Batch<'_>,
    now: DateTime<Utc>,
    work: &'a Work,
) -> Option<Result<(Record, Step<'a>), Refusal>> {
    match work {
        Work::GiveBack {
            user,
            booking,
            tickets,
        } => Some(
            batch
                .existing
                .take_owned(*booking, *user)
                .and_then(|record| {
                    let step = buyers_step(&record, now, tickets.as_deref())?;
                    Ok((record, step))
                }),
        ),
        Work::Refund(request) => {
            let record = batch.existing.take(request.booking_id);
            let selection = match &request.ticket_ids {
                Some(ids) => Selection::Among(ids),
                None => Selection::All,
            };
            // Only the owner's, and only what that payment paid.
            let allowed = |record: &Record| {
                record.booking.user_id == request.user_id
                    && record.booking.payment_id == Some(request.payment_id)
                    && record.event.ends_at > now
            };
            Some(confirmed_step(
                record,
                allowed,
                Step::Cancel(selection, CancelReason::Buyer),
            ))
        }
        Work::TakeBack(payment) => {
            let record = batch.existing.take(payment.booking_id);
            let allowed = |record: &Record| record.booking.payment_id == Some(payment.payment_id);
            let step = Step::Cancel(Selection::Unpaid, CancelReason::CaptureFailed);
            Some(confirmed_step(record, allowed, step))
        }
        _ => None,
    }
}

fn buyers_step<'a>(
    record: &Record,
    now: DateTime<Utc>,
    tickets: Option<&'a [TicketId]>,
) -> Result<Step<'a>, Refusal> {
    match record.booking.status {
        BookingStatus::Confirmed if record.event.ends_at <= now => Err(Refusal::EventOver),
        BookingStatus::Confirmed => Ok(Step::Cancel(
            tickets.map_or(Selection::All, Selection::Exactly),
            CancelReason::Buyer,
        )),
        BookingStatus::Cancelled => Err(Refusal::InvalidTransition {
            from: BookingStatus::Cancelled,
            to: BookingStatus::Cancelled,
        }),
        _ => {
            match may_become(record, BookingStatus::Released) {
                // The hold of a cancelled event may be given back like any other.
                Ok(()) | Err(Refusal::EventNotOnSale) => {}
                Err(refusal) => return Err(refusal),
            }
            if tickets.is_some() {
                return Err(Refusal::invalid("/ticket_ids", "a hold has no tickets yet"));
            }
            Ok(Step::Release)
        }
    }
}

/// `step` for a confirmed booking that is `allowed`, else nothing. A booking that is not there is a fault of the sender.
fn confirmed_step(
    record: Option<Record>,
    allowed: impl Fn(&Record) -> bool,
    step: Step<'_>,
) -> Result<(Record, Step<'_>), Refusal> {
    let record = record.ok_or(Refusal::NotFound("booking"))?;
    if record.booking.status == BookingStatus::Confirmed && allowed(&record) {
        Ok((record, step))
    } else {
        tracing::info!(booking_id = %record.booking.id, "there is nothing to cancel");
        Ok((record, Step::Nothing))
    }
}
