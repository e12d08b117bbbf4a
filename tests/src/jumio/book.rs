//! Every account and transaction of the tenant.

use std::collections::{BTreeSet, HashMap};

use super::asked::Api;
use super::transaction::Transaction;

/// Accounts with their executions, transactions by execution id.
#[derive(Debug, Default)]
pub struct Book {
    accounts: HashMap<String, Vec<String>>,
    transactions: HashMap<String, Transaction>,
    /// Execution ids in the order they were created.
    order: Vec<String>,
    /// Execution ids that time can still change.
    live: BTreeSet<String>,
}

impl Book {
    /// Whether the account exists.
    #[must_use]
    pub fn has_account(&self, account: &str) -> bool {
        self.accounts.contains_key(account)
    }

    /// How many transactions there were.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.order.len() as u64
    }

    /// Keeps a new transaction, and its account if that is new too. Netverify has no accounts.
    pub fn add(&mut self, transaction: Transaction) {
        let execution = transaction.execution.clone();
        if transaction.asked.api == Api::Kyx {
            self.accounts
                .entry(transaction.account.clone())
                .or_default()
                .push(execution.clone());
        }
        self.order.push(execution.clone());
        self.live.insert(execution.clone());
        self.transactions.insert(execution, transaction);
    }

    /// A transaction by its execution id.
    #[must_use]
    pub fn get(&self, execution: &str) -> Option<&Transaction> {
        self.transactions.get(execution)
    }

    /// A transaction to change; time may do something to it again.
    pub fn get_mut(&mut self, execution: &str) -> Option<&mut Transaction> {
        let transaction = self.transactions.get_mut(execution)?;
        self.live.insert(execution.to_owned());
        Some(transaction)
    }

    /// All transactions, oldest first.
    pub fn all(&self) -> impl Iterator<Item = &Transaction> {
        self.order
            .iter()
            .filter_map(|execution| self.transactions.get(execution))
    }

    /// Lets `change` work on every transaction that time can still change.
    pub fn each_live(&mut self, mut change: impl FnMut(&mut Transaction)) {
        let transactions = &mut self.transactions;
        self.live.retain(|execution| {
            let Some(transaction) = transactions.get_mut(execution) else {
                return false;
            };
            change(transaction);
            !transaction.is_over()
        });
    }

    /// Forgets an account: it cannot be updated any more.
    pub fn forget_account(&mut self, account: &str) {
        self.accounts.remove(account);
    }

    /// The executions of an account; empty when there is no such account.
    #[must_use]
    pub fn of_account(&self, account: &str) -> Vec<String> {
        self.accounts.get(account).cloned().unwrap_or_default()
    }
}
