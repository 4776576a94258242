//! Who may call what: every operation of every OpenAPI document, without a token, with a forged one, as a stranger and as staff.
//!
//! An operation that is missing here fails the test; so does a row without an operation.

mod table;
mod world;

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use testkit::platform::{Options, Platform};

use self::{
    table::{Access, OPERATIONS, Operation},
    world::{Reply, World},
};

/// A well-formed token signed by nobody we know, with `alg` none and with EdDSA.
const FORGED: [&str; 2] = [
    "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.eyJpc3MiOiJldmVudC1wbGF0Zm9ybSIsImF1ZCI6ImV2ZW50LXBsYXRmb3JtIiwic3ViIjoiMDE5MzAwMDAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAwIiwicm9sZXMiOlsiYWRtaW4iXSwiZXhwIjo0MTAyNDQ0ODAwfQ.",
    "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCIsImtpZCI6Im5vbmUifQ.eyJpc3MiOiJldmVudC1wbGF0Zm9ybSIsImF1ZCI6ImV2ZW50LXBsYXRmb3JtIiwic3ViIjoiMDE5MzAwMDAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAwIiwicm9sZXMiOlsiYWRtaW4iXSwiZXhwIjo0MTAyNDQ0ODAwfQ.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
];

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_is_guarded() -> Result<()> {
    let platform = Platform::start("authorisation", Options::default()).await?;
    let world = World::build(&platform).await?;
    let mut documented = BTreeSet::new();
    for service in ["auth", "catalog", "booking", "payment"] {
        documented.extend(operations(&platform, service).await?);
    }
    let tested: BTreeSet<_> = OPERATIONS
        .iter()
        .map(|operation| operation.call.to_owned())
        .collect();
    let untested: Vec<_> = documented.difference(&tested).collect();
    ensure!(
        untested.is_empty(),
        "operations without an authorisation test: {untested:#?}"
    );
    let unknown: Vec<_> = tested.difference(&documented).collect();
    ensure!(
        unknown.is_empty(),
        "rows without an operation: {unknown:#?}"
    );

    let mut faults = Vec::new();
    for operation in OPERATIONS {
        check(&world, operation, &mut faults)
            .await
            .with_context(|| operation.call)?;
    }
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

async fn operations(platform: &Platform, service: &'static str) -> Result<Vec<String>> {
    let url = format!("{}/openapi.json", platform.url(table::part(service)));
    let document: Value = reqwest::get(url).await?.json().await?;
    let paths = document["paths"].as_object().context("no paths")?;
    let methods = ["get", "post", "put", "patch", "delete"];
    Ok(paths
        .iter()
        .flat_map(|(path, item)| {
            methods
                .iter()
                .filter(|method| !item[**method].is_null())
                .map(move |method| format!("{} {service} {path}", method.to_uppercase()))
        })
        .collect())
}

async fn check(world: &World<'_>, operation: &Operation, faults: &mut Vec<String>) -> Result<()> {
    let mut expect = |who: &str, reply: &Reply, right: bool| {
        if !right {
            faults.push(format!(
                "{} as {who}: {} {}",
                operation.call, reply.status, reply.code
            ));
        }
    };
    let unauthorised =
        |reply: &Reply| reply.status == StatusCode::UNAUTHORIZED && reply.code == "unauthorized";

    let reply = world.send(operation, None).await?;
    if operation.access == Access::Public {
        expect("nobody", &reply, !unauthorised(&reply));
        return Ok(());
    }
    expect("nobody", &reply, unauthorised(&reply));
    for token in FORGED {
        let reply = world.send(operation, Some(token)).await?;
        expect("a forger", &reply, unauthorised(&reply));
    }

    // Whoever may call it gets past the guard, else a refusal below would prove nothing. Reading alone: the rows share their
    // objects, and a rightful write would change them.
    if let Some(token) = world.rightful(operation.access)
        && operation.method() == Method::GET
    {
        let reply = world.send(operation, Some(token)).await?;
        expect("who may", &reply, reply.status.is_success());
    }
    let refusal = match operation.access {
        Access::Public | Access::SignedIn => None,
        Access::Owner | Access::Staff | Access::Organiser => Some(StatusCode::NOT_FOUND),
        Access::Admin => Some(StatusCode::FORBIDDEN),
    };
    if let Some(refusal) = refusal {
        let reply = world.send(operation, Some(world.stranger())).await?;
        expect("a stranger", &reply, reply.status == refusal);
    }
    if operation.access == Access::Organiser {
        let reply = world.send(operation, Some(world.staff())).await?;
        expect("staff", &reply, reply.status == StatusCode::FORBIDDEN);
    }
    Ok(())
}
