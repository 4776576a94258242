//! A client that sends a request again, with its key, until there is an answer to act on.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use anyhow::{Result, bail};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::{Answer, Person};

/// How long somebody goes on asking.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(100);

/// What a request carries.
#[derive(Clone, Copy, Debug)]
pub enum Body<'a> {
    Nothing,
    Json(&'a Value),
    Form(&'a [(&'a str, &'a str)]),
}

/// What is sent, as often as it takes.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    pub method: Method,
    /// The replicas that may be asked, one after the other.
    pub urls: Vec<String>,
    pub body: Body<'a>,
    /// The Idempotency-Key of a POST.
    pub key: String,
}

impl<'a> Request<'a> {
    pub fn new(method: Method, urls: Vec<String>, body: Body<'a>) -> Self {
        Self {
            method,
            urls,
            body,
            key: Uuid::now_v7().to_string(),
        }
    }

    pub fn post(urls: Vec<String>, body: &'a Value) -> Self {
        Self::new(Method::POST, urls, Body::Json(body))
    }

    /// A form, as a page sends it.
    pub fn submit(url: &str, form: &'a [(&'a str, &'a str)]) -> Self {
        Self::new(Method::POST, vec![url.to_owned()], Body::Form(form))
    }

    pub fn get(urls: Vec<String>) -> Self {
        Self::new(Method::GET, urls, Body::Nothing)
    }

    pub fn delete(urls: Vec<String>) -> Self {
        Self::new(Method::DELETE, urls, Body::Nothing)
    }

    #[must_use]
    pub fn with_key(self, key: &str) -> Self {
        Self {
            key: key.to_owned(),
            ..self
        }
    }

    /// The first answer that is neither "unavailable" nor "still being worked on"; also a refusal. `failures` counts those
    /// before. A 500 is an error: no death and no load excuses it.
    pub async fn until_answered(&self, person: &Person, failures: &AtomicUsize) -> Result<Answer> {
        let end = Instant::now() + PATIENCE;
        let mut urls = self.urls.iter().cycle();
        loop {
            let Some(url) = urls.next() else {
                bail!("nobody to ask");
            };
            let answer = person
                .send_body(self.method.clone(), url, self.body, &self.key)
                .await;
            let failure = match answer {
                Ok(answer) if answer.status == StatusCode::INTERNAL_SERVER_ERROR => {
                    bail!("{url}: {answer:?}")
                }
                Ok(answer) if answer.status.is_server_error() => format!("{answer:?}"),
                Ok(answer) if is_busy(&answer) => format!("{answer:?}"),
                Ok(answer) => return Ok(answer),
                Err(error) => format!("{error:#}"),
            };
            failures.fetch_add(1, Ordering::Relaxed);
            if Instant::now() >= end {
                bail!("no answer from {url} within {PATIENCE:?}: {failure}");
            }
            sleep(PAUSE).await;
        }
    }
}

/// The answer to a POST with a fresh key.
pub async fn until_answered(person: &Person, url: &str, body: &Value) -> Result<Answer> {
    Request::post(vec![url.to_owned()], body)
        .until_answered(person, &AtomicUsize::new(0))
        .await
}

fn is_busy(answer: &Answer) -> bool {
    ["request_in_progress", "payment_in_progress"].contains(&answer.code())
}
