# Sourced by the backend scripts beside it; not run by itself.
#
#   BACKENDS_HOME      where things are installed and run (default ~/.cache/rubato/backends)
#   BACKENDS_INSTANCE  a name, to run more than one of the same backend (default "default")
#   BACKENDS_KEEP      1: keep the data of the last run instead of starting empty
#   BACKENDS_WAIT      seconds to wait for readiness (default 60)
#
# A port of 0 means "any free port". `start` when already running prints the
# same KEY=VALUE lines again. Everything else goes to stderr or the log.

set -euo pipefail

BACKENDS_HOME=${BACKENDS_HOME:-$HOME/.cache/rubato/backends}
BACKENDS_INSTANCE=${BACKENDS_INSTANCE:-default}
NAME=$(basename "${BASH_SOURCE[1]}" .sh)
DIST=$BACKENDS_HOME/$NAME/dist
RUN=$BACKENDS_HOME/$NAME/run-$BACKENDS_INSTANCE
LOG=$RUN/log
DATA=$RUN/data
HOST=127.0.0.1

die() { echo "$NAME: $*" >&2; exit 1; }
say() { echo "$NAME: $*" >&2; }
need() { local c; for c; do command -v "$c" >/dev/null || die "needs the command '$c'"; done; }

# run quietly; on failure show the end of the output
quietly() {
  local out; out=$(mktemp)
  if "$@" >"$out" 2>&1 </dev/null; then rm -f "$out"; return 0; fi
  tail -n 25 "$out" >&2; rm -f "$out"; return 1
}

# install_once VERSION FUNCTION: runs FUNCTION with an empty folder as its
# argument, once per VERSION, under a lock; the folder becomes $DIST.
install_once() {
  local version=$1 fn=$2 stamp=$DIST/.installed
  mkdir -p "$BACKENDS_HOME/$NAME"
  [ "$(cat "$stamp" 2>/dev/null || true)" = "$version" ] && return 0
  exec 9>"$BACKENDS_HOME/$NAME/install.lock"
  flock 9
  if [ "$(cat "$stamp" 2>/dev/null || true)" != "$version" ]; then
    local tmp=$BACKENDS_HOME/$NAME/dist.new
    rm -rf "$tmp"; mkdir -p "$tmp"
    say "installing $version (first use)"
    "$fn" "$tmp" || { rm -rf "$tmp"; die "installation failed"; }
    rm -rf "$DIST"; mv "$tmp" "$DIST"
    echo "$version" > "$stamp"
  fi
  flock -u 9; exec 9>&-
}

# maven_libs FOLDER DEPENDENCY_XML [REPOSITORIES_XML]: jars of these dependencies into FOLDER
maven_libs() {
  need mvn java
  local work; work=$(mktemp -d)
  cat > "$work/pom.xml" <<X
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>backend</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>$2</dependencies>
</project>
X
  local rc=0
  quietly mvn -q -B -f "$work/pom.xml" dependency:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$1" || rc=1
  rm -rf "$work"
  return $rc
}

port_open() { (exec 3<>"/dev/tcp/$HOST/$1") 2>/dev/null; }

# port_or_free PORT: the port itself, or a free one for 0; fails if it is taken
port_or_free() {
  local p=$1 i
  if [ "$p" != 0 ]; then
    port_open "$p" && die "port $p is already in use (another program?)"
    echo "$p"; return
  fi
  for i in {1..50}; do
    p=$((20000 + RANDOM % 12000))
    port_open "$p" || { echo "$p"; return; }
  done
  die "found no free port"
}

# A pid is ours only if its start time is the one we wrote down (pids are reused); a zombie is dead.
start_time() { awk '{sub(/^.*\) /,""); if ($1 != "Z") print $20}' "/proc/$1/stat" 2>/dev/null; }
alive() {
  local f=$RUN/$1.pid pid t
  [ -f "$f" ] || return 1
  read -r pid t < "$f" || return 1
  [ -n "$t" ] && [ "$(start_time "$pid" || true)" = "$t" ]
}

# spawn ROLE COMMAND...: in the background, output to $LOG/ROLE.log
spawn() {
  local role=$1; shift
  mkdir -p "$LOG"
  setsid "$@" >"$LOG/$role.log" 2>&1 </dev/null &
  local pid=$!
  echo "$pid $(start_time "$pid" || true)" > "$RUN/$role.pid"
  echo "$role" >> "$RUN/roles"
}

# ready ROLE COMMAND...: wait until COMMAND succeeds while ROLE is alive
ready() {
  local role=$1 end; shift
  end=$(( $(date +%s) + ${BACKENDS_WAIT:-60} ))
  until "$@" >/dev/null 2>&1; do
    alive "$role" || { tail -n 25 "$LOG/$role.log" >&2; stop_all; die "$role ended while starting"; }
    [ "$(date +%s)" -lt "$end" ] || { tail -n 25 "$LOG/$role.log" >&2; stop_all; die "$role not ready in time"; }
    sleep 0.1
  done
}

# TERM to all (last started first), some patience, then KILL; only pids this script started
stop_all() {
  local role pid t i left
  [ -f "$RUN/roles" ] || return 0
  for role in $(tac "$RUN/roles"); do
    if alive "$role"; then read -r pid t < "$RUN/$role.pid"; kill "$pid" 2>/dev/null || true; fi
  done
  for i in {1..50}; do
    left=
    for role in $(cat "$RUN/roles"); do if alive "$role"; then left="$left $role"; fi; done
    [ -n "$left" ] || break
    sleep 0.1
  done
  for role in $left; do
    if alive "$role"; then read -r pid t < "$RUN/$role.pid"; kill -9 "$pid" 2>/dev/null || true; fi
  done
  for role in $(cat "$RUN/roles"); do rm -f "$RUN/$role.pid"; done
  rm -f "$RUN/roles" "$RUN/env"
}

# running: every role started is still alive
running() {
  local role
  [ -f "$RUN/roles" ] && [ -f "$RUN/env" ] || return 1
  for role in $(cat "$RUN/roles"); do alive "$role" || return 1; done
}

# The script defines install, launch (calls spawn/ready, prints KEY=VALUE) and ends with: backend "$@"
backend() {
  case "${1:-}" in
    install) install ;;
    start)
      if running; then cat "$RUN/env"; return 0; fi
      stop_all
      install
      mkdir -p "$RUN"
      [ "${BACKENDS_KEEP:-0}" = 1 ] || rm -rf "$DATA" "$LOG"
      mkdir -p "$DATA" "$LOG"
      launch > "$RUN/env.new"
      mv "$RUN/env.new" "$RUN/env"
      cat "$RUN/env" ;;
    stop) stop_all ;;
    status)
      if running; then cat "$RUN/env"; else echo "$NAME: not running" >&2; return 3; fi ;;
    *) echo "usage: $NAME.sh install|start|stop|status" >&2; return 2 ;;
  esac
}
