//! What `rolecall doctor` asks of the resident process: everything that only it can see.

#[cfg_attr(target_os = "linux", path = "doctor/desktop/linux.rs")]
#[cfg_attr(target_os = "macos", path = "doctor/desktop/macos.rs")]
#[cfg_attr(windows, path = "doctor/desktop/windows.rs")]
mod desktop;
mod engine;

use crate::broker;
use crate::files::Disk;
use crate::proxy::{self, Route};
use crate::sign_in;
use crate::vault::VaultTo;
use crate::web;
use crate::wsl::{self, Wsl};
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use rolecall_core::checkup::{self, Finding};
use rolecall_core::policy::Policy;
use rolecall_core::problem::{Problem, foreign};
use rolecall_core::profile::ProfileName;
use rolecall_core::secret::Secret;
use rolecall_core::settings::Settings;
use rolecall_core::wsl::Distribution;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

const SET_CLOCK: &str = if cfg!(windows) {
    "Settings, Time & language"
} else if cfg!(target_os = "macos") {
    "System Settings, General, Date & Time"
} else {
    "timedatectl set-ntp true"
};
/// A signature is refused when the clocks differ by more than five minutes.
const SKEW: i64 = 4 * 60;
const PROXY: &str = "proxy";
/// The global endpoint.
const AWS_OWN: &str = "https://sts.amazonaws.com";
const AWS_PATIENCE: Duration = Duration::from_secs(10);
/// It may be asking the person to unlock it.
const KEYCHAIN_PATIENCE: Duration = Duration::from_secs(5);

pub(crate) struct Doctor {
    pub(crate) disk: Disk,
    /// Which version runs, and how it came here.
    pub(crate) running: String,
    pub(crate) wsl: Option<Arc<dyn Wsl>>,
    /// What profiles name of it.
    pub(crate) wsl_wanted: BTreeMap<ProfileName, Vec<Distribution>>,
    pub(crate) authority_default: Option<String>,
    /// `AWS_ENDPOINT_URL_STS`, or the global endpoint.
    pub(crate) sts_url: Option<String>,
    pub(crate) window_program: PathBuf,
    pub(crate) run_folder: PathBuf,
    pub(crate) vault: VaultTo,
    pub(crate) display: BTreeMap<String, String>,
}

impl Doctor {
    pub(crate) async fn examine(self) -> Vec<Finding> {
        let (disk, authority) = (self.disk.clone(), self.authority_default.clone());
        let files = tokio::task::spawn_blocking(move || {
            let [config, credentials] = disk.seen();
            checkup::aws_files(&config, &credentials, authority.as_deref())
        });
        let (wsl, wanted) = (self.wsl.clone(), self.wsl_wanted.clone());
        let wsl = tokio::task::spawn_blocking(move || wsl::examine(wsl.as_deref(), &wanted));
        let disk = self.disk.clone();
        let administered = tokio::task::spawn_blocking(move || disk.policy_and_settings()).await.ok();
        let (clock, proxy, desktop, keychain, engine, broker) = tokio::join!(
            clock(self.sts_url.as_deref()),
            examine_proxy(self.sts_url.as_deref()),
            desktop::examine(),
            keychain(&self.vault),
            engine::examine(&self.window_program, &self.run_folder, &self.display),
            broker::is_there(sign_in::bus_of(&self.display)),
        );
        let mut findings = vec![Finding::ok("version", format!("{}.", self.running))];
        findings.extend(files.await.unwrap_or_default());
        if let Some((policy, settings)) = &administered {
            findings.push(administrators_policy(policy));
            findings.extend(identity_broker(broker, settings, policy));
        }
        findings.push(clock);
        findings.push(proxy);
        findings.extend(desktop);
        findings.push(keychain);
        findings.push(engine);
        findings.extend(wsl.await.unwrap_or_default());
        findings
    }
}

/// Whether what an administrator has set can be read by this user.
fn administrators_policy(policy: &Result<Option<Policy>, Problem>) -> Finding {
    let about = "policy";
    match policy {
        Ok(None) => Finding::ok(about, "This computer has no policy."),
        Ok(Some(policy)) => Finding::ok(about, format!("The policy of {} is in force.", policy.by())),
        Err(problem) => Finding::problem(about, problem),
    }
}

/// Nothing where there is no broker, or this system has none.
fn identity_broker(
    there: Option<bool>,
    settings: &Settings,
    policy: &Result<Option<Policy>, Problem>,
) -> Option<Finding> {
    let about = "identity broker";
    if there != Some(true) {
        return None;
    }
    let Ok(policy) = policy else {
        let waits = "A broker is available. Rolecall cannot use it until the policy is fixed.";
        return Some(Finding::ok(about, waits));
    };
    let forbidden = policy.as_ref().filter(|policy| policy.os_sign_on == Some(false));
    Some(match (settings.os_sign_on, forbidden) {
        (true, _) => Finding::ok(about, "It is asked at each sign-in, in the name of Microsoft Edge."),
        (false, Some(policy)) => Finding::ok(
            about,
            format!("A broker is available, but the policy of {} does not let Rolecall use it.", policy.by()),
        ),
        (false, None) => Finding::advice(
            about,
            "A broker is available, but Rolecall does not use it.",
            "To sign in with this computer's own sign-on, turn it on in Settings, or write os_sign_on = true into settings.toml. The broker is then asked in the name of Microsoft Edge.",
        ),
    })
}

async fn keychain(vault: &VaultTo) -> Finding {
    let about = "keychain";
    match tokio::time::timeout(KEYCHAIN_PATIENCE, vault.check()).await {
        Ok(Ok(remark)) => {
            Finding::ok(about, remark.unwrap_or_else(|| "It keeps the key of the vault.".to_owned()))
        }
        Ok(Err(problem)) => Finding::advice(about, problem.to_string(), problem.help()),
        Err(_) => Finding::advice(about, "It waits to be unlocked.", "Answer its question, then ask again."),
    }
}

/// Whether AWS answers, and this computer's clock agrees with it.
async fn clock(sts_url: Option<&str>) -> Finding {
    let about = "clock and AWS";
    let base = sts_url.unwrap_or(AWS_OWN);
    let shown = Url::parse(base).ok().and_then(|url| url.host_str().map(str::to_owned));
    let shown = shown.unwrap_or_else(|| "AWS STS".to_owned());
    // Without a signature: AWS refuses it, and its refusal tells the time.
    let url =
        Secret::new(format!("{}/?Action=GetCallerIdentity&Version=2011-06-15", base.trim_end_matches('/')));
    let timeout = Problem::AwsTimeout { endpoint: shown.clone() };
    let answer = tokio::time::timeout(AWS_PATIENCE, web::get(&url, &shown, None)).await;
    let answer = match answer.unwrap_or(Err(timeout)) {
        Ok(answer) => answer,
        Err(problem) => return Finding::problem(about, &problem),
    };
    let there = answer.date.as_deref().and_then(|date| rfc2822::parse(date).ok());
    let Some(there) = there else {
        return Finding::problem(about, &Problem::AwsNotAws { endpoint: shown });
    };
    let skew = Timestamp::now().duration_since(there.timestamp()).as_secs();
    if skew.abs() > SKEW {
        let direction = if skew > 0 { "ahead of" } else { "behind" };
        return Finding::broken(
            about,
            format!(
                "This computer's clock is {} minutes {direction} that of {shown}.",
                (skew.abs() + 30) / 60
            ),
            format!("Set the clock ({SET_CLOCK}): AWS refuses requests that are five minutes off."),
        );
    }
    Finding::ok(about, format!("{shown} answers, and the clocks agree within {} s.", skew.abs().max(1)))
}

/// Which proxy STS is asked through, and whether the sign-in window goes another way.
async fn examine_proxy(sts_url: Option<&str>) -> Finding {
    let Ok(url) = Url::parse(sts_url.unwrap_or(AWS_OWN)) else {
        return Finding::ok(PROXY, "None is needed.");
    };
    let (own, window) = proxy::examine(&url).await;
    proxy_finding(&foreign(url.host_str().unwrap_or("AWS STS")), &own, &window)
}

fn proxy_finding(host: &str, own: &Route, window: &Route) -> Finding {
    if let Err(problem) = own.client_config() {
        return Finding::problem(PROXY, &problem);
    }
    let mut what = format!("For {host}: {own}.");
    if let Some(reason) = &own.unknown {
        what.push_str(&format!(" But {reason}."));
    }
    if own.via != window.via {
        what.push_str(&format!(" The sign-in window uses another way: {window}."));
        let help = if cfg!(target_os = "macos") {
            "The sign-in window reads no variables. Set the same proxy, and the same exceptions, in System Settings, Network."
        } else {
            "The sign-in window reads NO_PROXY only if HTTPS_PROXY is set, too. Set both, or make the host an exception in this computer's proxy settings."
        };
        return Finding::advice(PROXY, what, help);
    }
    if own.unknown.is_some() {
        let help = "If AWS cannot be reached, set HTTPS_PROXY=http://HOST:PORT, then run `rolecall quit`.";
        return Finding::advice(PROXY, what, help);
    }
    Finding::ok(PROXY, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rolecall_core::checkup::Verdict;

    #[test]
    fn the_proxy_is_named_with_its_origin_and_with_the_window_s() {
        let (direct, proxied) = proxy::examples();
        let same = proxy_finding("sts.amazonaws.com", &proxied, &proxied);
        assert_eq!(same.verdict, Verdict::Ok);
        assert_eq!(same.what, "For sts.amazonaws.com: the proxy proxy.example.org:8080, set by HTTPS_PROXY.");
        let other = proxy_finding("sts.amazonaws.com", &direct, &proxied);
        assert_eq!(other.verdict, Verdict::Advice);
        assert_eq!(
            other.what,
            "For sts.amazonaws.com: no proxy, because none is set. The sign-in window uses another way: the proxy proxy.example.org:8080, set by HTTPS_PROXY."
        );
        let unknown = Route { unknown: Some("the proxy script x could not be used".into()), ..direct };
        let finding = proxy_finding("sts.amazonaws.com", &unknown, &unknown);
        assert_eq!(finding.verdict, Verdict::Advice);
        assert!(finding.what.ends_with("no proxy. But the proxy script x could not be used."), "{finding:?}");
    }

    #[test]
    fn the_broker_is_offered_only_if_the_policy_can_be_read_and_allows_it() {
        let off = Settings { os_sign_on: false, ..Settings::default() };
        let forbids = Policy { os_sign_on: Some(false), ..Policy::default() };
        let broken =
            Problem::PolicyRefused { path: "/etc/rolecall/policy.toml".into(), reason: "it is 0600".into() };
        for (policy, verdict, part) in [
            (Ok(None), Verdict::Advice, "but Rolecall does not use it"),
            (Ok(Some(forbids)), Verdict::Ok, "does not let Rolecall use it"),
            (Err(broken), Verdict::Ok, "until the policy is fixed"),
        ] {
            let finding = identity_broker(Some(true), &off, &policy).expect("a finding");
            assert_eq!(finding.verdict, verdict, "{finding:?}");
            assert!(finding.what.contains(part), "{finding:?}");
            assert!(identity_broker(Some(false), &off, &policy).is_none());
        }
    }
}
