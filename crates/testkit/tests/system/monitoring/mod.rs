//! What people are told when something is wrong: a real Prometheus with the rules and dashboards of `observability/` watches a
//! platform, of which things are broken.

mod clock;
mod exporters;
mod faults;
mod watch;
