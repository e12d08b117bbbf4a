//! The clients of Jumio's APIs, by the settings.

use std::sync::Arc;

use super::Deps;
use super::credentials::Live;
use crate::checks::vendor::Vendor;
use crate::checks::vendors::Vendors;
use crate::clock::Clock;
use crate::jumio::{Fault, kyx, netverify};
use crate::random::Random;
use crate::secrets::Refresher;
use crate::settings::{Api, Settings};

/// Builds clients, and keeps what must outlive a reload.
pub(super) struct Clients {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    of_kyx: Arc<Live>,
    of_netverify: Arc<Live>,
}

impl Clients {
    pub(super) fn new(deps: &Deps, refresher: &Refresher) -> Self {
        Self {
            clock: Arc::clone(&deps.clock),
            random: Arc::clone(&deps.random),
            of_kyx: Arc::new(Live::new(refresher.clone())),
            of_netverify: Arc::new(Live::of_netverify(refresher.clone())),
        }
    }

    /// The API that gets new transactions, and the other beside it if it has settings.
    ///
    /// # Errors
    /// Names of fields and rules, never values.
    pub(super) fn vendors(&self, settings: &Settings, http: &reqwest::Client) -> Result<Vendors, String> {
        let vendor = |api| self.vendor(api, settings, http).map_err(|faults| told(&faults));
        let vendors = Vendors::new(vendor(&settings.jumio.present)?);
        Ok(match &settings.jumio.beside {
            Some(other) => vendors.beside(vendor(other)?),
            None => vendors,
        })
    }

    fn vendor(
        &self,
        api: &Api,
        settings: &Settings,
        http: &reqwest::Client,
    ) -> Result<Arc<dyn Vendor>, Vec<Fault>> {
        let (jumio, link_life) = (&settings.jumio, settings.limits.transaction_life);
        let (http, random) = (http.clone(), Arc::clone(&self.random));
        Ok(match api {
            Api::Kyx(kyx) => {
                let bases = [&kyx.auth_base, &kyx.account_base, &kyx.retrieval_base].map(url::Url::clone);
                let config = kyx::Config {
                    default_country: jumio.default_country.clone(),
                    budget: jumio.budget,
                    link_life,
                    ..kyx::Config::at(bases, kyx.workflow_key.as_str(), jumio.user_agent.as_str())
                };
                let (credentials, clock) = (Arc::clone(&self.of_kyx), Arc::clone(&self.clock));
                Arc::new(kyx::Client::new(config, http, credentials, clock, random)?)
            }
            Api::Netverify(netverify) => {
                let (base, agent) = (netverify.base.clone(), jumio.user_agent.as_str());
                let config = netverify::Config {
                    budget: jumio.budget,
                    link_life,
                    ..netverify::Config::at(base, netverify.workflow, agent)
                };
                let credentials = Arc::clone(&self.of_netverify);
                Arc::new(netverify::Client::new(config, http, credentials, random)?)
            }
        })
    }
}

fn told(faults: &[Fault]) -> String {
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    faults.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::stores::Stores;
    use crate::checks::vendor::id::VendorId;
    use crate::clock::SystemClock;
    use crate::owners::Machine;
    use crate::random::OsRandom;
    use crate::settings::source::Map;

    fn settings(api: &str) -> Map {
        Map::from_iter([
            ("AppSettings:PublicUrl", "https://idv.example"),
            ("AppSettings:SigningCertName", "idv-signing"),
            (
                "AppSettings:StateKey",
                "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
            ),
            ("JumioSettings:AuthUsername", "a-token"),
            ("JumioSettings:AuthPassword", "a-secret"),
            ("JumioSettings:UserAgent", "Example-Bank idv/1.0"),
            ("JumioSettings:Api", api),
        ])
    }

    fn of_kyx(map: Map) -> Map {
        map.with("JumioSettings:Region", "emea-1")
            .with("JumioSettings:WorkflowKey", "10011")
    }

    fn of_netverify(map: Map) -> Map {
        map.with("JumioSettings:BaseUrl", "https://lon.netverify.com")
            .with("JumioSettings:NetverifyWorkflow", "200")
    }

    /// Who gets new transactions, and which of the two answer.
    fn built(map: Map) -> (String, [bool; 2]) {
        let settings = Settings::load(&map).unwrap();
        let deps = Deps {
            source: Arc::new(map),
            clock: Arc::new(SystemClock),
            random: Arc::new(OsRandom),
            owners: Arc::new(Machine::look()),
        };
        let loader = deps.loader(
            &Arc::new(Stores::new(Arc::clone(&deps.source))),
            crate::secrets::Telling::Log,
        );
        let http = crate::http_client::build(None, "x/1", &[]).unwrap();
        let vendors = Clients::new(&deps, &loader.refresher())
            .vendors(&settings, &http)
            .unwrap();
        let answers = ["jumio-kyx", "jumio-netverify"].map(|name| vendors.of(&VendorId::of(name)).is_ok());
        (vendors.present_id().to_string(), answers)
    }

    #[tokio::test]
    async fn the_api_that_is_chosen_gets_new_transactions_and_the_other_answers_if_it_has_settings() {
        let (kyx, netverify) = ("jumio-kyx".to_owned(), "jumio-netverify".to_owned());
        assert_eq!(built(of_kyx(settings("kyx"))), (kyx.clone(), [true, false]));
        assert_eq!(
            built(of_netverify(settings("netverify"))),
            (netverify.clone(), [false, true])
        );
        let both = |api| of_netverify(of_kyx(settings(api)));
        assert_eq!(built(both("kyx")), (kyx, [true, true]));
        assert_eq!(built(both("netverify")), (netverify, [true, true]));
    }
}
