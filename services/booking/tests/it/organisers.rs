//! For organisers: capacities and sales.

use serde_json::json;
use sqlx::PgPool;

use crate::world::World;

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_capacity_never_goes_below_what_is_taken(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.general(10);
    let ada = world.person();
    let held = ada.hold(&event, 3).await;
    world.pay(&held).await;
    ada.hold(&event, 2).await;
    let olga = world.member(&event, "organiser");
    let path = format!("/events/{}/capacity", event.id);
    let body =
        |capacity: u32| json!({"ticket_type_id": event.ticket_types[0].id, "capacity": capacity});
    let problem = olga
        .api
        .put(&path, body(4))
        .await
        .problem(409, "capacity_below_sold");
    assert_eq!((&problem["held"], &problem["sold"]), (&json!(2), &json!(3)));
    let now = olga.api.put(&path, body(5)).await.expect(200);
    assert_eq!(
        (&now["capacity"], &now["held"], &now["sold"]),
        (&json!(5), &json!(2), &json!(3))
    );
    assert_eq!(world.available(event.id).await, 0);
    olga.api.put(&path, body(50)).await.expect(200);
    assert_eq!(world.available(event.id).await, 45);
    let told: Vec<_> = world
        .messages("booking.capacity.changed")
        .await
        .iter()
        .map(|message| message["capacity"].clone())
        .collect();
    assert_eq!(told, [json!(5), json!(50)]);
    olga.api
        .put(&path, body(1_000_001))
        .await
        .problem(422, "invalid_request");
    world
        .member(&event, "staff")
        .api
        .put(&path, body(60))
        .await
        .problem(403, "forbidden");
    ada.api
        .put(&path, body(60))
        .await
        .problem(404, "event_not_found");
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn sales_add_up(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.general(10);
    let ada = world.person();
    let first = ada.hold(&event, 3).await;
    world.pay(&first).await;
    let second = ada.hold(&event, 2).await;
    world.pay(&second).await;
    ada.act(&second, "cancel").await.expect(200);
    ada.hold(&event, 1).await;
    let olga = world.member(&event, "organiser");
    let path = format!("/events/{}/sales", event.id);
    let sales = olga.api.get(&path).await.expect(200);
    assert_eq!(
        (
            &sales["sold"],
            &sales["held"],
            &sales["revenue"]["amount"],
            &sales["refunded"]["amount"]
        ),
        (&json!(3), &json!(1), &json!(3_000), &json!(2_000))
    );
    assert_eq!(sales["by_day"][0]["tickets"], 3);
    world
        .member(&event, "staff")
        .api
        .get(&path)
        .await
        .problem(403, "forbidden");
    ada.api.get(&path).await.problem(404, "event_not_found");
}
