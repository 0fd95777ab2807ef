#!/bin/sh
# Installs what lies beside it on a machine with systemd; run it again to upgrade.
#   sudo ./install.sh                  configuration in /etc/maple-expectation/config.toml
#   sudo ./install.sh --ssm PREFIX     configuration from the parameters below PREFIX in the SSM
#                                      Parameter Store, such as /maple-expectation
#   sudo ./install.sh --nginx NAME     also nginx with TLS for this host name
set -eu
here=$(cd "$(dirname "$0")" && pwd)
ssm="" name=""
while [ $# -gt 0 ]; do
    case $1 in
        --ssm) ssm=${2:?--ssm takes a prefix}; shift 2 ;;
        --nginx) name=${2:?--nginx takes a host name}; shift 2 ;;
        *) echo "unknown argument $1; see the head of $0" >&2; exit 2 ;;
    esac
done
# For trying it out: files go below this folder, and nothing is started.
root=${DESTDIR:-}

install -D -m 755 "$here/maple-expectation" "$root/usr/local/bin/maple-expectation"
install -D -m 644 "$here/maple-expectation.service" "$root/etc/systemd/system/maple-expectation.service"
install -D -m 755 "$here/backup.sh" "$root/usr/local/sbin/maple-expectation-backup"
install -D -m 755 "$here/restore.sh" "$root/usr/local/sbin/maple-expectation-restore"
install -d -m 700 "$root/etc/maple-expectation"
if [ -n "$ssm" ]; then
    install -D -m 755 "$here/aws/maple-expectation-secrets" "$root/usr/local/sbin/maple-expectation-secrets"
    install -D -m 644 "$here/aws/maple-expectation-secrets.service" \
        "$root/etc/systemd/system/maple-expectation-secrets.service"
    install -D -m 644 "$here/aws/secrets.conf" \
        "$root/etc/systemd/system/maple-expectation.service.d/secrets.conf"
    printf 'PREFIX=%s\n' "$ssm" > "$root/etc/maple-expectation/ssm.env"
elif [ ! -e "$root/etc/maple-expectation/config.toml" ]; then
    install -m 600 "$here/config.example.toml" "$root/etc/maple-expectation/config.toml"
    echo "fill in $root/etc/maple-expectation/config.toml, then: systemctl restart maple-expectation"
fi
if [ -n "$name" ]; then
    install -d "$root/etc/nginx/maple-expectation" "$root/etc/nginx/conf.d"
    for file in zones limits tls proxy; do
        install -m 644 "$here/nginx/$file.conf" "$root/etc/nginx/maple-expectation/$file.conf"
    done
    sed "s/maple\.example\.org/$name/g" "$here/nginx/site.conf" \
        > "$root/etc/nginx/conf.d/maple-expectation.conf"
fi
if [ -d "$here/docs" ]; then
    install -d "$root/usr/local/share/doc/maple-expectation/operations"
    cp -R "$here/docs/." "$root/usr/local/share/doc/maple-expectation/operations/"
fi
if [ -z "$root" ]; then
    systemctl daemon-reload
    systemctl enable maple-expectation
    # A wrong configuration is no fault of the installation: the unit tries again every 5 s.
    systemctl restart --no-block maple-expectation
fi
"$root/usr/local/bin/maple-expectation" --version
