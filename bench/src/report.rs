//! Figures beside their limits: a table for people, lines of JSON for programs.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs::{self, File},
    io::Write as _,
    path::Path,
};

use anyhow::{Context as _, Result};
use chrono::{SecondsFormat, Utc};
use serde::Serialize;

const BEGIN: &str = "<!-- bench:begin -->";
const END: &str = "<!-- bench:end -->";

/// What a figure is to be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Limit {
    AtLeast(f64),
    AtMost(f64),
    Exactly(f64),
}

impl Limit {
    fn met(self, value: f64) -> bool {
        match self {
            Self::AtLeast(limit) => value >= limit,
            Self::AtMost(limit) => value <= limit,
            Self::Exactly(limit) => (value - limit).abs() < f64::EPSILON,
        }
    }

    fn words(self) -> String {
        match self {
            Self::AtLeast(limit) => format!("≥ {}", number(limit)),
            Self::AtMost(limit) => format!("≤ {}", number(limit)),
            Self::Exactly(limit) => format!("= {}", number(limit)),
        }
    }
}

/// One figure.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Figure {
    pub scenario: &'static str,
    pub name: String,
    pub value: f64,
    pub unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// What the detail says, for programs.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub measures: BTreeMap<String, f64>,
}

impl Figure {
    pub(crate) fn new(
        scenario: &'static str,
        name: impl Into<String>,
        value: f64,
        unit: &'static str,
    ) -> Self {
        Self {
            scenario,
            name: name.into(),
            value,
            unit,
            limit: None,
            detail: String::new(),
            measures: BTreeMap::new(),
        }
    }

    #[must_use]
    pub(crate) fn limit(mut self, limit: Limit) -> Self {
        self.limit = Some(limit);
        self
    }

    #[must_use]
    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    #[must_use]
    pub(crate) fn measure(mut self, name: impl Into<String>, value: f64) -> Self {
        self.measures.insert(name.into(), value);
        self
    }

    fn measured(&self) -> String {
        let text = format!("{} {}", number(self.value), self.unit);
        text.trim_end().to_owned()
    }

    fn met(&self) -> &'static str {
        match self.limit {
            None => "",
            Some(limit) if limit.met(self.value) => "yes",
            Some(_) => "NO",
        }
    }
}

/// A figure as it stands in the file of lines.
#[derive(Serialize)]
struct Line<'a> {
    at: String,
    commit: &'a str,
    quick: bool,
    #[serde(flatten)]
    figure: &'a Figure,
    #[serde(skip_serializing_if = "Option::is_none")]
    met: Option<bool>,
}

/// Gathers the figures of a run.
#[derive(Debug)]
pub(crate) struct Report {
    commit: String,
    quick: bool,
    lines: File,
    figures: Vec<Figure>,
}

impl Report {
    pub(crate) fn new(directory: &Path, commit: &str, quick: bool) -> Result<Self> {
        fs::create_dir_all(directory)?;
        let name = Utc::now().format("%Y%m%dT%H%M%SZ.jsonl").to_string();
        let path = directory.join(name);
        let lines =
            File::create(&path).with_context(|| format!("{} can't be written", path.display()))?;
        Ok(Self {
            commit: commit.to_owned(),
            quick,
            lines,
            figures: Vec::new(),
        })
    }

    /// Adds a figure, and writes it at once: a run that is cut short keeps what it has.
    pub(crate) fn add(&mut self, figure: Figure) -> Result<()> {
        let line = Line {
            at: Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true),
            commit: &self.commit,
            quick: self.quick,
            met: figure.limit.map(|limit| limit.met(figure.value)),
            figure: &figure,
        };
        writeln!(self.lines, "{}", serde_json::to_string(&line)?)?;
        let detail = if figure.detail.is_empty() {
            String::new()
        } else {
            format!("  ({})", figure.detail)
        };
        eprintln!(
            "  {:<9} {}: {}{detail}",
            figure.scenario,
            figure.name,
            figure.measured()
        );
        self.figures.push(figure);
        Ok(())
    }

    /// The table, in Markdown that reads well as text.
    pub(crate) fn table(&self) -> String {
        let header = ["scenario", "what", "measured", "limit", "met", "notes"].map(str::to_owned);
        let rows: Vec<[String; 6]> = std::iter::once(header)
            .chain(self.figures.iter().map(|figure| {
                [
                    figure.scenario.to_owned(),
                    figure.name.clone(),
                    figure.measured(),
                    figure.limit.map(Limit::words).unwrap_or_default(),
                    figure.met().to_owned(),
                    figure.detail.clone(),
                ]
            }))
            .collect();
        // The notes come last and may be as long as they are.
        let width = |column: usize| {
            rows.iter()
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: [usize; 5] = std::array::from_fn(width);
        let mut table = String::new();
        for (index, row) in rows.iter().enumerate() {
            for (cell, width) in row.iter().zip(widths) {
                let _ = write!(table, "| {cell:<width$} ");
            }
            let _ = writeln!(table, "| {} |", row[5]);
            if index == 0 {
                for width in widths {
                    let _ = write!(table, "|{}", "-".repeat(width + 2));
                }
                table.push_str("|---|\n");
            }
        }
        table
    }

    /// Writes machine, commit and table between the document's markers.
    pub(crate) fn write_into(&self, document: &Path, machine: &str) -> Result<()> {
        let text = fs::read_to_string(document)
            .with_context(|| format!("{} can't be read", document.display()))?;
        let block = format!(
            "{BEGIN}\n{} on {machine}, commit {}:\n\n{}{END}",
            Utc::now().format("%-d %B %Y"),
            self.commit,
            self.table()
        );
        fs::write(document, replaced(&text, &block)?)?;
        Ok(())
    }
}

fn replaced(text: &str, block: &str) -> Result<String> {
    let (before, rest) = text.split_once(BEGIN).context("no mark of the beginning")?;
    let (_, after) = rest.split_once(END).context("no mark of the end")?;
    Ok(format!("{before}{block}{after}"))
}

/// A number with as many digits as say something.
pub(crate) fn number(value: f64) -> String {
    let digits = match value.abs() {
        size if size >= 100.0 || value.fract() == 0.0 => 0,
        size if size >= 10.0 => 1,
        _ => 2,
    };
    let text = format!("{value:.digits$}");
    let (whole, fraction) = text
        .split_once('.')
        .map_or((text.as_str(), None), |(whole, fraction)| {
            (whole, Some(fraction))
        });
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        let left = whole.len() - index;
        if index > 0 && left % 3 == 0 && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    fraction.map_or(grouped.clone(), |fraction| format!("{grouped}.{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        for (value, text) in [
            (0.0, "0"),
            (3.256, "3.26"),
            (25.04, "25.0"),
            (999.6, "1,000"),
            (1_234_567.0, "1,234,567"),
            (-1234.0, "-1,234"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn limits_are_kept_or_not() {
        assert!(Limit::AtLeast(3.0).met(3.0));
        assert!(!Limit::AtMost(25.0).met(25.1));
        assert!(Limit::Exactly(0.0).met(0.0));
    }

    #[test]
    fn only_what_is_between_the_marks_is_replaced() {
        let text = format!("a\n{BEGIN}\nold\n{END}\nb");
        let block = format!("{BEGIN}\nnew\n{END}");
        assert_eq!(replaced(&text, &block).unwrap(), format!("a\n{block}\nb"));
        assert!(replaced("a", &block).is_err());
    }
}
