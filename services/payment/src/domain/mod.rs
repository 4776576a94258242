//! What a payment is and what may happen to it. Knows neither HTTP nor SQL.

pub mod document;
pub mod payment;
pub mod purchase;
pub mod refund;
