//! What is measured of a platform.

use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::json;

use crate::{
    apiserver::PLATFORMS,
    world::{NAME, World},
};

/// Of tickets.example.com, signed by itself; it ends at [`CERTIFICATE_ENDS`].
const CERTIFICATE: &str = include_str!("certificate.pem");
const CERTIFICATE_ENDS: &str = "2111224383";

#[tokio::test]
async fn a_platform_is_measured_until_it_is_gone() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let metrics = recorder.handle();
    // For this thread, on which all of a test runs.
    let _recording = metrics::set_default_local_recorder(&recorder);
    let measured = |name: &str| {
        let text = metrics.render();
        let line = text
            .lines()
            .find(|line| line.starts_with(name) && line.contains("name=\"demo\""))
            .unwrap_or_else(|| panic!("{name} is not measured: {text}"));
        let value = line.rsplit(' ').next().unwrap_or_default();
        value.to_owned()
    };
    let spec =
        json!({"backup": {}, "ingress": {"host": "tickets.example.com", "tlsSecret": "tls"}});
    let mut world = World::with(&spec);
    world.rest().await;
    assert_eq!(measured("operator_platform_ready"), "1");
    assert_eq!(
        measured("operator_platform_last_backup_timestamp_seconds"),
        "NaN"
    );
    let expiry = "operator_platform_certificate_expiry_timestamp_seconds";
    assert_eq!(measured(expiry), "NaN");

    world.secret("tls", &[("tls.crt", CERTIFICATE)]);
    world.change(PLATFORMS, NAME, |platform| {
        platform["status"]["lastBackup"] = json!({
            "name": "20260101T030000Z", "time": "2026-01-01T03:00:10Z", "message": "1.2M, 3 kept",
        });
    });
    world.rest().await;
    assert_eq!(
        measured("operator_platform_last_backup_timestamp_seconds"),
        "1767236410"
    );
    assert_eq!(measured(expiry), CERTIFICATE_ENDS);

    world.spec(&json!({"paused": true}));
    world.rest().await;
    assert_eq!(measured("operator_platform_ready"), "0");
    let condition = "operator_platform_condition{namespace=\"shop\",name=\"demo\",condition=";
    assert_eq!(measured(&format!("{condition}\"Paused\"")), "1");
    // Nobody asks for backups any more.
    assert_eq!(measured(&format!("{condition}\"BackupHealthy\"")), "NaN");
    assert_eq!(measured(expiry), "NaN");

    world.delete(PLATFORMS, NAME);
    world.rest().await;
    assert_eq!(measured("operator_platform_ready"), "NaN");
}
