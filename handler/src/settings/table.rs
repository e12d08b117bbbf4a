//! Every setting there is: the table that loading follows and that the README shows.

/// One setting.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting {
    /// Its name, `Section:Key`; `<n>` stands for 0, 1, 2 …
    pub name: &'static str,
    /// Meaning, unit and limits.
    #[cfg_attr(
        not(any(test, feature = "testing")),
        expect(dead_code, reason = "for the README")
    )]
    pub doc: &'static str,
    /// What holds when it is not given; a setting without default is either required or switches something on.
    pub default: Option<&'static str>,
    /// A value as it might be; never a secret.
    pub example: &'static str,
    /// Whether the value is a secret: it belongs in Key Vault, as the secret `Section--Key`.
    pub secret: bool,
    /// Whether it is needed before Key Vault is read, to reach it or to answer whoever asks meanwhile, so that it cannot come
    /// from there.
    pub early: bool,
    /// Its name in earlier releases, which is still understood.
    pub formerly: Option<&'static str>,
}

impl Setting {
    const fn of(name: &'static str, doc: &'static str) -> Self {
        Self {
            name,
            doc,
            default: None,
            example: "",
            secret: false,
            early: false,
            formerly: None,
        }
    }

    /// Which front reads it.
    #[cfg(any(test, feature = "testing"))]
    fn front(&self) -> &'static str {
        const SAMPLE: [&str; 6] = [
            "Sample:",
            "AppSettings:IdTokenSigningKey",
            "AppSettings:IdTokenEncryptionKey",
            "AppSettings:IdTokenIssuer",
            "AppSettings:IdTokenAudience",
            "AppSettings:BaseRedirectUrl",
        ];
        const OPENID: [&str; 5] = [
            "Clients:",
            "AppSettings:IdTokenLifeSeconds",
            "Verification:RequestUriLifeSeconds",
            "Verification:CodeLifeSeconds",
            "Verification:AccessTokenLifeSeconds",
        ];
        let is_of = |names: &[&str]| names.iter().any(|name| self.name.starts_with(name));
        match (is_of(&SAMPLE), is_of(&OPENID)) {
            (true, _) => "sample",
            (false, true) => "openid",
            (false, false) => "both",
        }
    }

    /// Its name, and its old one if it has one.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        [self.name].into_iter().chain(self.formerly)
    }

    const fn or(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }

    const fn such_as(mut self, example: &'static str) -> Self {
        self.example = example;
        self
    }

    const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    const fn early(mut self) -> Self {
        self.early = true;
        self
    }

    const fn formerly(mut self, name: &'static str) -> Self {
        self.formerly = Some(name);
        self
    }
}

macro_rules! table {
    ($($(#[doc = $doc:literal])+ $id:ident = $name:literal $(. $how:ident($($what:literal)?))*;)+) => {
        $($(#[doc = $doc])+ pub(crate) const $id: Setting = Setting::of($name, concat!($($doc),+))$(.$how($($what)?))*;)+

        /// The table, in the order of the README.
        pub(crate) static ALL: &[Setting] = &[$($id),+];
    };
}

table! {
    /// Public origin of this app, as browsers, Jumio and clients reach it. Without a slash at the end, it is the issuer of tokens.
    PUBLIC_URL = "AppSettings:PublicUrl".such_as("https://idv.example.com").early();
    /// Where weaknesses of this app are reported, an https: or mailto: address; published at `/.well-known/security.txt`
    /// (RFC 9116). Without one there is no such file.
    SECURITY_CONTACT = "AppSettings:SecurityContact".such_as("mailto:security@example.com").early();
    /// Minimum level of the handler's own log records: error, warn, info, debug or trace. Libraries stay at warn.
    LOG_LEVEL = "AppSettings:LogLevel".or("info").early();
    /// Language of pages when the browser asks for none of these: en, de, fr, es or ar.
    DEFAULT_LANGUAGE = "AppSettings:DefaultLanguage".or("en");

    /// Address of the Key Vault. Without one, every setting must be given directly.
    KEY_VAULT_URL = "AppSettings:KeyVaultUrl".such_as("https://kv1.vault.azure.net").early();
    /// How settings in Key Vault are found. `list`: the app lists all secrets, and any setting may be one of them. `named`: for
    /// an identity that may not list; the app reads only the secrets that other settings name (such as `SecretName`), and those
    /// of `StateKey`, `PreviousStateKey`, `SubjectKey`, Jumio's `AuthUsername` and `AuthPassword` (with a `BaseUrl` also
    /// `NetverifyUsername` and `NetverifyPassword`), both `BasicPassword`s, and, when a `Sample` setting is given directly, of
    /// `IdTokenSigningKey`, `IdTokenEncryptionKey` and both `BaseSecret`s.
    KEY_VAULT_NAMES = "KeyVault:Names".or("list").early();
    /// Set by App Service when the app has a managed identity, and checked here.
    IDENTITY_ENDPOINT = "IDENTITY_ENDPOINT".such_as("http://127.0.0.1:41741/msi/token/").early();
    /// Client id of the user-assigned managed identity; without one, the system-assigned identity is used.
    IDENTITY_CLIENT_ID = "AppSettings:ManagedIdentityClientId".such_as("11111111-2222-4333-8444-555555555555").early();
    /// Seconds between two readings of Key Vault, 30 to 86400. New values take effect without a restart.
    REFRESH = "AppSettings:SecretsRefreshSeconds".or("600").early();
    /// How many requests are processed at once, 8 to 10000. Up to 15 times as many wait, at most 5 s; who comes on top of that,
    /// or waits longer, is answered 503. A form takes its place when all of it has arrived; at most 4 times as many may
    /// be arriving at once, and for one more the oldest is given up and answered 408.
    MAX_REQUESTS = "AppSettings:MaxRequests".or("200").early();
    /// Header in which the front end puts the address of the client. Failed credentials are then limited per address,
    /// whatever its port, and in IPv6 per network (/64), and so are starts (`Spend:MaxStartsPerAddressPerDay`). Name only a header that the front end overwrites: the Functions
    /// host's own `X-Forwarded-For` names the host.
    CLIENT_ADDRESS_HEADER = "AppSettings:ClientAddressHeader".such_as("X-Azure-ClientIP").early();
    /// PEM file with further trusted certificate authorities for outgoing calls.
    EXTRA_CA_FILE = "AppSettings:ExtraCaFile".such_as("/home/site/ca.pem").early();
    /// For tests: host names that resolve to this machine, as `host=ip`, whitespace-separated; ports stay as they are.
    RESOLVE_OVERRIDES = "AppSettings:ResolveOverrides".such_as("kv1.vault.azure.net=127.0.0.1").early();

    /// Name of the Key Vault certificate that signs tokens. One of the three `SigningCert` settings is needed.
    SIGNING_CERT_NAME = "AppSettings:SigningCertName".such_as("idv-signing");
    /// Name of a second Key Vault certificate, with a key on the curve P-256, for clients whose `SigningAlg` is ES256. A new version
    /// follows the one before as that of the first does.
    SIGNING_EC_CERT_NAME = "AppSettings:SigningEcCertName".such_as("idv-signing-ec").early();
    /// Thumbprint (SHA-1) of the certificate that signs tokens, loaded by App Service.
    SIGNING_CERT_THUMBPRINT = "AppSettings:SigningCertThumbprint".such_as("6F2E…40 hexadecimal digits");
    /// The certificate that signs tokens with its private key, as PEM or base64 of PKCS#12.
    SIGNING_CERT = "AppSettings:SigningCert".secret();
    /// Password of that PKCS#12, or of the loaded file.
    SIGNING_CERT_PASSWORD = "AppSettings:SigningCertPassword".secret();
    /// Key Vault certificate that signed before. It stays published, and signs on until the current one is old enough.
    PREVIOUS_SIGNING_CERT_NAME = "AppSettings:PreviousSigningCertName".such_as("idv-signing-2025");
    /// The same by thumbprint.
    PREVIOUS_SIGNING_CERT_THUMBPRINT = "AppSettings:PreviousSigningCertThumbprint".such_as("40 hexadecimal digits");
    /// Seconds that a new version of the Key Vault certificate is published before it signs, 0 to 2592000, so that
    /// clients have read it.
    SIGNING_KEY_PUBLISH = "AppSettings:SigningKeyPublishSeconds".or("86400");
    /// Set by you, read by App Service and checked here: thumbprints of certificates to load, or an asterisk.
    LOAD_CERTIFICATES = "WEBSITE_LOAD_CERTIFICATES".such_as("*").early();
    /// Folder where App Service puts loaded certificates, each as `thumbprint.p12`.
    CERTIFICATE_FOLDER = "AppSettings:CertificateFolder".or("/var/ssl/private").early();

    /// Master key from which the keys for tickets, codes and encrypted facts are derived: base64 of at least 32 random bytes.
    STATE_KEY = "AppSettings:StateKey".secret();
    /// The previous master key, accepted until what it sealed has expired. Needed once after each change of the master key.
    PREVIOUS_STATE_KEY = "AppSettings:PreviousStateKey".secret();
    /// Key of the hashes of subjects: base64 of at least 32 random bytes. It must never change. Without one, it is generated
    /// once and kept in the fact store, encrypted with the state key.
    SUBJECT_KEY = "AppSettings:SubjectKey".secret();

    /// Seconds an `id_token` is valid, 60 to 3600.
    ID_TOKEN_LIFE = "AppSettings:IdTokenLifeSeconds".or("300");

    /// Jumio's API token, which is the `OAuth2` client id of KYX.
    JUMIO_USERNAME = "JumioSettings:AuthUsername".secret();
    /// Jumio's API secret.
    JUMIO_PASSWORD = "JumioSettings:AuthPassword".secret();
    /// Jumio's data centre: amer-1, emea-1 or apac-1. Needed for `kyx`, unless all three addresses below are given.
    JUMIO_REGION = "JumioSettings:Region".such_as("emea-1");
    /// Address of the token service instead of the region's.
    JUMIO_AUTH_URL = "JumioSettings:AuthBaseUrl".such_as("https://auth.emea-1.jumio.ai");
    /// Address of the account service instead of the region's.
    JUMIO_ACCOUNT_URL = "JumioSettings:AccountBaseUrl".such_as("https://account.emea-1.jumio.ai");
    /// Address of the retrieval service instead of the region's.
    JUMIO_RETRIEVAL_URL = "JumioSettings:RetrievalBaseUrl".such_as("https://retrieval.emea-1.jumio.ai");
    /// Key of the workflow definition in your Jumio tenant. Needed for `kyx`.
    JUMIO_WORKFLOW = "JumioSettings:WorkflowKey".such_as("10011");
    /// User-Agent of our calls; Jumio refuses calls without one.
    JUMIO_USER_AGENT = "JumioSettings:UserAgent".such_as("Example-Bank idv/1.0");
    /// Timeout for one Jumio operation, including retries, in seconds, 1 to 60.
    JUMIO_BUDGET = "JumioSettings:BudgetSeconds".or("8");
    /// Transactions per second that Jumio allows your tenant to create, 1 to 100. Each process keeps to it; people beyond it
    /// wait in line.
    JUMIO_RATE = "JumioSettings:CreatesPerSecond".or("1");
    /// Country (ISO 3166-1 alpha-3) of people whose client names none; without it, a page of ours asks the person.
    JUMIO_COUNTRY = "JumioSettings:DefaultCountry".such_as("DEU");
    /// Which of Jumio's APIs gets new transactions: `kyx`, the current one, or `netverify`, the older one. If the settings of
    /// the other are given too, it answers for the transactions that it has.
    JUMIO_API = "JumioSettings:Api".or("kyx");
    /// Address of Netverify. Needed for `netverify`, which needs none of the region, the three addresses and the workflow key.
    JUMIO_BASE_URL = "JumioSettings:BaseUrl".such_as("https://lon.netverify.com");
    /// Netverify's workflow of new transactions, needed for `netverify`: 200, 201 or 202; or 100, 101 or 102, which check the
    /// document alone, so that nobody knows whose it is.
    JUMIO_NETVERIFY_WORKFLOW = "JumioSettings:NetverifyWorkflow".such_as("200");
    /// Netverify's API token, if it is not `AuthUsername`.
    JUMIO_NETVERIFY_USERNAME = "JumioSettings:NetverifyUsername".secret();
    /// Netverify's API secret, if it is not `AuthPassword`.
    JUMIO_NETVERIFY_PASSWORD = "JumioSettings:NetverifyPassword".secret();

    /// Whether the `X-ARR-ClientCert` header may be believed: true only behind App Service with client certificates on.
    TRUST_CLIENT_CERT = "VerifyAuth:TrustClientCertHeader".such_as("true");
    /// Callers' certificates: SHA-256 thumbprints, at least two, to allow rotation; whitespace-separated.
    CLIENT_CERTS = "VerifyAuth:ClientCertThumbprints".such_as("64 hexadecimal digits, twice");
    /// Callers' user name for Basic authentication.
    BASIC_USERNAME = "VerifyAuth:BasicUsername".such_as("b2c");
    /// Its password, at least 16 characters.
    BASIC_PASSWORD = "VerifyAuth:BasicPassword".secret();
    /// The previous user name, still accepted.
    PREVIOUS_BASIC_USERNAME = "VerifyAuth:PreviousBasicUsername".such_as("b2c");
    /// The password of the previous user name.
    PREVIOUS_BASIC_PASSWORD = "VerifyAuth:PreviousBasicPassword".secret();
    /// Issuer of callers' Entra tokens.
    ENTRA_ISSUER = "VerifyAuth:EntraIssuer".such_as("https://login.microsoftonline.com/<tenant>/v2.0");
    /// Audience of callers' Entra tokens.
    ENTRA_AUDIENCE = "VerifyAuth:EntraAudience".such_as("api://idv.example.com");
    /// Ids of the applications that may call, whitespace-separated.
    ENTRA_APP_IDS = "VerifyAuth:EntraAppIds".such_as("99045fe1-7639-4a75-9d4a-577b6ca3810f");
    /// Address of the issuer's metadata, if it is not the usual one below the issuer.
    ENTRA_METADATA = "VerifyAuth:EntraMetadataUrl".such_as("https://login.microsoftonline.com/<tenant>/v2.0/.well-known/openid-configuration");

    /// Id of an OpenID client. Clients are numbered from 0, at most 32. One whose settings are wrong is refused alone.
    CLIENT_ID = "Clients:<n>:Id".such_as("b2c");
    /// Its redirect addresses, whitespace-separated, compared character by character. Of a public client's addresses on
    /// `http://127.0.0.1` and `http://[::1]` the port is not compared.
    CLIENT_REDIRECTS = "Clients:<n>:RedirectUris".such_as("https://contoso.b2clogin.com/contoso.onmicrosoft.com/oauth2/authresp");
    /// How it proves itself: `client_secret_basic` or `client_secret_post`, which mean the same, since either way is accepted;
    /// `private_key_jwt`; or `none` for a public client, such as one in a browser or on a phone.
    CLIENT_AUTH = "Clients:<n>:AuthMethod".such_as("client_secret_post");
    /// Name of the Key Vault secret with its client secret.
    CLIENT_SECRET_NAME = "Clients:<n>:SecretName".such_as("client-b2c");
    /// Its client secret itself, at least 16 characters.
    CLIENT_SECRET = "Clients:<n>:Secret".secret();
    /// Name of the Key Vault secret with its previous client secret, still accepted.
    CLIENT_PREVIOUS_SECRET_NAME = "Clients:<n>:PreviousSecretName".such_as("client-b2c-previous");
    /// Its previous client secret, still accepted.
    CLIENT_PREVIOUS_SECRET = "Clients:<n>:PreviousSecret".secret();
    /// Its public keys for `private_key_jwt`, a JWK set as JSON.
    CLIENT_JWKS = "Clients:<n>:Jwks".such_as("{\"keys\":[…]}");
    /// Address where it publishes such keys, beside `Jwks` or in its place: fetched when an assertion names a key that is not
    /// known, at most once a minute.
    CLIENT_JWKS_URI = "Clients:<n>:JwksUri".such_as("https://client.example.com/jwks.json");
    /// Name of the Key Vault secret with its certificates (PEM, public part) for `private_key_jwt`.
    CLIENT_CERTIFICATE_NAME = "Clients:<n>:CertificateName".such_as("client-b2c-certificate");
    /// What it is told as `email` when it asks for that scope: none; `subject`, `SUB@idv.invalid`, for clients that know people by
    /// an address alone; or `given`, the one that was registered with the ticket or pushed. Never `email_verified`.
    CLIENT_EMAIL = "Clients:<n>:Email".or("none");
    /// What its ID tokens are signed with: RS256; PS256, by the same certificate; or ES256, which needs
    /// `AppSettings:SigningEcCertName`.
    CLIENT_SIGNING_ALG = "Clients:<n>:SigningAlg".or("RS256");
    /// Seconds its ID tokens are valid, 60 to 3600, if not `AppSettings:IdTokenLifeSeconds`.
    CLIENT_ID_TOKEN_LIFE = "Clients:<n>:IdTokenLifeSeconds".such_as("3600");
    /// Whether it may have an ID token as the answer itself (`response_type=id_token` by `form_post`, with a nonce), as some
    /// libraries do by default: then its browser carries the token.
    CLIENT_ID_TOKEN_RESPONSE = "Clients:<n>:IdTokenResponse".or("false").early();
    /// What it may be told of an approved person as the document says it, whitespace-separated: `given_name`, `family_name`, `name`,
    /// `birthdate`, `age_over_16`, `age_over_18`, `age_over_21`. Each only where it is asked for, too (scope `profile`, or the
    /// `claims` parameter), and only once the person was shown it. Read from the vendor in that moment and never stored.
    CLIENT_RELEASE = "Clients:<n>:Release".such_as("given_name family_name age_over_18").early();
    /// What people are told it is called, at most 60 characters; without it, its id.
    CLIENT_NAME = "Clients:<n>:Name".such_as("Contoso Bank");
    /// Whether it must use PKCE. Without it, a public client must and others may: what they send holds.
    CLIENT_PKCE = "Clients:<n>:RequirePkce".such_as("true");
    /// Whether people may come whom it does not name: by an ordinary request without ticket, or pushed without `login_hint`.
    CLIENT_WALK_IN = "Clients:<n>:WalkIn".or("false");
    /// Who such a person is to the client (`sub`): `document`, the same for the same approved document in every browser, or
    /// `browser`, the same for the same browser. What was not approved always has the browser's.
    CLIENT_SUBJECT = "Clients:<n>:Subject".or("document");
    /// How many seconds an approval answers further requests of the same browser, 0 to 31536000; 0 for none.
    CLIENT_SESSION = "Clients:<n>:SessionSeconds".or("28800");
    /// The one `acr` that it is promised: told with approvals, and what an essential one must ask for.
    CLIENT_ACR = "Clients:<n>:Acr".such_as("urn:example:identity-document");
    /// Where people may go after they have signed out, whitespace-separated, compared character by character.
    CLIENT_LOGOUTS = "Clients:<n>:PostLogoutRedirectUris".such_as("https://app.example.com/signed-out");
    /// How it is told what became of a check: `errors`, only an approval gives a code, and all else is an error that no
    /// client takes for a sign-in; or `claims`, every outcome gives a code, and the client must look at `idv_status`. Azure AD B2C
    /// and Okta need `claims`.
    CLIENT_OUTCOMES = "Clients:<n>:Outcomes".or("errors");
    /// Name of a sector that it shares with other clients: one reference of theirs is then one person, with one `sub`. Without
    /// it, the client shares its people with nobody.
    CLIENT_SECTOR = "Clients:<n>:Sector".such_as("contoso");
    /// Whether errors name the issuer (`iss`), as other answers do. False for `mod_auth_openidc` 2.4.12, as of Debian 12.
    CLIENT_ISS_IN_ERRORS = "Clients:<n>:IssInErrors".or("true");
    /// Seconds from its authorize request until a waiting person is led back although there is no outcome yet, 0 to 86400; 0 never
    /// does so by itself. ASP.NET Core forgets a sign-in after 900.
    CLIENT_RETURN_WITHIN = "Clients:<n>:ReturnWithinSeconds".or("840");

    /// For tenants that run Microsoft's sample: the key that signs its verification tokens, at least 16 bytes. The text is the key
    /// and is never decoded. This setting, or any `Sample` setting, switches the sample front on.
    SAMPLE_SIGNING_KEY = "AppSettings:IdTokenSigningKey".secret();
    /// The key that encrypts the sample's verification tokens, at least 64 bytes, of which the first 64 are used. The text is the
    /// key and is never decoded.
    SAMPLE_ENCRYPTION_KEY = "AppSettings:IdTokenEncryptionKey".secret();
    /// Issuer of the sample's verification tokens and `id_token_hint`s: any text. The OpenID issuer follows from `PublicUrl` alone.
    SAMPLE_ISSUER = "AppSettings:IdTokenIssuer".such_as("11111111-2222-4333-8444-555555555555");
    /// Audience of both.
    SAMPLE_AUDIENCE = "AppSettings:IdTokenAudience".such_as("66666666-7777-4888-9999-000000000000");
    /// B2C's origin and one segment, the tenant (not an application), below which the sample's second policy is.
    SAMPLE_BASE_REDIRECT = "AppSettings:BaseRedirectUrl".such_as("https://contoso.b2clogin.com/contoso.onmicrosoft.com");
    /// Who tells browsers which pages of other origins may read answers: any page the discovery document and the keys, those of
    /// public clients the token and userinfo routes, B2C's page in the sample front how far a verification is. `platform`: the CORS
    /// list of the site, which must then name all these origins; or `handler`. Linux Consumption and Flex answer before the
    /// handler, so `platform`; Windows and Dedicated plans with an empty list leave it to the handler.
    SAMPLE_CORS = "AppSettings:Cors".or("platform").early();
    /// Secret segment of the base address in the sample's policies (`https://idv.example.com/api/jumio/SECRET/`), which lets B2C
    /// call: 32 to 255 letters, digits, hyphens and underscores. Never in a page. Not needed where policies send what
    /// the `VerifyAuth` settings ask for.
    SAMPLE_SECRET = "Sample:BaseSecret".secret();
    /// The previous secret segment, still accepted.
    SAMPLE_PREVIOUS_SECRET = "Sample:PreviousBaseSecret".secret();
    /// Whether everybody may call without the secret segment, as in the sample: anybody then starts paid transactions.
    SAMPLE_ANONYMOUS = "Sample:AllowAnonymous".or("false");
    /// Id in B2C of an application whose people are verified. Numbered from 0, at most 32. One that is wrong is refused alone.
    SAMPLE_CLIENT_ID = "Sample:Clients:<n>:Id".such_as("33333333-4444-4555-8666-777777777777");
    /// Its redirect addresses, whitespace-separated, compared character by character.
    SAMPLE_CLIENT_REDIRECTS = "Sample:Clients:<n>:RedirectUris".such_as("https://app.example.com/signin-oidc");
    /// Policies to which people come back, whitespace-separated.
    SAMPLE_POLICIES = "Sample:Policies".or("B2C_1A_jumio_postUpload_AccountActivate");
    /// Seconds from the person's arrival until they are sent back to B2C although there is no outcome yet, 60 to 86400.
    SAMPLE_RETURN_WITHIN = "Sample:ReturnWithinSeconds".or("840");

    /// Where facts are kept: `memory:`, `file:FOLDER` or `az:ADDRESS` of a blob container.
    FACT_STORE = "FactStore:Location".formerly("Records:Store").or("file:facts").such_as("az:https://account.blob.core.windows.net/facts");
    /// Key of that storage account; without one, the managed identity is used.
    FACT_STORE_KEY = "FactStore:AccountKey".formerly("Records:AccountKey").secret();

    /// Checks that must be present and passed, whitespace-separated. Without it, those on which Jumio's workflows rest: usability imageChecks extraction dataChecks liveness similarity.
    /// Netverify's are: document similarity validity. All must be of one API; for the other's results it is as if this were not given.
    REQUIRED_CHECKS = "Verification:RequiredChecks".such_as("usability extraction liveness similarity");
    /// Decision when Jumio gives a warning: review, approve or reject.
    ON_WARNING = "Verification:OnWarning".or("review");
    /// Decision when the document names somebody other than the account: reject or review.
    ON_MISMATCH = "Verification:OnMismatch".or("reject");
    /// Decision when the document does not contain a field that must match: review, approve or reject.
    ON_MATCH_MISSING = "Verification:OnMatchMissing".or("review");
    /// Seconds from registration until the ticket is refused, 60 to 2592000.
    TICKET_LIFE = "Verification:TicketLifeSeconds".or("86400");
    /// Seconds a pushed request may be used, 5 to 600.
    REQUEST_URI_LIFE = "Verification:RequestUriLifeSeconds".or("60");
    /// Seconds from an authorize request until the person must be back, 300 to 86400.
    AUTHORIZATION_LIFE = "Verification:AuthorizationLifeSeconds".or("3600");
    /// Seconds a code is valid, 10 to 600.
    CODE_LIFE = "Verification:CodeLifeSeconds".or("60");
    /// Seconds an access token for userinfo is valid, 60 to 86400.
    ACCESS_TOKEN_LIFE = "Verification:AccessTokenLifeSeconds".or("3600");
    /// Seconds for which Jumio's callbacks about a transaction are accepted, 86400 to 5184000.
    CALLBACK_LIFE = "Verification:CallbackLifeSeconds".or("604800");
    /// Seconds after which a start that was never confirmed may be made again, 6 to 300; at least `BudgetSeconds` plus 5, for
    /// the store and for clocks that differ.
    START_LEASE = "Verification:StartLeaseSeconds".formerly("Verification:ClaimLeaseSeconds").or("20");
    /// Seconds that a person waits in line for Jumio before they are told to try again later, 10 to 3600.
    LINE = "Verification:LineSeconds".or("120");
    /// Maximum number of checks per person within the window that are refused, 1 to 100. One under way counts until it is
    /// known how it ends; one that was approved, was given up, expired or could not be made does not, nor does an approval
    /// that is reused.
    MAX_ATTEMPTS = "Verification:MaxAttempts".or("3");
    /// Maximum number of paid starts per person within the window, however they ended, approved ones too, 1 to 1000; at least
    /// `MaxAttempts`. A client that demands a check at each sign-in needs as many as its people sign in.
    MAX_STARTS = "Verification:MaxStarts".or("10");
    /// Length of the window for both, in seconds, 60 to 31536000.
    ATTEMPTS_WINDOW = "Verification:AttemptsWindowSeconds".or("86400");
    /// Seconds for which an approval is reused for later sign-ins, 0 to 315360000; 0 never reuses.
    APPROVAL_VALID = "Verification:ApprovalValidSeconds".or("31536000");
    /// Days that facts of a verification are kept, 1 to 7300; longer than anything that rests on them. Left out, 35 days longer
    /// than an approval is reused.
    KEEP_FACTS = "Verification:KeepFactsDays".such_as("400");
    /// Seconds after start and return at which Jumio is asked although it sent no callback, whitespace-separated.
    POLL_MARKS = "Verification:PollMarksSeconds".or("40 60 100 160 240 340 460 600 760 940");
    /// Seconds after which Jumio gives up a transaction that nobody finishes, 300 to 5184000.
    TRANSACTION_LIFE = "Verification:TransactionLifeSeconds".or("1800");
    /// Whether no new checks are started, whoever asks. Checks that were started go on, their results are read, and approvals
    /// answer.
    CLOSED = "Verification:Closed".or("false");
    /// Who is responsible for the check and its data, as it is told where people agree to it, at most 200 characters. Left out, it
    /// is the service that they came from.
    CONTROLLER = "Verification:Controller".such_as("Contoso Ltd, 1 Example Street, London");
    /// What the one who is responsible says about the data, an https address; the page where people agree leads there. Left out,
    /// there is no such link.
    PRIVACY_URL = "Verification:PrivacyUrl".such_as("https://www.example.com/privacy");
    /// Where people find help whose check has not ended well, an https address; their last page leads there. Left out, there is
    /// no such link.
    HELP_URL = "Verification:HelpUrl".such_as("https://www.example.com/identity/help");
    /// Where people can prove who they are in another way, an https address; their last page leads there, and the page where they
    /// agree. Left out, there is no such link.
    ALTERNATIVE_URL = "Verification:AlternativeUrl".such_as("https://www.example.com/identity/in-person");

    /// Maximum number of starts a day (UTC) that are paid for sign-ins which any browser may begin, 0 to 1000000: walk-ins, and
    /// requests pushed by public clients. They never share with sign-ins by ticket or by an authenticated client.
    SPEND_DAY = "Spend:MaxStartsPerDay".or("500");
    /// The same a minute, 0 to 100000.
    SPEND_MINUTE = "Spend:MaxStartsPerMinute".or("20");
    /// The same a day for each client, 0 to 1000000; without it, no such limit.
    SPEND_CLIENT = "Spend:MaxStartsPerClientPerDay".such_as("200");
    /// The same a day for each browser, 1 to 1000. Who clears the browser's data is another browser.
    SPEND_BROWSER = "Spend:MaxStartsPerBrowserPerDay".or("5");
    /// The same a day for each address, in IPv6 for each network (/64), 1 to 1000000. Only with
    /// `AppSettings:ClientAddressHeader`; without it no address is looked at.
    SPEND_ADDRESS = "Spend:MaxStartsPerAddressPerDay".or("20");
    /// Maximum number of starts a day (UTC) that are paid for sign-ins by ticket, by link or by an authenticated client, 1 to
    /// 10000000: a brake on a caller that has run wild.
    SPEND_KNOWN_DAY = "Spend:KnownMaxStartsPerDay".or("10000");
    /// The same a minute, 1 to 100000.
    SPEND_KNOWN_MINUTE = "Spend:KnownMaxStartsPerMinute".or("600");
}

/// The table as Markdown, one row per setting, as the README shows it.
#[cfg(any(test, feature = "testing"))]
#[must_use]
pub fn markdown_table() -> String {
    use std::fmt::Write as _;
    let mut text = String::from("| setting | front | meaning | default | example |\n|---|---|---|---|---|\n");
    for setting in ALL {
        let doc = setting.doc.trim().replace('|', "\\|");
        let kind = match (setting.secret, setting.early) {
            (true, _) => " *Secret.*",
            (false, true) => " *Not from Key Vault.*",
            (false, false) => "",
        };
        let code = |value: &str| match value {
            "" => String::new(),
            value => format!("`{value}`"),
        };
        let formerly = setting.formerly.map(|name| format!(" Formerly `{name}`."));
        let formerly = formerly.unwrap_or_default();
        let default = code(setting.default.unwrap_or_default());
        let example = code(setting.example);
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "| `{}` | {} | {doc}{formerly}{kind} | {default} | {example} |",
            setting.name,
            setting.front()
        );
    }
    text
}
