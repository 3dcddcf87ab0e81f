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
  'hello, world|gospider|sn1per|reconspider|censysinspect|netsystemsresearch|l9scan|hello world|xfa1,nvdorz|mozi.',
  'gh0st|libredtail|tplmap|nosqlmap|crlfuzz|subjack|subzy|fscan|awvs|pathscan|wafw00f|whatwaf|sslyze|testssl',
  'shortscan|sslscan|bbscan|bbot|pocsuite|vulmap|afrog|yakit|cyberscan|odin; https|internetmeasurement|internet-measurement',
  'projectdiscovery|pdtm|naabu|subfinder|waybackurls|gauplus|paramspider|paramminer|param-miner|dirb/',
  'dirstalk|rustbuster|rustscan|zmap|zgrab2|xssscan|xspear|kxss|traxss|xsscrapy|sqliv|sqliscanner|ghauri|bbqsql',
  'jsql|jsql-injection|whitewidow|blisqy|ssrfmap|gopherus|ssrfire|lfisuite|liffy|kadimus|panoptic/|xxeinjector|oralyzer',
  'smuggler|h2csmuggler|http-request-smuggler|wpseku|wpforce|vbscan|magescan|drupwn|typo3scan|joomlavs|plecost|wpsploit',
  'ysoserial|jexboss|clusterd|sitadel|rapidscan|uniscan|ratproxy|websecurify',
  'n-stalker|nstalker|syhunt|intruder.io|hostedscan|pentest-tools|securitytrails|binaryedge|shodan|zoomeye',
  'onyphe|criminalip|driftnet|cyberresilience|leakix|netcraft survey|cortex xpanse|palo alto networks',
  'bitsight|recordedfuture|researchscan|security scanner|security-scan|port scanner|web vuln|pwnxss|python-exploit',
  'zap/|tenable.io|burp collab|burpcollab|fasthttp-scan|onlyscans|alittle client|backdoorbot|mirai|krebsonsecurity|r00ts3c|onlyscan|scan4all',
  'leakscan|vulnscanner|portscan|secscan|pentest|haxx|h4ck|pwned',
  'grequests/0.10 exploit|vulners|tsunami security|nettacker|immuniweb|beagle security|stackhawk|hawkscan|brightsec|neuralegion|crashtest',
  'muhstik|masspawn|sqlscan|arjun|cariddi|recon-ng|whatcms|core-project/|nmaplowercheck|cobaltstrike|aquatone|eyewitness|corsy|corstest|clairvoyance|graphqlmap|jwt_tool|padbuster|evilginx|reconftw|osmedeus|xspider|maxpatrol|greenbone|nexpose|outpost24|probely|edgescan|astra security|appcheck|cyberduck scan|sqlscanner|backdoorscan|ghostscan|webcruiser|safe3|jsky|cobalt scan|vooki|zed attack proxy|w3bcrawl|dirmap|raccoon-scanner|chaos-client|assetnote|censys/|stretchoid|ipip-scan|modat|alphastrike|gdnplus|zoominfobot-scan|cloudsystemnetworks|fofa|hunter-scanner|quake-scanner|scanbot|securitycheck|pathprobe|adminfinder|adminpagefinder|webdavscan|ip-port-scan|xattacker|icarus6|zerohunt|anonymousfox|wpsec|wpvuln',
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
  '/web-console/|/.terraform|/terraform.tfstate|/sftp-config.json|/.remote-sync.json|/_vti_bin/shtml|/_vti_bin/_vti_|/_vti_pvt/',
  '/gponform/|/cgi-bin/test-cgi|/cgi-bin/printenv|/cgi-bin/bash|/cgi-bin/sh|/cgi-bin/php|/cgi-bin/status|/cgi-bin/luci',
  '/cgi-bin/.|/scripts/setup.php|/server-status|/server-info|/composer.lock|/gemfile.lock|/poetry.lock|/.rediscli_history',
  '/nacos/v1/|/api/jsonws/invoke|/_ignition/|/solr/admin|/actuator/shutdown|/wp-config|/debug/default/view|/_fragment?',
  '/cgi-bin/nph-|/shell?|/setup.php?|/boafrm/|/portal/redlion|/currentsetting.htm|/v2/_catalog|/.passwd|/.bashrc',
  '/.hgignore/|/.hg|/.svn|/.bzr|/.cvs/|/.circleci/config|/.drone.yml|/.envrc|/.env-|/.env_|/.flaskenv|/.yarnrc',
  '/.dockercfg|/.git-credentials|/.gitignore|/.gitconfig|/.zsh_history|/.sh_history|/.python_history|/.psql_history',
  '/.node_repl_history|/.zshrc|/.viminfo|/.lesshst|/.azure/|/.gcloud/|/.config/gcloud|/.oci/|/.digitalocean',
  '/.vault-token|/.msmtprc|/.esmtprc|/.forever|/.pm2/|/.n8n/|/.flowise/|/.dockerignore|/.gnupg',
  '/.well-known/security.txt~|/wlwmanifest.xml|/xmlrpc.php|/wp-content/debug.log|/wp-admin/setup-config',
  '/wp-admin/install.php|/id_ecdsa|/id_ed25519|/src/util/php/|/configuration.php|/localsettings.php',
  '/local_settings.py|/sites/default/settings|/app/etc/local.xml|/app/etc/env.php|/tomcat-users.xml',
  '/config/master.key|/nbconvert',
  '/connector.minimal.php|/kcfinder/upload|/filemanager/connectors|/dbadmin/|/phpmyadmin-|/info.jsp|/actuator/logfile|/actuator/loggers/',
  '/ecp/current/|/owa/auth/x.js|/remote/fgt_lang|/dana-na/|/vpn/../|/+cscoe+/|/tmui/login.jsp|/mgmt/tm/util',
]);

/** Pages of well-known products that are searched for everywhere. */
export const adminPaths: readonly string[] = listed([
  '/wp-login.php|/wp-admin|/wp-content/plugins/|/wp-includes/|/xmlrpc.php|/phpmyadmin|/info.php|/pma/',
  '/administrator/index.php|/actuator|/druid/index.html|/solr/',
  '/jenkins/|/manager/status|/dbadmin|/mysql/admin|/sqlmanager|/typo3/|/user/register?element|/console',
  '/swagger-ui.html|/geoserver|/nagios|/zabbix|/cacti|/horde|/roundcube|/magento|/fckeditor|/ckfinder',
  '/kcfinder|/elfinder|/filemanager|/webdav|/axis2|/hsqldb',
]);

/** What stands so at the top of a site only where the product is installed; asked for everywhere by those who look for it. */
export const rootPaths: readonly string[] = listed([
  '/cgi-bin/hedwig|/cgi-bin/;stok|/cgi-bin/cstecgi|/cgi-bin/webproc|/cgi-bin/rtpd|/cgi-bin/qcmap|/cgi-bin/login.cgi|/cgi-bin/slogin|/cgi-bin/gw',
  '/struts2-rest|/onvif-http|/zabbix/jsrpc|/human2.aspx|/sitecore/shell|/test/info.php|/1.php|/x.php|/a.php|/system.php|/test/phpinfo',
  '/cvs/root|/cvs/entries|/jenkinsfile|/env.bak|/env.production|/.profile|/dockerfile',
  '/docker-compose.|/procfile|/vagrantfile|/package-lock.json.|/yarn.lock.|/wp-config|/settings.php.',
  '/settings.local|/settings.py|/config/secrets|/config/database|/config/credentials|/appsettings.json',
  '/appsettings.|/connectionstrings.config|/application.yml|/application.properties|/bootstrap.yml',
  '/parameters.yml|/sites/default/files/.ht|/server.xml|/wp-content/uploads/dump|/wp-cron.php.',
  '/wp-content/plugins/wp-file-manager/|/wp-content/plugins/revslider|/plugins/wp-filemanager|/timthumb',
  '/revslider|/info.php|/php_info.php|/pinfo.php|/phpversion.php|/i.php|/test.php|/phpmyadmin|/phpmyadmin2',
  '/pma/|/myadmin|/adminer|/sqlbuddy|/mysqladmin|/mysql-admin|/mysqldumper|/dbadmin|/sqlmanager|/phppgadmin',
  '/pgadmin4|/sqliteadmin|/sqlitemanager|/b374k|/wso2.php|/mini.php|/alfanew|/alfa-rex|/alfacgiapi|/0x.php',
  '/up.php|/upl.php|/uploader.php|/wp-22.php|/radio.php|/leaf.php|/backdoor|/webshell|/shell.jsp|/shell.aspx',
  '/cmd.jsp|/cmd.aspx|/cmdasp|/eval.php|/xx.php|/xleet|/xmrlpc.php|/gel4y|/indoxploit|/_ignition/',
  '/telescope/requests|/_debugbar/|/app_dev.php|/index_dev.php|/__debug__/|/rails/info|/rails/mailers',
  '/manage/env|/manage/heap|/management/env|/env/spring|/jolokia|/hawtio|/v2/api-docs.bak|/bea_wls|/wls-',
  '/uddiexplorer|/console/css/%|/host-manager/|/admin-console/|/web-console|/jbossmq|/axis2/|/axis2-web',
  '/axis/services|/hsqldb|/h2-console|/nacos|/xxl-job-admin|/dubbo-admin|/zeppelin/api|/airflow/admin',
  '/admin/airflow|/api/2.0/mlflow|/ajax-api/2.0/mlflow|/streamingpro|/v1/submissions|/v1.24/|/v1.41/',
  '/runningpods|/metrics/cadvisor|/v2/keys',
  '/v1/sys/raw|/v1/sys/generate-root|/v3/kv/|/computemetadata/|/metadata/instance|/metadata/v1|/opc/v1|/opc/v2|/latest/user-data',
  '/latest/dynamic|/openstack/latest|/ecp/current/|/ecp/ddi/|/ecp/proxylogon|/ecp/y.js|/ecp/x.js|/ecp/program.js|/ecp/auth/|/autodiscover/|/powershell/autodiscover|/rpc/rpcproxy|/mapi/nspi',
  '/oab/|/remote/login|/remote/fgt|/remote/logincheck|/remote/info|/sslvpn|/global-protect|/ssl-vpn|/vpn/index',
  '/vpns/|/citrix/|/logon/logonpoint|/+cscot+|/+webvpn+|/cscoe|/dana-cached|/dana-ws|/api/v1/totp',
  '/api/v1/configuration/users|/tmui/|/mgmt/tm/|/mgmt/shared/|/mgmt/toc|/sonicui|/cgi-bin/supportinstaller|/cgi-sys/|/cgi-mod/|/fcgi-bin',
  '/hnap1|/gponform|/goform|/boaform|/formlogin|/formping|/ping.cgi|/apply.cgi|/diag.cgi|/login.cgi|/device.rsp',
  '/sdk/weblanguage|/onvif/|/isapi/|/psia/|/cgi/conf.bin|/rom-0|/tmbundle|/userrpm/|/webfig|/winbox|/tr064',
  '/ctrlt/|/upnp/control|/picsdesc.xml|/wanipcn.xml|/ws_utc|/board.cgi|/language/swedish|/stssys.htm',
  '/level/15/exec|/board_data|/cfide/|/cf_scripts/|/lucee/admin|/railo-context|/flex2gateway|/securityresources',
  '/cfdocs|/fckeditor|/kcfinder|/filemanager/dialog|/jmreport|/seeyon/|/ispirit/|/weaver/|/yyoa/|/tplus/',
  '/servlet/~ic|/nc.bs|/uapws|/e-mobile|/defaultroot/|/ajaxpro/|/pages/doenterpagevariables',
  '/pages/createpage-entervariables|/setup/setupadministrator|/server-info.action|/secure/contactadmin',
  '/rest/api/latest/serverinfo|/api/jsonws|/setup/index.jsp|/plugin-admin.jsp|/setup/setup-|/hudson',
  '/asynchpeople|/securityrealm/user|/_vti_|/dialoghandler.aspx|/graph_view.php|/remote_agent|/centreon',
  '/librenms|/solarwinds|/wsman|/ipmi|/redfish/|/idrac|/api/v1/run_script|/api/v1/validate/code',
  '/administrator/manifests|/user/register?|/changelog.txt|/magmi|/skin/skimmer|/magento_version|/license_afl',
  '/ajax/api/hook|/thinkphp|/evox/|/nmaplowercheck|/nice ports|/tri%6eity|/hazelcast|/sdk/vimservice',
  '/ui/vropspluginui|/ui/login.action|/catalog-portal|/horizon_admin|/cluster/cluster|/aims/|/moveitisapi',
  '/guestaccess.aspx|/human.aspx|/goanywhere|/setupwizard.aspx|/screenconnect|/crushftp|/ivanti|/mifs/|/mics/',
  '/openam/|/amserver|/ccversion|/_next/../|/.next/server|/.nuxt/|/.output/|/webpack.config|/gruntfile',
  '/gulpfile|/ormconfig|/knexfile|/firebase.json|/google-services|/serviceaccount|/known_hosts|/authorized_keys',
  '/private.key|/privatekey|/server.pem|/ssl.key|/cert.key|/key.pem|/private.pem|/.rnd|/wallet.dat|/secret.json',
  '/passwords.|/users.sql|/db.sql|/database.sql|/mysql.sql|/aws.yml|/aws.json|/s3.json|/aws-credentials',
  '/azureprofile|/gcp-key|/sendgrid.env|/twilio.env|/stripe.env|/kubeconfig|/values.yaml.|/owa/auth/x.js|/owa/auth/current/|/owa/auth/help|/owa/auth/web.aspx|/owa/auth/outlooken|/owa/auth/errorew',
  '/druid/index|/druid/login|/druid/indexer|/v1/agent/self|/v1/catalog/nodes|/_layouts/15/toolpane.aspx',
  '/actuator/beans|/actuator/mappings|/actuator/threaddump|/actuator/configprops|/actuator/httptrace',
  '/actuator/dump|/nginx_status|/containers/json|/images/create|/_async/|/secure/contactadministrators',
  '/cgi-bin/test|/cgi-bin/authlogin|/cgi-bin/mainfunction|/cgi-bin/kerbynet|/cgi-bin/weblogin',
  '/cgi-bin/nas_sharing|/cgi-bin/config.exp|/cgi-bin/account_mgr|/cgi-bin/cgiserver|/cgi-bin/popen',
  '/cgi-bin/viewcert|/cgi-bin/user/config|/cgi-bin/exportsettings|/cgi-bin/downloadfile|/cgi-bin/system_mgr',
  '/cgi-bin/webcm|/jenkins/script|/typo3/install|/zabbix/setup|/zabbix/api_jsonrpc|/nagiosxi/login|/nagiosxi/',
  '/cacti/graph_view|/cacti/remote_agent|/ws/v1/cluster/apps/new-application|/invoker/|/docs/example-scripts',
  '/stalker_portal/|/streaming/clients_live.php|/telerik.web.ui.webresource.axd|/telerik.web.ui.dialoghandler|/recordings/index.php|/systembc/|/upl.php|/sdk/../|/teorema505|/.well-known/pki-validation/cloud.php|/script/setup.php|/wp-content/themes/seotheme/|/wp-content/plugins/hellopress/|/wp-content/plugins/wp-automatic/|/nmap-check|/nmaplower|/nessus|/acunetix|/nikto-|/jenkins/securityrealm|/console/images/%|/solr/select|/api/v1/namespaces/kube-system/secrets|/api/v1/secrets|/apis/apps/v1/../|/pods/exec|/exec/kube|/run/kube|/minio/bootstrap|/minio/v2/metrics|/minio/health/../|/grafana/public/plugins/|/public/plugins/alertlist/|/_plugin/head/|/_nodes/stats/../|/_all_dbs|/_users/_all_docs|/_config/query_servers|/jars/upload|/jobmanager/logs/|/kylin/api/|/superset/welcome/../|/xwiki/bin/../|/saas./resttosaasservlet|/casa/nodes/thumbprints|/analytics/telemetry/ph/|/rest/tinymce/1/macro/preview|/pages/createpage.action|/users/user-dark-features|/secure/querycomponent|/s/opentsdb|/opentsdb/q|/backupsettings.conf|/webui/logoutconfirm|/webui_wsma|/%2e%2e|/nuxeo/login.jsp/|/tarantella/|/spog/welcome|/sonicos/|/api/sonicos|/cgi-bin/jarrewrite|/cgi-bin/welcome|/remote/error|/api/v2/cmdb/system|/php/utils/createremoteappwebsession|/ssl-vpn/hipreport|/global-protect/login.esp/../|/unauth/php/|/dana-admin/|/api/v1/license/keys-status/|/dr0v|/typo3/index.php',
]);

function listed(lines: readonly string[]): readonly string[] {
  return lines.flatMap(line => line.split('|'));
}
