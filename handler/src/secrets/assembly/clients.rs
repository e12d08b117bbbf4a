//! The clients, each by itself: one that cannot prove itself is set aside, and the others are served.

use secrecy::{ExposeSecret as _, SecretString};

use super::{Assembly, Client, Proof, Secrets};
use crate::settings::table::{self, Setting};
use crate::settings::{self, ClientProof, SecretRef};
use crate::tokens::client_assertion::ClientKeys;
use crate::tokens::remote_keys::RemoteKeys;

impl Assembly<'_> {
    /// One whose secret cannot be used is refused alone; only if that is true of all, nothing can be served.
    pub(super) fn clients(&mut self, clients: &[settings::ClientSettings]) -> Vec<Client> {
        let clients: Vec<Client> = clients.iter().map(|client| self.client(client)).collect();
        let is_refused = |client: &Client| matches!(client.proof, Proof::Unreadable);
        if !clients.is_empty() && clients.iter().all(is_refused) {
            let (theirs, others) = std::mem::take(&mut self.aside)
                .into_iter()
                .partition(|fault| fault.setting.starts_with("Clients:"));
            (self.faults, self.aside) = ([std::mem::take(&mut self.faults), theirs].concat(), others);
        }
        clients
    }

    fn client(&mut self, client: &settings::ClientSettings) -> Client {
        let known = self.faults.len();
        let proof = client.proof.as_ref();
        let proof = proof.and_then(|proof| self.proof(client.index, proof));
        self.aside.extend(self.faults.split_off(known));
        let proof = proof.unwrap_or(Proof::Unreadable);
        Client {
            require_pkce: client.require_pkce,
            walk_in: client.walk_in.served,
            by_document: client.walk_in.by_document,
            session_life: client.walk_in.session_life,
            acr: client.acr.clone(),
            post_logout_redirect_uris: client.post_logout_redirect_uris.clone(),
            outcomes: client.outcomes,
            sector: client.sector.clone(),
            iss_in_errors: client.iss_in_errors,
            return_within: client.return_within,
            signing_alg: client.signing_alg,
            email: client.email,
            id_token_response: client.id_token_response,
            id_token_life: client.id_token_life,
            release: client.release,
            name: client.name.clone(),
            ..Client::new(&client.id, client.redirect_uris.clone(), proof)
        }
    }

    fn proof(&mut self, index: usize, proof: &ClientProof) -> Option<Proof> {
        match proof {
            ClientProof::Secret { current, previous } => {
                let secrets = self.client_secrets(index, current, previous.as_ref());
                secrets.map(Proof::Secret)
            }
            ClientProof::None => Some(Proof::None),
            ClientProof::KeySet { given, published } => {
                let given = given.as_deref().map(ClientKeys::from_jwks).transpose();
                let given = given.map_err(|error| self.fault(&table::CLIENT_JWKS, index, error));
                let keys = match (given.ok()?, published) {
                    (given, Some(address)) => {
                        let remote = RemoteKeys::new(address.clone(), self.http.clone());
                        ClientKeys::published(given, remote)
                    }
                    (given, None) => given?,
                };
                Some(Proof::PrivateKeyJwt(keys))
            }
            ClientProof::Certificates(name) => {
                let setting = &table::CLIENT_CERTIFICATE_NAME;
                let secret = self.secret(setting, index, name)?;
                let keys = ClientKeys::from_certificates(secret.value.expose_secret());
                let keys = keys.map_err(|error| self.fault(setting, index, error));
                keys.map(Proof::PrivateKeyJwt).ok()
            }
        }
    }

    fn client_secrets(
        &mut self,
        index: usize,
        current: &SecretRef,
        previous: Option<&SecretRef>,
    ) -> Option<Secrets> {
        let current = self.client_secret(&table::CLIENT_SECRET_NAME, index, current);
        let setting = &table::CLIENT_PREVIOUS_SECRET_NAME;
        let previous =
            previous.and_then(|it| self.spared(|assembly| assembly.client_secret(setting, index, it)));
        Some(Secrets {
            current: current?,
            previous,
        })
    }

    fn client_secret(&mut self, setting: &Setting, index: usize, place: &SecretRef) -> Option<SecretString> {
        match place {
            SecretRef::Given(secret) => Some(secret.clone()),
            SecretRef::Vault(name) => {
                let secret = self.secret(setting, index, name)?;
                if secret.value.expose_secret().len() < settings::MIN_SECRET {
                    let rule = format!("names a secret of less than {} characters", settings::MIN_SECRET);
                    self.fault(setting, index, rule);
                    return None;
                }
                Some(secret.value.clone())
            }
        }
    }
}
