//! Rotation of refresh tokens, two tabs, and stolen copies.

use redis::AsyncCommands as _;
use serde_json::json;
use sqlx::PgPool;

use crate::world::{Person, World, person};

/// Lets the 10 s pass in which a replaced token still gets its successor.
async fn grace_passes(world: &World) {
    let mut redis = world.redis.clone();
    let keys: Vec<String> = redis.keys("auth:retired:*").await.unwrap();
    for key in keys {
        if world_has(world, &key).await {
            redis.del::<_, ()>(key).await.unwrap();
        }
    }
}

/// Other tests use the same Redis: only this world's sessions are ours to change.
async fn world_has(world: &World, key: &str) -> bool {
    let session = key.split(':').nth(2).unwrap();
    let user: Option<String> = world
        .redis
        .clone()
        .hget(format!("auth:session:{session}"), "user_id")
        .await
        .unwrap();
    let users: Vec<uuid::Uuid> = sqlx::query_scalar("SELECT id FROM users")
        .fetch_all(&world.pool)
        .await
        .unwrap();
    user.is_some_and(|user| users.iter().any(|id| id.to_string() == user))
}

async fn refreshed(world: &World, token: &str) -> Person {
    person(&world.try_refresh(token).await.expect(200))
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn each_token_leads_to_the_next(pool: PgPool) {
    let world = World::new(&pool).await;
    let mut ben = world.register("ben").await;
    for _ in 0..5 {
        let next = refreshed(&world, &ben.refresh).await;
        assert_ne!(next.refresh, ben.refresh);
        world.of(&next).get("/me").await.expect(200);
        ben = next;
    }
    for nonsense in ["", "x", &ben.refresh[1..]] {
        world
            .try_refresh(nonsense)
            .await
            .problem(401, "refresh_token_invalid");
    }
    world
        .api
        .post("/refresh", json!({}))
        .await
        .problem(401, "refresh_token_invalid");
    world
        .api
        .post("/refresh", json!({"refresh_token": 7}))
        .await
        .problem(422, "invalid_request");
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn two_tabs_get_the_same_successor(pool: PgPool) {
    let world = World::new(&pool).await;
    let ben = world.register("ben").await;
    let tabs = (0..12).map(|_| refreshed(&world, &ben.refresh));
    let tokens: Vec<_> = futures::future::join_all(tabs)
        .await
        .into_iter()
        .map(|tab| tab.refresh)
        .collect();
    assert!(
        tokens.iter().all(|token| *token == tokens[0]),
        "all tabs share one"
    );
    refreshed(&world, &tokens[0]).await;
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn a_slow_tab_gets_the_token_that_is_alive(pool: PgPool) {
    let world = World::new(&pool).await;
    let ben = world.register("ben").await;
    let second = refreshed(&world, &ben.refresh).await;
    let third = refreshed(&world, &second.refresh).await;
    let slow = refreshed(&world, &ben.refresh).await;
    assert_eq!(slow.refresh, third.refresh);
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn later_reuse_ends_the_session_and_only_it(pool: PgPool) {
    let world = World::new(&pool).await;
    let stolen = world.register("ben").await;
    let elsewhere = world.login(&stolen.email).await;
    let owner = refreshed(&world, &stolen.refresh).await;
    let owner = refreshed(&world, &owner.refresh).await;
    grace_passes(&world).await;

    world
        .try_refresh(&stolen.refresh)
        .await
        .problem(401, "refresh_token_invalid");
    world
        .try_refresh(&owner.refresh)
        .await
        .problem(401, "refresh_token_invalid");
    world
        .of(&owner)
        .get("/me")
        .await
        .problem(401, "session_revoked");
    refreshed(&world, &elsewhere.refresh).await;
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn who_only_knows_the_session_can_not_end_it(pool: PgPool) {
    let world = World::new(&pool).await;
    let ben = world.register("ben").await;
    let next = refreshed(&world, &ben.refresh).await;
    grace_passes(&world).await;
    // The session's id and an old generation, with a secret that is made up.
    let forged = format!(
        "{}{}",
        &ben.refresh[..30],
        "A".repeat(ben.refresh.len() - 30)
    );
    world
        .try_refresh(&forged)
        .await
        .problem(401, "refresh_token_invalid");
    assert_eq!(
        world
            .api
            .post("/logout", json!({"refresh_token": forged}))
            .await
            .status,
        204
    );
    refreshed(&world, &next.refresh).await;
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn redis_holds_no_token(pool: PgPool) {
    let world = World::new(&pool).await;
    let ben = world.register("ben").await;
    let session = world.of(&ben).get("/me/sessions").await.expect(200)["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let fields: std::collections::HashMap<String, String> = world
        .redis
        .clone()
        .hgetall(format!("auth:session:{session}"))
        .await
        .unwrap();
    assert_eq!(fields["hash"].len(), 64);
    assert!(
        fields
            .values()
            .all(|value| !ben.refresh.contains(value.as_str()) || value.len() < 4)
    );
}
