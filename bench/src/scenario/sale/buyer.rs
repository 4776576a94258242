//! Somebody who tries until they hold something or nothing is left.

use std::time::Duration;

use rand::{Rng as _, seq::IndexedRandom as _};
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    http::{Connection, render},
    organiser::Sale,
    scenario::wishes::{best_available, places, seats},
};

/// Picks that are tried before leaving the choice to the service.
const PICKS: usize = 3;
/// Whoever was refused for so often gives up.
const MOST_RETRIES: u32 = 200;

/// What became of a buyer.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    Held {
        id: Uuid,
        seats: i32,
    },
    /// Nothing was left.
    SoldOut,
    /// No answer came, so that it may or may not have been done; or the service never took the request.
    Unknown(String),
}

/// A buyer with wishes, the dearest first.
#[derive(Clone, Debug)]
pub(super) struct Buyer {
    token: String,
    wishes: Vec<String>,
}

#[derive(Deserialize)]
struct Held {
    id: Uuid,
    seats: i32,
}

#[derive(Deserialize)]
struct Refused {
    code: String,
}

impl Buyer {
    /// Wants so many places, else one.
    pub(super) fn of_places(sale: Sale, token: String, wanted: u32) -> Self {
        let wishes = vec![places(sale, wanted), places(sale, 1)];
        Self { token, wishes }
    }

    /// Picks neighbouring seats, else takes the best, else one.
    pub(super) fn of_seats(sale: Sale, token: String, wanted: u32, names: &[String]) -> Self {
        let groups: Vec<&[String]> = names.chunks(wanted as usize).collect();
        let mut rng = rand::rng();
        let mut wishes: Vec<String> = (0..PICKS)
            .filter_map(|_| groups.choose(&mut rng))
            .map(|group| seats(sale, group))
            .collect();
        wishes.extend([best_available(sale, wanted), best_available(sale, 1)]);
        Self { token, wishes }
    }

    /// Takes whatever is left.
    pub(super) fn of_leftovers(sale: Sale, token: String) -> Self {
        let wishes = vec![best_available(sale, 1)];
        Self { token, wishes }
    }

    pub(super) async fn buy(self, connection: &mut Connection) -> Outcome {
        let mut retries = 0;
        let mut wishes = self.wishes.iter().peekable();
        while let Some(wish) = wishes.peek() {
            let request = render("POST", "/bookings", Some(&self.token), None, Some(wish));
            let answer = match connection.exchange(&request).await {
                Ok(answer) => answer,
                Err(error) => return Outcome::Unknown(format!("{error:#}")),
            };
            match answer.status {
                201 => {
                    return match serde_json::from_slice::<Held>(answer.body) {
                        Ok(Held { id, seats }) => Outcome::Held { id, seats },
                        Err(error) => Outcome::Unknown(error.to_string()),
                    };
                }
                409 => {
                    wishes.next();
                }
                503 if retries < MOST_RETRIES => {
                    retries += 1;
                    let pause = rand::rng().random_range(20..200);
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                }
                status => {
                    let code = serde_json::from_slice::<Refused>(answer.body);
                    let code = code.map(|refused| refused.code).unwrap_or_default();
                    return Outcome::Unknown(format!("{status} {code}"));
                }
            }
        }
        Outcome::SoldOut
    }
}
