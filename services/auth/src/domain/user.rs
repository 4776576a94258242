//! An account.

use chrono::{DateTime, Utc};
use contracts::{Message, UserId, messages};
use kit::auth::Roles;

#[derive(Clone, Debug)]
pub struct User {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub roles: Roles,
    /// Sessions of an earlier epoch have ended.
    pub session_epoch: i32,
    /// Grows with what the messages tell.
    pub version: i64,
    pub created_at: DateTime<Utc>,
}

impl User {
    pub fn registered(&self) -> Message {
        Message::UserRegistered(self.snapshot())
    }

    pub fn updated(&self) -> Message {
        Message::UserUpdated(self.snapshot())
    }

    fn snapshot(&self) -> messages::User {
        messages::User {
            user_id: self.id,
            email: self.email.clone(),
            name: self.name.clone(),
            version: self.version,
        }
    }
}
