//! Seats in rows: who is next to whom.

use std::collections::HashMap;

/// A seat of a plan, in the plan's order.
#[derive(Clone, Debug)]
pub struct PlanSeat<'a> {
    pub zone: &'a str,
    pub row: &'a str,
    /// Centre of the seat, in the plan's own unit.
    pub position: Option<(f64, f64)>,
}

/// Where a seat is: its row's rank, the best being 0, and its place in the row. Neighbours differ by exactly 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub row_rank: i32,
    pub place: i32,
}

/// A gap this much wider than the row's usual one is an aisle.
const AISLE: f64 = 1.6;

/// The place of every seat. Rows rank as the plan lists them; within a row, positions tell the order and the aisles, or the
/// plan's order when a seat has none.
pub fn places(seats: &[PlanSeat<'_>]) -> Vec<Place> {
    let mut ranks = HashMap::new();
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for (index, seat) in seats.iter().enumerate() {
        let rank = *ranks.entry((seat.zone, seat.row)).or_insert(rows.len());
        if rank == rows.len() {
            rows.push(Vec::new());
        }
        rows[rank].push(index);
    }
    let mut places = vec![
        Place {
            row_rank: 0,
            place: 0
        };
        seats.len()
    ];
    for (row_rank, mut row) in (0..).zip(rows) {
        let positions: Option<Vec<_>> = row.iter().map(|seat| seats[*seat].position).collect();
        let steps = match positions {
            Some(positions) => order_by_position(&mut row, &positions),
            None => vec![1; row.len()],
        };
        let mut place = 0;
        for (seat, step) in row.into_iter().zip(steps) {
            place += step;
            places[seat] = Place { row_rank, place };
        }
    }
    places
}

/// Sorts a row along its longer axis; gives the step from each seat's predecessor: 1, or 2 across an aisle.
fn order_by_position(row: &mut Vec<usize>, positions: &[(f64, f64)]) -> Vec<i32> {
    let spread = |axis: fn(&(f64, f64)) -> f64| {
        let (low, high) = positions
            .iter()
            .map(axis)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| {
                (low.min(at), high.max(at))
            });
        high - low
    };
    let axis: fn(&(f64, f64)) -> f64 = if spread(|p| p.1) > spread(|p| p.0) {
        |p| p.1
    } else {
        |p| p.0
    };
    let mut order: Vec<_> = (0..row.len()).collect();
    order.sort_by(|a, b| axis(&positions[*a]).total_cmp(&axis(&positions[*b])));
    // Straight distances, so that a curved row has even gaps.
    let gaps: Vec<f64> = order
        .windows(2)
        .map(|pair| {
            let (a, b) = (positions[pair[0]], positions[pair[1]]);
            (a.0 - b.0).hypot(a.1 - b.1)
        })
        .collect();
    let mut sorted = gaps.clone();
    sorted.sort_by(f64::total_cmp);
    let usual = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
    *row = order.iter().map(|index| row[*index]).collect();
    let steps = gaps
        .iter()
        .map(|gap| if *gap > usual * AISLE { 2 } else { 1 });
    std::iter::once(1).chain(steps).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_tell_order_and_aisles() {
        let seat = |row, x: f64| PlanSeat {
            zone: "Z",
            row,
            position: Some((x, 0.0)),
        };
        let plan = [
            seat("A", 20.0),
            seat("A", 0.0),
            seat("A", 10.0),
            seat("A", 40.0),
            seat("B", 0.0),
        ];
        let places: Vec<_> = places(&plan)
            .iter()
            .map(|place| (place.row_rank, place.place))
            .collect();
        assert_eq!(places, [(0, 3), (0, 1), (0, 2), (0, 5), (1, 1)]);
    }

    #[test]
    fn without_positions_the_plan_orders() {
        let seat = |row| PlanSeat {
            zone: "Z",
            row,
            position: None,
        };
        let places: Vec<_> = places(&[seat("A"), seat("B"), seat("A")])
            .iter()
            .map(|place| (place.row_rank, place.place))
            .collect();
        assert_eq!(places, [(0, 1), (1, 1), (0, 2)]);
    }
}
