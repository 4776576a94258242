//! What becomes of a payment when the provider has spoken, in one transaction under the payment's lock: its state, the messages,
//! the receipt, the answer to the request that waits for it.

use chrono::Utc;
use contracts::{
    Message, Money,
    messages::{PaymentFailed, PaymentRefunded, PaymentVoided, RefusalReason},
};
use kit::outbox;
use metrics::counter;
use serde_json::Value;
use sqlx::PgConnection;

use crate::{
    App,
    answer::answer,
    domain::{
        document::{Document, Kind, Line, Seller, credited},
        payment::{Decision, Failure, ProviderState, Status, Step, step},
    },
    providers::{Intent, Provider},
    store::{
        buyers, documents, keys,
        operations::{self, Decided, End},
        payments::{self, Payment},
        refunds::{self, Refund},
    },
};

/// Applies what the provider says about a locked payment; true when that changed something.
///
/// The caller commits, and then calls [`App::wake`].
pub(crate) async fn apply(
    app: &App,
    connection: &mut PgConnection,
    payment: &mut Payment,
    intent: &Intent,
) -> sqlx::Result<bool> {
    let decided = operations::decided(connection, payment.id).await?;
    let mut next = step(
        payment.status,
        decided.as_ref().map(|decided| decided.decision),
        &intent.state,
    );
    if payment.reference.is_none() {
        payment.reference = Some(intent.reference.clone());
    }
    if next == Step::Authorise && payment.order()?.amount != intent.amount {
        tracing::error!(
            payment_id = %payment.id,
            "the provider reserved {} instead of {}", intent.amount, payment.order()?.amount
        );
        next = Step::Fail {
            failure: Failure::amount_mismatch(),
            after_authorisation: false,
        };
        operations::decide(connection, payment.id, Decision::Void, None).await?;
    }
    take(app, connection, payment, decided, next).await
}

/// Ends a locked payment for which the provider has nothing; true when that changed something.
pub(crate) async fn fail(
    app: &App,
    connection: &mut PgConnection,
    payment: &mut Payment,
    failure: Failure,
) -> sqlx::Result<bool> {
    let decided = operations::decided(connection, payment.id).await?;
    let next = step(
        payment.status,
        decided.as_ref().map(|decided| decided.decision),
        &ProviderState::Failed(failure),
    );
    take(app, connection, payment, decided, next).await
}

async fn take(
    app: &App,
    connection: &mut PgConnection,
    payment: &mut Payment,
    decided: Option<Decided>,
    next: Step,
) -> sqlx::Result<bool> {
    let reconcile_after = app.settings.reconcile_after;
    match next {
        Step::Stay => return Ok(false),
        Step::GiveBack => {
            tracing::warn!(payment_id = %payment.id, "money is reserved for a payment that has ended; letting it go");
            operations::decide(connection, payment.id, Decision::Void, None).await?;
            // The status stays, but the provider's name for it must be known to whoever lets go.
            payments::save(connection, payment, None).await?;
            return Ok(true);
        }
        Step::RequireAction(url) => {
            payment.status = Status::RequiresAction;
            payment.next_action_url = Some(url);
            payments::save(connection, payment, Some(reconcile_after)).await?;
        }
        Step::Authorise => {
            payment.status = Status::Authorised;
            payment.next_action_url = None;
            payments::save(connection, payment, Some(reconcile_after)).await?;
            let message = Message::PaymentAuthorised(payment.as_changed()?);
            outbox::add(connection, &message).await?;
        }
        Step::Capture => {
            payment.status = Status::Captured;
            payments::save(connection, payment, None).await?;
            if let Some(decided) = &decided {
                operations::end(connection, decided.id, End::Done, None).await?;
            }
            operations::release_refunds(connection, payment.id).await?;
            let message = Message::PaymentCaptured(payment.as_changed()?);
            outbox::add(connection, &message).await?;
            issue_receipt(app, connection, payment).await?;
        }
        Step::Void => {
            payment.status = Status::Voided;
            payments::save(connection, payment, None).await?;
            drop_refunds(connection, payment).await?;
            let reason = decided
                .as_ref()
                .and_then(|decided| decided.reason.as_deref());
            let message = Message::PaymentVoided(PaymentVoided {
                payment: payment.as_message()?,
                reason: reason.and_then(read_reason),
            });
            outbox::add(connection, &message).await?;
            if let Some(decided) = &decided {
                operations::end(connection, decided.id, End::Done, None).await?;
            }
        }
        Step::Fail {
            failure,
            after_authorisation,
        } => {
            payment.status = Status::Failed;
            payment.next_action_url = None;
            let code = failure.code.clone();
            if let Some(decided) = &decided {
                operations::end(connection, decided.id, End::Refused, Some(&code)).await?;
            }
            payment.failure = Some(failure);
            // Once more later: a provider that refused to take money may still reserve it.
            let check_after = after_authorisation.then_some(reconcile_after);
            payments::save(connection, payment, check_after).await?;
            drop_refunds(connection, payment).await?;
            let message = Message::PaymentFailed(PaymentFailed {
                payment: payment.as_message()?,
                after_authorisation,
                code,
            });
            outbox::add(connection, &message).await?;
        }
    }
    counter!("payments_total", "outcome" => payment.status.as_str()).increment(1);
    if matches!(
        payment.status,
        Status::RequiresAction | Status::Authorised | Status::Failed
    ) {
        let kept = answer(app, payment)?;
        keys::finish(connection, payment.user_id, &payment.idempotency_key, &kept).await?;
    }
    Ok(true)
}

/// How a refusal's reason is kept with the decision to void.
pub(crate) fn write_reason(reason: RefusalReason) -> Option<String> {
    match serde_json::to_value(reason) {
        Ok(Value::String(text)) => Some(text),
        _ => None,
    }
}

fn read_reason(text: &str) -> Option<RefusalReason> {
    serde_json::from_value(Value::String(text.to_owned())).ok()
}

/// Refunds that waited for a capture that never comes: there is nothing to give back.
async fn drop_refunds(connection: &mut PgConnection, payment: &Payment) -> sqlx::Result<()> {
    let failure = Failure::new("not_captured", "No money was taken, so none goes back.");
    for refund in operations::drop_waiting_refunds(connection, payment.id).await? {
        refunds::end(connection, refund, None, Some(&failure)).await?;
    }
    Ok(())
}

async fn issue_receipt(
    app: &App,
    connection: &mut PgConnection,
    payment: &Payment,
) -> sqlx::Result<()> {
    let order = payment.order()?;
    let mut lines: Vec<Line> = order.purchase.lines.iter().filter_map(Line::of).collect();
    let sum = Money::sum(order.amount.currency, lines.iter().map(|line| line.total));
    if sum != Ok(order.amount) {
        tracing::error!(payment_id = %payment.id, "the booking's lines don't add up to {}", order.amount);
        lines = vec![Line {
            description: order.purchase.event.title.clone(),
            quantity: 1,
            unit_price: order.amount,
            total: order.amount,
        }];
    }
    let document = blank(app, connection, payment, lines, order.amount).await?;
    issue(connection, Kind::Receipt, None, document).await?;
    Ok(())
}

/// Ends a refund of a locked payment that the provider has paid: the sums, the credit note and the message.
pub(crate) async fn refunded(
    app: &App,
    connection: &mut PgConnection,
    payment: &mut Payment,
    refund: &Refund,
    reference: &str,
) -> sqlx::Result<bool> {
    if !refunds::end(connection, refund.id, Some(reference), None).await? {
        return Ok(false);
    }
    let currency = payment.order()?.amount.currency;
    let amount = Money::new(refund.amount.unwrap_or_default(), currency);
    refunds::add_to_sums(connection, payment, 0, amount.amount).await?;
    let tickets = refunds::described_tickets(&mut *connection, refund.id).await?;
    let ticket_ids = tickets.iter().map(|(id, ..)| *id).collect();
    let described: Vec<_> = tickets
        .into_iter()
        .map(|(_, description, price)| (description, price))
        .collect();
    let mut document = blank(
        app,
        connection,
        payment,
        credited(&described, amount),
        amount,
    )
    .await?;
    let receipt = documents::receipt(&mut *connection, payment.id, None).await?;
    if let Some(receipt) = receipt {
        // Who sold what to whom is what the receipt says.
        document.seller = receipt.seller;
        document.buyer = receipt.buyer;
        document.event = receipt.event;
        document.receipt_number = Some(receipt.number);
    }
    let credit_note = issue(connection, Kind::CreditNote, Some(refund), document).await?;
    let message = Message::PaymentRefunded(PaymentRefunded {
        payment: payment.as_message()?,
        refund_id: refund.id,
        ticket_ids,
        refunded: amount,
        credit_note,
    });
    outbox::add(connection, &message).await?;
    counter!("refunds_total", "outcome" => "succeeded").increment(1);
    Ok(true)
}

/// A document about a payment, without a number.
async fn blank(
    app: &App,
    connection: &mut PgConnection,
    payment: &Payment,
    lines: Vec<Line>,
    total: Money,
) -> sqlx::Result<Document> {
    let order = payment.order()?;
    Ok(Document {
        number: String::new(),
        receipt_number: None,
        issued_at: Utc::now(),
        payment_id: payment.id,
        booking_id: payment.booking_id,
        seller: Seller {
            name: order.purchase.seller.clone(),
        },
        buyer: buyers::find(connection, payment.user_id).await?,
        event: order.purchase.event.clone(),
        lines,
        total,
        provider: payment.provider.clone(),
        test_mode: app
            .providers
            .get(&payment.provider)
            .is_some_and(Provider::test_mode),
    })
}

/// Gives a document its number and issues it. Everybody else who issues one waits from here on until the transaction ends.
async fn issue(
    connection: &mut PgConnection,
    kind: Kind,
    refund: Option<&Refund>,
    mut document: Document,
) -> sqlx::Result<String> {
    let number = documents::next_number(connection, kind).await?;
    document.number = kind.number(number);
    // Later than the number before was given out, so that numbers and times have one order.
    document.issued_at = Utc::now();
    documents::add(
        connection,
        kind,
        number,
        refund.map(|refund| refund.id),
        &document,
    )
    .await?;
    Ok(document.number)
}
