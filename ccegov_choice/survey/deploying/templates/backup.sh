#!/bin/sh
# {{ title }}: a backup while the survey runs; put it into cron or a systemd timer, hourly or daily.
#   backup.sh sqlite /ABSOLUTE/FILE.sqlite FOLDER SURVEY-FOLDER
#   backup.sh sqlite /ABSOLUTE/FILE-contacts.sqlite OTHER-FOLDER
#   backup.sh postgresql DATABASE FOLDER SURVEY-FOLDER
# Backups hold what people erase afterwards. They are deleted after {{ backup_days }} days: say so in the
# privacy notice. Keep the key file apart from them.
set -eu
umask 077
days={{ backup_days }}
kind=$1 source=$2 folder=$3 survey=${4:-}
stamp=$(date -u +%Y%m%dT%H%M%SZ)
mkdir -p "$folder"
case $kind in
sqlite)
    target="$folder/{{ id }}-$stamp.sqlite"
    url="sqlite:///$source"
    # a consistent copy under load, which copying the file would not be
    python3 - "$source" "$target.part" <<'PYTHON'
import sqlite3
import sys

source = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
target = sqlite3.connect(sys.argv[2])
source.backup(target)
answer = target.execute("PRAGMA integrity_check").fetchone()[0]
target.close()
source.close()
sys.exit(0 if answer == "ok" else f"the copy is damaged: {answer}")
PYTHON
    ;;
postgresql)
    target="$folder/{{ id }}-$stamp.dump"
    url="postgresql+psycopg:///$source"
    pg_dump --format=custom --file="$target.part" "$source"
    pg_restore --list "$target.part" >/dev/null
    ;;
*)
    echo "first word: sqlite or postgresql" >&2
    exit 2
    ;;
esac
mv "$target.part" "$target"
if [ -n "$survey" ]; then
    # who had themselves erased: after a restore of an older backup they are erased again
    ccegov survey admin erased "$survey" --database "$url" >"$folder/erased.txt.part"
    mv "$folder/erased.txt.part" "$folder/erased.txt"
fi
find "$folder" -name '{{ id }}-*' -type f -mtime +"$days" -delete
echo "$target"
