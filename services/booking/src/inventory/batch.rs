//! One transaction for everything that waits for an event.
//!
//! First what gives places back, then what confirms, then who waits for places, then who wants some: nobody is turned away for
//! a place that is coming back, and nobody overtakes the waiting list. A batch that fails is run again one by one, so that one
//! bad request spoils nobody's.

use axum::http::StatusCode;
use contracts::EventId;
use kit::{
    idempotency::{self, Found, Kept, Scope},
    inbox, metrics, telemetry,
};
use sqlx::PgConnection;
use tracing::{Instrument as _, Span, info_span};

use super::{
    Core,
    changes::Changes,
    confirm, end,
    error::Error,
    existing, give_back, reserve,
    seats::Seating,
    waiting,
    work::{Answer, Job, Outcome, Work},
};
use crate::domain::{Booking, Refusal};

/// So many holds of one batch mean that people wait in a queue.
const RUSH: u32 = 16;
/// How often a transaction that lost a race is run again.
const ATTEMPTS: usize = 3;

/// Does all of `jobs` and answers each. Gives how many holds were made.
pub(super) async fn run(
    core: &Core,
    event: EventId,
    jobs: Vec<Job>,
    seating: &mut Option<Seating>,
) -> u32 {
    let span = span(event, &jobs);
    work_off(core, event, jobs, seating).instrument(span).await
}

/// The batch's span: part of the first request's trace that is recorded, linked with the other requests.
fn span(event: EventId, jobs: &[Job]) -> Span {
    let causes = jobs.iter().filter_map(|job| job.traceparent.as_deref());
    let span = telemetry::caused_by(causes, || {
        info_span!(
            "batch",
            otel.name = "inventory batch",
            event.id = %event,
            batch.size = jobs.len(),
        )
    });
    for job in jobs {
        telemetry::link(&job.span, &span);
    }
    span
}

async fn work_off(
    core: &Core,
    event: EventId,
    jobs: Vec<Job>,
    seating: &mut Option<Seating>,
) -> u32 {
    let mut held = 0;
    metrics::histogram!("booking_batch_size").record(metric(jobs.len()));
    for job in &jobs {
        metrics::histogram!("booking_batch_wait_seconds").record(job.arrived.elapsed());
    }
    match attempt(core, event, &jobs, seating).await {
        Ok(answers) => {
            for (job, answer) in jobs.into_iter().zip(answers) {
                held += u32::from(is_hold(&job, &answer));
                job.answer(answer);
            }
            if held >= RUSH {
                core.outbox.rush();
            }
        }
        Err(error) if jobs.len() > 1 && error.is_about_data() => {
            tracing::warn!(%event, "a batch of {} is run one by one: {error}", jobs.len());
            for job in jobs {
                let answer = attempt(core, event, std::slice::from_ref(&job), seating)
                    .await
                    .and_then(|answers| {
                        answers.into_iter().next().unwrap_or(Err(Error::Abandoned))
                    });
                held += u32::from(is_hold(&job, &answer));
                job.answer(answer);
            }
        }
        Err(error) => {
            let others = if matches!(error, Error::Abandoned) {
                || Error::Abandoned
            } else {
                || Error::Unavailable
            };
            let mut error = Some(error);
            for job in jobs {
                job.answer(Err(error.take().unwrap_or_else(others)));
            }
        }
    }
    held
}

fn is_hold(job: &Job, answer: &Answer) -> bool {
    job.work.is_new_demand() && matches!(answer, Ok(Outcome::Changed(_)))
}

/// Runs the transaction until it wins.
async fn attempt(
    core: &Core,
    event: EventId,
    jobs: &[Job],
    seating: &mut Option<Seating>,
) -> Result<Vec<Answer>, Error> {
    let mut attempt = 1;
    loop {
        // What a failed transaction did to them is not so.
        let seats = seating.take();
        let transaction =
            tokio::time::timeout(core.times.transaction, transact(core, event, jobs, seats));
        // It may have committed all the same.
        match transaction.await.unwrap_or(Err(Error::Abandoned)) {
            Ok((answers, seats)) => {
                *seating = seats;
                return Ok(answers);
            }
            Err(error) if error.is_transient() && attempt < ATTEMPTS => attempt += 1,
            Err(error) => return Err(error),
        }
    }
}

async fn transact(
    core: &Core,
    event: EventId,
    jobs: &[Job],
    mut seating: Option<Seating>,
) -> Result<(Vec<Answer>, Option<Seating>), Error> {
    let mut transaction = core.workshop.pool.begin().await?;
    let connection = &mut *transaction;
    let mut changes = match Changes::lock(&mut *connection, event).await {
        Ok(changes) => changes,
        Err(Error::Refused(refusal)) => {
            let answers = jobs.iter().map(|_| Err(refusal.clone().into())).collect();
            return Ok((answers, seating));
        }
        Err(error) => return Err(error),
    };
    let mut batch = Batch::new(jobs);
    batch.settle_known(&mut *connection).await?;
    batch.settle_stale(&mut *connection).await?;

    existing::load(&mut *connection, &mut changes, &mut batch).await?;
    give_back::run(&mut *connection, &mut changes, &mut batch).await?;
    end::expire_due(&mut *connection, &mut changes, &mut batch).await?;
    confirm::run(&mut *connection, &core.keys, &mut changes, &mut batch).await?;
    waiting::offer(&mut *connection, core, &mut changes, &mut seating).await?;
    reserve::run(
        &mut *connection,
        core,
        &mut changes,
        &mut batch,
        &mut seating,
    )
    .await?;

    waiting::run(&mut *connection, &mut changes, &mut batch).await?;

    let (changed, urgent) = (!changes.is_empty(), changes.is_urgent());
    let outcomes = changes.outcomes();
    changes.write(&mut *connection).await?;
    batch.keep_answers(&mut *connection).await?;
    transaction.commit().await?;
    outcomes.count();
    if urgent {
        core.outbox.wake();
    }
    if changed {
        core.live.changed(event);
    }
    Ok((batch.into_answers(), seating.filter(Seating::has_place)))
}

/// Jobs, and the answers that are found for them one after the other.
pub(super) struct Batch<'a> {
    jobs: &'a [Job],
    answers: Vec<Option<Answer>>,
    /// The bookings that jobs change, as they are locked.
    pub(super) existing: existing::Existing,
}

impl<'a> Batch<'a> {
    fn new(jobs: &'a [Job]) -> Self {
        Self {
            jobs,
            answers: jobs.iter().map(|_| None).collect(),
            existing: existing::Existing::default(),
        }
    }

    /// Jobs without an answer, by their place.
    pub(super) fn open(&self) -> impl Iterator<Item = (usize, &'a Job)> + '_ {
        self.jobs
            .iter()
            .enumerate()
            .filter(|(place, _)| self.answers[*place].is_none())
    }

    pub(super) fn answer(&mut self, place: usize, answer: Answer) {
        self.answers[place] = Some(answer);
    }

    /// The answer to a job whose key an earlier one of the batch had.
    pub(super) fn twin(&self, place: usize) -> Option<Answer> {
        let scope = self.jobs[place].idempotency.as_ref()?;
        self.jobs[..place]
            .iter()
            .zip(&self.answers)
            .find_map(|(earlier, answer)| {
                let same = earlier.idempotency.as_ref()?.compare(scope)?;
                let Some(Ok(Outcome::Changed(booking))) = answer else {
                    return None;
                };
                Some(if same {
                    Ok(Outcome::Replayed(kept(&earlier.work, booking)))
                } else {
                    Err(Error::KeyReused(idempotency::reused()))
                })
            })
    }

    /// Answers what Idempotency-Keys decide at once.
    async fn settle_known(&mut self, connection: &mut PgConnection) -> Result<(), Error> {
        let (places, scopes): (Vec<usize>, Vec<&Scope>) = self
            .open()
            .filter_map(|(place, job)| Some((place, job.idempotency.as_ref()?)))
            .unzip();
        let found = idempotency::find_many(connection, &scopes).await?;
        for (place, found) in places.into_iter().zip(found) {
            match found {
                Found::Nothing => {}
                Found::Replay(kept) => self.answer(place, Ok(Outcome::Replayed(kept))),
                Found::Reused(problem) => self.answer(place, Err(Error::KeyReused(problem))),
            }
        }
        Ok(())
    }

    /// Answers messages that were handled before, and those that a newer one of the same payment overtook: a payment that
    /// failed can't be authorised any more.
    async fn settle_stale(&mut self, connection: &mut PgConnection) -> Result<(), Error> {
        let received: Vec<_> = self
            .open()
            .filter_map(|(place, job)| Some((place, job.received.as_ref()?)))
            .collect();
        let Some(consumer) = received.first().map(|(_, message)| message.consumer) else {
            return Ok(());
        };
        let ids: Vec<String> = received
            .iter()
            .map(|(_, message)| message.message_id.clone())
            .collect();
        let mut new = inbox::first_time_many(&mut *connection, consumer, &ids).await?;
        for (place, message) in received {
            if !new.remove(&message.message_id) {
                self.answer(place, Ok(Outcome::Nothing));
            }
        }
        let payments: Vec<_> = self
            .open()
            .filter_map(|(place, job)| Some((place, job.work.payment()?)))
            .collect();
        let news = confirm::news(connection, payments.iter().map(|(_, payment)| *payment)).await?;
        for (place, payment) in payments {
            if !news.contains(&payment.payment_id) {
                self.answer(place, Ok(Outcome::Nothing));
            }
        }
        Ok(())
    }

    /// Keeps the answers under their keys; they and the effects become visible together.
    async fn keep_answers(&self, connection: &mut PgConnection) -> Result<(), Error> {
        let answers: Vec<_> = self
            .jobs
            .iter()
            .zip(&self.answers)
            .filter_map(|(job, answer)| match answer {
                Some(Ok(Outcome::Changed(booking))) => {
                    let kept = kept(&job.work, booking);
                    Some((job.idempotency.as_ref()?, kept.status, kept.body))
                }
                _ => None,
            })
            .collect();
        if idempotency::keep_many(connection, &answers).await? {
            Ok(())
        } else {
            Err(Error::KeyRace)
        }
    }

    fn into_answers(self) -> Vec<Answer> {
        self.answers
            .into_iter()
            .map(|answer| {
                answer.unwrap_or_else(|| Err(Error::Inconsistent("a request got no answer".into())))
            })
            .collect()
    }
}

/// What the work is answered with, the first time and each time after.
fn kept(work: &Work, booking: &Booking) -> Kept {
    Kept {
        status: match work {
            Work::Hold(..) => StatusCode::CREATED,
            _ => StatusCode::OK,
        },
        body: serde_json::to_value(booking).unwrap_or_default(),
    }
}

/// A rule that stands against one request is its answer; any other error is the whole batch's.
pub(super) fn refused<T>(result: Result<T, Error>) -> Result<Result<T, Refusal>, Error> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(Error::Refused(refusal)) => Ok(Err(refusal)),
        Err(error) => Err(error),
    }
}

#[expect(clippy::cast_precision_loss, reason = "batches are small")]
fn metric(count: usize) -> f64 {
    count as f64
}
