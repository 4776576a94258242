//! A document as a page of its own: for a screen, a phone and paper.

use askama::Template;

use crate::domain::document::Document;

#[derive(Template)]
#[template(path = "document.html")]
struct Page<'a> {
    document: &'a Document,
}

/// The page; it needs nothing from elsewhere and runs no script.
pub(crate) fn html(document: &Document) -> askama::Result<String> {
    Page { document }.render()
}
