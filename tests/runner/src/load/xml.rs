//! Elements with their place, and small ways to read them.
//!
//! Nothing here reports a mistake: [`super::schema`] has already said what is wrong with a file's words and order.

use std::sync::Arc;

use roxmltree::{Document, Node};

use crate::model::{Item, Reference, Span, Table, words::Word};

/// A parsed file: its tree and where its lines begin.
pub(super) struct File<'a> {
    document: &'a Document<'a>,
    name: Arc<str>,
    line_starts: Vec<usize>,
}

impl<'a> File<'a> {
    /// Indexes the lines of a parsed document.
    pub(super) fn new(document: &'a Document<'a>, name: &Arc<str>) -> Self {
        let newlines = document.input_text().match_indices('\n').map(|(at, _)| at + 1);
        let line_starts = std::iter::once(0).chain(newlines).collect();
        Self {
            document,
            name: Arc::clone(name),
            line_starts,
        }
    }

    /// The root element.
    pub(super) fn root(&'a self) -> Element<'a> {
        Element {
            node: self.document.root_element(),
            file: self,
        }
    }

    /// The place of a byte.
    fn span(&self, at: usize) -> Span {
        let line = self.line_starts.partition_point(|start| *start <= at);
        Span {
            file: Arc::clone(&self.name),
            line: u32::try_from(line).unwrap_or(u32::MAX),
        }
    }
}

/// One element of a file.
#[derive(Clone, Copy)]
pub(super) struct Element<'a> {
    node: Node<'a, 'a>,
    file: &'a File<'a>,
}

impl<'a> Element<'a> {
    /// Local name.
    pub(super) fn name(self) -> &'a str {
        self.node.tag_name().name()
    }

    /// Namespace, if any.
    pub(super) fn namespace(self) -> Option<&'a str> {
        self.node.tag_name().namespace()
    }

    /// Where the element starts.
    pub(super) fn span(self) -> Span {
        self.file.span(self.node.range().start)
    }

    /// Child elements.
    pub(super) fn children(self) -> impl Iterator<Item = Self> {
        self.node
            .children()
            .filter(Node::is_element)
            .map(move |node| Self {
                node,
                file: self.file,
            })
    }

    /// Children of that name.
    pub(super) fn all(self, name: &str) -> impl Iterator<Item = Self> {
        self.children().filter(move |child| child.name() == name)
    }

    /// First child of that name.
    pub(super) fn child(self, name: &str) -> Option<Self> {
        self.children().find(|child| child.name() == name)
    }

    /// The `item` children of all `list` children.
    pub(super) fn nested(self, list: &'a str, item: &'a str) -> impl Iterator<Item = Self> {
        self.all(list)
            .flat_map(move |child| child.all(item).collect::<Vec<_>>())
    }

    /// Own text without comments and outer white space.
    pub(super) fn text(self) -> String {
        let parts: String = self
            .node
            .children()
            .filter(Node::is_text)
            .filter_map(|node| node.text())
            .collect();
        parts.trim().to_owned()
    }

    /// Whether there is text that is not white space.
    pub(super) fn has_text(self) -> bool {
        self.node
            .children()
            .any(|node| node.is_text() && node.text().is_some_and(|text| !text.trim().is_empty()))
    }

    /// Names of the attributes outside any namespace.
    pub(super) fn attributes(self) -> impl Iterator<Item = &'a str> {
        self.node
            .attributes()
            .filter(|attribute| attribute.namespace().is_none())
            .map(|attribute| attribute.name())
    }

    /// An attribute.
    pub(super) fn attr(self, name: &str) -> Option<String> {
        self.node.attribute(name).map(str::to_owned)
    }

    /// An attribute that is an identifier: outer white space removed, empty if absent.
    pub(super) fn id(self, name: &str) -> String {
        self.node
            .attribute(name)
            .map(|id| id.trim().to_owned())
            .unwrap_or_default()
    }

    /// An identifier attribute that may be absent.
    pub(super) fn maybe_id(self, name: &str) -> Option<String> {
        self.node
            .attribute(name)
            .map(|id| id.trim().to_owned())
            .filter(|id| !id.is_empty())
    }

    /// A boolean attribute.
    pub(super) fn flag(self, name: &str) -> Option<bool> {
        self.node.attribute(name).and_then(boolean)
    }

    /// A number attribute.
    pub(super) fn number(self, name: &str) -> Option<u32> {
        self.node
            .attribute(name)
            .and_then(|text| text.trim().parse().ok())
    }

    /// An attribute from a closed vocabulary.
    pub(super) fn word<W: Word>(self, name: &str) -> Option<W> {
        self.node.attribute(name).and_then(W::parse)
    }

    /// Text of a child.
    pub(super) fn child_text(self, name: &str) -> Option<String> {
        self.child(name).map(Self::text)
    }

    /// Text of a child from a closed vocabulary.
    pub(super) fn child_word<W: Word>(self, name: &str) -> Option<W> {
        self.child(name).and_then(|child| W::parse(&child.text()))
    }

    /// Text of a child as a boolean.
    pub(super) fn child_flag(self, name: &str) -> Option<bool> {
        self.child(name).and_then(|child| boolean(&child.text()))
    }

    /// The reference an attribute makes.
    pub(super) fn reference(self, attribute: &str) -> Reference {
        Reference {
            id: self.id(attribute),
            span: self.span(),
        }
    }

    /// The reference a child's attribute makes.
    pub(super) fn child_reference(self, child: &str, attribute: &str) -> Option<Reference> {
        self.child(child).map(|child| child.reference(attribute))
    }

    /// `<list><item attribute="key">value</item></list>`; blanks around a key are dropped, as samples have them.
    pub(super) fn items(self, list: &'a str, item: &'a str, attribute: &str) -> Table<Item> {
        self.nested(list, item)
            .map(|item| Item {
                key: item.id(attribute),
                value: item.text(),
                span: item.span(),
            })
            .collect()
    }

    /// Text of a child with its place.
    pub(super) fn child_item(self, name: &str) -> Option<Item> {
        self.child(name).map(|child| Item {
            key: name.to_owned(),
            value: child.text(),
            span: child.span(),
        })
    }
}

/// `xs:boolean`.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text.trim() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}
