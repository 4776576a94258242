//! Receipts and credit notes: consecutive, unchanging, in three forms.

use std::collections::BTreeSet;

use axum::http::Method;
use serde_json::json;
use sqlx::PgPool;
use testkit::{Answer, eventually};

use crate::world::{PATIENCE, Person, World};

async fn accepting(person: &Person, path: &str, accept: &str) -> Answer {
    person
        .api
        .request(Method::GET, path)
        .header("accept", accept)
        .send()
        .await
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn a_receipt_comes_as_json_page_and_pdf(pool: PgPool) {
    let world = World::working(&pool).await;
    let (person, held, id) = world.captured(2).await;
    let path = format!("/payments/{id}/receipt");
    let json = person.api.get(&path).await;
    assert_eq!(json.header("content-type"), Some("application/json"));
    assert_eq!(json.header("cache-control"), Some("private, no-store"));
    let body = json.expect(200);
    assert_eq!(body["kind"], "receipt");
    assert_eq!(body["number"], "R-000001");
    assert_eq!(body["payment_id"], json!(id));
    assert_eq!(body["booking_id"], json!(held.id));
    assert_eq!(body["test_mode"], true);
    assert_eq!(body["event"]["venue"]["city"], "Wien");

    for html in [
        accepting(&person, &path, "text/html,*/*;q=0.8").await,
        person.api.get(&format!("{path}?format=html")).await,
    ] {
        html.expect(200);
        assert_eq!(
            html.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        assert!(html.header("content-security-policy").is_some());
        let page = html.text();
        for part in [
            "Receipt R-000001",
            "Test mode",
            "Bühne &#38; Söhne",
            "Hamlet &#60;Prinz von Dänemark&#62;",
            "Ben Čapek-Müller",
            "20.00 EUR",
            "(Europe/Vienna)",
            &id.to_string(),
        ] {
            assert!(page.contains(part), "{part} is missing: {page}");
        }
        assert!(!page.contains("<Prinz"));
    }

    for pdf in [
        accepting(&person, &path, "application/pdf").await,
        person.api.get(&format!("{path}?format=pdf")).await,
    ] {
        pdf.expect(200);
        assert_eq!(pdf.header("content-type"), Some("application/pdf"));
        assert_eq!(
            pdf.header("content-disposition"),
            Some("inline; filename=\"R-000001.pdf\"")
        );
        assert!(pdf.body.starts_with(b"%PDF-"));
        assert!(pdf.body.ends_with(b"%%EOF"));
        let text = pdf.text();
        assert!(text.contains("(Receipt R-000001)"), "{text}");
        assert!(text.contains("(20.00 EUR)"), "{text}");
    }

    accepting(&person, &path, "image/png")
        .await
        .problem(406, "not_acceptable");
    let answer = person.api.get(&format!("{path}?format=docx")).await;
    assert_eq!(
        answer.problem(422, "invalid_request")["errors"][0]["pointer"],
        "?format"
    );
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn a_credit_note_names_its_receipt(pool: PgPool) {
    let world = World::working(&pool).await;
    let (person, held, id) = world.captured(2).await;
    person
        .get(id, "/credit-notes/C-000001")
        .await
        .problem(404, "credit_note_not_found");
    world.deliver(held.cancelled(id, 0, 1)).await.unwrap();
    eventually("there is a credit note", PATIENCE, async || {
        let notes = person.get(id, "/credit-notes").await.expect(200);
        Ok(!notes["items"].as_array().unwrap().is_empty())
    })
    .await
    .unwrap();
    let note = person.get(id, "/credit-notes/C-000001").await.expect(200);
    assert_eq!(note["kind"], "credit_note");
    assert_eq!(note["receipt_number"], "R-000001");
    assert_eq!(note["total"], json!({"amount": 1000, "currency": "EUR"}));
    let page = person.get(id, "/credit-notes/C-000001?format=html").await;
    assert!(page.text().contains("Credit note C-000001"));
    assert!(page.text().contains("R-000001"));
    let pdf = person.get(id, "/credit-notes/C-000001?format=pdf").await;
    assert!(pdf.text().contains("(Credit note C-000001)"));
    for number in ["C-000002", "R-000001", "C-1", "1", "C-99999999999999999999"] {
        let answer = person.get(id, &format!("/credit-notes/{number}")).await;
        answer.problem(404, "credit_note_not_found");
    }
    // Of another payment.
    let (other, _, second) = world.captured(1).await;
    other
        .get(second, "/credit-notes/C-000001")
        .await
        .problem(404, "credit_note_not_found");
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn numbers_have_no_gaps_however_many_are_issued_at_once(pool: PgPool) {
    const COUNT: i64 = 12;
    let world = World::new(&pool).await;
    let mut all = Vec::new();
    for _ in 0..COUNT {
        let (_, held, id) = world.authorised(1).await;
        world.deliver(held.confirmed(id)).await.unwrap();
        all.push((held, id));
    }
    // Two replicas.
    world.work();
    world.work();
    for (_, id) in &all {
        world.until(*id, "captured").await;
    }
    for (held, id) in &all {
        world.deliver(held.cancelled(*id, 0, 1)).await.unwrap();
    }
    let numbers = async |kind: &str| -> anyhow::Result<BTreeSet<i64>> {
        let numbers: Vec<i64> = sqlx::query_scalar("SELECT number FROM documents WHERE kind = $1")
            .bind(kind)
            .fetch_all(&pool)
            .await?;
        Ok(numbers.into_iter().collect())
    };
    let wanted: BTreeSet<i64> = (1..=COUNT).collect();
    eventually("all are issued", PATIENCE, async || {
        Ok(numbers("credit_note").await? == wanted)
    })
    .await
    .unwrap();
    assert_eq!(numbers("receipt").await.unwrap(), wanted);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn what_is_issued_never_changes(pool: PgPool) {
    let world = World::working(&pool).await;
    world.captured(1).await;
    for statement in ["UPDATE documents SET number = 7", "DELETE FROM documents"] {
        let error = sqlx::query(statement).execute(&pool).await.unwrap_err();
        assert!(error.to_string().contains("never changes"), "{error}");
    }
}
