#!/bin/bash
# InfluxDB 1.x with the users of the hub (which sets up database, retention and downsampling itself) and of Grafana
# (which reads). The image's own first start knows passwords only from the environment: they are given to it alone, from
# files, and the server does not inherit them.
set -euo pipefail

secret() {
  local file=/run/secrets/$1
  [ -s "$file" ] || { echo "Cannot read the secret $file. Did the service init end well? docker compose logs init" >&2; exit 1; }
  head -n 1 "$file"
}

store=${INFLUXDB_DIR:-/var/lib/influxdb}
begun=$store/.first-start
hub=$(secret influxdb-hub)
read=$(secret influxdb-read)

# A first start that was cut off leaves a database without users, which lets nobody in: it is begun again.
if [ -e "$begun" ]; then
  rm -rf "$store/meta" "$store/data" "$store/wal"
elif [ ! -e "$store/meta" ]; then
  touch "$begun"
fi
INFLUXDB_DB=aal INFLUXDB_ADMIN_USER=aal INFLUXDB_ADMIN_PASSWORD=$hub \
  INFLUXDB_READ_USER=grafana INFLUXDB_READ_USER_PASSWORD=$read \
  "${INIT_INFLUXDB:-/init-influxdb.sh}"
rm -f "$begun"
exec influxd
