#!/bin/bash
# Rolecall's mark as an application's icon, from icons/rolecall.svg: `icon.sh svg`, or `icon.sh SIZE` as PNG.
set -euo pipefail
cd "$(dirname "$0")/.."

# The active state alone, its colour as an attribute: not every desktop's SVG reader knows the stylesheet.
drawing() {
    echo '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 22 22" width="128" height="128" fill="#2f81f7">'
    sed -n '/<g id="active">/,/<\/g>/{/<path/,/\/>/p}' icons/rolecall.svg
    echo '</svg>'
}

case $1 in
svg) drawing ;;
*) drawing | rsvg-convert --width "$1" --height "$1" ;;
esac
