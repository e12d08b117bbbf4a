//! An authorization request, before it is sent.

/// The parameters of an authorization request, in their order.
#[derive(Clone, Debug)]
pub(super) struct Asked(pub(super) Vec<(&'static str, String)>);

impl Asked {
    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => value.clone_into(known),
            None => self.0.push((name, value.to_owned())),
        }
        self
    }

    pub(super) fn without(mut self, name: &str) -> Self {
        self.0.retain(|(known, _)| *known != name);
        self
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// As it stands in an address and in a form.
    pub(super) fn fields(&self) -> Vec<(&'static str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect()
    }
}
