#!/bin/sh
# Backs up the database while the service runs, and checks the copy.
#   backup.sh sqlite FILE TARGET       a copy of a SQLite file by VACUUM INTO
#   backup.sh mariadb DATABASE TARGET  a dump of MariaDB or MySQL, compressed; more arguments go to
#                                      the dump program, such as --host=... --user=...
# TARGET must not exist. It is written under another name first, so that an interrupted backup is
# never taken for a whole one.
set -eu
umask 077
usage() { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ $# -ge 3 ] || usage
kind=$1 source=$2 target=$3
shift 3
[ ! -e "$target" ] || { echo "$target exists already" >&2; exit 1; }
part=$target.part
rm -f "$part"
case $kind in
    sqlite)
        [ -f "$source" ] || { echo "there is no $source" >&2; exit 1; }
        # One transaction that only reads: writers go on.
        quoted=$(printf '%s' "$part" | sed "s/'/''/g")
        sqlite3 -readonly "$source" ".timeout 10000" "VACUUM INTO '$quoted'"
        checked=$(sqlite3 -readonly "$part" "PRAGMA integrity_check")
        [ "$checked" = ok ] || { echo "the copy is damaged: $checked" >&2; exit 1; }
        ;;
    mariadb)
        dump=$(command -v mariadb-dump || command -v mysqldump)
        # One snapshot of all tables without locks. Two steps, because a pipe hides a failed dump.
        "$dump" "$@" --single-transaction --quick --hex-blob --default-character-set=utf8mb4 \
            --skip-lock-tables --no-tablespaces "$source" > "$part"
        tail -n 1 "$part" | grep -q '^-- Dump completed' || { echo "the dump is not whole" >&2; exit 1; }
        gzip -n "$part"
        gzip -t "$part.gz"
        mv "$part.gz" "$part"
        ;;
    *) usage ;;
esac
sync "$part"
mv "$part" "$target"
ls -l "$target"
