//! What buyers ask for: the bodies of `POST /bookings`.

use rand::{Rng as _, seq::SliceRandom as _};

use crate::organiser::Sale;

/// Bodies in the order in which they are sent.
#[derive(Clone, Debug)]
pub(super) enum Wishes {
    /// Round and round: stock for all of them.
    Endless(Vec<String>),
    /// Each once: nobody else asks for the same.
    Each(Vec<String>),
}

impl Wishes {
    /// One place of an event with general admission.
    pub(super) fn general(sale: Sale) -> Self {
        Self::Endless(vec![places(sale, 1)])
    }

    /// One place of any of these events.
    pub(super) fn any_of(sales: &[Sale]) -> Self {
        let mut rng = rand::rng();
        // Long enough that no pattern shows.
        let bodies = (0..sales.len() * 20)
            .map(|_| places(sales[rng.random_range(0..sales.len())], 1))
            .collect();
        Self::Endless(bodies)
    }

    /// One or two seats, neighbours by name, in no order; no seat twice.
    pub(super) fn picked(sale: Sale, mut names: Vec<String>) -> Self {
        let mut rng = rand::rng();
        let mut groups = Vec::new();
        while !names.is_empty() {
            let size = rng.random_range(1..=2).min(names.len());
            groups.push(names.split_off(names.len() - size));
        }
        groups.shuffle(&mut rng);
        Self::Each(groups.iter().map(|group| seats(sale, group)).collect())
    }

    /// The best one or two seats, as often as there are seats.
    pub(super) fn best(sale: Sale, seats: u32) -> Self {
        let mut bodies = Vec::new();
        let mut left = seats;
        while left > 1 {
            let quantity = rand::rng().random_range(1..=2);
            left -= quantity;
            bodies.push(best_available(sale, quantity));
        }
        Self::Each(bodies)
    }

    /// The body of the request with this number.
    pub(super) fn get(&self, index: usize) -> Option<&str> {
        match self {
            Self::Endless(bodies) => bodies.get(index % bodies.len()),
            Self::Each(bodies) => bodies.get(index),
        }
        .map(String::as_str)
    }

    /// How many there are; `None` for as many as wanted.
    pub(super) fn count(&self) -> Option<usize> {
        match self {
            Self::Endless(_) => None,
            Self::Each(bodies) => Some(bodies.len()),
        }
    }
}

/// So many places with general admission.
pub(super) fn places(sale: Sale, quantity: u32) -> String {
    let Sale { event, ticket_type } = sale;
    format!(
        r#"{{"event_id":"{event}","items":[{{"ticket_type_id":"{ticket_type}","quantity":{quantity}}}]}}"#
    )
}

/// These seats.
pub(super) fn seats(sale: Sale, names: &[String]) -> String {
    let event = sale.event;
    let names = names.join(r#"",""#);
    format!(r#"{{"event_id":"{event}","seats":["{names}"]}}"#)
}

/// The best seats, side by side.
pub(super) fn best_available(sale: Sale, quantity: u32) -> String {
    let Sale { event, ticket_type } = sale;
    format!(
        r#"{{"event_id":"{event}","best_available":{{"ticket_type_id":"{ticket_type}","quantity":{quantity}}}}}"#
    )
}

#[cfg(test)]
mod tests {
    use contracts::{EventId, TicketTypeId};
    use serde_json::Value;

    use super::*;

    fn sale() -> Sale {
        Sale {
            event: EventId::new(),
            ticket_type: TicketTypeId::new(),
        }
    }

    #[test]
    fn every_seat_is_picked_once() {
        let names: Vec<String> = (0..101).map(|seat| format!("1-{seat}")).collect();
        let wishes = Wishes::picked(sale(), names.clone());
        let mut picked: Vec<String> = (0..wishes.count().unwrap())
            .flat_map(|index| {
                let body: Value = serde_json::from_str(wishes.get(index).unwrap()).unwrap();
                serde_json::from_value::<Vec<String>>(body["seats"].clone()).unwrap()
            })
            .collect();
        picked.sort();
        let mut names = names;
        names.sort();
        assert_eq!(picked, names);
    }

    #[test]
    fn no_more_of_the_best_are_wanted_than_there_are() {
        let wishes = Wishes::best(sale(), 100);
        let wanted: u64 = (0..wishes.count().unwrap())
            .map(|index| {
                let body: Value = serde_json::from_str(wishes.get(index).unwrap()).unwrap();
                body["best_available"]["quantity"].as_u64().unwrap()
            })
            .sum();
        assert!((99..=100).contains(&wanted), "{wanted}");
    }
}
