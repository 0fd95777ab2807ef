#!/bin/sh
# Restores what backup.sh made. The service must not run.
#   restore.sh sqlite BACKUP FILE         FILE and what belongs to it are moved aside first
#   restore.sh mariadb BACKUP DATABASE    DATABASE must have no tables; more arguments go to the
#                                         client, such as --host=... --user=...
# Afterwards `maple-expectation ledger check` and `likes verify` check what was restored.
set -eu
umask 077
usage() { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ $# -ge 3 ] || usage
kind=$1 backup=$2 target=$3
shift 3
[ -f "$backup" ] || { echo "there is no $backup" >&2; exit 1; }
case $kind in
    sqlite)
        checked=$(sqlite3 -readonly "$backup" "PRAGMA integrity_check")
        [ "$checked" = ok ] || { echo "the backup is damaged: $checked" >&2; exit 1; }
        # The log of an old file would be applied to the new one.
        for suffix in '' -wal -shm; do
            if [ -e "$target$suffix" ]; then mv "$target$suffix" "$target.before-restore$suffix"; fi
        done
        cp "$backup" "$target.part"
        sync "$target.part"
        mv "$target.part" "$target"
        # The file gets the owner of its folder.
        if [ "$(id -u)" = 0 ]; then chown --reference="$(dirname "$target")" "$target"; fi
        ;;
    mariadb)
        client=$(command -v mariadb || command -v mysql)
        gzip -t "$backup"
        tables=$("$client" "$@" --batch --skip-column-names --execute="SHOW TABLES" "$target")
        [ -z "$tables" ] || { echo "$target has tables already" >&2; exit 1; }
        plain=$(mktemp)
        trap 'rm -f "$plain"' EXIT
        gzip -dc "$backup" > "$plain"
        "$client" "$@" --default-character-set=utf8mb4 "$target" < "$plain"
        ;;
    *) usage ;;
esac
echo "restored $target"
