#!/bin/sh
# Puts the secrets into a copy of kannel.conf in memory and starts one of Kannel's two programs: bearerbox or smsbox.
set -eu

secret() {
  [ -s "/run/secrets/$1" ] || { echo "Cannot read the secret /run/secrets/$1. Did the service init end well? docker compose logs init" >&2; exit 1; }
  head -n 1 "/run/secrets/$1"
}

umask 077
send=$(secret kannel-send)
reports=$(secret kannel-reports)
status=$(secret kannel-status)
admin=$(secret kannel-admin)
sed -e "s|@SEND@|$send|g" -e "s|@REPORTS@|$reports|g" -e "s|@STATUS@|$status|g" -e "s|@ADMIN@|$admin|g" \
  "${KANNEL_CONF:-/etc/kannel/kannel.conf}" > "${TMPDIR:-/tmp}/kannel.conf"
exec "$1" -v 1 "${TMPDIR:-/tmp}/kannel.conf"
