#!/bin/sh
# A certificate for trying compose.yaml out on one's own machine; browsers warn of it, rightly.
set -eu
umask 077
cd "$(dirname "$0")"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
    -subj /CN=localhost -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" \
    -keyout privkey.pem -out fullchain.pem
