//! From a notification to the mail that tells of it: words, HTML and text, QR codes, calendar entry.

mod calendar;
mod qr;
mod time;
mod words;

use anyhow::{Context as _, Result};
use askama::Template;
use contracts::EventSnapshot;
use kit::config::BaseUrl;
use lettre::{
    Message,
    message::{
        Attachment, Mailbox, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};

use self::words::Letter;
use crate::{
    notifications::{Content, Notification},
    store::contacts::Contact,
};

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    letter: &'a Letter,
    name: &'a str,
}

#[derive(Template)]
#[template(path = "letter.txt", escape = "none")]
struct Text<'a> {
    letter: &'a Letter,
    name: &'a str,
}

/// Builds the mail. `event` is what is known of the event by now.
pub(crate) fn write(
    notification: &Notification,
    recipient: &Contact,
    event: Option<&EventSnapshot>,
    message_id: &str,
    from: &Mailbox,
    public_url: &BaseUrl,
) -> Result<Message> {
    let letter = words::letter(notification, event, public_url);
    let html = Html {
        letter: &letter,
        name: &recipient.name,
    }
    .render()?;
    let text = Text {
        letter: &letter,
        name: &recipient.name,
    }
    .render()?;

    let mut related = MultiPart::related().singlepart(SinglePart::html(html));
    for (n, ticket) in letter.tickets.iter().enumerate() {
        let image = qr::png(&ticket.code)?;
        let kind = ContentType::parse("image/png")?;
        related =
            related.singlepart(Attachment::new_inline(format!("ticket{n}")).body(image, kind));
    }
    let mut body = MultiPart::mixed().multipart(
        MultiPart::alternative()
            .singlepart(SinglePart::plain(text))
            .multipart(related),
    );
    if let Content::BookingConfirmed { event, .. } = &notification.content {
        let entry = calendar::entry(event, &letter.action_url);
        let kind = ContentType::parse("text/calendar; charset=utf-8; method=PUBLISH")?;
        body = body.singlepart(Attachment::new("event.ics".to_owned()).body(entry, kind));
    }

    let to = Mailbox::new(
        Some(recipient.name.clone()).filter(|name| !name.is_empty()),
        recipient
            .email
            .parse()
            .context("the address can't be written to")?,
    );
    let kind = HeaderName::new_from_ascii_str("X-Notification");
    Message::builder()
        .from(from.clone())
        .to(to)
        .subject(&letter.subject)
        .message_id(Some(message_id.to_owned()))
        .raw_header(HeaderValue::new(kind, notification.kind().to_owned()))
        // RFC 3834: no out-of-office answers, please.
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
        .multipart(body)
        .context("the mail can't be built")
}
