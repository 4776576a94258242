//! Guessing passwords is slow; the owner still gets in.

use auth::throttle::{PER_ACCOUNT, PER_ADDRESS, PER_PAIR};
use sqlx::PgPool;

use crate::world::{PASSWORD, World, address, email};

#[sqlx::test(migrations = "../../migrations/auth")]
async fn a_guesser_has_to_wait(pool: PgPool) {
    let world = World::new(&pool).await;
    let ben = world.register("ben").await;
    let guesses = (0..PER_PAIR + 5).map(|_| world.try_login(&ben.email, "a guess"));
    let answers = futures::future::join_all(guesses).await;
    let tried = answers.iter().filter(|answer| answer.status == 401).count();
    assert_eq!(tried, PER_PAIR as usize, "at once as one after another");

    let refused = world.try_login(&ben.email, PASSWORD).await;
    refused.problem(429, "too_many_attempts");
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=900).contains(&wait), "{wait}");
    world
        .try_login_from(&address(), &ben.email, PASSWORD)
        .await
        .expect(200);
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn success_takes_failures_back(pool: PgPool) {
    let world = World::new(&pool).await;
    let ben = world.register("ben").await;
    for _ in 0..3 {
        for _ in 0..PER_PAIR - 1 {
            world
                .try_login(&ben.email, "a slip")
                .await
                .problem(401, "invalid_credentials");
        }
        world.try_login(&ben.email, PASSWORD).await.expect(200);
    }
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn many_addresses_at_one_account_shut_out_strangers_only(pool: PgPool) {
    let world = World::new(&pool).await;
    let ben = world.register("ben").await;
    let home = address();
    world
        .try_login_from(&home, &ben.email, PASSWORD)
        .await
        .expect(200);
    let mut guesses = 0;
    while world
        .try_login_from(&address(), &ben.email, "a guess")
        .await
        .status
        == 401
    {
        guesses += 1;
        assert!(guesses <= PER_ACCOUNT);
    }
    assert_eq!(guesses, PER_ACCOUNT);
    world
        .try_login_from(&address(), &ben.email, PASSWORD)
        .await
        .problem(429, "too_many_attempts");
    world
        .try_login_from(&home, &ben.email, PASSWORD)
        .await
        .expect(200);
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn one_address_at_many_accounts_has_to_wait(pool: PgPool) {
    let world = World::new(&pool).await;
    let mut guesses = 0;
    while world.try_login(&email("somebody"), "a guess").await.status == 401 {
        guesses += 1;
        assert!(guesses <= PER_ADDRESS);
    }
    assert_eq!(guesses, PER_ADDRESS);
}
