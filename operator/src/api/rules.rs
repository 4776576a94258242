//! Rules that the API server checks, beside [`super::budget`]'s.
//!
//! A value that is no quantity is left to its schema's pattern, whose sentence is the better one. Texts are made by `format`, not by
//! `string(…)`, whose length the API server takes for unbounded.

use kube::core::{Message, Reason, Rule};

/// `expression` must hold; otherwise the API server says what the expression `text` gives.
pub(super) fn rule(expression: impl Into<String>, text: impl Into<String>) -> Rule {
    Rule::new(expression)
        .message(Message::Expression(text.into()))
        // Printed without the value, which would be the word "object".
        .reason(Reason::FieldValueForbidden)
}

/// The name of an EventPlatform: every object's name begins with it, and the longest must still be a label.
pub(super) fn platform_name() -> Rule {
    rule(
        "size(self.metadata.name) <= 40 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",
        "'%s is no name for an EventPlatform: at most 40 lower-case letters, digits or hyphens, a letter first and no hyphen last, for every object of the platform is named by it'.format([self.metadata.name])",
    )
    .field_path(".metadata.name")
}

/// The name of an EventPlatformRestore, which is a label of its Jobs.
pub(super) fn restore_name() -> Rule {
    rule(
        "size(self.metadata.name) <= 63",
        "'%s is too long for a restore: at most 63 characters, for its Jobs are labelled with it'.format([self.metadata.name])",
    )
    .field_path(".metadata.name")
}

/// Exactly one of two fields.
pub(super) fn either(place: &str, one: &str, other: &str) -> Rule {
    rule(
        format!("has(self.{one}) != has(self.{other})"),
        format!(
            "has(self.{one}) ? '{place} has both {one} and {other}: keep one of them and set the other to null' : '{place} has neither {one} nor {other}: set one of them'"
        ),
    )
}

/// PostgreSQL stays where its data are.
pub(super) fn postgres_stays() -> Rule {
    rule(
        "has(self.managed) == has(oldSelf.managed)",
        "'spec.postgres cannot change from %s, for the data would stay behind: make another EventPlatform and restore a backup into it'.format([has(self.managed) ? 'external to managed' : 'managed to external'])",
    )
}

/// Only the operator's own PostgreSQL can be told to archive its WAL.
pub(super) fn point_in_time() -> Rule {
    rule(
        "!has(self.backup) || !has(self.backup.pointInTime) || has(self.postgres.managed)",
        "'spec.backup.pointInTime is for the PostgreSQL that the operator runs, and spec.postgres is external: leave pointInTime out and have whoever runs it keep its WAL'",
    )
}

/// A restore is from a dump or to a moment.
pub(super) fn dump_or_moment() -> Rule {
    rule(
        "!has(self.targetTime) || self.backup == 'latest'",
        "'a restore to targetTime does not begin from the dump %s: leave out backup, or leave out targetTime to put that dump back'.format([self.backup])",
    )
}

/// Volumes only grow.
pub(super) fn grows() -> Rule {
    rule(
        "!isQuantity(self) || quantity(self).compareTo(quantity(oldSelf)) >= 0",
        "'storage cannot shrink from %s to %s: volumes only grow'.format([oldSelf, self])",
    )
}

/// A cron expression that the API server takes for a CronJob, too.
pub(super) fn schedule() -> Rule {
    let field = |number: &str, any: &str| {
        let item = format!("({any}|({number})(-({number}))?)(/[1-9][0-9]*)?");
        format!("{item}(,{item})*")
    };
    let fields = [
        field("[0-5]?[0-9]", "[*]"),
        field("[01]?[0-9]|2[0-3]", "[*]"),
        field("0?[1-9]|[12][0-9]|3[01]", "[*?]"),
        field(
            "0?[1-9]|1[0-2]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec",
            "[*]",
        ),
        field("[0-6]|sun|mon|tue|wed|thu|fri|sat", "[*?]"),
    ];
    rule(
        format!("self.matches('^(?i)({})$')", fields.join(") (")),
        "'%s is no schedule: write minute (0-59), hour (0-23), day (1-31), month (1-12) and weekday (0-6), such as 0 3 * * * for each night at 3:00 UTC'.format([self])",
    )
}

/// An autoscaler's bounds.
pub(super) fn min_and_max() -> Rule {
    rule(
        "self.min <= self.max",
        "'autoscaling.min is %d, which is more than autoscaling.max, %d: raise max or lower min'.format([self.min, self.max])",
    )
}

/// A container that asks for more than it may have is refused by Kubernetes, long after the apply.
pub(super) fn memory_request_within_limit() -> Rule {
    within("self.requests.memory", "self.limits.memory", "memory")
}

/// The same for CPU, where it has a limit.
pub(super) fn cpu_request_within_limit() -> Rule {
    within(
        "self.requests.cpu",
        "(has(self.limits.cpu) ? self.limits.cpu : self.requests.cpu)",
        "cpu",
    )
}

fn within(request: &str, limit: &str, name: &str) -> Rule {
    rule(
        format!(
            "!isQuantity({request}) || !isQuantity({limit}) || quantity({request}).compareTo(quantity({limit})) <= 0"
        ),
        format!(
            "'requests.{name} is %s, which is more than limits.{name}, %s: lower the request or raise the limit'.format([{request}, {limit}])"
        ),
    )
}

/// An environment variable has one value.
pub(super) fn one_value() -> Rule {
    rule(
        "has(self.value) != has(self.valueFrom)",
        "'variable %s has %s: it takes one of them'.format([self.name, has(self.value) ? 'both value and valueFrom' : 'neither value nor valueFrom'])",
    )
}

/// A restore is done once.
pub(super) fn unchanged() -> Rule {
    rule(
        "self == oldSelf",
        "'a restore cannot be changed once it is made: delete it and make another one'",
    )
}
