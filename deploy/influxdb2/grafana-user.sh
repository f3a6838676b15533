#!/bin/bash
# Run once by the image of InfluxDB 2.x, after its first set-up: Grafana's user, who may read and speaks InfluxQL.
set -euo pipefail

[ -s /run/secrets/influxdb-read ] || { echo "Cannot read the secret /run/secrets/influxdb-read" >&2; exit 1; }
# The means of each hour go there (the hub sets up how): made now, so that Grafana may read it too.
hourly=$(influx bucket create --org aal --name aal_hourly --hide-headers | cut -f 1)
influx v1 auth create --org aal --username grafana --password "$(head -n 1 /run/secrets/influxdb-read)" \
  --read-bucket "$DOCKER_INFLUXDB_INIT_BUCKET_ID" --read-bucket "$hourly" > /dev/null
