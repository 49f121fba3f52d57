set -eu
umask 077
cd /data
chmod 700 . || true
if [ "$(cat configured 2> /dev/null)" != "$(printf '%s' "$REDIS_CONFIGURATION")" ]; then
  printf '%s\n' "$REDIS_CONFIGURATION" > redis.conf
  cp redis.conf configured
fi
if [ "$(id -u)" = 0 ]; then chown -R redis . || true; fi
exec env -i PATH="$PATH" SKIP_FIX_PERMS=1 docker-entrypoint.sh redis-server ./redis.conf{{ if .isSentinel }} --sentinel{{ end }}
