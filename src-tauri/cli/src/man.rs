//! `man`: one manual page with every command, made from the grammar.

use crate::arguments::Arguments;
use crate::exit::Exit;
use crate::say::{self, Said};
use clap::CommandFactory as _;
use clap_mangen::Man;

const END: &str = r#".SH "EXIT STATUS"
.TP
0
done; \fBstatus\fR with nobody signed in, too
.TP
1
failed
.TP
2
wrong usage
.TP
3
not signed in
.TP
4
a person is needed, or said no
.TP
5
AWS refused
.TP
6
files or configuration
.PP
\fBexec\fR passes the command's own, and uses 125 for a failure of Rolecall's, 126 where the command cannot be
executed, 127 where it is not found. Of several profiles the highest counts.
.SH ENVIRONMENT
.TP
\fBAWS_DEFAULT_PROFILE\fR, \fBAWS_PROFILE\fR
the profile, if none is named; the first one that is set counts
.TP
\fBAWS_REGION\fR, \fBAWS_DEFAULT_REGION\fR
the region, before that of the profile
.TP
\fBAWS_ENDPOINT_URL_STS\fR, \fBAWS_ENDPOINT_URL\fR, \fBAWS_ENDPOINT_URL_SIGNIN\fR
another STS or console sign-in, for this request; https or loopback
.TP
\fBAWS_CA_BUNDLE\fR, \fBAWS_USE_FIPS_ENDPOINT\fR, \fBAWS_USE_DUALSTACK_ENDPOINT\fR
as AWS tools read them
.TP
\fBAWS_CONFIG_FILE\fR, \fBAWS_SHARED_CREDENTIALS_FILE\fR
where the AWS files are; the background service must read the same ones
.TP
\fBAZURE_TENANT_ID\fR, \fBAZURE_APP_ID_URI\fR, …
override what the profile's section says, for one request
.TP
\fBNO_COLOR\fR
no colours
"#;

pub(crate) fn run() -> Result<Exit, Said> {
    say::data(page().trim_end());
    Ok(Exit::Done)
}

fn page() -> String {
    let mut command = Arguments::command().disable_help_subcommand(true);
    command.build();
    let top = Man::new(command.clone());
    // Writing to memory does not fail.
    let mut page = Vec::new();
    let _ = top.render_title(&mut page);
    let _ = top.render_name_section(&mut page);
    let _ = top.render_synopsis_section(&mut page);
    let _ = top.render_description_section(&mut page);
    page.extend_from_slice(b".SH COMMANDS\n");
    for command in command.get_subcommands().filter(|command| !command.is_hide_set()) {
        let name = format!("rolecall {}", command.get_name());
        // A command of commands does nothing by itself.
        if !command.is_subcommand_required_set() {
            page.extend_from_slice(section(&name, command).as_bytes());
        }
        for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
            page.extend_from_slice(section(&format!("{name} {}", inner.get_name()), inner).as_bytes());
        }
    }
    page.extend_from_slice(END.as_bytes());
    String::from_utf8_lossy(&page).into_owned()
}

/// One command, below COMMANDS: what a page of its own would say.
fn section(name: &str, command: &clap::Command) -> String {
    let own = Man::new(command.clone().mut_arg("help", |help| help.hide(true)));
    let mut body = Vec::new();
    let _ = own.render_synopsis_section(&mut body);
    let _ = own.render_description_section(&mut body);
    let _ = own.render_options_section(&mut body);
    let body = String::from_utf8_lossy(&body).into_owned();
    // The headings of a page of its own are too much here, and its definition of a quote stands at the top.
    let lines = body.lines().filter_map(|line| match line {
        ".SH DESCRIPTION" => Some(".PP"),
        line if [".SH", ".ie", ".el"].iter().any(|start| line.starts_with(start)) => None,
        line => Some(line),
    });
    format!(".SS \"{name}\"\n{}\n", lines.collect::<Vec<_>>().join("\n"))
}
