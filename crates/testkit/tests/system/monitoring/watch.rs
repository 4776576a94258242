//! What Prometheus asks: the parts of a platform, and the servers that it leans on, on a clock that goes faster.

use anyhow::Result;
use testkit::{
    platform::{Part, Platform, free_ports},
    prometheus::{Prometheus, Target},
};

use super::{clock, exporters::Exporters};

/// A Prometheus that watches a platform and its servers.
pub(super) struct Watch {
    pub(super) prometheus: Prometheus,
    _exporters: Exporters,
}

impl Watch {
    pub(super) async fn begin(platform: &Platform) -> Result<Self> {
        let ports = free_ports(2)?;
        let exporters = Exporters::start([ports[0], ports[1]], &platform.logs).await?;
        let folder = platform.logs.join("prometheus");
        let targets = targets(platform, &exporters);
        Ok(Self {
            prometheus: Prometheus::watch(&folder, &targets, clock::faster).await?,
            _exporters: exporters,
        })
    }
}

/// The jobs of `observability/prometheus/prometheus.yml`, at this platform's ports.
fn targets(platform: &Platform, exporters: &Exporters) -> Vec<Target> {
    let address = |part| platform.url(part).trim_start_matches("http://").to_owned();
    let services = [
        Part::Auth,
        Part::Catalog,
        Part::Booking,
        Part::Payment,
        Part::Worker,
    ];
    let mut targets: Vec<_> = services
        .map(|part| Target::new("services", address(part)).service(part.name()))
        .into();
    targets.push(Target::new("sandbox", address(Part::Sandbox)).service("sandbox"));
    for (job, address) in &exporters.targets {
        targets.push(Target::new(job, address));
    }
    targets
}
