//! A Redis that takes TLS alone, as managed ones do: the platform speaks it, and trusts who the account's certificates trust.

use std::{path::Path, process::Stdio, time::Duration};

use anyhow::{Context as _, Result, ensure};
use testkit::{
    eventually,
    platform::{OnSale, Options, Part, Person, Platform, booking_id, free_ports, logs_of},
};
use tokio::{
    net::TcpStream,
    process::{Child, Command},
};

const PASSWORD: &str = "only-for-this-test";

/// Makes a key and a certificate for 127.0.0.1 that is its own authority.
async fn certify(key: &Path, certificate: &Path) -> Result<()> {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt"])
        .args(["ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"])
        .args(["-subj", "/CN=a Redis", "-addext"])
        .args(["subjectAltName=IP:127.0.0.1", "-addext"])
        .args(["basicConstraints=critical,CA:FALSE", "-keyout"])
        .arg(key)
        .arg("-out")
        .arg(certificate)
        .stderr(Stdio::null())
        .status()
        .await
        .context("openssl can't be run")?;
    ensure!(made.success(), "openssl made no certificate");
    Ok(())
}

async fn redis(port: u16, key: &Path, certificate: &Path) -> Result<Child> {
    let server = Command::new("redis-server")
        .args(["--bind", "127.0.0.1", "--port", "0", "--tls-port"])
        .arg(port.to_string())
        .arg("--tls-cert-file")
        .arg(certificate)
        .arg("--tls-key-file")
        .arg(key)
        .args(["--tls-auth-clients", "no", "--save", "", "--requirepass"])
        .arg(PASSWORD)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .context("redis-server can't be run")?;
    eventually("Redis listens", Duration::from_secs(20), async || {
        Ok(TcpStream::connect(("127.0.0.1", port)).await.is_ok())
    })
    .await?;
    Ok(server)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_takes_tls_alone_is_used() -> Result<()> {
    let folder = logs_of("tls")?;
    let (key, certificate) = (folder.join("redis.key"), folder.join("redis.crt"));
    certify(&key, &certificate).await?;
    let port = free_ports(1)?[0];
    let server = redis(port, &key, &certificate).await?;
    let options = Options::default()
        .with(
            "REDIS_URL",
            format!("rediss://:{PASSWORD}@127.0.0.1:{port}"),
        )
        .with("SSL_CERT_FILE", certificate.display().to_string());
    let platform = Platform::start("tls", options).await?;
    let sale = OnSale::publish(&platform, 10, 0).await?;
    let buyer = Person::register(&platform, "ada").await?;
    let booking = booking_id(buyer.hold(&platform, sale.event, 1).await?)?;
    ensure!(buyer.booking(&platform, booking).await?["status"] == "held");

    // It is that one that is used: without it nobody can log in.
    drop(server);
    eventually("auth misses it", Duration::from_secs(20), async || {
        let ready = reqwest::get(format!("{}/ready", platform.url(Part::Auth))).await?;
        Ok(ready.status() == 503)
    })
    .await
}
