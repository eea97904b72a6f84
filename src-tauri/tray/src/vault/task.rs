//! The vault beside the main loop: one order after the other, however long the keychain takes.

use super::{Unsealed, Vault};
use crate::sealed::{Label, Sealed};
use rolecall_core::problem::Problem;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

/// The keychain may ask the person to unlock it; who does not answer goes on without it.
const PATIENCE: Duration = Duration::from_secs(60);
/// The end of the program waits so long for what was ordered before.
const LAST: Duration = Duration::from_secs(5);

/// Where orders go.
#[derive(Clone)]
pub(crate) struct VaultTo(UnboundedSender<Order>);

enum Order {
    Read(oneshot::Sender<Result<Unsealed, Problem>>),
    Seal(Sealed, oneshot::Sender<Result<(), Problem>>),
    Discard(Label),
    ReplaceKey(oneshot::Sender<Result<(), Problem>>),
    Check(oneshot::Sender<Result<Option<String>, Problem>>),
    /// Nothing but an answer, after the orders that were given before.
    Settle(oneshot::Sender<()>),
}

impl VaultTo {
    pub(crate) fn start(vault: Vault) -> Self {
        let (to, orders) = unbounded_channel();
        tokio::task::spawn_local(work(vault, orders));
        Self(to)
    }

    pub(crate) async fn read(&self) -> Result<Unsealed, Problem> {
        self.ask(Order::Read).await
    }

    /// The order is given at once, and its end awaited.
    pub(crate) fn seal(&self, item: Sealed) -> impl Future<Output = Result<(), Problem>> + 'static {
        self.ask(|answer| Order::Seal(item, answer))
    }

    pub(crate) fn discard(&self, label: Label) {
        let _ = self.0.send(Order::Discard(label));
    }

    /// What is sealed gets a new key, after the orders that were given before.
    pub(crate) fn replace_key(&self) -> impl Future<Output = Result<(), Problem>> + 'static {
        self.ask(Order::ReplaceKey)
    }

    /// Waits until what was ordered before is done; not for long, where the keychain asks somebody.
    pub(crate) async fn settled(&self) {
        let (to, answer) = oneshot::channel();
        let _ = self.0.send(Order::Settle(to));
        let _ = tokio::time::timeout(LAST, answer).await;
    }

    /// Whether the keychain gives the key; a sentence, where it is in another place than usual.
    pub(crate) async fn check(&self) -> Result<Option<String>, Problem> {
        self.ask(Order::Check).await
    }

    fn ask<T: 'static>(
        &self,
        order: impl FnOnce(oneshot::Sender<Result<T, Problem>>) -> Order,
    ) -> impl Future<Output = Result<T, Problem>> + 'static {
        let (to, answer) = oneshot::channel();
        let _ = self.0.send(order(to));
        async {
            let silent = || Problem::KeychainUnavailable { reason: "it does not answer".into() };
            match tokio::time::timeout(PATIENCE, answer).await {
                Ok(Ok(answer)) => answer,
                Ok(Err(_)) | Err(_) => Err(silent()),
            }
        }
    }
}

async fn work(mut vault: Vault, mut orders: UnboundedReceiver<Order>) {
    let there = vault.clone();
    let _ = tokio::task::spawn_blocking(move || there.sweep()).await;
    while let Some(order) = orders.recv().await {
        let mut there = vault.clone();
        let abandoned = there.abandonable();
        let replacing = matches!(order, Order::ReplaceKey(_));
        // Keychain and files block.
        let done = tokio::task::spawn_blocking(move || {
            there.perform(order);
            there
        });
        // A keychain that ended while it asked never answers: the next order does not wait for it.
        match tokio::time::timeout(PATIENCE, done).await {
            Ok(Ok(there)) => vault = there,
            Ok(Err(_)) => {}
            // Nor does what it does in the end count any more: somebody may have signed out since.
            Err(_) => {
                abandoned.store(true, Ordering::Relaxed);
                vault.gives_up(replacing);
            }
        }
    }
}

impl Vault {
    fn perform(&mut self, order: Order) {
        match order {
            Order::Read(answer) => _ = answer.send(self.read()),
            Order::Seal(item, answer) => _ = answer.send(self.seal(&item)),
            Order::Discard(label) => self.discard(&label),
            Order::ReplaceKey(answer) => _ = answer.send(self.replace_key()),
            Order::Check(answer) => _ = answer.send(self.check()),
            Order::Settle(answer) => _ = answer.send(()),
        }
    }
}
