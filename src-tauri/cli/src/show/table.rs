//! The view as a table: one line a profile, each role profile below its source, and below one that began with a token
//! whose token that was.

use super::columns::{Cell, lines};
use super::harmless;
use anstyle::{AnsiColor, Style};
use jiff::Timestamp;
use rolecall_core::expiry;
use rolecall_core::problem::Report;
use rolecall_core::profile::ProfileName;
use rolecall_core::role::RoleArn;
use rolecall_core::view::{Activity, ProfileView, RoleProfileView, State, View};
use rolecall_core::web_identity::Claims;

pub(crate) fn table(view: &View, now: Timestamp) -> String {
    let mut rows = vec![["PROFILE", "ROLE", "ACCOUNT", "LEFT", "STATE"].map(Cell::plain)];
    let mut notes = vec![None];
    let mut add = |line: Line<'_>| {
        notes.push(line.claims.map(|claims| whose(claims, line.depth)));
        rows.push(line.row(view, now));
    };
    for profile in &view.profiles {
        add(Line::of(profile, now));
        let below = view.role_profiles.iter().filter(|role| role.root.as_ref() == Some(&profile.name));
        below.for_each(|role| add(Line::of_role(role, role.depth + 1, now)));
    }
    let known = |name: &ProfileName| view.profiles.iter().any(|profile| profile.name == *name);
    // Those of a token or a pod, and what cannot be used.
    let alone = view.role_profiles.iter().filter(|role| !role.root.as_ref().is_some_and(known));
    alone.for_each(|role| add(Line::of_role(role, role.depth, now)));
    let lines = lines(&rows).into_iter().zip(notes);
    lines.flat_map(|(line, note)| [Some(line), note]).flatten().collect::<Vec<_>>().join("\n")
}

/// A quiet line, set in below the profile's name.
fn whose(claims: &Claims, depth: u32) -> String {
    let (style, indent) = (Style::new().dimmed(), "  ".repeat(depth as usize + 1));
    let (subject, issuer) = (harmless(&claims.subject), harmless(&claims.issuer));
    format!("{indent}{style}{subject}, says {issuer}{style:#}")
}

/// What one line says, of either kind of profile.
struct Line<'a> {
    name: String,
    /// How far below its source.
    depth: u32,
    role: Option<&'a RoleArn>,
    until: Option<Timestamp>,
    state: State,
    activity: Activity,
    problem: Option<&'a Report>,
    claims: Option<&'a Claims>,
    words: String,
}

impl<'a> Line<'a> {
    fn of(profile: &'a ProfileView, now: Timestamp) -> Self {
        let words = match profile.state {
            State::Active | State::EndingSoon if profile.role.is_none() => {
                "written by another tool".to_owned()
            }
            State::Active => "active".to_owned(),
            State::EndingSoon => "ending soon".to_owned(),
            _ => profile.words(now),
        };
        Self {
            name: profile.name.to_string(),
            depth: 0,
            role: profile.role.as_ref(),
            until: profile.until,
            state: profile.state,
            activity: profile.activity,
            problem: profile.problem.as_ref(),
            claims: None,
            words,
        }
    }

    /// Below its source, where it has one here.
    fn of_role(profile: &'a RoleProfileView, depth: u32, now: Timestamp) -> Self {
        let over = profile.until.is_some_and(|until| until <= now);
        let words = match (profile.activity, profile.state) {
            (Activity::SigningIn | Activity::Choosing, State::SignedOut | State::Expired) => "signing in",
            (Activity::Assuming | Activity::Renewing, State::SignedOut | State::Expired) => "assuming",
            (_, State::Unusable) => "not usable as configured",
            (_, State::SignedOut) => "not assumed",
            (_, State::Expired) => "expired",
            _ if over => "expired",
            (_, State::Active) => "active",
            (_, State::EndingSoon) => "ending soon",
        };
        let indent = match depth {
            0 => String::new(),
            depth => format!("{}└ ", "  ".repeat(depth as usize - 1)),
        };
        Self {
            name: format!("{indent}{}", profile.name),
            depth,
            role: profile.role.as_ref(),
            until: profile.until,
            state: profile.state,
            activity: profile.activity,
            problem: profile.problem.as_ref(),
            claims: profile.claims.as_ref(),
            words: words.to_owned(),
        }
    }

    fn row(self, view: &View, now: Timestamp) -> [Cell; 5] {
        let or_dash = |text: Option<String>| match text {
            Some(text) => Cell::plain(text),
            None => Cell::styled("-", Style::new().dimmed()),
        };
        let alive = !matches!(self.state, State::Expired | State::SignedOut);
        let left = self.until.filter(|_| alive).map(|until| expiry::left_text(expiry::left(until, now)));
        let colour = self.colour();
        let state = match self.problem {
            Some(problem) => format!("{}; {}", self.words, problem.what),
            None => self.words,
        };
        [
            Cell::plain(self.name),
            or_dash(self.role.map(|role| role.name().to_owned())),
            or_dash(self.role.map(|role| view.account(&role.account()))),
            or_dash(left),
            Cell::styled(state, colour),
        ]
    }

    /// Green works, yellow ends soon, red does not work.
    fn colour(&self) -> Style {
        let colour = match (self.state, self.activity, self.problem) {
            (State::Active, _, None) => AnsiColor::Green,
            (State::Active | State::EndingSoon, ..) => AnsiColor::Yellow,
            (State::Unusable, ..) | (_, Activity::Idle, Some(_)) | (State::Expired, Activity::Idle, _) => {
                AnsiColor::Red
            }
            _ => return Style::new(),
        };
        Style::new().fg_color(Some(colour.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rolecall_core::problem::Problem;

    #[test]
    fn a_table() {
        let now: Timestamp = "2026-11-22T08:48:00Z".parse().expect("an instant");
        let broken = Problem::KeyMissing { path: "c".into(), section: "profile old".into(), key: "k".into() };
        let old = ProfileView::unusable(ProfileName::new("old"), &broken);
        let mut work = ProfileView { state: State::Active, problem: None, ..old.clone() };
        work.name = ProfileName::new("work");
        work.role = RoleArn::parse("arn:aws:iam::111111111111:role/team/Developer").ok();
        work.until = "2026-11-22T16:00:00Z".parse().ok();
        let view = View { profiles: vec![work, old], ..View::default() };
        let table = table(&view, now);
        assert_eq!(
            anstream::adapter::strip_str(&table).to_string(),
            "PROFILE  ROLE       ACCOUNT       LEFT      STATE\n\
             work     Developer  111111111111  7 h 12 m  active\n\
             old      -          -             -         not usable as configured; c, section [profile old]: k is missing."
        );
        assert!(table.contains("\u{1b}[32mactive\u{1b}[0m") && table.contains("\u{1b}[31mnot usable"));
    }

    #[test]
    fn a_chain_stands_below_its_source() {
        let now: Timestamp = "2026-11-22T08:48:00Z".parse().expect("an instant");
        let entra = |name: &str| ProfileView {
            state: State::SignedOut,
            problem: None,
            ..ProfileView::unusable(ProfileName::new(name), &Problem::NotSignedIn)
        };
        let role = |name: &str, root: Option<&str>, depth, state| RoleProfileView {
            name: ProfileName::new(name),
            role: RoleArn::parse(&format!("arn:aws:iam::222222222222:role/{name}")).ok(),
            origin: None,
            root: root.map(ProfileName::new),
            depth,
            state,
            activity: Activity::Idle,
            began: None,
            until: "2026-11-22T09:30:00Z".parse().ok().filter(|_| state == State::Active),
            renews: None,
            claims: None,
            remarks: vec![],
            problem: None,
        };
        let claims = Claims {
            issuer: "https://oidc.example.org/id/A".into(),
            subject: "system:serviceaccount:shop:till\u{1b}[2K".into(),
            ..Claims::default()
        };
        let view = View {
            profiles: vec![entra("work"), entra("other")],
            role_profiles: vec![
                role("deploy", Some("work"), 0, State::Active),
                role("audit", Some("work"), 1, State::SignedOut),
                RoleProfileView { claims: Some(claims.clone()), ..role("pod", None, 0, State::Expired) },
                RoleProfileView { claims: Some(claims), ..role("after", None, 1, State::SignedOut) },
            ],
            ..View::default()
        };
        let table = table(&view, now);
        assert_eq!(
            anstream::adapter::strip_str(&table).to_string(),
            "PROFILE    ROLE    ACCOUNT       LEFT  STATE\n\
             work       -       -             -     signed out\n\
             └ deploy   deploy  222222222222  42 m  active\n  \
             └ audit  audit   222222222222  -     not assumed\n\
             other      -       -             -     signed out\n\
             pod        pod     222222222222  -     expired\n  \
             system:serviceaccount:shop:till\\u{1b}[2K, says https://oidc.example.org/id/A\n\
             └ after    after   222222222222  -     not assumed\n    \
             system:serviceaccount:shop:till\\u{1b}[2K, says https://oidc.example.org/id/A"
        );
        assert!(table.contains("\u{1b}[2msystem:"), "{table}");
    }
}
