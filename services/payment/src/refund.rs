//! Asking for money back. Booking decides by cancelling the tickets; what follows is in [`crate::consume`].

use axum::http::StatusCode;
use contracts::{Message, PaymentId, RefundId, TicketId, UserId, messages::RefundRequested};
use kit::{Problem, outbox, problem::FieldError};
use sqlx::PgConnection;

use crate::{
    domain::{payment::Status, refund::RefundStatus},
    store::{
        operations,
        payments::{self, Payment},
        refunds::{self, Refund},
    },
};

/// Asks for the money of `tickets`, or of all that are left, of a payment of `owner`'s, or with `None` of anybody's.
///
/// A refund that the provider refused is tried again: its tickets are cancelled already. The caller commits, and then calls
/// [`crate::App::wake`].
pub(crate) async fn request(
    connection: &mut PgConnection,
    id: PaymentId,
    owner: Option<UserId>,
    tickets: Option<&[TicketId]>,
) -> Result<(Payment, Refund), Problem> {
    let payment = payments::lock_of(connection, id, owner)
        .await?
        .filter(|payment| payment.order.is_some())
        .ok_or_else(|| Problem::not_found("payment"))?;
    if !matches!(payment.status, Status::Authorised | Status::Captured) {
        return Err(nothing_to_refund("No money was taken."));
    }
    if let Some(tickets) = tickets {
        let unknown = refunds::unknown_tickets(&mut *connection, id, tickets).await?;
        if !unknown.is_empty() {
            return Err(not_of_this_payment(tickets, &unknown));
        }
    }
    let left = refunds::refundable_tickets(&mut *connection, id).await?;
    let refund = match tickets {
        None if left.is_empty() => refused(connection, id, &[]).await?,
        Some(tickets) if !tickets.iter().all(|ticket| left.contains(ticket)) => {
            refused(connection, id, tickets).await?
        }
        _ => None,
    };
    let refund = match (refund, tickets) {
        (Some(refund), _) => revive(connection, refund).await?,
        (None, None) if left.is_empty() => {
            return Err(nothing_to_refund(
                "Every ticket's money went back, or is on its way.",
            ));
        }
        (None, Some(tickets)) if !tickets.iter().all(|ticket| left.contains(ticket)) => {
            let gone: Vec<_> = tickets.iter().filter(|id| !left.contains(id)).collect();
            return Err(Problem::conflict("already_refunded", "Already refunded")
                .detail("These tickets' money went back, or is on its way.")
                .with("ticket_ids", gone));
        }
        (None, tickets) => {
            let refund = RefundId::new();
            refunds::request(connection, refund, id, tickets).await?;
            let message = Message::RefundRequested(RefundRequested {
                payment_id: id,
                booking_id: payment.booking_id,
                user_id: payment.user_id,
                ticket_ids: tickets.map(<[_]>::to_vec),
            });
            outbox::add(connection, &message).await?;
            refund
        }
    };
    let refund = refunds::find(&mut *connection, id, refund)
        .await?
        .ok_or_else(|| Problem::internal(anyhow::anyhow!("refund {refund} is gone")))?;
    Ok((payment, refund))
}

/// The oldest refund of these tickets, all of them, that the provider refused.
async fn refused(
    connection: &mut PgConnection,
    payment: PaymentId,
    tickets: &[TicketId],
) -> sqlx::Result<Option<RefundId>> {
    let all = refunds::list(&mut *connection, payment).await?;
    let found = all.into_iter().rev().find(|refund| {
        let of = refund.tickets.as_deref().unwrap_or_default();
        refund.status == RefundStatus::Failed
            && refund.amount.is_some()
            && tickets.iter().all(|ticket| of.contains(ticket))
    });
    Ok(found.map(|refund| refund.id))
}

async fn revive(connection: &mut PgConnection, refund: RefundId) -> Result<RefundId, Problem> {
    if refunds::revive(connection, refund).await?
        && operations::revive_refund(connection, refund).await?
    {
        return Ok(refund);
    }
    Err(nothing_to_refund("The refund can't be tried again."))
}

fn nothing_to_refund(detail: &str) -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "nothing_to_refund",
        "Nothing to refund",
    )
    .detail(detail)
}

fn not_of_this_payment(tickets: &[TicketId], unknown: &[TicketId]) -> Problem {
    let errors = tickets
        .iter()
        .enumerate()
        .filter(|(_, ticket)| unknown.contains(ticket))
        .map(|(index, _)| {
            FieldError::new(
                format!("/ticket_ids/{index}"),
                "is no ticket of this payment",
            )
        })
        .collect();
    Problem::unprocessable(errors)
}
