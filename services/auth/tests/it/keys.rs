//! Signing keys: encrypted, rotated, and nobody is logged out.

use auth::keys::Keyring;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::world::{ENCRYPTION_KEY, World, keyring_config};

async fn kids(world: &World) -> Vec<String> {
    let set = world.api.get("/.well-known/jwks.json").await.expect(200);
    let keys = set["keys"].as_array().unwrap();
    keys.iter()
        .map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

fn kid_of(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

async fn age(world: &World, interval: &str) {
    let sql = format!("UPDATE signing_keys SET active_from = active_from - interval '{interval}'");
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .execute(&world.pool)
        .await
        .unwrap();
    world.keyring.reload(&world.pool).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn the_set_is_what_verifiers_need(pool: PgPool) {
    let world = World::new(&pool).await;
    let answer = world.api.get("/.well-known/jwks.json").await;
    let key = &answer.expect(200)["keys"][0];
    for (name, value) in [
        ("kty", "OKP"),
        ("crv", "Ed25519"),
        ("alg", "EdDSA"),
        ("use", "sig"),
    ] {
        assert_eq!(key[name], value);
    }
    assert_eq!(key.as_object().unwrap().len(), 6, "nothing private: {key}");
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn a_rotation_logs_nobody_out(pool: PgPool) {
    let world = World::new(&pool).await;
    let admin = world.admin().await;
    let old = kid_of(&admin.access);

    let rotated = world
        .of(&admin)
        .post("/keys/rotate", json!({}))
        .await
        .expect(201);
    let new = rotated["kid"].as_str().unwrap().to_owned();
    let again = world
        .of(&admin)
        .post("/keys/rotate", json!({}))
        .await
        .expect(201);
    assert_eq!(again, rotated, "the one that waits");
    assert_eq!(
        kids(&world).await,
        [old.clone(), new.clone()],
        "published before it signs"
    );
    assert_eq!(kid_of(&world.login(&admin.email).await.access), old);

    age(&world, "20 seconds").await;
    let later = world.login(&admin.email).await;
    assert_eq!(kid_of(&later.access), new);
    world.of(&admin).get("/me").await.expect(200);
    world.of(&later).get("/me").await.expect(200);

    age(&world, "14 minutes").await;
    assert_eq!(kids(&world).await.len(), 2, "its tokens are still valid");
    age(&world, "3 minutes").await;
    assert_eq!(kids(&world).await, [new]);
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn replicas_share_keys_and_make_one_at_a_time(pool: PgPool) {
    let open = (0..4).map(|_| Keyring::open(keyring_config(ENCRYPTION_KEY), &pool));
    let replicas: Vec<_> = futures::future::join_all(open)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert!(
        replicas
            .iter()
            .all(|replica| replica.jwks() == replicas[0].jwks())
    );
    assert_eq!(replicas[0].jwks().keys.len(), 1);

    let rotate = replicas.iter().map(|replica| replica.rotate(&pool));
    let rotations: Vec<_> = futures::future::join_all(rotate)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert!(
        rotations
            .iter()
            .all(|rotation| rotation.kid == rotations[0].kid)
    );
    for replica in &replicas {
        replica.reload(&pool).await.unwrap();
        assert_eq!(replica.jwks().keys.len(), 2);
    }
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn an_old_key_is_replaced_by_itself(pool: PgPool) {
    let world = World::new(&pool).await;
    age(&world, "31 days").await;
    let replica = Keyring::open(keyring_config(ENCRYPTION_KEY), &pool)
        .await
        .unwrap();
    assert_eq!(replica.jwks().keys.len(), 2);
    let replica = Keyring::open(keyring_config(ENCRYPTION_KEY), &pool)
        .await
        .unwrap();
    assert_eq!(replica.jwks().keys.len(), 2, "once");
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn private_keys_lie_encrypted(pool: PgPool) {
    let world = World::new(&pool).await;
    let (public, private): (Vec<u8>, Vec<u8>) =
        sqlx::query_as("SELECT public_key, private_key FROM signing_keys")
            .fetch_one(&pool)
            .await
            .unwrap();
    // PKCS#8 has the public key in it.
    assert!(!private.windows(32).any(|part| part == public));

    let other = BASE64_STANDARD.encode([9; 32]);
    let error = Keyring::open(keyring_config(&other), &pool)
        .await
        .err()
        .unwrap();
    assert!(error.to_string().contains("KEY_ENCRYPTION_KEY"), "{error}");
    auth::keys::rotate(&pool, &keyring_config(&other).encryption)
        .await
        .unwrap();
    age(&world, "20 seconds").await;
    Keyring::open(keyring_config(&other), &pool).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn claims_are_as_agreed(pool: PgPool) {
    let world = World::new(&pool).await;
    let ben = world.register("ben").await;
    let header = jsonwebtoken::decode_header(&ben.access).unwrap();
    assert_eq!(header.typ.as_deref(), Some("at+jwt"));
    let claims: Value = jsonwebtoken::dangerous::insecure_decode(&ben.access)
        .unwrap()
        .claims;
    assert_eq!(claims["iss"], "event-platform");
    assert_eq!(claims["aud"], "event-platform");
    assert_eq!(claims["sub"], ben.id);
    assert_eq!(claims["roles"], json!(["buyer"]));
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        900
    );
    assert!(claims["sid"].is_string() && claims["jti"].is_string());
}
