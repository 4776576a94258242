//! The words of each letter.

use contracts::{
    EventSnapshot, Money,
    messages::{CancelReason, RefusalReason},
};
use kit::config::BaseUrl;

use super::time;
use crate::notifications::{Content, Notification};

/// What a mail says, before it has a form.
#[derive(Clone, Debug, Default)]
pub(super) struct Letter {
    pub(super) subject: String,
    pub(super) heading: String,
    pub(super) paragraphs: Vec<String>,
    /// Label and value.
    pub(super) facts: Vec<(String, String)>,
    pub(super) tickets: Vec<Ticket>,
    pub(super) action: String,
    pub(super) action_url: String,
}

/// A ticket as the letter shows it.
#[derive(Clone, Debug)]
pub(super) struct Ticket {
    pub(super) name: String,
    pub(super) seat: Option<String>,
    pub(super) code: String,
}

pub(super) fn letter(
    notification: &Notification,
    event: Option<&EventSnapshot>,
    public_url: &BaseUrl,
) -> Letter {
    let title = event.map_or("your event", |event| event.title.as_str());
    let booking_url = match notification.subject.booking_id {
        Some(booking) => public_url.join(format_args!("/bookings/{booking}")),
        None => public_url.to_string(),
    };
    let mut letter = match &notification.content {
        Content::BookingHeld { seats, total, expires_at } => held(title, *seats, *total, expires_at.map(|at| time::moment(at, event))),
        Content::BookingOffered { seats, total, expires_at } => offered(title, *seats, *total, &time::moment(*expires_at, event)),
        Content::BookingConfirmed { items, total, tickets, .. } => Letter {
            subject: format!("Your tickets for {title}"),
            heading: "You’re going!".into(),
            paragraphs: vec!["Show a code below at the entrance, on your phone or on paper. Each one opens the gate once, so keep them to yourself.".into()],
            facts: items
                .iter()
                .map(|item| (format!("{} × {}", item.quantity, item.name), item.unit_price.to_string()))
                .chain([("Total".into(), total.to_string())])
                .collect(),
            tickets: tickets
                .iter()
                .map(|ticket| Ticket {
                    name: ticket.ticket_type_name.clone(),
                    seat: ticket.seat.as_ref().map(ToString::to_string),
                    code: ticket.code.clone(),
                })
                .collect(),
            action: "See your tickets".into(),
            ..Letter::default()
        },
        Content::BookingCancelled { tickets, amount, reason, whole } => cancelled(title, *tickets, *amount, *reason, *whole),
        Content::EventCancelled { amount } => Letter {
            subject: format!("{title} is cancelled"),
            heading: format!("{title} is cancelled"),
            paragraphs: vec!["The organiser has cancelled this event. Your tickets are no longer valid; you need not do anything.".into(), money_back(*amount)],
            action: "See your booking".into(),
            ..Letter::default()
        },
        Content::Refunded { refunded, credit_note } => Letter {
            subject: format!("{refunded} refunded for {title}"),
            heading: format!("{refunded} is on its way back to you"),
            paragraphs: vec!["We have refunded you by the way you paid. Depending on your bank it takes a few days until you see it.".into()],
            facts: vec![("Refunded".into(), refunded.to_string()), ("Credit note".into(), credit_note.clone())],
            action: "See your booking".into(),
            ..Letter::default()
        },
        Content::PaymentVoided { amount, reason } => Letter {
            subject: format!("No tickets for {title}, and no money taken"),
            heading: "We could not give you the tickets".into(),
            paragraphs: vec![
                voided_because(*reason).into(),
                format!("You were not charged. If your bank shows {amount} as reserved, it becomes free again by itself."),
            ],
            action: "See what is left".into(),
            ..Letter::default()
        },
        Content::Reminder { seats } => Letter {
            subject: format!("Tomorrow: {title}"),
            heading: format!("{title} is tomorrow"),
            paragraphs: vec![format!("You have {} for it. Have your codes at hand at the entrance; they also work without reception once you have opened them.", tickets(*seats))],
            action: "Open your tickets".into(),
            ..Letter::default()
        },
        Content::PasswordReset { token, expires_at, .. } => {
            return Letter {
                subject: "Set a new password".into(),
                heading: "Set a new password".into(),
                paragraphs: vec![
                    format!("Somebody, hopefully you, asked for a new password. The link works once, until {}.", time::utc(*expires_at)),
                    "If it was not you, do nothing: your password stays as it is.".into(),
                ],
                action: "Choose a new password".into(),
                // In the fragment, which browsers send to nobody.
                action_url: public_url.join(format_args!("/password-reset/confirm#token={token}")),
                ..Letter::default()
            };
        }
    };
    if let Some(event) = event {
        let mut facts = vec![(
            "When".to_owned(),
            time::moment(event.starts_at, Some(event)),
        )];
        if let Some(venue) = &event.venue {
            let place = [&venue.name, &venue.address, &venue.city];
            let place: Vec<_> = place
                .into_iter()
                .filter(|part| !part.is_empty())
                .map(String::as_str)
                .collect();
            facts.push(("Where".to_owned(), place.join(", ")));
        }
        facts.append(&mut letter.facts);
        letter.facts = facts;
    }
    letter.action_url = match notification.content {
        Content::BookingOffered { .. } => format!("{booking_url}/checkout"),
        _ => booking_url,
    };
    letter
}

fn offered(title: &str, seats: u32, total: Money, until: &str) -> Letter {
    let (are, they, them) = if seats == 1 {
        ("is", "it", "it")
    } else {
        ("are", "they", "them")
    };
    let what = places(seats);
    Letter {
        subject: format!("Your turn: {what} for {title}"),
        heading: format!("{what} for {title}: yours if you want {them}"),
        paragraphs: vec![
            format!(
                "It is your turn on the waiting list. {what} came back, and {they} {are} kept for you until {until}. Nothing is charged before you buy; after that time whoever is next in line gets {them}."
            ),
            format!(
                "If you do not want to go any more, give {them} back on the same page: somebody else then gets the chance sooner."
            ),
        ],
        facts: vec![
            ("Offered".into(), what),
            ("Total".into(), total.to_string()),
            ("Kept until".into(), until.to_owned()),
        ],
        action: if seats == 1 {
            "Buy the place"
        } else {
            "Buy the places"
        }
        .into(),
        ..Letter::default()
    }
}

fn held(title: &str, seats: u32, total: Option<Money>, until: Option<String>) -> Letter {
    let mut letter = Letter {
        subject: format!("Your booking for {title}"),
        heading: format!("{} for {title}", places(seats)),
        action: "Go to your booking".into(),
        ..Letter::default()
    };
    if let Some(until) = until {
        letter.subject = format!("Still yours: {} for {title}", places(seats));
        letter.paragraphs = vec![format!(
            "We keep {} for you until {until}. Pay by then and they are yours; nothing is charged otherwise.",
            places(seats)
        )];
        letter.action = "Finish paying".into();
    } else {
        letter.paragraphs = vec![format!("We have your booking of {}.", places(seats))];
    }
    letter
        .facts
        .extend(total.map(|total| ("Total".into(), total.to_string())));
    letter
}

fn cancelled(
    title: &str,
    count: usize,
    amount: Money,
    reason: CancelReason,
    whole: bool,
) -> Letter {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    let what = if whole {
        "Your booking".to_owned()
    } else {
        tickets(count)
    };
    let because = match reason {
        CancelReason::CaptureFailed => "Your bank refused the payment in the end, so the tickets are not valid any more. You were not charged.".to_owned(),
        CancelReason::Organiser => format!("The organiser has cancelled {} of your booking. {}", tickets(count), money_back(amount)),
        CancelReason::Buyer | CancelReason::EventCancelled => {
            format!("You have cancelled {}; the codes are not valid any more. {}", tickets(count), money_back(amount))
        }
    };
    Letter {
        subject: format!("Cancelled: {what} for {title}"),
        heading: format!("{what} for {title}: cancelled"),
        paragraphs: vec![because],
        action: "See your booking".into(),
        ..Letter::default()
    }
}

fn money_back(amount: Money) -> String {
    if amount.is_zero() {
        "Nothing was paid, so nothing comes back.".into()
    } else {
        format!("You get {amount} back by the way you paid; we write again when it is on its way.")
    }
}

fn voided_because(reason: Option<RefusalReason>) -> &'static str {
    match reason {
        Some(RefusalReason::Expired) => {
            "Your payment came after the hold had run out, and the places had gone to others by then."
        }
        Some(RefusalReason::EventCancelled) => {
            "The organiser cancelled the event while you were paying."
        }
        Some(RefusalReason::AlreadyPaid) => {
            "This booking was already paid, so the second payment was not needed."
        }
        Some(RefusalReason::Released) => {
            "The places had been given back before your payment arrived."
        }
        None => "The payment could not be completed.",
    }
}

fn places(count: u32) -> String {
    if count == 1 {
        "1 place".into()
    } else {
        format!("{count} places")
    }
}

fn tickets(count: u32) -> String {
    if count == 1 {
        "1 ticket".into()
    } else {
        format!("{count} tickets")
    }
}
