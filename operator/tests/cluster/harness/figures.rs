//! What was measured, for the table at the end.

use std::{
    fmt::Write as _,
    sync::{Mutex, PoisonError},
};

#[derive(Debug)]
struct Figure {
    what: String,
    measured: String,
    bound: String,
}

/// Figures in the order in which they were measured.
#[derive(Debug, Default)]
pub(crate) struct Figures(Mutex<Vec<Figure>>);

impl Figures {
    /// `bound` is what is to be reached; empty where there is no such figure.
    pub(crate) fn add(
        &self,
        what: impl Into<String>,
        measured: impl Into<String>,
        bound: impl Into<String>,
    ) {
        let figure = Figure {
            what: what.into(),
            measured: measured.into(),
            bound: bound.into(),
        };
        println!("figure: {}: {}", figure.what, figure.measured);
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(figure);
    }

    pub(crate) fn table(&self) -> String {
        let figures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let width = |text: fn(&Figure) -> &str| {
            figures
                .iter()
                .map(|figure| text(figure).chars().count())
                .max()
                .unwrap_or(0)
        };
        let (what, measured) = (
            width(|figure| &figure.what),
            width(|figure| &figure.measured),
        );
        let mut table = String::new();
        for figure in figures.iter() {
            // A String takes whatever is written to it.
            let _ = writeln!(
                table,
                "figure | {:what$} | {:measured$} | {}",
                figure.what, figure.measured, figure.bound
            );
        }
        table
    }
}
