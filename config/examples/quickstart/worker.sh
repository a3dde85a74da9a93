# Counts once a second in redis and publishes the count as a page. Ends with an error when redis is
# away: to start again is supd's job.
set -eu
www=$SUPD_QUICKSTART_DIR/www
mkdir -p "$www"
while :; do
  count=$(redis-cli -e -h 127.0.0.1 -p "$SUPD_QUICKSTART_REDIS_PORT" incr counter)
  echo "count $count"
  echo "supd quickstart: count $count, $(date -u +%H:%M:%S) UTC" >"$www/index.html.new"
  mv "$www/index.html.new" "$www/index.html"
  sleep 1
done
