#!/bin/sh
# Makes the README's pictures from the real program on a virtual display. Usage: assets/screenshots.sh PROGRAM
# Needs Xvfb, xdotool and ImageMagick.
set -eu
program=$1
folder=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
Xvfb -displayfd 3 -screen 0 1440x900x24 -nolisten tcp 3>"$work/display" 2>/dev/null &
server=$!
trap 'kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
while [ ! -s "$work/display" ]; do sleep 0.1; done
DISPLAY=:$(cat "$work/display")
export DISPLAY XDG_CONFIG_HOME="$work" XDG_DATA_HOME="$work" WAYLAND_DISPLAY=

# The frame that the window's title names.
frame() {
    xdotool search --onlyvisible --name ^Spinodal getwindowname 2>/dev/null | sed -n 's/.*frame //p'
}

# take NAME FRAME KEYS OPTIONS...: runs the program to a frame, pauses it, presses keys, and keeps a picture.
take() {
    name=$1 last=$2 keys=$3
    shift 3
    "$program" "$@" 2>/dev/null &
    window=$!
    until [ "$(frame || echo 0)" -ge "$last" ] 2>/dev/null; do sleep 0.5; done
    xdotool search --onlyvisible --name ^Spinodal windowfocus mousemove 1250 20
    xdotool key space
    for key in $keys; do sleep 1; xdotool key "$key"; done
    sleep 8
    import -silent -window root +dither -colors 256 "png8:$folder/$name.png"
    kill -INT "$window"
    wait "$window" || true
}

take screenshot 30 "" --init noise --grid 64 --candidate network --candidate adaptive:tolerance=0.01

# A small network, four minutes after the click that began to make its data.
"$program" --init noise --grid 32 2>/dev/null &
window=$!
until [ "$(frame || echo 0)" -ge 2 ] 2>/dev/null; do sleep 0.5; done
xdotool search --onlyvisible --name ^Spinodal windowfocus mousemove 1250 20
xdotool key space
sleep 2
xdotool key 2
sleep 3
xdotool mousemove 230 85 click 1 mousemove 1250 20
sleep 240
import -silent -window root +dither -colors 256 "png8:$folder/training.png"
kill -INT "$window"
wait "$window" || true
