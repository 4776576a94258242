//! One booking is one trace from browser to mail: read back from a real Jaeger.

use anyhow::{Context, Result, ensure};
use contracts::BookingId;
use serde_json::json;
use testkit::{
    jaeger::{Jaeger, Span, Trace},
    platform::{OnSale, Options, Part, Person, Platform, Stall, Write, booking_id, comes_true},
};

const PRICE: i64 = 2500;

/// What browsers begin a checkout with, and the span that they made.
fn checkout(number: u8) -> (String, String, String) {
    let trace = format!("{number:02x}f92f3577b34da6a3ce929d0e0e4736");
    let span = format!("{number:02x}f067aa0ba902b7");
    let traceparent = format!("00-{trace}-{span}-01");
    (trace, span, traceparent)
}

async fn traced(name: &str) -> Result<(Jaeger, Platform, OnSale)> {
    let jaeger = Jaeger::start(name).await?;
    let options = Options::default().with("OTEL_EXPORTER_OTLP_ENDPOINT", jaeger.otlp_url());
    let platform = Platform::start(name, options).await?;
    let sale = OnSale::publish(&platform, 100, PRICE).await?;
    Ok((jaeger, platform, sale))
}

async fn buys(
    platform: &Platform,
    sale: &OnSale,
    buyer: &Person,
    traceparent: &str,
) -> Result<BookingId> {
    let buyer = buyer.within_trace(traceparent);
    let booking = booking_id(buyer.hold(platform, sale.event, 2).await?)?;
    buyer.pay(platform, booking, "pm_card_visa").await?.ok()?;
    comes_true("the booking is confirmed", async || {
        Ok(buyer.booking(platform, booking).await?["status"] == "confirmed")
    })
    .await?;
    Ok(booking)
}

/// The mail that brings the tickets.
fn tickets_mail(trace: &Trace) -> Option<&Span> {
    let notify = trace
        .named("worker", "notify")
        .find(|span| span.attribute("mail.kind") == "booking_confirmed")?;
    trace.children(notify).find(|span| span.name == "SMTP send")
}

fn captured(trace: &Trace) -> bool {
    trace
        .named("payment", "publish events")
        .any(|span| routing_key(span) == "payment.captured")
}

/// Each service sends its spans when it comes to it: whether those that are there lead back to the browser.
fn is_whole(trace: &Trace, browser: &str) -> bool {
    let holds = trace.named("booking", "POST /bookings").next().is_some();
    holds
        && trace.spans.iter().all(|span| {
            span.parent
                .as_deref()
                .is_none_or(|parent| parent == browser || trace.span(parent).is_some())
        })
}

fn routing_key(span: &Span) -> String {
    span.attribute("messaging.rabbitmq.destination.routing_key")
}

#[tokio::test(flavor = "multi_thread")]
async fn one_booking_is_one_trace_from_browser_to_mail() -> Result<()> {
    let (jaeger, platform, sale) = traced("traces").await?;
    let buyer = Person::register(&platform, "ada").await?;
    let (id, browser, traceparent) = checkout(1);
    buys(&platform, &sale, &buyer, &traceparent).await?;
    let trace = jaeger
        .trace(&id, |trace| {
            tickets_mail(trace).is_some() && captured(trace) && is_whole(trace, &browser)
        })
        .await?;

    // From the mail back to the browser: who caused what.
    let mail = tickets_mail(&trace).context("no mail")?;
    let causes = trace.causes(mail);
    ensure!(
        causes
            == [
                "worker: SMTP send",
                "worker: notify",
                "worker: process booking_queue",
                "booking: publish events",
                "booking: process booking.events",
                "payment: publish events",
                "payment: POST /payments",
            ],
        "{causes:#?}\n{trace}"
    );
    for root in [("booking", "POST /bookings"), ("payment", "POST /payments")] {
        let request = trace.named(root.0, root.1).next().context(root.1)?;
        ensure!(request.parent.as_deref() == Some(&browser), "{request:?}");
    }
    the_checkout_is_a_call(&trace)?;
    every_statement_is_a_span(&trace, &platform)?;
    attributes_are_those_of_the_conventions(&trace, mail)?;
    Ok(())
}

/// Payment asks Booking what is to be paid.
fn the_checkout_is_a_call(trace: &Trace) -> Result<()> {
    let checkout = trace
        .named("booking", "POST /bookings/{id}/checkout")
        .next()
        .context("no checkout")?;
    let causes = trace.causes(checkout);
    ensure!(
        causes[1..] == ["payment: POST", "payment: POST /payments"],
        "{causes:?}"
    );
    Ok(())
}

fn every_statement_is_a_span(trace: &Trace, platform: &Platform) -> Result<()> {
    let hold = trace
        .named("booking", "POST /bookings")
        .next()
        .context("no hold")?;
    let batch = trace
        .children(hold)
        .find(|span| span.name == "inventory batch")
        .context("the hold has no batch")?;
    let statements: Vec<_> = trace.children(batch).collect();
    for wanted in ["INSERT bookings", "UPDATE stock", "INSERT outbox", "COMMIT"] {
        ensure!(
            statements.iter().any(|span| span.name.starts_with(wanted)),
            "no {wanted}:\n{trace}"
        );
    }
    let database = platform.databases.url(Part::Booking.database());
    let database = database.rsplit('/').next().unwrap_or_default();
    for statement in statements {
        for (name, value) in [
            ("span.kind", "client"),
            ("db.system.name", "postgresql"),
            ("db.query.summary", statement.name.as_str()),
            ("db.namespace", database),
        ] {
            ensure!(statement.attribute(name) == value, "{name}: {statement:?}");
        }
        ensure!(!statement.attribute("server.address").is_empty());
        ensure!(!statement.attribute("db.query.text").is_empty());
        ensure!(
            statement.duration <= batch.duration,
            "{statement:?} in {batch:?}"
        );
    }
    Ok(())
}

fn attributes_are_those_of_the_conventions(trace: &Trace, mail: &Span) -> Result<()> {
    let span = |service, name| trace.named(service, name).next().context(name);
    let hold = span("booking", "POST /bookings")?;
    let call = span("payment", "POST")?;
    let published = trace
        .named("booking", "publish events")
        .find(|span| routing_key(span) == "booking.confirmed")
        .context("nothing published")?;
    let consumed = trace
        .children(published)
        .find(|span| span.name == "process booking_queue")
        .context("nothing consumed")?;
    for (span, attributes) in [
        (
            hold,
            &[
                ("span.kind", "server"),
                ("http.request.method", "POST"),
                ("http.route", "/bookings"),
                ("url.path", "/bookings"),
                ("url.scheme", "http"),
                ("http.response.status_code", "201"),
            ][..],
        ),
        (
            call,
            &[
                ("span.kind", "client"),
                ("http.request.method", "POST"),
                ("server.address", "127.0.0.1"),
            ],
        ),
        (
            published,
            &[
                ("span.kind", "producer"),
                ("messaging.system", "rabbitmq"),
                ("messaging.operation.name", "publish"),
                ("messaging.operation.type", "send"),
                ("messaging.destination.name", "events"),
            ],
        ),
        (
            consumed,
            &[
                ("span.kind", "consumer"),
                ("messaging.system", "rabbitmq"),
                ("messaging.operation.name", "process"),
                ("messaging.operation.type", "process"),
                ("messaging.destination.name", "booking_queue"),
                (
                    "messaging.rabbitmq.destination.routing_key",
                    "booking.confirmed",
                ),
            ],
        ),
        (
            mail,
            &[
                ("span.kind", "client"),
                ("network.protocol.name", "smtp"),
                ("server.address", "127.0.0.1"),
            ],
        ),
    ] {
        for (name, value) in attributes {
            ensure!(span.attribute(name) == *value, "{name} of {span:?}");
        }
    }
    ensure!(
        published.attribute("messaging.message.id") == consumed.attribute("messaging.message.id")
            && !published.attribute("messaging.message.id").is_empty(),
        "{published:?}\n{consumed:?}"
    );
    Ok(())
}

/// Much that is given back in one transaction: it belongs to the trace of one, and it and the others lead to each other.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_and_the_requests_in_it_lead_to_each_other() -> Result<()> {
    const REQUEST: &str = "POST /bookings/{id}/cancel";
    const WAITING: u8 = 8;
    let (jaeger, platform, sale) = traced("traces_batch").await?;
    let buyer = Person::register(&platform, "ada").await?;
    let mut bookings = Vec::new();
    for _ in 0..=WAITING {
        bookings.push(booking_id(buyer.hold(&platform, sale.event, 1).await?)?);
    }
    let give_back = |number: u8| {
        let buyer = buyer.within_trace(&checkout(number).2);
        let booking = bookings[usize::from(number)];
        let url = format!("{}/bookings/{booking}/cancel", platform.url(Part::Booking));
        tokio::spawn(async move { buyer.post(url, &json!({})).await?.ok() })
    };
    // While the first one's transaction is held up, the others wait for the next one.
    let database = platform.databases.url("booking");
    let released = "NEW.status = 'released'";
    let mut stall = Stall::before(&database, Write::Update, "bookings", released).await?;
    let mut given_back = vec![give_back(0)];
    stall.reached().await?;
    given_back.extend((1..=WAITING).map(give_back));
    comes_true("all wait", async || {
        Ok(in_flight(&platform).await? > f64::from(WAITING))
    })
    .await?;
    stall.lift().await?;
    for answer in given_back {
        answer.await??;
    }

    let mut together = 0;
    for number in 0..=WAITING {
        let id = checkout(number).0;
        let answered = |trace: &Trace| trace.named("booking", REQUEST).next().is_some();
        let trace = jaeger.trace(&id, answered).await?;
        let request = trace.named("booking", REQUEST).next();
        let request = request.context("no request")?;
        let (other, batch) = request.links.first().context("no link to its batch")?;
        let there = |trace: &Trace| trace.span(batch).is_some();
        let other_trace = jaeger.trace(other, there).await?;
        let batch = other_trace.span(batch).context("no batch")?;
        ensure!(batch.name == "inventory batch", "{batch:?}");
        if *other == id {
            ensure!(batch.parent.as_ref() == Some(&request.id), "{batch:?}");
        } else {
            together += 1;
            ensure!(
                batch.links.contains(&(id, request.id.clone())),
                "{batch:?} does not lead to {request:?}"
            );
        }
    }
    ensure!(together > 0, "no two of them were in one transaction");
    Ok(())
}

/// Requests that booking is working on.
async fn in_flight(platform: &Platform) -> Result<f64> {
    let url = format!("{}/metrics", platform.url(Part::Booking));
    let metrics = reqwest::get(url).await?.text().await?;
    let value = metrics
        .lines()
        .find_map(|line| line.strip_prefix("http_server_active_requests "))
        .context("no such metric")?;
    Ok(value.trim().parse()?)
}
