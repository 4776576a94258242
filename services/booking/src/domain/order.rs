//! What a buyer asks for, checked against what the event offers.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contracts::{
    EventSnapshot, EventStatus, Money, MoneyError, SeatGuid, TicketTypeId, TicketTypeKind,
    TicketTypeSnapshot, ticket::BookingLine,
};

use super::{Closed, Refusal};

/// Most places of one ticket type in one booking, whatever the event allows.
pub const MAX_QUANTITY: u32 = 1_000;
/// Most ticket types in one booking.
pub const MAX_ITEMS: usize = 20;
/// Most picked seats in one booking.
pub const MAX_SEATS: usize = 100;

/// The ways to ask for places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Places of general-admission ticket types.
    Items(Vec<(TicketTypeId, u32)>),
    /// So many places of the event's only general-admission ticket type.
    Places(u32),
    /// Exactly these seats.
    Seats(Vec<SeatGuid>),
    /// So many seats next to each other, or as nearly so as can be where they may be split.
    BestAvailable {
        ticket_type_id: TicketTypeId,
        quantity: u32,
        split: bool,
    },
}

impl Wanted {
    /// Resolves the short form and checks all that needs no stock: ticket types, limits per order, sales windows, and what is
    /// `closed`. Picked seats are checked by [`check_line`] and [`Closed::check`] once their ticket types are known.
    pub fn check(
        self,
        event: &EventSnapshot,
        closed: &Closed,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        if event.status != EventStatus::Published {
            return Err(Refusal::EventNotOnSale);
        }
        match self {
            Self::Places(quantity) => {
                let mut general = event
                    .ticket_types
                    .iter()
                    .filter(|kind| kind.kind == TicketTypeKind::General);
                let (Some(only), None) = (general.next(), general.next()) else {
                    return Err(Refusal::invalid(
                        "/seats",
                        "a number works only for an event with one general-admission ticket type; send items",
                    ));
                };
                check_line(event, only, quantity, now)?;
                closed.check(only.id)?;
                Ok(Self::Items(vec![(only.id, quantity)]))
            }
            Self::Items(items) => {
                for (index, (id, quantity)) in items.iter().enumerate() {
                    let pointer = || format!("/items/{index}/ticket_type_id");
                    if items[..index].iter().any(|(other, _)| other == id) {
                        return Err(Refusal::invalid(pointer(), "is named twice"));
                    }
                    let kind = ticket_type(event, *id).ok_or_else(|| {
                        Refusal::invalid(pointer(), "is no ticket type of this event")
                    })?;
                    if kind.kind == TicketTypeKind::Seated {
                        return Err(Refusal::invalid(
                            pointer(),
                            "has numbered seats; send seats or best_available",
                        ));
                    }
                    check_line(event, kind, *quantity, now)?;
                    closed.check(*id)?;
                }
                Ok(Self::Items(items))
            }
            Self::BestAvailable {
                ticket_type_id,
                quantity,
                ..
            } => {
                let pointer = "/best_available/ticket_type_id";
                let kind = ticket_type(event, ticket_type_id)
                    .ok_or_else(|| Refusal::invalid(pointer, "is no ticket type of this event"))?;
                if kind.kind == TicketTypeKind::General {
                    return Err(Refusal::invalid(
                        pointer,
                        "has no numbered seats; send items",
                    ));
                }
                check_line(event, kind, quantity, now)?;
                closed.check(ticket_type_id)?;
                Ok(self)
            }
            Self::Seats(_) => {
                // Where every seat is closed it does not matter which they are.
                let mut seated = event.ticket_types.iter().filter(|kind| is_seated(kind));
                let first = seated.next().map_or(Ok(()), |kind| closed.check(kind.id));
                if first.is_err() && seated.all(|kind| closed.check(kind.id).is_err()) {
                    first?;
                }
                Ok(self)
            }
        }
    }
}

pub fn ticket_type(event: &EventSnapshot, id: TicketTypeId) -> Option<&TicketTypeSnapshot> {
    event.ticket_types.iter().find(|kind| kind.id == id)
}

/// Whether its seats are numbered.
pub fn is_seated(kind: &TicketTypeSnapshot) -> bool {
    kind.kind == TicketTypeKind::Seated
}

/// Whether `quantity` of `kind` may be ordered now. An event that is over sells nothing, whatever its sales windows say.
pub fn check_line(
    event: &EventSnapshot,
    kind: &TicketTypeSnapshot,
    quantity: u32,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    if let Some(start) = kind.sales_start
        && now < start
    {
        return Err(Refusal::SalesNotStarted(start));
    }
    let end = kind
        .sales_end
        .map_or(event.ends_at, |end| end.min(event.ends_at));
    if now >= end {
        return Err(Refusal::SalesClosed(end));
    }
    if quantity > kind.max_per_order {
        return Err(Refusal::TooManyPerOrder {
            ticket_type_id: kind.id,
            max: kind.max_per_order,
        });
    }
    Ok(())
}

/// The lines of an order by ticket type; prices are the event's.
pub fn lines(
    event: &EventSnapshot,
    quantities: &BTreeMap<TicketTypeId, (u32, Vec<SeatGuid>)>,
) -> Result<(Vec<BookingLine>, Money), Refusal> {
    let mut lines = Vec::with_capacity(quantities.len());
    let mut total: Option<Money> = None;
    for (id, (quantity, seats)) in quantities {
        let kind = ticket_type(event, *id).ok_or(Refusal::NotFound("ticket_type"))?;
        let line = kind.price.checked_mul(*quantity).map_err(wrong)?;
        total = Some(match total {
            Some(sum) => sum.checked_add(line).map_err(wrong)?,
            None => line,
        });
        lines.push(BookingLine {
            ticket_type_id: *id,
            name: kind.name.clone(),
            quantity: *quantity,
            unit_price: kind.price,
            seats: seats.clone(),
        });
    }
    let total = total.ok_or_else(|| Refusal::invalid("", "asks for nothing"))?;
    Ok((lines, total))
}

fn wrong(error: MoneyError) -> Refusal {
    Refusal::invalid(
        "",
        match error {
            MoneyError::Mixed => {
                "these ticket types are sold in different currencies; book them apart"
            }
            _ => "the total is out of range",
        },
    )
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use contracts::{AccessCode, Currency, EventId, OrganisationId};

    use super::{super::GivenCode, *};

    fn event(kinds: &[TicketTypeKind]) -> EventSnapshot {
        let now = Utc::now();
        EventSnapshot {
            id: EventId::new(),
            organisation_id: OrganisationId::new(),
            organisation_name: "O".into(),
            title: "E".into(),
            status: EventStatus::Published,
            starts_at: now + TimeDelta::days(1),
            ends_at: now + TimeDelta::days(2),
            time_zone: "UTC".into(),
            venue: None,
            seating_plan_id: None,
            max_per_buyer: None,
            waiting_room: false,
            ticket_types: kinds
                .iter()
                .map(|kind| TicketTypeSnapshot {
                    id: TicketTypeId::new(),
                    name: "T".into(),
                    price: Money::new(1_000, Currency::EUR),
                    capacity: 10,
                    max_per_order: 4,
                    sales_start: None,
                    sales_end: None,
                    kind: *kind,
                    seating_categories: Vec::new(),
                    access_code_required: false,
                    access_code: None,
                })
                .collect(),
            version: 1,
        }
    }

    #[test]
    fn the_short_form_needs_one_general_type() {
        use TicketTypeKind::{General, Seated};
        let now = Utc::now();
        let one = event(&[General, Seated]);
        assert_eq!(
            Wanted::Places(2).check(&one, &Closed::default(), now),
            Ok(Wanted::Items(vec![(one.ticket_types[0].id, 2)]))
        );
        for kinds in [&[General, General][..], &[Seated], &[]] {
            let refusal = Wanted::Places(2)
                .check(&event(kinds), &Closed::default(), now)
                .unwrap_err();
            assert_eq!(refusal.code(), "invalid_request");
        }
    }

    #[test]
    fn windows_and_limits_are_the_events() {
        let now = Utc::now();
        let mut event = event(&[TicketTypeKind::General]);
        let code = |event: &EventSnapshot, quantity| {
            Wanted::Places(quantity)
                .check(event, &Closed::default(), now)
                .map_or_else(|refusal| refusal.code(), |_| "ok")
        };
        assert_eq!(code(&event, 4), "ok");
        assert_eq!(code(&event, 5), "too_many_per_order");
        event.ticket_types[0].sales_start = Some(now + TimeDelta::seconds(1));
        assert_eq!(code(&event, 1), "sales_not_started");
        event.ticket_types[0].sales_start = Some(now);
        assert_eq!(code(&event, 1), "ok");
        event.ticket_types[0].sales_end = Some(now);
        assert_eq!(code(&event, 1), "sales_closed");
        event.ticket_types[0].sales_end = None;
        event.ends_at = now;
        assert_eq!(code(&event, 1), "sales_closed");
        event.status = EventStatus::Cancelled;
        assert_eq!(code(&event, 1), "event_not_on_sale");
    }

    #[test]
    fn a_code_opens_the_types_that_have_it_and_no_other() {
        use TicketTypeKind::{General, Seated};
        let now = Utc::now();
        let mut event = event(&[General, General, General, Seated, Seated]);
        let ids: Vec<_> = event.ticket_types.iter().map(|kind| kind.id).collect();
        for (n, code) in [(0, "Fans"), (1, "FANS"), (2, "Press"), (3, "Fans")] {
            event.ticket_types[n].access_code_required = true;
            event.ticket_types[n].access_code = Some(AccessCode::new(code));
        }
        let code = |event: &EventSnapshot, wanted: &Wanted, given: Option<&str>| {
            let given = given.map(GivenCode::new);
            let closed = Closed::to(given.as_ref(), event);
            wanted
                .clone()
                .check(event, &closed, now)
                .map_or_else(|refusal| refusal.code(), |_| "ok")
        };
        let items = |which: &[usize]| Wanted::Items(which.iter().map(|n| (ids[*n], 1)).collect());
        let best = Wanted::BestAvailable {
            ticket_type_id: ids[3],
            quantity: 1,
            split: false,
        };
        for (wanted, given, expected) in [
            (items(&[0]), None, "access_code_required"),
            (items(&[0]), Some(" "), "access_code_required"),
            (items(&[0]), Some("Press"), "access_code_wrong"),
            (items(&[0, 1]), Some("fans"), "ok"),
            (items(&[0, 2]), Some("fans"), "access_code_wrong"),
            (best.clone(), None, "access_code_required"),
            (best, Some("fans"), "ok"),
        ] {
            assert_eq!(code(&event, &wanted, given), expected, "{wanted:?}");
        }
        // Seats of the other type may be meant.
        let seats = Wanted::Seats(vec![SeatGuid::try_from("A-1".to_owned()).unwrap()]);
        assert_eq!(code(&event, &seats, None), "ok");
        event.ticket_types[4].access_code_required = true;
        assert_eq!(code(&event, &seats, None), "access_code_required");
        assert_eq!(code(&event, &seats, Some("press")), "access_code_wrong");
        assert_eq!(code(&event, &seats, Some("fans")), "ok");
        // It has a code that was not heard.
        event.ticket_types[0].access_code = None;
        assert_eq!(
            code(&event, &items(&[0]), Some("fans")),
            "access_code_not_heard"
        );
    }

    #[test]
    fn totals_never_mix_or_overflow() {
        let mut event = event(&[TicketTypeKind::General, TicketTypeKind::General]);
        let ids: Vec<_> = event.ticket_types.iter().map(|kind| kind.id).collect();
        let both = BTreeMap::from([(ids[0], (2, vec![])), (ids[1], (1, vec![]))]);
        assert_eq!(lines(&event, &both).unwrap().1.amount, 3_000);
        event.ticket_types[0].price.amount = i64::MAX;
        assert!(lines(&event, &both).is_err());
        event.ticket_types[0].price = Money::new(1, "USD".parse().unwrap());
        assert!(lines(&event, &both).is_err());
    }
}
