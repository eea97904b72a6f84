//! The XDG base directories.

use super::Folders;
use std::path::PathBuf;

pub(super) fn find(variable: &dyn Fn(&str) -> Option<PathBuf>) -> Option<Folders> {
    let home = variable("HOME")?;
    let folder = |name, usual: &str| variable(name).unwrap_or_else(|| home.join(usual)).join("rolecall");
    let state = folder("XDG_STATE_HOME", ".local/state");
    let run = variable("XDG_RUNTIME_DIR").map_or_else(|| state.join("run"), |run| run.join("rolecall"));
    Some(Folders {
        config: folder("XDG_CONFIG_HOME", ".config"),
        data: folder("XDG_DATA_HOME", ".local/share"),
        socket: run.join("socket"),
        run,
        service: home.join(".local/state/rolecall"),
        state,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xdg_and_without() {
        let find = |variables: &'static [(&str, &str)]| {
            Folders::find(&|wanted| {
                variables.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.into())
            })
        };
        let usual =
            find(&[("HOME", "/home/ada"), ("XDG_CONFIG_HOME", "relative is ignored")]).expect("folders");
        assert_eq!(usual.config, PathBuf::from("/home/ada/.config/rolecall"));
        assert_eq!(usual.socket, PathBuf::from("/home/ada/.local/state/rolecall/run/socket"));
        let xdg = find(&[("HOME", "/home/ada"), ("XDG_RUNTIME_DIR", "/run/user/1")]).expect("folders");
        assert_eq!(xdg.socket, PathBuf::from("/run/user/1/rolecall/socket"));
        let elsewhere = find(&[("HOME", "/home/ada"), ("XDG_STATE_HOME", "/srv/state")]).expect("folders");
        assert_eq!(elsewhere.state, PathBuf::from("/srv/state/rolecall"));
        for folders in [&usual, &xdg, &elsewhere] {
            assert_eq!(folders.service, PathBuf::from("/home/ada/.local/state/rolecall"));
        }
        assert_eq!(find(&[]), None);
    }
}
