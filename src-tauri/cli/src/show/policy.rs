//! A policy in words: one line a thing that it sets.

use super::columns::{Cell, aligned};
use super::harmless;
use jiff::SignedDuration;
use rolecall_core::expiry::{Warnings, left_words};
use rolecall_core::policy::Policy;
use rolecall_core::profile::CredentialsKept;
use rolecall_core::settings::Renew;

/// The longest list that is shown whole.
const LISTED: usize = 20;

pub(crate) fn policy(policy: &Policy) -> String {
    let rows: Vec<_> = lines(policy)
        .into_iter()
        .filter_map(|(about, says)| Some([Cell::plain(about), Cell::plain(harmless(&says?))]))
        .collect();
    if rows.is_empty() { "It sets nothing.".to_owned() } else { aligned(&rows) }
}

fn lines(policy: &Policy) -> [(&'static str, Option<String>); 15] {
    let tenants = policy.tenants.iter().map(|tenant| format!("{} ({})", tenant.name, tenant.id));
    let offers = policy.offers.iter().map(|offer| offer.name.clone());
    let accounts = policy.accounts.iter().map(|(id, name)| format!("{id} is {name}"));
    [
        ("organisation", policy.organisation.clone()),
        ("STS hosts", policy.sts_hosts.as_ref().map(|hosts| format!("only {}", hosts.join(", ")))),
        ("login hosts", policy.login_hosts.as_ref().map(|hosts| format!("only {}", hosts.join(", ")))),
        (
            "remembered sign-ins",
            policy.remember_sign_in.filter(|allowed| !allowed).map(|_| "forbidden".to_owned()),
        ),
        (
            "credentials",
            policy
                .credentials
                .filter(|kept| *kept == CredentialsKept::Process)
                .map(|_| "never in plain text: every profile is served by credential_process".to_owned()),
        ),
        ("longest session", policy.max_duration_hours.map(|hours| hour_words(i64::from(hours)))),
        ("warnings", policy.warn_before.as_ref().map(warnings)),
        ("renewal", policy.renew.map(renewal)),
        (
            "renewal ends",
            policy.renew_within.map(|within| format!("{} after a person last signed in", left_words(within))),
        ),
        ("system's sign-on", policy.os_sign_on.map(|on| if on { "used" } else { "not used" }.to_owned())),
        (
            "account name lookup",
            policy.account_names.map(|on| if on { "allowed" } else { "forbidden" }.to_owned()),
        ),
        ("updates", updates(policy)),
        ("tenants", listed(tenants)),
        ("profiles offered", listed(offers)),
        ("account names", listed(accounts)),
    ]
}

fn hour_words(hours: i64) -> String {
    left_words(SignedDuration::from_hours(hours))
}

fn warnings(warnings: &Warnings) -> String {
    let all: Vec<_> = warnings.all().iter().map(|before| left_words(*before)).collect();
    if all.is_empty() { "none".to_owned() } else { format!("{} before the end", all.join(" and ")) }
}

fn renewal(renew: Renew) -> String {
    match renew {
        Renew::Off => "off",
        Renew::WhenSilent => "unasked, as long as that takes no answer of a person",
        Renew::AlwaysAsk => "the person is asked first",
    }
    .to_owned()
}

fn updates(policy: &Policy) -> Option<String> {
    if policy.forbids_updates() {
        return Some("nobody looks for them".to_owned());
    }
    policy.update.as_ref().map(|source| format!("looked for at {}, when somebody asks", source.feed()))
}

fn listed(items: impl ExactSizeIterator<Item = String>) -> Option<String> {
    let count = items.len();
    let mut shown: Vec<_> = items.take(LISTED).collect();
    if count > LISTED {
        shown.push(format!("and {} more", count - LISTED));
    }
    (count > 0).then(|| shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_that_is_set_has_its_line() {
        let text = "organisation = 'Example Ltd'\nlogin_hosts = ['login.example.org', 'login.example.net:8443']\n\
            remember_sign_in = false\ncredentials = 'process'\nmax_duration_hours = 4\n\
            warn_before = ['1h', '20m']\nrenew = 'always_ask'\nrenew_within = '90m'\nos_sign_on = true\naccount_names = false\n\
            updates = false\n\
            [accounts]\n111111111111 = 'Production'\n[[tenant]]\nname = 'Example'\nid = 'example.org'\n\
            [[profile]]\nname = 'work'\nazure_tenant_id = 'example.org'\nazure_app_id_uri = 'a'\n";
        assert_eq!(
            policy(&Policy::parse(text).expect("a policy")),
            "organisation         Example Ltd\n\
             login hosts          only login.example.org, login.example.net:8443\n\
             remembered sign-ins  forbidden\n\
             credentials          never in plain text: every profile is served by credential_process\n\
             longest session      4 hours\n\
             warnings             1 hour and 20 minutes before the end\n\
             renewal              the person is asked first\n\
             renewal ends         1 hour 30 minutes after a person last signed in\n\
             system's sign-on     used\n\
             account name lookup  forbidden\n\
             updates              nobody looks for them\n\
             tenants              Example (example.org)\n\
             profiles offered     work\n\
             account names        111111111111 is Production"
        );
        assert_eq!(policy(&Policy::default()), "It sets nothing.");
        let silent = Policy::parse("warn_before = []").expect("a policy");
        assert_eq!(policy(&silent), "warnings  none");
    }

    #[test]
    fn a_long_list_is_cut() {
        let list = listed((0..25).map(|number| number.to_string()).collect::<Vec<_>>().into_iter());
        assert!(list.expect("a list").ends_with(", 19, and 5 more"));
    }
}
