//! The two AWS files: can every tool read them, and nobody else?

use super::Finding;
use crate::aws_files::document::{Dialect, Document, FlawKind};
use crate::chain;
use crate::problem::Problem;
use crate::profile::{ProfileName, Profiles};
use std::path::PathBuf;

/// A file as it was found.
#[derive(Debug, Clone)]
pub struct FileSeen {
    pub path: PathBuf,
    /// `Ok(None)`: there is none.
    pub text: Result<Option<String>, Problem>,
    /// The permission bits, where the system has them.
    pub mode: Option<u32>,
}

const PASSWORD: &str = "azure_default_password";

/// Looks at the config and the credentials file.
pub fn aws_files(config: &FileSeen, credentials: &FileSeen, authority_default: Option<&str>) -> Vec<Finding> {
    let mut findings = text(config, Dialect::Config, "config file");
    if let Ok(Some(content)) = &config.text {
        findings.extend(profiles(config, content, authority_default));
        findings.extend(roles(config, content, credentials, authority_default));
    }
    findings.extend(text(credentials, Dialect::Credentials, "credentials file"));
    if let Some(mode) = credentials.mode.filter(|mode| mode & 0o077 != 0) {
        findings.push(Finding::advice(
            "credentials file",
            format!("Others may read it: its mode is {:03o}.", mode & 0o777),
            format!("chmod 600 '{}'", credentials.path.display()),
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
    let mut findings: Vec<Finding> =
        document.flaws().iter().map(|flaw| flawed(about, &path.to_string(), flaw.line, flaw.kind)).collect();
    findings.extend(document.duplicates().into_iter().map(|twice| {
        let what = twice
            .key
            .map_or_else(|| format!("[{}]", twice.header), |key| format!("{key} in [{}]", twice.header));
        Finding::broken(
            about,
            format!("{path}: {what} stands there for the second time."),
            "Some tools refuse the whole file for it: remove one of the two.",
        )
    }));
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

fn flawed(about: &str, path: &str, line: usize, kind: FlawKind) -> Finding {
    Finding::broken(
        about,
        format!("{path}, line {line}: {kind}."),
        "Mend that line in an editor: AWS tools read it differently, or not at all.",
    )
}

fn profiles(config: &FileSeen, text: &str, authority_default: Option<&str>) -> Vec<Finding> {
    let about = "profiles";
    let profiles = Profiles::parse(text, &config.path, authority_default);
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
    for name in names.iter().filter(|name| name.contains(char::is_whitespace)) {
        findings.push(Finding::advice(
            about,
            format!("The name '{name}' holds a blank, and some AWS SDKs cannot read such a section."),
            "Give the profile a name without blanks.",
        ));
    }
    findings
}

/// Profiles whose role is assumed from something else: where they lead, and what AWS does not give.
fn roles(
    config: &FileSeen,
    text: &str,
    credentials: &FileSeen,
    authority_default: Option<&str>,
) -> Vec<Finding> {
    let about = "chained roles";
    let profiles = Profiles::parse(text, &config.path, authority_default);
    let credentials = credentials.text.as_ref().ok().and_then(Option::as_deref).unwrap_or_default();
    let sections = Document::parse(credentials, Dialect::Credentials);
    let has_keys = |name: &ProfileName| sections.get(name.as_str(), "aws_access_key_id").is_some();
    let broken = profiles.broken_roles.iter().map(|(_, problem)| Finding::problem(about, problem));
    let mut findings: Vec<_> = broken.collect();
    let mut good = 0;
    for role in profiles.roles() {
        match chain::resolve(&profiles, role, has_keys) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkup::Verdict;

    fn seen(text: Option<&str>, mode: u32) -> FileSeen {
        FileSeen { path: "/home/ada/.aws/f".into(), text: Ok(text.map(str::to_owned)), mode: Some(mode) }
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
        for (config, credentials, mode, verdict, part) in [
            (Some(WORK), None, 0o600, Verdict::Ok, "One signs in through Entra: work."),
            (Some(WORK), Some("[work]\nk = v\n"), 0o644, Verdict::Advice, "its mode is 644"),
            (None, None, 0o600, Verdict::Broken, "There is no AWS config file"),
            (Some("[profile a]\nregion = x\n"), None, 0o600, Verdict::Broken, "no profile that signs in"),
            (Some(&password), None, 0o600, Verdict::Advice, "holds azure_default_password in plain text"),
            (Some(&twice), None, 0o600, Verdict::Broken, "for the second time"),
            (Some("[profile work\n"), None, 0o600, Verdict::Broken, "line 1:"),
            (
                Some("[profile a]\nazure_tenant_id = no\nazure_app_id_uri = x\n"),
                None,
                0o600,
                Verdict::Broken,
                "azure_tenant_id is neither",
            ),
            (Some(&blank), None, 0o600, Verdict::Advice, "holds a blank"),
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
}
