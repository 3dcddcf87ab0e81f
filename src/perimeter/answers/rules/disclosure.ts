import type { LeakDetector, LeakRule } from '../answers.ts';
import { literalDetector } from '../literals.ts';

const path: LeakRule = {
  id: 'leak.server_path',
  title: 'a path on the server',
  category: 'disclosure',
  points: 3,
};
const listing: LeakRule = {
  id: 'leak.directory_listing',
  title: 'a directory listing',
  category: 'disclosure',
  points: 5,
};
const passwd: LeakRule = {
  id: 'leak.account_file',
  title: 'the account file of a Unix system',
  category: 'disclosure',
  points: 5,
};
const configuration: LeakRule = {
  id: 'leak.diagnostic_page',
  title: 'a diagnostic page of a program',
  category: 'disclosure',
  points: 5,
};

const rest = String.raw`[\w.@+~-]{1,80}(?:[/\\]{1,2}[\w.@+~-]{1,80}){0,10}`;
const unix = (start: string) => ({ literal: start, after: new RegExp(`${start}${rest}`, 'y') });
/** As text, and as JSON writes the backslash. */
const windows = (folder: string) =>
  [':\\', ':\\\\'].map(root => ({
    literal: `${root}${folder}`,
    after: new RegExp(`:\\\\{1,2}${folder}\\\\{1,2}${rest}`, 'y'),
  }));

/** Where programs live. Places that texts for everybody name (`/etc/`, `/usr/bin/`) are none of them. */
export const disclosures: readonly LeakDetector[] = [
  literalDetector(path, [
    ...['/var/www/', '/usr/src/app/', '/usr/local/lib/node_modules/', '/usr/share/nginx/', '/usr/lib/python3'].map(
      unix,
    ),
    ...['/srv/www/', '/home/node/', '/home/ubuntu/', '/home/ec2-user/', '/opt/bitnami/', '/var/lib/jenkins/'].map(unix),
    ...['/root/.', '/var/task/', '/app/node_modules/', '/home/runner/'].map(unix),
    ...['inetpub', 'xampp', 'wamp64'].flatMap(windows),
  ]),
  literalDetector(listing, [
    { literal: '<title>Index of /', after: /<title>Index of \/[^<\n]{0,200}/y },
    { literal: '<title>Directory listing for /', after: /<title>Directory listing for \/[^<\n]{0,200}/y },
    { literal: '[To Parent Directory]' },
    { literal: '<h1>Directory listing for /', after: /<h1>Directory listing for \/[^<\n]{0,200}/y },
    { literal: '<h1>Index of /', after: /<h1>Index of \/[^<\n]{0,200}/y },
    { literal: '<title>listing directory /', after: /<title>listing directory \/[^<\n]{0,200}/y },
  ]),
  literalDetector(passwd, [
    { literal: 'root:x:0:0:', after: /root:x:0:0:[^\n"<]{0,120}/y },
    { literal: 'root:$', after: /root:\$(?:1|2[aby]|5|6|y|gy|7)\$[^\n"<]{8,200}/y },
  ]),
  literalDetector(configuration, [
    { literal: '<title>phpinfo()</title>' },
    { literal: 'Whoops! There was an error.' },
    { literal: 'Werkzeug Debugger</title>' },
    { literal: 'because you have <code>DEBUG = True</code>' },
    { literal: 'Whitelabel Error Page' },
    { literal: 'Action Controller: Exception caught' },
  ]),
];
