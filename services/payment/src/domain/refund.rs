//! What goes back when tickets are cancelled: each ticket's money once, and never more than was paid.

use std::{collections::BTreeSet, str::FromStr};

use contracts::{Money, TicketId, ticket::CancelledTicket};
use serde::Serialize;
use utoipa::ToSchema;

/// Where a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// Asked for; the tickets are to be cancelled first.
    Requested,
    /// Decided; the provider is to pay it.
    Pending,
    /// The provider has paid it; there is a credit note.
    Succeeded,
    /// It was refused for good.
    Failed,
}

impl RefundStatus {
    pub const ALL: [Self; 4] = [
        Self::Requested,
        Self::Pending,
        Self::Succeeded,
        Self::Failed,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such state of a refund")]
pub struct UnknownRefundStatus;

impl FromStr for RefundStatus {
    type Err = UnknownRefundStatus;

    fn from_str(text: &str) -> Result<Self, UnknownRefundStatus> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or(UnknownRefundStatus)
    }
}

/// What one message about cancelled tickets gives back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// In minor units of the payment's currency.
    pub amount: i64,
    /// The tickets whose money goes back now, with their prices.
    pub tickets: Vec<CancelledTicket>,
    /// What was asked beyond what was left of the payment, in minor units. Not zero means that somebody's books are wrong.
    pub beyond: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("the amount is in another currency than the payment")]
    Currency,
    #[error("the amount is negative or out of range")]
    Amount,
}

/// Plans the refund of `tickets`, of which those in `already` had theirs, out of a payment of `paid` of which `reserved` minor
/// units belong to other refunds. `None` when there is nothing new.
pub fn plan(
    paid: Money,
    reserved: i64,
    already: &BTreeSet<TicketId>,
    tickets: &[CancelledTicket],
    amount: Money,
) -> Result<Option<Plan>, PlanError> {
    let mut seen = already.clone();
    let new: Vec<CancelledTicket> = tickets
        .iter()
        .filter(|ticket| seen.insert(ticket.id))
        .cloned()
        .collect();
    if new.is_empty() {
        return Ok(None);
    }
    if amount.currency != paid.currency || new.iter().any(|t| t.price.currency != paid.currency) {
        return Err(PlanError::Currency);
    }
    // The message's amount stands for all of its tickets; for some of them, their prices do.
    let wanted = if new.len() == tickets.len() {
        amount.amount
    } else {
        Money::sum(paid.currency, new.iter().map(|ticket| ticket.price))
            .map_err(|_| PlanError::Amount)?
            .amount
    };
    if wanted < 0 || new.iter().any(|ticket| ticket.price.amount < 0) {
        return Err(PlanError::Amount);
    }
    let left = paid.amount - reserved;
    let amount = wanted.min(left);
    Ok(Some(Plan {
        amount,
        tickets: new,
        beyond: wanted - amount,
    }))
}

#[cfg(test)]
mod tests {
    use contracts::Currency;

    use super::*;

    fn eur(amount: i64) -> Money {
        Money::new(amount, Currency::EUR)
    }

    fn ticket(price: i64) -> CancelledTicket {
        CancelledTicket {
            id: TicketId::new(),
            price: eur(price),
        }
    }

    #[test]
    fn gives_each_ticket_back_once() {
        let (a, b) = (ticket(1000), ticket(1500));
        let both = [a.clone(), b.clone()];
        let first = plan(
            eur(2500),
            0,
            &BTreeSet::new(),
            std::slice::from_ref(&a),
            eur(1000),
        );
        let first = first.unwrap().unwrap();
        assert_eq!((first.amount, first.beyond), (1000, 0));

        let already = BTreeSet::from([a.id]);
        let second = plan(eur(2500), 1000, &already, &both, eur(2500))
            .unwrap()
            .unwrap();
        assert_eq!((second.amount, second.tickets), (1500, vec![b.clone()]));

        let already = BTreeSet::from([a.id, b.id]);
        assert_eq!(plan(eur(2500), 2500, &already, &both, eur(2500)), Ok(None));
    }

    #[test]
    fn a_ticket_named_twice_in_one_message_counts_once() {
        let a = ticket(1000);
        let twice = [a.clone(), a];
        let plan = plan(eur(2000), 0, &BTreeSet::new(), &twice, eur(2000))
            .unwrap()
            .unwrap();
        assert_eq!((plan.amount, plan.tickets.len()), (1000, 1));
    }

    #[test]
    fn never_gives_more_than_is_left() {
        let tickets = [ticket(3000)];
        let plan = plan(eur(2500), 500, &BTreeSet::new(), &tickets, eur(3000))
            .unwrap()
            .unwrap();
        assert_eq!((plan.amount, plan.beyond), (2000, 1000));
    }

    #[test]
    fn refuses_other_money() {
        let usd = Money::new(100, "USD".parse().unwrap());
        let none = BTreeSet::new();
        let tickets = [ticket(100)];
        assert_eq!(
            plan(eur(100), 0, &none, &tickets, usd),
            Err(PlanError::Currency)
        );
        assert_eq!(
            plan(eur(100), 0, &none, &tickets, eur(-1)),
            Err(PlanError::Amount)
        );
    }
}
