//! What can go wrong between the operator and the API server.

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the API server: {0}")]
    Api(#[from] kube::Error),
    #[error(
        "there is a {kind} {name} that is not of this platform, which needs the name; rename or delete it"
    )]
    NameTaken { kind: &'static str, name: String },
}

impl Error {
    /// For metrics: few words.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Api(kube::Error::Api(status)) if status.is_forbidden() => "forbidden",
            Self::Api(kube::Error::Api(status)) if status.is_conflict() => "conflict",
            Self::Api(kube::Error::Api(_)) => "refused",
            Self::Api(_) => "unreachable",
            Self::NameTaken { .. } => "name_taken",
        }
    }

    /// What people can do something about, since no repetition will change it: as a condition's reason and its sentence.
    pub fn refusal(&self) -> Option<(&'static str, String)> {
        match self {
            Self::Api(kube::Error::Api(status))
                if (400..500).contains(&status.code)
                    && !status.is_conflict()
                    && status.code != 429 =>
            {
                let message = format!("the API server refused a change: {}", status.message);
                Some(("ApplyFailed", message))
            }
            Self::Api(_) => None,
            Self::NameTaken { .. } => Some(("NameTaken", self.to_string())),
        }
    }
}
