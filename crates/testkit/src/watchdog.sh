# Runs a server and ends it when whoever started it is gone, however that came about.
# Usage: sh -c "$(cat watchdog.sh)" watchdog FOLDER COMMAND...
#
# Standard input stays open as long as the owner lives. Each line is the name of a signal for
# the server, answered by a line. At its end the server is killed and the folder removed.
# The exit code is the server's.
folder=$1
shift
"$@" </dev/null >>"$folder/log" 2>&1 &
server=$!
exec 3<&0
(
    while read -r signal <&3; do
        kill -s "$signal" "$server"
        # A signal is on its way when `kill` returns; frozen means that no thread runs any more.
        while [ "$signal" = STOP ] && grep -hs '^State:' /proc/"$server"/task/*/status | grep -qv 'T (stopped)'; do
            sleep 0.01
        done
        echo sent
    done
    : >"$folder/abandoned"
    kill -s KILL "$server"
) &
reader=$!
wait "$server"
code=$?
kill -s KILL "$reader"
if [ -e "$folder/abandoned" ]; then rm -rf "$folder"; fi
exit "$code"
