/** Files no honest parameter points at: accounts, keys, process state, server configuration, of Unix and Windows. */

const unix =
  /(?:^|[^\w.-])(?:etc\/{1,3}(?:(?:passwd|shadow|group)-?(?![\w-]|\.(?:example|sample|md|txt))|gshadow|sudoers|hosts|hostname|issue|motd|fstab|crontab|resolv\.conf|ssh\/|mysql\/|nginx\/|apache2?\/|httpd\/|php|environment|profile|os-release|redhat-release|master\.passwd|security\/|init\.d\/|cron|exports|kubernetes\/|ld\.so|services|inetd|my\.cnf|ssl\/private|inittab|mtab|machine-id|krb5|ldap\/|samba\/|openvpn\/|letsencrypt\/|pki\/|docker\/|redis\/|postgresql\/|tomcat\d?\/|vsftpd|grafana\/|gitlab\/|zabbix\/|netplan\/|sysconfig\/|networks?(?:$|\/)|modules(?:$|[-/])|bash\.?(?:rc|_|bashrc)|bashrc|rc\.(?:local|d)|shells$|anacrontab|logrotate|rsyslog|systemd\/|consul|vault|rabbitmq\/|elasticsearch\/|config\/(?:network|wireless|system|dropbear|uhttpd|firewall|shadow)|mongod?\.|haproxy|squid|bind\/|named|postfix\/|dovecot\/|exim|aliases|wireguard\/|[\w.-]{1,40}\/[\w./-]{0,80}\.(?:conf|cfg|ini|key|pem|keytab|ya?ml|json|rb|properties|xml|cnf|d)$|[\w-]{2,40}\.(?:conf|cfg|cnf|keytab)$)|proc\/(?:self|version|cmdline|\d{1,6}|net|mounts|cpuinfo|meminfo|sched_debug|environ|thread-self)|var\/(?:log|run\/secrets|lib\/mlocate|mail|spool|lib\/(?:mysql|php|tomcat\d?|postgresql|docker|redis|grafana|jenkins|kubelet|cloud|etcd|rancher|mongodb|rabbitmq|boot2docker|consul|vault)|backups)\/|var\/www\/[\w./-]{0,80}\.(?:php\d?|env|ini|conf|ya?ml|py|rb|jsp|json|bak|sql)$|root\/(?:\.|flag|anaconda-ks|original-ks|install\.log|initial-setup)|dev\/(?:tcp|udp)\/|(?:^|\/)dev\/(?:random|urandom|zero|full|k?mem|stdin|fd\/\d)$|boot\/grub|usr\/local\/(?:apache2?|tomcat|nginx|etc|lighttpd|lsws)\/[\w./-]{0,60}(?:\.(?:conf|xml|ini|properties)|(?:access|error)[._]log)$|usr\/src\/app\/(?:package|\.env|config|app|server|index)|tmp\/sess_|srv\/[\w./-]{0,60}\.(?:php|env|conf|ini)$|^\/(?:app|(?:opt|srv|var\/www)\/[\w.-]{1,40})\/(?:config|secrets?|\.env)[\w./-]{0,60}\.(?:ya?ml|json|php|py|js|env|ini)$|data\/data\/[\w.]{3,60}\/|sys\/(?:class|kernel|devices)\/|run\/(?:secrets\/|docker\.sock$|containerd\/containerd\.sock$))/;
const dotted =
  /(?:^|[/\\:;])(?:\.ssh(?:\/|\\|$)|\.htpasswd|\.htaccess|\.bash_history|\.bashrc|\.mysql_history|\.n8n\/(?:config|database|nodes\/|custom\/|binarydata\/|crash|n8neventlog)|\.cache\/(?:n8n|huggingface|pip)\/|\.jupyter\/|\.dockerenv$|nsconfig\/[\w./-]{1,40}$|node_modules\/(?:n8n|flowise)[\w./@-]{0,80}\.(?:json|env|js|ya?ml)$|\.flowise\/|tomcat-users\.xml|\.aws\/credentials|\.aws\/config|\.git\/(?:config|head|index|logs)|\.svn\/(?:entries|wc\.db)|\.env$|\.netrc|\.pgpass|\.docker\/config|\.kube\/config|id_rsa|id_dsa|id_ed25519|authorized_keys|web-inf[/\\]|meta-inf[/\\]|wp-config\.php|web\.config$|win\.ini|boot\.ini|system\.ini|ntuser\.dat)/;
const windows =
  /(?:windows|winnt|%systemroot%|%windir%)[/\\]{1,4}(?:win\.ini|system\.ini|system32[/\\]{1,4}(?:drivers|config|inetsrv|cmd|license|eula)|repair|panther|debug|php\.ini|explorer|notepad|ntds|system32$|\w{1,20}\.log)|^[a-z]:[/\\]{1,4}(?:xampp|wamp(?:64)?|laragon|nginx|apache\d{0,2})[/\\]|program files(?: \(x86\))?[/\\][^\n]{0,80}\.(?:ini|conf|cnf|xml|config|properties)$|users[/\\](?:administrator|default)[/\\]|^[a-z]:[/\\]{1,4}programdata[/\\]|(?:^|[/\\])(?:boot\.ini|win\.ini|inetpub[/\\]|autoexec\.bat|pagefile\.sys|unattend\.xml|sysprep\.inf)/;

/** Where products and appliances keep their settings and keys, below the folders they are installed in. */
const products =
  /\/(?:opt|usr\/(?:local|share|lib\d{0,2})|u0\d|var\/(?:opt|lib|atlassian))\/(?:[\w.-]{1,60}\/){1,8}(?:conf|etc|config|configuration|conf\.d|secrets|credentials|application-data|private)\/(?:[\w.-]{1,60}\/){0,5}[\w.-]{1,60}\.(?:conf|cnf|cfg|ini|properties|xml|ya?ml|rb|key|pem|jks|p12|json|toml|passwd|dat)$|^\/var\/jenkins_home\/|^\/(?:app|code|workspace|project|usr\/src\/app)\/(?:[\w-]{1,30}\/)?(?:package(?:-lock)?\.json|docker-compose\.ya?ml|dockerfile|requirements\.txt|(?:settings|config|manage|wsgi|app|main|secrets)\.(?:py|rb))$|^\/(?:data\/config\.boot|config\/(?:bigip[\w.]{0,12}|config\.boot)|dev\/(?:shm\/\S|cmdb\/)|library\/preferences\/systemconfiguration\/)/;

/** Settings, keys and stores below the folders that only a machine's own programs have. */
const installed =
  /^\/(?:opt|usr|var\/(?:lib|opt|spool|cache)|srv|vault|boot|lib\/systemd|bitnami|tekton|mnt\/secrets[\w-]{0,12}|volume\d\/@\w{1,20}|github\/home|home\/git)\/(?:[\w.@+-]{1,60}\/){1,10}[\w.@+-]{1,60}\.(?:conf(?:\.php)?|cnf|cfg|ini|ya?ml|toml|hcl|properties|env|key|pem|p12|pfx|jks|keystore|kdbx|keyring|sqlite3?|db|rdb|passw(?:or)?d|secrets?|credentials|token|service|py|rb|php)$|^\/(?:config|homeassistant)\/(?:secrets|configuration|automations)\.ya?ml$|^\/data\/(?:settings\.js|(?:[\w-]{1,30}\/){1,3}(?:conf|config)\/[\w.-]{1,40}\.(?:ini|php|conf|ya?ml|cnf))$|^\/(?:app|data)\/(?:[\w-]{1,30}\/){1,4}[\w-]{1,30}\.sqlite3?$|^\/(?:opt|srv)\/[\w-]{1,30}\/settings\.js$|^\/vault\/secrets\/\w/;
/** What programs keep of a person below his home. */
const own =
  /(?:^|[/\\])\.(?:git-credentials$|npmrc$|pypirc$|gnupg[/\\]|mozilla[/\\]|vscode-server[/\\]|local[/\\]share[/\\][\w-]|config[/\\](?:rclone|gcloud|gh|git|hub|nvim|chromium|google-chrome|code|filezilla|doctl|heroku|helm|containers)[/\\]|azure[/\\]|terraform\.d[/\\]|minikube[/\\]|putty[/\\])|^[a-z]:[/\\]{1,4}users[/\\][^/\\]{1,40}[/\\](?:appdata[/\\]|\.ssh|\.aws|ntuser)|^[a-z]:[/\\][^\n]{1,120}\.kdbx$|^[a-z]:[/\\]windows[/\\]temp[/\\]\S/;

/** Whether a path (any spelling of the separators, already decoded) is one of them. */
export function sensitivePath(path: string): boolean {
  if (path.length < 4 || path.length > 4096) return false;
  const lower = path.toLowerCase();
  if (lower.includes('?') || lower.includes('*') || lower.includes('[')) if (globbed.test(lower)) return true;
  return [unix, dotted, windows, products, installed, own].some(kind => kind.test(lower));
}

/** `/e?c/p?sswd`, `/???/passw*`, `/etc/pass??` */
const globbed =
  /^\/(?:[etc?*[\]-]{3,12}|e\*)\/(?=[^/]{0,12}[?*[])[pashwdo?*[\]-]{2,24}$|^\/[etc?*[\]]{3,12}\/(?:passwd|shadow|hosts|p[a?*]s*\*|group|issue)$|^\/etc\/[a-z?*[\]-]{1,24}$/;
