/** The names the scanner detector knows: tools, services they call back, paths they try. Lower case. */

/** Names as they stand in the User-Agent of tools nobody uses to work with a site. */
export const tools: readonly string[] = listed([
  'sqlmap|nikto|nmap scripting|nmap nse|masscan|nuclei|acunetix|nessus|openvas|dirbuster|gobuster|feroxbuster',
  'wpscan|zgrab|netsparker|invicti|w3af|arachni|skipfish|havij|sqlninja|absinthe|commix|xsser|dalfox|xsstrike',
  'ffuf|fuzz faster|wfuzz|dirsearch|hydra|medusa/|jorgee|whatweb|joomscan|droopescan|cmsmap|grendel-scan',
  'webinspect|appscan|qualys|burpcollaborator|burp suite|burpsuite|owasp zap|zaproxy|jaeles|httprobe|vega/',
  'paros/|metasploit|metis|webshag|muieblackcat|zmeu|morfeus|libwww-perl-nikto|brutus/|n-stealth|nsauditor',
  'pangolin|sqlpowerinjector|wapiti|detectify|rapid7|nexpose|xray/|goby/|l9explore|l9tcpid|leakix',
  'tsunamisecurityscanner|hakrawler|katana|kiterunner|patator|crowbar/|thc-hydra|blackwidow|cgichk|cgi-scan',
  'dotdotpwn|dragostea|fimap|golismero|internet ninja|jbrofuzz|bsqlbf|mysqloit|sqlbrute|springenwerk|sysscan',
  'toata|uil2pn|voideye|webtrends security|whisker|wikto|proxystrike|securityscan|vulnscan',
  'vulnerability scanner|scanner/|interactsh|sitelockspider-x|log4shell|paloaltonetworks|expanse|mozlila',
  'hello, world|gospider|sn1per|reconspider|censysinspect|netsystemsresearch',
]);

/** Programs that people use honestly too. */
export const clients: readonly string[] = listed([
  'curl/|wget/|python-requests|python-urllib|python-httpx|aiohttp|go-http-client|libwww-perl|java/|okhttp',
  'apache-httpclient|node-fetch|axios/|undici|scrapy|httpie|powershell|php/|ruby|httpx',
]);

/** Services that tell their user about every look-up and request of a name below them. */
export const callbacks: readonly string[] = listed([
  'interact.sh|interactsh.com|burpcollaborator.net|oastify.com|oast.pro|oast.live|oast.site|oast.online',
  'oast.fun|oast.me|canarytokens.com|canarytokens.org|dnslog.cn|dnslog.link|ceye.io|requestrepo.com|pingb.in',
  'xss.ht|bxss.me|xsshunter.com|ezxss.com|r87.me|eyes.sh|log4shell.huntress.com|bxss.in|burp-collaborator',
  'xss.report|js.rip|dns.outbound.watchtowr.com|xss.rocks|dig.pm|callback.red|dns.su18.org|tukk.in',
]);

/** Paths of secrets, settings and holes: nothing of a site links to them. */
export const secretPaths: readonly string[] = listed([
  '/.env|/.git/|/.git|/.svn/|/.hg/|/.bzr/|/.aws/|/.ssh/|/.docker/|/.kube/|/.npmrc|/.pypirc|/.netrc|/.htpasswd',
  '/.htaccess|/.bash_history|/.mysql_history|/.ds_store|/.vscode/|/.idea/|/.config/|/.gitlab-ci.yml',
  '/.travis.yml|/.dockerenv|/.s3cfg|/.my.cnf|/.pgpass|/.boto|/.ftpconfig|/etc/passwd|/etc/shadow|/proc/self/',
  '/web.config|/wp-config.php|/config.php.|/id_rsa|/id_dsa|/server.key|/credentials.json|/docker-compose.yml',
  '/web-inf/|/meta-inf/|/boot.ini|/win.ini|/actuator/env|/actuator/heapdump|/actuator/gateway',
  '/actuator/jolokia|/jolokia/|/heapdump|/.well-known/../|/phpinfo|/c99.php|/r57.php|/shell.php|/cmd.php',
  '/wso.php|/alfa.php|/eval-stdin.php|/_ignition/execute-solution|/console/login/loginform.jsp|/wls-wsat/',
  '/struts2|/struts2-showcase|/hudson/script|/jenkins/script|/solr/admin|/_profiler/phpinfo|/telescope/requests|/debug/pprof',
  '/trace.axd|/elmah.axd|/vendor/phpunit|/latest/meta-data|/secrets.json|/secrets.yml|/database.yml',
  '/storage/logs/laravel.log|/goform/|/hnap1|/boaform/|/setup.cgi|/manager/html|/invoker/jmx|/jmx-console',
  '/web-console/|/.terraform|/terraform.tfstate|/sftp-config.json|/.remote-sync.json|/_vti_bin/|/_vti_pvt/',
  '/gponform/|/cgi-bin/test-cgi|/cgi-bin/printenv|/cgi-bin/bash|/cgi-bin/sh|/cgi-bin/php|/cgi-bin/status|/cgi-bin/luci',
  '/cgi-bin/.|/scripts/setup.php|/server-status|/server-info|/composer.lock|/gemfile.lock|/poetry.lock|/.rediscli_history',
  '/nacos/v1/|/api/jsonws/invoke|/_ignition/|/solr/admin|/actuator/shutdown|/wp-config|/debug/default/view|/_fragment?',
  '/cgi-bin/nph-|/shell?|/setup.php?|/boafrm/|/portal/redlion|/currentsetting.htm|/v2/_catalog|/.passwd|/.bashrc',
  '/ecp/current/|/owa/auth/x.js|/remote/fgt_lang|/dana-na/|/vpn/../|/+cscoe+/|/tmui/login.jsp|/mgmt/tm/util',
]);

/** Pages of well-known products that are searched for everywhere. */
export const adminPaths: readonly string[] = listed([
  '/wp-login.php|/wp-admin|/wp-content/plugins/|/wp-includes/|/xmlrpc.php|/phpmyadmin|/info.php|/pma/',
  '/myadmin|/adminer|/administrator/index.php|/actuator|/druid/index.html|/solr/',
  '/jenkins/|/manager/status|/dbadmin|/mysql/admin|/sqlmanager|/typo3/|/user/register?element|/console',
  '/swagger-ui.html|/geoserver|/nagios|/zabbix|/cacti|/horde|/roundcube|/magento|/fckeditor|/ckfinder',
  '/kcfinder|/elfinder|/filemanager|/webdav|/axis2|/hsqldb',
]);

function listed(lines: readonly string[]): readonly string[] {
  return lines.flatMap(line => line.split('|'));
}
