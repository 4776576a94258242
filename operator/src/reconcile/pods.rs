//! What pods say of themselves, in words for people.

use serde_json::{Value, json};

/// States of a waiting container that are a fault rather than a beginning.
const FAULTS: [&str; 8] = [
    "CrashLoopBackOff",
    "CreateContainerConfigError",
    "CreateContainerError",
    "ErrImageNeverPull",
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "RunContainerError",
];

/// What is wrong with a pod, if anything: what keeps it from starting, or what its last container said before it failed.
pub(super) fn trouble(pod: &Value) -> Option<String> {
    fault(pod).or_else(|| last_message(pod))
}

/// Why a pod does not get on, if it doesn't: `booking: ImagePullBackOff: …`.
pub(super) fn fault(pod: &Value) -> Option<String> {
    containers(pod)
        .find_map(container_fault)
        .or_else(|| unschedulable(pod))
}

fn unschedulable(pod: &Value) -> Option<String> {
    let condition = pod["status"]["conditions"]
        .as_array()?
        .iter()
        .find(|condition| condition["type"] == "PodScheduled" && condition["status"] == "False")?;
    Some(format!(
        "can't be scheduled: {}",
        first_line(condition["message"].as_str()?)
    ))
}

fn container_fault(status: &Value) -> Option<String> {
    let name = status["name"].as_str()?;
    let waiting = &status["state"]["waiting"];
    let reason = waiting["reason"]
        .as_str()
        .filter(|reason| FAULTS.contains(reason))?;
    let said = status["lastState"]["terminated"]["message"]
        .as_str()
        .map(last_words)
        .or_else(|| waiting["message"].as_str().map(first_line))
        .unwrap_or_default();
    Some(format!("{name}: {reason}: {said}"))
}

/// What the first container that failed said last.
pub(super) fn last_message(pod: &Value) -> Option<String> {
    containers(pod).find_map(|status| {
        let said = failed(status)?;
        Some(format!("{}: {said}", status["name"].as_str()?))
    })
}

/// What the last container that failed said before it was started again.
pub(super) fn said_before(pod: &Value) -> Option<String> {
    containers(pod).find_map(|status| {
        let said = failed(&json!({"state": status["lastState"]}))?;
        Some(format!("{}: {said}", status["name"].as_str()?))
    })
}

/// The exit code of the first container that failed.
pub(super) fn exit_code(pod: &Value) -> Option<i64> {
    containers(pod).find_map(|status| {
        status["state"]["terminated"]["exitCode"]
            .as_i64()
            .filter(|code| *code != 0)
    })
}

/// What the last container left as its termination message.
pub(super) fn result(pod: &Value) -> Option<&str> {
    pod["status"]["containerStatuses"][0]["state"]["terminated"]["message"].as_str()
}

/// The container that runs now, its place and how many there are; of a pod whose containers run one after another.
pub(super) fn progress(pod: &Value) -> Option<(&str, usize, usize)> {
    let names: Vec<_> = ["initContainers", "containers"]
        .into_iter()
        .flat_map(|list| pod["spec"][list].as_array().into_iter().flatten())
        .filter_map(|container| container["name"].as_str())
        .collect();
    let done = containers(pod)
        .filter(|status| status["state"]["terminated"]["exitCode"] == 0)
        .count();
    let name = names.get(done).or(names.last())?;
    Some((name, (done + 1).min(names.len()), names.len()))
}

fn containers(pod: &Value) -> impl Iterator<Item = &Value> {
    ["initContainerStatuses", "containerStatuses"]
        .into_iter()
        .flat_map(|list| pod["status"][list].as_array().into_iter().flatten())
}

fn failed(status: &Value) -> Option<String> {
    let terminated = &status["state"]["terminated"];
    let code = terminated["exitCode"].as_i64().filter(|code| *code != 0)?;
    Some(match terminated["message"].as_str() {
        Some(text) if !text.trim().is_empty() => last_words(text),
        _ => match terminated["reason"].as_str() {
            Some("OOMKilled") => "it needed more memory than its limit and was killed".into(),
            _ => format!("it ended with exit code {code}"),
        },
    })
}

/// What is wrong with settings, as every service of ours says it: a line each.
fn faults_of_settings(log: &str) -> Option<String> {
    let (_, said) = log.split_once("The configuration can't be used:")?;
    let faults: Vec<_> = said
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("- "))
        .collect();
    (!faults.is_empty()).then(|| shortened(&faults.join("; ")))
}

/// The last line of a log that names an error, else the last one at all; of a line in JSON its message.
fn last_words(log: &str) -> String {
    if let Some(faults) = faults_of_settings(log) {
        return faults;
    }
    let lines = || log.lines().rev().filter(|line| !line.trim().is_empty());
    let line = lines()
        .find(|line| {
            let line = line.to_ascii_lowercase();
            line.contains("error") || line.contains("fatal")
        })
        .or_else(|| lines().next())
        .unwrap_or_default();
    match serde_json::from_str::<Value>(line) {
        Ok(Value::Object(fields)) => match fields.get("message").and_then(Value::as_str) {
            Some(message) => shortened(message),
            None => shortened(line),
        },
        _ => shortened(line),
    }
}

/// What comes after the second colon of an image that can't be pulled repeats it in the words of every layer below.
fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let end = line
        .match_indices(": ")
        .nth(1)
        .map_or(line.len(), |(at, _)| at);
    shortened(&line[..end])
}

/// A library that can't read a URL may print it: what stands between `://` and `@` is left out.
fn without_passwords(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        shown.push_str(before);
        let end = after
            .find(|c: char| c.is_whitespace() || c == '"')
            .unwrap_or(after.len());
        rest = match after[..end].rfind('@') {
            Some(user) => &after[user..],
            None => after,
        };
    }
    shown.push_str(rest);
    shown
}

fn shortened(text: &str) -> String {
    const LONGEST: usize = 300;
    let text = without_passwords(text.trim());
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_migration_says_what_its_log_said_last() {
        let pod = json!({
            "spec": {"initContainers": [{"name": "auth"}, {"name": "booking"}], "containers": [{"name": "worker"}]},
            "status": {"initContainerStatuses": [
                {"name": "auth", "state": {"terminated": {"exitCode": 0}}},
                {"name": "booking", "state": {"terminated": {"exitCode": 1, "message": "{\"message\":\"starting\"}\n{\"level\":\"ERROR\",\"message\":\"the migration failed: lock timeout\"}\n"}}},
            ]},
        });
        assert_eq!(
            last_message(&pod).unwrap(),
            "booking: the migration failed: lock timeout"
        );
        assert_eq!(progress(&pod), Some(("booking", 2, 3)));
        assert_eq!(exit_code(&pod), Some(1));
    }

    #[test]
    fn passwords_in_urls_are_left_out() {
        assert_eq!(
            last_words("error: invalid URI \"postgres://auth:p@ss@db/auth\" and redis://x"),
            "error: invalid URI \"postgres://@db/auth\" and redis://x"
        );
    }

    #[test]
    fn the_error_is_told_not_what_follows_it() {
        let log = "psql:<stdin>:12: ERROR:  relation \"a\" does not exist\nLINE 1: SELECT\nCONTEXT:  SQL function\n";
        assert_eq!(
            last_words(log),
            "psql:<stdin>:12: ERROR:  relation \"a\" does not exist"
        );
        assert_eq!(last_words("one\ntwo\n\n"), "two");
    }

    #[test]
    fn what_keeps_a_pod_from_starting_is_named() {
        let pod = json!({"status": {"containerStatuses": [
            {"name": "booking", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "Back-off pulling image \"x\""}}},
        ]}});
        assert_eq!(
            fault(&pod).unwrap(),
            "booking: ImagePullBackOff: Back-off pulling image \"x\""
        );
        let pod = json!({"status": {"conditions": [
            {"type": "PodScheduled", "status": "False", "message": "0/1 nodes are available: 1 Insufficient memory."},
        ]}});
        assert_eq!(
            fault(&pod).unwrap(),
            "can't be scheduled: 0/1 nodes are available: 1 Insufficient memory."
        );
        let starting = json!({"status": {"containerStatuses": [{"name": "a", "state": {"waiting": {"reason": "ContainerCreating"}}}]}});
        assert_eq!(fault(&starting), None);
    }

    #[test]
    fn settings_that_are_wrong_are_named() {
        let log = "The configuration can't be used:\n  - HOLD_TTL \"x\" is not valid: write a duration\n  - A is missing\n--help explains every setting.";
        assert_eq!(
            last_words(log),
            "HOLD_TTL \"x\" is not valid: write a duration; A is missing"
        );
    }
}
