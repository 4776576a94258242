//! Going in: two gates scan the same ticket at once, each at another replica.

use anyhow::Result;
use contracts::EventId;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    buyer::Buyer,
    journal::{Act, Noted},
    market::Stand,
};
use crate::platform::{Person, Request, id};

/// What a gate was told about a scan.
#[derive(Clone, Debug, Default)]
struct Scan {
    result: String,
    entry: Option<Uuid>,
}

impl Buyer {
    /// Shows a ticket at two gates. Where places are few its owner comes out again, so that the ticket can be cancelled.
    pub(super) async fn enter(&self, stand: &Stand, ticket: &Value) -> Result<()> {
        let staff = &stand.sale.organiser;
        let event = stand.sale.event;
        let code = ticket["code"].as_str().unwrap_or_default();
        let ticket: Uuid = id(&ticket["id"])?;
        let mut urls = self.booking_urls("check-ins");
        let one = self.scan(staff, urls.clone(), event, code);
        urls.reverse();
        let other = self.scan(staff, urls.clone(), event, code);
        let (one, other) = tokio::join!(one, other);
        let (Some(one), Some(other)) = (one?, other?) else {
            return Ok(());
        };
        let told = |result: &str| {
            let scans = [&one, &other];
            scans.iter().filter(|scan| scan.result == result).count()
        };
        // The bank takes its word back when it likes: before both, between them, or after.
        if told("cancelled") > 0 {
            self.journal.facts().cancelled_tickets.insert(ticket);
        }
        match (told("ok"), told("already_redeemed"), told("cancelled")) {
            (1, 1, 0) | (1, 0, 1) => {}
            (0, 0, 2) => return Ok(()),
            _ => {
                let breach = format!("ticket {ticket}: {one:?}, {other:?}");
                self.journal
                    .breach("a ticket opens the gate exactly once", breach);
                return Ok(());
            }
        }
        self.journal.facts().inside.insert(ticket, true);
        if let Some(entry) = one.entry.or(other.entry).filter(|_| !stand.roomy) {
            self.undo(staff, entry, ticket).await;
        }
        Ok(())
    }

    async fn scan(
        &self,
        staff: &Person,
        urls: Vec<String>,
        event: EventId,
        code: &str,
    ) -> Result<Option<Scan>> {
        let nonce = Uuid::now_v7().simple().to_string();
        let body = json!({"event_id": event, "code": code, "nonce": nonce});
        let answer = Request::post(urls, &body)
            .until_answered(staff, &self.journal.failures)
            .await;
        let Noted::Acknowledged(answer) = self.journal.note(Act::CheckIn, answer) else {
            return Ok(None);
        };
        let entry = &answer.body["check_in_id"];
        Ok(Some(Scan {
            result: answer.body["result"].as_str().unwrap_or_default().into(),
            entry: if entry.is_null() {
                None
            } else {
                Some(id(entry)?)
            },
        }))
    }

    async fn undo(&self, staff: &Person, entry: Uuid, ticket: Uuid) {
        let urls = self.booking_urls(&format!("check-ins/{entry}"));
        let answer = Request::delete(urls)
            .until_answered(staff, &self.journal.failures)
            .await;
        match self.journal.note(Act::UndoCheckIn, answer) {
            // Whether it was done is not known.
            Noted::GivenUp => self.journal.facts().inside.remove(&ticket),
            // Refused is what was done by a request whose answer was lost.
            _ => self.journal.facts().inside.insert(ticket, false),
        };
    }
}
