//! XML as JSON, in the usual .NET mapping: attributes are `@name`, text beside them `#text`, repeated elements arrays.

use roxmltree::{Document, Error, Node};
use serde_json::json;

/// The JSON text of an XML document, members in document order.
pub(super) fn to_json(xml: &str) -> Result<String, Error> {
    let document = Document::parse(xml)?;
    let root = document.root_element();
    Ok(format!("{{{}:{}}}", quoted(&name(root)), element(root)))
}

fn element(node: Node<'_, '_>) -> String {
    let children: Vec<_> = node.children().filter(Node::is_element).collect();
    let text: String = node
        .children()
        .filter(Node::is_text)
        .filter_map(|child| child.text())
        .collect();
    let text = text.trim();
    if children.is_empty() && node.attributes().len() == 0 {
        return if text.is_empty() {
            "null".to_owned()
        } else {
            quoted(text)
        };
    }
    let attributes = node
        .attributes()
        .map(|attribute| member(&format!("@{}", attribute.name()), attribute.value()));
    let own_text = (!text.is_empty()).then(|| member("#text", text));
    let mut names: Vec<String> = Vec::new();
    for child in &children {
        if !names.contains(&name(*child)) {
            names.push(name(*child));
        }
    }
    let grouped = names
        .iter()
        .map(|group| format!("{}:{}", quoted(group), same(&children, group)));
    let members: Vec<_> = attributes.chain(own_text).chain(grouped).collect();
    format!("{{{}}}", members.join(","))
}

fn same(children: &[Node<'_, '_>], group: &str) -> String {
    let values: Vec<_> = children
        .iter()
        .filter(|child| name(**child) == group)
        .map(|child| element(*child))
        .collect();
    match values.as_slice() {
        [one] => one.clone(),
        many => format!("[{}]", many.join(",")),
    }
}

fn name(node: Node<'_, '_>) -> String {
    node.tag_name().name().to_owned()
}

fn member(name: &str, value: &str) -> String {
    format!("{}:{}", quoted(name), quoted(value))
}

fn quoted(text: &str) -> String {
    json!(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::to_json;

    #[test]
    fn attributes_texts_and_repeated_elements_have_their_places() {
        let json = to_json(r#"<a id="1">hi<b>x</b><c/><b>y "z"</b></a>"#).unwrap();
        assert_eq!(
            json,
            r##"{"a":{"@id":"1","#text":"hi","b":["x","y \"z\""],"c":null}}"##
        );
    }
}
