//! A document on A4 pages, in the fonts that every reader of PDF has.

mod canvas;
mod text;

use self::canvas::{BOTTOM, Canvas, Face, LEFT, RIGHT};
use crate::domain::document::{Document, Line};

/// Where the values of the facts begin.
const VALUES: f32 = LEFT + 90.0;
/// Right edges of the columns beside the description.
const QUANTITY: f32 = 345.0;
const PRICE: f32 = 440.0;
/// What the description may take.
const DESCRIPTION: f32 = 225.0;

const TITLE: Face = Face::bold(22.0);
const BODY: Face = Face::regular(10.5);
const MUTED: Face = Face::muted(10.5);
const TOTAL: Face = Face::regular(14.0);
const SMALL: Face = Face::muted(8.5);

/// The PDF.
pub(crate) fn pdf(document: &Document) -> Vec<u8> {
    let title = format!("{} {}", document.title(), document.number);
    let mut canvas = Canvas::new();
    canvas.text(LEFT, TITLE, &title);
    canvas.down(30.0);
    if document.test_mode {
        let notice = format!("Test mode. {}", document.test_notice());
        canvas.frame(&notice, BODY);
        canvas.down(14.0);
    }
    for (label, value) in document.facts() {
        let lines = text::wrap(&value, BODY.size, RIGHT - VALUES);
        for (n, line) in lines.iter().enumerate() {
            canvas.keep(BODY.leading());
            if n == 0 {
                canvas.text(LEFT, MUTED, label);
            }
            canvas.text(VALUES, BODY, line);
            canvas.down(BODY.leading());
        }
    }
    canvas.down(16.0);
    head(&mut canvas);
    for line in &document.lines {
        item(&mut canvas, line);
    }
    canvas.down(12.0);
    canvas.keep(TOTAL.leading() + 40.0);
    canvas.text(LEFT, TOTAL, document.total_label());
    canvas.text_to(RIGHT, TOTAL, &document.total.to_string());
    canvas.down(40.0);
    for reference in [
        format!("Payment {}", document.payment_id),
        format!("Booking {}", document.booking_id),
    ] {
        canvas.keep(SMALL.leading());
        canvas.text(LEFT, SMALL, &reference);
        canvas.down(SMALL.leading());
    }
    canvas.finish(&title, document.issued_at)
}

fn head(canvas: &mut Canvas) {
    canvas.keep(BODY.leading() * 3.0);
    canvas.text(LEFT, MUTED, "Item");
    canvas.text_to(QUANTITY, MUTED, "Quantity");
    canvas.text_to(PRICE, MUTED, "Price");
    canvas.text_to(RIGHT, MUTED, "Amount");
    canvas.down(6.0);
    canvas.rule();
    canvas.down(16.0);
}

fn item(canvas: &mut Canvas, line: &Line) {
    let description = text::wrap(&line.description, BODY.size, DESCRIPTION);
    for (n, part) in description.iter().enumerate() {
        if canvas.y() - BODY.leading() < BOTTOM {
            canvas.new_page();
            head(canvas);
        }
        if n == 0 {
            canvas.text_to(QUANTITY, BODY, &line.quantity.to_string());
            canvas.text_to(PRICE, BODY, &line.unit_price.to_string());
            canvas.text_to(RIGHT, BODY, &line.total.to_string());
        }
        canvas.text(LEFT, BODY, part);
        canvas.down(BODY.leading());
    }
    canvas.up(BODY.leading() - 6.0);
    canvas.rule();
    canvas.down(16.0);
}

#[cfg(test)]
mod tests {
    use chrono::Utc;
    use contracts::{BookingId, Currency, Money, PaymentId};

    use super::*;
    use crate::domain::{
        document::{Buyer, Seller},
        purchase::PurchasedEvent,
    };

    fn receipt(lines: usize) -> Document {
        let price = Money::new(123_450, Currency::EUR);
        let line = Line {
            description: "Stalls, seats A-12, A-13, A-14, A-15, A-16, A-17, A-18, A-19".into(),
            quantity: 8,
            unit_price: price,
            total: Money::new(987_600, Currency::EUR),
        };
        Document {
            number: "R-000042".into(),
            receipt_number: None,
            issued_at: Utc::now(),
            payment_id: PaymentId::new(),
            booking_id: BookingId::new(),
            seller: Seller {
                name: Some("Bühne & Söhne".into()),
            },
            buyer: Some(Buyer {
                name: "Ben Čapek".into(),
                email: "ben@example.com".into(),
            }),
            event: PurchasedEvent {
                title: "Winter concert: ".to_owned() + &"A title that goes on and on ".repeat(6),
                starts_at: Utc::now(),
                time_zone: "Europe/Vienna".into(),
                venue: None,
            },
            lines: vec![line; lines],
            total: price,
            provider: "sandbox".into(),
            test_mode: true,
        }
    }

    fn count(pdf: &[u8], part: &[u8]) -> usize {
        pdf.windows(part.len())
            .filter(|found| *found == part)
            .count()
    }

    #[test]
    fn goes_on_at_further_pages() {
        let short = pdf(&receipt(2));
        assert_eq!(count(&short, b"/Type /Page\n"), 1);
        let long = pdf(&receipt(100));
        let pages = count(&long, b"/Type /Page\n");
        assert!(pages > 3, "{pages}");
        // Each page has the heads of the columns, and no line is lost.
        assert_eq!(count(&long, b"(Quantity)"), pages);
        assert_eq!(count(&long, b"(9876.00 EUR)"), 100);
    }

    #[test]
    fn writes_names_in_the_fonts_encoding() {
        let pdf = pdf(&receipt(1));
        // `Bühne & Söhne`, in hexadecimal as every text with such letters.
        assert_eq!(count(&pdf, b"<42FC686E6520262053F6686E65>"), 1);
        assert_eq!(count(&pdf, b"Ben Capek, ben@example.com"), 1);
    }
}
