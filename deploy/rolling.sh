#!/bin/sh
# A new version of compose.yaml's servers, one after another; readers notice nothing. The next one
# begins when the last is healthy, and nothing goes on when one is not.
set -eu
cd "$(dirname "$0")"
docker compose build server-1
for server in server-1 server-2; do
    docker compose up --detach --no-deps --wait "$server"
done
