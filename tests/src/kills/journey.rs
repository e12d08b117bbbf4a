//! One person from registration to token, while the handler dies.

use anyhow::{Context as _, Result};
use loopback::dice::Dice;
use loopback::random;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::ending::{self, Ending};
use super::person::Patient;
use super::repeat::{PAUSE, REPEATS, patiently};
use super::report::Walked;
use super::{Front, killer, sample};
use crate::client::ask::Ask;
use crate::client::exchange::Answer;
use crate::client::registration::{Registered, register};
use crate::client::walk::Walk;
use crate::rig::{Kind, Rig};

/// Walks one journey and judges it.
pub(super) async fn walk(rig: &Rig, front: Front, dice: &Dice) -> Result<Walked> {
    let moments = killer::plan(dice);
    let endings = match front {
        Front::Openid => ending::OPENID,
        Front::Sample => ending::SAMPLE,
    };
    let ending = Ending::drawn(endings, dice).context("no ending")?;
    let before = transactions(rig);
    let told = told(rig);
    let mut walked = Walked::default();
    let mut struck = 0;
    let journey = async {
        match front {
            Front::Openid => journey(rig, ending, &mut walked).await,
            Front::Sample => sample::journey(rig, ending, &mut walked).await,
        }
    };
    let killing = killer::strike(&rig.host, &moments, || struck += 1);
    let (walking, ()) = tokio::join!(journey, killing);
    if let Err(broken) = walking {
        walked
            .violations
            .push(format!("not finished ({}): {broken:#}", ending.scenario));
    }
    walked.kills = struck;
    let made = transactions(rig) - before;
    walked.paid_twice = u32::try_from(made.saturating_sub(ending.starts))?;
    walked.paid_twice_told = u32::try_from(self::told(rig) - told)?;
    Ok(walked)
}

async fn journey(rig: &Rig, ending: Ending, walked: &mut Walked) -> Result<()> {
    let registered = registered(rig).await?;
    let client = rig.client_patiently(Kind::Post).await?;
    let ask = Ask {
        login_hint: Some(registered.ticket.clone()),
        ..Ask::default()
    };
    let walk = Walk::by_address(&client, rig.browser()?, &ask);
    let mut person = Patient::new(&walk, ending.scenario);
    let brought = person.arrive().await?;
    let code = client.receive(&walk.pending, &brought).context("no code")?;
    let (answer, tries) = redeemed(&walk, &code).await?;
    if answer.status != 200 {
        walked.violations.push(format!(
            "the token answer is lost: {} {}",
            answer.status, answer.body
        ));
        return Ok(());
    }
    walked.answered_again += u32::from(tries > 1);
    let body: Value = answer.json()?;
    let access_token = body
        .get("access_token")
        .and_then(Value::as_str)
        .context("no access_token")?;
    let id_token = body
        .get("id_token")
        .and_then(Value::as_str)
        .context("no id_token")?;
    let claims =
        patiently(async || client.check_id_token(&walk.pending, id_token, access_token).await).await?;
    judge_status(ending, &claims, walked);
    if claims.get("idv_reference").and_then(Value::as_str) != Some(&registered.id)
        && ending.scenario != "late-reversal"
    {
        walked.violations.push("another verification was told".to_owned());
    }
    judge_end(&walk, ending, access_token, walked).await?;
    judge_replay(&walk, &code, access_token, walked).await
}

/// As B2C does: once more when there was no answer. What was acknowledged stays true, so a repeat gives the same id.
async fn registered(rig: &Rig) -> Result<Registered> {
    let claims = json!({
        "objectId": random::uuid(), "correlationId": random::uuid(), "clientId": Kind::Post.id(), "locale": "en",
        "consentVersion": "2026-01", "consentTime": "2026-11-01T10:00:00Z", "consentCountry": "DEU",
    });
    let (wire, address, caller) = (rig.wire()?, rig.registration()?, rig.caller());
    patiently(async || register(&wire, &address, &caller, &claims).await).await
}

/// Redeems, and repeats while the answer is lost; with it how many tries that took.
async fn redeemed(walk: &Walk, code: &str) -> Result<(Answer, u32)> {
    let begin = Instant::now();
    let mut tries = 0;
    loop {
        tries += 1;
        let answer = walk
            .client
            .redeem_raw(code, walk.pending.verifier.as_deref())
            .await;
        match answer {
            Ok(answer) if answer.status < 500 => return Ok((answer, tries)),
            other if begin.elapsed() > REPEATS => return Ok((other?, tries)),
            _ => sleep(PAUSE).await,
        }
    }
}

fn judge_status(ending: Ending, claims: &Value, walked: &mut Walked) {
    let status = claims
        .get("idv_status")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if !ending.allows(status) {
        walked
            .violations
            .push(format!("{} was told as {status}", ending.scenario));
    }
}

/// What userinfo says in the end is what Jumio said last.
async fn judge_end(walk: &Walk, ending: Ending, access_token: &str, walked: &mut Walked) -> Result<()> {
    let begin = Instant::now();
    loop {
        let wire = rig_wire(walk);
        let answer = wire.get(&walk.client.provider.userinfo, Some(access_token)).await;
        let said = match &answer {
            Ok(answer) if answer.status == 200 => answer.json::<Value>()?,
            _ => Value::Null,
        };
        let status = said.get("idv_status").and_then(Value::as_str);
        if status == Some(ending.last()) {
            return Ok(());
        }
        if begin.elapsed() > REPEATS * 2 {
            walked.violations.push(format!(
                "{}: userinfo says {status:?} in the end ({:?})",
                ending.scenario,
                answer.map(|answer| answer.status)
            ));
            return Ok(());
        }
        sleep(PAUSE).await;
    }
}

fn rig_wire(walk: &Walk) -> crate::client::exchange::Wire {
    walk.client.wire.afresh()
}

/// A code that was answered is worth nothing, or, where no record says so, the same access token.
async fn judge_replay(walk: &Walk, code: &str, access_token: &str, walked: &mut Walked) -> Result<()> {
    let (answer, _) = redeemed(walk, code).await?;
    let again: Option<Value> = (answer.status == 200).then(|| answer.json()).transpose()?;
    let second = again
        .as_ref()
        .and_then(|again| again.get("access_token")?.as_str());
    match second {
        Some(second) if second != access_token => {
            walked
                .violations
                .push("one code gave two access tokens".to_owned());
        }
        None if answer.status != 400 => {
            walked.violations.push(format!(
                "a replay was answered {}: {}",
                answer.status, answer.body
            ));
        }
        _ => {}
    }
    Ok(())
}

fn transactions(rig: &Rig) -> usize {
    rig.simulators.jumio.tenant.book.with(|book| book.all().count())
}

/// Log records that tell of a start which may have been paid for.
fn told(rig: &Rig) -> usize {
    let text = rig.host.log().handler_text();
    text.lines()
        .filter(|line| line.contains("\"start.may_have_been_paid\""))
        .count()
}
