//! What admins do, and nobody else.

use serde_json::json;
use sqlx::PgPool;

use crate::world::{World, person};

#[sqlx::test(migrations = "../../migrations/auth")]
async fn only_admins_find_accounts_and_set_roles(pool: PgPool) {
    let world = World::new(&pool).await;
    let (admin, ben) = (world.admin().await, world.register("ben").await);
    let find = format!("/users?email={}", ben.email.to_uppercase());
    let roles = format!("/users/{}/roles", ben.id);

    world.of(&ben).get(&find).await.problem(403, "forbidden");
    world
        .of(&ben)
        .put(&roles, json!({"roles": ["admin"]}))
        .await
        .problem(403, "forbidden");
    world
        .of(&ben)
        .post("/keys/rotate", json!({}))
        .await
        .problem(403, "forbidden");

    let found = world.of(&admin).get(&find).await.expect(200);
    assert_eq!(found["items"][0]["id"], ben.id);
    let none = world
        .of(&admin)
        .get("/users?email=nobody@example.com")
        .await
        .expect(200);
    assert_eq!(none["items"], json!([]));
    let missing = world
        .of(&admin)
        .get("/users")
        .await
        .problem(422, "invalid_request");
    assert_eq!(missing["errors"][0]["pointer"], "?email");
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn a_new_role_comes_with_the_next_refresh_and_a_lost_one_ends_sessions(pool: PgPool) {
    let world = World::new(&pool).await;
    let (admin, ben) = (world.admin().await, world.register("ben").await);
    let path = format!("/users/{}/roles", ben.id);
    let set =
        async |roles: serde_json::Value| world.of(&admin).put(&path, json!({"roles": roles})).await;

    assert_eq!(
        set(json!(["buyer", "admin"])).await.expect(200)["roles"],
        json!(["buyer", "admin"])
    );
    world
        .of(&ben)
        .get("/users?email=x")
        .await
        .problem(403, "forbidden");
    let ben = person(&world.try_refresh(&ben.refresh).await.expect(200));
    world.of(&ben).get("/users?email=x").await.expect(200);

    set(json!(["buyer"])).await.expect(200);
    world
        .of(&ben)
        .get("/users?email=x")
        .await
        .problem(401, "session_revoked");
    world
        .try_refresh(&ben.refresh)
        .await
        .problem(401, "refresh_token_invalid");

    set(json!([])).await.problem(422, "invalid_request");
    set(json!(["root"])).await.problem(422, "invalid_request");
    let unknown = format!("/users/{}/roles", contracts::UserId::new());
    world
        .of(&admin)
        .put(&unknown, json!({"roles": ["buyer"]}))
        .await
        .problem(404, "user_not_found");
    let own = format!("/users/{}/roles", admin.id);
    world
        .of(&admin)
        .put(&own, json!({"roles": ["buyer"]}))
        .await
        .problem(409, "own_role");
}
