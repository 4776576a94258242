//! Every confirmed booking is notified: one mail, under one Message-ID.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use uuid::Uuid;

use super::{Audit, Finding};

impl Audit<'_> {
    /// Each booking that was ever confirmed has one confirmation in the mail ledger, whose Message-ID was taken by the mail
    /// server; and the server took no other confirmation.
    pub(super) async fn confirmations_are_sent_once(&self) -> Result<Finding> {
        let confirmed: Vec<Uuid> =
            sqlx::query_scalar("SELECT id FROM bookings WHERE confirmed_at IS NOT NULL")
                .fetch_all(&self.booking)
                .await?;
        let ledger: Vec<(Option<Uuid>, String)> = sqlx::query_as(
            "SELECT booking_id, message_id FROM mails WHERE kind = 'booking_confirmed'",
        )
        .fetch_all(&self.worker)
        .await?;
        let mut taken: BTreeSet<String> = BTreeSet::new();
        for mail in self.platform.smtp.mails() {
            if mail.header("x-notification") == Some("booking_confirmed") {
                taken.insert(bare(mail.message_id().unwrap_or_default()).to_owned());
            }
        }

        let mut entered: BTreeMap<Uuid, Vec<String>> = BTreeMap::new();
        for (booking, message) in ledger {
            entered
                .entry(booking.unwrap_or_default())
                .or_default()
                .push(bare(&message).to_owned());
        }
        let mut breaches = Vec::new();
        for booking in confirmed {
            let messages = entered.remove(&booking).unwrap_or_default();
            let sent = messages
                .iter()
                .filter(|message| taken.remove(*message))
                .count();
            if sent != 1 || messages.len() != 1 {
                breaches.push(format!(
                    "booking {booking}: {} notifications, {sent} of them with the mail server",
                    messages.len()
                ));
            }
        }
        breaches.extend(
            entered
                .keys()
                .map(|id| format!("booking {id}: notified, but never confirmed")),
        );
        breaches.extend(
            taken
                .iter()
                .map(|message| format!("mail {message}: in no ledger")),
        );
        Ok(Finding::new(
            "every confirmed booking is notified under one Message-ID",
            breaches,
        ))
    }
}

/// A Message-ID without its brackets.
fn bare(message_id: &str) -> &str {
    message_id.trim_matches(['<', '>'])
}
