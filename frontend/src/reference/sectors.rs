//! The picture that stands for a sector where a product has none of its own.

use nq57_ui::components::Glyph;

/// The drawing for the sector with this code; a flask for those not known here.
pub fn sector_glyph(code: &str) -> Glyph {
    match code {
        "agriculture" => Glyph::Leaf,
        "industry" => Glyph::Factory,
        "health" => Glyph::Health,
        "education" => Glyph::School,
        "transport" | "logistics" => Glyph::Truck,
        "finance" => Glyph::Bank,
        "construction" => Glyph::House,
        "trade-services" => Glyph::People,
        "tourism" => Glyph::Globe,
        "environment" => Glyph::Drop,
        "energy" => Glyph::Bolt,
        "culture-society" => Glyph::Culture,
        "digital-industry" => Glyph::Chip,
        "public-administration" => Glyph::Building,
        "safety-disaster" => Glyph::Shield,
        _ => Glyph::Flask,
    }
}
