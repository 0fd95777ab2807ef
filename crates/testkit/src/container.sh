# Runs a server in a container and removes it when whoever started it is gone, however that came
# about: watchdog.sh, for containers.
# Usage: sh -c "$(cat container.sh)" container FOLDER DOCKER NAME ARGUMENTS...
#
# The arguments are those of `docker run`. A container of that name that is there already is
# started again. Standard input and the exit code are as in watchdog.sh.
folder=$1
docker=$2
name=$3
shift 3
if "$docker" container inspect "$name" >/dev/null 2>&1; then
    set -- start --attach "$name"
else
    set -- run --name "$name" "$@"
fi
"$docker" "$@" </dev/null >>"$folder/log" 2>&1 &
client=$!
exec 3<&0
(
    while read -r signal <&3; do
        case $signal in
        STOP) "$docker" pause "$name" ;;
        CONT) "$docker" unpause "$name" ;;
        # Some engines do not kill what is paused.
        *) "$docker" kill --signal "$signal" "$name" || {
            "$docker" unpause "$name"
            "$docker" kill --signal "$signal" "$name"
        } ;;
        esac >/dev/null 2>&1
        echo sent
    done
    : >"$folder/abandoned"
    "$docker" rm --force --volumes "$name" >/dev/null 2>&1
) &
reader=$!
wait "$client"
code=$?
kill -s KILL "$reader"
if [ -e "$folder/abandoned" ]; then rm -rf "$folder"; fi
exit "$code"
