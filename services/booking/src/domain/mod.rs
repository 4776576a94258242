//! Rules of booking. Knows neither HTTP nor SQL.

pub mod access;
pub mod availability;
pub mod booking;
pub mod check_in;
pub mod order;
pub mod refusal;
pub mod seat_map;
pub mod seating;
pub mod ticket;
pub mod ticket_code;
pub mod waiting;

pub use access::{Closed, GivenCode};
pub use availability::{Availability, SeatStatus, TypeAvailability};
pub use booking::{Booking, BookingStatus, EventSummary};
pub use order::Wanted;
pub use refusal::Refusal;
pub use seat_map::{MapSeat, SeatMap};
pub use ticket::{Ticket, TicketStatus};
pub use ticket_code::TicketKeys;
pub use waiting::{WaitingEntry, WaitingStatus};
