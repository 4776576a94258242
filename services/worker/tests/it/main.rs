//! The worker with a real PostgreSQL, a real RabbitMQ and a mail server that misbehaves on demand.

mod dead_letters;
mod delivery;
mod letters;
mod shop;
