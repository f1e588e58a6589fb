#!/bin/sh
# How long updates of the window take while it is used: 60 s of scripted orbiting, clicking and scrubbing at 64³ on a
# virtual display, while the run plays, data are made, and a network is trained on them. Prints the number of updates,
# the median, the 99th percentile and the longest, in milliseconds, how many exceeded 50 ms, and what those did.
# Usage: window_trace.sh PROGRAM [OPTIONS OF THE PROGRAM]. Needs Xvfb and xdotool.
set -eu
program=$1
shift
work=$(mktemp -d)
Xvfb -displayfd 3 -screen 0 1440x900x24 -nolisten tcp 3>"$work/display" 2>/dev/null &
server=$!
trap 'kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
while [ ! -s "$work/display" ]; do sleep 0.1; done
DISPLAY=:$(cat "$work/display")
export DISPLAY
WAYLAND_DISPLAY='' XDG_CONFIG_HOME="$work" XDG_DATA_HOME="$work" RUST_LOG=spinodal::app::window::watch=debug \
    "$program" --init noise --grid 64 "$@" 2>"$work/log" &
window=$!
until xdotool search --onlyvisible --name ^Spinodal >/dev/null 2>&1; do sleep 0.2; done
xdotool search --onlyvisible --name ^Spinodal windowfocus
sleep 3
# Begins a training in the layout Train, and returns to the views.
xdotool key 2
sleep 3
xdotool mousemove 230 85 click 1
sleep 3
[ -d "$work/spinodal/data/quick" ] || { echo "the training did not begin" >&2; exit 1; }
xdotool key 1
sleep 2
: >"$work/log"
end=$(($(date +%s) + 60))
while [ "$(date +%s)" -lt "$end" ]; do
    xdotool mousemove 250 450 mousedown 1
    for x in 260 280 300 320 340 360; do xdotool mousemove "$x" 440; sleep 0.05; done
    xdotool mouseup 1
    xdotool mousemove 600 420 click 4 click 5
    xdotool mousemove 1200 700
    sleep 0.3
    xdotool key space key Left key Left key Right key Right key space
    xdotool mousemove 500 840 click 1
    sleep 0.5
    xdotool key space
done
kill -INT "$window"
wait "$window" || true
sed -n 's/.*update \([0-9.]*\) ms.*/\1/p' "$work/log" | sort -n >"$work/times"
awk '{ t[NR] = $1; slow += $1 > 50 } END {
    printf "%d updates: median %.1f ms, 99 %% below %.1f ms, longest %.1f ms, %d over 50 ms\n",
        NR, t[int((NR + 1) / 2)], t[int(NR * 0.99)], t[NR], slow }' "$work/times"
sed -n 's/.*update /  /p' "$work/log" | awk '$1 > 50' | sort -nr | head -5
