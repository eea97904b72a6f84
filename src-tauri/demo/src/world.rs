//! Who lives in the make-believe world: its tenant, people, roles and limits. Tests build other worlds from it.

use std::time::Duration;

/// The tenant of [`Options::default`].
pub const TENANT: &str = "0de3013a-0000-4000-8000-000000000001";
/// The enterprise application of [`Options::default`]: with a `#`, as a tenant's second AWS application has it.
pub const APP_ID_URI: &str = "https://signin.aws.amazon.com/saml#demo";
/// Everybody's password in [`Options::default`].
pub const PASSWORD: &str = "correct horse";
/// The SAML identity provider's name in every account.
pub const PROVIDER_NAME: &str = "Entra";

/// The whole make-believe world. `Options::default()` is the demo's; change what a test is about.
#[derive(Debug, Clone)]
pub struct Options {
    /// The only tenant that exists.
    pub tenant: String,
    /// The only enterprise application that exists: a request's SAML Issuer.
    pub app_id_uri: String,
    pub users: Vec<User>,
    /// What `AssumeRole` gives to whoever holds a session that the role trusts.
    pub chained_roles: Vec<Trusting>,
    /// What `AssumeRoleWithWebIdentity` gives for a token whose audience is `sts.amazonaws.com`.
    pub web_identity_roles: Vec<Role>,
    /// Account numbers with the names that AWS's own sign-in page lists.
    pub account_names: Vec<(String, String)>,
    /// Credentials end this soon, whatever was asked for.
    pub session_length: Option<Duration>,
    /// How often faster than asked for credentials end, for tests of many hours: at 60 an hour lasts a minute.
    pub speed: u32,
    /// `SessionNotOnOrAfter`, counted from the assertion's issue; left out when none.
    pub session_not_on_or_after: Option<Duration>,
    /// The attribute `SessionDuration`; left out when none.
    pub session_duration: Option<Duration>,
    /// Issue `EncryptedAssertion` elements: roles cannot be read from them outside AWS.
    pub encrypted: bool,
    /// What happens to `IsPassive="true"` without a session.
    pub passive: Passive,
    /// How long `ESTSAUTHPERSISTENT` lives.
    pub stay_signed_in: Duration,
    /// Ask "Stay signed in?" at all.
    pub asks_to_stay_signed_in: bool,
    /// Entra's port; 0 for any.
    pub entra_port: u16,
    /// AWS's port; 0 for any.
    pub aws_port: u16,
}

/// What Entra does with a passive request that it cannot answer silently: both were reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passive {
    /// A page that says AADSTS50058 and stays.
    ErrorPage,
    /// A SAML response with status Responder, and NoPassive inside, is posted to the ACS.
    SamlStatus,
}

/// Somebody who can sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The user principal name, in lower case.
    pub name: String,
    pub password: String,
    pub roles: Vec<Role>,
    /// Asked for the number that the page shows.
    pub number_matching: bool,
    /// Assigned to the application; else AADSTS50105.
    pub assigned: bool,
    /// On a compliant device; else AADSTS53000, unless the operating system's cookie comes along.
    pub compliant: bool,
}

/// An IAM role and the SAML provider that may vouch for its users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    pub arn: String,
    pub provider: String,
    /// MaxSessionDuration.
    pub max_session: Duration,
}

/// A role that other roles may assume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trusting {
    pub role: Role,
    /// The only role that may, by its ARN; any where there is none.
    pub from: Option<String>,
    /// What it has to say.
    pub external_id: Option<String>,
}

impl Trusting {
    /// Trusts every role.
    pub fn anybody(role: Role) -> Self {
        Self { role, from: None, external_id: None }
    }
}

impl Role {
    /// `Role::new("111111111111", "team/Deployer", 8)`: account, path and name, longest session in hours.
    pub fn new(account: &str, name: &str, hours: u64) -> Self {
        Self {
            arn: format!("arn:aws:iam::{account}:role/{name}"),
            provider: format!("arn:aws:iam::{account}:saml-provider/{PROVIDER_NAME}"),
            max_session: Duration::from_secs(hours * 3600),
        }
    }

    pub(crate) fn account(&self) -> &str {
        self.arn.split(':').nth(4).unwrap_or_default()
    }

    pub(crate) fn name(&self) -> &str {
        self.arn.rsplit('/').next().unwrap_or_default()
    }

    pub(crate) fn partition(&self) -> &str {
        self.arn.split(':').nth(1).unwrap_or("aws")
    }
}

impl User {
    /// Somebody with the usual password, asked for a number, assigned, on a compliant device.
    pub fn new(name: &str, roles: Vec<Role>) -> Self {
        Self {
            name: name.to_owned(),
            password: PASSWORD.to_owned(),
            roles,
            number_matching: true,
            assigned: true,
            compliant: true,
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        let nine = vec![
            Role::new("111111111111", "Developer", 8),
            Role::new("111111111111", "ReadOnly", 12),
            Role::new("111111111111", "Admin", 1),
            Role::new("111111111111", "team/Deployer", 4),
            Role::new("222222222222", "Developer", 8),
            Role::new("222222222222", "DataEngineer", 8),
            Role::new("222222222222", "Billing-ViewOnly", 12),
            Role::new("333333333333", "ReadOnly", 12),
            Role::new("333333333333", "Admin", 1),
        ];
        let one = vec![Role::new("222222222222", "Developer", 8)];
        let unassigned = User { assigned: false, ..User::new("nobody@example.org", vec![]) };
        let own_laptop = User { compliant: false, ..User::new("own-laptop@example.org", one.clone()) };
        Self {
            tenant: TENANT.to_owned(),
            app_id_uri: APP_ID_URI.to_owned(),
            users: vec![
                User::new("ada@example.org", nine),
                User::new("bob@example.org", one),
                User::new("rolefree@example.org", vec![]),
                unassigned,
                own_laptop,
            ],
            chained_roles: vec![
                Trusting::anybody(Role::new("333333333333", "Auditor", 12)),
                Trusting {
                    from: Some("arn:aws:iam::333333333333:role/Auditor".to_owned()),
                    ..Trusting::anybody(Role::new("222222222222", "LogReader", 12))
                },
                Trusting {
                    from: Some("arn:aws:iam::222222222222:role/LogReader".to_owned()),
                    external_id: Some("make-believe".to_owned()),
                    ..Trusting::anybody(Role::new("444444444444", "Archive", 1))
                },
            ],
            web_identity_roles: vec![Role::new("222222222222", "pods/reader", 12)],
            account_names: [
                ("111111111111", "example-production"),
                ("222222222222", "example-data"),
                ("333333333333", "example-archive"),
            ]
            .map(|(number, name)| (number.to_owned(), name.to_owned()))
            .to_vec(),
            session_length: None,
            speed: 1,
            session_not_on_or_after: Some(Duration::from_secs(16 * 3600)),
            session_duration: Some(Duration::from_secs(12 * 3600)),
            encrypted: false,
            passive: Passive::ErrorPage,
            stay_signed_in: Duration::from_secs(90 * 24 * 3600),
            asks_to_stay_signed_in: true,
            entra_port: 0,
            aws_port: 0,
        }
    }
}

impl Options {
    pub(crate) fn user(&self, name: &str) -> Option<&User> {
        self.users.iter().find(|user| user.name.eq_ignore_ascii_case(name.trim()))
    }
}
