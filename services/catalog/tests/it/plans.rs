//! Seating plans and the events on them.

use serde_json::{Value, json};
use sqlx::PgPool;

use crate::world::{World, hall, id, pointers, seated};

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn a_plan_is_exported_as_it_was_imported(pool: PgPool) {
    let world = World::new(&pool).await;
    let olga = world.organiser().await;
    let venue = olga
        .api
        .post(
            "/venues",
            json!({"organisation_id": olga.organisation, "name": "Theatre"}),
        )
        .await
        .expect(201);
    let plans = format!("/venues/{}/seating-plans", id(&venue));
    let mut plan = hall(3, 4);
    plan["zones"][0]["areas"] = json!([{"shape": "text", "text": {"text": "Stage"}}]);
    let made = olga.api.post(&plans, plan.clone()).await.expect(201);
    assert_eq!(made["seat_count"], 14);
    assert_eq!(
        olga.api
            .get(&format!("{plans}/{}", id(&made)))
            .await
            .expect(200),
        plan
    );
    assert_eq!(
        olga.api.get(&plans).await.expect(200)["items"][0]["id"],
        made["id"]
    );
    world
        .stranger()
        .get(&plans)
        .await
        .problem(404, "venue_not_found");

    plan["zones"][0]["rows"][1]["seats"][2]["seat_guid"] = json!("0-0");
    plan["zones"][0]["rows"][2]["seats"][0]["category"] = json!("Circle");
    let problem = olga
        .api
        .post(&plans, plan)
        .await
        .problem(422, "seating_plan_invalid");
    assert_eq!(
        pointers(&problem),
        [
            "/zones/0/rows/1/seats/2/seat_guid",
            "/zones/0/rows/2/seats/0/category"
        ]
    );
}

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn seats_are_counted_and_frozen(pool: PgPool) {
    let world = World::new(&pool).await;
    let olga = world.organiser().await;
    let draft = seated(&olga, hall(3, 4)).await;
    assert_eq!(draft["capacity"], 14);
    assert_eq!(draft["ticket_types"][0]["capacity"], 12);
    assert_eq!(draft["ticket_types"][0]["kind"], "seated");
    assert_eq!(draft["venue"]["city"], "Graz");
    let path = format!("/events/{}", id(&draft));
    world
        .api
        .get(&format!("{path}/seating"))
        .await
        .problem(404, "seating_plan_not_found");
    let published = olga
        .api
        .post(&format!("{path}/publish"), json!({}))
        .await
        .expect(200);

    let seating = world.api.get(&format!("{path}/seating")).await.expect(200);
    assert_eq!(seating["seats"].as_array().unwrap().len(), 14);
    let first = &seating["seats"][0];
    assert_eq!(
        (
            &first["seat_guid"],
            &first["row"],
            &first["x"],
            &first["ticket_type_id"]
        ),
        (
            &json!("0-0"),
            &json!("0"),
            &json!(10.0),
            &published["ticket_types"][0]["id"]
        )
    );
    assert_eq!(
        seating["categories"][1]["ticket_type_id"],
        published["ticket_types"][1]["id"]
    );
    assert_eq!(seating["plan"], hall(3, 4));

    let other_seats: Vec<Value> = published["ticket_types"]
        .as_array()
        .unwrap()
        .iter()
        .map(|kind| {
            let mut kind = kind.clone();
            kind["seating_categories"] = json!([if kind["name"] == "Box" {
                "Stalls"
            } else {
                "Box"
            }]);
            kind
        })
        .collect();
    let problem = olga
        .edit(&published, json!({"ticket_types": other_seats}))
        .await
        .problem(422, "invalid_request");
    assert_eq!(pointers(&problem), ["/ticket_types", "/ticket_types"]);
    olga.edit(&published, json!({"seating_plan_id": null}))
        .await
        .problem(422, "invalid_request");
}

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn every_category_is_sold_before_an_event_is_published(pool: PgPool) {
    let world = World::new(&pool).await;
    let olga = world.organiser().await;
    let draft = seated(&olga, hall(1, 2)).await;
    let stalls = json!([{"name": "Stalls", "price": {"amount": 1, "currency": "EUR"}, "seating_categories": ["Stalls"]}]);
    let draft = olga
        .edit(&draft, json!({"ticket_types": stalls}))
        .await
        .expect(200);
    let problem = olga
        .api
        .post(&format!("/events/{}/publish", id(&draft)), json!({}))
        .await
        .problem(422, "invalid_request");
    assert!(
        problem["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("Box"),
        "{problem}"
    );
    let unknown = json!([{"name": "A", "price": {"amount": 1, "currency": "EUR"}, "seating_categories": ["Circle"]}]);
    let problem = olga
        .edit(&draft, json!({"ticket_types": unknown}))
        .await
        .problem(422, "invalid_request");
    assert_eq!(pointers(&problem), ["/ticket_types/0/seating_categories/0"]);
}
