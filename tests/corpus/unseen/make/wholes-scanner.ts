import type { Chance } from '../../make/chance.ts';
import type { WholeWriter } from '../../make/whole.ts';

/** What scanners ask for, by what they hope to find. */
const wanted: Readonly<Record<string, readonly string[]>> = {
  'settings with secrets': [
    '/.env.prod.bak',
    '/core/.env',
    '/.env_sample~',
    '/app/.env.local',
    '/admin/.env',
    '/.env.swp',
    '/crm/.env',
    '/.envrc',
  ],
  'the repository of the site': [
    '/.git/refs/heads/main',
    '/.git/packed-refs',
    '/.git/objects/info/packs',
    '/.gitlab/agents',
    '/.git/FETCH_HEAD',
    '/.bzr/branch/branch.conf',
    '/CVS/Entries',
  ],
  'keys of clouds': [
    '/.aws/config.bak',
    '/aws.yml',
    '/.azure/accessTokens.json',
    '/.config/gcloud/application_default_credentials.json',
    '/s3cfg',
    '/.s3cfg',
    '/.boto',
    '/credentials.csv',
    '/gcp-key.json',
  ],
  'homes of users': [
    '/.zsh_history',
    '/.viminfo',
    '/.netrc',
    '/.pgpass',
    '/.my.cnf',
    '/.ssh/known_hosts',
    '/.gnupg/secring.gpg',
  ],
  'copies of settings': [
    '/wp-config.php.swp',
    '/wp-config.php.1',
    '/settings.php.orig',
    '/LocalSettings.php~',
    '/config/database.yml.bak',
    '/appsettings.json.bak',
    '/parameters.yml~',
    '/local.xml.save',
  ],
  'dumps of databases': [
    '/mysql.sql.tgz',
    '/backup/db.sql.bz2',
    '/dumps/prod.dump',
    '/users.sql',
    '/export.mdb',
    '/data/app.db-journal',
    '/pgdump.tar',
    '/localhost.sql',
  ],
  'archives of the site': [
    '/example.com.zip',
    '/httpdocs.tar.gz',
    '/public_html.rar',
    '/htdocs.7z',
    '/old.zip',
    '/wwwroot.zip',
    '/src.tgz',
    '/latest.tar.bz2',
  ],
  'keys and certificates': [
    '/ssl/private.key',
    '/certs/server.pfx',
    '/id_ecdsa',
    '/keystore.jks',
    '/root.p12',
    '/jwtRS256.key',
    '/ca/privkey.pem',
    '/master.key',
  ],
  'files of editors and shells': [
    '/.vscode/launch.json',
    '/nbproject/project.properties',
    '/sftp-config.json',
    '/.ftpconfig',
    '/Thumbs.db',
    '/.remote-sync.json',
    '/WS_FTP.LOG',
  ],
  'files of builds': [
    '/.circleci/config.yml',
    '/Jenkinsfile.bak',
    '/.travis.yml~',
    '/docker-compose.prod.yml',
    '/ansible/hosts.yml',
    '/terraform.tfvars',
    '/helm/values.yaml',
    '/Vagrantfile',
    '/.drone.yml',
  ],
  logs: [
    '/logs/access.log.1',
    '/application/logs/log-2024-11-01.php',
    '/storage/logs/worker.log.gz',
    '/logs/production.log',
    '/wp-content/debug.log',
    '/var/log/nginx/access.log',
  ],
  'panels of databases': [
    '/pma/index.php?lang=en',
    '/phpMyAdmin-5.2.1/',
    '/adminer-4.8.1.php',
    '/dbadmin/',
    '/sqlmanager/',
    '/myadmin/scripts/setup.php',
    '/phppgadmin/',
    '/sqlite/main.php',
    '/mysql/mysqlmanager/',
  ],
  'panels of servers': [
    '/manager/html/list',
    '/jmx-console/HtmlAdaptor',
    '/web-console/ServerInfo.jsp',
    '/admin-console/login.seam',
  ],
  'panels of sites': [
    '/administrator/index.php',
    '/user/login?destination=admin',
    '/typo3/install.php',
    '/bitrix/admin/index.php',
    '/umbraco/#/login',
    '/concrete/login',
    '/admin/elfinder.html',
  ],
  'pages that tell of the server': [
    '/nginx_status',
    '/.well-known/../server-info',
    '/pinfo.php',
    '/php_info.php',
    '/apc.php',
    '/opcache.php',
  ],
  'inner pages of frameworks': [
    '/actuator/threaddump;.js',
    '/_debugbar/open?max=20',
    '/symfony/_profiler/phpinfo',
    '/_profiler/empty/search/results',
    '/rails/info/routes',
    '/__debug__/render_panel/',
  ],
  'backdoors of others': [
    '/up/mini.php',
    '/wp-includes/wp-atom-shell.php',
    '/images/marijuana.php',
    '/tmp/indoxploit.php',
    '/simple-backdoor.php?cmd=dir',
    '/ALFA_DATA/alfacgiapi/perl.alfa',
    '/1.aspx',
  ],
  'folders of plugins': [
    '/wp-content/plugins/wp-file-manager/readme.txt',
    '/wp-content/plugins/revslider/temp/',
    '/wp-json/wp/v2/users/?per_page=100',
    '/wp-admin/setup-config.php?step=1',
    '/xmlrpc.php?rsd',
    '/wp-content/backups-dup-lite/',
    '/wp-includes/wlwmanifest.xml',
  ],
  'devices at home': [
    '/cgi-bin/nobody/Search.cgi?action=cgi_query',
    '/goform/webLogin',
    '/currentsetting.htm',
    '/onvif/device_service',
    '/cgi-bin/authLogin.cgi',
  ],
  'devices of firms': [
    '/sslvpn/portal.html?probe',
    '/vpn/tests/index.bak',
    '/pulse/dana-cached/hc/HostChecker.pkg',
    '/remote/fortisslvpn_old',
    '/ui/login.action',
    '/webui/logoutconfirm.html',
  ],
  'mail and meetings': [
    '/owa/auth/logon.aspx',
    '/ecp/Current/exporttool/microsoft.exchange.ediscovery.exporttool.application',
    '/zimbraAdmin/',
    '/roundcube/CHANGELOG',
    '/owa/auth/errorFE.aspx.bak',
    '/iredadmin',
    '/roundcube/installer/index.php',
  ],
  'clusters and containers': [
    '/api/v1/namespaces/default/pods',
    '/apis/apps/v1/deployments',
    '/v1.41/containers/json',
    '/k8s/clusters/local',
    '/v1/kv/?keys',
    '/v3/cluster/member/list',
    '/metrics/cadvisor',
  ],
  'descriptions of interfaces': [
    '/swagger/v1/swagger.json.bak',
    '/v2/api-docs?group=internal',
    '/axis2/services/listServices',
    '/META-INF/MANIFEST.MF',
    '/crossdomain.xml.bak',
    '/api-docs/swagger.yaml.old',
    '/services/?wsdl&v=0',
  ],
  'files of tests and installers': [
    '/vendor/phpunit/phpunit/phpunit.xml.dist',
    '/install.php.bak',
    '/vendor/composer/installed.json',
    '/tests/php.ini',
    '/setup/index.php~',
    '/composer.phar',
    '/.phpunit.result.cache',
  ],
};

/** Programs that say who they are. */
const programs = [
  'Mozilla/5.0 (compatible; Nuclei/3.3.5; https://nuclei.projectdiscovery.io)',
  'sqlmap/1.8.11#stable (https://sqlmap.org)',
  'Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:006181)',
  'feroxbuster/2.11.0',
  'ZmEu',
  'Fuzz Faster U Fool v2.1.0-dev',
  'WPScan v3.8.27 (https://wpscan.com/wordpress-security-scanner)',
  'BFAC 1.0 (Backup File Artifacts Checker)',
  'sysscan/1.0 (https://github.com/robertdavidgraham/sysscan)',
  'DirBuster-1.0-RC1 (http://www.owasp.org/index.php/Category:OWASP_DirBuster_Project)',
  'libredtail-http',
  'commix/v3.9 (https://commixproject.com)',
  'fhscan core 1.3',
  'WhatWeb/0.5.5',
  'Grendel-Scan v1.0; http://grendel-scan.com',
  'Nessus SOAP v0.0.1 (Nessus.org)',
  'Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1; Trident/4.0; OpenVAS-VT 22.4)',
  'Vega/1.0',
  'Morfeus Scanner',
  'Jorgee',
  'muieblackcat',
  'fimap.googlecode.com/v09 (for educational purpose only)',
  'dirsearch/0.4.3',
  'XSpear/1.4.1',
] as const;

/** Requests of those who look for holes. */
export function writeScans(write: WholeWriter, chance: Chance): void {
  const technique = (name: string): void => write.as({ class: 'scanner', technique: name });
  for (const [name, paths] of Object.entries(wanted)) {
    technique(name);
    for (const path of paths.filter((_, at) => at % 8 !== 7 || chance.below(2) === 0)) write.get(path);
  }
  technique('programs that say who they are');
  for (const agent of programs)
    write.get(chance.pick(['/home', '/item.php?cat=3', '/signin', '/shop/', '/humans.txt', `/${chance.word(8)}`]), {
      'user-agent': agent,
    });
  technique('marks in headers');
  write.get('/', {
    'x-scanner': 'Invicti',
    'x-scan-memo': 'Category="Crawl"; Function="createStateRequestFromHAR"',
  });
  write.get('/about', {
    'acunetix-product': 'WVS/12.0 (Acunetix Web Vulnerability Scanner)',
    'acunetix-scanning-agreement': 'Third Party Scanning PROHIBITED',
  });
  write.get('/', { 'x-request-memo': 'ID="a1"; ps="1"; AttackType="Search"' });
  write.get('/news', { 'x-wipp': 'ascvsdn8f' });
  write.get('/', { 'x-ratproxy-loop': '1' });
  technique('words that scanners plant');
  for (const target of [
    '/Nikto-aB3dE.htm',
    '/NmapUpperCheck1731111111',
    '/nessus-check/nonexistent.htm',
    '/testing-put.htm?openvas=1',
    '/NmapUpperCheck1718000000',
    '/search?q=w00tw00t.at.ISC.SANS.DFind',
    '/page?x=%22%3Enetsparker(0x00A1B2)%3C',
    '/sdk/../../vulnscan-test',
    '/HNAP1?nmap=1',
  ])
    write.get(target);
  technique('methods tried');
  for (const method of ['TRACK', 'DEBUG', 'SEARCH', 'INDEX', 'ABCD', 'NESSUS'])
    write.get(`/${chance.pick(['', 'index.asp', 'Nessus'])}${chance.below(9)}`, { 'user-agent': 'Nmap NSE' }, method);
  technique('open proxies');
  write.get('/http://proxyjudge.example/azenv.php');
  write.get('/proxycheck?u=http://judge.example/azenv.php', { 'proxy-authorization': 'Basic dGVzdDp0ZXN0' });
  write.get('/proxyheader.php', { host: 'azenv.example:80', 'proxy-connection': 'keep-alive' });
}
