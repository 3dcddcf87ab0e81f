/** Files no honest parameter points at: accounts, keys, process state, server configuration, of Unix and Windows. */

const unix =
  /(?:^|[^\w.-])(?:etc\/{1,3}(?:(?:passwd|shadow|group)-?(?![\w-]|\.(?:example|sample|md|txt))|gshadow|sudoers|hosts|hostname|issue|motd|fstab|crontab|resolv\.conf|ssh\/|mysql\/|nginx\/|apache2?\/|httpd\/|php|environment|profile|os-release|redhat-release|master\.passwd|security\/|init\.d\/|cron|exports|kubernetes\/|ld\.so|services|inetd|my\.cnf|ssl\/private|inittab|mtab|machine-id|krb5|ldap\/|samba\/|openvpn\/|letsencrypt\/|pki\/|docker\/|redis\/|postgresql\/|tomcat\d?\/|vsftpd|grafana\/|gitlab\/|zabbix\/|netplan\/|sysconfig\/|networks?(?:$|\/)|modules(?:$|[-/])|bash\.?(?:rc|_|bashrc)|bashrc|rc\.(?:local|d)|shells$|anacrontab|logrotate|rsyslog|systemd\/|consul|vault|rabbitmq\/|elasticsearch\/|mongod?\.|haproxy|squid|bind\/|named|postfix\/|dovecot\/|exim|aliases|wireguard\/|[\w.-]{1,40}\/[\w./-]{0,80}\.(?:conf|cfg|ini|key|pem|keytab|ya?ml|json|rb|properties|xml|cnf|d)$|[\w-]{2,40}\.(?:conf|cfg|cnf|keytab)$)|proc\/(?:self|version|cmdline|\d{1,6}|net|mounts|cpuinfo|meminfo|sched_debug|environ|thread-self)|var\/(?:log|run\/secrets|lib\/mlocate|mail|spool|lib\/(?:mysql|php|tomcat\d?|postgresql|docker|redis|grafana|jenkins)|backups)\/|var\/www\/[\w./-]{0,80}\.(?:php\d?|env|ini|conf|ya?ml|py|rb|jsp|json|bak|sql)$|root\/(?:\.|flag)|dev\/(?:tcp|udp)\/|(?:^|\/)dev\/(?:random|urandom|zero|full|k?mem|stdin|fd\/\d)$|boot\/grub|usr\/local\/(?:apache2?|tomcat|nginx|etc)\/[\w./-]{0,60}\.(?:conf|xml|ini|properties)$|usr\/src\/app\/(?:package|\.env|config|app|server|index)|tmp\/sess_|srv\/[\w./-]{0,60}\.(?:php|env|conf|ini)$|^\/(?:app|(?:opt|srv|var\/www)\/[\w.-]{1,40})\/(?:config|secrets?|\.env)[\w./-]{0,60}\.(?:ya?ml|json|php|py|js|env|ini)$|data\/data\/[\w.]{3,60}\/|sys\/(?:class|kernel|devices)\/|run\/(?:secrets\/|docker\.sock$|containerd\/containerd\.sock$))/;
const dotted =
  /(?:^|[/\\])(?:\.ssh(?:\/|\\|$)|\.htpasswd|\.htaccess|\.bash_history|\.bashrc|\.mysql_history|\.n8n\/(?:config|database)|\.flowise\/|tomcat-users\.xml|\.aws\/credentials|\.aws\/config|\.git\/(?:config|head|index|logs)|\.svn\/entries|\.env$|\.netrc|\.pgpass|\.docker\/config|\.kube\/config|id_rsa|id_dsa|id_ed25519|authorized_keys|web-inf[/\\]|meta-inf[/\\]|wp-config\.php|web\.config$|win\.ini|boot\.ini|system\.ini|ntuser\.dat)/;
const windows =
  /(?:windows|winnt|%systemroot%|%windir%)[/\\]{1,4}(?:win\.ini|system\.ini|system32[/\\]{1,4}(?:drivers|config|inetsrv|cmd|license|eula)|repair|panther|debug|php\.ini|explorer|notepad|ntds|system32$|\w{1,20}\.log)|^[a-z]:[/\\]{1,4}(?:xampp|wamp(?:64)?|laragon|nginx|apache\d{0,2})[/\\]|program files(?: \(x86\))?[/\\][^\n]{0,80}\.(?:ini|conf|cnf|xml|config|properties)$|users[/\\](?:administrator|default)[/\\]|^[a-z]:[/\\]{1,4}programdata[/\\]|(?:^|[/\\])(?:boot\.ini|win\.ini|inetpub[/\\]|autoexec\.bat|pagefile\.sys|unattend\.xml|sysprep\.inf)/;

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
