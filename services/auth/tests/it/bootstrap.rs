//! The admin that `auth migrate` makes.

use auth::bootstrap;
use sqlx::PgPool;

use crate::world::{PASSWORD, World, email};

#[sqlx::test(migrations = "../../migrations/auth")]
async fn the_admin_is_made_once(pool: PgPool) {
    let world = World::new(&pool).await;
    let email = email("admin");
    for password in [PASSWORD, "another password"] {
        bootstrap::admin(&pool, Some(email.parse().unwrap()), Some(password.into()))
            .await
            .unwrap();
    }
    let admin = world.login(&email).await;
    world.of(&admin).get("/users?email=x").await.expect(200);
    assert_eq!(world.messages().await.len(), 1);
    bootstrap::admin(&pool, None, None).await.unwrap();
    let short = bootstrap::admin(
        &pool,
        Some("b@example.com".parse().unwrap()),
        Some("short".into()),
    )
    .await;
    assert!(format!("{:#}", short.unwrap_err()).contains("ADMIN_PASSWORD"));
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn who_took_the_address_before_loses_it(pool: PgPool) {
    let world = World::new(&pool).await;
    let squatter = world.register("admin").await;
    bootstrap::admin(
        &pool,
        Some(squatter.email.parse().unwrap()),
        Some("the admin's own".into()),
    )
    .await
    .unwrap();
    world
        .try_refresh(&squatter.refresh)
        .await
        .problem(401, "session_revoked");
    world
        .try_login(&squatter.email, PASSWORD)
        .await
        .problem(401, "invalid_credentials");
    world
        .try_login(&squatter.email, "the admin's own")
        .await
        .expect(200);
}
