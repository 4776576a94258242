//! Seating plans in pretix's open JSON format: zones of rows of seats, each with a `seat_guid`, and categories with colours.
//!
//! A plan is kept as it came, so that exporting gives back what was imported; this reads what we need of it, seat by seat: a tree of
//! values of 50,000 seats would take more memory than the service has.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use contracts::SeatGuid;
use serde::Serialize;
use serde_json::{Map, Value, value::RawValue};
use utoipa::ToSchema;

use super::{Fault, text::Label};

pub const MAX_SEATS: usize = 50_000;
/// Faults reported at once.
const MAX_FAULTS: usize = 100;

/// A price category of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
pub struct Category {
    pub name: Label,
    /// CSS colour
    #[schema(max_length = 50)]
    pub color: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Seat {
    pub seat_guid: SeatGuid,
    pub zone: String,
    pub row: String,
    pub number: String,
    pub category: String,
    /// Position on the plan, in its units.
    pub x: f64,
    pub y: f64,
}

/// A plan that is known to be sound.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub name: String,
    pub categories: Vec<Category>,
    pub seats: Vec<Seat>,
    counts: BTreeMap<String, u32>,
}

impl Plan {
    /// Reads a plan; else every fault (the first 100) by its JSON pointer.
    pub fn read(plan: &RawValue) -> Result<Self, Vec<Fault>> {
        let mut reader = Reader::default();
        let read = reader.plan(plan);
        if reader.faults.is_empty() {
            read.ok_or_else(Vec::new)
        } else {
            Err(reader.faults)
        }
    }

    /// How many seats a category has; `None` when the plan has no such category.
    pub fn seats_of(&self, category: &str) -> Option<u32> {
        self.categories
            .iter()
            .any(|known| known.name.as_str() == category)
            .then(|| self.counts.get(category).copied().unwrap_or(0))
    }

    pub fn used_categories(&self) -> impl Iterator<Item = &str> {
        self.counts.keys().map(String::as_str)
    }
}

#[derive(Default)]
struct Reader {
    faults: Vec<Fault>,
    guids: BTreeSet<String>,
}

/// An object but for its list of that name, which is not read yet. Nothing of what is no object.
fn open<'a>(object: &'a RawValue, list: &str) -> (Value, Option<&'a RawValue>) {
    let Ok(mut fields) = serde_json::from_str::<BTreeMap<Cow<'a, str>, &'a RawValue>>(object.get())
    else {
        return (Value::Null, None);
    };
    let list = fields.remove(list);
    let rest: Map<_, _> = fields
        .into_iter()
        .filter_map(|(name, value)| {
            Some((name.into_owned(), serde_json::from_str(value.get()).ok()?))
        })
        .collect();
    (rest.into(), list)
}

impl Reader {
    fn plan(&mut self, plan: &RawValue) -> Option<Plan> {
        let (plan, zones) = open(plan, "zones");
        if !plan.is_object() {
            self.fault(
                "",
                "must be an object: a seating plan in pretix's JSON format",
            );
            return None;
        }
        let name = self.text(&plan, "", "name", 200, true).unwrap_or_default();
        let categories = self.categories(&plan);
        let known: BTreeSet<&str> = categories
            .iter()
            .map(|category| category.name.as_str())
            .collect();
        let mut seats = Vec::new();
        for (z, zone) in self.items(zones, "", "zones").into_iter().enumerate() {
            let at_zone = format!("/zones/{z}");
            let (zone, rows) = open(zone, "rows");
            let zone_name = self
                .text(&zone, &at_zone, "name", 200, false)
                .unwrap_or_default();
            let (zone_x, zone_y) = self.position(&zone, &at_zone);
            for (r, row) in self.items(rows, &at_zone, "rows").into_iter().enumerate() {
                let at_row = format!("{at_zone}/rows/{r}");
                let (row, in_row) = open(row, "seats");
                let row_name = self.label(&row, &at_row, "row_number").unwrap_or_default();
                let (row_x, row_y) = self.position(&row, &at_row);
                let in_row = self.items(in_row, &at_row, "seats");
                for (s, seat) in in_row.into_iter().enumerate() {
                    let at = format!("{at_row}/seats/{s}");
                    let seat: Value = serde_json::from_str(seat.get()).unwrap_or_default();
                    let (x, y) = self.position(&seat, &at);
                    let number = self.label(&seat, &at, "seat_number").unwrap_or_default();
                    let category = self.category(&seat, &at, &known);
                    if let (Some(seat_guid), Some(category)) = (self.guid(&seat, &at), category) {
                        seats.push(Seat {
                            seat_guid,
                            zone: zone_name.clone(),
                            row: row_name.clone(),
                            number,
                            category,
                            x: zone_x + row_x + x,
                            y: zone_y + row_y + y,
                        });
                    }
                }
            }
        }
        if seats.len() > MAX_SEATS {
            self.fault("/zones", "a plan has at most 50000 seats");
        }
        if seats.is_empty() && self.faults.is_empty() {
            self.fault("/zones", "the plan has no seats");
        }
        let mut counts = BTreeMap::new();
        for seat in &seats {
            *counts.entry(seat.category.clone()).or_insert(0) += 1;
        }
        Some(Plan {
            name,
            categories,
            seats,
            counts,
        })
    }

    fn categories(&mut self, plan: &Value) -> Vec<Category> {
        let mut categories: Vec<Category> = Vec::new();
        for (n, category) in self.list(plan, "", "categories").iter().enumerate() {
            let at = format!("/categories/{n}");
            let color = self
                .text(category, &at, "color", 50, true)
                .unwrap_or_default();
            let Some(name) = self.text(category, &at, "name", 50, true) else {
                continue;
            };
            match Label::parse(&name) {
                Ok(name) if categories.iter().any(|known| known.name == name) => {
                    self.fault(&format!("{at}/name"), "is there twice");
                }
                Ok(name) => categories.push(Category { name, color }),
                Err(message) => self.fault(&format!("{at}/name"), &message),
            }
        }
        categories
    }

    fn category(&mut self, seat: &Value, at: &str, known: &BTreeSet<&str>) -> Option<String> {
        let name = self.text(seat, at, "category", 50, true)?;
        let name = name.trim();
        if !known.contains(name) {
            self.fault(
                &format!("{at}/category"),
                "is none of the plan's categories",
            );
            return None;
        }
        Some(name.to_owned())
    }

    fn guid(&mut self, seat: &Value, at: &str) -> Option<SeatGuid> {
        let text = self.text(seat, at, "seat_guid", 64, true)?;
        let pointer = format!("{at}/seat_guid");
        if !self.guids.insert(text.clone()) {
            self.fault(&pointer, "is there twice");
            return None;
        }
        match SeatGuid::try_from(text) {
            Ok(guid) => Some(guid),
            Err(error) => {
                self.fault(&pointer, &error.to_string());
                None
            }
        }
    }

    fn list<'a>(&mut self, object: &'a Value, at: &str, name: &str) -> &'a [Value] {
        match &object[name] {
            Value::Array(items) => items,
            Value::Null => {
                self.fault(&format!("{at}/{name}"), "is missing");
                &[]
            }
            _ => {
                self.fault(&format!("{at}/{name}"), "must be a list");
                &[]
            }
        }
    }

    /// The items of a list, not read yet.
    fn items<'a>(&mut self, list: Option<&'a RawValue>, at: &str, name: &str) -> Vec<&'a RawValue> {
        let text = list.map_or("null", RawValue::get);
        serde_json::from_str(text).unwrap_or_else(|_| {
            let missing = text == "null";
            let message = if missing {
                "is missing"
            } else {
                "must be a list"
            };
            self.fault(&format!("{at}/{name}"), message);
            Vec::new()
        })
    }

    fn text(
        &mut self,
        object: &Value,
        at: &str,
        name: &str,
        longest: usize,
        required: bool,
    ) -> Option<String> {
        match &object[name] {
            Value::String(text) if text.chars().count() <= longest && !text.contains('\0') => {
                if required && text.trim().is_empty() {
                    self.fault(&format!("{at}/{name}"), "must not be empty");
                    return None;
                }
                return Some(text.clone());
            }
            Value::String(_) => self.fault(
                &format!("{at}/{name}"),
                &format!("has at most {longest} characters"),
            ),
            Value::Null if !required => {}
            Value::Null => self.fault(&format!("{at}/{name}"), "is missing"),
            _ => self.fault(&format!("{at}/{name}"), "must be text"),
        }
        None
    }

    /// Row and seat numbers are text, but editors also write numbers.
    fn label(&mut self, object: &Value, at: &str, name: &str) -> Option<String> {
        match &object[name] {
            Value::Number(number) => Some(number.to_string()),
            _ => self.text(object, at, name, 50, false),
        }
    }

    /// `position: {x, y}`, 0 when absent.
    fn position(&mut self, object: &Value, at: &str) -> (f64, f64) {
        let position = &object["position"];
        if position.is_null() {
            return (0.0, 0.0);
        }
        let mut coordinate = |name: &str| match position[name].as_f64() {
            Some(value) if value.is_finite() && value.abs() <= 1e6 => value,
            _ => {
                self.fault(
                    &format!("{at}/position/{name}"),
                    "must be a number from -1000000 to 1000000",
                );
                0.0
            }
        };
        (coordinate("x"), coordinate("y"))
    }

    fn fault(&mut self, pointer: &str, message: &str) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(Fault::new(pointer, message));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(plan: &Value) -> Result<Plan, Vec<Fault>> {
        Plan::read(&serde_json::value::to_raw_value(plan).unwrap())
    }

    fn plan() -> Value {
        json!({
            "name": "Hall", "size": {"width": 100, "height": 100},
            "categories": [{"name": "Stalls", "color": "#f00"}, {"name": "Box", "color": "#00f"}],
            "zones": [{"name": "Floor", "position": {"x": 10, "y": 20}, "rows": [
                {"row_number": "A", "position": {"x": 0, "y": 1}, "seats": [
                    {"seat_guid": "A-1", "seat_number": "1", "position": {"x": 5, "y": 0}, "category": "Stalls"},
                    {"seat_guid": "A-2", "seat_number": 2, "position": {"x": 6, "y": 0}, "category": "Stalls"}]}]}],
        })
    }

    #[test]
    fn reads_seats_with_their_place_on_the_whole_plan() {
        let plan = read(&plan()).unwrap();
        assert_eq!(plan.seats.len(), 2);
        assert_eq!((plan.seats[0].x, plan.seats[0].y), (15.0, 21.0));
        assert_eq!(
            (
                plan.seats_of("Stalls"),
                plan.seats_of("Box"),
                plan.seats_of("Circle")
            ),
            (Some(2), Some(0), None)
        );
        assert_eq!(plan.used_categories().collect::<Vec<_>>(), ["Stalls"]);
    }

    #[test]
    fn names_every_fault_by_its_pointer() {
        let mut broken = plan();
        let seats = &mut broken["zones"][0]["rows"][0]["seats"];
        seats[1]["seat_guid"] = "A-1".into();
        seats[1]["category"] = "Circle".into();
        seats[0]["position"]["x"] = "left".into();
        broken["categories"][1]["name"] = 7.into();
        let pointers: Vec<_> = read(&broken)
            .unwrap_err()
            .into_iter()
            .map(|fault| fault.pointer)
            .collect();
        assert_eq!(
            pointers,
            [
                "/categories/1/name",
                "/zones/0/rows/0/seats/0/position/x",
                "/zones/0/rows/0/seats/1/category",
                "/zones/0/rows/0/seats/1/seat_guid",
            ]
        );
        for hopeless in [
            json!(null),
            json!([]),
            json!({}),
            json!({"name": "x", "categories": [], "zones": 7}),
            json!({"name": "x", "categories": [], "zones": [7]}),
            json!({"name": "x", "categories": [], "zones": [{"rows": [{"seats": [null]}]}]}),
            json!({"name": "x", "categories": [], "zones": []}),
        ] {
            assert!(!read(&hopeless).unwrap_err().is_empty(), "{hopeless}");
        }
    }
}
