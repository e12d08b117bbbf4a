//! Where settings come from. The only place that reads the process environment.

#[cfg(any(test, feature = "testing"))]
use std::collections::BTreeMap;

/// Gives values by name, in the form `Section:Key`.
pub(crate) trait Source: Send + Sync {
    /// The value, if it is given at all.
    fn get(&self, name: &str) -> Option<String>;

    /// Why a value that is there may not be read, as the end of a sentence: "a secret that …". None if there is no such value,
    /// or if it can be read.
    fn refusal(&self, _name: &str) -> Option<&'static str> {
        None
    }

    /// All names this source has, in the form `Section:Key`; to tell misspelt settings.
    fn names(&self) -> Vec<String>;
}

/// The environment of this process: `Section__Key`, as Functions on Linux needs it, or `Section:Key`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ProcessEnv;

impl Source for ProcessEnv {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the environment"
    )]
    fn get(&self, name: &str) -> Option<String> {
        let read = |name: &str| std::env::var(name).ok();
        read(&name.replace(':', "__")).or_else(|| read(name))
    }

    fn names(&self) -> Vec<String> {
        let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        names.map(|name| name.replace("__", ":")).collect()
    }
}

/// Values in memory.
#[cfg(any(test, feature = "testing"))]
#[derive(Clone, Debug, Default)]
pub(crate) struct Map(BTreeMap<String, String>);

#[cfg(test)]
impl Map {
    /// The same with one value more, or another.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.0.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The same without one value.
    #[must_use]
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.remove(name);
        self
    }
}

#[cfg(any(test, feature = "testing"))]
impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Map {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(values: I) -> Self {
        let values = values.into_iter();
        Self(values.map(|(name, value)| (name.into(), value.into())).collect())
    }
}

#[cfg(any(test, feature = "testing"))]
impl Source for Map {
    fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }

    fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_is_read_and_absent_names_are_absent() {
        assert!(ProcessEnv.get("PATH").is_some());
        assert!(ProcessEnv.names().contains(&"PATH".to_owned()));
        assert_eq!(ProcessEnv.get("AppSettings:NobodyWouldSetThis"), None);
    }
}
