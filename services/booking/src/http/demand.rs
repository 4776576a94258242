//! A request for places, turned away while it is still cheap to.

use axum::{
    extract::{FromRequest, FromRequestParts, OptionalFromRequestParts, Request},
    http::{HeaderMap, header},
};
use kit::{Problem, auth::Principal, http::Json, idempotency::Key};

use super::new_booking::NewBooking;
use crate::state::App;

/// What one buyer wants of an event that can take more requests.
///
/// Far over capacity most requests are refused with 503, and verifying a token costs more than all the rest of such an answer;
/// so the length of the event's queue is looked at first. Only then it is 401 without a valid token, before anything is said
/// of the body.
pub(super) struct Demand {
    pub principal: Principal,
    pub key: Option<Key>,
    pub headers: HeaderMap,
    pub body: NewBooking,
}

impl FromRequest<App> for Demand {
    type Rejection = Problem;

    async fn from_request(mut request: Request, app: &App) -> Result<Self, Problem> {
        let headers = std::mem::take(request.headers_mut());
        if let Some(kind) = headers.get(header::CONTENT_TYPE) {
            request
                .headers_mut()
                .insert(header::CONTENT_TYPE, kind.clone());
        }
        let body = <Json<NewBooking> as FromRequest<App>>::from_request(request, app).await;
        if let Ok(Json(wish)) = &body {
            app.inventory.has_room(wish.event_id)?;
        }
        let mut parts = Request::new(()).into_parts().0;
        parts.headers = headers;
        let principal =
            <Principal as FromRequestParts<App>>::from_request_parts(&mut parts, app).await?;
        let key =
            <Key as OptionalFromRequestParts<App>>::from_request_parts(&mut parts, app).await?;
        Ok(Self {
            principal,
            key,
            headers: parts.headers,
            body: body?.0,
        })
    }
}
