//! The tray's menu as a value: made from the view, compared in tests, drawn by each system in its own way.

use jiff::{Timestamp, tz::TimeZone};
use rolecall_core::message::window::Page;
use rolecall_core::profile::{Origin, ProfileName};
use rolecall_core::role::{AccountId, RoleArn};
use rolecall_core::shell::Shell;
use rolecall_core::view::{Activity, ProfileView, RoleProfileView, State, View};
use std::collections::BTreeMap;

/// What a click asks the controller to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// The left click on the icon: whatever is obvious now.
    LeftClick,
    SignIn(ProfileName),
    SignInAll,
    /// The main window.
    Open(Page),
    Choose(ProfileName, RoleArn),
    Renew(ProfileName),
    RenewThese(Vec<ProfileName>),
    SignOut(ProfileName),
    Console(ProfileName),
    /// Put the credentials into the clipboard, as this shell reads them.
    Copy(ProfileName, Shell),
    /// Say again what is wrong with this profile, or (`None`) in general.
    Explain(Option<ProfileName>),
    Quit,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    Action {
        label: String,
        action: Action,
    },
    /// One of several of which one is current.
    Choice {
        label: String,
        current: bool,
        action: Action,
    },
    Submenu {
        label: String,
        items: Vec<Item>,
    },
    Separator,
}

/// The menu for what there is to show.
pub fn menu(view: &View, now: Timestamp) -> Vec<Item> {
    let mut items: Vec<Item> = view
        .problems
        .iter()
        .map(|problem| Item::Action { label: short(&problem.what), action: Action::Explain(None) })
        .collect();
    let alone = view.profiles.len() == 1;
    for profile in &view.profiles {
        items.extend(choose(view, profile));
        items.extend(entry(view, profile, alone, now));
        // Those of an active one stand in its own menu.
        let chained = roles(view, Some(&profile.name), now);
        if !matches!(profile.state, State::Active | State::EndingSoon) && !chained.is_empty() {
            let label = format!("Chained roles of {}", profile.name);
            items.push(Item::Submenu { label, items: chained });
        }
    }
    if view.profiles.iter().filter(|profile| profile.wants_sign_in()).count() > 1 {
        items.push(action("Sign in to all", Action::SignInAll));
    }
    items.extend(roles(view, None, now));
    items.push(Item::Separator);
    items.push(action("Open Rolecall", Action::Open(Page::Sessions)));
    items.push(action("Settings…", Action::Open(Page::Settings)));
    items.push(action("Quit Rolecall", Action::Quit));
    items
}

/// The same for a menu that a left click opens: what the click does elsewhere comes first.
#[cfg_attr(not(target_os = "macos"), allow(dead_code, reason = "macOS opens menus by a left click"))]
pub(crate) fn for_left_click(mut items: Vec<Item>) -> Vec<Item> {
    let opens = |item: &Item| matches!(item, Item::Action { action: Action::Open(Page::Sessions), .. });
    if let Some(place) = items.iter().position(opens) {
        let open = items.remove(place);
        items.splice(0..0, [open, Item::Separator]);
    }
    items
}

impl Action {
    /// Whether it always brings a window to the person.
    #[cfg_attr(not(target_os = "macos"), allow(dead_code, reason = "macOS has to be told before"))]
    pub(crate) fn opens_a_window(&self) -> bool {
        matches!(self, Self::Open(_))
    }
}

/// `None` where `Choose a role` says it all.
fn entry(view: &View, profile: &ProfileView, alone: bool, now: Timestamp) -> Option<Item> {
    let name = &profile.name;
    let label = format!("{name} — {}", profile.words(now));
    let sign_in = Action::SignIn(name.clone());
    Some(match (profile.activity, profile.state) {
        (_, State::Unusable) => Item::Action { label, action: Action::Explain(Some(name.clone())) },
        // Clicking shows the window.
        (Activity::SigningIn | Activity::Assuming, _)
        | (Activity::Renewing, State::SignedOut | State::Expired) => Item::Action { label, action: sign_in },
        (_, State::Active | State::EndingSoon) => Item::Submenu { label, items: active(view, profile, now) },
        (Activity::Choosing, State::SignedOut | State::Expired) => return None,
        (Activity::Idle, State::SignedOut) if alone => action("Sign in", sign_in),
        (Activity::Idle, State::SignedOut) => {
            Item::Action { label: format!("Sign in to {name}"), action: sign_in }
        }
        (Activity::Idle, State::Expired) => Item::Action { label, action: sign_in },
    })
}

fn active(view: &View, profile: &ProfileView, now: Timestamp) -> Vec<Item> {
    let name = &profile.name;
    // What another tool wrote is that tool's: it is not renewed or removed by us, only replaced when asked.
    if profile.role.is_none() {
        return vec![action("Sign in", Action::SignIn(name.clone()))];
    }
    let mut items = vec![];
    if profile.roles.len() > 1 {
        items.push(Item::Submenu { label: "Switch role".into(), items: by_account(view, profile) });
    }
    let chained = roles(view, Some(name), now);
    if !chained.is_empty() {
        items.push(Item::Submenu { label: "Chained roles".into(), items: chained });
    }
    items.extend(deeds(name, true));
    items.push(action("Sign out", Action::SignOut(name.clone())));
    items
}

/// What can be done with credentials that work.
fn deeds(name: &ProfileName, renews: bool) -> Vec<Item> {
    let copy = |shell: Shell| action(shell.label(), Action::Copy(name.clone(), shell));
    let renew = renews.then(|| action("Renew now", Action::Renew(name.clone())));
    let others = [
        action("Open AWS console", Action::Console(name.clone())),
        Item::Submenu { label: "Copy".into(), items: Shell::ALL.map(copy).to_vec() },
    ];
    renew.into_iter().chain(others).collect()
}

/// The roles that are assumed after this profile's, in their order; those of no sign-in where there is none.
fn roles(view: &View, root: Option<&ProfileName>, now: Timestamp) -> Vec<Item> {
    let of_root = view.role_profiles.iter().filter(|profile| profile.root.as_ref() == root);
    of_root.map(|profile| role(profile, now)).collect()
}

fn role(profile: &RoleProfileView, now: Timestamp) -> Item {
    let name = &profile.name;
    let after = "↳ ".repeat(usize::try_from(profile.depth).unwrap_or_default());
    let label = format!("{after}{name} — {}", profile.words(now));
    let of_pod = matches!(profile.origin, Some(Origin::Pod { .. }));
    match profile.state {
        State::Active | State::EndingSoon => {
            let mut items = deeds(name, !of_pod);
            items.push(action("Drop", Action::SignOut(name.clone())));
            Item::Submenu { label, items }
        }
        State::Unusable => Item::Action { label, action: Action::Explain(Some(name.clone())) },
        // It takes a token of its cluster.
        _ if of_pod => Item::Action { label, action: Action::Open(Page::Pods) },
        State::SignedOut | State::Expired => Item::Action { label, action: Action::Renew(name.clone()) },
    }
}

fn choose(view: &View, profile: &ProfileView) -> Option<Item> {
    (profile.activity == Activity::Choosing).then(|| Item::Submenu {
        label: format!("Choose a role for {}", profile.name),
        items: by_account(view, profile),
    })
}

/// ACCOUNT ▸ ROLE; the current one ticked. Accounts with names come first, by name.
fn by_account(view: &View, profile: &ProfileView) -> Vec<Item> {
    let mut accounts: BTreeMap<AccountId, Vec<Item>> = BTreeMap::new();
    let mut names: BTreeMap<(AccountId, &str), usize> = BTreeMap::new();
    for role in &profile.roles {
        *names.entry((role.account(), role.name())).or_default() += 1;
    }
    for role in &profile.roles {
        // Two roles of one name differ by their paths.
        let twins = names[&(role.account(), role.name())] > 1;
        let label = if twins { role.path_and_name() } else { role.name() };
        accounts.entry(role.account()).or_default().push(Item::Choice {
            label: label.to_owned(),
            current: profile.role.as_ref() == Some(role),
            action: Action::Choose(profile.name.clone(), role.clone()),
        });
    }
    let mut accounts: Vec<_> = accounts.into_iter().collect();
    accounts.sort_by_key(|(account, _)| {
        let name = view.accounts.get(account);
        (name.is_none(), name.map(|name| name.to_lowercase()))
    });
    let submenu = |(account, items): (AccountId, _)| Item::Submenu { label: view.account(&account), items };
    accounts.into_iter().map(submenu).collect()
}

/// One line a session, for the tooltip. It names the end by the clock: a countdown would wake every tray host once a
/// minute to fetch a text that nobody looks at.
pub fn tooltip(view: &View, now: Timestamp, zone: &TimeZone) -> String {
    let words = |profile: &ProfileView| match (profile.state, &profile.role, profile.until) {
        (State::Active | State::EndingSoon, Some(role), Some(until))
            if profile.activity == Activity::Idle =>
        {
            format!("{} until {}", role.name(), until.to_zoned(zone.clone()).strftime("%H:%M"))
        }
        _ => profile.words(now),
    };
    let sessions = view.profiles.iter().map(|profile| format!("{} — {}", profile.name, words(profile)));
    let problems = view.problems.iter().map(|problem| problem.what.clone());
    problems.chain(sessions).collect::<Vec<_>>().join("\n")
}

fn action(label: &str, action: Action) -> Item {
    Item::Action { label: label.to_owned(), action }
}

/// Menus are narrow.
fn short(text: &str) -> String {
    let mut characters = text.chars();
    let start: String = characters.by_ref().take(60).collect();
    if characters.next().is_some() { format!("{start}…") } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rolecall_core::problem::Problem;

    fn arn(account: u64, name: &str) -> RoleArn {
        RoleArn::parse(&format!("arn:aws:iam::{account:012}:role/{name}")).expect("a role")
    }

    fn profile(name: &str, state: State) -> ProfileView {
        ProfileView {
            state,
            problem: None,
            roles: vec![arn(111_111_111_111, "Admin"), arn(222_222_222_222, "team/Deployer")],
            ..ProfileView::unusable(ProfileName::new(name), &Problem::NotSignedIn)
        }
    }

    fn now() -> Timestamp {
        "2026-11-22T08:48:00Z".parse().expect("an instant")
    }

    /// The menu as indented lines, ✓ before the current choice.
    fn drawn(items: &[Item], depth: usize) -> Vec<String> {
        let indent = "  ".repeat(depth);
        let lines = |item: &Item| match item {
            Item::Action { label, .. } => vec![format!("{indent}{label}")],
            Item::Choice { label, current, .. } => {
                vec![format!("{indent}{}{label}", if *current { "✓ " } else { "" })]
            }
            Item::Submenu { label, items } => {
                let mut lines = vec![format!("{indent}{label} ▸")];
                lines.extend(drawn(items, depth + 1));
                lines
            }
            Item::Separator => vec![format!("{indent}—")],
        };
        items.iter().flat_map(lines).collect()
    }

    fn shown(profiles: Vec<ProfileView>, problems: Vec<Problem>) -> Vec<String> {
        let view =
            View { profiles, problems: problems.iter().map(Problem::report).collect(), ..View::default() };
        drawn(&menu(&view, now()), 0)
    }

    #[test]
    fn one_signed_out_profile() {
        assert_eq!(
            shown(vec![profile("work", State::SignedOut)], vec![]),
            ["Sign in", "—", "Open Rolecall", "Settings…", "Quit Rolecall"]
        );
    }

    #[test]
    fn a_menu_of_the_left_click_begins_with_the_window() {
        let view = View { profiles: vec![profile("work", State::SignedOut)], ..View::default() };
        assert_eq!(
            drawn(&for_left_click(menu(&view, now())), 0),
            ["Open Rolecall", "—", "Sign in", "—", "Settings…", "Quit Rolecall"]
        );
        assert_eq!(for_left_click(vec![]), vec![]);
        assert!(Action::Open(Page::Settings).opens_a_window());
        assert!(!Action::SignInAll.opens_a_window(), "that may go unseen");
    }

    #[test]
    fn several_signed_out_profiles() {
        let profiles = vec![profile("work", State::SignedOut), profile("lab", State::Expired)];
        let lines = [
            "Sign in to work",
            "lab — expired, sign in",
            "Sign in to all",
            "—",
            "Open Rolecall",
            "Settings…",
            "Quit Rolecall",
        ];
        assert_eq!(shown(profiles, vec![]), lines);
    }

    #[test]
    fn an_active_session_and_one_that_waits_for_a_choice() {
        let mut active = profile("work", State::Active);
        active.role = Some(arn(222_222_222_222, "team/Deployer"));
        active.until = Some("2026-11-22T16:00:00Z".parse().expect("an instant"));
        let mut choosing = profile("lab", State::SignedOut);
        choosing.activity = Activity::Choosing;
        assert_eq!(
            shown(vec![active, choosing], vec![]),
            [
                "work — Deployer · 7 h 12 m ▸",
                "  Switch role ▸",
                "    111111111111 ▸",
                "      Admin",
                "    222222222222 ▸",
                "      ✓ Deployer",
                "  Renew now",
                "  Open AWS console",
                "  Copy ▸",
                "    bash",
                "    fish",
                "    PowerShell",
                "    cmd",
                "    JSON",
                "  Sign out",
                "Choose a role for lab ▸",
                "  111111111111 ▸",
                "    Admin",
                "  222222222222 ▸",
                "    Deployer",
                "—",
                "Open Rolecall",
                "Settings…",
                "Quit Rolecall"
            ]
        );
    }

    #[test]
    fn roles_stand_under_their_source() {
        let mut work = profile("work", State::Active);
        work.role = Some(arn(222_222_222_222, "team/Deployer"));
        work.roles.clear();
        work.until = Some("2026-11-22T16:00:00Z".parse().expect("an instant"));
        let chained = |name: &str, root: Option<&str>, depth, state| RoleProfileView {
            role: Some(arn(333_333_333_333, "Audit")),
            root: root.map(ProfileName::new),
            depth,
            state,
            problem: None,
            until: Some("2026-11-22T09:30:00Z".parse().expect("an instant")),
            ..RoleProfileView::unusable(ProfileName::new(name), &Problem::NotSignedIn)
        };
        let view = View {
            profiles: vec![work],
            role_profiles: vec![
                chained("audit", Some("work"), 0, State::Active),
                chained("deep", Some("work"), 1, State::SignedOut),
                chained("token", None, 0, State::SignedOut),
                chained("loop", None, 0, State::Unusable),
            ],
            ..View::default()
        };
        let lines = drawn(&menu(&view, now()), 0);
        let lines: Vec<_> = lines.iter().map(String::as_str).collect();
        let shells = ["bash", "fish", "PowerShell", "cmd", "JSON"];
        assert_eq!(
            lines[..3],
            ["work — Deployer · 7 h 12 m ▸", "  Chained roles ▸", "    audit — Audit · 42 m ▸"]
        );
        assert_eq!(lines[3..6], ["      Renew now", "      Open AWS console", "      Copy ▸"]);
        assert_eq!(lines[6..11], shells.map(|shell| format!("        {shell}")));
        assert_eq!(lines[11..13], ["      Drop", "    ↳ deep — Audit · not assumed"]);
        let top: Vec<_> = lines.iter().filter(|line| !line.starts_with(' ')).copied().collect();
        assert_eq!(top[1..3], ["token — Audit · not assumed", "loop — not usable as configured"]);
    }

    #[test]
    fn the_tooltip_stands_still() {
        let mut active = profile("work", State::Active);
        active.role = Some(arn(222_222_222_222, "team/Deployer"));
        active.until = Some("2026-11-22T16:00:00Z".parse().expect("an instant"));
        let view = View { profiles: vec![active, profile("lab", State::SignedOut)], ..View::default() };
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        assert_eq!(tooltip(&view, now(), &zone), "work — Deployer until 17:00\nlab — signed out");
    }

    #[test]
    fn foreign_working_and_broken_ones() {
        let mut foreign = profile("work", State::Active);
        foreign.until = Some("2026-11-22T09:00:00Z".parse().expect("an instant"));
        let mut working = profile("lab", State::SignedOut);
        working.activity = Activity::SigningIn;
        let missing = Problem::ConfigMissing { path: "/home/ada/.aws/config".into() };
        assert_eq!(
            shown(vec![foreign, working, profile("old", State::Unusable)], vec![missing]),
            [
                "There is no AWS config file at /home/ada/.aws/config.",
                "work — written by another tool · 12 m ▸",
                "  Sign in",
                "lab — signing in",
                "old — not usable as configured",
                "—",
                "Open Rolecall",
                "Settings…",
                "Quit Rolecall"
            ]
        );
    }
}
