/** Pages and files of products that only a search asks for: what tells of a server, what others have planted, what came with a device. */

/** Beside a database that is open; `/s3cfg` and its kind are settings without their dot. */
const besides =
  /\.(?:db|sqlite3?)-(?:journal|wal|shm)$|^\/(?:s3cfg|boto|pgpass|netrc|npmrc|dockercfg|env\.(?:txt|bak|old|php|save))$/;
/** What a language and its server say of themselves. */
const states =
  /\/(?:apcu?|opcache|ocp|opcache[-_](?:gui|status|info)|linuxinfo|memcached?|xcache|(?:old|my|new|test)_?phpinfo|phpinfo\d{1,2}|server[-_]status|infophp|php-?info)\.php$|^\/opcache-?gui\/|^\/(?:php-?fpm|fpm)[-_/]status$|\/\.lastlogin$|^\/struts\/(?:webconsole|domtt|utils)|^\/v1\.[2-5]\d\/(?:containers|images|info|exec|volumes|networks|secrets|services|swarm|version)(?:\/|$)/;
const actuators =
  /\/actuator\/(?:sessions|scheduledtasks|auditevents|conditions|caches|flyway|liquibase|sbom|refresh|restart|pause|features|hystrix\.stream|nacosconfig|routes|trace|autoconfig|integrationgraph|startup|quartz)(?:\/|$)/;
/** Doors of others, by the names their makers gave them and the folders that hold no script. */
const doors =
  /\.php[78]$|\/alfa_data(?:\/|$)|\/alfacgiapi(?:\/|$)|\.alfa$|^\/\d{1,2}\.(?:aspx|ashx|jsp)$|\/sites\/[\w.-]{1,40}\/files\/(?:[\w.-]{1,40}\/){0,3}[\w.-]{1,40}\.(?:php\d?|phtml|phar)$|\/wp-admin\/(?:css|images|js|maint(?!\/repair))\/(?:[\w.-]{1,40}\/){0,3}[\w.-]{1,40}\.php$|\/(?:mini|accesson\d?|\w{0,8}attacker|alfanew\d?|wp-conflg|wp_filemanager|simple-?cmd|uploader?shell|fm-?shell|pouya|c100|mari|bypass403|gank|lufix|cmdshell|godzilla|behinder|chopper|antsword|regeorg|tunnel\.nosocket|neoreg)\.(?:php\d?|phtml|aspx?|ashx|jspx?|cgi|pl)$/;
/** Copies of a whole site that a helper has made, and what holds them. */
const copies =
  /\/wp-content\/(?:backups?-dup(?:-lite|-pro)?|ai1wm-backups|updraft|backup-\w{4,16}|uploads\/(?:wp-migrate-db|backwpup[\w-]{0,40}|wp-clone|db-backup|snapshots?))\/?$/;
/** What a product's archive brings beside its pages. */
const brought =
  /^\/(?:roundcube\w{0,6}|webmail|rainloop|squirrelmail|postfixadmin|horde|phpmyadmin)\/(?:changelog|upgrading|copying|release-notes)$|^\/(?:[\w-]{1,24}\/)?(?:roundcube\w{0,6}|webmail|rainloop|snappymail|squirrelmail|postfixadmin|horde|mail|zimbra|owncloud|nextcloud|drupal|joomla|wordpress|phpmyadmin|moodle|mediawiki|glpi|zabbix|cacti|dolibarr|suitecrm|vtiger\w{0,4}|opencart|prestashop)\/(?:(?:changelog|upgrading|install|readme|version|copying|release-notes)\.(?:md|txt|php)|installer\/index\.php|src\/configtest\.php|setup\.php|data\/_data_.{0,80}|config\/config\.inc\.php)$|^\/(?:iredadmin|afterlogic\/adminpanel)(?:\/|$)/;
const insides =
  /\/storage\/framework\/(?:sessions|cache|views)(?:\/|$)|\/bootstrap\/cache\/[\w.-]{1,40}\.php$|\/node_modules\/(?:[@\w.-]{1,60}\/){1,4}package(?:-lock)?\.json$|^\/bin\/app_(?:code|web|global)[\w.]{0,40}\.(?:dll|compiled|pdb)$|\/global\.asax?\.\w{2,5}$|\.(?:axd|ashx|asmx|cs|vb)\.(?:bak|old|orig|txt)$/;
/** Ways in, which the products' own pages never take. */
const ways =
  /^\/cgi-bin\/(?:nobody\/|downloadcfg\/|jvsweb\.cgi|supervisor\/)|\/jeecg-boot\/(?:jmreport|sys\/(?:user\/querysysuser|dict\/querytabledata))|\/prtroot\/com\.sap\.visualcomposer|^\/developmentserver\/metadatauploader|^\/admin\/test\/systemproperties\.jsp$|^\/oa_html\/(?:bne(?:uploader|offlinelov|viewerxml|application|download)service|ibytransmit)/;
const all: readonly RegExp[] = [besides, states, actuators, doors, copies, brought, insides, ways];

/** Whether a path in lower case, from its first slash on, is one of these. */
export function isProductProbe(path: string): boolean {
  return path.length < 400 && all.some(form => form.test(path));
}

/** In each of them stands one of these. */
export const productNeedles: readonly string[] =
  '.db- .sqlite /s3cfg /boto /pgpass /netrc /npmrc /dockercfg /env. .php .phtml .phar .pl .cgi .asp .ash .jsp opcache fpm .lastlogin struts/ /v1. /actuator/ alfa backup ai1wm updraft wp-migrate wp-clone snapshot roundcube webmail rainloop snappymail squirrelmail postfixadmin horde /mail/ zimbra owncloud nextcloud drupal joomla wordpress phpmyadmin moodle mediawiki glpi zabbix cacti dolibarr suitecrm vtiger opencart prestashop iredadmin afterlogic storage/framework package.json package-lock app_code app_web app_global global.asa .axd. .asmx. .cs. .vb. cgi-bin/nobody cgi-bin/downloadcfg jvsweb cgi-bin/supervisor jeecg-boot com.sap. metadatauploader oa_html/'.split(
    ' ',
  );
