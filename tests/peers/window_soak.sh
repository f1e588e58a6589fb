#!/bin/sh
# Whether a long run leaves the window as it was: plays a comparison at 32³ for as many frames as asked for, with as many
# actions of mouse and keyboard meanwhile, from when its recording has filled the budget. Prints memory and time per frame
# ten times, by how much the memory has changed at most, and the size of the log.
# Usage: window_soak.sh PROGRAM [FRAMES [ACTIONS]]; 10,000 and 2,000 unless given. Needs Xvfb and xdotool.
set -eu
program=$1 frames=${2:-10000} actions=${3:-2000}
work=$(mktemp -d)
Xvfb -displayfd 3 -screen 0 1440x900x24 -nolisten tcp 3>"$work/display" 2>/dev/null &
server=$!
trap 'kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
while [ ! -s "$work/display" ]; do sleep 0.1; done
DISPLAY=:$(cat "$work/display")
export DISPLAY
# The explicit solver would take most of the time.
WAYLAND_DISPLAY='' XDG_CONFIG_HOME="$work" XDG_DATA_HOME="$work" \
    "$program" --init noise --grid 32 --method spectral --dt 0.25 --steps-per-frame 4 --candidate network 2>"$work/log" &
window=$!
until xdotool search --onlyvisible --name ^Spinodal >/dev/null 2>&1; do sleep 0.2; done
xdotool search --onlyvisible --name ^Spinodal windowfocus

# The frame that the window's title names.
frame() {
    xdotool search --onlyvisible --name ^Spinodal getwindowname | sed -n 's/.*frame //p'
}

memory() {
    awk '/^VmRSS/ { print $2 }' "/proc/$window/status"
}

# Eight actions.
act() {
    xdotool mousemove 250 450 mousedown 1 mousemove 300 440 mousemove 360 430 mouseup 1
    xdotool mousemove 600 420 click 4 click 5
    xdotool mousemove 1200 700 mousemove 1250 600
    xdotool mousemove 700 20 key f key f key r
    xdotool key p mousemove 250 430 click 1
    xdotool key p key ctrl+z
    xdotool mousemove 500 840 click 1 key Right
    # "Latest" follows the run again.
    xdotool mousemove 179 840 click 1
}

# Ten rounds of these; the run plays before and after.
act_often() {
    for _ in 1 2 3 4 5 6 7 8 9 10; do act; done
    sleep 0.5
    [ "$(playing)" = yes ] || xdotool key space
}

# Whether the frame moves on.
playing() {
    one=$(frame)
    sleep 0.3
    [ "$(frame)" != "$one" ] && echo yes || echo no
}

now() {
    date +%s%3N
}

# Recording and strokes to be undone fill up their budgets first. The recording does so twice: the memory of frames that
# it has let go is in pieces, and a part of it is used again only then.
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do act_often; done
until [ "$(frame)" -ge 8000 ]; do
    [ "$(playing)" = yes ] || xdotool key space
    sleep 1
done
first=$(frame) start=$(memory) done=0 next=$((frames / 10)) least=$start most=$start before=$(now) from=$first
echo "frame $first: $((start / 1024)) MiB"
while [ $(($(frame) - first)) -lt "$frames" ] || [ "$done" -lt "$actions" ]; do
    if [ "$done" -lt "$actions" ]; then
        act_often
        done=$((done + 80))
    else
        sleep 1
    fi
    used=$(memory)
    [ "$used" -ge "$least" ] || least=$used
    [ "$used" -le "$most" ] || most=$used
    here=$(frame)
    if [ $((here - first)) -ge "$next" ]; then
        time=$(now)
        echo "frame $here, $done actions: $((used / 1024)) MiB, $(((time - before) * 1000 / (here - from))) µs per frame"
        before=$time from=$here next=$((next + frames / 10))
    fi
done
echo "from $((least / 1024)) to $((most / 1024)) MiB, $(((most - least) * 1000 / start)) per mille of the first"
echo "log: $(wc -c <"$work/log") bytes"
kill -INT "$window"
wait "$window" || true
