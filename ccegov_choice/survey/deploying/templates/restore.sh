#!/bin/sh
# {{ title }}: bring a backup back. Stop the survey server first.
#   restore.sh sqlite BACKUP.sqlite FILE.sqlite
#   restore.sh postgresql BACKUP.dump DATABASE
# Afterwards run the retention clock before the server starts:
#   ccegov survey retention SURVEY --database URL
# and erase again whoever erased their answers since the backup was made (deploy.md says how).
set -eu
umask 077
kind=$1 backup=$2 target=$3
case $kind in
sqlite)
    if [ -e "$target" ]; then
        echo "$target exists: move it and its -wal and -shm files away first, do not delete them" >&2
        exit 1
    fi
    # a write-ahead log that belongs to another file would be played into this one
    if [ -e "$target-wal" ] || [ -e "$target-shm" ]; then
        echo "$target-wal or -shm is left over: move it away first" >&2
        exit 1
    fi
    cp "$backup" "$target.part"
    mv "$target.part" "$target"
    ;;
postgresql)
    pg_restore --clean --if-exists --exit-on-error --single-transaction --dbname="$target" "$backup"
    ;;
*)
    echo "first word: sqlite or postgresql" >&2
    exit 2
    ;;
esac
echo "restored $target"
