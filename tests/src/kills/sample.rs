//! One person of the sample front, from the first policy's call to the last one's, while the handler dies.

use anyhow::{Context as _, Result, ensure};
use loopback::{jose, random};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};
use url::Url;

use super::ending::Ending;
use super::person::Patient;
use super::repeat::{PAUSE, REPEATS, patiently};
use super::report::Walked;
use crate::client::ask::Ask;
use crate::client::exchange::Wire;
use crate::client::walk::Walk;
use crate::rig::{Cast, Kind, Rig};
use crate::tenant::published;

/// B2C and its page, in one sign-in of one account.
struct Policies<'a> {
    rig: &'a Rig,
    wire: Wire,
    account: String,
    correlation: String,
}

/// Walks it. What was acknowledged to B2C must hold to the end.
pub(super) async fn journey(rig: &Rig, ending: Ending, walked: &mut Walked) -> Result<()> {
    let policies = Policies {
        rig,
        wire: rig.wire()?,
        account: random::uuid(),
        correlation: random::uuid(),
    };
    let begun = policies.begin().await?;
    let reference = text(&begun, "transactionReference")?;
    let brought = policies.away(&text(&begun, "redirectUrl")?, ending).await?;
    policies.judge_link(&brought, &reference, walked).await?;
    let first = policies.first_token(&reference).await?;
    let last = policies.poll(&first, ending, walked).await?;
    policies
        .judge_end(&reference, &[&last, &first], ending, walked)
        .await?;
    let again = policies.begin().await?;
    if text(&again, "transactionReference")? != reference {
        walked
            .violations
            .push("a repeat of the first call gave another transaction".to_owned());
    }
    Ok(())
}

impl Policies<'_> {
    /// `InitializeTransaction`, always the same one.
    async fn begin(&self) -> Result<Value> {
        let redirect_uri = self.rig.settings.get("Sample__Clients__0__RedirectUris");
        let body = json!({
            "ObjectId": self.account, "CorrelationId": self.correlation, "ClientId": Cast::APPLICATION,
            "RedirectUri": redirect_uri, "Scope": "openid offline_access", "Policy": published::RETURN,
        });
        self.call("InitializeTransaction", &body).await
    }

    /// The person: from the link to the second policy, with whatever the browser brings there.
    async fn away(&self, link: &str, ending: Ending) -> Result<Vec<(String, String)>> {
        let mut client = self.rig.client_patiently(Kind::Post).await?;
        let base = self.rig.settings.get("AppSettings__BaseRedirectUrl");
        let base = base.context("no base")?;
        client.agreement.redirect_uri =
            Url::parse(&format!("{base}/{}/oauth2/v2.0/authorize", published::RETURN))?;
        let mut walk = Walk::by_address(&client, self.rig.browser()?, &Ask::default());
        walk.entrance = link.parse()?;
        Patient::new(&walk, ending.scenario).trying_again().arrive().await
    }

    async fn first_token(&self, reference: &str) -> Result<String> {
        let body = json!({ "ObjectId": self.account, "TransactionReference": reference });
        text(
            &self.call("InitializeVerification", &body).await?,
            "verificationToken",
        )
    }

    /// The page, until it is told an outcome; the token that came with it.
    async fn poll(&self, token: &str, ending: Ending, walked: &mut Walked) -> Result<String> {
        let address = self.rig.at("/api/Jumio/VerifyTransactionStatus")?;
        let body = json!({ "VerificationToken": token });
        let begin = Instant::now();
        loop {
            let answer = patiently(async || self.post(&address, &body).await).await?;
            let status = text(&answer, "status")?;
            if status != "RETRY" {
                if !ending.allows(&status) {
                    walked
                        .violations
                        .push(format!("{} was told as {status}", ending.scenario));
                }
                return text(&answer, "verificationToken");
            }
            ensure!(
                begin.elapsed() < REPEATS * 2,
                "the page is told to ask again for ever"
            );
            sleep(PAUSE).await;
        }
    }

    /// `ValidateVerificationToken` says in the end what Jumio said last, whatever the token says.
    async fn judge_end(
        &self,
        reference: &str,
        tokens: &[&String],
        ending: Ending,
        walked: &mut Walked,
    ) -> Result<()> {
        for token in tokens {
            let body = json!({
                "ObjectId": self.account, "TransactionReference": reference, "VerificationToken": token,
            });
            let begin = Instant::now();
            loop {
                let answer = self.call("ValidateVerificationToken", &body).await?;
                let success = answer.get("success").and_then(Value::as_bool);
                if success == Some(ending.last() == "SUCCESS") {
                    break;
                }
                if begin.elapsed() > REPEATS * 2 {
                    let text = format!("{}: B2C is told {answer} in the end", ending.scenario);
                    walked.violations.push(text);
                    break;
                }
                sleep(PAUSE).await;
            }
        }
        Ok(())
    }

    /// The link names the transaction and the sign-in, and its hint is of the account.
    async fn judge_link(
        &self,
        brought: &[(String, String)],
        reference: &str,
        walked: &mut Walked,
    ) -> Result<()> {
        let told = |name: &str| {
            let found = brought.iter().find(|(known, _)| known == name);
            found.map_or("", |(_, value)| value.as_str())
        };
        if told("transactionReference") != reference || told("customerInternalReference") != self.correlation
        {
            walked
                .violations
                .push("the link is of another transaction".to_owned());
        }
        // That something was captured, as Jumio's older API says it; the verdict is told by the calls that follow.
        let status = told("transactionStatus");
        if status != "SUCCESS" {
            walked.violations.push(format!("the link says {status}"));
        }
        let keys = patiently(async || {
            let answer = self
                .wire
                .get(&self.rig.at("/api/Oidc/.well-known/keys")?, None)
                .await?;
            ensure!(answer.status == 200, "keys: {}", answer.status);
            answer.json::<Value>()
        })
        .await?;
        let hint = jose::parse(told("id_token_hint")).and_then(|hint| hint.verify_by(&keys, &["RS256"]));
        let account = hint.as_ref().ok().and_then(|claims| claims.get("ObjectId"));
        if account.and_then(Value::as_str) != Some(&self.account) {
            walked
                .violations
                .push(format!("the hint signs in nobody: {hint:?}"));
        }
        Ok(())
    }

    /// A call of a policy, repeated as B2C and people repeat it.
    async fn call(&self, action: &str, body: &Value) -> Result<Value> {
        let secret = &self.rig.cast.sample.base_secret;
        let address = self.rig.at(&format!("/api/jumio/{secret}/api/Jumio/{action}"))?;
        let answered = patiently(async || self.post(&address, body).await).await;
        answered.context(action.to_owned())
    }

    async fn post(&self, address: &Url, body: &Value) -> Result<Value> {
        let answer = self
            .wire
            .post(address, "application/json", body.to_string(), None)
            .await?;
        ensure!(answer.status == 200, "{} {}", answer.status, answer.body);
        answer.json()
    }
}

fn text(answer: &Value, name: &str) -> Result<String> {
    let value = answer.get(name).and_then(Value::as_str);
    Ok(value
        .with_context(|| format!("no {name} in {answer}"))?
        .to_owned())
}
