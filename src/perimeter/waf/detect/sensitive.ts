/** Files no honest parameter points at: accounts, keys, process state, server configuration, of Unix and Windows. */

const unix =
  /(?:^|[^\w.-])(?:etc\/{1,3}(?:(?:passwd|shadow|group)(?![\w-]|\.(?:example|sample|md|txt))|gshadow|sudoers|hosts|hostname|issue|motd|fstab|crontab|resolv\.conf|ssh\/|mysql\/|nginx\/|apache2?\/|httpd\/|php|environment|profile|os-release|redhat-release|master\.passwd|security\/|init\.d\/|cron|exports|kubernetes\/|ld\.so|services|inetd|my\.cnf|ssl\/private)|proc\/(?:self|version|cmdline|\d{1,6}|net|mounts|cpuinfo|meminfo|sched_debug|environ|thread-self)|var\/(?:log|run\/secrets|lib\/mlocate|mail|spool|lib\/mysql|lib\/php)\/|root\/\.|dev\/(?:tcp|udp)\/|boot\/grub|sys\/(?:class|kernel|devices)\/|run\/secrets\/)/;
const dotted =
  /(?:^|[/\\])(?:\.ssh(?:\/|\\|$)|\.htpasswd|\.htaccess|\.bash_history|\.bashrc|\.mysql_history|\.n8n\/(?:config|database)|\.flowise\/|tomcat-users\.xml|\.aws\/credentials|\.aws\/config|\.git\/(?:config|head|index|logs)|\.svn\/entries|\.env$|\.netrc|\.pgpass|\.docker\/config|\.kube\/config|id_rsa|id_dsa|id_ed25519|authorized_keys|web-inf[/\\]|meta-inf[/\\]|wp-config\.php|web\.config$|win\.ini|boot\.ini|system\.ini|ntuser\.dat)/;
const windows =
  /(?:windows|winnt)[/\\]{1,4}(?:win\.ini|system\.ini|system32[/\\]{1,4}(?:drivers|config|inetsrv|cmd|license|eula)|repair|panther|debug|php\.ini|explorer|notepad|system32$|\w{1,20}\.log)|(?:^|[/\\])(?:boot\.ini|win\.ini|inetpub[/\\]|autoexec\.bat|pagefile\.sys|unattend\.xml|sysprep\.inf)/;

/** Whether a path (any spelling of the separators, already decoded) is one of them. */
export function sensitivePath(path: string): boolean {
  if (path.length < 4 || path.length > 4096) return false;
  const lower = path.toLowerCase();
  if (lower.includes('?') || lower.includes('*') || lower.includes('[')) if (globbed.test(lower)) return true;
  return unix.test(lower) || dotted.test(lower) || windows.test(lower);
}

/** `/e?c/p?sswd`, `/???/passw*`, `/etc/pass??` */
const globbed =
  /^\/(?:[etc?*[\]-]{3,12}|e\*)\/(?=[^/]{0,12}[?*[])[pashwdo?*[\]-]{2,24}$|^\/[etc?*[\]]{3,12}\/(?:passwd|shadow|hosts|p[a?*]s*\*|group|issue)$|^\/etc\/[a-z?*[\]-]{1,24}$/;
