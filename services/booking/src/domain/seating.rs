//! Seats in rows: who is next to whom, and which free ones are the best.

use std::collections::HashMap;

use contracts::SeatGuid;

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

/// A seat of one ticket type and whether it is free.
#[derive(Clone, Debug)]
pub struct MapSeat {
    pub guid: SeatGuid,
    pub at: Place,
    pub free: bool,
}

/// The seats of one ticket type, to choose the best free ones from.
#[derive(Clone, Debug)]
pub struct SeatMap {
    /// By row and place.
    seats: Vec<MapSeat>,
    /// Where each row begins and ends in `seats`, best row first.
    rows: Vec<std::ops::Range<usize>>,
}

/// Leaving one seat alone is as bad as sitting this many rows further back.
const ORPHAN_ROWS: usize = 2;

impl SeatMap {
    pub fn new(mut seats: Vec<MapSeat>) -> Self {
        seats.sort_by_key(|seat| (seat.at.row_rank, seat.at.place));
        let mut rows: Vec<std::ops::Range<usize>> = Vec::new();
        for (index, seat) in seats.iter().enumerate() {
            match rows.last_mut() {
                Some(row) if seats[row.start].at.row_rank == seat.at.row_rank => {
                    row.end = index + 1;
                }
                _ => rows.push(index..index + 1),
            }
        }
        Self { seats, rows }
    }

    pub fn free(&self) -> usize {
        self.seats.iter().filter(|seat| seat.free).count()
    }

    /// Marks a seat as taken.
    pub fn take(&mut self, guid: &SeatGuid) {
        if let Some(seat) = self.seats.iter_mut().find(|seat| seat.guid == *guid) {
            seat.free = false;
        }
    }

    /// Takes the best `quantity` free seats next to each other, in the order they stand: the front row that has them, near its
    /// middle, and without leaving a single seat alone if the rows right behind allow that. `None` when there are none.
    pub fn take_best(&mut self, quantity: usize) -> Option<Vec<SeatGuid>> {
        let best = self
            .rows
            .iter()
            .enumerate()
            .filter_map(|(rank, row)| {
                let (cost, start) = best_in_row(&self.seats[row.clone()], quantity)?;
                Some(((rank + cost.0 * ORPHAN_ROWS, cost), row.start + start))
            })
            .min()?
            .1;
        let chosen = &mut self.seats[best..best + quantity];
        Some(
            chosen
                .iter_mut()
                .map(|seat| {
                    seat.free = false;
                    seat.guid.clone()
                })
                .collect(),
        )
    }
}

/// The best run in a row: how many single seats it leaves alone, its distance from the middle in half places, and its start.
fn best_in_row(row: &[MapSeat], quantity: usize) -> Option<((usize, u32), usize)> {
    let (first, last) = (row.first()?.at.place, row.last()?.at.place);
    let mut best = None;
    let mut start = 0;
    while start < row.len() {
        if !row[start].free {
            start += 1;
            continue;
        }
        let mut end = start + 1;
        while end < row.len() && row[end].free && row[end].at.place == row[end - 1].at.place + 1 {
            end += 1;
        }
        if quantity > 0 && end - start >= quantity {
            for at in start..=end - quantity {
                let orphans =
                    usize::from(at - start == 1) + usize::from(end - (at + quantity) == 1);
                let run = (row[at].at.place, row[at + quantity - 1].at.place);
                let distance = (run.0 + run.1).abs_diff(first + last);
                best = best.min_some(((orphans, distance), at));
            }
        }
        start = end;
    }
    best
}

trait MinSome<T> {
    fn min_some(self, other: T) -> Option<T>;
}

impl<T: Ord> MinSome<T> for Option<T> {
    fn min_some(self, other: T) -> Self {
        Some(match self {
            Some(known) => known.min(other),
            None => other,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows as text: `.` free, `x` taken, a space is an aisle.
    fn map(rows: &[&str]) -> SeatMap {
        let mut seats = Vec::new();
        for (row_rank, row) in (0..).zip(rows) {
            for (place, mark) in (0..).zip(row.chars()).filter(|(_, mark)| *mark != ' ') {
                seats.push(MapSeat {
                    guid: SeatGuid::try_from(format!("{row_rank}-{place}")).unwrap(),
                    at: Place { row_rank, place },
                    free: mark == '.',
                });
            }
        }
        SeatMap::new(seats)
    }

    fn best(rows: &[&str], quantity: usize) -> Option<String> {
        let seats = map(rows).take_best(quantity)?;
        Some(
            seats
                .iter()
                .map(SeatGuid::as_str)
                .collect::<Vec<_>>()
                .join(" "),
        )
    }

    #[test]
    fn prefers_the_front_and_the_middle() {
        assert_eq!(best(&["......", "......"], 2).unwrap(), "0-2 0-3");
        assert_eq!(best(&["xxxxxx", "......"], 2).unwrap(), "1-2 1-3");
        assert_eq!(best(&["x....x", "......"], 3), Some("1-0 1-1 1-2".into()));
    }

    #[test]
    fn leaves_no_seat_alone_if_that_costs_little() {
        // In the middle of five, two seats would leave one alone.
        assert_eq!(best(&["....."], 2).unwrap(), "0-0 0-1");
        // Only a run of three: one will be alone, but the next row is whole.
        assert_eq!(best(&["...xxx", "......"], 2).unwrap(), "1-2 1-3");
        // Far back is worse than one seat alone.
        assert_eq!(
            best(&["...xxx", "xxxxxx", "xxxxxx", "......"], 2).unwrap(),
            "0-1 0-2"
        );
        assert_eq!(best(&["...xxx"], 1).unwrap(), "0-2");
    }

    #[test]
    fn never_goes_across_an_aisle_or_a_taken_seat() {
        assert_eq!(best(&[".. ..", ".x.x."], 3), None);
        assert_eq!(best(&[".. ...", ".x.x."], 3).unwrap(), "0-3 0-4 0-5");
        assert_eq!(best(&["...."], 5), None);
        assert_eq!(best(&[], 1), None);
    }

    #[test]
    fn takes_until_nothing_is_left() {
        let mut map = map(&["......", "....."]);
        let mut taken = std::collections::HashSet::new();
        while let Some(seats) = map.take_best(2) {
            for seat in seats {
                assert!(taken.insert(seat), "taken twice");
            }
        }
        assert_eq!(map.free(), 1);
        assert!(map.take_best(1).is_some());
        assert_eq!(map.free(), 0);
    }

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
