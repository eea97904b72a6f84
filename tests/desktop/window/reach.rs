//! axe-core on every view, in both themes: what keeps somebody from using it is a failure.

use super::{Window, shown};
use std::path::Path;

#[tokio::test]
async fn nobody_is_kept_out_of_any_view() {
    let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(axe).expect("axe-core: run `make test`");
    for theme in ["light", "dark"] {
        let settings = format!("theme = \"{theme}\"\nlanguage = \"en\"\n");
        let (scene, _cluster) = shown::surrounded(&settings).await;
        let window = Window::open(&scene).await;
        let mut found = vec![];
        for view in shown::ALL {
            shown::show(&scene, &window, view).await;
            window.run(&axe, vec![]).await;
            let script = "const done = arguments[arguments.length - 1];
                axe.run(document, { resultTypes: ['violations'] }).then(result => done(result.violations
                    .filter(v => ['serious', 'critical'].includes(v.impact))
                    .map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).join(', '))));";
            let violations = window.page.execute_async(script, vec![]).await.expect("axe runs");
            for violation in violations.as_array().expect("a list") {
                found.push(format!("{theme}, {view}: {violation}"));
            }
        }
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}
