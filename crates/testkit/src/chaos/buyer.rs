//! A buyer's life: holds, pays, cancels, waits, goes in.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use anyhow::Result;
use contracts::BookingId;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::{
    journal::{Act, Journal, Noted},
    market::{Market, Stand},
    plan::{GOOD_CARD, Intent, Page, Payment, Then, Visit, Wait, Wish},
};
use crate::platform::{Addresses as _, Answer, Part, Person, Request, Urls, id};

/// Bookings that a buyer keeps; older ones are cancelled, so that places come back.
const KEEPS: usize = 1;
/// How long a buyer watches for what should come.
const WATCHES: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_millis(150);

pub(super) struct Buyer {
    pub(super) person: Person,
    pub(super) urls: Urls,
    market: Arc<Market>,
    pub(super) journal: Arc<Journal>,
    /// Confirmed bookings of events that sell out.
    kept: VecDeque<BookingId>,
    /// Which replica of booking is asked first.
    pub(super) second_replica: bool,
}

impl Buyer {
    pub(super) fn new(
        person: Person,
        urls: Urls,
        market: Arc<Market>,
        journal: Arc<Journal>,
    ) -> Self {
        Self {
            person,
            urls,
            market,
            journal,
            kept: VecDeque::new(),
            second_replica: false,
        }
    }

    /// Makes visits until `end`, finishing the one that has begun.
    pub(super) async fn live(
        mut self,
        visits: impl Iterator<Item = Visit>,
        end: Instant,
    ) -> Result<()> {
        for visit in visits {
            if Instant::now() + visit.pause >= end {
                break;
            }
            sleep(visit.pause).await;
            self.second_replica = visit.second_replica;
            self.visit(&visit).await?;
            while self.kept.len() > KEEPS {
                if let Some(booking) = self.kept.pop_front() {
                    self.cancel(booking, None).await?;
                }
            }
        }
        Ok(())
    }

    async fn visit(&mut self, visit: &Visit) -> Result<()> {
        let market = self.market.clone();
        let stand = &market.stands[visit.event];
        let body = wish(stand, &visit.wish);
        let urls = self.booking_urls("bookings");
        match self.post(Act::Hold, urls, &body).await {
            Noted::Acknowledged(answer) => {
                let booking = id(&answer.body["id"])?;
                let buyer = self.person.id.as_uuid();
                self.journal.facts().holds.insert(booking, buyer);
                self.proceed(stand, booking, visit.intent).await
            }
            Noted::Refused(answer) if answer.code() == "sold_out" => self.wait(stand, visit).await,
            Noted::Refused(_) | Noted::GivenUp => Ok(()),
        }
    }

    async fn proceed(&mut self, stand: &Stand, booking: BookingId, intent: Intent) -> Result<()> {
        match intent {
            Intent::Forget => Ok(()),
            Intent::Release => self.cancel(booking, None).await,
            Intent::PayAndRelease if stand.free => self.cancel(booking, None).await,
            Intent::PayAndRelease => {
                let body = json!({"booking_id": booking, "payment_method": GOOD_CARD});
                let (paid, released) = tokio::join!(
                    self.post(Act::Pay, vec![self.url(Part::Payment, "payments")], &body),
                    self.cancel(booking, None)
                );
                self.note_payment(&paid)?;
                released
            }
            Intent::Pay(payment) => self.pay(stand, booking, payment).await,
        }
    }

    async fn pay(&mut self, stand: &Stand, booking: BookingId, payment: Payment) -> Result<()> {
        if stand.free {
            let urls = self.booking_urls(&format!("bookings/{booking}/checkout"));
            self.post(Act::Checkout, urls, &json!({})).await;
        } else {
            let first = self.attempt(booking, payment.method, payment.page).await?;
            let declined = matches!(&first, Noted::Refused(answer) if answer.status == 402);
            if declined && payment.again {
                self.attempt(booking, GOOD_CARD, payment.page).await?;
            }
        }
        if self.becomes_confirmed(booking).await? {
            self.journal.facts().confirmed.insert(booking);
            self.enjoy(stand, booking, payment.then).await?;
        }
        Ok(())
    }

    /// Pays with one card.
    async fn attempt(&self, booking: BookingId, method: &str, page: Page) -> Result<Noted> {
        let body = json!({"booking_id": booking, "payment_method": method});
        let urls = vec![self.url(Part::Payment, "payments")];
        let paid = self.post(Act::Pay, urls, &body).await;
        self.note_payment(&paid)?;
        if let Noted::Acknowledged(answer) = &paid
            && let Some(url) = answer.body["next_action"]["url"].as_str()
        {
            self.decide(url, page).await;
        }
        Ok(paid)
    }

    fn note_payment(&self, paid: &Noted) -> Result<()> {
        if let Noted::Acknowledged(answer) = paid {
            let payment = id(&answer.body["id"])?;
            self.journal.facts().payments.insert(payment);
        }
        Ok(())
    }

    /// Says yes or no on the provider's page.
    async fn decide(&self, url: &str, page: Page) {
        let decision = match page {
            Page::Approve => "approve",
            Page::Decline => "decline",
            Page::Leave => return,
        };
        let form = [("decision", decision)];
        let answer = Request::submit(url, &form)
            .until_answered(&self.person, &self.journal.failures)
            .await;
        self.journal.note(Act::Confirm, answer);
    }

    /// Watches a booking until it is confirmed or can no longer be, for a while.
    async fn becomes_confirmed(&self, booking: BookingId) -> Result<bool> {
        let end = Instant::now() + WATCHES;
        while Instant::now() < end {
            let urls = self.booking_urls(&format!("bookings/{booking}"));
            let Some(answer) = self.get(urls).await else {
                return Ok(false);
            };
            match answer.body["status"].as_str() {
                Some("confirmed") => return Ok(true),
                // It may still be confirmed, later.
                Some("held") => sleep(PAUSE).await,
                _ => return Ok(false),
            }
        }
        Ok(false)
    }

    async fn enjoy(&mut self, stand: &Stand, booking: BookingId, then: Then) -> Result<()> {
        match then {
            Then::Keep => {}
            Then::Cancel => return self.cancel(booking, None).await,
            Then::CancelOne => {
                let tickets = self.tickets(booking).await;
                if let Some(ticket) = tickets.first() {
                    let ticket = id(&ticket["id"])?;
                    self.cancel(booking, Some(ticket)).await?;
                }
            }
            Then::Enter => {
                let tickets = self.tickets(booking).await;
                if let Some(ticket) = tickets.first() {
                    self.enter(stand, ticket).await?;
                }
            }
        }
        if !stand.roomy {
            self.kept.push_back(booking);
        }
        Ok(())
    }

    async fn tickets(&self, booking: BookingId) -> Vec<Value> {
        let urls = self.booking_urls(&format!("bookings/{booking}/tickets"));
        let answer = self.get(urls).await;
        answer
            .and_then(|answer| answer.body["items"].as_array().cloned())
            .unwrap_or_default()
    }

    /// Gives a hold back, or cancels one ticket or all.
    async fn cancel(&self, booking: BookingId, ticket: Option<uuid::Uuid>) -> Result<()> {
        let body = match ticket {
            Some(ticket) => json!({"ticket_ids": [ticket]}),
            None => json!({}),
        };
        let act = if self.journal.facts().confirmed.contains(&booking) {
            Act::Cancel
        } else {
            Act::Release
        };
        let urls = self.booking_urls(&format!("bookings/{booking}/cancel"));
        let Noted::Acknowledged(answer) = self.post(act, urls, &body).await else {
            return Ok(());
        };
        let mut facts = self.journal.facts();
        match answer.body["status"].as_str() {
            Some("released") => facts.released.insert(booking),
            Some("cancelled") => facts.cancelled.insert(booking),
            _ => false,
        };
        facts.cancelled_tickets.extend(ticket);
        Ok(())
    }

    /// Waits for places that come back.
    async fn wait(&mut self, stand: &Stand, visit: &Visit) -> Result<()> {
        if visit.wait == Wait::No {
            return Ok(());
        }
        let list = format!("events/{}/waiting-list", stand.sale.event);
        let body = json!({
            "ticket_type_id": stand.sale.ticket_type, "quantity": visit.wish.count(),
        });
        let joined = self.post(Act::Join, self.booking_urls(&list), &body).await;
        let Noted::Acknowledged(answer) = joined else {
            return Ok(());
        };
        let entry: uuid::Uuid = id(&answer.body["id"])?;
        self.journal.facts().joined.insert(entry);
        if visit.wait == Wait::Leave {
            return self.leave(stand).await;
        }
        let Some(offer) = self.offer(&list, entry).await? else {
            return self.leave(stand).await;
        };
        self.journal.facts().offers.insert(offer);
        match (visit.wait, visit.intent) {
            (Wait::Forget, _) => Ok(()),
            (Wait::Decline, _) => self.cancel(offer, None).await,
            (_, Intent::Pay(payment)) => self.pay(stand, offer, payment).await,
            (_, intent) => self.proceed(stand, offer, intent).await,
        }
    }

    /// The offer to an entry of the waiting list, when it comes in time.
    async fn offer(&self, list: &str, entry: uuid::Uuid) -> Result<Option<BookingId>> {
        let end = Instant::now() + WATCHES;
        while Instant::now() < end {
            let Some(answer) = self.get(self.booking_urls(list)).await else {
                return Ok(None);
            };
            let entries = answer.body["items"].as_array().cloned().unwrap_or_default();
            let mine = entries
                .iter()
                .find(|item| item["id"] == json!(entry))
                .cloned()
                .unwrap_or_default();
            match mine["status"].as_str() {
                Some("waiting") => sleep(PAUSE).await,
                Some("offered") => return Ok(Some(id(&mine["booking_id"])?)),
                _ => return Ok(None),
            }
        }
        Ok(None)
    }

    async fn leave(&self, stand: &Stand) -> Result<()> {
        let urls = self.booking_urls(&format!(
            "events/{}/waiting-list?ticket_type_id={}",
            stand.sale.event, stand.sale.ticket_type
        ));
        let answer = Request::delete(urls)
            .until_answered(&self.person, &self.journal.failures)
            .await;
        self.journal.note(Act::Leave, answer);
        Ok(())
    }

    async fn post(&self, act: Act, urls: Vec<String>, body: &Value) -> Noted {
        let request = Request::post(urls, body);
        let answer = request
            .until_answered(&self.person, &self.journal.failures)
            .await;
        self.journal.note(act, answer)
    }

    async fn get(&self, urls: Vec<String>) -> Option<Answer> {
        let answer = Request::get(urls)
            .until_answered(&self.person, &self.journal.failures)
            .await;
        self.journal.note(Act::Read, answer).acknowledged()
    }

    fn url(&self, part: Part, path: &str) -> String {
        format!("{}/{path}", self.urls.url(part))
    }

    /// Both replicas of booking, this visit's first one first.
    pub(super) fn booking_urls(&self, path: &str) -> Vec<String> {
        let mut replicas = [Part::Booking, Part::SecondBooking];
        if self.second_replica {
            replicas.reverse();
        }
        replicas.map(|part| self.url(part, path)).to_vec()
    }
}

fn wish(stand: &Stand, wish: &Wish) -> Value {
    let (event, ticket_type) = (stand.sale.event, stand.sale.ticket_type);
    match wish {
        Wish::Places(count) => json!({"event_id": event, "seats": count}),
        Wish::Best(count) => json!({
            "event_id": event, "best_available": {"ticket_type_id": ticket_type, "quantity": count},
        }),
        Wish::Picked { first, count } => {
            json!({"event_id": event, "seats": stand.sale.seats[*first..first + count]})
        }
    }
}
