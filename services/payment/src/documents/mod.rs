//! Issued receipts and credit notes as JSON, as a page and as PDF.
//!
//! All three show the stored document and nothing else, so that they say the same whenever they are asked for.

mod html;
mod json;
mod pdf;

pub(crate) use self::{html::html, json::DocumentBody, pdf::pdf};
