//! `operator run | crd`.

use std::process::ExitCode;

fn main() -> ExitCode {
    for crd in operator::api::crds() {
        println!("{}", serde_json::to_string_pretty(&crd).unwrap_or_default());
    }
    ExitCode::SUCCESS
}
