#!/usr/bin/env bash
# Whether the entrance answers, for container engines that ask by a command.
set -euo pipefail

exec 3<>/dev/tcp/127.0.0.1/3000
printf 'GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
[[ $(timeout 3 head -n 1 <&3) == *' 200 '* ]]
