//! Registering, `/me` and sessions.

use axum::http::Method;
use serde_json::json;
use sqlx::PgPool;

use crate::world::{PASSWORD, World, email};

#[sqlx::test(migrations = "../../migrations/auth")]
async fn registering_logs_in_and_tells_the_others(pool: PgPool) {
    let world = World::new(&pool).await;
    let email = email("Ben");
    let answer = world
        .api
        .post(
            "/register",
            json!({"email": email, "password": PASSWORD, "name": " Ben "}),
        )
        .await;
    let body = answer.expect(201);
    assert_eq!(body["user"]["email"], email);
    assert_eq!(body["user"]["name"], "Ben");
    assert_eq!(body["user"]["roles"], json!(["buyer"]));
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 900);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(!answer.text().contains("password"));

    let me = world
        .api
        .with_token(body["access_token"].as_str().unwrap())
        .get("/me")
        .await
        .expect(200);
    assert_eq!(me["id"], body["user"]["id"]);

    let messages = world.messages().await;
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0]["type"], "auth.user.registered");
    assert_eq!(messages[0]["email"], email);
    assert_eq!(messages[0]["version"], 1);
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn an_address_has_one_account_in_any_case(pool: PgPool) {
    let world = World::new(&pool).await;
    let ben = world.register("ben").await;
    let again = json!({"email": ben.email.to_uppercase(), "password": PASSWORD});
    world
        .api
        .post("/register", again)
        .await
        .problem(409, "email_taken");
    world
        .try_login(&ben.email.to_uppercase(), PASSWORD)
        .await
        .expect(200);
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn of_many_who_register_an_address_at_once_one_gets_it(pool: PgPool) {
    let world = World::new(&pool).await;
    let body = json!({"email": email("ben"), "password": PASSWORD});
    let tries = (0..6).map(|_| world.api.post("/register", body.clone()));
    let answers = futures::future::join_all(tries).await;
    let count = |status: u16| {
        answers
            .iter()
            .filter(|answer| answer.status == status)
            .count()
    };
    assert_eq!((count(201), count(409)), (1, 5));
    assert_eq!(world.messages().await.len(), 1);
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn bad_registrations_are_pointed_at(pool: PgPool) {
    let world = World::new(&pool).await;
    for (body, pointer) in [
        (json!({"email": "nonsense", "password": PASSWORD}), "/email"),
        (
            json!({"email": email("a"), "password": "short"}),
            "/password",
        ),
        (
            json!({"email": email("a"), "password": "x".repeat(129)}),
            "/password",
        ),
        (json!({"email": email("a")}), "/password"),
        (
            json!({"email": email("a"), "password": PASSWORD, "name": " "}),
            "/name",
        ),
        (
            json!({"email": email("a"), "password": PASSWORD, "name": "a\u{0}b"}),
            "",
        ),
        (json!({"email": 7, "password": PASSWORD}), "/email"),
    ] {
        let problem = world
            .api
            .post("/register", body)
            .await
            .problem(422, "invalid_request");
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
    let malformed = world
        .api
        .request(Method::POST, "/register")
        .header("content-type", "application/json")
        .body("{");
    malformed.send().await.problem(400, "malformed_json");
    let form = world.api.request(Method::POST, "/register").body("email=x");
    form.send().await.problem(415, "unsupported_media_type");
    let huge = json!({"email": "x".repeat(2_000_000)});
    world
        .api
        .post("/register", huge)
        .await
        .problem(413, "body_too_large");
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn a_name_can_be_changed(pool: PgPool) {
    let world = World::new(&pool).await;
    let ben = world.register("ben").await;
    let changed = world
        .of(&ben)
        .patch("/me", json!({"name": "Ben B."}))
        .await
        .expect(200);
    assert_eq!(changed["name"], "Ben B.");
    world
        .of(&ben)
        .patch("/me", json!({"name": ""}))
        .await
        .problem(422, "invalid_request");
    let messages = world.messages().await;
    assert_eq!(messages[1]["type"], "auth.user.updated");
    assert_eq!(messages[1]["name"], "Ben B.");
    assert_eq!(messages[1]["version"], 2);
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn sessions_are_listed_and_ended(pool: PgPool) {
    let world = World::new(&pool).await;
    let phone = world.register("ben").await;
    let desk = world.login(&phone.email).await;
    let stranger = world.register("eve").await;

    let list = world.of(&desk).get("/me/sessions").await.expect(200);
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(
        items.iter().filter(|item| item["current"] == true).count(),
        1
    );
    assert_eq!(items[0]["current"], true, "last used first");
    assert_eq!(items[0]["user_agent"], "test browser");
    let other = items[1]["id"].as_str().unwrap();
    let path = format!("/me/sessions/{other}");

    world
        .of(&stranger)
        .delete(&path)
        .await
        .problem(404, "session_not_found");
    assert_eq!(world.of(&desk).delete(&path).await.status, 204);
    world
        .of(&desk)
        .delete(&path)
        .await
        .problem(404, "session_not_found");
    world
        .of(&desk)
        .delete("/me/sessions/nonsense")
        .await
        .problem(404, "not_found");

    world
        .of(&phone)
        .get("/me")
        .await
        .problem(401, "session_revoked");
    world
        .try_refresh(&phone.refresh)
        .await
        .problem(401, "refresh_token_invalid");
    world.of(&desk).get("/me").await.expect(200);
    world.try_refresh(&desk.refresh).await.expect(200);
}
