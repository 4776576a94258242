//! Availability as it is followed.

use std::time::Duration;

use axum::http::Method;
use futures::StreamExt as _;
use sqlx::PgPool;

use crate::world::World;

/// Reads a stream until it says `wanted`.
async fn hear(stream: &mut axum::body::BodyDataStream, wanted: &str) -> String {
    let mut heard = String::new();
    let listening = async {
        while let Some(part) = stream.next().await {
            heard.push_str(&String::from_utf8_lossy(&part.unwrap()));
            if heard.contains(wanted) {
                return;
            }
        }
        panic!("the stream ended after {heard:?}");
    };
    tokio::time::timeout(Duration::from_secs(10), listening)
        .await
        .unwrap_or_else(|_| panic!("not heard: {wanted}"));
    heard
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_stream_tells_what_changes(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.seated(1, 3);
    assert_eq!(world.available(event.id).await, 3);
    let path = format!("/events/{}/availability/stream", event.id);
    let response = world.api.request(Method::GET, &path).stream().await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut stream = response.into_body().into_data_stream();
    hear(&mut stream, "\"available\":3").await;
    let ada = world.person();
    let held = ada.hold_seats(&event, &["A-2"]).await;
    let heard = hear(&mut stream, "\"available\":2").await;
    let seats = if heard.contains("A-2") {
        heard
    } else {
        hear(&mut stream, "A-2").await
    };
    assert!(seats.contains("\"held\""), "{seats}");
    ada.act(&held, "cancel").await.expect(200);
    hear(&mut stream, "\"available\":3").await;
    world.shutdown.trigger();
}
