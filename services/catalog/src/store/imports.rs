//! Bulk import: a chunk of events in a few statements, however many there are.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use contracts::{EventId, OrganisationId};
use serde_json::Value;
use sqlx::PgConnection;

use crate::domain::import::Imported;

/// What became of a chunk.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub created: Vec<EventId>,
    pub updated: Vec<EventId>,
    pub unchanged: usize,
}

/// Makes new events, brings changed ones up to date, and leaves the rest alone. Cancelled and completed events stay as they are.
/// The keys of a chunk are distinct.
pub async fn upsert(
    connection: &mut PgConnection,
    organisation: OrganisationId,
    chunk: &[Imported],
    publish: bool,
) -> sqlx::Result<Outcome> {
    let mut columns = Columns::default();
    for event in chunk {
        columns.push(event);
    }
    let status = if publish { "published" } else { "draft" };
    let rows = sqlx::query!(
        r#"WITH source AS (
             SELECT * FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[], $8::text[], $9::text[],
               $10::timestamptz[], $11::timestamptz[], $12::jsonb[])
             AS s (id, source_key, title, description, category, tags, image_url, external_url, starts_at, ends_at, venue)
           )
           INSERT INTO events AS e (id, organisation_id, source_key, title, description, category, tags, image_url, external_url,
             starts_at, ends_at, time_zone, venue, status, max_per_buyer, ticket_types, published_at)
           SELECT id, $1, source_key, title, description, category, ARRAY(SELECT jsonb_array_elements_text(tags)), image_url,
             external_url, starts_at, ends_at, 'UTC', nullif(venue, 'null'::jsonb), $13, 10, '[]',
             CASE WHEN $13 = 'published' THEN now() END
           FROM source
           ON CONFLICT (organisation_id, source_key) DO UPDATE SET
             title = excluded.title, description = excluded.description, category = excluded.category, tags = excluded.tags,
             image_url = excluded.image_url, external_url = excluded.external_url, starts_at = excluded.starts_at,
             ends_at = excluded.ends_at, venue = excluded.venue, version = e.version + 1, updated_at = now(),
             status = CASE WHEN e.status = 'draft' THEN excluded.status ELSE e.status END,
             published_at = coalesce(e.published_at, excluded.published_at)
           WHERE e.status IN ('draft', 'published')
             AND ((e.title, e.description, e.category, e.tags, e.image_url, e.external_url, e.starts_at, e.ends_at, e.venue)
               IS DISTINCT FROM (excluded.title, excluded.description, excluded.category, excluded.tags, excluded.image_url,
                 excluded.external_url, excluded.starts_at, excluded.ends_at, excluded.venue)
               OR (e.status = 'draft' AND excluded.status = 'published'))
           RETURNING id AS "id: EventId", (xmax = 0) AS "created!""#,
        organisation as OrganisationId,
        &columns.ids as &[EventId],
        &columns.source_keys,
        &columns.titles,
        &columns.descriptions,
        &columns.categories,
        &columns.tags,
        &columns.image_urls as &[Option<String>],
        &columns.external_urls as &[Option<String>],
        &columns.starts,
        &columns.ends,
        &columns.venues,
        status
    )
    .fetch_all(connection)
    .await?;
    let mut outcome = Outcome {
        unchanged: chunk.len() - rows.len(),
        ..Outcome::default()
    };
    for row in rows {
        if row.created {
            outcome.created.push(row.id);
        } else {
            outcome.updated.push(row.id);
        }
    }
    Ok(outcome)
}

/// The lines of a chunk that name the same event as an earlier one, by their place.
pub fn repeated(chunk: &[(usize, Imported)]) -> HashMap<usize, usize> {
    let mut first = HashMap::new();
    let mut repeated = HashMap::new();
    for (line, event) in chunk {
        match first.get(&event.source_key) {
            Some(earlier) => {
                repeated.insert(*line, *earlier);
            }
            None => {
                first.insert(event.source_key.clone(), *line);
            }
        }
    }
    repeated
}

#[derive(Default)]
struct Columns {
    ids: Vec<EventId>,
    source_keys: Vec<String>,
    titles: Vec<String>,
    descriptions: Vec<String>,
    categories: Vec<String>,
    tags: Vec<Value>,
    image_urls: Vec<Option<String>>,
    external_urls: Vec<Option<String>>,
    starts: Vec<DateTime<Utc>>,
    ends: Vec<DateTime<Utc>>,
    venues: Vec<Value>,
}

impl Columns {
    fn push(&mut self, event: &Imported) {
        let input = &event.input;
        self.ids.push(EventId::new());
        self.source_keys.push(event.source_key.clone());
        self.titles.push(input.title.as_str().to_owned());
        self.descriptions
            .push(input.description.as_str().to_owned());
        self.categories.push(input.category.as_str().to_owned());
        self.tags.push(
            input
                .tags
                .iter()
                .map(|tag| Value::from(tag.as_str()))
                .collect(),
        );
        self.image_urls
            .push(input.image_url.as_ref().map(|url| url.as_str().to_owned()));
        self.external_urls.push(
            input
                .external_url
                .as_ref()
                .map(|url| url.as_str().to_owned()),
        );
        self.starts.push(input.starts_at);
        self.ends.push(input.ends_at);
        self.venues
            .push(serde_json::to_value(&input.venue).unwrap_or_default());
    }
}
