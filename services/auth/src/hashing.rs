//! Password hashing: Argon2id on threads of its own, with a cap on how many at once.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use aws_lc_rs::constant_time;
use kit::Problem;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

const MEMORY_KIB: u32 = 19 * 1024;
const ITERATIONS: u32 = 2;
const LANES: u32 = 1;

/// The system's allocator gives a block that is larger than 32 MiB back as soon as it is freed; smaller ones of this size it
/// keeps, and a few logins would leave 180 MiB behind. What is not touched takes no memory.
const BLOCKS_RESERVED: usize = 33 * 1024;

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
        let same = self.run(move || matches(&password, &hash)).await??;
        Ok(known && same)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let waited = tokio::time::timeout(LONGEST_QUEUE, self.turns.clone().acquire_owned()).await;
        let Ok(turn) = waited else {
            return Err(Problem::unavailable(5).shed());
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
    let params = Params::new(
        MEMORY_KIB,
        ITERATIONS,
        LANES,
        Some(Params::DEFAULT_OUTPUT_LEN),
    )?;
    let salt = Salt::generate();
    let output = derive(password, &salt, &params)?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params)?,
        salt: Some(salt),
        hash: Some(output),
    };
    Ok(hash.to_string())
}

/// Whether `password` is that of a PHC string, whose own parameters hold.
fn matches(password: &SecretString, hash: &str) -> anyhow::Result<bool> {
    let stored = PasswordHash::new(hash).context("a stored password hash can't be read")?;
    let salt = stored.salt.context("a stored password hash has no salt")?;
    let expected = stored
        .hash
        .context("a stored password hash has no output")?;
    let output = derive(password, &salt, &Params::try_from(&stored)?)?;
    Ok(constant_time::verify_slices_are_equal(output.as_bytes(), expected.as_bytes()).is_ok())
}

fn derive(password: &SecretString, salt: &Salt, params: &Params) -> anyhow::Result<Output> {
    let mut memory = Vec::with_capacity(BLOCKS_RESERVED.max(params.block_count()));
    memory.resize(params.block_count(), Block::default());
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
        .hash_password_into_with_memory(
            password.expose_secret().as_bytes(),
            salt,
            &mut output,
            &mut memory,
        )?;
    Ok(Output::new(&output)?)
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
        let parsed = PasswordHash::new(&hash).unwrap();
        argon2::PasswordVerifier::verify_password(&Argon2::default(), b"correct horse", &parsed)
            .unwrap();
        assert!(
            !hasher
                .verify(&SecretString::from("wrong"), Some(&hash))
                .await
                .unwrap()
        );
        assert!(!hasher.verify(&password, None).await.unwrap());
    }
}
