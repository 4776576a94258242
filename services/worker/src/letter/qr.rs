//! QR codes as PNG: mail programs show no SVG.

use anyhow::Result;
use qrcode::{Color, EcLevel, QrCode};

/// Pixels of one module.
const SCALE: usize = 6;
/// The quiet zone around the code, in modules (ISO/IEC 18004).
const QUIET: usize = 4;

/// A black-on-white PNG of `text`, one bit a pixel.
pub(super) fn png(text: &str) -> Result<Vec<u8>> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)?;
    let width = code.width();
    let modules = code.into_colors();
    let side = (width + 2 * QUIET) * SCALE;
    let mut pixels = Vec::with_capacity(side * side.div_ceil(8));
    for y in 0..side {
        let mut line = vec![0xff_u8; side.div_ceil(8)];
        for x in 0..side {
            let inside = |at: usize| {
                (at / SCALE)
                    .checked_sub(QUIET)
                    .filter(|module| *module < width)
            };
            if let (Some(column), Some(row)) = (inside(x), inside(y))
                && modules.get(row * width + column) == Some(&Color::Dark)
                && let Some(byte) = line.get_mut(x / 8)
            {
                *byte &= !(0x80 >> (x % 8));
            }
        }
        pixels.extend(line);
    }
    let side = u32::try_from(side)?;
    let mut image = Vec::new();
    let mut encoder = png::Encoder::new(&mut image, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(image)
}
