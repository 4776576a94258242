//! What every service's OpenAPI document has in common.

use std::process::ExitCode;

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Components, Content, Info, OpenApi, OpenApiBuilder, RefOr, ResponseBuilder, Server,
        path::{Operation, PathItem},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::{http::ApiRouter, problem};

/// An error (RFC 9457). Decide by `code`; show `detail`, or `title` when there is none.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "only its schema is used; answers are made by problem::Problem"
)]
pub struct Problem {
    /// Identifies the kind of problem, as a relative URI
    #[schema(rename = "type", example = "/problems/invalid-request")]
    r#type: String,
    /// The same for every problem of a code
    #[schema(example = "Invalid request")]
    title: String,
    /// The answer's HTTP status
    #[schema(minimum = 400, maximum = 599, example = 422)]
    status: u16,
    /// Stable, for programs
    #[schema(pattern = "^[a-z0-9_]+$", example = "invalid_request")]
    code: String,
    /// What happened this time and what to do, for people
    #[schema(nullable = false)]
    detail: Option<String>,
    /// Each fault of a request that can't be right (422)
    #[schema(nullable = false)]
    errors: Option<Vec<FieldError>>,
    /// Names this request in our logs and traces; quote it in a report
    #[schema(
        pattern = "^[0-9a-f]{32}$",
        example = "4bf92f3577b34da6a3ce929d0e0e4736",
        nullable = false
    )]
    trace_id: Option<String>,
}

/// What is wrong with one field.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "only its schema is used; answers are made by problem::FieldError"
)]
pub struct FieldError {
    /// JSON pointer into the body (RFC 6901), or `?name` for a query parameter
    #[schema(example = "/items/0/quantity")]
    pointer: String,
    #[schema(example = "must be at least 1")]
    message: String,
}

/// The document that a service's router starts from: `ApiRouter::with_openapi(kit::openapi::base(…))`.
///
/// It brings the security scheme `bearer` and the schema `Problem`.
pub fn base(title: &str, version: &str, description: &str) -> OpenApi {
    let mut info = Info::new(title, version);
    info.description = Some(description.to_owned());
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some(
            "The access_token of auth's POST /login, valid for 15 minutes",
        ))
        .build();
    let mut components = Components::new();
    components
        .security_schemes
        .insert("bearer".into(), SecurityScheme::Http(bearer).into());
    for (name, schema) in [
        (Problem::name(), Problem::schema()),
        (FieldError::name(), FieldError::schema()),
    ] {
        components.schemas.insert(name.into_owned(), schema);
    }
    OpenApiBuilder::new()
        .info(info)
        // Relative to the document, so that it is right behind the entrance too.
        .servers(Some([Server::new("./")]))
        .components(Some(components))
        .build()
}

/// The finished document of `router`: every operation also says that any other status is a problem.
pub fn document<S: Clone + Send + Sync + 'static>(router: &ApiRouter<S>) -> OpenApi {
    let mut openapi = router.get_openapi().clone();
    for operation in openapi.paths.paths.values_mut().flat_map(operations) {
        operation.responses.responses.entry("default".into()).or_insert_with(|| {
            let schema = RefOr::Ref(utoipa::openapi::Ref::from_schema_name(Problem::name()));
            ResponseBuilder::new()
                .description("Any other problem, such as 400, 413, 415, 429, 500 or 503 (the last with Retry-After)")
                .content(problem::CONTENT_TYPE, Content::new(Some(schema)))
                .build()
                .into()
        });
    }
    openapi
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.delete,
        &mut item.patch,
        &mut item.head,
    ]
    .into_iter()
    .flatten()
}

/// Prints a document, for the subcommand `openapi`.
pub fn print(document: &OpenApi) -> ExitCode {
    match document.to_pretty_json() {
        Ok(document) => {
            println!("{document}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
