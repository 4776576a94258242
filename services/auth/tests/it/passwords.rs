//! Changing a password and resetting it.

use serde_json::json;
use sqlx::PgPool;

use crate::world::{PASSWORD, World, email};

const NEW: &str = "a staple with four horses";

#[sqlx::test(migrations = "../../migrations/auth")]
async fn changing_it_ends_the_other_sessions(pool: PgPool) {
    let world = World::new(&pool).await;
    let here = world.register("ben").await;
    let there = world.login(&here.email).await;
    let change = async |old, new| change(&world, &here.access, old, new).await;

    change("wrong", NEW)
        .await
        .problem(401, "invalid_credentials");
    change(PASSWORD, "short")
        .await
        .problem(422, "invalid_request");
    assert_eq!(change(PASSWORD, NEW).await.status, 204);

    world.of(&here).get("/me").await.expect(200);
    world.try_refresh(&here.refresh).await.expect(200);
    world
        .of(&there)
        .get("/me")
        .await
        .problem(401, "session_revoked");
    world
        .try_refresh(&there.refresh)
        .await
        .problem(401, "refresh_token_invalid");
    world
        .try_login(&here.email, PASSWORD)
        .await
        .problem(401, "invalid_credentials");
    world.try_login(&here.email, NEW).await.expect(200);
}

async fn change(world: &World, token: &str, old: &str, new: &str) -> testkit::Answer {
    let body = json!({"current_password": old, "new_password": new});
    world.api.with_token(token).put("/me/password", body).await
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn an_old_session_is_dead_even_if_redis_still_has_it(pool: PgPool) {
    let world = World::new(&pool).await;
    let ben = world.register("ben").await;
    // As when Redis was away while the password was reset.
    sqlx::query("UPDATE users SET session_epoch = session_epoch + 1")
        .execute(&pool)
        .await
        .unwrap();
    world
        .try_refresh(&ben.refresh)
        .await
        .problem(401, "session_revoked");
    world
        .of(&ben)
        .get("/me")
        .await
        .problem(401, "session_revoked");
}

async fn mailed_token(world: &World, email: &str) -> String {
    assert_eq!(
        world
            .api
            .post("/password-reset", json!({"email": email}))
            .await
            .status,
        202
    );
    let messages = world.messages().await;
    let message = messages.last().unwrap();
    assert_eq!(message["type"], "auth.password_reset.requested");
    message["token"].as_str().unwrap().to_owned()
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn a_mailed_token_sets_the_password_once(pool: PgPool) {
    let world = World::new(&pool).await;
    let ben = world.register("ben").await;
    let replaced = mailed_token(&world, &ben.email.to_uppercase()).await;
    let token = mailed_token(&world, &ben.email).await;
    let stored: Vec<u8> = sqlx::query_scalar("SELECT token_hash FROM password_resets")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert!(
        !stored
            .windows(8)
            .any(|part| token.as_bytes().windows(8).any(|other| other == part))
    );

    let confirm = async |token: &str, password: &str| {
        world
            .api
            .post(
                "/password-reset/confirm",
                json!({"token": token, "new_password": password}),
            )
            .await
    };
    confirm(&replaced, NEW)
        .await
        .problem(410, "reset_token_invalid");
    confirm("nonsense", NEW)
        .await
        .problem(410, "reset_token_invalid");
    confirm(&token, "short")
        .await
        .problem(422, "invalid_request");
    assert_eq!(confirm(&token, NEW).await.status, 204);
    confirm(&token, "yet another one")
        .await
        .problem(410, "reset_token_invalid");

    world
        .of(&ben)
        .get("/me")
        .await
        .problem(401, "session_revoked");
    world
        .try_refresh(&ben.refresh)
        .await
        .problem(401, "refresh_token_invalid");
    world.try_login(&ben.email, NEW).await.expect(200);
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn a_token_expires_and_dies_with_a_changed_password(pool: PgPool) {
    let world = World::new(&pool).await;
    let ben = world.register("ben").await;
    let token = mailed_token(&world, &ben.email).await;
    let body = json!({"token": token, "new_password": NEW});
    sqlx::query("UPDATE password_resets SET expires_at = now()")
        .execute(&pool)
        .await
        .unwrap();
    world
        .api
        .post("/password-reset/confirm", body.clone())
        .await
        .problem(410, "reset_token_invalid");
    sqlx::query("UPDATE password_resets SET expires_at = now() + interval '1 minute'")
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(
        change(&world, &ben.access, PASSWORD, "the owner's choice")
            .await
            .status,
        204
    );
    world
        .api
        .post("/password-reset/confirm", body)
        .await
        .problem(410, "reset_token_invalid");
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn a_token_is_used_once_even_at_once(pool: PgPool) {
    let world = World::new(&pool).await;
    let ben = world.register("ben").await;
    let token = mailed_token(&world, &ben.email).await;
    let body = json!({"token": token, "new_password": NEW});
    let tries = (0..4).map(|_| world.api.post("/password-reset/confirm", body.clone()));
    let answers = futures::future::join_all(tries).await;
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 204).count(),
        1
    );
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn asking_does_not_tell_who_has_an_account(pool: PgPool) {
    let world = World::new(&pool).await;
    let ben = world.register("ben").await;
    for _ in 0..8 {
        assert_eq!(
            world
                .api
                .post("/password-reset", json!({"email": ben.email}))
                .await
                .status,
            202
        );
    }
    let mails = world.messages().await.len() - 1;
    assert_eq!(mails, 5, "no more in an hour");
    let began = std::time::Instant::now();
    let unknown = world
        .api
        .post("/password-reset", json!({"email": email("nobody")}))
        .await;
    assert_eq!(
        (unknown.status.as_u16(), unknown.text().as_str()),
        (202, "")
    );
    assert!(
        began.elapsed().as_millis() >= 150,
        "as long as when a mail is sent"
    );
    assert_eq!(world.messages().await.len() - 1, mails);
}
