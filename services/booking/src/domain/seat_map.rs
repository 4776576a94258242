//! The seats of an event: which are free, and which free ones are the best.

use std::ops::Range;

use contracts::{SeatGuid, TicketTypeId};

use super::seating::Place;

/// A seat as it stands.
#[derive(Clone, Debug)]
pub struct MapSeat {
    pub guid: SeatGuid,
    pub ticket_type: TicketTypeId,
    pub at: Place,
    pub free: bool,
}

/// All seats of an event. Takes about 100 bytes a seat.
#[derive(Clone, Debug)]
pub struct SeatMap {
    /// By ticket type, row and place.
    seats: Vec<MapSeat>,
    /// Places in `seats`, by name.
    by_name: Vec<u32>,
    /// By ticket type, best row first.
    rows: Vec<Row>,
}

/// The seats of one ticket type in one row.
#[derive(Clone, Debug)]
struct Row {
    seats: Range<usize>,
    /// How many free seats there are next to each other at most.
    longest: usize,
}

/// Seats next to each other that would be taken: a range of the map's.
type Run = Range<usize>;

impl SeatMap {
    pub fn new(mut seats: Vec<MapSeat>) -> Self {
        seats.sort_by(|a, b| {
            let key = |seat: &MapSeat| (seat.ticket_type, seat.at.row_rank, seat.at.place);
            key(a).cmp(&key(b))
        });
        let mut by_name: Vec<u32> = (0..).take(seats.len()).collect();
        by_name.sort_by(|a, b| seats[*a as usize].guid.cmp(&seats[*b as usize].guid));
        let rows = seats
            .chunk_by(|a, b| a.ticket_type == b.ticket_type && a.at.row_rank == b.at.row_rank)
            .scan(0, |end, row| {
                let start = *end;
                *end += row.len();
                Some(Row {
                    seats: start..*end,
                    longest: longest(row),
                })
            })
            .collect();
        Self {
            seats,
            by_name,
            rows,
        }
    }

    pub fn len(&self) -> usize {
        self.seats.len()
    }

    pub fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    pub fn seat(&self, guid: &SeatGuid) -> Option<&MapSeat> {
        self.find(guid).map(|seat| &self.seats[seat])
    }

    /// Takes a seat or gives it back. A name that is not on the map changes nothing.
    pub fn set_free(&mut self, guid: &SeatGuid, free: bool) {
        if let Some(seat) = self.find(guid) {
            self.set(seat..seat + 1, free);
        }
    }

    /// How many seats of a ticket type are free.
    pub fn free(&self, ticket_type: TicketTypeId) -> usize {
        self.rows_of(ticket_type)
            .flat_map(|row| &self.seats[row.seats.clone()])
            .filter(|seat| seat.free)
            .count()
    }

    /// Takes the best `quantity` free seats of a ticket type, in the order they stand.
    ///
    /// They are next to each other, in the best row that has them without a single free seat being left alone beside them;
    /// when no row has, in the best row that has them at all; near the row's middle. With `split`, and when there are not
    /// enough next to each other anywhere, in as few and as large groups as there are. `None` takes nothing.
    pub fn take_best(
        &mut self,
        ticket_type: TicketTypeId,
        quantity: usize,
        split: bool,
    ) -> Option<Vec<SeatGuid>> {
        if quantity == 0 {
            return None;
        }
        let runs = match self.best_run(ticket_type, quantity) {
            Some(run) => vec![run],
            None if split => self.take_groups(ticket_type, quantity)?,
            None => return None,
        };
        for run in &runs {
            self.set(run.clone(), false);
        }
        Some(
            runs.into_iter()
                .flat_map(|run| &self.seats[run])
                .map(|seat| seat.guid.clone())
                .collect(),
        )
    }

    /// As large groups as there are; takes them, so that each is looked for beside the ones before.
    fn take_groups(&mut self, ticket_type: TicketTypeId, quantity: usize) -> Option<Vec<Run>> {
        let mut groups: Vec<Run> = Vec::new();
        let mut missing = quantity;
        while missing > 0 {
            let longest = self.rows_of(ticket_type).map(|row| row.longest).max();
            let size = longest.unwrap_or(0).min(missing);
            let Some(run) = self.best_run(ticket_type, size) else {
                for run in groups {
                    self.set(run, true);
                }
                return None;
            };
            self.set(run.clone(), false);
            missing -= size;
            groups.push(run);
        }
        Some(groups)
    }

    fn best_run(&self, ticket_type: TicketTypeId, quantity: usize) -> Option<Run> {
        if quantity == 0 {
            return None;
        }
        let mut with_orphans = None;
        for row in self.rows_of(ticket_type) {
            if row.longest < quantity {
                continue;
            }
            let Some((orphans, start)) = best_in_row(&self.seats[row.seats.clone()], quantity)
            else {
                continue;
            };
            let start = row.seats.start + start;
            if orphans == 0 {
                return Some(start..start + quantity);
            }
            with_orphans.get_or_insert(start..start + quantity);
        }
        with_orphans
    }

    fn rows_of(&self, ticket_type: TicketTypeId) -> impl Iterator<Item = &Row> {
        let type_of = move |row: &Row| self.seats[row.seats.start].ticket_type;
        let start = self.rows.partition_point(|row| type_of(row) < ticket_type);
        self.rows[start..]
            .iter()
            .take_while(move |row| type_of(row) == ticket_type)
    }

    fn find(&self, guid: &SeatGuid) -> Option<usize> {
        self.by_name
            .binary_search_by(|seat| self.seats[*seat as usize].guid.cmp(guid))
            .ok()
            .map(|found| self.by_name[found] as usize)
    }

    /// Sets seats of one row.
    fn set(&mut self, run: Run, free: bool) {
        let row = self.rows.partition_point(|row| row.seats.end <= run.start);
        for seat in &mut self.seats[run] {
            seat.free = free;
        }
        if let Some(row) = self.rows.get_mut(row) {
            row.longest = longest(&self.seats[row.seats.clone()]);
        }
    }
}

/// Free seats next to each other, as ranges of the row.
fn runs(row: &[MapSeat]) -> impl Iterator<Item = Range<usize>> {
    let mut end = 0;
    row.chunk_by(|a, b| a.free && b.free && b.at.place == a.at.place + 1)
        .filter_map(move |run| {
            let start = end;
            end += run.len();
            run[0].free.then_some(start..end)
        })
}

fn longest(row: &[MapSeat]) -> usize {
    runs(row).map(|run| run.len()).max().unwrap_or(0)
}

/// The best run in a row: how many single seats it leaves alone beside it, and where it begins. Ties go to the middle.
fn best_in_row(row: &[MapSeat], quantity: usize) -> Option<(usize, usize)> {
    let (first, last) = (row.first()?.at.place, row.last()?.at.place);
    runs(row)
        .filter(|run| run.len() >= quantity)
        .flat_map(|run| (run.start..=run.end - quantity).map(move |at| (run.clone(), at)))
        .map(|(run, at)| {
            let orphans =
                usize::from(at - run.start == 1) + usize::from(run.end - (at + quantity) == 1);
            // In half places.
            let middle = row[at].at.place + row[at + quantity - 1].at.place;
            (orphans, middle.abs_diff(first + last), at)
        })
        .min()
        .map(|(orphans, _, at)| (orphans, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: TicketTypeId = TicketTypeId::from_uuid(uuid::Uuid::from_u128(1));
    const OTHER: TicketTypeId = TicketTypeId::from_uuid(uuid::Uuid::from_u128(2));

    /// Rows as text: `.` free, `x` taken, a space is an aisle; `X` and `:` are of the other ticket type.
    fn map(rows: &[&str]) -> SeatMap {
        let mut seats = Vec::new();
        for (row_rank, row) in (0..).zip(rows) {
            for (place, mark) in (0..).zip(row.chars()).filter(|(_, mark)| *mark != ' ') {
                seats.push(MapSeat {
                    guid: SeatGuid::try_from(format!("{row_rank}-{place}")).unwrap(),
                    ticket_type: if matches!(mark, ':' | 'X') {
                        OTHER
                    } else {
                        KIND
                    },
                    at: Place { row_rank, place },
                    free: matches!(mark, '.' | ':'),
                });
            }
        }
        SeatMap::new(seats)
    }

    fn names(seats: Option<Vec<SeatGuid>>) -> Option<String> {
        let seats = seats?;
        let names: Vec<_> = seats.iter().map(SeatGuid::as_str).collect();
        Some(names.join(" "))
    }

    fn best(rows: &[&str], quantity: usize) -> Option<String> {
        names(map(rows).take_best(KIND, quantity, false))
    }

    #[test]
    fn prefers_the_front_and_the_middle() {
        assert_eq!(best(&["......", "......"], 2).unwrap(), "0-2 0-3");
        assert_eq!(best(&["xxxxxx", "......"], 2).unwrap(), "1-2 1-3");
        assert_eq!(best(&["x....x", "......"], 4).unwrap(), "0-1 0-2 0-3 0-4");
    }

    #[test]
    fn leaves_no_seat_alone_where_there_is_another_way() {
        // In the middle of five, two seats would leave one alone.
        assert_eq!(best(&["....."], 2).unwrap(), "0-0 0-1");
        // Only a run of three in front: one would be alone.
        assert_eq!(best(&["...xxx", "xxxxxx", "......"], 2).unwrap(), "2-2 2-3");
        // Nowhere without: then in front.
        assert_eq!(best(&["...xxx", "...xxx"], 2).unwrap(), "0-1 0-2");
        assert_eq!(best(&["...xxx"], 1).unwrap(), "0-2");
    }

    #[test]
    fn never_goes_across_an_aisle_a_taken_seat_or_another_ticket_type() {
        assert_eq!(best(&[".. ..", ".x.x."], 3), None);
        assert_eq!(best(&[".. ...", ".x.x."], 3).unwrap(), "0-3 0-4 0-5");
        assert_eq!(best(&["..::"], 3), None);
        assert_eq!(best(&["...."], 5), None);
        assert_eq!(best(&["...."], 0), None);
        assert_eq!(best(&[], 1), None);
    }

    #[test]
    fn splits_only_when_allowed_and_into_large_groups() {
        let mut map = map(&["..x..", "...x."]);
        assert_eq!(map.take_best(KIND, 5, false), None);
        assert_eq!(
            names(map.take_best(KIND, 5, true)).unwrap(),
            "1-0 1-1 1-2 0-0 0-1"
        );
        // Too many: nothing is taken.
        assert_eq!(map.take_best(KIND, 4, true), None);
        assert_eq!(map.free(KIND), 3);
    }

    #[test]
    fn takes_until_nothing_is_left_and_knows_what_comes_back() {
        let mut map = map(&["......", "....."]);
        let mut taken = std::collections::HashSet::new();
        while let Some(seats) = map.take_best(KIND, 2, false) {
            for seat in seats {
                assert!(taken.insert(seat), "taken twice");
            }
        }
        assert_eq!(map.free(KIND), 1);
        assert!(map.take_best(KIND, 1, false).is_some());
        assert_eq!(map.free(KIND), 0);
        let back = SeatGuid::try_from("1-3".to_owned()).unwrap();
        map.set_free(&back, true);
        assert!(map.seat(&back).unwrap().free);
        assert_eq!(names(map.take_best(KIND, 1, false)).unwrap(), "1-3");
    }
}
