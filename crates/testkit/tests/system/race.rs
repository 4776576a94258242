//! Many buyers want the same thing at the same moment.

use std::{collections::HashSet, sync::atomic::AtomicUsize};

use anyhow::{Context, Result, ensure};
use contracts::BookingId;
use futures::future::{join_all, try_join_all};
use testkit::{
    audit::Audit,
    platform::{OnSale, Options, Part, Person, Platform, Request, booking_id},
};

/// Two buyers and one place, again and again, half of the requests through a second replica.
#[tokio::test(flavor = "multi_thread")]
async fn two_buyers_and_one_place_200_times() -> Result<()> {
    let platform = Platform::start("race", Options::default().with_second_booking()).await?;
    let sale = OnSale::publish(&platform, 1, 1500).await?;
    let buyers = try_join_all([
        Person::register(&platform, "ada"),
        Person::register(&platform, "bob"),
    ])
    .await?;

    for round in 0..200 {
        let replicas = [Part::Booking, Part::SecondBooking];
        let answers = join_all(
            buyers
                .iter()
                .zip(replicas)
                .map(|(buyer, replica)| buyer.hold_at(&platform, replica, sale.event, 1)),
        )
        .await;
        let answers: Vec<_> = answers.into_iter().collect::<Result<_>>()?;
        let winner = answers.iter().position(|answer| answer.status == 201);
        let winner = winner.with_context(|| format!("round {round}: nobody won: {answers:?}"))?;
        let loser = &answers[1 - winner];
        ensure!(
            loser.status == 409 && loser.code() == "sold_out",
            "round {round}: {loser:?}"
        );

        let booking = booking_id(answers[winner].clone())?;
        let url = format!("{}/bookings/{booking}/cancel", platform.url(Part::Booking));
        buyers[winner]
            .post(url, &serde_json::json!({}))
            .await?
            .ok()?;
    }
    Audit::of(&platform).await?.passes().await
}

/// One Idempotency-Key in 100 parallel requests: one booking, one body. Requests that are turned away for load (503) are sent
/// again with the key, as buyers' are, and make no second booking either.
#[tokio::test(flavor = "multi_thread")]
async fn one_key_makes_one_booking() -> Result<()> {
    let platform = Platform::start("one_key", Options::default().with_second_booking()).await?;
    let sale = OnSale::publish(&platform, 500, 1500).await?;
    let buyer = Person::register(&platform, "ada").await?;
    let failures = AtomicUsize::new(0);
    let body = serde_json::json!({"event_id": sale.event, "seats": 2});
    let answers = join_all((0..100).map(|n| {
        let replica = if n % 2 == 0 {
            Part::Booking
        } else {
            Part::SecondBooking
        };
        let url = format!("{}/bookings", platform.url(replica));
        let request = Request::post(vec![url], &body).with_key("the-key");
        let (buyer, failures) = (&buyer, &failures);
        async move { request.until_answered(buyer, failures).await }
    }))
    .await;
    let mut bookings: HashSet<BookingId> = HashSet::new();
    let mut bodies = HashSet::new();
    for answer in answers {
        let answer = answer?;
        bodies.insert(answer.body.to_string());
        bookings.insert(booking_id(answer)?);
    }
    ensure!(
        bookings.len() == 1 && bodies.len() == 1,
        "{bookings:?} {bodies:?}"
    );
    Audit::of(&platform).await?.passes().await
}
