//! Reads settings by the table and remembers what is wrong with them.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::fault::{Fault, Faults};
use super::source::Source;
use super::table::Setting;

/// A rule that a value broke.
pub(super) type Rule = Cow<'static, str>;

/// How App Service shows a Key Vault reference that it could not resolve.
const UNRESOLVED: &str = "@Microsoft.KeyVault(";

/// Reads one setting after the other. Each method gives `None` when the setting is faulty; that fault is then recorded.
pub(super) struct Reader<'a> {
    source: &'a dyn Source,
    /// Stands for `<n>` in names.
    index: usize,
    faults: Vec<Fault>,
    /// Faults of what was in force before.
    spared: Vec<Fault>,
    /// Faults that set one client or caller aside.
    aside: Vec<Fault>,
    remarks: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(source: &'a dyn Source) -> Self {
        Self {
            source,
            index: 0,
            faults: Vec::new(),
            spared: Vec::new(),
            aside: Vec::new(),
            remarks: Vec::new(),
        }
    }

    /// From now on `<n>` is this number.
    pub(super) fn at(&mut self, index: usize) {
        self.index = index;
    }

    /// Its name; the old one where only that is given, so that a fault names what somebody wrote.
    fn name(&self, setting: &Setting) -> String {
        let (new, old) = self.names(setting);
        let is_told = |name: &String| self.value(name).is_some() || self.source.refusal(name).is_some();
        match old {
            Some(old) if !is_told(&new) && is_told(&old) => old,
            _ => new,
        }
    }

    fn names(&self, setting: &Setting) -> (String, Option<String>) {
        let at_index = |name: &str| name.replace("<n>", &self.index.to_string());
        (at_index(setting.name), setting.formerly.map(at_index))
    }

    pub(super) fn fault(&mut self, setting: &Setting, rule: impl Into<Rule>) {
        let setting = self.name(setting);
        let rule = rule.into();
        self.faults.push(Fault { setting, rule });
    }

    pub(super) fn remark(&mut self, setting: &Setting, words: &str) {
        self.remarks.push(format!("{} {words}", self.name(setting)));
    }

    /// Whether anything is said about a setting, be it that it is there and may not be read.
    pub(super) fn is_told(&self, setting: &Setting) -> bool {
        self.given(setting).is_some() || self.source.refusal(&self.name(setting)).is_some()
    }

    /// The value as it is given, by its name or by its old one.
    pub(super) fn given(&self, setting: &Setting) -> Option<Zeroizing<String>> {
        self.value(&self.name(setting))
    }

    /// What is given by this very name; an empty value counts as not given, since portals cannot tell the two apart.
    fn value(&self, name: &str) -> Option<Zeroizing<String>> {
        let value = Zeroizing::new(self.source.get(name)?);
        let value = value.trim();
        (!value.is_empty()).then(|| Zeroizing::new(value.to_owned()))
    }

    /// A setting that must be given, or has a default.
    pub(super) fn required<T>(
        &mut self,
        setting: &Setting,
        parse: impl FnOnce(&str) -> Result<T, Rule>,
    ) -> Option<T> {
        let value = self.optional(setting, parse)?;
        if value.is_none() {
            self.fault(setting, "is missing");
        }
        value
    }

    /// A setting that may be left out: `Some(None)` then.
    #[expect(clippy::option_option, reason = "faulty, absent and present are three things")]
    pub(super) fn optional<T>(
        &mut self,
        setting: &Setting,
        parse: impl FnOnce(&str) -> Result<T, Rule>,
    ) -> Option<Option<T>> {
        let given = self.given(setting);
        if self.is_contradicted(setting) {
            return None;
        }
        // Its default would be another value than the one that somebody gave.
        if given.is_none()
            && let Some(rule) = self.source.refusal(&self.name(setting))
        {
            self.fault(setting, format!("is given by a secret that {rule}"));
            return None;
        }
        let default = || setting.default.map(|value| Zeroizing::new(value.to_owned()));
        let Some(value) = given.or_else(default) else {
            return Some(None);
        };
        if value.starts_with(UNRESOLVED) {
            self.fault(
                setting,
                "is a Key Vault reference that App Service could not resolve",
            );
            return None;
        }
        match parse(&value) {
            Ok(value) => Some(Some(value)),
            Err(rule) => {
                self.fault(setting, rule);
                None
            }
        }
    }

    /// Whether its old name is given beside it with another value. That the old name is used at all is remarked on.
    fn is_contradicted(&mut self, setting: &Setting) -> bool {
        let (new, Some(old)) = self.names(setting) else {
            return false;
        };
        let Some(before) = self.value(&old) else {
            return false;
        };
        if self.value(&new).is_some_and(|now| now != before) {
            self.fault(
                setting,
                format!("differs from {old}, its old name: give one of them"),
            );
            return true;
        }
        self.remarks.push(format!("{old} is the old name of {new}"));
        false
    }

    /// Reads what was in force before and may be gone: its faults stop nobody, and it is gone on without.
    pub(super) fn spared<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<Option<T>>) -> Option<T> {
        let known = self.faults.len();
        let read = read(self);
        self.spared.extend(self.faults.split_off(known));
        read.flatten()
    }

    /// Reads what one client or caller alone needs: its faults set that one aside, and nobody else.
    pub(super) fn aside<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let known = self.faults.len();
        let read = read(self);
        self.aside.extend(self.faults.split_off(known));
        read
    }

    /// How many faults have set somebody aside by now.
    pub(super) fn set_aside(&self) -> usize {
        self.aside.len()
    }

    /// Nobody is left of those who were set aside since: their faults are like all others.
    pub(super) fn nobody_is_left(&mut self, since: usize) {
        let faults = self.aside.split_off(since.min(self.aside.len()));
        self.faults.extend(faults);
    }

    /// What stops nobody: faults of what was in force before, faults that set somebody aside, and remarks.
    pub(super) fn take_lenient(&mut self) -> (Vec<Fault>, Vec<Fault>, Vec<String>) {
        let spared = std::mem::take(&mut self.spared);
        let remarks = std::mem::take(&mut self.remarks);
        (spared, self.aside.clone(), remarks)
    }

    /// Ends reading: a value, if all of it could be read.
    pub(super) fn finish<T>(self, value: Option<T>) -> Result<T, Faults> {
        match value {
            Some(value) if self.faults.is_empty() => Ok(value),
            _ => Err(Faults([self.faults, self.aside].concat())),
        }
    }
}
