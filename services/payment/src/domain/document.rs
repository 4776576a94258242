//! Receipts and credit notes: what was true when they were issued, never changed after.

use chrono::{DateTime, Utc};
use contracts::{BookingId, Money, PaymentId, ticket::BookingLine};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::purchase::{PurchasedEvent, describe};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Receipt,
    CreditNote,
}

impl Kind {
    /// Its name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::CreditNote => "credit_note",
        }
    }

    const fn prefix(self) -> &'static str {
        match self {
            Self::Receipt => "R",
            Self::CreditNote => "C",
        }
    }

    /// The number as people see it: `R-000042`.
    pub fn number(self, number: i64) -> String {
        format!("{}-{number:06}", self.prefix())
    }

    /// Reads [`Kind::number`]; `None` for anything else.
    pub fn parse_number(self, text: &str) -> Option<i64> {
        let digits = text.strip_prefix(self.prefix())?.strip_prefix('-')?;
        let number: i64 = digits.parse().ok()?;
        (number > 0 && self.number(number) == text).then_some(number)
    }
}

/// One line of a receipt or credit note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Line {
    #[schema(example = "Stalls, seats A-12, A-13")]
    pub description: String,
    #[schema(minimum = 1)]
    pub quantity: u32,
    pub unit_price: Money,
    pub total: Money,
}

impl Line {
    /// The line of a booking; `None` when its total is out of range.
    pub fn of(line: &BookingLine) -> Option<Self> {
        Some(Self {
            description: describe(&line.name, &line.seats),
            quantity: line.quantity,
            unit_price: line.unit_price,
            total: line.unit_price.checked_mul(line.quantity).ok()?,
        })
    }
}

/// Who sells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Seller {
    /// The organisation's name; null when it was not known
    #[schema(required, example = "City theatre")]
    pub name: Option<String>,
}

/// Who bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Buyer {
    #[schema(example = "Ben Beispiel")]
    pub name: String,
    #[schema(example = "ben@example.com")]
    pub email: String,
}

/// A receipt, or a credit note, which says what of a receipt was given back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    pub number: String,
    /// On a credit note: the receipt that it belongs to.
    pub receipt_number: Option<String>,
    pub issued_at: DateTime<Utc>,
    pub payment_id: PaymentId,
    pub booking_id: BookingId,
    pub seller: Seller,
    pub buyer: Option<Buyer>,
    pub event: PurchasedEvent,
    pub lines: Vec<Line>,
    pub total: Money,
    pub provider: String,
    /// No real money moved.
    pub test_mode: bool,
}

impl Document {
    pub fn is_credit_note(&self) -> bool {
        self.receipt_number.is_some()
    }

    pub fn title(&self) -> &'static str {
        if self.is_credit_note() {
            "Credit note"
        } else {
            "Receipt"
        }
    }

    /// What the total is, in words.
    pub fn total_label(&self) -> &'static str {
        if self.is_credit_note() {
            "Given back"
        } else {
            "Paid"
        }
    }

    /// What to say in test mode.
    pub fn test_notice(&self) -> &'static str {
        if self.is_credit_note() {
            "No real money was given back."
        } else {
            "No real money was paid."
        }
    }

    /// What stands above the lines: labels and values, without those that are not known.
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let buyer = self.buyer.as_ref().map(|buyer| {
            if buyer.name.is_empty() {
                buyer.email.clone()
            } else {
                format!("{}, {}", buyer.name, buyer.email)
            }
        });
        let facts = [
            ("Date", Some(self.issue_time())),
            ("For receipt", self.receipt_number.clone()),
            ("Seller", self.seller.name.clone()),
            ("Buyer", buyer),
            ("Event", Some(self.event.title.clone())),
            ("Time", Some(self.event_time())),
            ("Place", Some(self.event_place())),
        ];
        facts
            .into_iter()
            .filter_map(|(label, value)| Some((label, value?)))
            .filter(|(_, value)| !value.is_empty())
            .collect()
    }

    /// When the event begins, in its own time zone: `Sat 14 February 2026, 19:30 (Europe/Vienna)`.
    pub fn event_time(&self) -> String {
        let zone = self.event.time_zone.parse().unwrap_or(chrono_tz::UTC);
        let local = self.event.starts_at.with_timezone(&zone);
        format!("{} ({zone})", local.format("%a %-d %B %Y, %H:%M"))
    }

    /// When it was issued, in UTC: `3 January 2026, 08:05 UTC`.
    pub fn issue_time(&self) -> String {
        self.issued_at.format("%-d %B %Y, %H:%M UTC").to_string()
    }

    /// The venue on one line; empty without one.
    pub fn event_place(&self) -> String {
        self.event.venue.as_ref().map_or_else(String::new, |venue| {
            [&venue.name, &venue.address, &venue.city, &venue.country]
                .into_iter()
                .filter(|part| !part.is_empty())
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(", ")
        })
    }
}

/// The lines of a credit note: tickets of the same name and price together, in the order they came in.
///
/// When they don't add up to `total`, it says only the total.
pub fn credited(tickets: &[(String, i64)], total: Money) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for (description, price) in tickets {
        let price = Money::new(*price, total.currency);
        let same = lines
            .iter_mut()
            .find(|line| line.description == *description && line.unit_price == price);
        match same {
            Some(line) => {
                line.quantity += 1;
                line.total.amount += price.amount;
            }
            None => lines.push(Line {
                description: description.clone(),
                quantity: 1,
                unit_price: price,
                total: price,
            }),
        }
    }
    let sum: i128 = lines.iter().map(|line| i128::from(line.total.amount)).sum();
    if sum == i128::from(total.amount) {
        return lines;
    }
    vec![Line {
        description: "Cancelled tickets".into(),
        quantity: 1,
        unit_price: total,
        total,
    }]
}

#[cfg(test)]
mod tests {
    use contracts::Currency;

    use super::*;

    #[test]
    fn numbers_are_read_back_and_nothing_else_is() {
        for kind in [Kind::Receipt, Kind::CreditNote] {
            for number in [1, 42, 999_999, 1_000_000, i64::MAX] {
                assert_eq!(kind.parse_number(&kind.number(number)), Some(number));
            }
        }
        assert_eq!(Kind::CreditNote.number(7), "C-000007");
        for text in [
            "",
            "C-",
            "C-7",
            "C-000000",
            "R-000007",
            "C-0000007",
            "C-+00007",
            "C-00000x",
            "C--00001",
        ] {
            assert_eq!(Kind::CreditNote.parse_number(text), None, "{text}");
        }
    }

    #[test]
    fn credits_equal_tickets_together() {
        let eur = |amount| Money::new(amount, Currency::EUR);
        let tickets = [
            ("Standing".to_owned(), 1000),
            ("Stalls, seat A-1".to_owned(), 2000),
            ("Standing".to_owned(), 1000),
        ];
        let lines = credited(&tickets, eur(4000));
        assert_eq!(lines.len(), 2);
        assert_eq!((lines[0].quantity, lines[0].total), (2, eur(2000)));
        let lines = credited(&tickets, eur(3500));
        assert_eq!((lines.len(), lines[0].total), (1, eur(3500)));
    }
}
