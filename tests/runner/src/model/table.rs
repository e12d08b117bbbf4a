//! An ordered list of nodes found by identifier.

use std::collections::HashMap;

/// A node with an identifier.
pub trait Keyed {
    /// The identifier, as written; tables compare it case-insensitively.
    fn key(&self) -> &str;
}

/// Nodes in document order, found by identifier whatever its case; the first of equal identifiers wins its place.
#[derive(Clone, Debug)]
pub struct Table<T> {
    rows: Vec<T>,
    index: HashMap<String, usize>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            index: HashMap::new(),
        }
    }
}

impl<T: Keyed> Table<T> {
    /// The node called `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&T> {
        self.index.get(&fold(key)).and_then(|at| self.rows.get(*at))
    }

    /// The node called `key`, to change it. Changing its identifier is a mistake.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut T> {
        self.index.get(&fold(key)).and_then(|at| self.rows.get_mut(*at))
    }

    /// Whether a node is called `key`.
    #[must_use]
    pub fn contains(&self, key: &str) -> bool {
        self.index.contains_key(&fold(key))
    }

    /// Adds a node at the end, or replaces the one of the same identifier and returns it.
    pub fn put(&mut self, row: T) -> Option<T> {
        if let Some(old) = self.get_mut(row.key()) {
            return Some(std::mem::replace(old, row));
        }
        self.index.insert(fold(row.key()), self.rows.len());
        self.rows.push(row);
        None
    }
}

impl<T> Table<T> {
    /// Nodes in order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.rows.iter()
    }

    /// Nodes in order, to change them. Changing an identifier is a mistake.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.rows.iter_mut()
    }

    /// How many nodes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl<T: Keyed> FromIterator<T> for Table<T> {
    fn from_iter<I: IntoIterator<Item = T>>(rows: I) -> Self {
        let mut table = Self::default();
        for row in rows {
            table.put(row);
        }
        table
    }
}

impl<'a, T> IntoIterator for &'a Table<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter()
    }
}

impl<'a, T> IntoIterator for &'a mut Table<T> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl<T> IntoIterator for Table<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.into_iter()
    }
}

fn fold(key: &str) -> String {
    key.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::super::{Item, Table};

    fn item(key: &str, value: &str) -> Item {
        Item {
            key: key.to_owned(),
            value: value.to_owned(),
            ..Item::default()
        }
    }

    #[test]
    fn identifiers_compare_whatever_their_case() {
        let table: Table<Item> = [item("surName", "a")].into_iter().collect();
        assert_eq!(table.get("SURNAME").map(|i| i.value.as_str()), Some("a"));
        assert!(!table.contains("name"));
    }

    #[test]
    fn a_replaced_node_keeps_its_place() {
        let mut table: Table<Item> = [item("a", "1"), item("b", "2")].into_iter().collect();
        let old = table.put(item("A", "3"));
        assert_eq!(old.map(|i| i.value), Some("1".to_owned()));
        let values: Vec<_> = table.iter().map(|i| i.value.as_str()).collect();
        assert_eq!(values, ["3", "2"]);
    }
}
