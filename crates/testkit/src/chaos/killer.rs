//! kill -9 of everything, one after the other.

use std::sync::Arc;

use anyhow::Result;
use tokio::time::{Instant, sleep, sleep_until};

use super::{
    journal::Journal,
    plan::{Kill, Victim},
};
use crate::platform::{Platform, Server};

pub(super) struct Killer {
    journal: Arc<Journal>,
}

impl Killer {
    pub(super) fn new(journal: Arc<Journal>) -> Self {
        Self { journal }
    }

    /// Kills and starts again until `end`; nobody waits until who was killed is ready again.
    pub(super) async fn kill_until(
        &self,
        platform: &mut Platform,
        kills: impl Iterator<Item = Kill>,
        end: Instant,
    ) -> Result<()> {
        for kill in kills {
            let next = Instant::now() + kill.pause;
            if next >= end {
                break;
            }
            sleep_until(next).await;
            self.revive(platform)?;
            match kill.victim {
                Victim::Part(part) => {
                    platform.kill(part).await?;
                    self.journal.killed(kill.victim);
                    sleep(kill.away).await;
                    platform.spawn(part)?;
                }
                // Its supervisor starts it again.
                Victim::Server(server) => {
                    if server.kill()? {
                        self.journal.killed(kill.victim);
                    }
                }
            }
        }
        sleep_until(end).await;
        Ok(())
    }

    /// Waits until everything runs again.
    pub(super) async fn restore(&self, platform: &mut Platform) -> Result<()> {
        for server in Server::ALL {
            server.answers_again().await?;
        }
        self.revive(platform)?;
        platform.ready().await
    }

    /// Starts again what ended by itself, which nothing should.
    pub(super) fn revive(&self, platform: &mut Platform) -> Result<()> {
        for (part, status) in platform.ended()? {
            let breach = format!("{}: {status}", part.name());
            self.journal
                .breach("no process ends by itself, whoever else is killed", breach);
            platform.spawn(part)?;
        }
        Ok(())
    }
}
