//! What is printed when a case failed: the node, conditions, events, and the operator's last words.

use std::fmt::Write as _;

use serde_json::Value;

use super::{World, kubectl, objects::platforms};

/// Events that are shown of each namespace.
const EVENTS: usize = 25;
/// A node under pressure takes no pods.
const NODE: &str = r#"jsonpath={range .items[*]}{.metadata.name}{range .status.conditions[*]} {.type}={.status}{end} taints: {.spec.taints}{"\n"}{end}"#;
const LOG_LINES: &str = "--tail=25";

pub(crate) async fn of(world: &World) -> String {
    let node = kubectl(&["get", "nodes", "-o", NODE]).await;
    let mut text = format!(
        "node {}\n",
        node.unwrap_or_else(|error| format!("{error:#}")).trim()
    );
    for namespace in world.namespaces().await.unwrap_or_default() {
        let _ = writeln!(text, "namespace {namespace}");
        conditions(world, &namespace, &mut text).await;
        for (title, arguments) in [
            (
                "pods",
                ["-n", &namespace, "get", "pods", "-o", "wide"].as_slice(),
            ),
            (
                "events",
                &[
                    "-n",
                    &namespace,
                    "get",
                    "events",
                    "--sort-by=.lastTimestamp",
                    "--no-headers",
                ],
            ),
        ] {
            let said = kubectl(arguments)
                .await
                .unwrap_or_else(|error| format!("{error:#}"));
            let lines: Vec<_> = said.lines().collect();
            let _ = writeln!(text, "  {title}");
            for line in &lines[lines.len().saturating_sub(EVENTS)..] {
                let _ = writeln!(text, "    {line}");
            }
        }
    }
    let operator = &world.operator;
    let log = kubectl(&[
        "-n",
        &operator.namespace,
        "logs",
        "-l",
        "app.kubernetes.io/name=event-platform-operator",
        "--prefix",
        LOG_LINES,
    ])
    .await;
    let _ = writeln!(
        text,
        "operator\n{}",
        log.unwrap_or_else(|error| format!("{error:#}"))
    );
    text
}

async fn conditions(world: &World, namespace: &str, text: &mut String) {
    let platforms = platforms(&world.client, namespace);
    for platform in platforms.list("").await.unwrap_or_default() {
        let _ = writeln!(
            text,
            "  {} generation {} observed {} activity {} migration {}",
            platform["metadata"]["name"],
            platform["metadata"]["generation"],
            platform["status"]["observedGeneration"],
            platform["status"]["activity"],
            platform["status"]["migration"],
        );
        for condition in platform["status"]["conditions"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let field = |name: &str| condition[name].as_str().unwrap_or_default().to_owned();
            let _ = writeln!(
                text,
                "    {:18} {:8} {:18} {}",
                field("type"),
                field("status"),
                field("reason"),
                field("message")
            );
        }
        if let Some(images) = platform["status"]["services"].as_array() {
            for service in images
                .iter()
                .filter(|service| service["ready"] != service["desired"])
            {
                let _ = writeln!(text, "    not ready: {}", Value::to_string(service));
            }
        }
    }
}
