#!/usr/bin/env bash
# System packages that only tests need: installed where we may (root on Debian), else named with the way to get them.
set -u
wanted=()
command -v chromium >/dev/null || wanted+=(chromium)
fc-list 2>/dev/null | grep -qi -E 'wqy|noto.*cjk|droid.*fallback' || wanted+=(fonts-wqy-microhei)
command -v systemd-analyze >/dev/null || wanted+=(systemd)
command -v dovecot >/dev/null || [ -x /usr/sbin/dovecot ] || wanted+=(dovecot-imapd)
if [ ! -x /usr/sbin/postfix ]; then
  # apt would remove another mail server to make room for this one.
  if [ -e /usr/sbin/sendmail ]; then
    echo "Another mail server is installed, so Postfix is not: the tests that run one of their own are skipped."
  else
    wanted+=(postfix)
  fi
fi
[ ${#wanted[@]} -eq 0 ] && exit 0

# The tests run servers of their own; what the packages bring must neither start nor be set up.
policy=/usr/sbin/policy-rc.d
install() {
  local ours=no status=0
  export DEBIAN_FRONTEND=noninteractive
  [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" && ours=yes; }
  echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections 2>/dev/null
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${wanted[@]}"; } >/dev/null 2>&1 || status=1
  [ "$ours" = no ] || rm -f "$policy"
  if [ -d /run/systemd/system ]; then
    for package in postfix dovecot-imapd; do
      [[ " ${wanted[*]} " == *" $package "* ]] && systemctl disable -q "${package%-imapd}" 2>/dev/null
    done
  fi
  return $status
}

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing for the tests: ${wanted[*]}"
  install || echo "Could not install ${wanted[*]}: the tests that need them are skipped."
else
  echo "Missing for some tests: ${wanted[*]}. Get them with: sudo apt-get install --no-install-recommends ${wanted[*]}"
  echo "Skipped without them: the pages in a real browser, mailboxes on a real IMAP server, a real mail server beside us, systemd units."
fi
exit 0
