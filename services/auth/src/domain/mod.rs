//! Types and rules of accounts and sessions; they know neither HTTP nor SQL.

pub mod email;
pub mod name;
pub mod password;
pub mod refresh_token;
pub mod user;

pub use email::Email;
pub use name::Name;
pub use password::Password;
pub use refresh_token::RefreshToken;
pub use user::User;
