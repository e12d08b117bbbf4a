//! What the published schema 0.3.0.0 demands: which elements and attributes, in which order, with which words.
//!
//! The demands are a compact table of our own ([`table`]); [`values`] checks words and forms, [`unique`] identifiers.

mod table;
mod unique;
mod values;

use super::xml::Element;
use crate::finding::Finding;
use table::{Child, Shape};

const NAMESPACE: &str = "http://schemas.microsoft.com/online/cpim/schemas/2013/06";
const WHY: &str = "Azure AD B2C validates every upload against its schema and refuses the whole file";

/// Checks a whole file.
pub(super) fn check(root: Element<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if root.namespace() != Some(NAMESPACE) {
        findings.push(
            Finding::error(
                "schema-namespace",
                &root.span(),
                "the policy is not in the policy namespace",
            )
            .why(WHY)
            .instead(format!("xmlns=\"{NAMESPACE}\" on the root element")),
        );
    }
    element(root, "TrustFrameworkPolicy", &mut findings);
    unique::check(root, &mut findings);
    findings
}

fn element(node: Element<'_>, kind: &str, findings: &mut Vec<Finding>) {
    let Some(shape) = table::shape(kind) else {
        return leaf(node, kind, findings);
    };
    attributes(node, shape, findings);
    if shape.open {
        return;
    }
    if !shape.text && node.has_text() {
        findings.push(stray_text(node));
    }
    order(node, shape, findings);
    for child in node.children() {
        match shape.child(child.name()) {
            Some(known) => element(child, known.kind, findings),
            None => findings.push(unknown_element(node, child, shape)),
        }
    }
}

/// An element of text only.
fn leaf(node: Element<'_>, kind: &str, findings: &mut Vec<Finding>) {
    for child in node.children() {
        findings.push(
            Finding::error(
                "schema-element",
                &child.span(),
                format!("`{}` holds text only, not `{}`", node.name(), child.name()),
            )
            .why(WHY)
            .instead(format!(
                "remove `{}` or move it where the schema wants it",
                child.name()
            )),
        );
    }
    if let Some(fault) = kind
        .strip_prefix('@')
        .and_then(|form| values::fault(form, &node.text()))
    {
        findings.push(wrong_value(&format!("`{}`", node.name()), node, &fault));
    }
}

fn attributes(node: Element<'_>, shape: &Shape, findings: &mut Vec<Finding>) {
    for name in node.attributes() {
        let Some(known) = shape.attributes.iter().find(|known| known.name == name) else {
            findings.push(unknown_attribute(node, name, shape));
            continue;
        };
        let value = node.attr(name).unwrap_or_default();
        if let Some(fault) = known.form.and_then(|form| values::fault(form, &value)) {
            findings.push(wrong_value(&format!("{name} of `{}`", node.name()), node, &fault));
        }
    }
    for required in shape.attributes.iter().filter(|known| known.required) {
        if node.attr(required.name).is_none() {
            findings.push(
                Finding::error(
                    "schema-attribute",
                    &node.span(),
                    format!("`{}` lacks its attribute {}", node.name(), required.name),
                )
                .why(WHY)
                .instead(format!("<{} {}=\"…\"", node.name(), required.name)),
            );
        }
    }
}

fn order(node: Element<'_>, shape: &Shape, findings: &mut Vec<Finding>) {
    let mut reached: Option<(usize, &str)> = None;
    for child in node.children() {
        let Some(at) = shape.children.iter().position(|known| known.name == child.name()) else {
            continue;
        };
        match reached {
            Some((last, before)) if at < last => findings.push(out_of_order(child, before, shape)),
            Some((last, _)) if at == last && shape.children.get(at).is_some_and(|known| !known.many) => {
                findings.push(twice(node, child));
            }
            _ => reached = Some((at, child.name())),
        }
    }
    for missing in shape
        .children
        .iter()
        .filter(|known| known.required && node.child(known.name).is_none())
    {
        findings.push(lacks(node, missing));
    }
}

fn out_of_order(child: Element<'_>, before: &str, shape: &Shape) -> Finding {
    let order: Vec<_> = shape.children.iter().map(|known| known.name).collect();
    let message = format!("`{}` must stand before `{before}`", child.name());
    Finding::error("schema-order", &child.span(), message)
        .why(WHY)
        .instead(format!("this order: {}", order.join(", ")))
}

fn twice(node: Element<'_>, child: Element<'_>) -> Finding {
    let message = format!("`{}` stands twice in `{}`", child.name(), node.name());
    Finding::error("schema-element", &child.span(), message)
        .why(WHY)
        .instead("one of the two, with the content of both")
}

fn lacks(node: Element<'_>, missing: &Child) -> Finding {
    let message = format!("`{}` lacks `{}`", node.name(), missing.name);
    Finding::error("schema-element", &node.span(), message)
        .why(WHY)
        .instead(format!(
            "add `{}`, or remove the empty `{}`",
            missing.name,
            node.name()
        ))
}

fn unknown_element(node: Element<'_>, child: Element<'_>, shape: &Shape) -> Finding {
    let names: Vec<_> = shape.children.iter().map(|known| known.name).collect();
    let message = format!("`{}` is not known in `{}`", child.name(), node.name());
    let instead = if names.is_empty() {
        "nothing".to_owned()
    } else {
        format!("one of {}", names.join(", "))
    };
    Finding::error("schema-element", &child.span(), message)
        .why(WHY)
        .instead(instead)
}

fn unknown_attribute(node: Element<'_>, name: &str, shape: &Shape) -> Finding {
    let names: Vec<_> = shape.attributes.iter().map(|known| known.name).collect();
    let message = format!("`{}` has no attribute {name}", node.name());
    let instead = if names.is_empty() {
        "no attribute".to_owned()
    } else {
        format!("one of {}", names.join(", "))
    };
    Finding::error("schema-attribute", &node.span(), message)
        .why(WHY)
        .instead(instead)
}

fn stray_text(node: Element<'_>) -> Finding {
    let message = format!("`{}` holds text between its elements", node.name());
    Finding::error("schema-element", &node.span(), message)
        .why(WHY)
        .instead("a comment: <!-- … -->")
}

fn wrong_value(what: &str, node: Element<'_>, fault: &values::Fault) -> Finding {
    Finding::error("schema-value", &node.span(), format!("{what} is {}", fault.found))
        .why(WHY)
        .instead(fault.wanted.clone())
}

#[cfg(test)]
mod tests {
    use super::super::xml::File;
    use crate::finding::Finding;

    fn check(body: &str) -> Vec<Finding> {
        let xml = format!(
            "<TrustFrameworkPolicy xmlns=\"{}\" PolicySchemaVersion=\"0.3.0.0\" TenantId=\"a.onmicrosoft.com\" \
             PolicyId=\"B2C_1A_a\" PublicPolicyUri=\"http://a\">\n{body}</TrustFrameworkPolicy>",
            super::NAMESPACE
        );
        let document = roxmltree::Document::parse(&xml).unwrap();
        super::check(File::new(&document, &"a.xml".into()).root())
    }

    fn one(body: &str, rule: &str, line: u32) -> Finding {
        let mut findings = check(body);
        assert_eq!(findings.len(), 1, "{findings:#?}");
        let finding = findings.remove(0);
        assert_eq!((finding.rule, finding.span.line), (rule, line), "{finding}");
        finding
    }

    #[test]
    fn an_element_before_its_turn_is_named_with_the_right_order() {
        let body = "<RelyingParty>\n<UserJourneyBehaviors>\n<ScriptExecution>Allow</ScriptExecution>\n\
                    <SessionExpiryType>Rolling</SessionExpiryType>\n</UserJourneyBehaviors>\n</RelyingParty>";
        let finding = one(body, "schema-order", 5);
        assert_eq!(
            finding.message,
            "`SessionExpiryType` must stand before `ScriptExecution`"
        );
        assert!(finding.instead.contains("SingleSignOn, SessionExpiryType"));
    }

    #[test]
    fn an_unknown_element_is_refused() {
        one("<RelyingParty><Journey/></RelyingParty>", "schema-element", 2);
    }

    #[test]
    fn an_unknown_attribute_is_refused() {
        one(
            "<SubJourneys><SubJourney Id=\"a\" Type=\"Call\" Way=\"x\"/></SubJourneys>",
            "schema-attribute",
            2,
        );
    }

    #[test]
    fn a_missing_attribute_is_refused() {
        one(
            "<SubJourneys><SubJourney Id=\"a\"/></SubJourneys>",
            "schema-attribute",
            2,
        );
    }

    #[test]
    fn a_word_outside_the_vocabulary_is_refused() {
        let finding = one(
            "<SubJourneys><SubJourney Id=\"a\" Type=\"Go\"/></SubJourneys>",
            "schema-value",
            2,
        );
        assert_eq!(finding.instead, "one of Transfer, Call");
    }

    #[test]
    fn a_boolean_with_a_capital_letter_is_refused() {
        one(
            "<BuildingBlocks><Localization Enabled=\"True\"/></BuildingBlocks>",
            "schema-value",
            2,
        );
    }

    #[test]
    fn an_empty_list_that_must_not_be_empty_is_refused() {
        one("<UserJourneys/>", "schema-element", 2);
    }

    #[test]
    fn an_element_that_may_stand_once_is_refused_twice() {
        one("<RelyingParty/>\n<RelyingParty/>", "schema-element", 3);
    }

    #[test]
    fn text_between_elements_is_refused() {
        one(
            "<SubJourneys>oops<SubJourney Id=\"a\" Type=\"Call\"/></SubJourneys>",
            "schema-element",
            2,
        );
    }

    #[test]
    fn an_identifier_used_twice_is_refused_whatever_the_provider() {
        let provider = "<ClaimsProvider><TechnicalProfiles><TechnicalProfile Id=\"a\"/></TechnicalProfiles></ClaimsProvider>\n";
        one(
            &format!("<ClaimsProviders>{provider}{provider}</ClaimsProviders>"),
            "duplicate",
            3,
        );
    }

    #[test]
    fn a_policy_outside_the_namespace_is_refused() {
        let document = roxmltree::Document::parse(
            "<TrustFrameworkPolicy PolicySchemaVersion='0.3.0.0' TenantId='a.b' PolicyId='a' PublicPolicyUri='x'/>",
        )
        .unwrap();
        let findings = super::check(File::new(&document, &"a.xml".into()).root());
        assert_eq!(
            findings.iter().map(|f| f.rule).collect::<Vec<_>>(),
            ["schema-namespace"]
        );
    }
}
