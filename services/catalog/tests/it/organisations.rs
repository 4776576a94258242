//! Organisations, who belongs to them, and their venues.

use contracts::UserId;
use serde_json::json;
use sqlx::PgPool;

use crate::world::{World, id, pointers};

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn who_makes_an_organisation_organises_it(pool: PgPool) {
    let world = World::new(&pool).await;
    let olga = world.organiser().await;
    let path = format!("/organisations/{}", olga.organisation);
    let me = olga
        .api
        .get(&format!("{path}/members/me"))
        .await
        .expect(200);
    assert_eq!(
        me,
        json!({"organisation_id": olga.organisation, "user_id": olga.user, "role": "organiser"})
    );
    let mine = olga.api.get("/organisations").await.expect(200);
    assert_eq!(mine["items"].as_array().unwrap().len(), 1);

    let stranger = world.stranger();
    stranger
        .get(&path)
        .await
        .problem(404, "organisation_not_found");
    stranger
        .get(&format!("{path}/members"))
        .await
        .problem(404, "organisation_not_found");
    stranger
        .get(&format!("{path}/members/me"))
        .await
        .problem(404, "organisation_not_found");
    assert_eq!(
        stranger.get("/organisations").await.expect(200)["items"],
        json!([])
    );
}

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn members_are_added_by_address_and_the_last_organiser_stays(pool: PgPool) {
    let world = World::new(&pool).await;
    let olga = world.organiser().await;
    let members = format!("/organisations/{}/members", olga.organisation);
    let stefan = UserId::new();
    sqlx::query("INSERT INTO people VALUES ($1, 'Stefan@example.com', 'Stefan', 1)")
        .bind(stefan.as_uuid())
        .execute(&pool)
        .await
        .unwrap();
    olga.api
        .post(
            &members,
            json!({"email": "nobody@example.com", "role": "staff"}),
        )
        .await
        .problem(404, "user_not_found");
    olga.api
        .post(
            &members,
            json!({"email": "stefan@EXAMPLE.com", "role": "staff"}),
        )
        .await
        .expect(201);

    let staff = world.person(stefan);
    assert_eq!(
        staff.get(&format!("{members}/me")).await.expect(200)["role"],
        "staff"
    );
    staff
        .post(
            &members,
            json!({"email": "stefan@example.com", "role": "organiser"}),
        )
        .await
        .problem(403, "forbidden");
    let draft = olga.draft(json!({})).await;
    staff
        .get(&format!("/events/{}", id(&draft)))
        .await
        .expect(200);
    staff
        .delete(&format!("/events/{}", id(&draft)))
        .await
        .problem(403, "forbidden");

    olga.api
        .delete(&format!("{members}/{}", olga.user))
        .await
        .problem(409, "last_organiser");
    olga.api
        .put(&format!("{members}/{stefan}"), json!({"role": "organiser"}))
        .await
        .expect(200);
    assert_eq!(
        olga.api
            .delete(&format!("{members}/{}", olga.user))
            .await
            .status,
        204
    );
    olga.api
        .get(&members)
        .await
        .problem(404, "organisation_not_found");
}

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn venues_belong_to_an_organisation(pool: PgPool) {
    let world = World::new(&pool).await;
    let olga = world.organiser().await;
    let venue = json!({"organisation_id": olga.organisation, "name": "Theatre", "city": "Graz", "country": "AT"});
    let made = olga.api.post("/venues", venue.clone()).await.expect(201);
    world
        .stranger()
        .post("/venues", venue)
        .await
        .problem(404, "organisation_not_found");
    world
        .stranger()
        .get(&format!("/venues/{}", id(&made)))
        .await
        .problem(404, "venue_not_found");
    let wrong =
        json!({"organisation_id": olga.organisation, "name": "Theatre", "country": "Austria"});
    assert_eq!(
        pointers(
            &olga
                .api
                .post("/venues", wrong)
                .await
                .problem(422, "invalid_request")
        ),
        ["/country"]
    );
    for n in 0..4 {
        let venue = json!({"organisation_id": olga.organisation, "name": format!("Room {n}")});
        olga.api.post("/venues", venue).await.expect(201);
    }
    let (mut cursor, mut seen) = (String::new(), 0);
    loop {
        let page = olga
            .api
            .get(&format!("/venues?limit=2{cursor}"))
            .await
            .expect(200);
        seen += page["items"].as_array().unwrap().len();
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, 5);
}
