//! How the refresh token travels: in bodies, or in a cookie that scripts can't read.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
};

/// `X-Refresh-Transport: cookie` chooses the cookie. A page of another origin can't send the header, so that it can't use the
/// cookie either.
pub(super) const HEADER: &str = "x-refresh-transport";
const COOKIE: &str = "refresh_token";
/// Where the entrance has this service.
const PATH: &str = "/api/auth";
/// Browsers take no more.
const LONGEST_COOKIE: Duration = Duration::from_secs(400 * 24 * 3_600);

/// The transport that a client chose.
pub(super) enum Transport {
    Body,
    /// With the token that the client's cookie had.
    Cookie(Option<String>),
}

impl<S: Send + Sync> FromRequestParts<S> for Transport {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let chosen = parts
            .headers
            .get(HEADER)
            .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"cookie"));
        Ok(if chosen {
            Self::Cookie(read(&parts.headers))
        } else {
            Self::Body
        })
    }
}

impl Transport {
    /// The refresh token that was sent, by the cookie or else in `body`.
    pub(super) fn shown(&self, body: Option<String>) -> Option<String> {
        match self {
            Self::Cookie(Some(token)) => Some(token.clone()),
            Self::Cookie(None) | Self::Body => body,
        }
    }

    /// Puts `token` into the cookie, if that is where it goes; gives it back for the body otherwise.
    pub(super) fn hand_over(
        &self,
        token: String,
        time_to_live: Duration,
        secure: bool,
        headers: &mut HeaderMap,
    ) -> Option<String> {
        match self {
            Self::Body => Some(token),
            Self::Cookie(_) => {
                write(headers, &token, time_to_live, secure);
                None
            }
        }
    }

    /// Makes the browser forget the cookie.
    pub(super) fn clear(&self, secure: bool, headers: &mut HeaderMap) {
        if matches!(self, Self::Cookie(_)) {
            write(headers, "", Duration::ZERO, secure);
        }
    }
}

fn read(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value.to_owned())
}

fn write(headers: &mut HeaderMap, token: &str, time_to_live: Duration, secure: bool) {
    let secure = if secure { "; Secure" } else { "" };
    let seconds = time_to_live.as_secs().min(LONGEST_COOKIE.as_secs());
    let cookie = format!(
        "{COOKIE}={token}; HttpOnly; SameSite=Strict; Path={PATH}; Max-Age={seconds}{secure}"
    );
    // A refresh token is base64url, so that this is always a header's value.
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        headers.append(header::SET_COOKIE, value);
    }
}
