//! The status as it is being found out during a reconcile.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, Utc};

use crate::{
    api::{Condition, ConditionStatus, EventPlatformStatus},
    build::Service,
};

/// The conditions, in the order in which people read them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aspect {
    Ready,
    Available,
    Progressing,
    Degraded,
    DependenciesReady,
    MigrationsComplete,
    BackupHealthy,
    Paused,
}

impl Aspect {
    pub const ALL: [Self; 8] = [
        Self::Ready,
        Self::Available,
        Self::Progressing,
        Self::Degraded,
        Self::DependenciesReady,
        Self::MigrationsComplete,
        Self::BackupHealthy,
        Self::Paused,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Ready => "Ready",
            Self::Available => "Available",
            Self::Progressing => "Progressing",
            Self::Degraded => "Degraded",
            Self::DependenciesReady => "DependenciesReady",
            Self::MigrationsComplete => "MigrationsComplete",
            Self::BackupHealthy => "BackupHealthy",
            Self::Paused => "Paused",
        }
    }

    /// Whether it is bad news that the condition has this status.
    pub fn is_bad(self, status: ConditionStatus) -> bool {
        match self {
            Self::Degraded => status == ConditionStatus::True,
            Self::Available
            | Self::MigrationsComplete
            | Self::DependenciesReady
            | Self::BackupHealthy => status == ConditionStatus::False,
            Self::Ready | Self::Progressing | Self::Paused => false,
        }
    }
}

/// What is known so far.
pub struct Draft {
    /// Everything but conditions: what is not touched stays as it was.
    pub status: EventPlatformStatus,
    conditions: BTreeMap<Aspect, (ConditionStatus, &'static str, String)>,
    /// What keeps the platform from being ready, the first of it: the reason and the sentence of `Ready`, and the activity.
    blocker: Option<(&'static str, String, String)>,
    again: Option<Duration>,
    /// The service whose number of pods moves though nothing is in the way.
    scaling: Option<Service>,
    /// Something that is wrong though the platform goes on.
    warning: Option<(&'static str, String)>,
}

impl Draft {
    pub fn new(status: Option<EventPlatformStatus>) -> Self {
        Self {
            status: status.unwrap_or_default(),
            conditions: BTreeMap::new(),
            blocker: None,
            again: None,
            scaling: None,
            warning: None,
        }
    }

    pub fn set(
        &mut self,
        aspect: Aspect,
        status: ConditionStatus,
        reason: &'static str,
        message: impl Into<String>,
    ) {
        self.conditions
            .insert(aspect, (status, reason, message.into()));
    }

    /// Says what is wrong though the platform goes on.
    pub fn warn(&mut self, reason: &'static str, message: String) {
        self.warning.get_or_insert((reason, message));
    }

    /// Says that an autoscaler changes the number of a service's pods.
    pub fn scales(&mut self, service: Service) {
        self.scaling.get_or_insert(service);
    }

    pub fn scaling(&self) -> Option<Service> {
        self.scaling
    }

    /// Whether something failed, as far as nobody said so: a warning, or nothing.
    pub(super) fn settle(&mut self) {
        if self.conditions.contains_key(&Aspect::Degraded) {
            return;
        }
        match self.warning.take() {
            Some((reason, message)) => {
                self.set(Aspect::Degraded, ConditionStatus::True, reason, message);
            }
            None => self.set(
                Aspect::Degraded,
                ConditionStatus::False,
                "AsExpected",
                "nothing failed",
            ),
        }
    }

    /// Says why the platform is not ready; what was said first stands.
    pub fn block(
        &mut self,
        reason: &'static str,
        activity: impl Into<String>,
        message: impl Into<String>,
    ) {
        if self.blocker.is_none() {
            self.blocker = Some((reason, activity.into(), message.into()));
        }
    }

    /// The same, whatever was said before.
    pub fn overrule(
        &mut self,
        reason: &'static str,
        activity: impl Into<String>,
        message: impl Into<String>,
    ) {
        self.blocker = Some((reason, activity.into(), message.into()));
    }

    pub fn is_blocked(&self) -> bool {
        self.blocker.is_some()
    }

    pub fn blocker(&self) -> Option<&(&'static str, String, String)> {
        self.blocker.as_ref()
    }

    /// Asks for another look after `wait`, or earlier.
    pub fn look_again(&mut self, wait: Duration) {
        self.again = Some(self.again.map_or(wait, |sooner| sooner.min(wait)));
    }

    pub fn again(&self) -> Option<Duration> {
        self.again
    }

    /// The status to be written. A condition that was not looked at stays as it was; the time of a transition moves only
    /// with the condition's status.
    pub fn finish(mut self, generation: Option<i64>, now: DateTime<Utc>) -> EventPlatformStatus {
        let before = std::mem::take(&mut self.status.conditions);
        let find = |aspect: Aspect| before.iter().find(|old| old.type_ == aspect.name());
        for aspect in Aspect::ALL {
            let old = find(aspect);
            let condition = match self.conditions.remove(&aspect) {
                Some((status, reason, message)) => Some(Condition {
                    type_: aspect.name().into(),
                    status,
                    reason: reason.into(),
                    message,
                    last_transition_time: old
                        .filter(|old| old.status == status)
                        .map_or(now, |old| old.last_transition_time),
                    observed_generation: generation,
                }),
                None => old.cloned(),
            };
            self.status.conditions.extend(condition);
        }
        self.status.observed_generation = generation;
        self.status
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn transitions_move_only_with_the_status() {
        let then = DateTime::UNIX_EPOCH;
        let mut draft = Draft::new(None);
        draft.set(Aspect::Ready, ConditionStatus::False, "Migrating", "1 of 5");
        draft.set(Aspect::Paused, ConditionStatus::False, "NotPaused", "");
        let first = draft.finish(Some(1), then);

        let later = then + TimeDelta::seconds(5);
        let mut draft = Draft::new(Some(first));
        draft.set(Aspect::Ready, ConditionStatus::False, "RollingOut", "auth");
        let second = draft.finish(Some(1), later);
        assert_eq!(second.conditions.len(), 2);
        assert_eq!(second.conditions[0].reason, "RollingOut");
        assert_eq!(second.conditions[0].last_transition_time, then);

        let mut draft = Draft::new(Some(second));
        draft.set(Aspect::Ready, ConditionStatus::True, "AllReady", "");
        assert_eq!(
            draft.finish(Some(2), later).conditions[0].last_transition_time,
            later
        );
    }

    #[test]
    fn the_first_blocker_stands() {
        let mut draft = Draft::new(None);
        draft.block("WaitingForPostgres", "WaitingForPostgres", "a");
        draft.block("RollingOut", "RollingOut auth", "b");
        assert_eq!(draft.blocker().unwrap().0, "WaitingForPostgres");
        draft.look_again(Duration::from_secs(5));
        draft.look_again(Duration::from_secs(9));
        assert_eq!(draft.again(), Some(Duration::from_secs(5)));
    }
}
