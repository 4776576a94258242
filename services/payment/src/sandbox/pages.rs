//! The pages that people see: extra authentication, and what the sandbox is.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use contracts::Money;
use serde::Deserialize;

use super::{
    App,
    intents::{self, Intent},
    methods::METHODS,
    wire::Refusal,
};

#[derive(Template)]
#[template(path = "sandbox/authenticate.html")]
struct Authenticate {
    amount: String,
    description: String,
    /// Nothing is left to decide.
    done: bool,
    approved: bool,
    return_url: Option<String>,
}

#[derive(Template)]
#[template(path = "sandbox/index.html")]
struct Index {
    methods: Vec<(&'static str, &'static str)>,
}

#[derive(Deserialize)]
pub(super) struct Decision {
    decision: String,
}

pub(super) async fn index() -> Response {
    page(&Index {
        methods: METHODS
            .iter()
            .map(|method| (method.name, method.about))
            .collect(),
    })
}

pub(super) async fn ask(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let intent = intents::find(&mut *app.pool.acquire().await?, &id)
        .await?
        .ok_or_else(Refusal::not_found)?;
    Ok(page(&authenticate(&intent)))
}

/// Takes the buyer's word, and leads back to the shop.
pub(super) async fn decide(
    State(app): State<App>,
    Path(id): Path<String>,
    Form(Decision { decision }): Form<Decision>,
) -> Result<Response, Refusal> {
    let mut transaction = app.pool.begin().await?;
    let intent = intents::lock(&mut transaction, &id).await?;
    let intent = intents::answer(&mut transaction, intent, decision == "approve").await?;
    transaction.commit().await?;
    app.wake.notify_one();
    Ok(match back(&intent) {
        Some(url) => Redirect::to(&url).into_response(),
        None => page(&authenticate(&intent)),
    })
}

fn authenticate(intent: &Intent) -> Authenticate {
    let currency = intent.currency.parse();
    Authenticate {
        amount: currency.map_or_else(
            |_| intent.amount.to_string(),
            |currency| Money::new(intent.amount, currency).to_string(),
        ),
        description: intent.description.clone(),
        done: intent.status != "requires_action",
        approved: matches!(intent.status.as_str(), "requires_capture" | "succeeded"),
        return_url: back(intent),
    }
}

/// Where the buyer came from, told which payment it is about.
fn back(intent: &Intent) -> Option<String> {
    let mut url = reqwest::Url::parse(intent.return_url.as_deref()?).ok()?;
    url.query_pairs_mut()
        .append_pair("payment", &intent.reference);
    Some(url.into())
}

fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!("a page can't be made: {error}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
