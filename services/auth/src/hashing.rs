//! Password hashing: Argon2id on threads of its own, with a cap on how many at once.

use std::{sync::Arc, time::Duration};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::phc::PasswordHash,
};
use kit::Problem;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

const MEMORY_KIB: u32 = 19 * 1024;
const ITERATIONS: u32 = 2;
const LANES: u32 = 1;

/// How many hashes are made at once; each takes a core and 19 MiB for some 20 ms.
const AT_ONCE: usize = 2;
/// How long a request waits for its turn before it is refused.
const LONGEST_QUEUE: Duration = Duration::from_secs(4);

/// Hashes and verifies passwords. Clones share the cap.
#[derive(Clone)]
pub struct Hasher {
    turns: Arc<Semaphore>,
    /// The hash of a password that nobody has: checking it makes unknown accounts cost what known ones do.
    decoy: Arc<str>,
}

impl Hasher {
    pub async fn new() -> anyhow::Result<Self> {
        let mut random = [0; 16];
        aws_lc_rs::rand::fill(&mut random)?;
        let decoy = hash(&SecretString::from(hex::encode(random)));
        let decoy = tokio::task::spawn_blocking(|| decoy).await??;
        Ok(Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            decoy: decoy.into(),
        })
    }

    /// The PHC string of `password`. 503 when too many wait.
    pub async fn hash(&self, password: &SecretString) -> Result<String, Problem> {
        let password = password.clone();
        Ok(self.run(move || hash(&password)).await??)
    }

    /// Whether `password` is that of `hash`; without a hash it takes as long and says no. 503 when too many wait.
    pub async fn verify(
        &self,
        password: &SecretString,
        hash: Option<&str>,
    ) -> Result<bool, Problem> {
        let known = hash.is_some();
        let hash = hash.unwrap_or(&self.decoy).to_owned();
        let password = password.clone();
        let same = self
            .run(move || {
                PasswordHash::new(&hash)
                    .map_err(|error| {
                        anyhow::anyhow!("a stored password hash can't be read: {error}")
                    })
                    .map(|hash| {
                        let password = password.expose_secret().as_bytes();
                        Argon2::default().verify_password(password, &hash).is_ok()
                    })
            })
            .await??;
        Ok(known && same)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let waited = tokio::time::timeout(LONGEST_QUEUE, self.turns.clone().acquire_owned()).await;
        let Ok(turn) = waited else {
            return Err(Problem::unavailable(5));
        };
        let turn = turn.map_err(Problem::internal)?;
        let work = move || {
            // A thread can't be stopped: the turn ends with its work, not with the request.
            let _turn = turn;
            work()
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(Problem::internal)
    }
}

fn hash(password: &SecretString) -> anyhow::Result<String> {
    let params = Params::new(MEMORY_KIB, ITERATIONS, LANES, None)
        .map_err(|error| anyhow::anyhow!("Argon2 parameters: {error}"))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = argon2
        .hash_password(password.expose_secret().as_bytes())
        .map_err(|error| anyhow::anyhow!("Argon2: {error}"))?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn knows_its_own_hashes() {
        let hasher = Hasher::new().await.unwrap();
        let password = SecretString::from("correct horse");
        let hash = hasher.hash(&password).await.unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert!(hasher.verify(&password, Some(&hash)).await.unwrap());
        assert!(
            !hasher
                .verify(&SecretString::from("wrong"), Some(&hash))
                .await
                .unwrap()
        );
        assert!(!hasher.verify(&password, None).await.unwrap());
    }
}
