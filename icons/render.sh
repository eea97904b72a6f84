#!/bin/sh
# Draws the tray's pictures from rolecall.svg (needs librsvg2-bin). `render.sh FOLDER` writes elsewhere: the tests
# compare that with what is committed.
set -eu
cd "$(dirname "$0")"
out=${1:-tray}
mkdir -p "$out"
draw() { # draw STATE DEGREES NAME
    for size in 16 20 22 24 32 40 44 48 64; do
        sed -e "s/class=\"active\"/class=\"$1\"/" -e "s/rotate(0 /rotate($2 /" rolecall.svg |
            rsvg-convert --width $size --height $size --output "$out/$3-$size.png"
    done
}
for state in signed-out active ending-soon expired; do draw $state 0 $state; done
for frame in 0 1 2 3 4 5 6 7; do draw working $((frame * 45)) "working-$frame"; done
