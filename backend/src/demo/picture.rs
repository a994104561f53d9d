//! Small real files made by code, so that products have something attached: a picture and a document.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

const WIDTH: u32 = 640;
const HEIGHT: u32 = 400;

/// A PNG picture of coloured bars that differ with `number`.
pub(super) fn png(number: usize) -> std::io::Result<Vec<u8>> {
    let seed = u32::try_from(number).unwrap_or_default();
    let mut pixels = Vec::new();
    for y in 0..HEIGHT {
        pixels.push(0);
        for x in 0..WIDTH {
            let bar = x / 64;
            let height = 60 + (bar * 53 + seed * 97) % 300;
            let is_bar = x % 64 > 8 && HEIGHT - y <= height;
            let shade = u8::try_from((y * 40) / HEIGHT).unwrap_or_default();
            let colour = match (is_bar, bar % 2) {
                (true, 0) => [168, 32, 38],
                (true, _) => [196, 138, 44],
                (false, _) => [250 - shade, 246 - shade, 238 - shade],
            };
            pixels.extend_from_slice(&colour);
        }
    }
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&pixels)?;
    let packed = packed.finish()?;
    let mut header = Vec::new();
    header.extend_from_slice(&WIDTH.to_be_bytes());
    header.extend_from_slice(&HEIGHT.to_be_bytes());
    // Eight bits, red green blue, the one compression and filter there are, not interlaced.
    header.extend_from_slice(&[8, 2, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, content) in [(b"IHDR", header), (b"IDAT", packed), (b"IEND", Vec::new())] {
        chunk(&mut png, kind, &content);
    }
    Ok(png)
}

fn chunk(png: &mut Vec<u8>, kind: &[u8; 4], content: &[u8]) {
    let mut sum = flate2::Crc::new();
    sum.update(kind);
    sum.update(content);
    png.extend_from_slice(&u32::try_from(content.len()).unwrap_or_default().to_be_bytes());
    png.extend_from_slice(kind);
    png.extend_from_slice(content);
    png.extend_from_slice(&sum.sum().to_be_bytes());
}

/// A PDF of one page with these lines; the built-in font knows ASCII only.
pub(super) fn pdf(lines: &[String]) -> Vec<u8> {
    let mut text = String::from("BT /F1 13 Tf 72 760 Td 20 TL\n");
    for line in lines {
        let plain = line.chars().filter(|c| c.is_ascii() && !"()\\".contains(*c));
        text.push_str(&format!("({}) Tj T*\n", plain.collect::<String>()));
    }
    text.push_str("ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut pdf = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (i, object) in objects.iter().enumerate() {
        places.push(pdf.len());
        pdf.push_str(&format!("{} 0 obj\n{object}\nendobj\n", i + 1));
    }
    let table = pdf.len();
    pdf.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for place in places {
        pdf.push_str(&format!("{place:010} 00000 n \n"));
    }
    let size = objects.len() + 1;
    pdf.push_str(&format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n"));
    pdf.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_what_their_names_say() {
        let picture = png(7).unwrap();
        assert_eq!(infer::get(&picture).unwrap().mime_type(), "image/png");
        assert_ne!(picture, png(8).unwrap());
        let document = pdf(&["Bien ban nghiem thu (minh hoa)".into()]);
        assert_eq!(infer::get(&document).unwrap().mime_type(), "application/pdf");
        let table = document.windows(9).rposition(|w| w == b"startxref").unwrap();
        assert!(table > 200);
    }
}
