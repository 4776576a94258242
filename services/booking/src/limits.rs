//! How many holds one account may ask for. Counted in this process alone, so that a hold waits for nobody: with several
//! replicas an account may ask for as many of each.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use contracts::UserId;
use kit::{Problem, config::Switch};

/// Holds that one account may ask for in one window.
const HOLDS: u32 = 600;
const WINDOW: Duration = Duration::from_mins(1);
/// Accounts that are counted at once; more are let through uncounted until the window ends.
const ACCOUNTS: usize = 100_000;

/// Limits holds by account. Clones count together.
#[derive(Clone, Debug)]
pub struct HoldLimit(Option<Arc<Mutex<Window>>>);

#[derive(Debug)]
struct Window {
    ends: Instant,
    uses: HashMap<UserId, u32>,
}

impl HoldLimit {
    pub fn new(switch: Switch) -> Self {
        Self(switch.is_on().then(|| {
            Arc::new(Mutex::new(Window {
                ends: Instant::now() + WINDOW,
                uses: HashMap::new(),
            }))
        }))
    }

    /// Counts one hold; 429 with `Retry-After` when it is one too many.
    pub fn check(&self, user: UserId) -> Result<(), Problem> {
        let Some(window) = &self.0 else {
            return Ok(());
        };
        let now = Instant::now();
        let mut window = window.lock().unwrap_or_else(PoisonError::into_inner);
        let left = window.count(user, now);
        left.map_or(Ok(()), |left| {
            Err(Problem::too_many_requests(left.as_secs() + 1))
        })
    }
}

impl Window {
    /// How long to wait; `None` when it may be.
    fn count(&mut self, user: UserId, now: Instant) -> Option<Duration> {
        if now >= self.ends {
            self.uses.clear();
            self.ends = now + WINDOW;
        }
        if self.uses.len() >= ACCOUNTS && !self.uses.contains_key(&user) {
            return None;
        }
        let uses = self.uses.entry(user).or_default();
        *uses += 1;
        (*uses > HOLDS).then(|| self.ends - now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_account_has_its_own_share_of_each_window() {
        let begun = Instant::now();
        let mut window = Window {
            ends: begun + WINDOW,
            uses: HashMap::new(),
        };
        let (ada, ben) = (UserId::new(), UserId::new());
        for _ in 0..HOLDS {
            assert_eq!(window.count(ada, begun), None);
        }
        assert_eq!(window.count(ada, begun), Some(WINDOW));
        assert_eq!(window.count(ben, begun), None);
        assert_eq!(window.count(ada, begun + WINDOW), None);
    }
}
