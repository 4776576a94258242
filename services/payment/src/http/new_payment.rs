//! What a client sends to pay.

use contracts::BookingId;
use kit::{Problem, config::BaseUrl, idempotency::Key, problem::FieldError};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::pay;

/// The longest name of a means of payment, in characters.
const MAX_METHOD: usize = 100;
/// The longest address to lead back to, in bytes.
const MAX_URL: usize = 1_000;

/// A payment to begin.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(super) struct NewPayment {
    /// A held booking of the caller's
    #[schema(value_type = uuid::Uuid)]
    booking_id: BookingId,
    /// What the payment provider calls the means of payment; never card data
    #[schema(pattern = "^[A-Za-z0-9_-]{1,100}$", example = "pm_card_visa")]
    payment_method: String,
    /// Where the provider's page leads back to: a page of the platform. Needed only where the buyer has to confirm
    #[schema(
        format = "uri",
        max_length = 1000,
        example = "http://localhost:3000/bookings"
    )]
    return_url: Option<String>,
}

impl NewPayment {
    /// Checks what can be checked without asking anybody.
    pub(super) fn check(self, key: &Key, public_url: &BaseUrl) -> Result<pay::Request, Problem> {
        let mut errors = Vec::new();
        let method = &self.payment_method;
        let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if !(1..=MAX_METHOD).contains(&method.len()) || !method.chars().all(letter) {
            errors.push(FieldError::new(
                "/payment_method",
                format!("must have 1 to {MAX_METHOD} letters, digits, _ or -"),
            ));
        }
        let return_url = match self.return_url.map(|url| below(&url, public_url)) {
            None => None,
            Some(Some(url)) => Some(url),
            Some(None) => {
                errors.push(FieldError::new(
                    "/return_url",
                    format!("must be the address of a page below {public_url}, of at most {MAX_URL} bytes"),
                ));
                None
            }
        };
        if !errors.is_empty() {
            return Err(Problem::unprocessable(errors));
        }
        Ok(pay::Request {
            booking_id: self.booking_id,
            method: self.payment_method,
            return_url,
            key: key.as_str().to_owned(),
        })
    }
}

/// The address as browsers read it, when it is a page below `public_url`.
fn below(text: &str, public_url: &BaseUrl) -> Option<String> {
    let url = Url::parse(text).ok().filter(|_| text.len() <= MAX_URL)?;
    let base = Url::parse(public_url.as_str()).ok()?;
    let path = base.path().trim_end_matches('/');
    let inside = url
        .path()
        .strip_prefix(path)
        .is_some_and(|rest| rest.starts_with('/'));
    (url.origin() == base.origin()
        && inside
        && url.username().is_empty()
        && url.password().is_none()
        && url.as_str().len() <= MAX_URL)
        .then(|| url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_back_only_to_the_platform() {
        let root: BaseUrl = "https://tickets.example".parse().unwrap();
        let folder: BaseUrl = "https://example.org/tickets".parse().unwrap();
        for good in [
            "https://tickets.example/bookings/1?paid=1#top",
            "https://tickets.example",
            "https://TICKETS.example:443/x",
        ] {
            assert!(below(good, &root).is_some(), "{good}");
        }
        assert!(below("https://example.org/tickets/x", &folder).is_some());
        for (bad, base) in [
            ("https://tickets.example.evil.example/", &root),
            ("https://tickets.example@evil.example/", &root),
            ("https://user@tickets.example/", &root),
            ("http://tickets.example/", &root),
            ("https://tickets.example:444/", &root),
            ("//tickets.example/", &root),
            ("/bookings", &root),
            ("javascript:alert(1)", &root),
            ("", &root),
            ("https://example.org/tickets-of-others", &folder),
            ("https://example.org/tickets/../others", &folder),
            ("https://example.org/", &folder),
        ] {
            assert_eq!(below(bad, base), None, "{bad}");
        }
        let long = format!("https://tickets.example/{}", "x".repeat(MAX_URL));
        assert_eq!(below(&long, &root), None);
    }
}
