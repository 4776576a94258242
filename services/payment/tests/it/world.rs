//! A payment service on a database of its own, with a provider and a shop, and people who pay.

use std::{sync::Arc, time::Duration};

use axum::http::Method;
use contracts::{BookingId, Message, MessageId, PaymentId, UserId};
use kit::{
    auth::Role,
    client::Client,
    config::{PeersConfig, RedisConfig, Switch},
    consumer::{Delivery, Failure},
    outbox::OutboxSignal,
    process::Shutdown,
    rate_limit::RateLimiter,
};
use payment::{
    App, Limits, Parts, Settings, consume,
    providers::{Provider, Providers},
    reconcile, work,
    work::WorkSignal,
};
use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::{Answer, Api, Issuer, eventually};

use crate::{
    bank::Bank,
    shop::{Held, Shop},
};

pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) api: Api,
    pub(crate) bank: Bank,
    pub(crate) shop: Shop,
    pub(crate) pool: PgPool,
}

/// Somebody with a token.
pub(crate) struct Person {
    pub(crate) id: UserId,
    pub(crate) api: Api,
}

/// An app like the one that `payment serve` makes.
pub(crate) async fn app(pool: &PgPool, shop: &Shop, provider: Arc<dyn Provider>) -> App {
    let redis = RedisConfig {
        url: testkit::redis_url().into(),
    };
    let redis = kit::redis::connect(&redis, &Shutdown::new()).await.unwrap();
    let shop = shop.serve().await;
    App::new(Parts {
        pool: pool.clone(),
        verifier: Issuer::shared().verifier(),
        limits: Limits::new(RateLimiter::new(redis, Switch::On)),
        providers: Providers::new(provider),
        client: Client::new().unwrap(),
        peers: PeersConfig {
            auth: shop.clone(),
            catalog: shop.clone(),
            booking: shop.clone(),
            payment: shop,
        },
        outbox: OutboxSignal::default(),
        work: WorkSignal::default(),
        settings: Settings {
            public_url: "http://localhost:3000".parse().unwrap(),
            reconcile_after: Duration::from_secs(120),
            provider_timeout: Duration::from_secs(5),
        },
    })
}

impl World {
    /// Nobody works operations off.
    pub(crate) async fn new(pool: &PgPool) -> Self {
        let (bank, shop) = (Bank::new(), Shop::default());
        let app = app(pool, &shop, Arc::new(bank.clone())).await;
        Self {
            api: Api::new(payment::router(app.clone())),
            app,
            bank,
            shop,
            pool: pool.clone(),
        }
    }

    /// The same with the task that captures, voids and refunds.
    pub(crate) async fn working(pool: &PgPool) -> Self {
        let world = Self::new(pool).await;
        world.work();
        world
    }

    pub(crate) fn work(&self) {
        tokio::spawn(work::run(self.app.clone(), Shutdown::new()));
    }

    pub(crate) fn person(&self) -> Person {
        self.with_roles(&[])
    }

    pub(crate) fn admin(&self) -> Person {
        self.with_roles(&[Role::Admin])
    }

    fn with_roles(&self, roles: &[Role]) -> Person {
        let id = UserId::new();
        let api = self.api.with_token(testkit::token(id, roles));
        Person { id, api }
    }

    /// Gives a message as if it came from the broker.
    pub(crate) async fn deliver(&self, message: Message) -> Result<(), Failure> {
        self.deliver_as(&MessageId::new().to_string(), message)
            .await
    }

    pub(crate) async fn deliver_as(&self, id: &str, message: Message) -> Result<(), Failure> {
        let delivery = Delivery {
            message_id: id.to_owned(),
            message,
        };
        consume::handle(&self.app, delivery).await
    }

    /// What stands in the outbox with this routing key, oldest first.
    pub(crate) async fn messages(&self, key: &str) -> Vec<Value> {
        sqlx::query_scalar("SELECT payload FROM outbox WHERE routing_key = $1 ORDER BY id")
            .bind(key)
            .fetch_all(&self.pool)
            .await
            .unwrap()
    }

    /// Looks at everything that is open, as if its time had come.
    pub(crate) async fn reconcile(&self) {
        sqlx::query("UPDATE payments SET next_check_at = now() WHERE next_check_at IS NOT NULL")
            .execute(&self.pool)
            .await
            .unwrap();
        reconcile::round(&self.app).await.unwrap();
    }

    /// The state in the database.
    pub(crate) async fn status(&self, id: PaymentId) -> String {
        sqlx::query_scalar("SELECT status FROM payments WHERE id = $1")
            .bind(id.as_uuid())
            .fetch_one(&self.pool)
            .await
            .unwrap()
    }

    pub(crate) async fn until(&self, id: PaymentId, status: &str) {
        eventually(status, PATIENCE, async || {
            Ok(self.status(id).await == status)
        })
        .await
        .unwrap();
    }

    /// Somebody who holds tickets and has reserved the money for them.
    pub(crate) async fn authorised(&self, quantity: u32) -> (Person, Held, PaymentId) {
        let person = self.person();
        let held = self.shop.hold(person.id, quantity);
        let payment = person.pay(held.id, "pm_card_visa").await.expect(201);
        (person, held, id_of(&payment))
    }

    /// The same with the money taken.
    pub(crate) async fn captured(&self, quantity: u32) -> (Person, Held, PaymentId) {
        let (person, held, id) = self.authorised(quantity).await;
        self.deliver(held.confirmed(id)).await.unwrap();
        self.until(id, "captured").await;
        (person, held, id)
    }
}

impl Person {
    pub(crate) async fn pay(&self, booking: BookingId, method: &str) -> Answer {
        let key = uuid::Uuid::now_v7().to_string();
        self.pay_with(&key, booking, method).await
    }

    pub(crate) async fn pay_with(&self, key: &str, booking: BookingId, method: &str) -> Answer {
        self.send(
            "/payments",
            key,
            &json!({"booking_id": booking, "payment_method": method}),
        )
        .await
    }

    pub(crate) async fn send(&self, path: &str, key: &str, body: &Value) -> Answer {
        self.api
            .request(Method::POST, path)
            .header("idempotency-key", key)
            .json(body)
            .send()
            .await
    }

    pub(crate) async fn refund(&self, payment: PaymentId, body: Value) -> Answer {
        let key = uuid::Uuid::now_v7().to_string();
        self.send(&format!("/payments/{payment}/refunds"), &key, &body)
            .await
    }

    pub(crate) async fn payment(&self, id: PaymentId) -> Value {
        self.get(id, "").await.expect(200)
    }

    pub(crate) async fn get(&self, id: PaymentId, path: &str) -> Answer {
        self.api.get(&format!("/payments/{id}{path}")).await
    }
}

pub(crate) fn id_of(payment: &Value) -> PaymentId {
    payment["id"].as_str().unwrap().parse().unwrap()
}
