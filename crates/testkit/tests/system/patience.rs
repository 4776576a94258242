//! A client that sends a request again, with its key, until there is an answer to act on.

use std::time::Duration;

use anyhow::{Result, bail};
use reqwest::Method;
use serde_json::Value;
use testkit::platform::{Answer, Person};
use uuid::Uuid;

const TRIES: usize = 600;
const PAUSE: Duration = Duration::from_millis(100);

/// The first answer that is neither a fault of ours nor "still being worked on"; also a refusal.
pub(crate) async fn until_answered(person: &Person, url: &str, body: &Value) -> Result<Answer> {
    let key = Uuid::now_v7().to_string();
    let mut last = None;
    for _ in 0..TRIES {
        match person
            .send_with_key(Method::POST, url.to_owned(), Some(body), &key)
            .await
        {
            Ok(answer) if answer.status.is_server_error() || is_busy(&answer) => {
                last = Some(format!("{answer:?}"));
            }
            Ok(answer) => return Ok(answer),
            Err(error) => last = Some(format!("{error:#}")),
        }
        tokio::time::sleep(PAUSE).await;
    }
    bail!("no answer from {url} within a minute: {last:?}")
}

fn is_busy(answer: &Answer) -> bool {
    ["request_in_progress", "payment_in_progress"].contains(&answer.code())
}
