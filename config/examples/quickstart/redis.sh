# Starts redis-server in the foreground; exec, so that supd watches redis itself and not a shell. Its
# data is kept in an append-only file: the counter goes on after a restart.
set -eu
data=$SUPD_QUICKSTART_DIR/redis
mkdir -p "$data"
exec redis-server --port "$SUPD_QUICKSTART_REDIS_PORT" --bind 127.0.0.1 --dir "$data" \
  --save '' --appendonly yes --daemonize no
