//! A platform that runs elsewhere, of which only the public entrance is known.

use super::{Addresses, Part};

/// The services behind one address, as browsers reach them.
#[derive(Clone, Debug)]
pub struct Entrance {
    auth: String,
    catalog: String,
    booking: String,
    payment: String,
    sandbox: String,
}

impl Entrance {
    /// `base` is the address without a slash at its end.
    pub fn new(base: &str) -> Self {
        let api = |service: &str| format!("{base}/api/{service}");
        Self {
            auth: api("auth"),
            catalog: api("catalog"),
            booking: api("booking"),
            payment: api("payment"),
            sandbox: format!("{base}/sandbox"),
        }
    }
}

impl Addresses for Entrance {
    fn url(&self, part: Part) -> &str {
        match part {
            Part::Auth => &self.auth,
            Part::Catalog => &self.catalog,
            Part::Booking | Part::SecondBooking => &self.booking,
            Part::Payment => &self.payment,
            Part::Sandbox => &self.sandbox,
            Part::Worker => unreachable!("the worker has no public address"),
        }
    }
}
