# Every target sets up what it needs by itself. Build products live outside the checkout (see scripts/setup.sh).
SHELL := /bin/bash
RUN := source scripts/setup.sh &&

.PHONY: demo test run fuzz bench screenshots package icons types format

demo:        ## try Rolecall without an account: a make-believe Entra and AWS on this computer
	@$(RUN) setup run && build && exec "$$BIN/rolecall-demo" $(ARGS)

test:        ## everything that CI checks
	@$(RUN) setup run test && exec scripts/test.sh

run:         ## the real tray, with your own ~/.aws/config
	@$(RUN) setup run && build && exec "$$BIN/rolecall-tray"

fuzz:        ## ten minutes of made-up input for each reader of foreign text (ARGS="60 policy": a minute for one)
	@$(RUN) setup run fuzz && exec scripts/fuzz.sh $(or $(ARGS),600)

bench:       ## figures, as medians and ratios of one run
	@$(RUN) setup run test && build && exec cargo bench --quiet --package rolecall-tests --bench numbers -- $(ARGS)

screenshots: ## pictures of everything that shows itself, in out/pictures
	@$(RUN) setup run test && build && "$$BIN/rolecall-demo" --headless --screenshots out/pictures && exec scripts/pictures.sh out/pictures

package:     ## packages for Debian, Fedora and openSUSE, Windows; their parts, licences and sums: out/packages
	@$(RUN) setup run package && build && exec scripts/package.sh out/packages

icons:       ## draw the tray's pictures from icons/rolecall.svg
	@$(RUN) setup run && exec icons/render.sh

types:       ## write ui/src/lib/wire.ts from the messages of src-tauri/core
	@$(RUN) setup run && ROLECALL_TYPES=write exec cargo test --quiet --locked --release --package rolecall-core --lib message::window

format:
	@cargo fmt --all
