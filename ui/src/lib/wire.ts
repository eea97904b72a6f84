// Generated from src-tauri/core/src/message/window.rs by `make types`. Do not edit.

/**
 * A downloaded file whose signature is that of the feed.
 */
export type Checked = { path: string, version: string, 
/**
 * For which system it is, as the feed names it.
 */
system: string, };

/**
 * A newer version.
 */
export type Offered = { version: string, date: string | null, notes: string | null, 
/**
 * Where it can be had; `None` where there is nothing for this system.
 */
url: string | null, };

/**
 * A page of the main window.
 */
export type Page = { "type": "sessions" } | { "type": "roles", profile: ProfileName, } | { "type": "configure" } | { "type": "settings" } | { "type": "activity" } | { "type": "pods" };

/**
 * A problem as it travels: to the command line, the window, a notification.
 */
export type Report = { 
/**
 * Stable: `sign_in.cancelled`.
 */
code: string, kind: Kind, 
/**
 * What happened, one sentence.
 */
what: string, 
/**
 * What to do, one or two sentences.
 */
help: string, 
/**
 * Lines to copy that would mend it: a policy, in most cases.
 */
mend?: string, };

/**
 * A profile's name, as other AWS tools know it.
 */
export type ProfileName = string;

/**
 * A service account with the role's annotation.
 */
export type ServiceAccount = { namespace: string, name: string, 
/**
 * As it stands there.
 */
annotation: string, 
/**
 * None where that is no role's ARN.
 */
role: RoleArn | null, };

/**
 * A tenant to choose in the form.
 */
export type Tenant = { name: string, 
/**
 * A GUID or a domain.
 */
id: string, };

/**
 * A twelve-digit AWS account number.
 */
export type AccountId = string;

/**
 * An administrator's policy, as far as a person meets it.
 */
export type PolicyShown = { 
/**
 * Whose it is; the file's path where it does not say.
 */
by: string, path: string, 
/**
 * What cannot be changed here.
 */
locked: Array<Lock>, 
/**
 * Tenants to choose from in the form.
 */
tenants: Array<Tenant>, 
/**
 * The longest session, in hours.
 */
max_hours: number | null, 
/**
 * For how many minutes after a person last signed in a session may be renewed unasked.
 */
renew_within: number | null, };

/**
 * Everything that the main window shows.
 */
export type Board = { view: View, 
/**
 * The starred roles, of whichever profile.
 */
favourites: Array<RoleArn>, details: Array<Details>, 
/**
 * The config file's other profiles: Rolecall leaves them alone.
 */
others: Array<ProfileName>, 
/**
 * Whose cookies are kept.
 */
remembered: Array<Remembered>, choices: Choices, 
/**
 * Whether Rolecall starts when the desktop session begins; `None` where this system offers no way.
 */
start_at_login: boolean | null, 
/**
 * What an administrator has laid down, where there is something.
 */
policy: PolicyShown | null, 
/**
 * Counts what was recorded since the resident process began: when it changes, [`Ask::Activity`] has news.
 */
recorded: number, place: Place, };

/**
 * Everything there is to show.
 */
export type View = { 
/**
 * The Entra profiles, in the config file's order.
 */
profiles: Array<ProfileView>, 
/**
 * Those whose role is assumed from something else: each after its source.
 */
role_profiles: Array<RoleProfileView>, 
/**
 * The profile that is meant where none is named.
 */
last_used: ProfileName | null, 
/**
 * What the accounts are called, as far as anybody said.
 */
accounts: { [key in AccountId]: string }, 
/**
 * What is wrong beyond one profile: no config file, unreadable settings.
 */
problems: Array<Report>, };

/**
 * How the main window looks.
 */
export type Theme = "system" | "light" | "dark";

/**
 * One Entra profile.
 */
export type ProfileView = { name: ProfileName, state: State, activity: Activity, 
/**
 * The role of the credentials held or expired; none where another tool wrote them.
 */
role: RoleArn | null, 
/**
 * When the credentials were assumed, where it was us.
 */
began: string | null, 
/**
 * When the credentials end, or ended.
 */
until: string | null, 
/**
 * When it is renewed unasked, as things stand.
 */
renews: string | null, 
/**
 * Until when a choice needs no new sign-in.
 */
choose_by: string | null, 
/**
 * The roles that the profile may assume, as last seen.
 */
roles: Array<RoleArn>, 
/**
 * The roles that were taken last, the latest first.
 */
recent: Array<RoleArn>, 
/**
 * Why the last attempt failed, or why the profile cannot be used at all.
 */
problem: Report | null, };

/**
 * One line of the log.
 */
export type Entry = { at: string, profile: ProfileName, door: Door, } & ({ "event": "assumed", role: RoleArn, until: string, 
/**
 * Names the session in CloudTrail; no secret.
 */
access_key_id: string, how: How, } | { "event": "signed_out", 
/**
 * The cookies of the sign-on, too.
 */
forgot: boolean, } | { "event": "failed", 
/**
 * A problem's stable code: `sign_in.cancelled`.
 */
code: string, });

/**
 * One profile whose role is assumed from something else than a sign-in of its own.
 */
export type RoleProfileView = { name: ProfileName, 
/**
 * None where the section cannot be read; `problem` says why.
 */
role: RoleArn | null, origin: Origin | null, 
/**
 * The Entra profile that it begins with; none for a token's, a pod's, and what cannot be used.
 */
root: ProfileName | null, 
/**
 * How many roles are assumed before it, the root's own not counted.
 */
depth: number, 
/**
 * [`State::SignedOut`]: not assumed, or not any more.
 */
state: State, 
/**
 * [`Activity::Assuming`] or [`Activity::Renewing`], [`Activity::SigningIn`] while its root does.
 */
activity: Activity, began: string | null, until: string | null, 
/**
 * When it is renewed unasked, as things stand.
 */
renews: string | null, 
/**
 * Of the token that it was assumed with last.
 */
claims: Claims | null, 
/**
 * What its section asks for and AWS does not give.
 */
remarks: Array<Report>, 
/**
 * Why it could not be assumed, or cannot be used at all.
 */
problem: Report | null, };

/**
 * One question or wish. Where nothing else is said the answer is [`Told::Done`], [`Told::Wrong`] or
 * [`Told::Problem`].
 */
export type Ask = { "type": "watch" } | { "type": "sign_in", profile: ProfileName, } | { "type": "sign_in_all" } | { "type": "choose", profile: ProfileName, role: RoleArn, } | { "type": "renew", profile: ProfileName, } | { "type": "cancel", profile: ProfileName, } | { "type": "sign_out", profile: ProfileName, 
/**
 * The cookies of its sign-on, too: the next sign-in asks everything anew.
 */
forget: boolean, } | { "type": "console", profile: ProfileName, 
/**
 * A page of the console (`ec2`, `s3`); its home where it is absent.
 */
service: string | null, } | { "type": "assume", profile: ProfileName, } | { "type": "find_pods", context: string | null, } | { "type": "become_pod", pod: Pod, 
/**
 * The profile's name; `pod-NAMESPACE-SERVICEACCOUNT` where it is absent.
 */
name: string | null, } | { "type": "copy", profile: ProfileName, shell: Shell, } | { "type": "star", role: RoleArn, starred: boolean, } | { "type": "use_always", profile: ProfileName, role: RoleArn | null, } | { "type": "also_into", profile: ProfileName, role: RoleArn, name: string, } | { "type": "name_account", account: AccountId, name: string | null, } | { "type": "read_link", text: string, } | { "type": "check_draft", draft: Draft, 
/**
 * The profile that it edits; none for a new one.
 */
edits: ProfileName | null, } | { "type": "save_draft", draft: Draft, edits: ProfileName | null, } | { "type": "read_draft", profile: ProfileName, } | { "type": "find_imports" } | { "type": "settle", choices: Choices, } | { "type": "forget", id: string, } | { "type": "start_at_login", on: boolean, } | { "type": "activity", 
/**
 * How many of the newest to leave out.
 */
skip: number, limit: number, } | { "type": "export_activity" } | { "type": "test_notification" } | { "type": "doctor" } | { "type": "copy_findings" } | { "type": "check_update" } | { "type": "hint_read" } | { "type": "quit" };

/**
 * One thing that was looked at.
 */
export type Finding = { 
/**
 * What was looked at: `config file`, `keychain`.
 */
about: string, verdict: Verdict, 
/**
 * What was found, one sentence.
 */
what: string, 
/**
 * What to do; nothing where all is well.
 */
help: string | null, };

/**
 * Something that another tool's files hold.
 */
export type Imported = { 
/**
 * `saml2aws`, `Leapp`.
 */
tool: string, 
/**
 * What it is called there.
 */
name: string, 
/**
 * An administrator's policy offers it: `tool` is the organisation.
 */
offered: boolean, meaning: Meaning, };

/**
 * The ARN of an IAM role: `arn:PARTITION:iam::ACCOUNT:role/[PATH/]NAME`.
 */
export type RoleArn = string;

/**
 * The cookies of one sign-on, as a person knows them.
 */
export type Remembered = { id: string, 
/**
 * The login host.
 */
host: string, tenant: string, user: string | null, 
/**
 * Sealed on disk: outlives the program. Else only for as long as it runs.
 */
sealed: boolean, };

/**
 * The fields of the form, as typed.
 */
export type Draft = { name: string, 
/**
 * `azure_tenant_id`.
 */
tenant: string, 
/**
 * `azure_app_id_uri`.
 */
app_id_uri: string, 
/**
 * `azure_default_username`.
 */
username: string, region: string, 
/**
 * `azure_default_duration_hours`.
 */
duration: string, 
/**
 * `azure_default_role_arn`.
 */
default_role: string, 
/**
 * `azure_authority_host`; empty for Microsoft's public cloud.
 */
authority: string, 
/**
 * `azure_default_remember_me`.
 */
remember_me: boolean, 
/**
 * `azure_credentials = process`.
 */
process: boolean, };

/**
 * The main window's language.
 */
export type Language = "system" | "en" | "de";

/**
 * The service accounts of one context.
 */
export type Pods = { 
/**
 * All that the kubeconfig has, in its order.
 */
contexts: Array<string>, 
/**
 * The one that was looked at: the one asked for, else the current one. None where there is none.
 */
context: string | null, 
/**
 * The only namespace that one may list; none where all were looked at.
 */
only_namespace: string | null, 
/**
 * Those that carry a role.
 */
accounts: Array<ServiceAccount>, 
/**
 * Why the context could not be looked at, where its names are known all the same.
 */
problem: Report | null, };

/**
 * The settings as the main window shows and sets them.
 */
export type Choices = { 
/**
 * Minutes before the end, longest first; none: no warnings.
 */
warn_before: Array<number>, 
/**
 * Seconds.
 */
clear_clipboard_after: number, console_multi_session: boolean, renew: Renew, credentials_mode: CredentialsMode, os_sign_on: boolean, account_names: boolean, sign_in_at_login: boolean, theme: Theme, language: Language, };

/**
 * The window has a sentence for each, in its language.
 */
export type Flaw = "missing" | "taken" | "blank" | "character" | "too_long" | "reserved" | "not_a_tenant" | "not_a_region" | "not_a_duration" | "not_a_role" | "not_an_authority" | "not_a_username" | "not_a_link" | "not_my_apps" | "no_tenant" | "not_aws" | "identity_center" | "forbidden";

/**
 * What a pasted link says.
 */
export type Understood = { tenant: string, 
/**
 * The SAML Issuer, where the link says it (a sign-in's own address does); else AWS's usual one.
 */
app_id_uri: string, 
/**
 * Whether `app_id_uri` was in the link, or is only the usual one.
 */
certain: boolean, 
/**
 * What the tile is called, where the link says it.
 */
tile: string | null, 
/**
 * The application's GUID, where the link says it.
 */
application: string | null, authority: string, username: string | null, };

/**
 * What a policy takes out of the person's hands.
 */
export type Lock = "warn_before" | "renew" | "os_sign_on" | "account_names" | "remember_me" | "process" | "duration" | "login_hosts";

/**
 * What a problem is about: decides the exit code of the command line.
 */
export type Kind = "files" | "person" | "sign_in" | "aws" | "not_signed_in";

/**
 * What a role is assumed from.
 */
export type Origin = { "type": "source", profile: ProfileName, } | { "type": "token_file", path: string, } | { "type": "pod", pod: Pod, } | { "type": "elsewhere" };

/**
 * What a token says (RFC 7519, "Registered Claim Names").
 */
export type Claims = { 
/**
 * `iss`: who vouches for it.
 */
issuer: string, 
/**
 * `sub`: whom it is about; `system:serviceaccount:NAMESPACE:NAME` for a pod.
 */
subject: string, 
/**
 * `aud`: for whom it was made.
 */
audiences: Array<string>, 
/**
 * `exp`.
 */
expires: string | null, };

/**
 * What an Entra profile's section says, as far as a person wants to see it; of usable profiles only.
 */
export type Details = { profile: ProfileName, tenant: string, username: string | null, region: string | null, 
/**
 * Hours.
 */
duration: number, default_role: RoleArn | null, 
/**
 * Nothing in plain text: credentials are served by `credential_process`.
 */
process: boolean, remember_me: boolean, 
/**
 * The system's own sign-on is asked.
 */
os_sso: boolean, };

/**
 * What happens before a session ends.
 */
export type Renew = "off" | "when_silent" | "always_ask";

/**
 * What is held.
 */
export type State = "unusable" | "signed_out" | "active" | "ending_soon" | "expired";

/**
 * What is under way.
 */
export type Activity = "idle" | "signing_in" | "renewing" | "choosing" | "assuming";

/**
 * What is wrong with one field.
 */
export type Wrong = { field: Field, flaw: Flaw, };

/**
 * What somebody who asks is told.
 */
export type Update = { running: string, installed: Installed, 
/**
 * The feed's address.
 */
feed: string, 
/**
 * The version that the feed offers, newer or not.
 */
latest: string, 
/**
 * Only what is newer than what runs.
 */
offer: Offered | null, 
/**
 * The file that was to be looked at: it is what the feed offers.
 */
file: Checked | null, 
/**
 * What to do, one or two sentences.
 */
advice: string, };

/**
 * Where the resident process stands.
 */
export type Place = { config: string, credentials: string, settings: string, 
/**
 * Of the resident process.
 */
version: string, 
/**
 * How it came to this computer.
 */
installed: Installed, 
/**
 * Whether a feed is named, so that one can look for a newer version.
 */
updates: boolean, 
/**
 * Whether the desktop shows the icon; `None` while that is not known.
 */
icon: boolean | null, 
/**
 * Whether the person has read why there is no icon.
 */
hint_read: boolean, 
/**
 * Linux: whether an identity broker could be asked; `None` while that is not known, and elsewhere.
 */
identity_broker: boolean | null, };

/**
 * Whether a person answered the sign-in's pages.
 */
export type How = "silent" | "person" | "chained" | "web_identity";

/**
 * Who asked.
 */
export type Door = "tray" | "window" | "command_line" | "tool" | "renewal" | "login";

/**
 * Who may read the credentials file that Rolecall writes.
 */
export type CredentialsMode = "private" | "keep";

/**
 * Who one is after assuming a pod's role.
 */
export type Became = { 
/**
 * The profile that holds the credentials now.
 */
profile: ProfileName, pod: Pod, role: RoleArn, 
/**
 * Who AWS says one is: `arn:aws:sts::111111111111:assumed-role/NAME/SESSION`.
 */
arn: string, claims: Claims, until: string, };

/**
 * Whose grammar the lines follow.
 */
export type Shell = "bash" | "fish" | "powershell" | "cmd" | "json";

/**
 * `CONTEXT/NAMESPACE/SERVICEACCOUNT`. Of the three only the context may hold a `/`.
 */
export type Pod = { 
/**
 * The kubeconfig's name for cluster and user.
 */
context: string, namespace: string, service_account: string, };

export type Field = "link" | "name" | "tenant" | "app_id_uri" | "username" | "region" | "duration" | "default_role" | "authority";

export type Installed = "deb" | "rpm" | "nsis" | "bundle" | "by_hand";

export type Meaning = { "type": "entra", draft: Draft, } | { "type": "other_provider", provider: string, } | { "type": "locked" };

export type Told = { "type": "board", board: Board, } | { "type": "turn", page: Page, } | { "type": "done" } | { "type": "copied", 
/**
 * Seconds after which the clipboard is cleared.
 */
clears_after: number, } | { "type": "link", understood: Understood, } | { "type": "wrong", wrong: Array<Wrong>, } | { "type": "draft", draft: Draft, } | { "type": "imports", imports: Array<Imported>, } | { "type": "findings", findings: Array<Finding>, } | { "type": "activity", 
/**
 * The newest first.
 */
entries: Array<Entry>, 
/**
 * Whether there are older ones.
 */
more: boolean, } | { "type": "exported", path: string, } | { "type": "pods", pods: Pods, } | { "type": "became", became: Became, } | { "type": "update", update: Update, } | { "type": "problem", problem: Report, };

export type Verdict = "ok" | "advice" | "broken";
