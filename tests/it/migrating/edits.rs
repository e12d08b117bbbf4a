//! Puts lines of policy where the comment before them says: "in ELEMENT [ID]", "in ELEMENT of ELEMENT ID", with ", before
//! ELEMENT", ", instead of ELEMENT KEY", or ", delete ELEMENT n to m …".

use roxmltree::{Document, Node};

const NAMESPACE: &str = "http://schemas.microsoft.com/online/cpim/schemas/2013/06";

/// Elements, and the comment before them.
pub(super) struct Edit {
    place: String,
    elements: String,
}

/// The edits below a heading, up to the next of any level.
pub(super) fn lines_of(page: &str, heading: &str) -> Vec<Edit> {
    let (_, rest) = page
        .split_once(&format!("\n{heading}\n"))
        .expect("the heading exists");
    let section = rest.split("\n#").next().unwrap();
    let blocks = section
        .split("```xml\n")
        .skip(1)
        .map(|block| block.split("```").next().unwrap());
    let edits: Vec<Edit> = blocks.flat_map(edits_of).collect();
    assert!(!edits.is_empty(), "{heading} has no lines");
    edits
}

fn edits_of(block: &str) -> Vec<Edit> {
    let one = |part: &str| {
        let (place, elements) = part.split_once("-->").expect("a comment ends");
        Edit {
            place: place.trim().to_owned(),
            elements: elements.trim().to_owned(),
        }
    };
    block.split("<!-- ").skip(1).map(one).collect()
}

/// The text of a policy with the edits made.
pub(super) fn apply(text: &str, edits: &[Edit]) -> String {
    edits.iter().fold(text.to_owned(), |text, edit| made(&text, edit))
}

fn made(text: &str, edit: &Edit) -> String {
    let document = Document::parse(text).unwrap();
    let place = edit.place.strip_prefix("in ").expect("a place begins with in");
    let (container, clause) = place.split_once(", ").unwrap_or((place, ""));
    let container = container_of(&document, container);
    let (from, to, with) = if let Some(child) = clause.strip_prefix("before ") {
        let at = container
            .children()
            .find(|node| node.has_tag_name((NAMESPACE, child)))
            .expect(child)
            .range()
            .start;
        (at, at, format!("{}\n", edit.elements))
    } else if let Some(child) = clause.strip_prefix("instead of ") {
        let range = keyed(container, child).range();
        (range.start, range.end, edit.elements.clone())
    } else if let Some(steps) = clause.strip_prefix("delete OrchestrationStep ") {
        return without_steps(text, container, steps);
    } else {
        assert_eq!(clause, "", "{}", edit.place);
        let end = container.range().end - format!("</{}>", container.tag_name().name()).len();
        (end, end, format!("{}\n", edit.elements))
    };
    format!("{}{with}{}", &text[..from], &text[to..])
}

/// "ELEMENT", "ELEMENT ID" or "ELEMENT of ELEMENT ID".
fn container_of<'a>(document: &'a Document<'a>, words: &str) -> Node<'a, 'a> {
    match words.split(' ').collect::<Vec<_>>().as_slice() {
        [name] => named(document.root(), name, None),
        [name, id] => named(document.root(), name, Some(id)),
        [name, "of", owner, id] => named(named(document.root(), owner, Some(id)), name, None),
        other => panic!("no place: {other:?}"),
    }
}

fn named<'a>(below: Node<'a, 'a>, name: &str, id: Option<&str>) -> Node<'a, 'a> {
    let fits = |node: &Node| {
        node.has_tag_name((NAMESPACE, name)) && id.is_none_or(|id| node.attribute("Id") == Some(id))
    };
    below
        .descendants()
        .find(fits)
        .unwrap_or_else(|| panic!("there is no {name} {id:?}"))
}

/// "ELEMENT KEY": its order, id, key or claim.
fn keyed<'a>(container: Node<'a, 'a>, words: &str) -> Node<'a, 'a> {
    let (name, key) = words.split_once(' ').expect("an element and its key");
    let keys = ["Order", "Id", "Key", "ClaimTypeReferenceId"];
    let fits = |node: &Node| {
        node.has_tag_name((NAMESPACE, name))
            && keys
                .iter()
                .any(|attribute| node.attribute(*attribute) == Some(key))
    };
    container
        .descendants()
        .find(fits)
        .unwrap_or_else(|| panic!("there is no {words}"))
}

/// "n to m and number those behind them anew".
fn without_steps(text: &str, journey: Node, words: &str) -> String {
    let numbers: Vec<usize> = words.split(' ').filter_map(|word| word.parse().ok()).collect();
    let [first, last] = numbers[..] else {
        panic!("not two numbers: {words}")
    };
    let mut text = text.to_owned();
    let steps: Vec<Node> = journey
        .descendants()
        .filter(|node| node.has_tag_name((NAMESPACE, "OrchestrationStep")))
        .collect();
    for step in steps.iter().rev() {
        let order: usize = step.attribute("Order").unwrap().parse().unwrap();
        let range = step.range();
        if (first..=last).contains(&order) {
            text.replace_range(range, "");
        } else if order > last {
            let number = step.attribute_node("Order").unwrap().range_value();
            text.replace_range(number, &(order - (last - first + 1)).to_string());
        }
    }
    text
}
