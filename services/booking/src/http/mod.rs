//! The HTTP interface: a file per resource.

mod bookings;
mod check_ins;
mod demand;
mod events;
mod new_booking;
mod organisers;
mod problems;
mod queue;
mod stream;
mod tickets;
mod waiting_list;

use kit::http::ApiRouter;
use utoipa_axum::routes;

use crate::state::App;

/// All of booking's operations.
pub(crate) fn router() -> ApiRouter<App> {
    ApiRouter::with_openapi(kit::openapi::base(
        "Booking",
        env!("CARGO_PKG_VERSION"),
        include_str!("description.md"),
    ))
    .routes(routes!(bookings::create_booking, bookings::list_bookings))
    .routes(routes!(bookings::get_booking))
    .routes(routes!(bookings::checkout))
    .routes(routes!(bookings::cancel_booking))
    .routes(routes!(bookings::get_history))
    .routes(routes!(tickets::list_tickets))
    .routes(routes!(tickets::get_ticket_qr))
    .routes(routes!(tickets::ticket_keys))
    .routes(routes!(events::get_availability))
    .routes(routes!(stream::stream_availability))
    .routes(routes!(events::list_seats))
    .routes(routes!(
        waiting_list::join_waiting_list,
        waiting_list::get_waiting_list,
        waiting_list::leave_waiting_list
    ))
    .routes(routes!(
        queue::join_queue,
        queue::get_place,
        queue::leave_queue
    ))
    .routes(routes!(queue::follow_place))
    .routes(routes!(organisers::set_capacity))
    .routes(routes!(organisers::get_sales))
    .routes(routes!(check_ins::check_in))
    .routes(routes!(check_ins::undo_check_in))
    .routes(routes!(check_ins::list_check_ins))
}
