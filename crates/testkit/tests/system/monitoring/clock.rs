//! A clock that goes sixty times as fast: every duration in a file of rules is divided by 60, so that minutes are seconds. What is
//! compared with a number stays as it is, and how often rules are judged is Prometheus' own setting.

use std::time::Duration;

const FASTER: u64 = 60;

/// What stands right before a duration in YAML and PromQL.
const BEFORE: [&str; 3] = ["for: ", "offset ", "["];

/// The same rules for a fast clock.
pub(super) fn faster(rules: &str) -> String {
    rules
        .lines()
        .filter(|line| !line.trim_start().starts_with('#') && !line.contains("interval: "))
        .map(|line| {
            BEFORE
                .iter()
                .fold(line.to_owned(), |line, before| after(&line, before))
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// A line with every duration after `before` divided.
fn after(line: &str, before: &str) -> String {
    let mut parts = line.split(before);
    let mut fast = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        fast.push_str(before);
        let end = part
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(part.len());
        match parse(&part[..end]) {
            Some(duration) => {
                let millis = duration.as_millis() / u128::from(FASTER);
                fast = format!("{fast}{millis}ms{}", &part[end..]);
            }
            None => fast.push_str(part),
        }
    }
    fast
}

/// One number and one unit, as all of ours are.
fn parse(text: &str) -> Option<Duration> {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let number: u64 = text[..text.len() - unit.len()].parse().ok()?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    Some(Duration::from_secs(number * seconds))
}

#[test]
fn minutes_become_seconds_and_numbers_stay() {
    let rules = "# for: 5m\n- expr: rate(a_total[5m]) > 30 and max_over_time(up[1h] offset 1d)\n  for: 30m\n  interval: 15s\n  record: a:rate5m";
    let fast = "- expr: rate(a_total[5000ms]) > 30 and max_over_time(up[60000ms] offset 1440000ms)\n  for: 30000ms\n  record: a:rate5m";
    assert_eq!(faster(rules), fast);
    assert_eq!(
        faster("reason[x] and queue_messages[a]"),
        "reason[x] and queue_messages[a]"
    );
}
