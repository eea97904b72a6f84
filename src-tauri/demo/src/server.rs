//! The server: two loopback ports on one thread, and what a test may ask and tell it.

use crate::assertions::Assertions;
use crate::aws::{Fault, Faults, Keys, Tokens};
use crate::clock::Clock;
use crate::entra::{self, AuthnRequest, Flows, Page, Prt, PrtSeen, Sessions, Variant};
use crate::log::{Kind, Log, Seen, lock};
use crate::world::Options;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// The make-believe Entra and AWS. Ends when dropped, whatever requests are open.
#[derive(Debug)]
pub struct Server {
    world: Arc<World>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Everything that both sides share.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) options: Options,
    pub(crate) clock: Clock,
    pub(crate) log: Log,
    pub(crate) assertions: Assertions,
    pub(crate) keys: Keys,
    pub(crate) signin_tokens: Tokens,
    pub(crate) sessions: Sessions,
    pub(crate) prt: Prt,
    pub(crate) flows: Flows,
    pub(crate) requests: Mutex<Vec<AuthnRequest>>,
    pub(crate) variant: Mutex<Variant>,
    pub(crate) faults: Faults,
    pub(crate) entra_url: String,
    pub(crate) aws_url: String,
}

impl World {
    pub(crate) fn saw(&self, method: &str, path: &str, kind: Kind) {
        self.log.add(Seen { at: self.clock.now(), method: method.to_owned(), path: path.to_owned(), kind });
    }
}

impl Server {
    /// Listens on 127.0.0.1 and answers from a thread of its own, so that tests with and without async can use it.
    pub fn start(options: Options) -> io::Result<Self> {
        let entra = listen(options.entra_port)?;
        let aws = listen(options.aws_port)?;
        let world = Arc::new(World {
            entra_url: format!("http://{}", entra.local_addr()?),
            aws_url: format!("http://{}", aws.local_addr()?),
            options,
            clock: Clock::default(),
            log: Log::new(),
            assertions: Assertions::default(),
            keys: Keys::default(),
            signin_tokens: Tokens::default(),
            sessions: Sessions::default(),
            prt: Prt::default(),
            flows: Flows::default(),
            requests: Mutex::default(),
            variant: Mutex::new(Variant::Usual),
            faults: Faults::default(),
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let shared = Arc::clone(&world);
        let thread = std::thread::Builder::new().name("make-believe".into()).spawn(move || {
            runtime.block_on(async {
                let watch = axum::middleware::from_fn_with_state(Arc::clone(&shared), entra::watch);
                for (listener, router) in
                    [(entra, entra::router(Arc::clone(&shared))), (aws, crate::aws::router(shared))]
                {
                    let router = router.layer(watch.clone());
                    if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
                        tokio::spawn(async move { axum::serve(listener, router).await });
                    }
                }
                // Told to stop, or dropped: both mean stop.
                let _ = stopped.await;
            });
            runtime.shutdown_background();
        })?;
        Ok(Self { world, stop: Some(stop), thread: Some(thread) })
    }

    /// What `azure_authority_host` names: `http://127.0.0.1:PORT`.
    pub fn entra_url(&self) -> &str {
        &self.world.entra_url
    }

    /// What `AWS_ENDPOINT_URL_STS` and `AWS_ENDPOINT_URL_SIGNIN` name: `http://127.0.0.1:PORT`.
    pub fn aws_url(&self) -> &str {
        &self.world.aws_url
    }

    pub fn options(&self) -> &Options {
        &self.world.options
    }

    /// Everything seen so far, in order.
    pub fn log(&self) -> Vec<Seen> {
        self.world.log.all()
    }

    /// How often something of this kind was seen.
    pub fn count(&self, kind: &Kind) -> usize {
        self.log().iter().filter(|seen| seen.kind == *kind).count()
    }

    /// How often an assertion was posted to AWS's sign-in: zero, if nothing escapes.
    pub fn acs_posts(&self) -> usize {
        self.count(&Kind::Acs)
    }

    /// A mark for [`Server::wait_from`] and [`Server::seen_from`]: what comes after it is new.
    pub fn mark(&self) -> usize {
        self.world.log.len()
    }

    /// Blocks until something of this kind has been seen since the start.
    pub fn wait(&self, kind: &Kind, at_most: Duration) -> Option<Seen> {
        self.wait_from(0, kind, at_most)
    }

    /// Blocks until something of this kind is seen after a mark.
    pub fn wait_from(&self, mark: usize, kind: &Kind, at_most: Duration) -> Option<Seen> {
        self.world.log.wait(mark, at_most, &|seen| seen.kind == *kind)
    }

    /// As [`Server::wait_from`], for tests that must not block their own runtime.
    pub async fn seen_from(&self, mark: usize, kind: &Kind, at_most: Duration) -> Option<Seen> {
        let mut bell = self.world.log.bell();
        let found = async {
            loop {
                bell.mark_unchanged();
                if let Some(found) = self.world.log.find(mark, &|seen| seen.kind == *kind) {
                    return Some(found);
                }
                bell.changed().await.ok()?;
            }
        };
        tokio::time::timeout(at_most, found).await.ok().flatten()
    }

    /// The SAML requests that could be read, in order.
    pub fn requests(&self) -> Vec<AuthnRequest> {
        lock(&self.world.requests).clone()
    }

    /// What Entra's last page does from now on.
    pub fn entra_does(&self, variant: Variant) {
        *lock(&self.world.variant) = variant;
    }

    /// What AWS does wrong on purpose.
    pub fn faults(&self) -> &Faults {
        &self.world.faults
    }

    /// Shorthand: AWS does this wrong until [`Faults::clear`].
    pub fn aws_does(&self, fault: Fault) {
        self.world.faults.always(fault);
    }

    /// Ends every session of Entra's, as an administrator's "Revoke sessions" does: no cookie that was given out is
    /// worth anything any more, and the next sign-in asks for the password.
    pub fn revoke_sessions(&self) {
        self.world.sessions.revoke_all();
        self.world.prt.revoke_all();
    }

    /// What an identity broker gives for this user: as the cookie [`entra::PRT_COOKIE`] it signs them in silently, on
    /// a compliant device, for five minutes and as often as it comes.
    pub fn prt_cookie(&self, user: &str) -> String {
        let user = self.world.options.user(user).map_or(user, |known| &known.name);
        self.world.prt.mint(user, self.world.clock.now())
    }

    /// How often such a cookie has signed somebody in.
    pub fn prt_sign_ins(&self) -> usize {
        self.world.prt.sign_ins()
    }

    /// Every request, to Entra and to AWS, that had a cookie of that name, in order.
    pub fn prt_seen(&self) -> Vec<PrtSeen> {
        self.world.prt.seen()
    }

    /// The number that the page last showed to this user, while nobody has answered it.
    pub fn number_for(&self, user: &str) -> Option<String> {
        self.world.flows.number_for(user)
    }

    /// Approves what this user was last asked, as on a phone; false when nothing is asked.
    pub fn approve(&self, user: &str) -> bool {
        let done = self.world.flows.approve(user);
        self.world.log.ring();
        done
    }

    /// Every secret that this world has given out so far and that has a value of its own: secret keys, session tokens,
    /// cookies, sign-in tokens. Nobody may have written one down.
    pub fn secrets(&self) -> Vec<String> {
        let world = &self.world;
        [world.keys.secrets(), world.sessions.cookie_values(), world.prt.values(), world.signin_tokens.all()]
            .concat()
    }

    /// Moves this world's clock forward: assertions, sessions and credentials grow older.
    pub fn advance(&self, by: Duration) {
        self.world.clock.advance(by);
    }

    /// Which pages were answered, in order.
    pub fn pages(&self) -> Vec<Page> {
        self.log()
            .into_iter()
            .filter_map(|seen| match seen.kind {
                Kind::Page(page) => Some(page),
                _ => None,
            })
            .collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn listen(port: u16) -> io::Result<TcpListener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}
