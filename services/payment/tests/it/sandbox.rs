//! The whole of it with the sandbox as the provider: over HTTP both ways, with its pages, webhooks and faults.

use std::{sync::Arc, time::Duration};

use contracts::PaymentId;
use kit::{client::Client, http::ApiRouter, process::Shutdown};
use payment::{
    providers,
    sandbox::{self, config::MerchantConfig},
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::{PgPool, postgres::PgPoolOptions};
use testkit::{Api, eventually};
use tokio::net::TcpListener;

use crate::{
    bank::Bank,
    shop::{Held, Shop},
    world::{Person, World, app, id_of},
};

/// Webhooks may be late on purpose.
const PATIENCE: Duration = Duration::from_secs(20);
/// What the payment service waits for an answer.
const TIMEOUT: Duration = Duration::from_secs(1);

struct Platform {
    world: World,
    /// The sandbox's own tables.
    books: PgPool,
    /// Where the sandbox is.
    url: String,
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

fn serve(listener: TcpListener, api: ApiRouter) {
    let router = testkit::app(api);
    tokio::spawn(async move { axum::serve(listener, router).await });
}

impl Platform {
    async fn new(pool: &PgPool) -> Self {
        // A schema of its own keeps it as far from our tables as a database would, and goes with the test's database.
        sqlx::query("CREATE SCHEMA sandbox")
            .execute(pool)
            .await
            .unwrap();
        let options = pool.connect_options();
        let options = (*options).clone().options([("search_path", "sandbox")]);
        let books = PgPoolOptions::new()
            .max_connections(5)
            .connect_with(options)
            .await
            .unwrap();
        sandbox::MIGRATIONS.run(&books).await.unwrap();

        let (payment_listener, payment_url) = listen().await;
        let (sandbox_listener, url) = listen().await;
        let merchant = MerchantConfig {
            sandbox_public_url: url.parse().unwrap(),
            payment_url: payment_url.parse().unwrap(),
            sandbox_api_key: "sk_test".into(),
            sandbox_webhook_secret: "whsec_test".into(),
        };
        let stand_in = sandbox::App::new(books.clone(), Client::new().unwrap(), merchant);
        serve(sandbox_listener, sandbox::router(stand_in.clone()));
        tokio::spawn(sandbox::deliver(stand_in, Shutdown::new()));

        let provider = providers::Sandbox::new(
            url.parse().unwrap(),
            "sk_test".into(),
            "whsec_test".into(),
            TIMEOUT,
        );
        let shop = Shop::default();
        let app = app(pool, &shop, Arc::new(provider.unwrap())).await;
        serve(payment_listener, payment::router(app.clone()));
        let world = World {
            api: Api::new(payment::router(app.clone())),
            app,
            bank: Bank::new(),
            shop,
            pool: pool.clone(),
        };
        world.work();
        Self { world, books, url }
    }

    /// Begins to pay for so many tickets.
    async fn pay(&self, quantity: u32, method: &str) -> (Person, Held, testkit::Answer) {
        let person = self.world.person();
        let held = self.world.shop.hold(person.id, quantity);
        let body = json!({"booking_id": held.id, "payment_method": method, "return_url": "http://localhost:3000/bookings"});
        let key = uuid::Uuid::now_v7().to_string();
        let answer = person.send("/payments", &key, &body).await;
        (person, held, answer)
    }

    /// Pays until the money is taken.
    async fn capture(&self, quantity: u32, method: &str) -> (Person, Held, PaymentId) {
        let (person, held, answer) = self.pay(quantity, method).await;
        let id = id_of(&answer.json());
        self.until(id, "authorised").await;
        self.world.deliver(held.confirmed(id)).await.unwrap();
        self.until(id, "captured").await;
        (person, held, id)
    }

    async fn until(&self, id: PaymentId, status: &str) {
        eventually(status, PATIENCE, async || {
            Ok(self.world.status(id).await == status)
        })
        .await
        .unwrap();
    }

    async fn until_told(&self) {
        eventually("all webhooks are taken", PATIENCE, async || {
            let open: i64 =
                sqlx::query_scalar("SELECT count(*) FROM deliveries WHERE delivered_at IS NULL")
                    .fetch_one(&self.books)
                    .await?;
            Ok(open == 0)
        })
        .await
        .unwrap();
    }

    /// What the sandbox moved for a payment, in its order.
    async fn ledger(&self, id: PaymentId) -> Vec<(String, i64)> {
        sqlx::query_as(
            "SELECT l.kind, l.amount FROM ledger l JOIN intents i ON i.id = l.intent_id WHERE i.reference = $1 ORDER BY l.id",
        )
        .bind(id.to_string())
        .fetch_all(&self.books)
        .await
        .unwrap()
    }
}

fn moved(moves: &[(&str, i64)]) -> Vec<(String, i64)> {
    moves
        .iter()
        .map(|(kind, amount)| ((*kind).to_owned(), *amount))
        .collect()
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn reserved_taken_and_given_back(pool: PgPool) {
    let platform = Platform::new(&pool).await;
    let (person, held, id) = platform.capture(3, "pm_card_visa").await;
    let world = &platform.world;
    world.deliver(held.cancelled(id, 0, 1)).await.unwrap();
    world.deliver(held.cancelled(id, 1, 2)).await.unwrap();
    eventually("all is back", PATIENCE, async || {
        Ok(person.payment(id).await["refunded"]["amount"] == 3_000)
    })
    .await
    .unwrap();
    let mut ledger = platform.ledger(id).await;
    ledger[2..].sort();
    let wanted = [
        ("authorised", 3_000),
        ("captured", 3_000),
        ("refunded", 1_000),
        ("refunded", 2_000),
    ];
    assert_eq!(ledger, moved(&wanted));
    platform.until_told().await;
    assert_eq!(world.messages("payment.refunded").await.len(), 2);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn declines_have_their_reasons(pool: PgPool) {
    let platform = Platform::new(&pool).await;
    for (method, code) in [
        ("pm_card_chargeDeclined", "generic_decline"),
        (
            "pm_card_chargeDeclinedInsufficientFunds",
            "insufficient_funds",
        ),
    ] {
        let (_, _, answer) = platform.pay(1, method).await;
        let problem = answer.problem(402, "payment_declined");
        assert_eq!(problem["decline_code"], code);
    }
    let (_, _, answer) = platform.pay(1, "pm_nonsense").await;
    answer.problem(422, "invalid_request");
    platform.until_told().await;
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn the_buyer_confirms_on_the_sandboxs_page(pool: PgPool) {
    let platform = Platform::new(&pool).await;
    let browser = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    for (decision, status) in [("approve", "authorised"), ("decline", "failed")] {
        let (person, _, answer) = platform.pay(1, "pm_card_authenticationRequired").await;
        let body: Value = answer.expect(202);
        let url = body["next_action"]["url"].as_str().unwrap();
        assert!(url.starts_with(&platform.url), "{url}");
        let page = browser.get(url).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::OK);
        let decided = browser
            .post(url)
            .form(&[("decision", decision)])
            .send()
            .await
            .unwrap();
        let back = decided.headers()["location"].to_str().unwrap().to_owned();
        let id = id_of(&body);
        assert_eq!(back, format!("http://localhost:3000/bookings?payment={id}"));
        platform.until(id, status).await;
        assert!(person.payment(id).await["next_action"].is_null());
    }
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn a_charge_that_times_out_is_made_once(pool: PgPool) {
    let platform = Platform::new(&pool).await;
    for method in [
        "pm_sandbox_timeoutAfterCharge",
        "pm_sandbox_timeoutBeforeCharge",
    ] {
        let (_, held, answer) = platform.pay(1, method).await;
        let status = answer.status.as_u16();
        assert!([201, 202].contains(&status), "{}", answer.text());
        let id = id_of(&answer.json());
        eventually("it is found", PATIENCE, async || {
            platform.world.reconcile().await;
            Ok(platform.world.status(id).await == "authorised")
        })
        .await
        .unwrap();
        platform.world.deliver(held.confirmed(id)).await.unwrap();
        platform.until(id, "captured").await;
        let wanted = [("authorised", 1_000), ("captured", 1_000)];
        assert_eq!(platform.ledger(id).await, moved(&wanted), "{method}");
    }
    let told = platform.world.messages("payment.captured").await;
    assert_eq!(told.len(), 2);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn webhooks_twice_late_and_out_of_order_change_nothing(pool: PgPool) {
    let platform = Platform::new(&pool).await;
    let mut all = Vec::new();
    for method in [
        "pm_sandbox_webhooksTwice",
        "pm_sandbox_webhooksLate",
        "pm_sandbox_webhooksOutOfOrder",
    ] {
        all.push(platform.capture(1, method).await.2);
    }
    platform.until_told().await;
    for id in all {
        assert_eq!(platform.world.status(id).await, "captured");
        let wanted = [("authorised", 1_000), ("captured", 1_000)];
        assert_eq!(platform.ledger(id).await, moved(&wanted));
    }
    for key in ["payment.authorised", "payment.captured"] {
        assert_eq!(platform.world.messages(key).await.len(), 3, "{key}");
    }
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn results_that_come_later_come(pool: PgPool) {
    let platform = Platform::new(&pool).await;
    let (_, _, success) = platform.pay(1, "pm_sandbox_asyncSuccess").await;
    let (_, _, failure) = platform.pay(1, "pm_sandbox_asyncFailure").await;
    let (_, _, lost) = platform.pay(1, "pm_sandbox_webhooksLost").await;
    let id = |answer: &testkit::Answer| id_of(&answer.expect(202));
    platform.until(id(&success), "authorised").await;
    platform.until(id(&failure), "failed").await;
    // Nobody tells about this one.
    let lost = id(&lost);
    assert_eq!(platform.world.status(lost).await, "created");
    eventually("it is asked for", PATIENCE, async || {
        platform.world.reconcile().await;
        Ok(platform.world.status(lost).await == "authorised")
    })
    .await
    .unwrap();
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn captures_fail_for_a_while_or_for_good(pool: PgPool) {
    let platform = Platform::new(&pool).await;
    let (_, _, id) = platform.capture(1, "pm_sandbox_captureFailsTwice").await;
    let wanted = [("authorised", 1_000), ("captured", 1_000)];
    assert_eq!(platform.ledger(id).await, moved(&wanted));

    let (_, held, answer) = platform.pay(1, "pm_sandbox_captureRefused").await;
    let id = id_of(&answer.expect(201));
    platform.world.deliver(held.confirmed(id)).await.unwrap();
    platform.until(id, "failed").await;
    let failed = platform.world.messages("payment.failed").await;
    assert_eq!(failed[0]["after_authorisation"], true);
    assert_eq!(failed[0]["code"], "capture_refused");
    // The reserved money does not stay reserved.
    eventually("it is let go", PATIENCE, async || {
        platform.world.reconcile().await;
        let wanted = [("authorised", 1_000), ("canceled", 1_000)];
        Ok(platform.ledger(id).await == moved(&wanted))
    })
    .await
    .unwrap();
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn refused_refunds_fail(pool: PgPool) {
    let platform = Platform::new(&pool).await;
    let (person, held, id) = platform.capture(1, "pm_sandbox_refundRefused").await;
    let cancelled = held.cancelled(id, 0, 1);
    platform.world.deliver(cancelled).await.unwrap();
    eventually("it is refused", PATIENCE, async || {
        let list = person.get(id, "/refunds").await.expect(200);
        Ok(list["items"][0]["failure"]["code"] == "refund_refused")
    })
    .await
    .unwrap();
    assert_eq!(person.payment(id).await["refunded"]["amount"], 0);
}
