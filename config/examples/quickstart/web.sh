# Writes a small nginx configuration into the scratch directory and becomes nginx.
set -eu
dir=$SUPD_QUICKSTART_DIR/web
www=$SUPD_QUICKSTART_DIR/www
mkdir -p "$dir" "$www"
[ -e "$www/index.html" ] || echo "supd quickstart: no count yet" >"$www/index.html"

# As root nginx would give up its rights and could then not read a private scratch directory.
user=''
[ "$(id -u)" -ne 0 ] || user="user $(id -un) $(id -gn);"

cat >"$dir/nginx.conf" <<CONF
daemon off;
worker_processes 1;
$user
pid $dir/nginx.pid;
error_log stderr notice;
events { worker_connections 64; }
http {
  access_log /dev/stdout;
  client_body_temp_path $dir/body;
  proxy_temp_path $dir/proxy;
  fastcgi_temp_path $dir/fastcgi;
  uwsgi_temp_path $dir/uwsgi;
  scgi_temp_path $dir/scgi;
  types { }
  default_type text/plain;
  server {
    listen 127.0.0.1:$SUPD_QUICKSTART_HTTP_PORT;
    root $www;
  }
}
CONF
nginx=$(command -v nginx || echo /usr/sbin/nginx)
exec "$nginx" -e stderr -p "$dir" -c "$dir/nginx.conf"
