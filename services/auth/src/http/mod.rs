//! Requests, answers and their documentation, a file for each resource.

mod account;
mod caller;
mod keys;
mod login;
mod password;
mod sessions;
mod tokens;
mod transport;
mod users;

use kit::http::ApiRouter;
use utoipa_axum::routes;

use crate::App;

const DESCRIPTION: &str = "\
Accounts, sessions and access tokens.

**Begin** with `POST /register` or `POST /login`: the answer has an `access_token`, which every service takes as \
`Authorization: Bearer …` for 15 minutes, and a `refresh_token`. Before the access token expires, or on a 401, exchange the \
refresh token at `POST /refresh`: it can be used once, and the answer brings the next one. Showing one again within 10 s gives the \
same answer (two tabs may refresh at once); showing it later ends the session, since somebody must have a copy.

**In a browser** send `X-Refresh-Transport: cookie` with register, login, refresh and logout: the refresh token then lives in an \
`HttpOnly` cookie that scripts can't read, and `refresh_token` in the answer is null.

**Errors** are `application/problem+json`; decide by `code`.";

/// All routes, with the document that describes them.
pub(crate) fn router() -> ApiRouter<App> {
    let document = kit::openapi::base("Auth", env!("CARGO_PKG_VERSION"), DESCRIPTION);
    ApiRouter::with_openapi(document)
        .routes(routes!(login::register))
        .routes(routes!(login::login))
        .routes(routes!(login::refresh))
        .routes(routes!(login::logout))
        .routes(routes!(account::me, account::update_me))
        .routes(routes!(password::change_password))
        .routes(routes!(password::request_password_reset))
        .routes(routes!(password::confirm_password_reset))
        .routes(routes!(sessions::list_sessions))
        .routes(routes!(sessions::revoke_session))
        .routes(routes!(keys::jwks))
        .routes(routes!(keys::rotate_keys))
        .routes(routes!(users::find_users))
        .routes(routes!(users::set_roles))
}
