// Generated from src-tauri/core/src/message/window.rs by `make types`. Do not edit.

/**
 * A page of the main window.
 */
export type Page = { "type": "sessions" } | { "type": "roles", profile: ProfileName, } | { "type": "configure" } | { "type": "settings" };

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
help: string, };

/**
 * A profile that Rolecall does not sign in to.
 */
export type OtherProfile = { name: ProfileName, kind: OtherKind, };

/**
 * A profile's name, as other AWS tools know it.
 */
export type ProfileName = string;

/**
 * A twelve-digit AWS account number.
 */
export type AccountId = string;

/**
 * Everything that the main window shows.
 */
export type Board = { view: View, 
/**
 * The starred roles, of whichever profile.
 */
favourites: Array<RoleArn>, details: Array<Details>, 
/**
 * The config file's other profiles.
 */
others: Array<OtherProfile>, 
/**
 * Whose cookies are kept.
 */
remembered: Array<Remembered>, choices: Choices, place: Place, };

/**
 * Everything there is to show.
 */
export type View = { 
/**
 * The Entra profiles, in the config file's order.
 */
profiles: Array<ProfileView>, 
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
 * One question or wish. Where nothing else is said the answer is [`Told::Done`], [`Told::Wrong`] or
 * [`Told::Problem`].
 */
export type Ask = { "type": "watch" } | { "type": "sign_in", profile: ProfileName, } | { "type": "sign_in_all" } | { "type": "choose", profile: ProfileName, role: RoleArn, } | { "type": "renew", profile: ProfileName, } | { "type": "cancel", profile: ProfileName, } | { "type": "sign_out", profile: ProfileName, } | { "type": "console", profile: ProfileName, 
/**
 * A page of the console (`ec2`, `s3`); its home where it is absent.
 */
service: string | null, } | { "type": "copy", profile: ProfileName, shell: Shell, } | { "type": "star", role: RoleArn, starred: boolean, } | { "type": "use_always", profile: ProfileName, role: RoleArn | null, } | { "type": "also_into", profile: ProfileName, role: RoleArn, name: string, } | { "type": "name_account", account: AccountId, name: string | null, } | { "type": "read_link", text: string, } | { "type": "check_draft", draft: Draft, 
/**
 * The profile that it edits; none for a new one.
 */
edits: ProfileName | null, } | { "type": "save_draft", draft: Draft, edits: ProfileName | null, } | { "type": "read_draft", profile: ProfileName, } | { "type": "find_imports" } | { "type": "settle", choices: Choices, } | { "type": "forget", id: string, } | { "type": "test_notification" } | { "type": "doctor" } | { "type": "copy_findings" } | { "type": "hint_read" } | { "type": "quit" };

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
name: string, meaning: Meaning, };

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
clear_clipboard_after: number, console_multi_session: boolean, theme: Theme, language: Language, };

/**
 * The window has a sentence for each, in its language.
 */
export type Flaw = "missing" | "taken" | "blank" | "character" | "too_long" | "reserved" | "not_a_tenant" | "not_a_region" | "not_a_duration" | "not_a_role" | "not_an_authority" | "not_a_username" | "not_a_link" | "not_my_apps" | "no_tenant" | "not_aws";

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
 * What a problem is about: decides the exit code of the command line.
 */
export type Kind = "files" | "person" | "sign_in" | "aws" | "not_signed_in";

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
process: boolean, remember_me: boolean, };

/**
 * What is held.
 */
export type State = "unusable" | "signed_out" | "active" | "ending_soon" | "expired";

/**
 * What is under way.
 */
export type Activity = "idle" | "signing_in" | "choosing" | "assuming";

/**
 * What is wrong with one field.
 */
export type Wrong = { field: Field, flaw: Flaw, };

/**
 * Where the resident process stands.
 */
export type Place = { config: string, credentials: string, settings: string, 
/**
 * Of the resident process.
 */
version: string, 
/**
 * Whether the desktop shows the icon; `None` while that is not known.
 */
icon: boolean | null, 
/**
 * Whether the person has read why there is no icon.
 */
hint_read: boolean, };

/**
 * Whose grammar the lines follow.
 */
export type Shell = "bash" | "fish" | "powershell" | "cmd" | "json";

export type Field = "link" | "name" | "tenant" | "app_id_uri" | "username" | "region" | "duration" | "default_role" | "authority";

export type Meaning = { "type": "entra", draft: Draft, } | { "type": "other_provider", provider: string, } | { "type": "locked" };

export type OtherKind = { "type": "chained", role: RoleArn, source: ProfileName | null, } | { "type": "web_identity", role: RoleArn, } | { "type": "plain" };

export type Told = { "type": "board", board: Board, } | { "type": "turn", page: Page, } | { "type": "done" } | { "type": "copied", 
/**
 * Seconds after which the clipboard is cleared.
 */
clears_after: number, } | { "type": "link", understood: Understood, } | { "type": "wrong", wrong: Array<Wrong>, } | { "type": "draft", draft: Draft, } | { "type": "imports", imports: Array<Imported>, } | { "type": "findings", findings: Array<Finding>, } | { "type": "problem", problem: Report, };

export type Verdict = "ok" | "advice" | "broken";
