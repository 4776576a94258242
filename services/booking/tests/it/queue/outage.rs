//! What a lost Redis changes.

use std::pin::pin;

use axum::http::Method;
use booking::queue::QueueSettings;
use serde_json::json;
use sqlx::PgPool;
use testkit::eventually;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

use super::{
    CLOSED, PATIENCE, Stream, book, hot, join, look, lose, place_of, queue, reach, replica,
    replicas, text,
};
use crate::{catalog::Catalog, world::QUICK};

/// A way to Redis that can be cut.
async fn cuttable() -> (String, watch::Sender<bool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (real, here) = (testkit::redis_url(), listener.local_addr().unwrap());
    // Whatever stands before and behind the address (a password, a database) stays.
    let address = real.rsplit(['@', '/']).find(|part| part.contains(':'));
    let target = address.unwrap().to_owned();
    let url = real.replace(&target, &here.to_string());
    let (sender, cut) = watch::channel(false);
    tokio::spawn(async move {
        while let Ok((mut inbound, _)) = listener.accept().await {
            let (mut cut, target) = (cut.clone(), target.clone());
            tokio::spawn(async move {
                if *cut.borrow() {
                    return;
                }
                let mut outbound = TcpStream::connect(target).await.unwrap();
                let copying = pin!(copy_bidirectional(&mut inbound, &mut outbound));
                tokio::select! {
                    _ = copying => {}
                    _ = cut.wait_for(|cut| *cut) => {}
                }
            });
        }
    });
    (url, sender)
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn places_that_redis_lost_come_back(pool: PgPool) {
    let worlds = replicas(pool, CLOSED).await;
    let event = hot(&worlds[0], 10, None);
    let people: Vec<_> = (0..4).map(|n| worlds[n % 2].person()).collect();
    let mut places = Vec::new();
    for (ago, person) in (0..).zip(&people) {
        let place = place_of(person, &event, 40 - 10 * ago);
        look(person, &event, &place).await;
        places.push(place);
    }
    let mut stream = Stream::open(&worlds[1], &event, &places[1]).await;
    stream.hear(|view| view["position"] == 2).await;
    lose(&event).await;
    // A newcomer is first for a moment; then the others are back, each where they were.
    let newcomer = worlds[0].person();
    join(&newcomer, &event).await;
    for (person, place) in people.iter().zip(&places).rev() {
        look(person, &event, place).await;
    }
    for (position, (person, place)) in (1..).zip(people.iter().zip(&places)) {
        assert_eq!(look(person, &event, place).await["position"], position);
    }
    assert_eq!(look(&newcomer, &event, "").await["position"], 5);

    // Whoever follows on a stream need not even ask.
    lose(&event).await;
    eventually("the stream restores its place", PATIENCE, async || {
        Ok(queue(&people[1], Method::GET, &event, "").await.status == 200)
    })
    .await
    .unwrap();
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn while_redis_is_away_the_admitted_buy_and_the_others_wait(pool: PgPool) {
    let (url, cut) = cuttable().await;
    let one_by_one = QueueSettings { active: 1, ..QUICK };
    let world = replica(&pool, &Catalog::default(), one_by_one, &url).await;
    let event = hot(&world, 10, None);
    let [ada, ben] = [world.person(), world.person()];
    let adas = place_of(&ada, &event, 30);
    queue(&ada, Method::POST, &event, &adas).await.expect(200);
    let admitted = reach(&ada, &event, &adas, "admitted").await;
    let bens = place_of(&ben, &event, 20);
    queue(&ben, Method::POST, &event, &bens).await.expect(200);
    let mut stream = Stream::open(&world, &event, &bens).await;
    stream.hear(|view| view["status"] == "waiting").await;

    cut.send_replace(true);
    stream.hear(|view| view["status"] == "unavailable").await;
    let problem = queue(&ben, Method::GET, &event, &bens).await;
    assert!(problem.headers.contains_key("retry-after"));
    problem.problem(503, "unavailable");
    ben.book(json!({"event_id": event.id, "seats": 1}))
        .await
        .problem(403, "queue_required");
    book(&ada, event.id, 1, text(&admitted, "admission"))
        .await
        .expect(201);

    lose(&event).await;
    cut.send_replace(false);
    stream
        .hear(|view| view["status"] == "waiting" || view["status"] == "admitted")
        .await;
    reach(&ben, &event, &bens, "admitted").await;
    world.assert_consistent().await;
}
