#!/usr/bin/env bash
# System packages that only tests need: installed where we may (root on Debian), else named with the way to get them.
set -u
wanted=()
command -v chromium >/dev/null || wanted+=(chromium)
fc-list 2>/dev/null | grep -qi -E 'wqy|noto.*cjk|droid.*fallback' || wanted+=(fonts-wqy-microhei)
command -v dovecot >/dev/null || [ -x /usr/sbin/dovecot ] || wanted+=(dovecot-imapd)
[ ${#wanted[@]} -eq 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing for the tests: ${wanted[*]}"
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${wanted[@]}"; } >/dev/null 2>&1 \
    || echo "Could not install ${wanted[*]}: the tests that need them are skipped."
else
  echo "Missing for some tests: ${wanted[*]}. Get them with: sudo apt-get install ${wanted[*]}"
  echo "Skipped without them: the pages in a real browser, mailboxes on a real IMAP server."
fi
exit 0
