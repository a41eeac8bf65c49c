"""The shell scripts that run in the customer's containers: POSIX sh, as in Debian, Alpine and BusyBox.

Each takes a nonce as its first parameter and ends with the line

    nightlane-end NONCE STATUS MEASURE

on standard error: STATUS is the exit status of the work itself, MEASURE what was measured of its data in the
container. A connection that is cut may still end with exit code 0; without this line, or with another measure than what
arrived, nothing of it counts.

A command of the customer's writes what it likes, and may leave something behind that keeps writing. So its end is said
in both of its streams, on a line of its own: whatever came before it in that stream has arrived.

The pipelines of the others measure a stream while it passes: `tee` writes it on to its reader and into a second pipe
(descriptor 7) to the measuring program, whose word is caught together with the work's status through descriptor 6.

Those that read no input and may take long and say nothing (COPY_FOLDER, SYNC, COMMIT, TIDY_NIGHTS) are left with an
open one: what keeps their connection alive goes there.

Those that write more than a word (SEND_*, RUN_COMMAND) end only when their input does: whoever reads ends it once all
has arrived. Of a script that has ended, an API server or a kubelet on the way throws away what it has not passed on
yet: over a link that takes seconds for that, no copy would ever be whole.
"""

UNTIL_ARRIVED = """
until_arrived() { while read -r _; do :; done; }
"""
"""The function `until_arrived`: waits for the end of standard input; what keeps the connection alive comes there."""

_NAMES = "sed -n '/^[.]$/q;p'"
"""Reads names, one a line and each with a slash, up to the line `.`: standard input goes on after it."""

PROBE = """
nonce=$1; shift
missing=
for tool in "$@"; do command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"; done
echo "$missing"
echo "nightlane-end $nonce 0 probed" >&2
"""
"""Parameters: nonce, program... Writes the names of programs that are missing."""

RUN_COMMAND = f"""{UNTIL_ARRIVED}
nonce=$1; shift
echo "nightlane-begin $nonce $$" >&2
read -r go && [ "$go" = go ] || exit 0
exec 3<&0 </dev/null
( "$@" 3<&- )
status=$?
printf '\\nnightlane-end %s %s said\\n' "$nonce" "$status"
printf '\\nnightlane-end %s %s said\\n' "$nonce" "$status" >&2
until_arrived <&3
"""
"""Parameters: nonce, command... The command starts only after the line `go` has come in, so that a connection
that was cut before is known not to have started it. Further input keeps the connection alive and is never read; it
stays open so that it has somewhere to go."""

END_COMMAND = """
nonce=$1; pid=$2; seconds=$4
if ! { command -v tr && command -v grep; } >/dev/null 2>&1; then
  echo "this container lacks tr or grep" >&2
  echo "nightlane-end $nonce 69 unknown" >&2
  exit 0
fi
look() {
  groups=
  for each in /proc/[0-9]*/stat; do
    { read -r line <"$each"; } 2>/dev/null || continue
    set -- "${line%% *}" ${line##*) }
    case $2 in Z | X) continue ;; esac
    if [ "$4" = "$pid" ] || [ "$5" = "$pid" ]; then
      case " $groups " in *" $4 "*) ;; *) groups="$groups $4" ;; esac
    elif [ "$1" = "$pid" ]; then
      echo "process $pid shares its session and its process group with others" >&2
      echo "nightlane-end $nonce 69 unknown" >&2
      exit 0
    fi
  done
}
if tr '\\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q "$3"; then
  measure=ended
  status=0
  refused=0
  look
  for group in $groups; do kill -TERM "-$group" || refused=1; done
  while look; [ -n "$groups" ]; do
    seconds=$((seconds - 1))
    [ "$seconds" -ge 0 ] || { measure=running; status=$refused; break; }
    sleep 1 || { measure=unknown; status=69; break; }
  done
  echo "nightlane-end $nonce $status $measure" >&2
else
  echo "nightlane-end $nonce 0 absent" >&2
fi
"""
"""Parameters: nonce, process, nonce of the session to end, seconds. Ends that process and what it started, if it still
is it, and looks for so long whether any of its session or process group is left: `ended`, `running`, or `absent`, or
status 69 where nobody can tell. A command may make process groups of its own, as `timeout` does; one that has left the
session is none of it any more. The dead that nobody has asked after do not count: the first process of a container
rarely asks after those of others."""

_ABSENCE = """
absent() {
  words=$(LC_ALL=C; export LC_ALL; { : <"$1"; } 2>&1)
  case $words in
    *"o such file" | *"o such file or directory") echo "nightlane-end $nonce 66 absent" >&2 ;;
    *) echo "${words:-$1 is not what was expected}" >&2; echo "nightlane-end $nonce 74 unknown" >&2 ;;
  esac
  exit 0
}
"""
"""The function `absent PATH`: ends the script, for a path that a test did not find. Only what the shell itself calls
absent is that: a test fails of a stale mount and of another user's folder as well, and does not say so."""

SEND_PATH = (
    _ABSENCE
    + UNTIL_ARRIVED
    + """
nonce=$1
[ -e "$2/$3" ] || absent "$2/$3"
exec 5>&1 3<&0 </dev/null
packed() { tar -chf - -C "$1" "./$2" 5>&- 7>&-; echo "$?" >&6; }
report=$({ { packed "$2" "$3" | tee /dev/fd/7 >&5; } 7>&1 | sha256sum >&6; } 6>&1)
set -- $report
echo "nightlane-end $nonce $1 $2" >&2
until_arrived <&3
"""
)
"""Parameters: nonce, folder, name. Writes a tar of that file or folder; status 66 if it does not exist, 74 if
nobody can tell."""

SEND_LISTED = (
    _ABSENCE
    + UNTIL_ARRIVED
    + """
nonce=$1
[ -f "$2/$3" ] || absent "$2/$3"
exec 5>&1
packed() {
  wc -c <"$1/$2" && cat "$1/$2" || { echo 74 >&6; return; }
  names=$("""
    + _NAMES
    + """)
  printf '%s\\n' "$names" | tr '\\n' '\\0' | tar -chf - -C "$1" --null -T - 5>&- 7>&-; echo "$?" >&6
}
report=$({ { packed "$2" "$3" | tee /dev/fd/7 >&5; } 7>&1 | sha256sum >&6; } 6>&1)
set -- $report
echo "nightlane-end $nonce $1 $2" >&2
until_arrived
"""
)
"""Parameters: nonce, folder, name of its list. Writes the list's size, a line, and the list, and then a tar of the
files named on standard input, one a line, each with a slash and taken literally, up to a line `.`; status 66 if there
is no list, 74 if it cannot be read, or nobody can tell. Needs GNU tar, which the results pod has. The names are taken
in whole first: whoever sends them does not read before the last is sent."""

SEND_HASHED = (
    _ABSENCE
    + UNTIL_ARRIVED
    + """
nonce=$1; folder=$2; shift 2
[ ! -L "$folder" ] || { echo "nightlane-end $nonce 66 absent" >&2; exit 0; }
cd "$folder" 2>/dev/null || absent "$folder"
[ "$#" -gt 0 ] || set -- .
exec 5>&1
packed() {
  entries=$(find "$@" ! -type d -printf '%y %s %p\\n') || { echo 74 >&6; return; }
  hashes=$(find "$@" -type f -print0 | xargs -0r sha256sum) || { echo 74 >&6; return; }
  list=$(printf '%s\\n\\n%s' "$entries" "$hashes")
  printf '%s\\n' "$list" | wc -c && printf '%s\\n' "$list"
  names=$("""
    + _NAMES
    + """)
  printf '%s\\n' "$names" | tr '\\n' '\\0' | tar -chf - --null -T - 5>&- 7>&-; echo "$?" >&6
}
report=$({ { packed "$@" | tee /dev/fd/7 >&5; } 7>&1 | sha256sum >&6; } 6>&1)
set -- $report
echo "nightlane-end $nonce $1 $2" >&2
until_arrived
"""
)
"""Parameters: nonce, folder, name in it... (all that is in it where none is named). As SEND_LISTED, but the list is
made here and now of what the folder holds: a line `TYPE BYTES PATH` for each entry that is no folder, an empty line,
and what sha256sum says of each file. Status 66 if there is no such folder, or only a link to one, 74 if something
in it cannot be read, or nobody can tell."""

_MAKE_PLACE = """
cleared() {
  rm -rf "$1".partial-* || return
  for left in "$1".replaced-*; do
    if [ -e "$1" ]; then rm -rf "$left"; elif [ -e "$left" ]; then mv "$left" "$1"; fi || return
  done
}
made() (umask 002 && mkdir -p "$1")
"""
"""The function `cleared PLACE`: removes what others were about to put into a place, so that they cannot any more, and
ends what a crash of theirs has left half done: what was there before is back in place, or gone. And `made FOLDER`, with
the folders on the way to it, writable for the group: steps of another user have it."""

RECEIVE = f"""{_MAKE_PLACE}
nonce=$1
refused() {{ echo "nightlane-end $nonce $1 refused" >&2; cat >/dev/null; }}
{{ cleared "$3" && made "$2"; }} >&2 || {{ refused 73; exit 0; }}
unpack() {{
  status=0
  tar -xf - -C "$1" >&2 6>&- 7>&- || {{ status=$?; refused "$status"; }}
  echo "$status" >&6; cat >/dev/null
}}
report=$({{ {{ tee /dev/fd/7 | unpack "$2"; }} 7>&1 | sha256sum >&6; }} 6>&1)
set -- $report
echo "nightlane-end $nonce $1 $2" >&2
"""
"""Parameters: nonce, folder, final path. Makes the folder, `<final path>.partial-<anything>`, removes those of others,
and unpacks the tar on standard input into it. A refusal is said at once; what still comes then is taken and thrown
away, since a connection that nobody reads from breaks before its last words arrive."""

COPY_FOLDER = f"""{_MAKE_PLACE}{_ABSENCE}
nonce=$1
[ -e "$2" ] || absent "$2"
status=0
{{ cleared "$4" && made "$3" && cp -R "$2" "$3/${{4##*/}}"; }} || status=$?
echo "nightlane-end $nonce $status copied" >&2
"""
"""Parameters: nonce, file or folder, folder, final path. As RECEIVE, of what is in the container already. Status 66 if
there is none, 74 if nobody can tell."""

_SYNCED = """
synced() {
  [ -d "$1" ] || return 0
  case $(sync --help 2>&1) in *-f*) ;; *) return 0 ;; esac
  words=$(LC_ALL=C; export LC_ALL; sync -f "$1" 2>&1) && return 0
  case $words in
    *"nput/output error" | *"I/O error" | *"o space left on device" | *"uota exceeded" | *"tale file handle")
      echo "$words" >&2; return 1 ;;
  esac
}
"""
"""The function `synced FOLDER`: waits until its file system is on the disk, where there is a sync that knows one file
system (GNU's and BusyBox's) and is permitted: another one would wait for everything that is written on its node. Only
what a volume says of its writing is a failure; a call that a sandbox does not let through is as good as none."""

SYNC = (
    _SYNCED
    + """
nonce=$1
status=0
synced "$2" || status=$?
echo "nightlane-end $nonce $status synced" >&2
"""
)
"""Parameters: nonce, folder of the received. May take minutes, after which its runner may not be in charge any more."""

COMMIT = (
    _SYNCED
    + """
nonce=$1
mine=$2/$nonce
before=$3.replaced-$nonce
status=0
mv "$2/$4" "$mine" || status=$?
if [ "$status" = 0 ] && [ -e "$3" ]; then mv "$3" "$before" || status=$?; fi
if [ "$status" = 0 ]; then mv "$mine" "$3" || status=$?; fi
if [ "$status" = 0 ] && [ -e "$3/$nonce" ]; then
  echo "$3 was put there by somebody else meanwhile" >&2
  rm -rf "$3/$nonce"
  status=1
fi
if [ "$status" = 0 ]; then
  synced "$2" || status=$?
  rm -rf "$before" "$2" || status=$?
elif [ -e "$before" ]; then
  [ -e "$3" ] || mv "$before" "$3"
  rm -rf "$3/${before##*/}" "$before"
fi
echo "nightlane-end $nonce $status committed" >&2
"""
)
"""Parameters: nonce, folder of the received, final path, name in the folder. Whoever begins to receive for the same
path takes away what is to be put there, at any moment; then this fails, and what is in place stays or comes back.
The nonce as a name tells when mv has moved into a folder that has just appeared. What is put into place must be on the
disk before it gets its name, by SYNC; its name is before this ends. While that is waited for, another one may have
begun: only what is this one's own is removed then."""

TIDY_NIGHTS = """
nonce=$1; volume=$2; nights=$3; minutes=$4; newest=$5; shift 5
stay=" $* "
status=0
if [ -d "$nights" ]; then
  touch "$nights" && now=$(stat -c %Y "$nights") || { echo "nightlane-end $nonce 73 refused" >&2; exit 0; }
  for day in $(ls "$nights" | grep -E '^[0-9]{4}-[0-9]{2}-[0-9]{2}[.]removed$'); do
    rm -rf "$nights/$day" || status=$?
  done
  for day in $(ls "$nights" | grep -E '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' | sort -r | tail -n "+$((newest + 1))"); do
    case $stay in *" $day "*) continue ;; esac
    [ -d "$nights/$day" ] && [ ! -L "$nights/$day" ] || continue
    [ -z "$(find "$nights/$day" -newermt "@$((now - minutes * 60))" 2>&1 | head -n 1)" ] || continue
    mv "$nights/$day" "$nights/$day.removed" && rm -rf "$nights/$day.removed" || { status=1; continue; }
    echo "removed $day"
  done
fi
df -Pk "$volume" | tail -n 1
echo "nightlane-end $nonce $status tidied" >&2
"""
"""Parameters: nonce, volume, folder of the nights on it, minutes, number of newest dates that stay, date that stays...
Removes every other date in which nothing was written for that many minutes; one that cannot be looked through stays.
What time it is says the volume's own clock, which dates the folder of the nights. Needs GNU find, which the results pod
has. Writes a line `removed DATE` for each, and last how full the volume is."""
