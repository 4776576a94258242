//! The OpenAPI document: guarded operations and what each must say.

use sqlx::PgPool;

use crate::world::World;

/// What may be called without a token. A new operation is guarded, or stands here for a reason that one can defend.
const PUBLIC: &[&str] = &[
    "GET /events",
    "GET /events/{id}",
    "GET /events/{id}/seating",
    "GET /categories",
];

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn every_operation_wants_a_token_unless_it_is_public(pool: PgPool) {
    let world = World::new(&pool).await;
    testkit::api::assert_guarded(&world.api, &catalog::openapi(), PUBLIC).await;
}

#[test]
fn every_operation_is_described() {
    testkit::api::assert_described(&catalog::openapi());
}
