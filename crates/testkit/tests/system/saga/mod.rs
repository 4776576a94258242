//! The saga at each point of failure: whatever is killed right before whichever write, in the end there are tickets and money,
//! or neither.

mod faults;
mod kills;
mod shop;
mod steps;
