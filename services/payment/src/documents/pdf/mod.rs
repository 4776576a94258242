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
