#!/usr/bin/env bash
# RabbitMQ with its one user. The definitions are read at each start, so that a password that was changed is taken over.
# Queues are durable and declared by the services.
set -euo pipefail
umask 077

cat >/tmp/rabbitmq.conf <<CONFIG
load_definitions = /tmp/definitions.json
log.console = true
log.console.level = info
vm_memory_high_watermark.absolute = 384MB
disk_free_limit.absolute = 200MB
CONFIG
cat >/tmp/definitions.json <<DEFINITIONS
{
  "users": [{"name": "platform", "password": "$RABBITMQ_PASSWORD", "tags": ""}],
  "vhosts": [{"name": "/"}],
  "permissions": [{"user": "platform", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"}]
}
DEFINITIONS
# Its metrics, on port 15692 of the network of the data.
echo '[rabbitmq_prometheus].' >/tmp/enabled_plugins
unset RABBITMQ_PASSWORD

export RABBITMQ_NODENAME=rabbit@localhost RABBITMQ_CONFIG_FILE=/tmp/rabbitmq.conf RABBITMQ_ENABLED_PLUGINS_FILE=/tmp/enabled_plugins
# Smaller tables and few schedulers: what idles costs little.
export RABBITMQ_MAX_NUMBER_OF_PROCESSES=65536 RABBITMQ_MAX_NUMBER_OF_ATOMS=1000000 ERL_MAX_PORTS=4096
export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='+S 2:2 +SDcpu 1:1 +SDio 4 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}'
exec docker-entrypoint.sh rabbitmq-server
