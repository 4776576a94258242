//! The OpenAPI document: guarded operations and what each must say.

use sqlx::PgPool;

use crate::world::World;

/// What may be called without a token. A new operation is guarded, or stands here for a reason that one can defend.
const PUBLIC: &[&str] = &[
    "GET /.well-known/ticket-keys.json",
    "GET /events/{id}/availability",
    "GET /events/{id}/availability/stream",
    // The signed place says whose it is; a browser's event source sends no token.
    "GET /events/{id}/queue/stream",
    "GET /events/{id}/seats",
];

#[sqlx::test(migrations = "../../migrations/booking")]
async fn every_operation_wants_a_token_unless_it_is_public(pool: PgPool) {
    let world = World::new(pool).await;
    testkit::api::assert_guarded(&world.api, &booking::openapi(), PUBLIC).await;
}

#[test]
fn every_operation_is_described() {
    testkit::api::assert_described(&booking::openapi());
}
