import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { scanner } from './scanner.ts';
import { isProductProbe, productNeedles } from './scanner-products.ts';
import { slowest, trial } from './trial.ts';

const probes =
  '/data/app.db-journal /instance/site.sqlite3-shm /s3cfg /env.txt /apc.php /opcache-gui/index.php /fpm-status /cpanel/.lastlogin /v1.43/images/json /api/actuator/sessions /up/mini.php /css/about.php7 /ALFA_DATA/alfacgiapi/perl.alfa /1.aspx /sites/default/files/x.php /wp-admin/css/colors/blue/index.php /wp-content/backups-dup-lite/ /wp-content/ai1wm-backups/ /roundcube/CHANGELOG /roundcube/installer/index.php /nextcloud/config/config.inc.php /iredadmin /storage/framework/sessions/ /node_modules/express/package.json /bin/App_Code.dll /Global.asax.bak /cgi-bin/nobody/Search.cgi /jeecg-boot/jmreport/view /OA_HTML/BneUploaderService /.cursor/mcp.json /.claude/settings.json /.streamlit/secrets.toml';
const pages =
  '/sqlite-journal /data/points.json /opcache-explained /blog/alfa-romeo /cars/alfa_data_sheet.pdf /downloads/app-1.2.tar.gz /v1/images /docs/zabbix/changelog /moodle/install /mail/inbox /webmail/ /wp-admin/maint/repair.php /wp-content/uploads/2024/a.jpg /404.aspx /contact.aspx /404.php /package/react /actuator/health /actuator/prometheus /onvif-cameras /.netlify/functions/a /.well-known/acme-challenge/x /env.js /env.json /files/mini.phpunit.txt';
const agents = ['BFAC 1.0 (Backup File Artifacts Checker)', 'fhscan core 1.3', 'trufflehog', 'vuln-scanner/1.0'];
const people = [
  'Barcode Scanner/2.1 (iPhone)',
  'DocScan/4.0 CFNetwork/1494',
  'Photon/1.2',
  'Loic',
  'GoldenEye-Books/1.0',
];

const pointsAt = (path: string) => trial(scanner, path, { zone: 'path', name: '' }).points;
const pointsOf = (agent: string) => trial(scanner, agent, { zone: 'header', name: 'user-agent' }).points;

describe('pages and files of products', () => {
  it('that only a search asks for are stopped', () => {
    const missed = probes.split(' ').filter(path => pointsAt(path) < 5);
    assert.deepEqual([missed, agents.filter(agent => pointsOf(agent) < 5)], [[], []]);
  });
  it('that people and programs ask for pass', () => {
    const stopped = pages.split(' ').filter(path => pointsAt(path) >= 5);
    assert.deepEqual([stopped, people.filter(agent => pointsOf(agent) >= 5)], [[], []]);
  });
  it('hold one of the needles each', () => {
    const known = probes
      .toLowerCase()
      .split(' ')
      .filter(path => isProductProbe(path));
    assert.deepEqual(
      known.filter(path => !productNeedles.some(needle => path.includes(needle))),
      [],
    );
  });
  it('are judged in time that grows with the path', () => {
    assert.deepEqual(
      slowest(scanner, ['/wp-admin/css/', '/node_modules/a', '/sites/a/files/', '/roundcube/', 'alfa.']),
      [],
    );
  });
});
