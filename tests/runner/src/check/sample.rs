//! A small sound policy for tests of rules, to put one fault into.

use super::findings;
use crate::load::{self, Source};

/// A policy under construction.
pub(super) struct Sample {
    attributes: String,
    pages: String,
    profiles: Vec<String>,
    steps: Vec<String>,
    behaviors: String,
    token: String,
}

impl Sample {
    /// The line of the first profile's first metadata item.
    pub(super) const PROFILE_LINE: u32 = 12;

    pub(super) fn new() -> Self {
        Self {
            attributes: String::new(),
            pages: String::new(),
            profiles: Vec::new(),
            steps: Vec::new(),
            behaviors: String::new(),
            token: String::new(),
        }
    }

    /// Attributes of the root.
    pub(super) fn attributes(mut self, attributes: &str) -> Self {
        attributes.clone_into(&mut self.attributes);
        self
    }

    /// Content definitions.
    pub(super) fn pages(mut self, pages: &str) -> Self {
        self.pages.push_str(pages);
        self
    }

    /// A profile of a provider class, with metadata items and what follows them.
    pub(super) fn profile(mut self, id: &str, class: &str, metadata: &str, rest: &str) -> Self {
        let metadata = if metadata.is_empty() {
            String::new()
        } else {
            format!("<Metadata>\n{metadata}</Metadata>")
        };
        let handler = format!("Web.TPEngine.Providers.{class}, Web.TPEngine, Version=1.0.0.0");
        self.profiles.push(format!(
            "<TechnicalProfile Id=\"{id}\">\n<DisplayName>{id}</DisplayName>\n\
             <Protocol Name=\"Proprietary\" Handler=\"{handler}\" />{metadata}{rest}</TechnicalProfile>\n"
        ));
        self
    }

    /// A step that executes a profile.
    pub(super) fn step(self, profile: &str, preconditions: &str) -> Self {
        let exchange = format!(
            "{preconditions}<ClaimsExchanges><ClaimsExchange Id=\"e{}\" TechnicalProfileReferenceId=\"{profile}\" />\
             </ClaimsExchanges>",
            self.steps.len()
        );
        self.raw_step("ClaimsExchange", &exchange)
    }

    /// A step of a type with this content.
    pub(super) fn raw_step(mut self, kind: &str, content: &str) -> Self {
        self.steps.push(format!(
            "Type=\"{kind}\" ContentDefinitionReferenceId=\"api.page\">{content}"
        ));
        self
    }

    /// Content of `UserJourneyBehaviors`.
    pub(super) fn behaviors(mut self, behaviors: &str) -> Self {
        self.behaviors = format!("<UserJourneyBehaviors>{behaviors}</UserJourneyBehaviors>");
        self
    }

    /// Output claims of the relying party.
    pub(super) fn token(mut self, claims: &str) -> Self {
        self.token.push_str(claims);
        self
    }

    /// The text of the policy.
    pub(super) fn text(&self) -> String {
        let Self {
            attributes,
            pages,
            behaviors,
            token,
            ..
        } = self;
        let profiles = self.profiles.concat();
        let order = |(at, step): (usize, &String)| {
            format!(
                "<OrchestrationStep Order=\"{}\" {step}</OrchestrationStep>\n",
                at + 1
            )
        };
        let steps: String = self.steps.iter().enumerate().map(order).collect();
        let last = self.steps.len() + 1;
        format!(
            r#"<TrustFrameworkPolicy xmlns="http://schemas.microsoft.com/online/cpim/schemas/2013/06" PolicySchemaVersion="0.3.0.0" TenantId="contoso.onmicrosoft.com" PolicyId="B2C_1A_test" PublicPolicyUri="http://contoso.onmicrosoft.com/B2C_1A_test" {attributes}>
<BuildingBlocks><ClaimsSchema>
<ClaimType Id="email"><DisplayName>E-mail</DisplayName><DataType>string</DataType><UserInputType>TextBox</UserInputType></ClaimType>
<ClaimType Id="verified"><DisplayName>Verified</DisplayName><DataType>boolean</DataType></ClaimType>
</ClaimsSchema><ContentDefinitions>
<ContentDefinition Id="api.page"><LoadUri>~/tenant/templates/AzureBlue/selfAsserted.cshtml</LoadUri><RecoveryUri>~/common/default_page_error.html</RecoveryUri><DataUri>urn:com:microsoft:aad:b2c:elements:contract:selfasserted:2.1.30</DataUri></ContentDefinition>
{pages}</ContentDefinitions></BuildingBlocks>
<ClaimsProviders><ClaimsProvider><TechnicalProfiles>
{profiles}<TechnicalProfile Id="JwtIssuer"><DisplayName>JWT</DisplayName><Protocol Name="OpenIdConnect" /><OutputTokenFormat>JWT</OutputTokenFormat></TechnicalProfile>
</TechnicalProfiles></ClaimsProvider></ClaimsProviders>
<UserJourneys><UserJourney Id="Journey"><OrchestrationSteps>
{steps}<OrchestrationStep Order="{last}" Type="SendClaims" CpimIssuerTechnicalProfileReferenceId="JwtIssuer" />
</OrchestrationSteps></UserJourney></UserJourneys>
<RelyingParty><DefaultUserJourney ReferenceId="Journey" />{behaviors}<TechnicalProfile Id="PolicyProfile"><DisplayName>P</DisplayName><Protocol Name="OpenIdConnect" /><OutputClaims>{token}</OutputClaims><SubjectNamingInfo ClaimType="sub" /></TechnicalProfile></RelyingParty>
</TrustFrameworkPolicy>
"#
        )
    }
}

/// The lines of all findings of a rule. Loading must have nothing to say: a sample with a broken form proves nothing.
pub(super) fn rules(sample: &Sample, rule: &str) -> Vec<u32> {
    let source = Source {
        name: "test.xml".into(),
        text: sample.text(),
    };
    let loaded = load::from_sources(vec![source], Vec::new());
    assert_eq!(loaded.findings, [], "{}", sample.text());
    findings(&loaded)
        .iter()
        .filter(|finding| finding.rule == rule)
        .map(|finding| finding.span.line)
        .collect()
}

#[test]
fn the_sample_itself_is_clean() {
    let sample = Sample::new();
    let source = Source {
        name: "test.xml".into(),
        text: sample.text(),
    };
    assert_eq!(findings(&load::from_sources(vec![source], Vec::new())), []);
}
