//! One small invented policy, to fill with what a test is about.

/// The parts of a policy; everything a test leaves out is there already or not needed.
#[derive(Debug, Default, Clone)]
pub(crate) struct Policy {
    pub(crate) transformations: String,
    pub(crate) controls: String,
    pub(crate) profiles: String,
    pub(crate) steps: Vec<String>,
    pub(crate) journeys: String,
    pub(crate) behaviors: String,
    pub(crate) party_inputs: String,
    pub(crate) token: String,
}

/// Claims of the schema: id, data type, how a page asks for it.
const CLAIMS: [(&str, &str, &str); 22] = [
    ("email", "string", "TextBox"),
    ("password", "string", "Password"),
    ("newPassword", "string", "Password"),
    ("displayName", "string", "TextBox"),
    ("reason", "string", "Paragraph"),
    ("code", "string", "TextBox"),
    ("objectId", "string", ""),
    ("seen", "string", ""),
    ("status", "string", ""),
    ("city", "string", ""),
    ("bearer", "string", ""),
    ("body", "string", ""),
    ("grant", "string", ""),
    ("correlation", "string", ""),
    ("issuedOn", "string", ""),
    ("hinted", "string", ""),
    ("phone", "string", ""),
    ("secret", "string", ""),
    ("qr", "string", ""),
    ("agreed", "boolean", ""),
    ("always", "boolean", ""),
    ("score", "int", ""),
];

/// The relying party's name.
pub(crate) const ID: &str = "B2C_1A_contoso";

impl Policy {
    /// A technical profile of a provider class.
    pub(crate) fn profile(mut self, id: &str, class: &str, metadata: &[(&str, &str)], rest: &str) -> Self {
        let handler = format!("Web.TPEngine.Providers.{class}, Web.TPEngine, Version=1.0.0.0");
        let protocol = format!("<Protocol Name=\"Proprietary\" Handler=\"{handler}\" />");
        self.profiles.push_str(&technical(id, &protocol, metadata, rest));
        self
    }

    /// A technical profile of another protocol.
    pub(crate) fn other(mut self, id: &str, protocol: &str, metadata: &[(&str, &str)], rest: &str) -> Self {
        self.profiles.push_str(&technical(id, protocol, metadata, rest));
        self
    }

    /// A page that asks for claims.
    pub(crate) fn page(self, id: &str, metadata: &[(&str, &str)], rest: &str) -> Self {
        let all = [&[("ContentDefinitionReferenceId", "api.page")], metadata].concat();
        self.profile(id, "SelfAssertedAttributeProvider", &all, rest)
    }

    /// A step that executes a profile.
    pub(crate) fn step(self, profile: &str) -> Self {
        self.guarded(profile, "")
    }

    /// A step that executes a profile, with preconditions.
    pub(crate) fn guarded(self, profile: &str, preconditions: &str) -> Self {
        let id = format!("Exchange{}", self.steps.len() + 1);
        self.raw(&format!(
            "Type=\"ClaimsExchange\">{preconditions}<ClaimsExchanges>\
             <ClaimsExchange Id=\"{id}\" TechnicalProfileReferenceId=\"{profile}\" /></ClaimsExchanges>"
        ))
    }

    /// A step: its attributes, `>`, its content.
    pub(crate) fn raw(mut self, step: &str) -> Self {
        self.steps.push(step.to_owned());
        self
    }

    /// Claims of the token.
    pub(crate) fn token(mut self, claims: &[&str]) -> Self {
        let one = |claim: &&str| format!("<OutputClaim ClaimTypeReferenceId=\"{claim}\" />");
        self.token.extend(claims.iter().map(one));
        self
    }

    /// Its XML.
    pub(crate) fn xml(&self) -> String {
        let claims: String = CLAIMS.iter().map(claim_type).collect();
        let last = self.steps.len() + 1;
        let numbered = |(at, step): (usize, &String)| {
            format!(
                "<OrchestrationStep Order=\"{}\" {step}</OrchestrationStep>\n",
                at + 1
            )
        };
        let steps: String = self.steps.iter().enumerate().map(numbered).collect();
        let Self {
            transformations,
            controls,
            profiles,
            journeys,
            behaviors,
            party_inputs,
            token,
            ..
        } = self;
        let transformations = wrapped("ClaimsTransformations", transformations);
        let controls = wrapped("DisplayControls", controls);
        let behaviors = wrapped("UserJourneyBehaviors", behaviors);
        let party_inputs = wrapped("InputClaims", party_inputs);
        format!(
            r#"<TrustFrameworkPolicy xmlns="http://schemas.microsoft.com/online/cpim/schemas/2013/06" PolicySchemaVersion="0.3.0.0" TenantId="contoso.onmicrosoft.com" PolicyId="{ID}" PublicPolicyUri="http://contoso.onmicrosoft.com/{ID}">
<BuildingBlocks><ClaimsSchema>{claims}</ClaimsSchema>{transformations}<ContentDefinitions>
<ContentDefinition Id="api.page"><LoadUri>~/tenant/templates/AzureBlue/selfAsserted.cshtml</LoadUri><RecoveryUri>~/common/default_page_error.html</RecoveryUri><DataUri>urn:com:microsoft:aad:b2c:elements:contract:selfasserted:2.1.30</DataUri></ContentDefinition>
<ContentDefinition Id="api.signin"><LoadUri>~/tenant/templates/AzureBlue/unified.cshtml</LoadUri><RecoveryUri>~/common/default_page_error.html</RecoveryUri><DataUri>urn:com:microsoft:aad:b2c:elements:contract:unifiedssp:2.1.19</DataUri></ContentDefinition>
<ContentDefinition Id="api.choice"><LoadUri>~/tenant/templates/AzureBlue/idpSelector.cshtml</LoadUri><RecoveryUri>~/common/default_page_error.html</RecoveryUri><DataUri>urn:com:microsoft:aad:b2c:elements:contract:providerselection:1.2.3</DataUri></ContentDefinition>
<ContentDefinition Id="api.phone"><LoadUri>~/tenant/templates/AzureBlue/multifactor.cshtml</LoadUri><RecoveryUri>~/common/default_page_error.html</RecoveryUri><DataUri>urn:com:microsoft:aad:b2c:elements:contract:multifactor:1.2.8</DataUri></ContentDefinition>
</ContentDefinitions>{controls}</BuildingBlocks>
<ClaimsProviders><ClaimsProvider><DisplayName>Contoso</DisplayName><TechnicalProfiles>
{profiles}<TechnicalProfile Id="JwtIssuer"><DisplayName>JWT</DisplayName><Protocol Name="OpenIdConnect" /><OutputTokenFormat>JWT</OutputTokenFormat><CryptographicKeys><Key Id="issuer_secret" StorageReferenceId="B2C_1A_Signing" /><Key Id="issuer_refresh_token_key" StorageReferenceId="B2C_1A_Refresh" /></CryptographicKeys></TechnicalProfile>
</TechnicalProfiles></ClaimsProvider></ClaimsProviders>
<UserJourneys><UserJourney Id="Main"><OrchestrationSteps>
{steps}<OrchestrationStep Order="{last}" Type="SendClaims" CpimIssuerTechnicalProfileReferenceId="JwtIssuer" />
</OrchestrationSteps></UserJourney>{journeys}
<RelyingParty><DefaultUserJourney ReferenceId="Main" />{behaviors}<TechnicalProfile Id="PolicyProfile"><DisplayName>P</DisplayName><Protocol Name="OpenIdConnect" />{party_inputs}<OutputClaims><OutputClaim ClaimTypeReferenceId="objectId" PartnerClaimType="sub" DefaultValue="nobody" />{token}</OutputClaims><SubjectNamingInfo ClaimType="sub" /></TechnicalProfile></RelyingParty>
</TrustFrameworkPolicy>
"#
        )
        // `journeys` may close the journeys by itself, to put sub journeys after them.
        .replace("\n<RelyingParty>", if self.journeys.contains("</UserJourneys>") { "\n<RelyingParty>" } else { "</UserJourneys>\n<RelyingParty>" })
    }
}

fn technical(id: &str, protocol: &str, metadata: &[(&str, &str)], rest: &str) -> String {
    let item = |(key, value): &(&str, &str)| format!("<Item Key=\"{key}\">{value}</Item>");
    let metadata = wrapped("Metadata", &metadata.iter().map(item).collect::<String>());
    format!(
        "<TechnicalProfile Id=\"{id}\"><DisplayName>{id}</DisplayName>{protocol}{metadata}{rest}</TechnicalProfile>\n"
    )
}

fn wrapped(element: &str, content: &str) -> String {
    if content.is_empty() {
        String::new()
    } else {
        format!("<{element}>{content}</{element}>")
    }
}

fn claim_type((id, kind, input): &(&str, &str, &str)) -> String {
    let input = wrapped("UserInputType", input);
    format!(
        "<ClaimType Id=\"{id}\"><DisplayName>{id}</DisplayName><DataType>{kind}</DataType>{input}</ClaimType>"
    )
}

/// `InputClaims` of claims, each perhaps `claim=partner` or `claim~default`.
pub(crate) fn inputs(claims: &[&str]) -> String {
    wrapped("InputClaims", &uses("InputClaim", claims))
}

/// `OutputClaims`, written like [`inputs`].
pub(crate) fn outputs(claims: &[&str]) -> String {
    wrapped("OutputClaims", &uses("OutputClaim", claims))
}

fn uses(element: &str, claims: &[&str]) -> String {
    let one = |written: &&str| {
        let (written, default) = written
            .split_once('~')
            .map_or((*written, None), |(a, b)| (a, Some(b)));
        let (claim, partner) = written
            .split_once('=')
            .map_or((written, None), |(a, b)| (a, Some(b)));
        let attribute = |name: &str, value: Option<&str>| {
            value.map_or(String::new(), |value| format!(" {name}=\"{value}\""))
        };
        format!(
            "<{element} ClaimTypeReferenceId=\"{claim}\"{}{} />",
            attribute("PartnerClaimType", partner),
            attribute("DefaultValue", default)
        )
    };
    claims.iter().map(one).collect()
}

/// `CryptographicKeys`: key id and policy key.
pub(crate) fn keys(pairs: &[(&str, &str)]) -> String {
    let one = |(id, name): &(&str, &str)| format!("<Key Id=\"{id}\" StorageReferenceId=\"{name}\" />");
    wrapped("CryptographicKeys", &pairs.iter().map(one).collect::<String>())
}
