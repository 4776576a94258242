//! A seating plan in pretix's format, with as many seats as wanted.

use serde_json::{Value, json};

pub(crate) const CATEGORY: &str = "Arena";
const ROW: u32 = 100;

/// A plan of rows of 100 seats, and the names of the seats.
pub(crate) fn arena(seats: u32) -> (Value, Vec<String>) {
    let mut names = Vec::new();
    let rows: Vec<Value> = (0..seats.div_ceil(ROW))
        .map(|row| {
            let row_seats: Vec<Value> = (0..ROW.min(seats - row * ROW))
                .map(|seat| {
                    let name = format!("{}-{}", row + 1, seat + 1);
                    let value = json!({
                        "seat_guid": name, "seat_number": (seat + 1).to_string(), "category": CATEGORY,
                        "position": {"x": seat * 20, "y": 0},
                    });
                    names.push(name);
                    value
                })
                .collect();
            json!({
                "row_number": (row + 1).to_string(), "row_number_position": "both",
                "position": {"x": 0, "y": row * 20}, "seats": row_seats,
            })
        })
        .collect();
    let plan = json!({
        "name": "Arena", "categories": [{"name": CATEGORY, "color": "#1f5fa8"}],
        "size": {"width": ROW * 20, "height": seats.div_ceil(ROW) * 20},
        "zones": [{"name": "Arena", "position": {"x": 0, "y": 0}, "rows": rows}],
    });
    (plan, names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_exactly_the_seats_wanted() {
        let (plan, names) = arena(250);
        assert_eq!(names.len(), 250);
        assert_eq!(
            plan["zones"][0]["rows"][2]["seats"][49]["seat_guid"],
            "3-50"
        );
    }
}
