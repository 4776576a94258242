#!/usr/bin/env bash
# Whether RabbitMQ takes clients: it answers the protocol's header with a method frame (1). Its own diagnostics would start a
# second Erlang for each look.
set -euo pipefail

exec 3<>/dev/tcp/127.0.0.1/5672
printf 'AMQP\x00\x00\x09\x01' >&3
[ "$(timeout 3 head -c 1 <&3 | od -An -tu1 | tr -d ' ')" = 1 ]
