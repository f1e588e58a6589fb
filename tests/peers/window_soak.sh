#!/bin/sh
# Whether the window's memory stays flat: a run at 32³ is played for 10,000 frames, with 2,000 actions of mouse and
# keyboard meanwhile, once its recording has filled the budget. Prints the resident memory every 1,000 frames and by how
# much it has changed at most. Usage: window_soak.sh PROGRAM. Needs Xvfb and xdotool.
set -eu
program=$1
work=$(mktemp -d)
Xvfb -displayfd 3 -screen 0 1440x900x24 -nolisten tcp 3>"$work/display" 2>/dev/null &
server=$!
trap 'kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
while [ ! -s "$work/display" ]; do sleep 0.1; done
DISPLAY=:$(cat "$work/display")
export DISPLAY
# The explicit solver would take most of the time.
WAYLAND_DISPLAY='' XDG_CONFIG_HOME="$work" XDG_DATA_HOME="$work" \
    "$program" --init noise --grid 32 --method spectral --dt 0.25 --candidate network 2>"$work/log" &
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

# Eight actions; the run plays before and after.
act() {
    xdotool mousemove 250 450 mousedown 1 mousemove 300 440 mousemove 360 430 mouseup 1
    xdotool mousemove 600 420 click 4 click 5
    xdotool mousemove 1200 700 mousemove 1250 600
    xdotool mousemove 700 20 key f key f
    xdotool key p mousemove 250 430 click 1
    xdotool key p key ctrl+z
    xdotool mousemove 500 840 click 1 key Right
    # "Latest" follows the run again.
    xdotool mousemove 179 840 click 1
    sleep 0.2
    [ "$(playing)" = yes ] || xdotool key space
}

# Whether the frame moves on.
playing() {
    one=$(frame)
    sleep 0.3
    [ "$(frame)" != "$one" ] && echo yes || echo no
}

until [ "$(frame)" -ge 4000 ]; do sleep 1; done
first=$(frame) start=$(memory) actions=0 next=0 least=$start most=$start
while [ $(($(frame) - first)) -lt 10000 ] || [ "$actions" -lt 2000 ]; do
    if [ "$actions" -lt 2000 ]; then
        act
        actions=$((actions + 8))
    else
        sleep 1
    fi
    now=$(memory)
    [ "$now" -ge "$least" ] || least=$now
    [ "$now" -le "$most" ] || most=$now
    if [ $(($(frame) - first)) -ge "$next" ]; then
        echo "frame $(frame), $actions actions: $((now / 1024)) MiB"
        next=$((next + 1000))
    fi
done
echo "from $((least / 1024)) to $((most / 1024)) MiB, $(((most - least) * 1000 / start)) per mille of the first"
kill -INT "$window"
wait "$window" || true
