//! Where somebody stands, and how it is told.

use chrono::{DateTime, Utc};
use contracts::{EventId, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use super::QueueKeys;

/// Where somebody stands in an event's queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The sale has not begun.
    Early {
        waiting: u64,
        start: DateTime<Utc>,
    },
    Waiting {
        /// 1 is the next.
        position: u64,
        waiting: u64,
        seconds: u64,
    },
    /// Every place is held, but not all of them sold: nobody is admitted until some come back.
    Paused {
        position: u64,
        waiting: u64,
    },
    /// May buy until this millisecond since 1970.
    Admitted {
        until: u64,
    },
    SoldOut,
    /// The sale is over.
    Over,
    /// Not in the queue: never came, or the admission ended.
    Absent,
    /// The queue can't be asked.
    Unavailable,
}

impl Standing {
    /// Nothing follows.
    pub fn is_final(self) -> bool {
        matches!(self, Self::SoldOut | Self::Over | Self::Absent)
    }
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QueueStatus {
    /// The sale has not begun; whoever is here when it begins gets a random position
    Early,
    Waiting,
    /// Every place is held by somebody; it goes on as soon as one comes back
    Paused,
    /// Book now, with the admission
    Admitted,
    SoldOut,
    /// The sale is over
    Over,
    /// The admission has ended; join again to buy more
    Absent,
    /// The queue can't be asked right now; the place is kept
    Unavailable,
}

/// Where you stand in an event's queue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QueueView {
    #[schema(value_type = uuid::Uuid)]
    event_id: EventId,
    status: QueueStatus,
    /// Your signed place: keep it, and send it as `Queue-Place` with each request. Not repeated in the stream
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    place: Option<String>,
    /// 1 is the next; absent before the sale begins
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    position: Option<u64>,
    /// How many wait
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    waiting: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    estimated_wait_seconds: Option<u64>,
    /// When the sale begins, as long as it has not
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    sales_start: Option<DateTime<Utc>>,
    /// Send it as `Queue-Admission` with `POST /bookings`
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    admission: Option<String>,
    /// When the admission ends
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    expires_at: Option<DateTime<Utc>>,
}

impl QueueView {
    pub(super) fn new(
        event_id: EventId,
        user: UserId,
        standing: Standing,
        keys: &QueueKeys,
    ) -> Self {
        let mut view = Self {
            event_id,
            status: QueueStatus::Absent,
            place: None,
            position: None,
            waiting: None,
            estimated_wait_seconds: None,
            sales_start: None,
            admission: None,
            expires_at: None,
        };
        view.status = match standing {
            Standing::Early { waiting, start } => {
                view.waiting = Some(waiting);
                view.sales_start = Some(start);
                QueueStatus::Early
            }
            Standing::Waiting {
                position,
                waiting,
                seconds,
            } => {
                view.position = Some(position);
                view.waiting = Some(waiting);
                view.estimated_wait_seconds = Some(seconds);
                QueueStatus::Waiting
            }
            Standing::Paused { position, waiting } => {
                view.position = Some(position);
                view.waiting = Some(waiting);
                QueueStatus::Paused
            }
            Standing::Admitted { until } => {
                view.admission = Some(keys.admission(event_id, user, until));
                view.expires_at = i64::try_from(until)
                    .ok()
                    .and_then(DateTime::from_timestamp_millis);
                QueueStatus::Admitted
            }
            Standing::SoldOut => QueueStatus::SoldOut,
            Standing::Over => QueueStatus::Over,
            Standing::Absent => QueueStatus::Absent,
            Standing::Unavailable => QueueStatus::Unavailable,
        };
        view
    }

    pub(super) fn with_place(mut self, place: String) -> Self {
        self.place = Some(place);
        self
    }
}
