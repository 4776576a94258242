ANALYZE bookings, booking_history, buyers, tickets, stock;
