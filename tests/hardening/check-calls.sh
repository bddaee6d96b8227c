#!/bin/sh
# SPDX-License-Identifier: MIT
# Our own code neither reaches for a network nor starts anything: check-calls.sh LIBRARY…
# What it calls is in the undefined symbols of its static libraries; GTK's own talk with the display and the session bus
# is not ours.
set -eu

network='socket|socketpair|connect|bind|listen|accept4?|getaddrinfo|gethostbyname.*|getnameinfo|send(to|msg|mmsg)?|recv(from|msg|mmsg)?|res_.*|g_socket_.*|g_network_.*|g_tcp_.*|g_inet_.*|g_resolver_.*|g_tls_.*|soup_.*|curl_.*'
run='system|popen|exec[lv].*|fexecve|posix_spawnp?|fork|vfork|g_spawn_.*|g_subprocess_.*|g_app_info_launch.*|gtk_show_uri.*|dlopen|dlmopen|g_module_open.*'
mount='g_file_new_for_uri|g_file_mount_.*|g_vfs_.*'

found=0
for library in "$@"; do
  calls=$(LC_ALL=C nm -uP "$library" | awk 'NF >= 2 { print $1 }' | grep -Ex "($network|$run|$mount)(@.*)?" || true)
  if [ -n "$calls" ]; then
    echo "$library calls: $calls" >&2
    found=1
  fi
done
# That there is something to be found at all.
LC_ALL=C nm -uP "$1" | grep -q 'memcpy\|malloc\|g_free' || {
  echo "$1: no symbols" >&2
  exit 1
}
exit "$found"
