//! kubectl, for what people do with it.

use std::{process::Stdio, time::Duration};

use anyhow::{Context as _, Result, bail};
use tokio::{io::AsyncWriteExt as _, process::Command, time::timeout};

/// Longest that one call may take.
const BOUND: Duration = Duration::from_secs(120);

/// Its output; a failure is an error with what it said.
pub(crate) async fn kubectl(arguments: &[&str]) -> Result<String> {
    run("kubectl", arguments, "").await
}

/// `kubectl ARGUMENTS -f -` with a manifest.
pub(crate) async fn apply(arguments: &[&str], manifest: &serde_json::Value) -> Result<String> {
    let mut all = arguments.to_vec();
    all.extend(["-f", "-"]);
    run("kubectl", &all, &manifest.to_string()).await
}

/// Any other program.
pub(crate) async fn run_program(program: &str, arguments: &[&str]) -> Result<String> {
    run(program, arguments, "").await
}

async fn run(program: &str, arguments: &[&str], input: &str) -> Result<String> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        // Over WebSocket, output of `exec` is lost now and then on a busy machine.
        .env("KUBECTL_REMOTE_COMMAND_WEBSOCKETS", "false")
        .spawn()
        .with_context(|| format!("{program} could not be started"))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes()).await?;
    }
    let output = timeout(BOUND, child.wait_with_output())
        .await
        .with_context(|| format!("{program} {} hangs", arguments.join(" ")))??;
    if !output.status.success() {
        bail!(
            "{program} {}: {}",
            arguments.join(" "),
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
