//! Event pages: cached, revalidated, and never stale on any replica.

use std::time::Duration;

use axum::http::Method;
use kit::process::Shutdown;
use serde_json::json;
use sqlx::PgPool;
use testkit::eventually;

use crate::world::{World, id};

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn what_did_not_change_is_not_sent_again(pool: PgPool) {
    let world = World::new(&pool).await;
    let olga = world.organiser().await;
    let event = olga.published(json!({})).await;
    let path = format!("/events/{}", id(&event));
    let etag = world
        .api
        .get(&path)
        .await
        .header("etag")
        .unwrap()
        .to_owned();
    for known in [
        etag.clone(),
        format!("W/{etag}"),
        format!("\"x\", {etag}"),
        "*".into(),
    ] {
        let answer = world
            .api
            .request(Method::GET, &path)
            .header("if-none-match", &known)
            .send()
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.text()),
            (304, String::new()),
            "{known}"
        );
    }
    let answer = world
        .api
        .request(Method::GET, &path)
        .header("if-none-match", "\"1\"")
        .send()
        .await;
    assert_eq!(answer.status, 200);
}

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn a_change_reaches_the_other_replica(pool: PgPool) {
    let (one, other) = (World::new(&pool).await, World::new(&pool).await);
    let shutdown = Shutdown::new();
    let following = [&one, &other]
        .map(|world| tokio::spawn(world.pages.clone().follow(pool.clone(), shutdown.clone())));
    let olga = one.organiser().await;
    let event = olga.published(json!({})).await;
    let path = format!("/events/{}", id(&event));
    let listening = async || {
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_stat_activity WHERE query ILIKE 'LISTEN%' AND datname = current_database()")
            .fetch_one(&pool)
            .await?;
        Ok(count == 2)
    };
    eventually("both listen", Duration::from_secs(5), listening)
        .await
        .unwrap();
    for title in ["One", "Two"] {
        let now = other.api.get(&path).await.expect(200);
        olga.edit(&now, json!({"title": title})).await.expect(200);
        eventually(
            "the other replica shows the new title",
            Duration::from_secs(5),
            async || Ok(other.api.get(&path).await.expect(200)["title"] == title),
        )
        .await
        .unwrap();
    }
    shutdown.trigger();
    for task in following {
        task.await.unwrap();
    }
}
