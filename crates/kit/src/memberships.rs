//! Who may do what for an organisation, as Catalog says.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use contracts::{OrganisationId, UserId};
use serde::{Deserialize, Serialize};

use crate::{
    auth::Principal,
    client::{CallError, Client},
    config::BaseUrl,
    problem::Problem,
};

const TIME_TO_LIVE: Duration = Duration::from_secs(30);
/// Expired answers are dropped when there are more than this.
const MAX_ANSWERS: usize = 4_096;

/// A member's role in an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May do everything for the organisation.
    Organiser,
    /// May check tickets in.
    Staff,
}

type Answers = HashMap<(UserId, OrganisationId), (Instant, Option<Role>)>;

/// Asks Catalog for memberships and keeps each answer for 30 s.
#[derive(Clone, Debug)]
pub struct Memberships {
    client: Client,
    catalog: BaseUrl,
    answers: Arc<Mutex<Answers>>,
}

#[derive(Deserialize)]
struct Membership {
    role: Role,
}

impl Memberships {
    pub fn new(client: Client, catalog: BaseUrl) -> Self {
        Self {
            client,
            catalog,
            answers: Arc::default(),
        }
    }

    /// The caller's role; `None` for a stranger; 503 when Catalog can't say.
    pub async fn role(
        &self,
        caller: &Principal,
        organisation: OrganisationId,
    ) -> Result<Option<Role>, Problem> {
        let key = (caller.user_id, organisation);
        let now = Instant::now();
        let kept = self
            .answers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .copied();
        if let Some((until, role)) = kept
            && now < until
        {
            return Ok(role);
        }
        let url = self
            .catalog
            .join(format_args!("/organisations/{organisation}/members/me"));
        let role = match self
            .client
            .get(url)
            .bearer(&caller.token)
            .json::<Membership>()
            .await
        {
            Ok(membership) => Some(membership.role),
            Err(CallError::Refused { status, .. }) if status == 404 => None,
            Err(CallError::Refused { status, .. }) if status == 401 => {
                return Err(Problem::unauthorized());
            }
            Err(error) => return Err(error.into()),
        };
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= MAX_ANSWERS {
            answers.retain(|_, (until, _)| now < *until);
        }
        if answers.len() < MAX_ANSWERS {
            answers.insert(key, (now + TIME_TO_LIVE, role));
        }
        Ok(role)
    }

    /// 403 for staff, and `hidden` (a 404, since strangers must not learn that it exists) for others.
    pub async fn require_organiser(
        &self,
        caller: &Principal,
        organisation: OrganisationId,
        hidden: Problem,
    ) -> Result<(), Problem> {
        match self.role(caller, organisation).await? {
            Some(Role::Organiser) => Ok(()),
            Some(Role::Staff) => {
                Err(Problem::forbidden().detail("Only the organisation's organisers may do this."))
            }
            None => Err(hidden),
        }
    }

    /// `hidden` (a 404) for who is neither staff nor organiser.
    pub async fn require_staff(
        &self,
        caller: &Principal,
        organisation: OrganisationId,
        hidden: Problem,
    ) -> Result<Role, Problem> {
        self.role(caller, organisation).await?.ok_or(hidden)
    }
}
