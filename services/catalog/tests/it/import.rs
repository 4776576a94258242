//! Bulk import of schema.org events.

use std::path::Path;

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::{Answer, Api};

use crate::world::{Organiser, World};

async fn import(
    api: &Api,
    organiser: &Organiser,
    publish: bool,
    body: impl Into<axum::body::Body>,
) -> Answer {
    let path = format!(
        "/events/import?organisation_id={}&publish={publish}",
        organiser.organisation
    );
    api.request(Method::POST, &path)
        .header("content-type", "application/x-ndjson")
        .body(body)
        .send()
        .await
}

fn lines(events: &[Value]) -> String {
    let lines: Vec<_> = events.iter().map(ToString::to_string).collect();
    lines.join(
        "
",
    ) + "
"
}

fn event(name: &str, start: &str) -> Value {
    json!({"@type": "Event", "name": name, "url": format!("https://example.com/{name}"), "startDate": start})
}

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn every_line_becomes_an_event_or_is_named(pool: PgPool) {
    let world = World::new(&pool).await;
    let olga = world.organiser().await;
    let mut body = lines(&[
        event("A", "2027-05-01"),
        json!({"@type": "Person", "name": "Ada"}),
        json!({"@type": "MusicEvent", "startDate": "2027-05-01"}),
        event("B", "soon"),
    ]);
    body.push_str("\n{broken\n");
    body.push_str(&lines(&[
        event("A", "2027-05-01"),
        event("C", "2027-05-03T19:30:00+02:00"),
    ]));
    let report = import(&olga.api, &olga, false, body.clone())
        .await
        .expect(200);
    assert_eq!(
        (&report["lines"], &report["created"]),
        (&json!(7), &json!(2))
    );
    let skipped: Vec<_> = report["skipped"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            (
                line["line"].as_u64().unwrap(),
                line["reason"].as_str().unwrap(),
            )
        })
        .collect();
    let said: Vec<_> = skipped
        .iter()
        .map(|(line, reason)| (*line, reason.split([':', ' ']).next().unwrap()))
        .collect();
    assert_eq!(
        said,
        [
            (2, "@type"),
            (3, "name"),
            (4, "startDate"),
            (6, "no"),
            (7, "is")
        ]
    );
    assert!(
        world.messages().await.is_empty(),
        "drafts are nobody's business"
    );

    let again = import(&olga.api, &olga, false, body).await.expect(200);
    assert_eq!(
        (&again["created"], &again["updated"], &again["unchanged"]),
        (&json!(0), &json!(0), &json!(2))
    );
    let found = olga
        .api
        .get(&format!("/events?organisation_id={}", olga.organisation))
        .await
        .expect(200);
    assert_eq!(found["items"][1]["starts_at"], "2027-05-03T17:30:00Z");
}

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn importing_again_brings_changes_and_publishes(pool: PgPool) {
    let world = World::new(&pool).await;
    let olga = world.organiser().await;
    let first = event("A", "2027-05-01");
    import(&olga.api, &olga, false, lines(std::slice::from_ref(&first)))
        .await
        .expect(200);
    let mut changed = first;
    changed["description"] = json!("More about it");
    let report = import(&olga.api, &olga, true, lines(&[changed]))
        .await
        .expect(200);
    assert_eq!(report["updated"], 1);
    let page = world.api.get("/events?q=more").await.expect(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    assert_eq!(world.messages().await.len(), 1);
}

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn only_organisers_import_and_a_body_has_a_bound(pool: PgPool) {
    let world = World::new(&pool).await;
    let olga = world.organiser().await;
    import(&world.stranger(), &olga, false, "")
        .await
        .problem(404, "organisation_not_found");
    import(&world.staff(&olga).await, &olga, false, "")
        .await
        .problem(403, "forbidden");
    assert_eq!(
        import(&olga.api, &olga, false, "").await.expect(200)["lines"],
        0
    );
    import(&olga.api, &olga, false, vec![b' '; 8 * 1024 * 1024 + 1])
        .await
        .problem(413, "body_too_large");
    let long = format!("{{\"name\":\"{}\"}}\n", "a".repeat(70_000));
    assert_eq!(
        import(&olga.api, &olga, false, long).await.expect(200)["skipped"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

/// 1,548 real conferences, which lie beside the checkout where there are any.
#[sqlx::test(migrations = "../../migrations/catalog")]
async fn real_conferences_are_imported_and_nothing_is_lost(pool: PgPool) {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/conferences.ndjson");
    let Ok(conferences) = std::fs::read_to_string(&path) else {
        eprintln!("SKIPPED: the conferences are not there");
        return;
    };
    let world = World::new(&pool).await;
    let olga = world.organiser().await;
    let report = import(&olga.api, &olga, true, conferences.clone())
        .await
        .expect(200);
    let of = |report: &Value, name: &str| report[name].as_u64().unwrap();
    let skipped = report["skipped"].as_array().unwrap();
    assert_eq!(of(&report, "lines"), 1548);
    assert_eq!(
        of(&report, "created") + skipped.len() as u64,
        1548,
        "{skipped:?}"
    );
    for line in skipped {
        assert!(
            !line["reason"].as_str().unwrap().is_empty() && line["line"].as_u64() > Some(0),
            "{line}"
        );
    }
    let stored: i64 = sqlx::query_scalar("SELECT count(*) FROM events")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(u64::try_from(stored).unwrap(), of(&report, "created"));
    println!("{} created, skipped: {skipped:?}", of(&report, "created"));
    let unplaced: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT venue ->> 'address' FROM events WHERE venue ->> 'country' = ''",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert!(
        unplaced.is_empty(),
        "countries without a code: {unplaced:?}"
    );

    let again = import(&olga.api, &olga, true, conferences)
        .await
        .expect(200);
    assert_eq!((of(&again, "created"), of(&again, "updated")), (0, 0));
    assert_eq!(of(&again, "unchanged"), of(&report, "created"));
}
