//! Text in Helvetica, which every reader of PDF has: its encoding, its widths, and where lines break.
//!
//! The encoding is WinAnsi: Western European languages and the euro. Other letters lose their accents, and what is left after
//! that is shown as a question mark; the page and the JSON have the whole text.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Widths of the bytes from 32 to 255 in thousandths of the size, as the font's metrics give them.
#[rustfmt::skip]
const WIDTHS: [u16; 224] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584, 350,
    556, 350, 222, 556, 333, 1000, 556, 556, 333, 1000, 667, 333, 1000, 350, 611, 350,
    350, 222, 222, 333, 333, 350, 556, 1000, 333, 1000, 500, 333, 944, 350, 500, 667,
    278, 333, 556, 556, 556, 556, 260, 556, 333, 737, 370, 556, 584, 333, 737, 333,
    400, 584, 333, 333, 333, 556, 537, 278, 333, 333, 365, 556, 834, 834, 834, 611,
    667, 667, 667, 667, 667, 667, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278,
    722, 722, 778, 778, 778, 778, 778, 584, 778, 722, 722, 722, 722, 667, 667, 611,
    556, 556, 556, 556, 556, 556, 889, 500, 556, 556, 556, 556, 278, 278, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 584, 611, 556, 556, 556, 556, 500, 556, 500,
];

/// The characters of WinAnsi that are not at their place in Unicode.
const MOVED: [(char, u8); 27] = [
    ('€', 128),
    ('‚', 130),
    ('ƒ', 131),
    ('„', 132),
    ('…', 133),
    ('†', 134),
    ('‡', 135),
    ('ˆ', 136),
    ('‰', 137),
    ('Š', 138),
    ('‹', 139),
    ('Œ', 140),
    ('Ž', 142),
    ('‘', 145),
    ('’', 146),
    ('“', 147),
    ('”', 148),
    ('•', 149),
    ('–', 150),
    ('—', 151),
    ('˜', 152),
    ('™', 153),
    ('š', 154),
    ('›', 155),
    ('œ', 156),
    ('ž', 158),
    ('Ÿ', 159),
];

/// Letters with strokes, which have no accent to lose.
const STROKED: [(char, u8); 8] = [
    ('Ł', b'L'),
    ('ł', b'l'),
    ('Đ', b'D'),
    ('đ', b'd'),
    ('Ħ', b'H'),
    ('ħ', b'h'),
    ('ı', b'i'),
    ('ẞ', 0xDF),
];

/// The text in WinAnsi.
pub(super) fn encode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.nfc() {
        if let Some(byte) = byte(c) {
            bytes.push(byte);
            continue;
        }
        let before = bytes.len();
        bytes.extend(
            std::iter::once(c)
                .nfkd()
                .filter(|c| !is_combining_mark(*c))
                .filter_map(byte),
        );
        if bytes.len() == before && !is_combining_mark(c) {
            bytes.push(b'?');
        }
    }
    bytes
}

fn byte(c: char) -> Option<u8> {
    match c {
        ' '..='~' | '\u{a0}'..='ÿ' => u8::try_from(u32::from(c)).ok(),
        c if c.is_whitespace() => Some(b' '),
        c => MOVED
            .iter()
            .chain(&STROKED)
            .find(|(known, _)| *known == c)
            .map(|(_, byte)| *byte),
    }
}

/// How wide encoded text is at a size, in points.
pub(super) fn width(encoded: &[u8], size: f32) -> f32 {
    let sum: u32 = encoded.iter().map(|byte| u32::from(advance(*byte))).sum();
    #[expect(clippy::cast_precision_loss, reason = "a line is short")]
    let sum = sum as f32;
    sum * size / 1000.0
}

fn advance(byte: u8) -> u16 {
    let index = usize::from(byte.saturating_sub(32));
    WIDTHS.get(index).copied().unwrap_or_default()
}

/// Breaks text into lines of at most `width` points: between words, and inside one that is longer than a line.
pub(super) fn wrap(text: &str, size: f32, width: f32) -> Vec<String> {
    let fits = |line: &str| self::width(&encode(line), size) <= width;
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = if line.is_empty() {
            word.to_owned()
        } else {
            format!("{line} {word}")
        };
        if fits(&longer) {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for c in word.chars() {
            line.push(c);
            if !fits(&line) && line.chars().nth(1).is_some() {
                line.pop();
                lines.push(std::mem::take(&mut line));
                line.push(c);
            }
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_the_letters_of_the_west_and_the_euro() {
        assert_eq!(encode("Grüße €5"), b"Gr\xFC\xDFe \x805");
        // Composed or not makes no difference.
        assert_eq!(encode("u\u{308}"), b"\xFC");
        assert_eq!(encode("Š – “a”"), b"\x8A \x96 \x93a\x94");
    }

    #[test]
    fn other_letters_lose_their_accents() {
        assert_eq!(encode("Čapek, Łódź, Đurić"), b"Capek, L\xF3dz, Duric");
        assert_eq!(encode("日本"), b"??");
        assert_eq!(encode("a\tb\u{7}"), b"a b?");
    }

    #[test]
    fn knows_the_widths() {
        assert!((width(b"10.00 EUR", 10.0) - 48.91).abs() < 0.01);
        assert_eq!(advance(0x80), 556);
        assert_eq!(advance(0xFF), 500);
    }

    #[test]
    fn breaks_lines_where_they_must() {
        let lines = wrap("one two three", 10.0, 40.0);
        assert_eq!(lines, ["one two", "three"]);
        for line in wrap(&"x".repeat(500), 10.0, 100.0) {
            assert!(width(&encode(&line), 10.0) <= 100.0);
        }
        assert_eq!(wrap("", 10.0, 100.0), [""]);
        // Narrower than a letter: one in each line, and no end is missed.
        assert_eq!(wrap("ab", 10.0, 1.0), ["a", "b"]);
    }
}
