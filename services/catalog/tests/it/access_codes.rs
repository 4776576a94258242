//! Ticket types with an access code: organisers alone are told it, and Booking by message.

use serde_json::{Value, json};
use sqlx::PgPool;

use crate::world::{Organiser, World, id, pointers};

const CODE: &str = "Moonlight";

fn kinds(code: &Value) -> Value {
    let price = json!({"amount": 1000, "currency": "EUR"});
    json!([
        {"name": "Fans", "price": price, "capacity": 10, "access_code": code},
        {"name": "Everybody", "price": price, "capacity": 10},
    ])
}

impl Organiser {
    async fn to_edit(&self, event: &Value) -> Value {
        let answer = self.api.get(&format!("/events/{}/edit", id(event))).await;
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let etag = format!("\"{}\"", answer.json()["version"]);
        assert_eq!(answer.header("etag"), Some(etag.as_str()));
        answer.expect(200)
    }
}

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn only_organisers_are_told_the_code(pool: PgPool) {
    let world = World::new(&pool).await;
    let olga = world.organiser().await;
    let staff = world.staff(&olga).await;
    let made = olga
        .draft(json!({"ticket_types": kinds(&json!(format!("  {CODE} ")))}))
        .await;
    let told = |event: &Value| {
        let (first, second) = (&event["ticket_types"][0], &event["ticket_types"][1]);
        assert_eq!(
            (
                &first["access_code_required"],
                &second["access_code_required"]
            ),
            (&json!(true), &json!(false))
        );
        assert!(second.get("access_code").is_none());
        first["access_code"].clone()
    };
    assert_eq!(told(&made), CODE);
    assert_eq!(told(&olga.to_edit(&made).await), CODE);
    let page = format!("/events/{}", id(&made));
    assert_eq!(told(&staff.get(&page).await.expect(200)), Value::Null);

    let published = olga
        .api
        .post(&format!("{page}/publish"), json!({}))
        .await
        .expect(200);
    assert_eq!(told(&published), CODE);
    let edited = olga.edit(&published, json!({"title": "Fan night"})).await;
    assert_eq!(edited.header("cache-control"), Some("no-store"));
    assert_eq!(told(&edited.expect(200)), CODE);
    assert_eq!(told(&olga.to_edit(&made).await), CODE);
    // From PostgreSQL, then from the cache; also to who could read it elsewhere.
    for reader in [&world.api, &world.api, &staff, &olga.api] {
        let answer = reader.get(&page).await;
        assert_eq!(told(&answer.expect(200)), Value::Null);
        assert!(!answer.text().contains(CODE));
    }
    let lists = [
        "/events".to_owned(),
        format!("/events?organisation_id={}", olga.organisation),
    ];
    for list in lists {
        assert!(!olga.api.get(&list).await.text().contains(CODE));
    }
    let edit = format!("{page}/edit");
    staff.get(&edit).await.problem(403, "forbidden");
    world
        .stranger()
        .get(&edit)
        .await
        .problem(404, "event_not_found");
    world.api.get(&edit).await.problem(401, "unauthorized");

    // Booking needs it.
    let messages = world.messages().await;
    assert_eq!(messages.len(), 2);
    for message in messages {
        assert_eq!(told(&message["event"]), CODE);
    }
    let copy = olga
        .api
        .post(&format!("{page}/duplicate"), json!({}))
        .await
        .expect(201);
    assert_eq!(told(&copy), CODE);
}

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn a_code_stays_until_it_is_changed_or_taken_away(pool: PgPool) {
    let world = World::new(&pool).await;
    let olga = world.organiser().await;
    let event = olga
        .published(json!({"ticket_types": kinds(&json!(CODE))}))
        .await;
    let code = |event: &Value| event["ticket_types"][0]["access_code"].clone();
    let sent = async || {
        let messages = world.messages().await;
        messages.last().unwrap()["event"]["ticket_types"][0].clone()
    };
    // As everybody reads it, sent back with another name.
    let public = world
        .api
        .get(&format!("/events/{}", id(&event)))
        .await
        .expect(200);
    let mut types = public["ticket_types"].clone();
    types[0]["name"] = json!("Fan club");
    let event = olga
        .edit(&event, json!({"ticket_types": types}))
        .await
        .expect(200);
    assert_eq!(
        (code(&event), &event["ticket_types"][0]["name"]),
        (json!(CODE), &json!("Fan club"))
    );
    // As its organiser reads it, sent back with another code.
    let mut types = event["ticket_types"].clone();
    types[0]["access_code"] = json!("Starlight");
    types[1]["access_code"] = json!("Press");
    let event = olga
        .edit(&event, json!({"ticket_types": types}))
        .await
        .expect(200);
    assert_eq!(code(&event), "Starlight");
    assert_eq!(event["ticket_types"][1]["access_code"], "Press");
    assert_eq!(sent().await["access_code"], "Starlight");
    let mut types = event["ticket_types"].clone();
    types[0]["access_code"] = Value::Null;
    let event = olga
        .edit(&event, json!({"ticket_types": types}))
        .await
        .expect(200);
    assert_eq!(
        (
            code(&event),
            &event["ticket_types"][0]["access_code_required"]
        ),
        (Value::Null, &json!(false))
    );
    assert!(sent().await.get("access_code").is_none());
    assert_eq!(
        olga.to_edit(&event).await["ticket_types"][1]["access_code"],
        "Press"
    );
}

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn a_code_is_short_and_printable(pool: PgPool) {
    let world = World::new(&pool).await;
    let olga = world.organiser().await;
    for wrong in [
        json!(""),
        json!("abc"),
        json!("x".repeat(65)),
        json!("ab\u{7}cd"),
        json!("ab\u{200b}cd"),
        json!(1234),
    ] {
        let mut event = olga.event();
        event["ticket_types"] = kinds(&wrong);
        let problem = olga
            .api
            .post("/events", event)
            .await
            .problem(422, "invalid_request");
        assert_eq!(
            pointers(&problem),
            ["/ticket_types/0/access_code"],
            "{wrong}"
        );
        assert!(!problem.to_string().contains("ab\u{200b}cd"));
    }
    for right in [Value::Null, json!("abcd"), json!("Ä b 日本")] {
        let event = olga.draft(json!({"ticket_types": kinds(&right)})).await;
        let kind = &event["ticket_types"][0];
        assert_eq!(kind["access_code_required"], !right.is_null());
        assert_eq!(kind.get("access_code").unwrap_or(&Value::Null), &right);
    }
}
