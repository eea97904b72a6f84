//! The two AWS files: can every tool read them, and nobody else?

use super::{Finding, Verdict};
use crate::aws_files::compatibility::{Incompatibility, Rule, incompatibilities};
use crate::aws_files::document::{Dialect, Document};
use crate::chain;
use crate::credential_process::{Quoted, quoted_on_windows};
use crate::problem::Problem;
use crate::profile::{ProfileFiles, ProfileName, Profiles};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A file as it was found.
#[derive(Debug, Clone)]
pub struct FileSeen {
    pub path: PathBuf,
    /// `Ok(None)`: there is none.
    pub text: Result<Option<String>, Problem>,
    /// The permission bits, where the system has them.
    pub mode: Option<u32>,
    /// By its mode or its access list.
    pub open_to_others: bool,
}

const PASSWORD: &str = "azure_default_password";
/// So many lines of one file are named; the others are counted.
const MOST: usize = 20;

/// Looks at the config and the credentials file.
pub fn aws_files(config: &FileSeen, credentials: &FileSeen, authority_default: Option<&str>) -> Vec<Finding> {
    let mut findings = text(config, Dialect::Config, "config file");
    if let Ok(Some(content)) = &config.text {
        let files = ProfileFiles {
            config: content,
            config_path: &config.path,
            credentials: credentials.text.as_ref().ok().and_then(Option::as_deref).unwrap_or_default(),
            credentials_path: &credentials.path,
            credentials_conflicts: None,
        };
        let read = Profiles::parse_both(&files, authority_default);
        findings.extend(profiles(config, &read));
        findings.extend(roles(&read, &files));
        findings.extend(quoted_processes(config, &read));
    }
    findings.extend(text(credentials, Dialect::Credentials, "credentials file"));
    if let Some(mode) = credentials.mode.filter(|_| credentials.open_to_others) {
        let path = credentials.path.display();
        findings.push(Finding::advice(
            "credentials file",
            format!("Other users of this computer have a right to {path}: its mode is {:03o}.", mode & 0o777),
            // With an access list the group's part of the mode is the list's mask: the list has to go.
            format!(
                "chmod 600 '{path}' (and setfacl -b '{path}' if it has an access list). Rolecall does that when it \
                 next writes the file, unless credentials_mode = \"keep\" is set in settings.toml."
            ),
        ));
    }
    findings
}

fn text(file: &FileSeen, dialect: Dialect, about: &str) -> Vec<Finding> {
    let path = file.path.display();
    let text = match &file.text {
        Err(problem) => return vec![Finding::problem(about, problem)],
        Ok(None) if dialect == Dialect::Config => {
            let problem = Problem::ConfigMissing { path: path.to_string() };
            return vec![Finding::problem(about, &problem)];
        }
        Ok(None) => return vec![Finding::ok(about, format!("{path} is not there yet."))],
        Ok(Some(text)) => text,
    };
    let document = Document::parse(text, dialect);
    let found = incompatibilities(text, dialect);
    let mut findings: Vec<Finding> =
        found.iter().take(MOST).map(|one| incompatible(about, &path.to_string(), one)).collect();
    if found.len() > MOST {
        let worst = found[MOST..].iter().map(verdict).max().unwrap_or(Verdict::Advice);
        let what = format!("{path}: {} more lines are read differently by some tools.", found.len() - MOST);
        let help = "Fix the lines above first, then check again.";
        findings.push(Finding { verdict: worst, ..Finding::advice(about, what, help) });
    }
    // Sections and keys are read without regard to case; the file may say it in either.
    let passwords = document.sections().iter().flat_map(|section| {
        let here = section.keys().iter().filter(|key| key.name.eq_ignore_ascii_case(PASSWORD));
        here.map(|_| section.header.to_owned()).collect::<Vec<_>>()
    });
    findings.extend(passwords.map(|header| {
        Finding::advice(
            about,
            format!("Section [{header}] holds {PASSWORD} in plain text. Rolecall never reads it."),
            "Remove that line, and change the password if others could read the file.",
        )
    }));
    if findings.is_empty() {
        findings.push(Finding::ok(about, format!("{path} can be read by every AWS tool.")));
    }
    findings
}

/// The line, what is wrong with it, which tools fail, and how to fix it.
fn incompatible(about: &str, path: &str, found: &Incompatibility) -> Finding {
    let what = format!("{path}, line {}: {}. {}", found.line, found.rule.what(), found.consequence());
    Finding { verdict: verdict(found), ..Finding::advice(about, what, found.rule.fix()) }
}

/// A name that only some tools refuse is a person's choice; keys that no AWS tool looks for harm nobody.
fn verdict(found: &Incompatibility) -> Verdict {
    let choice = matches!(found.rule, Rule::NameNotPlain | Rule::NameQuoted | Rule::KeyNotPlain)
        && found.aws_cli.is_none();
    if choice || found.is_harmless() { Verdict::Advice } else { Verdict::Broken }
}

fn profiles(config: &FileSeen, profiles: &Profiles) -> Vec<Finding> {
    let about = "profiles";
    let names: Vec<_> = profiles.entra().map(|profile| profile.name.as_str()).collect();
    let mut findings: Vec<_> =
        profiles.broken.iter().map(|(_, problem)| Finding::problem(about, problem)).collect();
    if names.is_empty() && findings.is_empty() {
        let problem = Problem::NoEntraProfile { path: config.path.display().to_string() };
        findings.push(Finding::problem(about, &problem));
    } else if !names.is_empty() {
        let count =
            if names.len() == 1 { "One signs in".to_owned() } else { format!("{} sign in", names.len()) };
        findings.push(Finding::ok(about, format!("{count} through Entra: {}.", names.join(", "))));
    }
    findings
}

/// Profiles whose role is assumed from something else: where they lead, and what AWS does not give.
fn roles(profiles: &Profiles, files: &ProfileFiles<'_>) -> Vec<Finding> {
    let about = "chained roles";
    let sections = Document::parse(files.credentials, Dialect::Credentials);
    let has_keys = |name: &ProfileName| sections.get(name.as_str(), "aws_access_key_id").is_some();
    let broken = profiles.broken_roles.iter().map(|(_, problem)| Finding::problem(about, problem));
    let mut findings: Vec<_> = broken.collect();
    let mut good = 0;
    for role in profiles.roles() {
        match chain::resolve(profiles, role, has_keys) {
            Ok(_) => {
                good += 1;
                let remarks = role.remarks();
                findings.extend(remarks.iter().map(|p| Finding::advice(about, p.to_string(), p.help())));
            }
            // AWS tools know what to do with it.
            Err(Problem::ChainElsewhere { .. }) => {}
            Err(problem) => findings.push(Finding::problem(about, &problem)),
        }
    }
    if findings.is_empty() && good > 0 {
        let lead = if good == 1 { "One leads" } else { "All lead" };
        findings.push(Finding::ok(about, format!("{lead} to a sign-in or a token.")));
    }
    findings
}

/// Lines of ours that some tools on Windows cannot run, because not every quote reaches cmd.exe as it stands.
fn quoted_processes(config: &FileSeen, profiles: &Profiles) -> Vec<Finding> {
    let entra = profiles.entra().map(|profile| (&profile.name, &profile.our_process));
    let roles = profiles.roles().map(|profile| (&profile.name, &profile.our_process));
    let mut quoted = BTreeMap::<_, Vec<&str>>::new();
    for (name, line) in entra.chain(roles) {
        if let Some(kind) = line.as_deref().and_then(quoted_on_windows) {
            quoted.entry(kind).or_default().push(name.as_str());
        }
    }
    let finding = |(kind, names): (Quoted, Vec<&str>)| {
        let (what, tools) = match kind {
            Quoted::Path => ("the path of Rolecall", "Go (Terraform, eksctl)"),
            Quoted::Profile => ("the profile's name", "Go (Terraform, eksctl)"),
            Quoted::Both => (
                "the path of Rolecall and the profile's name",
                "Go (Terraform, eksctl) and .NET (AWS Tools for PowerShell)",
            ),
        };
        let path = config.path.display();
        let said = format!(
            "{path}: credential_process has {what} in quotes for {}. Tools in {tools} cannot run it.",
            names.join(", ")
        );
        let folder = "Remove the quotes around the path; if it has a blank, install Rolecall in a folder whose path has none.";
        let rename = "Remove the quotes around the profile's name; if it has a blank, rename the profile.";
        let fix = match kind {
            Quoted::Path => folder.to_owned(),
            Quoted::Profile => rename.to_owned(),
            Quoted::Both => format!("{folder} {rename}"),
        };
        let help = format!("{fix} Until then, run these tools with 'rolecall exec'.");
        Finding::advice("credential_process", said, help)
    };
    quoted.into_iter().map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: Option<&str>, mode: u32) -> FileSeen {
        FileSeen {
            path: "/home/ada/.aws/f".into(),
            text: Ok(text.map(str::to_owned)),
            mode: Some(mode),
            open_to_others: mode & 0o077 != 0,
        }
    }

    const WORK: &str =
        "[profile work]\nazure_tenant_id = 11111111-1111-1111-1111-111111111111\nazure_app_id_uri = x\n";

    #[test]
    fn each_trouble_has_its_line() {
        let password = format!("{WORK}Azure_Default_Password = planted-hunter2\n");
        let twice = format!("{WORK}{WORK}");
        let role = "[profile a]\nrole_arn = arn:aws:iam::111111111111:role/A\nsource_profile = ";
        let chained = format!("{WORK}{role}work\n");
        let looped = format!("{WORK}{role}a\n");
        let long = format!("{chained}duration_seconds = 7200\n");
        let blank = WORK.replace("[profile work]", "[profile 'my work']");
        let process = |program: &str, name: &str| {
            format!("{WORK}credential_process = {program} credential-process --profile {name}\n")
        };
        let both = process(r#""C:\Role Call\rolecall.exe""#, r#""work""#);
        let path = process(r#""C:\Role Call\rolecall.exe""#, "work");
        for (config, credentials, mode, verdict, part) in [
            (Some(WORK), None, 0o600, Verdict::Ok, "One signs in through Entra: work."),
            (Some(WORK), Some("[work]\nk = v\n"), 0o644, Verdict::Advice, "its mode is 644"),
            (None, None, 0o600, Verdict::Broken, "There is no AWS config file"),
            (Some("[profile a]\nregion = x\n"), None, 0o600, Verdict::Broken, "no profile that signs in"),
            (Some(&password), None, 0o600, Verdict::Advice, "holds azure_default_password in plain text"),
            (
                Some(&twice),
                None,
                0o600,
                Verdict::Broken,
                "line 4: this section is in the file a second time. The AWS CLI and boto3 refuse the whole file.",
            ),
            (Some("[profile work\n"), None, 0o600, Verdict::Broken, "line 1:"),
            (
                Some("[profile a]\nazure_tenant_id = no\nazure_app_id_uri = x\n"),
                None,
                0o600,
                Verdict::Broken,
                "azure_tenant_id is neither",
            ),
            (Some(&blank), None, 0o600, Verdict::Advice, "The AWS SDK for Rust does not see this section."),
            (Some(&both), None, 0o600, Verdict::Advice, "Go (Terraform, eksctl) and .NET"),
            (Some(&path), None, 0o600, Verdict::Advice, "Tools in Go (Terraform, eksctl) cannot run it."),
            (Some(&chained), None, 0o600, Verdict::Ok, "One leads to a sign-in"),
            (Some(&looped), None, 0o600, Verdict::Broken, "a → a"),
            (Some(&long), None, 0o600, Verdict::Advice, "one hour at most"),
        ] {
            let findings = aws_files(&seen(config, 0o600), &seen(credentials, mode), None);
            let found = findings.iter().find(|finding| finding.what.contains(part));
            assert_eq!(found.map(|finding| finding.verdict), Some(verdict), "{part}: {findings:#?}");
            assert!(!format!("{findings:?}").contains("hunter2"));
        }
    }

    #[test]
    fn a_file_that_a_tool_does_not_read_is_never_called_ok() {
        let more = |line: &str| format!("{WORK}{line}\n");
        for (config, verdict, part) in [
            (format!("\u{feff}{WORK}"), Verdict::Broken, "line 1: the file starts with a byte order mark"),
            (
                more("region: x"),
                Verdict::Broken,
                "line 4: a ':' is used in place of '='. The AWS SDK for Rust refuses",
            ),
            (
                WORK.replace("\na", "\n  a"),
                Verdict::Broken,
                "line 2: the first key of the section is indented",
            ),
            (
                WORK.replace("[profile work]", "[ profile work ]"),
                Verdict::Broken,
                "The AWS CLI and boto3 do not see",
            ),
            (
                more("region = x # note"),
                Verdict::Broken,
                "line 4: a comment follows the value. The AWS CLI and boto3",
            ),
            (more("azure_os_sso = true # note"), Verdict::Advice, "line 4: a comment follows the value."),
            (more("s3 =\n  max"), Verdict::Broken, "line 5: the indented line is not 'key = value'"),
            (more("region\u{a0}= x"), Verdict::Broken, "line 4: the line holds a blank that is neither"),
            (
                WORK.replace("[profile work]", "[work]"),
                Verdict::Broken,
                "line 1: this section has the keys of a profile",
            ),
        ] {
            let findings = aws_files(&seen(Some(&config), 0o600), &seen(None, 0o600), None);
            let found = findings.iter().find(|finding| finding.what.contains(part));
            assert_eq!(found.map(|finding| finding.verdict), Some(verdict), "{part}: {findings:#?}");
            assert!(found.is_some_and(|finding| finding.help.is_some()));
            assert!(!findings.iter().any(|finding| finding.what.contains("every AWS tool")), "{findings:#?}");
        }
    }

    #[test]
    fn a_file_of_nothing_but_odd_lines_is_not_listed_whole() {
        let config = format!("{WORK}{}", "what\n".repeat(10_000));
        let findings = aws_files(&seen(Some(&config), 0o600), &seen(None, 0o600), None);
        assert!(findings.len() < 30, "{}", findings.len());
        assert!(findings.iter().any(|finding| finding.what.contains("9980 more lines")), "{findings:#?}");
    }
}
