//! Extractors that answer faults as problems, and the router with its OpenAPI document.

mod address;
mod json;
mod query;

pub use address::ClientAddress;
pub use json::{Json, from_value};
pub use query::{Path, Query};

/// A router that gathers the OpenAPI document of its routes: use `utoipa_axum::routes!`.
pub type ApiRouter<S = ()> = utoipa_axum::router::OpenApiRouter<S>;

/// Text with NUL is refused everywhere: PostgreSQL can't store it.
const NUL: &str = "text must not contain NUL (U+0000)";

/// What a deserialiser says, without its position in the text.
fn message(error: &str) -> String {
    error
        .rsplit_once(" at line ")
        .map_or(error, |(message, _)| message)
        .to_owned()
}
