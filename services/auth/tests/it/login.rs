//! Logging in and out, and what an access token must be.

use axum::http::Method;
use contracts::UserId;
use kit::auth::Role;
use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::Issuer;

use crate::world::{PASSWORD, World, email, person};

#[sqlx::test(migrations = "../../migrations/auth")]
async fn unknown_and_wrong_are_answered_alike(pool: PgPool) {
    let world = World::new(&pool).await;
    let ben = world.register("ben").await;
    let mut wrong = world
        .try_login(&ben.email, "not the password")
        .await
        .problem(401, "invalid_credentials");
    let mut unknown = world
        .try_login(&email("nobody"), PASSWORD)
        .await
        .problem(401, "invalid_credentials");
    world
        .try_login("no address at all", PASSWORD)
        .await
        .problem(401, "invalid_credentials");
    for body in [&mut wrong, &mut unknown] {
        body["trace_id"].take();
    }
    assert_eq!(wrong, unknown);
    world
        .try_login(&format!("  {} ", ben.email), PASSWORD)
        .await
        .expect(200);
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn the_cookie_keeps_the_refresh_token_from_scripts(pool: PgPool) {
    let world = World::new(&pool).await;
    let ben = world.register("ben").await;
    let call = |path: &str, cookie: Option<&str>, header: bool| {
        let mut call = world.api.request(Method::POST, path);
        if header {
            call = call.header("x-refresh-transport", "cookie");
        }
        if let Some(cookie) = cookie {
            call = call.header("cookie", &format!("a=b; {cookie}; c=d"));
        }
        call
    };
    let login = call("/login", None, true)
        .json(&json!({"email": ben.email, "password": PASSWORD}))
        .send()
        .await;
    assert_eq!(login.expect(200)["refresh_token"], Value::Null);
    let set = login.header("set-cookie").unwrap().to_owned();
    for attribute in [
        "HttpOnly",
        "SameSite=Strict",
        "Path=/api/auth",
        "Max-Age=3600",
        "Secure",
    ] {
        assert!(set.split("; ").any(|part| part == attribute), "{set}");
    }
    let cookie = set.split(';').next().unwrap();

    call("/refresh", Some(cookie), false)
        .send()
        .await
        .problem(401, "refresh_token_invalid");
    let refreshed = call("/refresh", Some(cookie), true).send().await;
    refreshed.expect(200);
    let next = refreshed
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    assert_ne!(next, cookie);

    let logout = call("/logout", Some(&next), true).send().await;
    assert_eq!(logout.status, 204);
    assert!(
        logout
            .header("set-cookie")
            .unwrap()
            .starts_with("refresh_token=; ")
    );
    assert!(logout.header("set-cookie").unwrap().contains("Max-Age=0"));
    call("/refresh", Some(&next), true)
        .send()
        .await
        .problem(401, "refresh_token_invalid");
    call("/refresh", None, true)
        .send()
        .await
        .problem(401, "refresh_token_invalid");
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn logging_out_ends_the_session_by_either_token(pool: PgPool) {
    let world = World::new(&pool).await;
    let ben = world.register("ben").await;
    let body = json!({"refresh_token": ben.refresh});
    assert_eq!(world.api.post("/logout", body.clone()).await.status, 204);
    world
        .of(&ben)
        .get("/me")
        .await
        .problem(401, "session_revoked");
    assert_eq!(
        world.api.post("/logout", body).await.status,
        204,
        "again is no error"
    );
    assert_eq!(
        world
            .api
            .post("/logout", json!({"refresh_token": "nonsense"}))
            .await
            .status,
        204
    );

    let ben = world.login(&ben.email).await;
    let by_access = world.of(&ben).request(Method::POST, "/logout").send().await;
    assert_eq!(by_access.status, 204);
    world
        .try_refresh(&ben.refresh)
        .await
        .problem(401, "refresh_token_invalid");
    world
        .api
        .request(Method::POST, "/logout")
        .send()
        .await
        .problem(401, "unauthorized");
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn a_bearer_that_is_not_ours_is_refused(pool: PgPool) {
    let world = World::new(&pool).await;
    let ben = world.register("ben").await;
    let foreign = Issuer::new("foreign").token(UserId::new(), &[Role::Admin]);
    let (head, tail) = ben.access.split_once('.').unwrap();
    let flipped = format!("{head}.{}", tail.replacen(['a', 'b', 'c'], "d", 1));
    for token in [foreign.as_str(), &flipped, &ben.refresh, "", "x.y.z"] {
        world
            .api
            .with_token(token)
            .get("/me")
            .await
            .problem(401, "unauthorized");
    }
    let basic = world
        .api
        .request(Method::GET, "/me")
        .header("authorization", "Basic YTpi");
    let refused = basic.send().await;
    refused.problem(401, "unauthorized");
    assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn a_deleted_account_is_nobody(pool: PgPool) {
    let world = World::new(&pool).await;
    let ben = person(
        &world
            .try_login(&world.register("ben").await.email, PASSWORD)
            .await
            .expect(200),
    );
    sqlx::query("DELETE FROM users")
        .execute(&pool)
        .await
        .unwrap();
    world.of(&ben).get("/me").await.problem(401, "unauthorized");
    world
        .try_refresh(&ben.refresh)
        .await
        .problem(401, "session_revoked");
}
