//! Pages to write on, from top to bottom. Lengths are points, 1/72 inch; `y` grows upwards.

use chrono::{DateTime, Datelike as _, Timelike as _, Utc};
use pdf_writer::{Content, Date, Finish as _, Name, Pdf, Rect, Ref, Str, TextStr};

use super::text::{encode, width, wrap};

const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 56.0;
pub(super) const LEFT: f32 = MARGIN;
pub(super) const RIGHT: f32 = WIDTH - MARGIN;
/// The lowest line.
pub(super) const BOTTOM: f32 = MARGIN;
const TOP: f32 = HEIGHT - MARGIN - 16.0;

const REGULAR: Name<'static> = Name(b"F1");
const BOLD: Name<'static> = Name(b"F2");

/// How text looks. Only text that neither wraps nor ends at the right may be bold, for its widths are the regular ones.
#[derive(Clone, Copy)]
pub(super) struct Face {
    pub(super) size: f32,
    font: Name<'static>,
    gray: f32,
}

impl Face {
    pub(super) const fn regular(size: f32) -> Self {
        Self {
            size,
            font: REGULAR,
            gray: 0.0,
        }
    }

    pub(super) const fn muted(size: f32) -> Self {
        Self {
            gray: 0.35,
            ..Self::regular(size)
        }
    }

    pub(super) const fn bold(size: f32) -> Self {
        Self {
            font: BOLD,
            ..Self::regular(size)
        }
    }

    /// From one line to the next.
    pub(super) fn leading(self) -> f32 {
        self.size * 1.45
    }
}

/// Pages, the last of which is written on at [`Canvas::y`].
pub(super) struct Canvas {
    full: Vec<Content>,
    page: Content,
    y: f32,
}

impl Canvas {
    pub(super) fn new() -> Self {
        Self {
            full: Vec::new(),
            page: Content::new(),
            y: TOP,
        }
    }

    /// The base line.
    pub(super) fn y(&self) -> f32 {
        self.y
    }

    pub(super) fn down(&mut self, by: f32) {
        self.y -= by;
    }

    pub(super) fn up(&mut self, by: f32) {
        self.y += by;
    }

    pub(super) fn new_page(&mut self) {
        self.full
            .push(std::mem::replace(&mut self.page, Content::new()));
        self.y = TOP;
    }

    /// Goes on at the next page when `height` does not fit here.
    pub(super) fn keep(&mut self, height: f32) {
        if self.y - height < BOTTOM {
            self.new_page();
        }
    }

    /// Writes a line that begins at `x`.
    pub(super) fn text(&mut self, x: f32, face: Face, text: &str) {
        self.page
            .begin_text()
            .set_fill_gray(face.gray)
            .set_font(face.font, face.size)
            .next_line(x, self.y)
            .show(Str(&encode(text)))
            .end_text();
    }

    /// Writes a line that ends at `x`.
    pub(super) fn text_to(&mut self, x: f32, face: Face, text: &str) {
        let x = x - width(&encode(text), face.size);
        self.text(x, face, text);
    }

    /// Writes text in a box over the whole width.
    pub(super) fn frame(&mut self, text: &str, face: Face) {
        let lines = wrap(text, face.size, RIGHT - LEFT - 20.0);
        let top = self.y + face.size + 4.0;
        for line in &lines {
            self.text(LEFT + 10.0, face, line);
            self.down(face.leading());
        }
        let bottom = self.y + face.size - 2.0;
        self.page
            .set_stroke_gray(0.35)
            .set_line_width(0.8)
            .rect(LEFT, bottom, RIGHT - LEFT, top - bottom)
            .stroke();
        self.down(face.size);
    }

    /// Draws a line over the whole width.
    pub(super) fn rule(&mut self) {
        self.page
            .set_stroke_gray(0.7)
            .set_line_width(0.6)
            .move_to(LEFT, self.y)
            .line_to(RIGHT, self.y)
            .stroke();
    }

    /// The file.
    pub(super) fn finish(mut self, title: &str, at: DateTime<Utc>) -> Vec<u8> {
        self.full.push(self.page);
        let mut last = Ref::new(1);
        let mut next = || last.bump();
        let (catalog, tree, info) = (next(), next(), next());
        let fonts = [
            (REGULAR, next(), Name(b"Helvetica")),
            (BOLD, next(), Name(b"Helvetica-Bold")),
        ];
        let pages: Vec<_> = self
            .full
            .into_iter()
            .map(|content| (next(), next(), content.finish()))
            .collect();

        let mut pdf = Pdf::new();
        let mut entry = pdf.catalog(catalog);
        entry.pages(tree).lang(TextStr("en"));
        entry.viewer_preferences().display_doc_title(true);
        entry.finish();
        pdf.document_info(info)
            .title(TextStr(title))
            .creation_date(date(at));
        pdf.pages(tree)
            .kids(pages.iter().map(|(page, ..)| *page))
            .count(i32::try_from(pages.len()).unwrap_or(i32::MAX));
        for (page, content, bytes) in &pages {
            let mut page = pdf.page(*page);
            page.parent(tree)
                .media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT))
                .contents(*content);
            let mut resources = page.resources();
            let mut names = resources.fonts();
            for (name, font, _) in fonts {
                names.pair(name, font);
            }
            names.finish();
            resources.finish();
            page.finish();
            pdf.stream(*content, bytes);
        }
        for (_, font, base) in fonts {
            pdf.type1_font(font)
                .base_font(base)
                .encoding_predefined(Name(b"WinAnsiEncoding"));
        }
        pdf.finish()
    }
}

fn date(at: DateTime<Utc>) -> Date {
    let small = |part: u32| u8::try_from(part).unwrap_or_default();
    Date::new(u16::try_from(at.year()).unwrap_or_default())
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}
