# Waits until redis answers, then sets the counter once. `started` means only that the process of
# redis exists, so the wait is here.
set -eu
redis() { redis-cli -h 127.0.0.1 -p "$SUPD_QUICKSTART_REDIS_PORT" "$@"; }

tries=100
until [ "$(redis ping 2>/dev/null)" = PONG ]; do
  tries=$((tries - 1))
  if [ "$tries" -eq 0 ]; then
    echo "redis does not answer on port $SUPD_QUICKSTART_REDIS_PORT" >&2
    exit 1
  fi
  sleep 0.1
done
redis set counter 100 nx >/dev/null
echo "the counter stands at $(redis get counter)"
