//! `netverify.com`: initiate, scans, deletion, and the hosted page.

use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::header::HeaderName;
use loopback::random;

use super::super::asked::Api;
use super::super::page::{self, Page};
use super::super::tenant::Tenant;
use super::super::transaction::Transaction;
use super::gate::{self, Wants};
use super::initiate;
use super::problem::{injected, not_found, unknown_scan, wrong_method};
use super::quirks::Block;
use super::scan::Scan;
use super::words::PENDING;
use crate::manners::Throttle;
use crate::serve::{Answer, Request, Service};

/// Told with every answer about a scan, for questions to Jumio's support.
const TRACKING: HeaderName = HeaderName::from_static("x-trackingid");

/// The host of everything: Netverify has only one.
pub(in super::super) struct Host(pub(in super::super) Arc<Tenant>);

impl Service for Host {
    fn name(&self) -> &'static str {
        super::super::NAME
    }

    fn operation(&self, request: &Request) -> &'static str {
        match (request.method.as_str(), request.segments().as_slice()) {
            (_, ["api", "v4", "initiate"]) => "initiate",
            (_, ["api", "netverify", "v2", "scans", _, rest @ ..]) => of_scan(request.method.as_str(), rest),
            _ if request.path == page::PATH => "page",
            _ => "unknown",
        }
    }

    fn answer(&self, request: Request) -> BoxFuture<'_, Answer> {
        let answer = match request.segments().as_slice() {
            ["api", "v4", "initiate"] if request.method == http::Method::POST => {
                initiate::open(&self.0, &request).unwrap_or_else(|refusal| refusal)
            }
            ["api", "v4", "initiate"] => wrong_method(&request),
            ["api", "netverify", "v2", "scans", scan, rest @ ..] => {
                let answer = self.scan(&request, scan, rest).unwrap_or_else(|refusal| refusal);
                answer.header(TRACKING, &random::uuid())
            }
            _ if request.path == page::PATH => Page(&self.0, Api::Netverify).answer(&request),
            _ => not_found(&request),
        };
        async { answer }.boxed()
    }

    fn failure(&self, status: u16) -> Answer {
        injected(status)
    }

    fn throttle(&self, operation: &str) -> Option<Throttle> {
        // The limit of KYX, told the same way: a start is never sent again, so it is not refused.
        let reads = [
            "scan",
            "scan-data",
            "scan-document",
            "scan-transaction",
            "scan-verification",
        ];
        reads.contains(&operation).then_some(Throttle {
            status: 429,
            retry_after_s: None,
        })
    }
}

/// The operation on a scan, as faults and history name it.
fn of_scan(method: &str, rest: &[&str]) -> &'static str {
    match (method, rest) {
        ("DELETE", []) => "scan-delete",
        (_, []) => "scan",
        (_, ["data"]) => "scan-data",
        (_, ["data", "document"]) => "scan-document",
        (_, ["data", "transaction"]) => "scan-transaction",
        (_, ["data", "verification"]) => "scan-verification",
        (_, ["images"]) => "scan-images",
        (_, ["images", ..]) => "scan-image",
        _ => "unknown",
    }
}

impl Host {
    fn scan(&self, request: &Request, scan: &str, rest: &[&str]) -> Result<Answer, Answer> {
        let operation = of_scan(request.method.as_str(), rest);
        if operation == "unknown" {
            return Err(not_found(request));
        }
        let is_image = operation == "scan-image";
        gate::check(
            &self.0,
            request,
            if is_image { Wants::Image } else { Wants::Scan },
        )?;
        if operation == "scan-delete" {
            return self.delete(request, scan);
        }
        if request.method != http::Method::GET {
            return Err(wrong_method(request));
        }
        let transaction = self.existing(request, scan)?;
        let settings = self.0.settings.get();
        let read = Scan::of(&transaction, &settings, self.0.clock.now());
        let unknown = || unknown_scan(scan, &request.path, read.quirks);
        if operation == "scan" {
            return Ok(Answer::json(200, &read.state()));
        }
        if read.status == PENDING && settings.netverify.pending_data_status == 404 {
            return Err(unknown());
        }
        let told = match operation {
            "scan-data" => Some(read.data()),
            "scan-document" => read.block(Block::Document),
            "scan-transaction" => read.block(Block::Transaction),
            "scan-verification" => read.block(Block::Verification),
            "scan-images" => Some(read.images()),
            // Pictures are not imitated; a picture that is absent is a documented answer.
            _ => None,
        };
        told.map(|told| Answer::json(200, &told)).ok_or_else(unknown)
    }

    /// The transaction, unless it is KYX's or was deleted.
    fn existing(&self, request: &Request, scan: &str) -> Result<Transaction, Answer> {
        self.0
            .look(scan)
            .filter(|found| found.asked.api == Api::Netverify && found.wiped_at.is_none())
            .ok_or_else(|| {
                let quirks = self.0.settings.with(|settings| settings.netverify.quirks);
                unknown_scan(scan, &request.path, quirks)
            })
    }

    fn delete(&self, request: &Request, scan: &str) -> Result<Answer, Answer> {
        self.existing(request, scan)?;
        self.0.wipe(scan);
        Ok(Answer::empty(200))
    }
}
