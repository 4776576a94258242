//! The first admin.

use anyhow::Context as _;
use kit::{
    auth::{Role, Roles},
    outbox,
};
use secrecy::SecretString;
use sqlx::PgPool;

use crate::{
    domain::{Email, Name, Password},
    hashing::Hasher,
    store::users::{self, NewUser},
};

/// Makes the admin that the environment names, if there is none of that address.
///
/// An account that somebody else registered under the address becomes the admin's: its password is replaced and its
/// sessions end. An admin who is there already keeps the password.
pub async fn admin(
    pool: &PgPool,
    email: Option<Email>,
    password: Option<SecretString>,
) -> anyhow::Result<()> {
    let (Some(email), Some(password)) = (email, password) else {
        return Ok(());
    };
    let known = users::by_email(pool, email.as_str()).await?;
    if known.as_ref().is_some_and(|user| user.roles.is_admin()) {
        return Ok(());
    }
    let password = Password::try_from(password).context("ADMIN_PASSWORD")?;
    let hasher = Hasher::new().await?;
    let hash = hasher
        .hash(password.secret())
        .await
        .map_err(|problem| anyhow::anyhow!("the password can't be hashed: {}", problem.code()))?;
    let roles: Roles = [Role::Buyer, Role::Admin].into_iter().collect();
    let mut transaction = pool.begin().await?;
    if let Some(user) = known {
        users::set_password(&mut transaction, user.id, &hash, None).await?;
        users::set_roles(&mut transaction, user.id, &roles).await?;
    } else {
        let name: Name = "Admin".parse()?;
        let new = NewUser {
            email: &email,
            name: &name,
            password_hash: &hash,
            roles: &roles,
        };
        // Another `migrate` may have been faster.
        if let Some(user) = users::insert(&mut transaction, &new).await? {
            outbox::add(&mut transaction, &user.registered()).await?;
        }
    }
    transaction.commit().await?;
    tracing::info!("{} is admin", email.as_str());
    Ok(())
}
